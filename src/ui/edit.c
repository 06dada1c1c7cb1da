/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A line that is being typed.
 */
#include "ui/edit.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"

#include "base/banned.h"

#define CTRL(letter) ((letter)&0x1f)
#define ROOM_MIN     10u /* columns for the text; the prompt gives way */

struct edit {
	const struct history *history;
	struct strbuf text;
	size_t at;    /* the cursor, in bytes */
	size_t first; /* byte that stands behind the prompt */
	size_t line;  /* of the history; its count: the new one */
	char *kept;   /* the new one, while another is shown */
	char *sought; /* Ctrl+R: what is looked for, while it is pressed */
	struct strbuf killed;
	struct strbuf paste;
	bool too_long;
	bool one_line; /* of a secret that is pasted there is one */
	char *secret;  /* what is typed instead of a text; or NULL */
	size_t nsecret;
};

struct edit *edit_new(const struct history *h)
{
	struct edit *e = xcalloc(1, sizeof(*e));

	e->history = h;
	strbuf_init(&e->text, EDIT_MAX);
	strbuf_init(&e->killed, EDIT_MAX);
	strbuf_init(&e->paste, PASTE_MAX);
	e->line = history_count(h);
	return e;
}

static void drop_secret(struct edit *e)
{
	secret_free(e->secret);
	e->secret = NULL;
	e->nsecret = 0;
}

/* It may be a password, and nobody asked for one yet. */
static void drop_paste(struct edit *e)
{
	if (e->paste.len)
		secret_wipe(e->paste.buf, e->paste.len);
	strbuf_release(&e->paste);
	e->too_long = false;
}

void edit_free(struct edit *e)
{
	if (!e)
		return;
	drop_secret(e);
	drop_paste(e);
	strbuf_release(&e->text);
	strbuf_release(&e->killed);
	free(e->kept);
	free(e->sought);
	free(e);
}

/* ---- the text ---- */

static void stop_seeking(struct edit *e)
{
	free(e->sought);
	e->sought = NULL;
}

void edit_set(struct edit *e, const char *text, size_t n)
{
	strbuf_reset(&e->text);
	(void)strbuf_add(&e->text, text, n);
	e->at = e->text.len;
	e->first = 0;
}

void edit_clear(struct edit *e)
{
	edit_set(e, "", 0);
	stop_seeking(e);
	free(e->kept);
	e->kept = NULL;
	e->line = history_count(e->history);
	if (e->secret)
		edit_secret(e, true);
}

void edit_secret(struct edit *e, bool secret)
{
	drop_secret(e);
	drop_paste(e);
	e->one_line = false;
	if (secret)
		e->secret = secret_new(SECRET_MAX + 1);
}

const char *edit_text(const struct edit *e, size_t *n)
{
	*n = e->secret ? e->nsecret : e->text.len;
	return e->secret ? e->secret : e->text.buf;
}

size_t edit_cursor(const struct edit *e)
{
	return e->secret ? e->nsecret : e->at;
}

static void insert_secret(struct edit *e, const char *text, size_t n)
{
	if (n > SECRET_MAX - e->nsecret)
		return;
	memcpy(e->secret + e->nsecret, text, n);
	e->nsecret += n;
	e->secret[e->nsecret] = '\0';
}

void edit_insert(struct edit *e, const char *text, size_t n)
{
	size_t behind = e->text.len - e->at;

	if (e->secret) {
		insert_secret(e, text, n);
		return;
	}
	if (!strbuf_extend(&e->text, n))
		return;
	memmove(e->text.buf + e->at + n, e->text.buf + e->at, behind);
	memcpy(e->text.buf + e->at, text, n);
	e->at += n;
}

/* One that can be looked at, or a TAB. */
static bool is_plain(const char *p, size_t len)
{
	const unsigned char *u = (const unsigned char *)p;

	if (len == 1)
		return *u == '\t' || (*u >= 0x20 && *u < 0x7f);
	return !(len == 2 && u[0] == 0xc2 && u[1] < 0xa0);
}

/* Control characters would be keys there. */
static void insert_plain(struct edit *e, const char *p, size_t n)
{
	while (n) {
		size_t len = text_char(p, n);

		if (is_plain(p, len))
			edit_insert(e, p, len);
		p += len;
		n -= len;
	}
}

/* ---- places in it ---- */

