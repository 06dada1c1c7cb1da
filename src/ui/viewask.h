/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_UI_VIEWASK_H
#define RSH_UI_VIEWASK_H

#include <stdbool.h>

struct canvas;
struct key;
struct panel_world;
struct question_box;

/** Questions over whatever a view shows; they have all keys meanwhile. */
struct viewask;

/** Both are borrowed; the canvas is the whole screen. */
struct viewask *viewask_new(const struct panel_world *world,
			    struct canvas *canvas);
void viewask_free(struct viewask *va);

struct question_box *viewask_box(struct viewask *va);

/** Whether the key was for a question. */
bool viewask_key(struct viewask *va, const struct key *k);

/** Draw the question, if there is one, and put the cursor there. */
void viewask_draw(struct viewask *va);

#endif /* RSH_UI_VIEWASK_H */
