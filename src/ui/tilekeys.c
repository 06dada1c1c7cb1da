/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shells of many hosts on one screen: what is typed, and the prefix key.
 */
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/gettext.h"
#include "base/strbuf.h"
#include "ui/pane.h"
#include "ui/screen.h"
#include "ui/tiles_internal.h"

#include "base/banned.h"

/* ---- to the hosts ---- */

#define CTRL_C	       003
#define CTRL_D	       004
#define CTRL_Z	       032
#define CTRL_BACKSLASH 034

/* They are no text: who asks for a password gets them, too. */
static bool is_signal(char c)
{
	return c == CTRL_C || c == CTRL_Z || c == CTRL_BACKSLASH;
}

static bool has_signal(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (is_signal(p[i]))
			return true;
	return false;
}

/* A password, and what ends it; 0: it goes on. */
static size_t answer_length(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] == '\r' || p[i] == '\n' || p[i] == CTRL_D ||
		    is_signal(p[i]))
			return i + 1;
	return 0;
}

static void send_to(struct tiles *t, size_t rank, const char *p, size_t n)
{
	if (t->screen)
		screen_hurry(t->screen);
	t->conf.calls->send(t->conf.arg, t->tiles[rank].target, p, n);
}

/*
 * What of it one host is to get; the length.  Who has been told a password asks
 * no more, before it says so.
 */
static size_t send_text(struct tiles *t, size_t rank, const char *p, size_t n)
{
	size_t sent = 0;

	while (sent < n && tiles_takes(t, rank)) {
		size_t len = t->set->hosts[rank].asks
				     ? answer_length(p + sent, n - sent)
				     : 0;

		if (len) {
			shellset_asks(t->set, rank, false);
			tiles_dirty(t);
		} else {
			len = n - sent;
		}
		send_to(t, rank, p + sent, len);
		sent += len;
	}
	return sent;
}

static void send_bytes(struct tiles *t, const char *p, size_t n)
{
	for (size_t i = 0; i < t->n; i++)
		(void)send_text(t, i, p, n);
}

static void send_signals(struct tiles *t, size_t rank, const char *p, size_t n)
{
	for (size_t i = 0; i < n && tiles_takes_signal(t, rank); i++)
		if (is_signal(p[i]))
			send_to(t, rank, &p[i], 1);
}

/* Ctrl+C and Ctrl+\ end what runs. */
static void send_typed(struct tiles *t, const char *p, size_t n)
{
	if (memchr(p, CTRL_C, n) || memchr(p, CTRL_BACKSLASH, n))
		tiles_cut(t);
	for (size_t i = 0; i < t->n; i++) {
		size_t sent = send_text(t, i, p, n);

		send_signals(t, i, p + sent, n - sent);
	}
}

/* Each host wants it in its own way. */
static void send_key(struct tiles *t, enum pane_key key)
{
	struct strbuf out = STRBUF_INIT(STRBUF_MAX_TEXT);

	for (size_t i = 0; i < t->n; i++) {
		if (!tiles_takes(t, i))
			continue;
		strbuf_reset(&out);
		pane_key(t->tiles[i].pane, key, &out);
		if (out.len)
			send_to(t, i, out.buf, out.len);
	}
	strbuf_release(&out);
}

static size_t count_takers(const struct tiles *t)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++)
		n += tiles_takes(t, i);
	return n;
}

/* Whether nobody is there for what was typed. */
static bool is_for_nobody(const struct tiles *t, const struct typed_event *e)
{
	bool signal = e->kind == TYPED_BYTES && has_signal(e->bytes, e->n);

	if (count_takers(t))
		return false;
	for (size_t i = 0; signal && i < t->n; i++)
		if (tiles_takes_signal(t, i))
			return false;
	return true;
}

/* ---- what is pasted ---- */

/* It may be a password. */
static void drop_paste(struct tiles *t)
{
	if (t->paste.len)
		secret_wipe(t->paste.buf, t->paste.len);
	strbuf_reset(&t->paste);
}

static void send_paste(struct tiles *t)
{
	send_key(t, PANE_PASTE_BEGIN);
	send_bytes(t, t->paste.buf, t->paste.len);
	send_key(t, PANE_PASTE_END);
	drop_paste(t);
}

static size_t count_lines(const struct strbuf *sb)
{
	size_t n = sb->len && sb->buf[sb->len - 1] != '\r' &&
		   sb->buf[sb->len - 1] != '\n';

	for (size_t i = 0; i < sb->len; i++)
		n += sb->buf[i] == '\r' || sb->buf[i] == '\n';
	return n;
}

