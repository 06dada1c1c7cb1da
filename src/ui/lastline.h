/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_UI_LASTLINE_H
#define RSH_UI_LASTLINE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"

/** Bytes kept of it, its last ones. */
#define LASTLINE_MAX 256

/** The last line of a stream that is not empty.  Zeroed: none yet. */
struct lastline {
	char bytes[LASTLINE_MAX];
	size_t len;
	bool ended; /* its newline came */
};

/** Bytes came.  O(n), and no memory. */
void lastline_feed(struct lastline *l, const void *bytes, size_t n);

/**
 * Append what a terminal shows of it without colours, and nothing it acts on:
 * of a line written again and again over itself (CR) the last.
 */
void lastline_text(const struct lastline *l, struct strbuf *out);

#endif /* RSH_UI_LASTLINE_H */
