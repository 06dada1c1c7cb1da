/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_UI_GRID_H
#define RSH_UI_GRID_H

#include <stdbool.h>
#include <stddef.h>

/**
 * Where many panes stand on one screen.  Each has a row for its title above
 * it, and a column parts it from the one at its right.  As many as fit are on
 * a page; no pane there is smaller than the least size, unless the screen is.
 * Pure.
 */
enum {
	GRID_ROWS_MIN = 5, /* of a pane, without its title */
	GRID_COLS_MIN = 20,
};

struct grid {
	unsigned int rows, cols;   /* of the screen that the panes share */
	size_t n;		   /* panes */
	unsigned int down, across; /* of a full page */
	size_t per_page, pages;
};

/** A place on the screen; the title is the row above. */
struct grid_place {
	unsigned int row, col;
	unsigned int rows, cols;
};

/** `n` of 0 gives no page. */
void grid_init(struct grid *g, unsigned int rows, unsigned int cols, size_t n);

/** The page that pane `i` is on. */
size_t grid_page(const struct grid *g, size_t i);

/** The panes of `page` are those from this one on, and how many. */
size_t grid_first(const struct grid *g, size_t page, size_t *n);

/** Where pane `i` stands on its page, and so what size its terminal is. */
void grid_place(const struct grid *g, size_t i, struct grid_place *place);

/** The pane `down` and `right` of pane `i` on its page, by one at most each;
 *  `i` itself at the edge. */
size_t grid_next(const struct grid *g, size_t i, int down, int right);

#endif /* RSH_UI_GRID_H */