static size_t before(const struct edit *e, size_t at)
{
	while (at && ((unsigned char)e->text.buf[--at] & 0xc0) == 0x80)
		;
	return at;
}

static size_t behind(const struct edit *e, size_t at)
{
	return at < e->text.len
		       ? at + text_char(e->text.buf + at, e->text.len - at)
		       : at;
}

static bool in_word(const struct edit *e, size_t at)
{
	unsigned char c = (unsigned char)e->text.buf[at];

	return c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z');
}

static size_t word_before(const struct edit *e)
{
	size_t at = e->at;

	while (at && !in_word(e, before(e, at)))
		at = before(e, at);
	while (at && in_word(e, before(e, at)))
		at = before(e, at);
	return at;
}

static size_t word_behind(const struct edit *e)
{
	size_t at = e->at;

	while (at < e->text.len && !in_word(e, at))
		at = behind(e, at);
	while (at < e->text.len && in_word(e, at))
		at = behind(e, at);
	return at;
}

/* As the terminal's own Ctrl+W: up to a blank. */
static size_t blank_before(const struct edit *e)
{
	size_t at = e->at;

	while (at && e->text.buf[at - 1] == ' ')
		at--;
	while (at && e->text.buf[at - 1] != ' ')
		at--;
	return at;
}

static void cut(struct edit *e, size_t from, size_t to)
{
	memmove(e->text.buf + from, e->text.buf + to, e->text.len - to);
	strbuf_truncate(&e->text, e->text.len - (to - from));
	e->at = from;
}

/* The same, for Ctrl+Y. */
static void cut_away(struct edit *e, size_t from, size_t to)
{
	if (from == to)
		return;
	strbuf_reset(&e->killed);
	(void)strbuf_add(&e->killed, e->text.buf + from, to - from);
	cut(e, from, to);
}

/* ---- earlier lines ---- */

static void show_line(struct edit *e, size_t line)
{
	size_t n = history_count(e->history);
	const char *text;

	if (e->line == n && line != n) {
		free(e->kept);
		e->kept = xstrdup(e->text.buf);
	}
	text = line < n ? history_line(e->history, line)
			: (e->kept ? e->kept : "");
	edit_set(e, text, strlen(text));
	e->line = line;
}

static enum edit_event move_line(struct edit *e, bool up)
{
	if (up ? !e->line : e->line >= history_count(e->history))
		return EDIT_NOTHING;
	show_line(e, up ? e->line - 1 : e->line + 1);
	return EDIT_CHANGED;
}

/* The one before that has what was typed in it. */
static enum edit_event seek_line(struct edit *e)
{
	if (!e->sought)
		e->sought = xstrdup(e->text.buf);
	for (size_t i = e->line; i-- > 0;) {
		if (!strstr(history_line(e->history, i), e->sought))
			continue;
		show_line(e, i);
		return EDIT_CHANGED;
	}
	return EDIT_NOTHING;
}

/* ---- keys ---- */

static enum edit_event move(struct edit *e, size_t at)
{
	if (at == e->at)
		return EDIT_NOTHING;
	e->at = at;
	return EDIT_CHANGED;
}

static enum edit_event control(struct edit *e, uint32_t code)
{
	switch (code) {
	case CTRL('A'):
		return move(e, 0);
	case CTRL('B'):
		return move(e, before(e, e->at));
	case CTRL('C'):
		return EDIT_INTERRUPT;
	case CTRL('D'):
		if (!e->text.len)
			return EDIT_END;
		cut(e, e->at, behind(e, e->at));
		return EDIT_CHANGED;
	case CTRL('E'):
		return move(e, e->text.len);
	case CTRL('F'):
		return move(e, behind(e, e->at));
	case CTRL('K'):
		cut_away(e, e->at, e->text.len);
		return EDIT_CHANGED;
	case CTRL('L'):
		return EDIT_REDRAW;
	case CTRL('N'):
		return move_line(e, false);
	case CTRL('P'):
		return move_line(e, true);
	case CTRL('R'):
		return seek_line(e);
	case CTRL('U'):
		cut_away(e, 0, e->at);
		return EDIT_CHANGED;
	case CTRL('W'):
		cut_away(e, blank_before(e), e->at);
		return EDIT_CHANGED;
	case CTRL('Y'):
		edit_insert(e, e->killed.buf, e->killed.len);
		return EDIT_CHANGED;
	case CTRL('Z'):
		return EDIT_SUSPEND;
	case CTRL('\\'):
		return EDIT_QUIT;
	default:
		return EDIT_NOTHING;
	}
}

