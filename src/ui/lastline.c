/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The last line of a stream.
 *
 * Notes: a bar may be drawn over itself by backspaces for hours, in one line
 * that never ends.  When what is kept is full, it is made what is seen of it,
 * and where the cursor is; that is understood of plain ASCII, other lines are
 * parted.
 */
#include "ui/lastline.h"

#include <string.h>

#include "base/text.h"
#include "ui/sgr.h"
#include "base/banned.h"

#define TAIL (LASTLINE_MAX - LASTLINE_HEAD)

/* Less is gained only by what would be done again soon. */
#define GAIN (LASTLINE_MAX / 4)

/* Whether what is written over could be left out, and was. */
static bool squeeze(struct lastline *l)
{
	char seen[LASTLINE_MAX] = { 0 };
	size_t n = 0, at = 0;

	for (size_t i = 0; i < l->len; i++) {
		char c = l->bytes[i];

		if (c == '\b') {
			at -= at > 0;
			continue;
		}
		if (c < 0x20 || c > 0x7e)
			return false;
		seen[at++] = c;
		n = at > n ? at : n;
	}
	if (n + (n - at) > LASTLINE_MAX - GAIN)
		return false;
	memcpy(l->bytes, seen, n);
	memset(l->bytes + n, '\b', n - at);
	l->len = n + (n - at);
	return true;
}

/* The end of what is kept of the end and what comes. */
static void append_tail(struct lastline *l, const char *p, size_t n)
{
	char *tail = l->bytes + LASTLINE_HEAD;
	size_t has = l->len - LASTLINE_HEAD;
	size_t keep;

	if (n > TAIL) {
		p += n - TAIL;
		n = TAIL;
	}
	keep = has < TAIL - n ? has : TAIL - n;
	memmove(tail, tail + has - keep, keep);
	memcpy(tail + keep, p, n);
	l->len = LASTLINE_HEAD + keep + n;
}

static void append(struct lastline *l, const char *p, size_t n)
{
	l->backs = l->backs || memchr(p, '\b', n);
	while (n && !l->parted) {
		size_t room = LASTLINE_MAX - l->len;
		size_t take = n < room ? n : room;

		memcpy(l->bytes + l->len, p, take);
		l->len += take;
		p += take;
		n -= take;
		l->parted = n && !(l->backs && squeeze(l));
	}
	if (n)
		append_tail(l, p, n);
}

void lastline_feed(struct lastline *l, const void *bytes, size_t n)
{
	const char *p = bytes;
	bool ended = false, home = false;
	size_t end = n, from;

	while (end && (p[end - 1] == '\n' || p[end - 1] == '\r')) {
		end--;
		ended = ended || p[end] == '\n';
		home = home || p[end] == '\r';
	}
	for (from = end; from && p[from - 1] != '\n' && p[from - 1] != '\r';)
		from--;
	if (!end) {
		l->ended = l->ended || ended;
		l->home = l->home || home;
		return;
	}
	if (from || l->ended || l->home) {
		l->len = 0;
		l->backs = l->parted = false;
	}
	l->ended = ended;
	l->home = home;
	append(l, p + from, end - from);
}

/* What its first word, or the escape sequence there, began with is not kept. */
static void add_tail(const struct lastline *l, struct strbuf *out)
{
	const char *tail = l->bytes + LASTLINE_HEAD;
	size_t n = l->len - LASTLINE_HEAD;
	const char *blank = memchr(tail, ' ', n);

	if (blank)
		n -= (size_t)(blank - tail);
	sgr_see(blank ? blank : tail, n, out);
}

/* How much of the beginning there is without half a character at its end. */
static size_t whole_head(const struct lastline *l)
{
	size_t at = LASTLINE_HEAD;

	while (at > LASTLINE_HEAD - 4 &&
	       ((unsigned char)l->bytes[at - 1] & 0xc0) == 0x80)
		at--;
	at--;
	return (unsigned char)l->bytes[at] >= 0xc0 &&
			       text_char(l->bytes + at, LASTLINE_HEAD - at) == 1
		       ? at
		       : LASTLINE_HEAD;
}

void lastline_text(const struct lastline *l, struct strbuf *out)
{
	if (!l->parted) {
		sgr_see(l->bytes, l->len, out);
		return;
	}
	/* Where on the screen the end would be is not known. */
	if (!l->backs) {
		sgr_see(l->bytes, whole_head(l), out);
		(void)strbuf_addstr(out, "...");
	}
	add_tail(l, out);
}

const char *lastline_bytes(const struct lastline *l, size_t *n)
{
	*n = l->len;
	return l->bytes;
}
