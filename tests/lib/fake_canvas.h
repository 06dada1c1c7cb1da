/* SPDX-License-Identifier: Apache-2.0 */
/* A screen in memory: what was drawn, as rows of text. */
#ifndef RSH_TESTS_LIB_FAKE_CANVAS_H
#define RSH_TESTS_LIB_FAKE_CANVAS_H

#include "base/strbuf.h"
#include "ui/canvas.h"

#define FAKE_ROWS_MAX 50
#define FAKE_COLS_MAX 200

struct fake_canvas {
	struct canvas canvas;
	char cells[FAKE_ROWS_MAX][FAKE_COLS_MAX][8];
};

/** Blank, and the area that is all of it. */
struct canvas_area fake_canvas_init(struct fake_canvas *c, size_t rows,
				    size_t cols);

/**
 * All rows, without blanks at their ends, each with a newline; what is shown
 * in reverse is between [ and ].
 */
const char *fake_canvas_show(struct fake_canvas *c,
			     const struct canvas_area *a);

#endif /* RSH_TESTS_LIB_FAKE_CANVAS_H */
