/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shells of many hosts on one screen: the line of a command, and what it
 * answers.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/list.h"
#include "base/text.h"
#include "io/loop.h"
#include "ui/edit.h"
#include "ui/screen.h"
#include "ui/tiles_internal.h"

#include "base/banned.h"

bool tiles_reads_keys(const struct tiles *t)
{
	return t->asking == TILES_LINE ||
	       (t->asking == TILES_NOTHING && t->boxed);
}

void tiles_open_line(struct tiles *t)
{
	edit_clear(t->edit);
	t->asking = TILES_LINE;
	t->line_ns = loop_now(t->conf.loop);
	tiles_dirty(t);
}

static void close_line(struct tiles *t)
{
	edit_clear(t->edit);
	t->asking = TILES_NOTHING;
	if (t->words) {
		t->boxed = t->words = false;
		textbox_begin(&t->box, "");
	}
}

void tiles_open_box(struct tiles *t)
{
	t->boxed = t->box.lines.n;
	strbuf_reset(&t->message);
	if (!t->boxed)
		tiles_say(t, _("no command has answered yet"));
	tiles_dirty(t);
}

/* ---- what is answered ---- */

/* A line that the last row has room for. */
static bool is_message(const struct tiles *t, const char *lines, size_t n)
{
	const char *lf = memchr(lines, '\n', n);

	if (lf && lf + 1 != lines + n)
		return false;
	return !t->screen ||
	       text_width(lines, n - (lf != NULL)) < screen_cols(t->screen);
}

/* What a word could be is no answer, and goes with the line. */
static void show_words(struct tiles *t, const char *lines, size_t n)
{
	if (is_message(t, lines, n)) {
		tiles_tell(t, lines, n);
		return;
	}
	textbox_begin(&t->box, "Tab");
	textbox_add(&t->box, lines, n);
	t->boxed = t->words = true;
}

void tiles_changed(struct tiles *t)
{
	tiles_dirty(t);
}

void tiles_answer(struct tiles *t, const char *lines, size_t n)
{
	bool message = is_message(t, lines, n) && !t->boxed;

	if (t->completing) {
		show_words(t, lines, n);
		return;
	}
	if (!t->box.title)
		textbox_begin(&t->box, "");
	textbox_add(&t->box, lines, n);
	if (message)
		tiles_tell(t, lines, n);
	else if (t->boxed || !t->typed_since)
		t->boxed = true;
	else
		tiles_say(t, _("more is answered: %s v shows it"),
			  t->conf.prefix_name);
	tiles_dirty(t);
}

static void run(struct tiles *t)
{
	size_t n;
	const char *text = edit_text(t->edit, &n);
	char *line, *title;

	line = xstrdup(text + strspn(text, " "));
	close_line(t);
	t->boxed = false;
	if (*line) {
		title = xasprintf("%s%s", *line == ':' ? "" : ":", line);
		textbox_begin(&t->box, title);
		strbuf_reset(&t->message);
		free(title);
		t->answering = true;
		t->typed_since = false;
		t->conf.calls->command(t->conf.arg, line);
		t->answering = false;
	}
	free(line);
}

/* ---- keys ---- */

static bool is_prefix(const struct tiles *t, const struct key *k)
{
	return k->kind == KEY_CHAR && !k->mods && k->code == t->conf.prefix;
}

static void refuse_paste(struct tiles *t)
{
	size_t n;
	char *text = edit_pasted(t->edit, &n);

	secret_wipe(text, n);
	free(text);
	tiles_say(t, _("a command is one line: nothing was pasted"));
}

static void line_key(struct tiles *t, const struct key *k)
{
	if (k->kind == KEY_ESC || is_prefix(t, k)) {
		close_line(t);
		return;
	}
	switch (edit_key(t->edit, k)) {
	case EDIT_ENTER:
		run(t);
		break;
	case EDIT_TAB:
		t->completing = true;
		t->conf.calls->complete(t->conf.arg, t->edit);
		t->completing = false;
		break;
	case EDIT_INTERRUPT:
	case EDIT_END:
		close_line(t);
		break;
	case EDIT_PASTED:
		refuse_paste(t);
		break;
	case EDIT_TOO_LONG:
		tiles_say(t,
			  _("too much was pasted at once: nothing was sent"));
		break;
	case EDIT_REDRAW:
		screen_redraw(t->screen);
		break;
	case EDIT_NOTHING:
	case EDIT_CHANGED:
	case EDIT_QUIT:
	case EDIT_SUSPEND:
		break;
	}
}

#define CTRL_C 3

static void box_key(struct tiles *t, const struct key *k)
{
	uint32_t c = k->kind == KEY_CHAR && !k->mods ? k->code : 0;

	if (k->kind == KEY_ESC || k->kind == KEY_ENTER || c == 'q' ||
	    c == CTRL_C) {
		t->boxed = false;
	} else if (is_prefix(t, k)) {
		/* What follows is a command, as without an answer. */
		t->boxed = false;
		t->asking = TILES_COMMAND;
	} else if (c == ':') {
		tiles_open_line(t);
	} else {
		(void)textbox_key(&t->box, k);
	}
}

static void on_key(void *arg, const struct key *k)
{
	struct tiles *t = arg;

	if (t->asking == TILES_LINE)
		line_key(t, k);
	else if (tiles_reads_keys(t))
		box_key(t, k);
	tiles_dirty(t);
}

/* What was begun behind the last key is none of the next line. */
static void forget_rest(struct tiles *t)
{
	if (!tiles_reads_keys(t))
		secret_wipe(&t->keys, sizeof(t->keys));
}

size_t tiles_take_keys(struct tiles *t, const char *p, size_t n)
{
	size_t taken = 0;

	/* A key may be the last one that is not the hosts'. */
	while (taken < n && tiles_reads_keys(t))
		keys_take(&t->keys, p + taken++, 1, on_key, t);
	forget_rest(t);
	return taken;
}

void tiles_flush_keys(struct tiles *t)
{
	keys_flush(&t->keys, on_key, t);
	forget_rest(t);
}

/* ---- drawing ---- */

void tiles_draw_box(struct tiles *t)
{
	const unsigned int rows = screen_rows(t->screen);
	const struct canvas_area body = {
		.canvas = &t->canvas.canvas,
		.row = TILES_HEADER,
		.rows = rows - TILES_HEADER - TILES_FOOTER,
		.cols = screen_cols(t->screen),
	};

	if (t->boxed)
		textbox_draw(&t->box, &body);
}

void tiles_draw_line(struct tiles *t)
{
	const unsigned int row = screen_rows(t->screen) - 1;
	const unsigned int cols = screen_cols(t->screen);
	struct strbuf text = STRBUF_INIT(STRBUF_MAX_TEXT);
	size_t cursor = edit_row(t->edit, ":", cols, &text);

	(void)screen_put(t->screen, row, 0, cols, text.buf, &screen_plain);
	screen_cursor(t->screen, row, (unsigned int)cursor);
	/* What was said of it since. */
	if (t->message.len && t->message_ns >= t->line_ns)
		(void)screen_message(t->screen, row - 1, t->message.buf,
				     &screen_plain);
	strbuf_release(&text);
}

/* ---- life ---- */

void tiles_line_init(struct tiles *t)
{
	t->edit = edit_new(t->conf.history);
	textbox_init(&t->box);
	screencanvas_init(&t->canvas, &t->screen);
}

void tiles_line_release(struct tiles *t)
{
	edit_free(t->edit);
	textbox_release(&t->box);
	screencanvas_release(&t->canvas);
}
