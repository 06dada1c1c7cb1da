/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Texts and lines on a part of the screen.
 */
#include "ui/canvas.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "ui/pager.h"
#include "base/banned.h"

#define TEXT_MAX ((size_t)64 << 10) /* of one row; the rest is not shown */

static void put(const struct canvas_area *a, size_t row, size_t col,
		const char *text, size_t n, const struct sgr_style *style)
{
	if (n)
		a->canvas->ops->put(a->canvas, a->row + row, a->col + col, text,
				    n, style);
}

static void put_blanks(const struct canvas_area *a, size_t row, size_t col,
		       size_t n, const struct sgr_style *style)
{
	static const char blanks[] = "                                ";

	while (n) {
		size_t part = n < sizeof(blanks) - 1 ? n : sizeof(blanks) - 1;

		put(a, row, col, blanks, part, style);
		col += part;
		n -= part;
	}
}

/* The bytes that fit in `*width` columns, which becomes what they take. */
static size_t fit(const char *s, size_t n, size_t *width)
{
	size_t used = 0;
	size_t at = 0;

	while (at < n) {
		size_t len = text_char(s + at, n - at);
		size_t wide = text_width(s + at, len);

		if (used + wide > *width)
			break;
		used += wide;
		at += len;
	}
	*width = used;
	return at;
}

size_t canvas_text(const struct canvas_area *a, size_t row, size_t col,
		   size_t width, const char *text, struct sgr_style style)
{
	struct strbuf seen = STRBUF_INIT(TEXT_MAX);
	size_t used;
	size_t n;

	if (row >= a->rows || col >= a->cols)
		return 0;
	if (width > a->cols - col)
		width = a->cols - col;
	used = width;
	text_vis(&seen, text, strlen(text), VIS_LINE);
	for (size_t i = 0; i < seen.len; i++)
		if (seen.buf[i] == '\t')
			seen.buf[i] = ' ';
	n = fit(seen.buf, seen.len, &used);
	put(a, row, col, seen.buf, n, &style);
	put_blanks(a, row, col + used, width - used, &style);
	strbuf_release(&seen);
	return used;
}

void canvas_row(const struct canvas_area *a, size_t row, struct sgr_style style,
		const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	(void)canvas_text(a, row, 0, a->cols, text, style);
	free(text);
}

void canvas_blank(const struct canvas_area *a, size_t row)
{
	static const struct sgr_style plain = { .fg = -1, .bg = -1 };

	if (row < a->rows)
		put_blanks(a, row, 0, a->cols, &plain);
}

void canvas_keys(const struct canvas_area *a, size_t row,
		 struct sgr_style style, const char *keys)
{
	canvas_row(a, row, style, "%.*s", (int)text_items(keys, a->cols), keys);
}

struct kind_look {
	char mark;
	int16_t fg; /* of lines without colours of their own; -1: as it is */
};

static const struct kind_look looks[PAGER_NKINDS] = {
	[PAGER_PLAIN] = { ' ', -1 }, [PAGER_ERROR] = { '!', 1 },
	[PAGER_ADDED] = { ' ', 2 },  [PAGER_REMOVED] = { ' ', 1 },
	[PAGER_HUNK] = { ' ', 6 },   [PAGER_OURS] = { '*', 1 },
};

/* How column `i` of a row looks in the end. */
static struct sgr_style style_at(const struct pager_row *row, size_t i)
{
	struct sgr_style style = row->line->cells[i].style;

	if (style.fg < 0 && row->kind != PAGER_ERROR)
		style.fg = looks[row->kind].fg;
	if (i >= row->match_from && i < row->match_to)
		style.attrs ^= SGR_REVERSE;
	return style;
}

static bool looks_the_same(const struct sgr_style *a, const struct sgr_style *b)
{
	return a->fg == b->fg && a->bg == b->bg && a->attrs == b->attrs;
}

static void put_cells(const struct canvas_area *a, size_t col,
		      const struct pager_row *row, struct strbuf *run)
{
	size_t i = row->from;

	while (i < row->to) {
		struct sgr_style style = style_at(row, i);
		size_t from = i;

		strbuf_reset(run);
		for (; i < row->to; i++) {
			const struct sgr_cell *c = &row->line->cells[i];
			struct sgr_style next = style_at(row, i);

			/* The right half has no look of its own. */
			if (c->len && !looks_the_same(&style, &next))
				break;
			(void)strbuf_add(run, row->line->text.buf + c->at,
					 c->len);
		}
		put(a, row->row, col + from - row->from, run->buf, run->len,
		    &style);
	}
}

void canvas_line(const struct canvas_area *a, size_t col,
		 const struct pager_row *row)
{
	const struct kind_look *look = &looks[row->kind];
	struct sgr_style plain = SGR_PLAIN;
	struct sgr_style mark = SGR_PLAIN;
	struct strbuf run = STRBUF_INIT(SGR_LINE_MAX * 16);
	size_t end = col + row->to - row->from;

	mark.fg = look->fg;
	if (col)
		put(a, row->row, col - 1, &look->mark, 1, &mark);
	put_cells(a, col, row, &run);
	if (end < a->cols)
		put_blanks(a, row->row, end, a->cols - end, &plain);
	strbuf_release(&run);
}
