/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_UI_LASTLINE_H
#define RSH_UI_LASTLINE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"

/**
 * Bytes kept of it: so many of its beginning, where a line tells what it is
 * about, and the others of its end, where a bar is.
 */
#define LASTLINE_HEAD 256
#define LASTLINE_MAX  384

/**
 * The last line of a stream that is not empty; of a line written again and
 * again over itself, by returns or by backspaces, what was written last.
 * Zeroed: none yet.
 */
struct lastline {
	char bytes[LASTLINE_MAX];
	size_t len;
	bool ended;  /* its newline came */
	bool home;   /* ... or a return: what comes is in its place */
	bool backs;  /* there are backspaces in it */
	bool parted; /* what was between beginning and end is not kept */
};

/** Bytes came.  O(n), and no memory. */
void lastline_feed(struct lastline *l, const void *bytes, size_t n);

/**
 * Append what a terminal shows of it without colours, and nothing it acts on:
 * LASTLINE_MAX columns and an ellipsis at most, but for tabs and for bytes that
 * are made visible.
 */
void lastline_text(const struct lastline *l, struct strbuf *out);

/** What is kept of it as it came; of a parted line both parts. */
const char *lastline_bytes(const struct lastline *l, size_t *n);

#endif /* RSH_UI_LASTLINE_H */
