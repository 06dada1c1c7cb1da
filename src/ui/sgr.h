/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_UI_SGR_H
#define RSH_UI_SGR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"

/** A line is at most so long; who cuts lines cuts longer ones. */
#define SGR_LINE_MAX ((size_t)16 << 10)

enum sgr_attr {
	SGR_BOLD = 1 << 0,
	SGR_DIM = 1 << 1,
	SGR_ITALIC = 1 << 2,
	SGR_UNDERLINE = 1 << 3,
	SGR_REVERSE = 1 << 4,
};

struct sgr_style {
	int16_t fg, bg;	    /* 0-255 of the 256 colours, -1 the default */
	unsigned int attrs; /* of enum sgr_attr */
};

#define SGR_PLAIN                                                              \
	(struct sgr_style)                                                     \
	{                                                                      \
		.fg = -1, .bg = -1                                             \
	}

/** One column: a character with its marks. */
struct sgr_cell {
	uint32_t at;  /* its bytes in `text` of the line */
	uint16_t len; /* 0: the right half of a wide one */
	uint16_t width;
	struct sgr_style style;
};

/** A line as a terminal would show it; `cells` is indexed by column. */
struct sgr_line {
	struct strbuf text; /* UTF-8 without anything a terminal acts on */
	struct sgr_cell *cells;
	size_t ncells, cap;
};

void sgr_line_init(struct sgr_line *line);
void sgr_line_release(struct sgr_line *line);

/**
 * Make of the `n` bytes of a line, at most SGR_LINE_MAX, what a terminal would
 * show in the end: CR, BS, TAB and "erase in line" are obeyed, colours and
 * attributes become styles (of 24 bits the nearest of the 256).  All other
 * sequences are left out whole, up to where the line ends if they do not end
 * before; so are BEL, SO and SI.  What is left of control bytes and invalid
 * UTF-8 is shown as text_vis() does.  A style ends with its line.
 *
 * Pure.  O(n) time; at most eight cells for a byte.
 */
void sgr_line_set(struct sgr_line *line, const void *bytes, size_t n);

/** Append the characters of the line, without those that were overwritten. */
void sgr_line_text(const struct sgr_line *line, struct strbuf *out);

/** Append what is seen of the `n` bytes of a line: the same at once. */
void sgr_see(const void *bytes, size_t n, struct strbuf *out);

/**
 * Where the row ends that begins at column `from`, in `width` (2 or more)
 * columns: no wide character is cut.  `ncells` in the end.
 */
size_t sgr_line_wrap(const struct sgr_line *line, size_t from, size_t width);

#endif /* RSH_UI_SGR_H */
