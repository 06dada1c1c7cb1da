/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A question in a box.
 *
 * Notes: an answer is handed on from a later turn of the loop, as the prompter
 * promises, so that who asked may free whatever it likes.  Until then keys that
 * come are swallowed: they were typed for the question.
 */
#include "ui/question.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/list.h"
#include "base/text.h"
#include "base/banned.h"

#define ANSWER_MAX 1023
#define WIDTH_MAX  76
#define FRAME_ROWS 3 /* above, the answer, below */

struct question_box {
	struct loop *loop;
	struct defer answered;
	void (*changed)(void *arg);
	void *arg;
	const struct prompt *q; /* NULL: nothing is asked */
	question_fn *fn;
	void *fn_arg;
	char *answer; /* secret, ANSWER_MAX + 1; NULL: there is none */
	size_t len;
	size_t up;   /* rows of text below those shown */
	size_t page; /* rows of text shown last */
	bool done;
};

struct question_box *question_box_new(struct loop *loop,
				      void (*changed)(void *arg), void *arg)
{
	struct question_box *b = xcalloc(1, sizeof(*b));

	b->loop = loop;
	b->changed = changed;
	b->arg = arg;
	return b;
}

void question_box_free(struct question_box *b)
{
	if (!b)
		return;
	defer_cancel(&b->answered);
	secret_free(b->answer);
	free(b);
}

void question_box_ask(struct question_box *b, const struct prompt *q,
		      question_fn *fn, void *arg)
{
	assert(!b->q);
	b->q = q;
	b->fn = fn;
	b->fn_arg = arg;
	b->answer = secret_new(ANSWER_MAX + 1);
	b->len = b->up = 0;
	b->done = false;
	b->changed(b->arg);
}

void question_box_drop(struct question_box *b)
{
	if (!b->q)
		return;
	defer_cancel(&b->answered);
	secret_free(b->answer);
	b->answer = NULL;
	b->q = NULL;
	b->changed(b->arg);
}

bool question_box_asking(const struct question_box *b)
{
	return b->q;
}

/* ---- what is typed ---- */

static void hand_on(struct defer *d)
{
	struct question_box *b = container_of(d, struct question_box, answered);
	char *answer = b->answer;

	b->answer = NULL;
	b->q = NULL;
	b->changed(b->arg);
	b->fn(b->fn_arg, answer); /* may ask another */
}

static bool takes_keys(const struct question_box *b)
{
	return b->q && !b->done;
}

void question_box_type(struct question_box *b, const char *utf8, size_t n)
{
	if (!takes_keys(b))
		return;
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)utf8[i] < ' ' || utf8[i] == 0x7f)
			return;
	if (n > ANSWER_MAX - b->len)
		return;
	memcpy(b->answer + b->len, utf8, n);
	b->len += n;
	b->changed(b->arg);
}

static void end(struct question_box *b)
{
	b->done = true;
	defer_post(b->loop, &b->answered, hand_on);
}

static void backspace(struct question_box *b)
{
	size_t at = 0;
	size_t last = 0;

	while (at < b->len) {
		last = at;
		at += text_char(b->answer + at, b->len - at);
	}
	secret_wipe(b->answer + last, b->len - last);
	b->len = last;
}

void question_box_key(struct question_box *b, enum question_key key)
{
	if (!takes_keys(b))
		return;
	switch (key) {
	case QUESTION_ENTER:
		b->answer[b->len] = '\0';
		end(b);
		break;
	case QUESTION_BACKSPACE:
		backspace(b);
		break;
	case QUESTION_KILL:
		secret_wipe(b->answer, b->len);
		b->len = 0;
		break;
	case QUESTION_END:
		if (b->len)
			break;
		secret_free(b->answer);
		b->answer = NULL;
		end(b);
		break;
	}
	b->changed(b->arg);
}

#define CTRL(c) ((c)&0x1fu)

static void take_char(struct question_box *b, uint32_t c)
{
	char utf8[4];

	if (c == CTRL('D'))
		question_box_key(b, QUESTION_END);
	else if (c == CTRL('U'))
		question_box_key(b, QUESTION_KILL);
	else
		question_box_type(b, utf8, text_encode(c, utf8));
	secret_wipe(utf8, sizeof(utf8));
}

static void scroll(struct question_box *b, enum key_kind kind)
{
	size_t page = b->page > 1 ? b->page - 1 : 1;
	size_t by = kind == KEY_PAGE_UP || kind == KEY_PAGE_DOWN ? page : 1;

	if (kind == KEY_UP || kind == KEY_PAGE_UP)
		b->up += by; /* as far as there are rows: when it is drawn */
	else if (kind == KEY_DOWN || kind == KEY_PAGE_DOWN)
		b->up -= b->up < by ? b->up : by;
	else
		return;
	b->changed(b->arg);
}

