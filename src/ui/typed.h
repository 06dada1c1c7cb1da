/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_UI_TYPED_H
#define RSH_UI_TYPED_H

#include <stdbool.h>
#include <stddef.h>

#include "ui/pane.h"

/**
 * Cuts what is typed into bytes that pass as they are and keys that each host
 * gets as it wants them: a cursor key is another sequence for vim than for a
 * shell, and hosts may run both.  A sequence that nobody knows passes whole.
 * No I/O, no clock.
 */
enum {
	TYPED_HELD_MAX = 8 /* bytes of what may still become a key */
};

struct typed {
	int prefix; /* the key that opens the command line; -1: none */
	char held[TYPED_HELD_MAX];
	size_t n;
	bool pasting; /* between its two marks nothing else is a key */
	char given[TYPED_HELD_MAX];
};

enum typed_kind {
	TYPED_NONE,   /* it takes more bytes to know */
	TYPED_BYTES,  /* `bytes`, as typed */
	TYPED_KEY,    /* `key` */
	TYPED_PREFIX, /* that key */
};

struct typed_event {
	enum typed_kind kind;
	enum pane_key key;
	const char *bytes; /* in the caller's buffer, or `given` */
	size_t n;
};

void typed_init(struct typed *t, int prefix);

/**
 * Tell the next event of the `n` bytes at `buf`, and how many of them it took,
 * which may be none.  After TYPED_NONE all were.
 */
size_t typed_next(struct typed *t, const char *buf, size_t n,
		  struct typed_event *e);

/** Whether something is held; when no more comes for a while, flush it. */
bool typed_holding(const struct typed *t);

/** What is held passes as typed. */
void typed_flush(struct typed *t, struct typed_event *e);

#endif /* RSH_UI_TYPED_H */
