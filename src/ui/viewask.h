/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_UI_VIEWASK_H
#define RSH_UI_VIEWASK_H

#include <stdbool.h>

struct canvas;
struct key;
struct loop;
struct question_box;
struct screen;

/** Questions over whatever a screen shows; they have all keys meanwhile. */
struct viewask;

/** All is borrowed. */
struct viewask_conf {
	struct loop *loop;
	struct screen *const *screen; /* NULL while it is closed */
	struct canvas *canvas;	      /* all of it */
	/* A question has come, or the last one is gone.  May be NULL. */
	void (*changed)(void *arg, bool asking);
	void *arg;
};

struct viewask *viewask_new(const struct viewask_conf *conf);
void viewask_free(struct viewask *va);

struct question_box *viewask_box(struct viewask *va);

/** Whether the key was for a question. */
bool viewask_key(struct viewask *va, const struct key *k);

/** Something was typed that was not given to viewask_key(). */
void viewask_typed(struct viewask *va);

/**
 * For how many milliseconds keys are still taken as typed for a question that
 * is gone without an answer; 0: they are for others.
 */
unsigned int viewask_blind_ms(const struct viewask *va);

/** Draw the question, if there is one, and put the cursor there. */
void viewask_draw(struct viewask *va);

#endif /* RSH_UI_VIEWASK_H */