void question_box_take(struct question_box *b, const struct key *k)
{
	size_t n = 0;

	if (k->kind == KEY_CHAR && !(k->mods & KEY_ALT)) {
		take_char(b, k->code);
	} else if (k->kind == KEY_ENTER) {
		question_box_key(b, QUESTION_ENTER);
	} else if (k->kind == KEY_BACKSPACE) {
		question_box_key(b, QUESTION_BACKSPACE);
	} else if (k->kind == KEY_PASTE) {
		while (n < k->npaste && k->paste[n] != '\n' &&
		       k->paste[n] != '\r')
			n++;
		question_box_type(b, k->paste, n);
	} else {
		scroll(b, k->kind);
	}
}

/* ---- the box ---- */

/* Where a row of at most `width` columns ends: at a blank, if it can. */
static size_t row_length(const char *s, size_t n, size_t width)
{
	size_t at = 0;
	size_t used = 0;
	size_t blank = 0;

	while (at < n) {
		size_t len = text_char(s + at, n - at);

		used += text_width(s + at, len);
		if (used > width)
			return blank ? blank : at ? at : len;
		at += len;
		if (s[at - 1] == ' ')
			blank = at;
	}
	return n;
}

/* The row at `*text`, its bytes in `*n`; NULL: there is none any more. */
static const char *next_row(const char **text, size_t width, size_t *n)
{
	const char *row = *text;

	if (!*row)
		return NULL;
	*n = row_length(row, strcspn(row, "\n"), width);
	*text = row + *n;
	if (**text == '\n')
		++*text;
	return row;
}

static size_t count_rows(const char *text, size_t width)
{
	size_t n, count = 0;

	while (next_row(&text, width, &n))
		count++;
	return count;
}

/* The end of what is typed that fits. */
static const char *tail(const struct question_box *b, size_t width)
{
	const char *s = b->answer;

	while (text_width(s, b->len - (size_t)(s - b->answer)) > width)
		s += text_char(s, b->len - (size_t)(s - b->answer));
	return s;
}

static void draw_row(const struct canvas_area *box, size_t row,
		     const char *text, size_t n)
{
	struct sgr_style look = { .fg = -1, .bg = -1, .attrs = SGR_REVERSE };
	char *line = xstrndup(text, n);

	(void)canvas_text(box, row, 0, 1, " ", look);
	(void)canvas_text(box, row, 1, box->cols - 1, line, look);
	free(line);
}

/* What is not seen, and how it comes to be. */
static void draw_edge(const struct canvas_area *box, size_t row, size_t hidden,
		      const char *key)
{
	char *text = hidden ? xasprintf(ngettext("%zu more line (%s)",
						 "%zu more lines (%s)", hidden),
					hidden, key)
			    : xstrdup("");

	draw_row(box, row, text, strlen(text));
	free(text);
}

static void draw_text(struct question_box *b, const struct canvas_area *box,
		      size_t rows, size_t hidden)
{
	const char *text = b->q->text;
	const char *row;
	size_t n;

	if (b->up > hidden)
		b->up = hidden;
	hidden -= b->up;
	b->page = rows;
	draw_edge(box, 0, hidden, _("Up"));
	for (size_t i = 0;
	     i < hidden + rows && (row = next_row(&text, box->cols - 2, &n));
	     i++)
		if (i >= hidden)
			draw_row(box, 1 + i - hidden, row, n);
	draw_edge(box, box->rows - 1, b->up, _("Down"));
}

bool question_box_draw(struct question_box *b, const struct canvas_area *a,
		       size_t *row, size_t *col)
{
	struct canvas_area box = *a;
	size_t rows, hidden = 0;
	const char *typed = "";
	size_t n = 0;

	if (!b->q || a->cols < 4 || a->rows < FRAME_ROWS)
		return false;
	box.cols = a->cols < WIDTH_MAX ? a->cols : WIDTH_MAX;
	rows = count_rows(b->q->text, box.cols - 2);
	if (rows + FRAME_ROWS > a->rows) {
		hidden = rows + FRAME_ROWS - a->rows;
		rows -= hidden;
	}
	box.rows = rows + FRAME_ROWS;
	box.row += (a->rows - box.rows) / 2;
	box.col += (a->cols - box.cols) / 2;
	draw_text(b, &box, rows, hidden);
	if (b->q->echo && b->answer) {
		typed = tail(b, box.cols - 3);
		n = b->len - (size_t)(typed - b->answer);
	}
	draw_row(&box, box.rows - 2, typed, n);
	*row = box.row + box.rows - 2 - a->row;
	*col = box.col - a->col + 1 + text_width(typed, n);
	return true;
}
