/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_UI_KEYS_H
#define RSH_UI_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * What a terminal sends, as keys.  Pure.
 *
 * Known are the sequences of xterm and its kin, of the Linux console and of
 * rxvt; sequences that are not known are swallowed whole, and so are strings
 * with which a terminal answers what somebody else has asked, up to their end,
 * a control character, or KEYS_ANSWER_MAX.  An ESC alone is the key only when
 * nothing follows: keys_flush(), after keys_wait_ms().
 */
enum key_kind {
	KEY_CHAR, /* a character; control characters are characters, too */
	KEY_ESC,
	KEY_ENTER,
	KEY_TAB,
	KEY_BACKTAB,
	KEY_BACKSPACE,
	KEY_UP,
	KEY_DOWN,
	KEY_LEFT,
	KEY_RIGHT,
	KEY_HOME,
	KEY_END,
	KEY_PAGE_UP,
	KEY_PAGE_DOWN,
	KEY_INSERT,
	KEY_DELETE,
	KEY_FUNCTION, /* F1 is 1 in `code` */
	KEY_PASTE,    /* a piece of what is pasted */
	KEY_PASTE_END,
};

enum key_mod {
	KEY_SHIFT = 1,
	KEY_ALT = 2,
	KEY_CTRL = 4,
};

struct key {
	enum key_kind kind;
	uint32_t code; /* KEY_CHAR: the code point */
	unsigned int mods;
	const char *paste; /* KEY_PASTE: its bytes, valid during the call */
	size_t npaste;
};

#define KEYS_WAIT_MS 50
#define KEYS_HELD    32 /* bytes of a sequence; a longer one is swallowed */

#define KEYS_ANSWER_MAX ((size_t)1 << 20)

typedef void keys_fn(void *arg, const struct key *k);

/** Zeroed is at rest. */
struct keys {
	char held[KEYS_HELD];
	size_t nheld;
	bool pasting;
	bool swallow;	/* the rest of a sequence that was too long */
	bool answer;	/* the rest of a terminal's answer */
	size_t nanswer; /* bytes of it so far */
};

/** Take bytes; `fn` is called for each key that is whole. */
void keys_take(struct keys *k, const void *p, size_t n, keys_fn *fn, void *arg);

/** Whether a key has begun, for which the time runs. */
bool keys_pending(const struct keys *k);

/** For how long. */
unsigned int keys_wait_ms(const struct keys *k);

/** Nothing followed: what is held is a key by itself. */
void keys_flush(struct keys *k, keys_fn *fn, void *arg);

/**
 * The key that is called `name`: "Ctrl+N", "Ctrl+]", "Alt+x", "F5".  0, or -1:
 * there is no such key, or it is Enter, Tab or Backspace by another name.
 */
int keys_named(const char *name, struct key *k);

/** Whether both are the same key. */
bool keys_same(const struct key *a, const struct key *b);

#endif /* RSH_UI_KEYS_H */