/* Lines that run on several hosts as soon as they arrive are asked about. */
static void paste_whole(struct tiles *t)
{
	t->pasting = false;
	if (t->paste.full) {
		drop_paste(t);
		tiles_say(t,
			  _("too much was pasted at once: nothing was sent"));
	} else if (count_takers(t) > 1 &&
		   count_lines(&t->paste) > TILES_PASTE_LINES) {
		t->asking = TILES_PASTE;
	} else {
		send_paste(t);
	}
}

static bool take_paste(struct tiles *t, const struct typed_event *e)
{
	if (e->kind == TYPED_KEY && e->key == PANE_PASTE_BEGIN) {
		/* No answer opens before its end. */
		t->pasting = t->typed_since = true;
		drop_paste(t);
		return true;
	}
	if (!t->pasting)
		return false;
	if (e->kind == TYPED_BYTES)
		(void)strbuf_add(&t->paste, e->bytes, e->n);
	else if (e->kind == TYPED_KEY && e->key == PANE_PASTE_END)
		paste_whole(t);
	return true;
}

/* ---- commands ---- */

void tiles_leave_zoom(struct tiles *t)
{
	if (!t->zoomed)
		return;
	t->zoomed = false;
	t->only = t->only_before;
	tiles_layout(t);
}

void tiles_zoom(struct tiles *t)
{
	if (t->zoomed) {
		tiles_leave_zoom(t);
		return;
	}
	t->zoomed = true;
	t->only_before = t->only;
	t->only = true;
	tiles_layout(t);
}

void tiles_mark(struct tiles *t, size_t rank)
{
	if (rank >= t->n)
		return;
	t->current = rank;
	if (t->zoomed)
		tiles_layout(t);
}

static void turn_page(struct tiles *t, bool back)
{
	size_t page = grid_page(&t->grid, t->current), n;

	if (t->zoomed || (back && !page) ||
	    (!back && page + 1 >= t->grid.pages))
		return;
	tiles_mark(t, grid_first(&t->grid, back ? page - 1 : page + 1, &n));
}

static void type_to_all(struct tiles *t)
{
	tiles_leave_zoom(t);
	t->only = false;
	shellset_all(t->set);
}

/* What they ask for is for nobody else. */
static void type_to_asking(struct tiles *t)
{
	tiles_leave_zoom(t);
	t->only = false;
	if (!shellset_only_asking(t->set))
		tiles_say(t, _("no host asks for a password"));
}

static void reconnect(struct tiles *t)
{
	const struct target *target = t->tiles[t->current].target;
	struct err err = { 0 };

	if (t->conf.calls->reconnect(t->conf.arg, target, &err)) {
		err_prefix(&err, "%s: ", target->label);
		tiles_say(t, "%s", err.msg);
	}
	err_release(&err);
}

/* The marked one is chosen by hand, or no longer. */
static void turn_over(struct tiles *t)
{
	tiles_leave_zoom(t);
	t->only = false;
	if (t->set->hosts[t->current].chosen)
		shellset_drop(t->set, &t->current, 1);
	else
		shellset_add(t->set, &t->current, 1);
}

void tiles_chosen(struct tiles *t)
{
	tiles_leave_zoom(t);
	t->only = false;
	tiles_dirty(t);
}

bool tiles_focus(struct tiles *t, size_t rank)
{
	if (t->set->hosts[rank].state != SHELL_UP)
		return false;
	tiles_mark(t, rank);
	if (!t->zoomed)
		tiles_zoom(t);
	return true;
}

static void command(struct tiles *t, char c)
{
	if ((unsigned char)c == t->conf.prefix) {
		send_bytes(t, &c, 1);
		return;
	}
	switch (c) {
	case 'a':
		type_to_all(t);
		break;
	case 'o':
		tiles_leave_zoom(t);
		t->only = true;
		break;
	case 'c':
		reconnect(t);
		break;
	case 's':
		type_to_asking(t);
		break;
	case 'x':
		turn_over(t);
		break;
	case 'n':
	case '\t':
		tiles_mark(t, (t->current + 1) % t->n);
		break;
	case 'p':
		tiles_mark(t, (t->current + t->n - 1) % t->n);
		break;
	case 'z':
	case '\r':
		tiles_zoom(t);
		break;
	case 'r':
		if (t->screen)
			screen_redraw(t->screen);
		break;
	case 'q':
		t->asking = TILES_QUIT;
		break;
	case ':':
		tiles_open_line(t);
		break;
	case 'v':
		tiles_open_box(t);
		break;
	case '?':
		t->asking = TILES_HELP;
		break;
	case '\033':
		break;
	default:
		tiles_say(t, _("no such key; %s ? tells which there are"),
			  t->conf.prefix_name);
		break;
	}
}

