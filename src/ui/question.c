/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A question in a box.
 *
 * Notes: an answer is handed on from a later turn of the loop, as the prompter
 * promises, so that who asked may free whatever it likes.
 */
#include "ui/question.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/text.h"
#include "base/banned.h"

#define ANSWER_MAX 1023
#define ROWS_MAX   64

struct question_box {
	struct prompter prompter;
	struct loop *loop;
	struct list queue; /* the first one is asked */
	struct defer answered;
	void (*changed)(void *arg);
	void *arg;
	char *answer; /* secret, ANSWER_MAX + 1; NULL: nothing is asked */
	size_t len;
	bool done, cancelled;
};

static struct prompt *current(const struct question_box *b)
{
	return container_of(b->queue.next, struct prompt, node);
}

/* Ask the first of the queue, if there is one. */
static void begin(struct question_box *b)
{
	secret_free(b->answer);
	b->answer = list_empty(&b->queue) ? NULL : secret_new(ANSWER_MAX + 1);
	b->len = 0;
	b->done = b->cancelled = false;
	b->changed(b->arg);
}

static void hand_on(struct defer *d)
{
	struct question_box *b = container_of(d, struct question_box, answered);
	struct prompt *q = current(b);
	char *answer = b->cancelled ? NULL : b->answer;
	struct err err = { 0 };

	if (b->cancelled)
		err_set(&err, ERR_CANCELLED, _("interrupted"));
	else
		b->answer = NULL;
	list_remove(&q->node);
	begin(b);
	q->fn(q, answer, &err); /* may ask another */
	err_release(&err);
}

static void ask(struct prompter *prompter, struct prompt *q)
{
	struct question_box *b =
		container_of(prompter, struct question_box, prompter);
	bool idle = list_empty(&b->queue);

	list_append(&b->queue, &q->node);
	if (idle)
		begin(b);
}

static void cancel(struct prompter *prompter, struct prompt *q)
{
	struct question_box *b =
		container_of(prompter, struct question_box, prompter);
	bool first;

	if (!q->node.next || list_empty(&q->node))
		return;
	first = q == current(b);
	list_remove(&q->node);
	if (!first)
		return;
	defer_cancel(&b->answered);
	begin(b);
}

static const struct prompter_ops ops = { .ask = ask, .cancel = cancel };

struct question_box *question_box_new(struct loop *loop,
				      void (*changed)(void *arg), void *arg)
{
	struct question_box *b = xcalloc(1, sizeof(*b));

	b->prompter.ops = &ops;
	b->loop = loop;
	b->changed = changed;
	b->arg = arg;
	list_init(&b->queue);
	return b;
}

void question_box_free(struct question_box *b)
{
	if (!b)
		return;
	defer_cancel(&b->answered);
	while (!list_empty(&b->queue))
		list_remove(b->queue.next);
	secret_free(b->answer);
	free(b);
}

struct prompter *question_box_prompter(struct question_box *b)
{
	return &b->prompter;
}

bool question_box_asking(const struct question_box *b)
{
	return b->answer && !b->done;
}

void question_box_type(struct question_box *b, const char *utf8, size_t n)
{
	if (!question_box_asking(b))
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

static void end(struct question_box *b, bool cancelled)
{
	b->done = true;
	b->cancelled = cancelled;
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
	if (!question_box_asking(b))
		return;
	switch (key) {
	case QUESTION_ENTER:
		b->answer[b->len] = '\0';
		end(b, false);
		break;
	case QUESTION_BACKSPACE:
		backspace(b);
		break;
	case QUESTION_KILL:
		secret_wipe(b->answer, b->len);
		b->len = 0;
		break;
	case QUESTION_CANCEL:
		end(b, true);
		break;
	}
	b->changed(b->arg);
}

#define CTRL(c) ((c)&0x1fu)

static void take_char(struct question_box *b, uint32_t c)
{
	char utf8[4];

	if (c == CTRL('C'))
		question_box_key(b, QUESTION_CANCEL);
	else if (c == CTRL('U'))
		question_box_key(b, QUESTION_KILL);
	else
		question_box_type(b, utf8, text_encode(c, utf8));
	secret_wipe(utf8, sizeof(utf8));
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
	}
}

/* ---- the box ---- */

struct rows {
	const char *p[ROWS_MAX];
	size_t n[ROWS_MAX];
	size_t count;
};

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

/* The rows of a text; of more than fit the last ones. */
static void split(const char *text, size_t width, struct rows *rows)
{
	rows->count = 0;
	while (rows->count < ROWS_MAX) {
		size_t n = strcspn(text, "\n");
		size_t len = row_length(text, n, width);

		rows->p[rows->count] = text;
		rows->n[rows->count++] = len;
		text += len;
		if (*text == '\n')
			text++;
		if (!*text)
			break;
	}
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
	secret_wipe(line, n);
	free(line);
}

void question_box_draw(const struct question_box *b,
		       const struct canvas_area *a, size_t *row, size_t *col)
{
	struct canvas_area box = *a;
	struct rows rows;
	size_t width, skip = 0;
	const char *typed;

	if (!question_box_asking(b) || a->cols < 4 || a->rows < 3)
		return;
	box.cols = a->cols < 76 ? a->cols : 76;
	width = box.cols - 2;
	split(current(b)->text, width, &rows);
	if (rows.count + 3 > a->rows)
		skip = rows.count + 3 - a->rows;
	box.rows = rows.count - skip + 3;
	box.row += (a->rows - box.rows) / 2;
	box.col += (a->cols - box.cols) / 2;
	draw_row(&box, 0, "", 0);
	for (size_t i = skip; i < rows.count; i++)
		draw_row(&box, 1 + i - skip, rows.p[i], rows.n[i]);
	typed = current(b)->echo ? tail(b, width - 1) : b->answer + b->len;
	draw_row(&box, box.rows - 2, typed,
		 b->len - (size_t)(typed - b->answer));
	draw_row(&box, box.rows - 1, "", 0);
	*row = box.row + box.rows - 2 - a->row;
	*col = box.col - a->col + 1 +
	       text_width(typed, b->len - (size_t)(typed - b->answer));
}
