/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/fake_canvas.h"

#include "lib/test.h"

#include "base/text.h"

static void put(struct canvas *canvas, size_t row, size_t col, const char *text,
		size_t n, const struct sgr_style *style)
{
	struct fake_canvas *c = (struct fake_canvas *)canvas;

	while (n) {
		size_t len = text_char(text, n);
		size_t width = text_width(text, len);
		char(*cell)[8] = &c->cells[row][col];

		assert_true(row < FAKE_ROWS_MAX && col < FAKE_COLS_MAX);
		if (width) {
			assert_true(len < 6);
			(*cell)[0] = style->attrs & SGR_REVERSE ? 'r' : '.';
			memcpy(*cell + 1, text, len);
			(*cell)[1 + len] = '\0';
			if (width == 2)
				c->cells[row][col + 1][1] = '\0';
		}
		col += width;
		text += len;
		n -= len;
	}
}

static const struct canvas_ops ops = { .put = put };

struct canvas_area fake_canvas_init(struct fake_canvas *c, size_t rows,
				    size_t cols)
{
	*c = (struct fake_canvas){ .canvas.ops = &ops };
	for (size_t i = 0; i < FAKE_ROWS_MAX; i++)
		for (size_t j = 0; j < FAKE_COLS_MAX; j++)
			memcpy(c->cells[i][j], ". ", 3);
	return (struct canvas_area){ .canvas = &c->canvas,
				     .rows = rows,
				     .cols = cols };
}

const char *fake_canvas_show(struct fake_canvas *c, const struct canvas_area *a)
{
	static char text[FAKE_ROWS_MAX * FAKE_COLS_MAX * 9];
	char *p = text;

	for (size_t i = 0; i < a->rows; i++) {
		char *end = p;
		bool reverse = false;

		for (size_t j = 0; j < a->cols; j++) {
			const char *cell = c->cells[a->row + i][a->col + j];
			size_t n = strlen(cell + 1);

			if (n && (cell[0] == 'r') != reverse) {
				reverse = !reverse;
				*p++ = reverse ? '[' : ']';
				end = p;
			}
			memcpy(p, cell + 1, n);
			p += n;
			if (reverse || (n && cell[1] != ' '))
				end = p;
		}
		p = end;
		if (reverse)
			*p++ = ']';
		*p++ = '\n';
	}
	*p = '\0';
	return text;
}
