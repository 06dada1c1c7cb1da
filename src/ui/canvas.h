/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_UI_CANVAS_H
#define RSH_UI_CANVAS_H

#include <stddef.h>

#include "ui/sgr.h"

struct pager_row;
struct canvas;

struct canvas_ops {
	/* Show `n` bytes of UTF-8 that a terminal does not act on, and that
	 * fit; `style` is all of their look. */
	void (*put)(struct canvas *c, size_t row, size_t col, const char *text,
		    size_t n, const struct sgr_style *style);
};

/** What panels are drawn on: a screen, or the memory of a test. */
struct canvas {
	const struct canvas_ops *ops;
};

/** A part of it. */
struct canvas_area {
	struct canvas *canvas;
	size_t row, col;
	size_t rows, cols;
};

/**
 * Show a text in columns [col, col + width) of a row of the area: what
 * text_vis() makes of it, cut at whole characters, then blanks.  What is
 * outside the area is not shown.  Returns the columns of the text.
 */
size_t canvas_text(const struct canvas_area *a, size_t row, size_t col,
		   size_t width, const char *text, struct sgr_style style);

/** The same with a format, all of the row. */
void canvas_row(const struct canvas_area *a, size_t row, struct sgr_style style,
		const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/** The same with what there is to type, two blanks between keys: no key is cut.
 */
void canvas_keys(const struct canvas_area *a, size_t row,
		 struct sgr_style style, const char *keys);

/**
 * Show a row of a pager, which has the columns from `col` on; the one before
 * is for its mark, unless that is 0.  Blanks behind it.
 */
void canvas_line(const struct canvas_area *a, size_t col,
		 const struct pager_row *row);

/** Nothing but blanks. */
void canvas_blank(const struct canvas_area *a, size_t row);

#endif /* RSH_UI_CANVAS_H */