/* Alt and a letter. */
static enum edit_event word(struct edit *e, uint32_t code)
{
	switch (code) {
	case 'b':
		return move(e, word_before(e));
	case 'f':
		return move(e, word_behind(e));
	case 'd':
		cut_away(e, e->at, word_behind(e));
		return EDIT_CHANGED;
	default:
		return EDIT_NOTHING;
	}
}

static enum edit_event character(struct edit *e, const struct key *k)
{
	char utf8[4];

	if (k->code < 0x20)
		return control(e, k->code);
	if (k->mods & KEY_ALT)
		return word(e, k->code);
	insert_plain(e, utf8, text_encode(k->code, utf8));
	return EDIT_CHANGED;
}

static enum edit_event backspace(struct edit *e, const struct key *k)
{
	if (!e->at)
		return EDIT_NOTHING;
	if (k->mods & KEY_ALT)
		cut_away(e, word_before(e), e->at);
	else
		cut(e, before(e, e->at), e->at);
	return EDIT_CHANGED;
}

static void take_paste(struct edit *e, const struct key *k)
{
	if (strbuf_add(&e->paste, k->paste, k->npaste))
		e->too_long = true;
}

/* One line is put in, whether or not its end was copied, too. */
static enum edit_event end_paste(struct edit *e)
{
	struct strbuf *p = &e->paste;
	enum edit_event event = EDIT_CHANGED;

	while (p->len &&
	       (p->buf[p->len - 1] == '\n' || p->buf[p->len - 1] == '\r'))
		strbuf_truncate(p, p->len - 1);
	if (!e->too_long &&
	    (memchr(p->buf, '\n', p->len) || memchr(p->buf, '\r', p->len)))
		return EDIT_PASTED;
	if (e->too_long || p->len > EDIT_MAX - e->text.len)
		event = EDIT_TOO_LONG;
	else
		insert_plain(e, p->buf, p->len);
	drop_paste(e);
	return event;
}

char *edit_pasted(struct edit *e, size_t *n)
{
	return strbuf_detach(&e->paste, n);
}

static enum edit_event line_key(struct edit *e, const struct key *k)
{
	bool far = k->mods & (KEY_CTRL | KEY_ALT);

	switch (k->kind) {
	case KEY_CHAR:
		return character(e, k);
	case KEY_ENTER:
		return EDIT_ENTER;
	case KEY_TAB:
		return EDIT_TAB;
	case KEY_BACKSPACE:
		return backspace(e, k);
	case KEY_DELETE:
		cut(e, e->at, behind(e, e->at));
		return EDIT_CHANGED;
	case KEY_LEFT:
		return move(e, far ? word_before(e) : before(e, e->at));
	case KEY_RIGHT:
		return move(e, far ? word_behind(e) : behind(e, e->at));
	case KEY_HOME:
		return move(e, 0);
	case KEY_END:
		return move(e, e->text.len);
	case KEY_UP:
		return move_line(e, true);
	case KEY_DOWN:
		return move_line(e, false);
	case KEY_PASTE:
		take_paste(e, k);
		return EDIT_NOTHING;
	case KEY_PASTE_END:
		return end_paste(e);
	case KEY_ESC:
	case KEY_BACKTAB:
	case KEY_PAGE_UP:
	case KEY_PAGE_DOWN:
	case KEY_INSERT:
	case KEY_FUNCTION:
		break;
	}
	return EDIT_NOTHING;
}

/* Of several lines the first; nothing of it is kept elsewhere. */
static enum edit_event paste_secret(struct edit *e, const struct key *k)
{
	size_t n = 0;

	if (k->kind == KEY_PASTE_END) {
		bool too_long = e->too_long;

		e->too_long = e->one_line = false;
		if (too_long)
			edit_clear(e);
		return too_long ? EDIT_TOO_LONG : EDIT_CHANGED;
	}
	while (!e->one_line && n < k->npaste) {
		char c = k->paste[n++];

		e->one_line = c == '\n' || c == '\r';
		if ((unsigned char)c < ' ' || c == 0x7f)
			continue;
		e->too_long |= e->nsecret == SECRET_MAX;
		insert_secret(e, &c, 1);
	}
	return EDIT_NOTHING;
}