static void command_key(struct tiles *t, enum pane_key key)
{
	if (t->zoomed && key <= PANE_LEFT)
		return;
	if (key == PANE_UP || key == PANE_DOWN)
		tiles_mark(t, grid_next(&t->grid, t->current,
					key == PANE_UP ? -1 : 1, 0));
	else if (key == PANE_LEFT || key == PANE_RIGHT)
		tiles_mark(t, grid_next(&t->grid, t->current, 0,
					key == PANE_LEFT ? -1 : 1));
	else if (key == PANE_PAGE_UP || key == PANE_PAGE_DOWN)
		turn_page(t, key == PANE_PAGE_UP);
}

static void answer(struct tiles *t, enum tiles_asking asked, char c)
{
	bool yes = c == 'y' || c == 'Y';

	if (asked == TILES_PASTE && yes)
		send_paste(t);
	else if (asked == TILES_PASTE)
		drop_paste(t);
	else if (asked == TILES_QUIT && yes)
		t->conf.calls->quit(t->conf.arg);
	else if (asked == TILES_COMMAND)
		command(t, c);
}

/* Nothing of it is for hosts; the first byte counts, the rest may be. */
static size_t take_answer(struct tiles *t, const struct typed_event *e)
{
	enum tiles_asking asked = t->asking;

	t->asking = TILES_NOTHING;
	if (e->kind == TYPED_BYTES)
		answer(t, asked, e->bytes[0]);
	else if (e->kind == TYPED_PREFIX)
		answer(t, asked, (char)t->conf.prefix);
	else if (asked == TILES_COMMAND)
		command_key(t, e->key);
	else
		t->asking = asked;
	tiles_dirty(t);
	return e->kind == TYPED_BYTES ? 1 : 0;
}

/* ---- events ---- */

static void take(struct tiles *t, const struct typed_event *e)
{
	struct typed_event rest = *e;

	if (e->kind == TYPED_NONE || take_paste(t, e))
		return;
	while (t->asking != TILES_NOTHING) {
		size_t taken = take_answer(t, &rest);

		rest.bytes += taken;
		rest.n -= taken;
		if (!taken || !rest.n)
			return;
	}
	t->typed_since |= rest.kind != TYPED_PREFIX;
	if (rest.kind == TYPED_PREFIX) {
		t->asking = TILES_COMMAND;
		tiles_dirty(t);
	} else if (is_for_nobody(t, &rest)) {
		tiles_say(
			t,
			_("no host gets that; %s a: to all, o: to the marked one, s: to who asks for a password"),
			t->conf.prefix_name);
	} else if (rest.kind == TYPED_KEY) {
		send_key(t, rest.key);
	} else {
		send_typed(t, rest.bytes, rest.n);
	}
}

void tiles_typed(struct tiles *t, const char *p, size_t n)
{
	while (n && !t->leaving) {
		struct typed_event e;
		size_t taken;

		if (tiles_reads_keys(t)) {
			taken = tiles_take_keys(t, p, n);
		} else {
			/* Behind an answer others may have the keys. */
			taken = t->asking == TILES_NOTHING ? n : 1;
			taken = typed_next(&t->typed, p, taken, &e);
			take(t, &e);
		}
		p += taken;
		n -= taken;
	}
	if (n)
		t->conf.calls->rest(t->conf.arg, p, n);
}

void tiles_leave(struct tiles *t)
{
	tiles_leave_zoom(t);
	if (t->only)
		shellset_only(t->set, &t->current, 1);
	t->only = false;
	t->leaving = true;
}

void tiles_forget_input(struct tiles *t)
{
	timer_stop(t->conf.loop, &t->escape);
	secret_wipe(&t->keys, sizeof(t->keys));
	secret_wipe(&t->typed, sizeof(t->typed));
	typed_init(&t->typed, t->conf.prefix);
	if (t->pasting)
		drop_paste(t);
	t->pasting = false;
}

void tiles_typed_over(struct tiles *t)
{
	struct typed_event e;

	if (tiles_reads_keys(t)) {
		tiles_flush_keys(t);
		return;
	}
	if (!typed_holding(&t->typed))
		return;
	typed_flush(&t->typed, &e);
	take(t, &e);
}
