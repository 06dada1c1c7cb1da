/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_UI_SHADOW_H
#define RSH_UI_SHADOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * What stands in the cells of a screen, so that a frame that puts all of them
 * anew writes those alone that have changed.  Pure.
 *
 * A cell that a frame does not put is blank after it.  A wide character takes
 * two cells; whatever is put on one of them takes the other away.
 */
enum {
	SHADOW_CHARS = 4 /* a character and its marks */
};

struct shadow_cell {
	uint32_t chars[SHADOW_CHARS]; /* 0: no more */
	unsigned int attrs;
	int pair; /* of colours; 0: none */
};

struct shadow {
	struct shadow_entry *entries; /* private */
	unsigned int rows, cols;
	uint32_t frame; /* private */
};

/** Zeroed has no cells.  Here all are blank, and a frame begins. */
void shadow_reset(struct shadow *s, unsigned int rows, unsigned int cols);
void shadow_release(struct shadow *s);

/** Another frame begins.  O(1). */
void shadow_begin(struct shadow *s);

/**
 * A cell is put: its columns if it stands there already; 0: it is to be
 * written, and told to shadow_wrote() with them.
 */
unsigned int shadow_put(struct shadow *s, unsigned int row, unsigned int col,
			const struct shadow_cell *cell);
void shadow_wrote(struct shadow *s, unsigned int row, unsigned int col,
		  const struct shadow_cell *cell, unsigned int width);

/**
 * At the end of a frame: the next cell from `*at` on (0 at first) that was not
 * put and is to be written as a blank; false: there is none.  O(cells) for all.
 */
bool shadow_left(struct shadow *s, size_t *at, unsigned int *row,
		 unsigned int *col);

#endif /* RSH_UI_SHADOW_H */