/* There is no moving about in what cannot be seen. */
static enum edit_event secret_key(struct edit *e, const struct key *k)
{
	if (k->kind == KEY_PASTE || k->kind == KEY_PASTE_END)
		return paste_secret(e, k);
	if (k->kind == KEY_ENTER)
		return line_key(e, k);
	if (k->kind == KEY_BACKSPACE) {
		while (e->nsecret &&
		       ((unsigned char)e->secret[--e->nsecret] & 0xc0) == 0x80)
			;
		e->secret[e->nsecret] = '\0';
	} else if (k->kind == KEY_CHAR && k->code == CTRL('U')) {
		edit_clear(e);
	} else if (k->kind == KEY_CHAR && k->code == CTRL('D')) {
		return e->nsecret ? EDIT_NOTHING : EDIT_END;
	} else if (k->kind == KEY_CHAR &&
		   (k->code == CTRL('C') || k->code == CTRL('Z') ||
		    k->code == CTRL('\\') || k->code >= 0x20)) {
		return character(e, k);
	}
	return EDIT_NOTHING;
}

enum edit_event edit_key(struct edit *e, const struct key *k)
{
	/* The end of what was pasted last was lost. */
	if (k->kind != KEY_PASTE && k->kind != KEY_PASTE_END) {
		drop_paste(e);
		e->one_line = false;
	}
	if (e->secret)
		return secret_key(e, k);
	if (k->kind != KEY_CHAR || k->code != CTRL('R'))
		stop_seeking(e);
	return line_key(e, k);
}

/* ---- drawing ---- */

static size_t width_of(const struct edit *e, size_t from, size_t to)
{
	size_t width = 0;

	for (size_t at = from; at < to; at = behind(e, at))
		width += e->text.buf[at] == '\t'
				 ? 1
				 : text_width(e->text.buf + at,
					      behind(e, at) - at);
	return width;
}

/*
 * From where on the cursor has room; where that has to move, by a third of the
 * row, so that it does not at each key.
 */
static size_t scroll(const struct edit *e, size_t room)
{
	size_t first = e->first < e->at ? e->first : e->at;
	size_t width = width_of(e, first, e->at);

	for (size_t limit = width > room ? room - room / 3 : room;
	     width > limit;) {
		size_t next = behind(e, first);

		width -= width_of(e, first, next);
		first = next;
	}
	if (first == e->at)
		for (; first && width < room / 3;
		     width = width_of(e, first, e->at))
			first = before(e, first);
	return first;
}

static void draw_text(const struct edit *e, size_t room, struct strbuf *out)
{
	size_t width = 0;

	for (size_t at = e->first; at < e->text.len; at = behind(e, at)) {
		size_t next = behind(e, at);

		width += width_of(e, at, next);
		if (width > room)
			return;
		if (e->text.buf[at] == '\t')
			(void)strbuf_addch(out, ' ');
		else
			(void)strbuf_add(out, e->text.buf + at, next - at);
	}
}

/* The end of a prompt that is too wide. */
static const char *cut_prompt(const char *prompt, size_t room)
{
	while (*prompt && text_width(prompt, strlen(prompt)) > room)
		prompt += text_char(prompt, strlen(prompt));
	return prompt;
}

size_t edit_row(struct edit *e, const char *prompt, unsigned int columns,
		struct strbuf *out)
{
	size_t width, room;

	if (columns < 2 * ROOM_MIN)
		columns = 2 * ROOM_MIN;
	prompt = cut_prompt(prompt, columns - ROOM_MIN);
	width = text_width(prompt, strlen(prompt));
	room = columns - width - 1;
	(void)strbuf_addstr(out, prompt);
	if (e->secret)
		return width;
	e->first = scroll(e, room);
	draw_text(e, room, out);
	return width + width_of(e, e->first, e->at);
}

void edit_draw(struct edit *e, const char *prompt, unsigned int columns,
	       struct strbuf *out)
{
	size_t cursor;

	(void)strbuf_addch(out, '\r');
	cursor = edit_row(e, prompt, columns, out);
	(void)strbuf_addstr(out, "\033[K");
	if (e->secret)
		return;
	(void)strbuf_addch(out, '\r');
	if (cursor)
		(void)strbuf_addf(out, "\033[%zuC", cursor);
}
