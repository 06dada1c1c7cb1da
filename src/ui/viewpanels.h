/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_UI_VIEWPANELS_H
#define RSH_UI_VIEWPANELS_H

#include <stdbool.h>
#include <stddef.h>

#include "model/observer.h"
#include "ui/panel.h"

/**
 * What a view opens over its list and below it: the output of hosts, which it
 * keeps, and the log.
 */
struct viewpanels;

/** `world` is borrowed. */
struct viewpanels *viewpanels_new(const struct panel_world *world);
void viewpanels_free(struct viewpanels *vp);

/** What the view hears, from the beginning of the run. */
void viewpanels_data(struct viewpanels *vp, const struct target *t,
		     enum stream s, const void *buf, size_t n);
void viewpanels_again(struct viewpanels *vp, const struct target *t);
void viewpanels_done(struct viewpanels *vp, const struct target *t);

/** All of the screen, for others who draw with canvas_text(). */
struct canvas *viewpanels_canvas(struct viewpanels *vp);

/**
 * A key of the list: Enter opens the host under the cursor, 1 to 9 that of
 * those in sight; s up to four that are marked beside each other, else this one
 * and those below it; d compares two that are marked, else this one with most.
 * The panel to show, or NULL.
 */
struct panel *viewpanels_key(struct viewpanels *vp, const struct key *k);

/** The keys of the view, and those that scroll them. */
void viewpanels_help_draw(struct viewpanels *vp, const struct panel_rect *at);
bool viewpanels_help_key(struct viewpanels *vp, const struct key *k);

/** A message of the program. */
void viewpanels_log(struct viewpanels *vp, const char *line, size_t n);

/** Whether it is shown, and so has keys. */
bool viewpanels_log_shown(const struct viewpanels *vp);

/** Whether it was a key of the log's: l, and j k + - t while it is shown. */
bool viewpanels_log_key(struct viewpanels *vp, const struct key *k);

/** Take the rows of the log, if it is shown, off the end of `at`; draw it. */
void viewpanels_log_draw(struct viewpanels *vp, struct panel_rect *at);

#endif /* RSH_UI_VIEWPANELS_H */
