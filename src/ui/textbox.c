/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines to read, over what else is on the screen.
 */
#include "ui/textbox.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/text.h"

#include "base/banned.h"

static uint64_t count(void *arg)
{
	const struct textbox *b = arg;

	return b->lines.n;
}

static int read_line(void *arg, uint64_t number, struct strbuf *bytes,
		     enum pager_kind *kind, struct err *err)
{
	const struct textbox *b = arg;

	(void)err;
	*kind = PAGER_PLAIN;
	(void)strbuf_addstr(bytes, b->lines.v[number]);
	return 0;
}

static const struct pager_source source = { .lines = count, .read = read_line };

void textbox_init(struct textbox *b)
{
	*b = (struct textbox){ 0 };
	pager_init(&b->pager, &source, b);
}

void textbox_release(struct textbox *b)
{
	pager_release(&b->pager);
	strvec_release(&b->lines);
	free(b->title);
}

static void forget(struct textbox *b)
{
	strvec_release(&b->lines);
	b->lines = (struct strvec){ 0 };
	pager_show(&b->pager, &source, b);
}

void textbox_begin(struct textbox *b, const char *title)
{
	free(b->title);
	b->title = xstrdup(title);
	forget(b);
}

static void add_line(struct textbox *b, const char *line, size_t n)
{
	if (b->lines.n == TEXTBOX_MAX) {
		forget(b);
		strvec_push(&b->lines, _("(lines before are forgotten)"));
	}
	strvec_push_take(&b->lines,
			 xstrndup(line, n < SGR_LINE_MAX ? n : SGR_LINE_MAX));
}

void textbox_add(struct textbox *b, const char *lines, size_t n)
{
	const char *end = lines + n;

	while (lines < end) {
		const char *lf = memchr(lines, '\n', (size_t)(end - lines));
		const char *to = lf ? lf : end;

		add_line(b, lines, (size_t)(to - lines));
		lines = lf ? lf + 1 : end;
	}
}

bool textbox_key(struct textbox *b, const struct key *k)
{
	return pager_key(&b->pager, k);
}

static void draw_row(void *arg, const struct pager_row *row)
{
	canvas_line(arg, 0, row);
}

/* Rows that the lines take, up to `most`. */
static size_t rows_of(const struct textbox *b, size_t most, size_t cols)
{
	size_t rows = 0;

	for (size_t i = 0; i < b->lines.n && rows < most; i++) {
		const char *line = b->lines.v[i];
		size_t width = text_width(line, strlen(line));

		rows += width ? (width + cols - 1) / cols : 1;
	}
	return rows < most ? rows : most;
}

#define GAP "   " /* between the title and the keys */
#define CUT "..."

/* The first key has its place, however long the title is. */
static void draw_bar(const struct textbox *b, const struct canvas_area *a)
{
	const struct sgr_style bar = { -1, -1, SGR_REVERSE };
	const char *keys = _("q closes  arrows Space scroll");
	const char *gap = strstr(keys, "  ");
	const size_t first =
		strlen(GAP) +
		text_width(keys, gap ? (size_t)(gap - keys) : strlen(keys));
	const size_t least = strlen(CUT) + first;
	const char *title = b->title ? b->title : "";
	char *seen = text_vis_dup(title, strlen(title), strlen(title));
	size_t wide = 1 + text_width(seen, strlen(seen));
	const bool cut = wide + first > a->cols;
	char *rest = xasprintf("%s" GAP "%s", cut ? CUT : "", keys);

	if (cut)
		wide = a->cols > least ? a->cols - least : 1;
	(void)canvas_text(a, 0, 0, 1, "", bar);
	(void)canvas_text(a, 0, 1, wide - 1, title, bar);
	rest[text_items(rest, a->cols - wide)] = '\0';
	(void)canvas_text(a, 0, wide, a->cols - wide, rest, bar);
	free(rest);
	free(seen);
}

void textbox_draw(struct textbox *b, const struct canvas_area *a)
{
	struct canvas_area body = *a;
	size_t want;

	if (a->rows < 2 || !a->cols)
		return;
	want = rows_of(b, a->rows - 1, a->cols) + 1;
	body.row += a->rows - want;
	body.rows = want;
	draw_bar(b, &body);
	body.row++;
	body.rows--;
	for (size_t i = 0; i < body.rows; i++)
		canvas_blank(&body, i);
	pager_size(&b->pager, body.rows, body.cols);
	(void)pager_draw(&b->pager, draw_row, &body, NULL);
}
