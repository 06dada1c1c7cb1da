/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys in what a terminal sends.
 */
#include "ui/typed.h"

#include <string.h>

#include "base/banned.h"

#define ESC '\033'

/* As xterm, the Linux console, rxvt, screen and tmux send them. */
static const struct row {
	const char *bytes;
	enum pane_key key;
} rows[] = {
	/* clang-format off */
	{ "\033[A",    PANE_UP },          { "\033OA",    PANE_UP },
	{ "\033[B",    PANE_DOWN },        { "\033OB",    PANE_DOWN },
	{ "\033[C",    PANE_RIGHT },       { "\033OC",    PANE_RIGHT },
	{ "\033[D",    PANE_LEFT },        { "\033OD",    PANE_LEFT },
	{ "\033[H",    PANE_HOME },        { "\033OH",    PANE_HOME },
	{ "\033[1~",   PANE_HOME },        { "\033[7~",   PANE_HOME },
	{ "\033[F",    PANE_END },         { "\033OF",    PANE_END },
	{ "\033[4~",   PANE_END },         { "\033[8~",   PANE_END },
	{ "\033[2~",   PANE_INSERT },      { "\033[3~",   PANE_DELETE },
	{ "\033[5~",   PANE_PAGE_UP },     { "\033[6~",   PANE_PAGE_DOWN },
	{ "\033[200~", PANE_PASTE_BEGIN }, { "\033[201~", PANE_PASTE_END },
	/* clang-format on */
};

enum match {
	MATCH_NO,
	MATCH_BEGIN, /* of one or more */
	MATCH_YES
};

static enum match look(const struct typed *t, enum pane_key *key)
{
	enum match found = MATCH_NO;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (t->pasting && rows[i].key != PANE_PASTE_END)
			continue;
		if (strncmp(rows[i].bytes, t->held, t->n) != 0)
			continue;
		if (rows[i].bytes[t->n]) {
			found = MATCH_BEGIN;
			continue;
		}
		*key = rows[i].key;
		return MATCH_YES;
	}
	return found;
}

void typed_init(struct typed *t, int prefix)
{
	*t = (struct typed){ .prefix = prefix };
}

bool typed_holding(const struct typed *t)
{
	return t->n;
}

void typed_flush(struct typed *t, struct typed_event *e)
{
	memcpy(t->given, t->held, t->n);
	*e = (struct typed_event){ .kind = TYPED_BYTES,
				   .bytes = t->given,
				   .n = t->n };
	t->n = 0;
}

static bool is_prefix(const struct typed *t, char c)
{
	return !t->pasting && t->prefix >= 0 &&
	       (unsigned char)c == (unsigned int)t->prefix;
}

/* Up to what may be the beginning of a key. */
static size_t take_plain(const struct typed *t, const char *buf, size_t n,
			 struct typed_event *e)
{
	size_t len = 0;

	while (len < n && buf[len] != ESC && !is_prefix(t, buf[len]))
		len++;
	*e = (struct typed_event){ .kind = TYPED_BYTES,
				   .bytes = buf,
				   .n = len };
	return len;
}

size_t typed_next(struct typed *t, const char *buf, size_t n,
		  struct typed_event *e)
{
	size_t taken = 0;

	*e = (struct typed_event){ .kind = TYPED_NONE };
	if (!n)
		return 0;
	if (!t->n && is_prefix(t, buf[0])) {
		e->kind = TYPED_PREFIX;
		return 1;
	}
	if (!t->n && buf[0] != ESC)
		return take_plain(t, buf, n, e);
	while (taken < n) {
		t->held[t->n++] = buf[taken];
		switch (look(t, &e->key)) {
		case MATCH_BEGIN:
			taken++;
			break;
		case MATCH_YES:
			e->kind = TYPED_KEY;
			t->n = 0;
			if (e->key == PANE_PASTE_BEGIN)
				t->pasting = true;
			else if (e->key == PANE_PASTE_END)
				t->pasting = false;
			return taken + 1;
		case MATCH_NO:
			t->n--; /* it may begin something of its own */
			typed_flush(t, e);
			return taken;
		}
	}
	return taken;
}
