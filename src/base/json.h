/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_BASE_JSON_H
#define RSH_BASE_JSON_H

#include <stddef.h>

struct strbuf;

/**
 * Writing JSON.  What is written is pure JSON and does nothing on a terminal:
 * every control character, DEL and C1 too, is an escape.
 */

/**
 * Append what stands within the quotes of a string, which may come in pieces.
 * 0, or -1 with `sb` as before if the bytes are not UTF-8.  O(n); at most 6
 * bytes out for one in.
 */
int json_escape(struct strbuf *sb, const void *p, size_t n);

/** A string with its quotes: what is no UTF-8 becomes U+FFFD. */
void json_text(struct strbuf *sb, const char *s);

/** How many bytes in front stand for themselves within the quotes.  O(n). */
size_t json_plain(const void *bytes, size_t n);

/** Append bytes as base64 in quotes. */
void json_base64(struct strbuf *sb, const void *bytes, size_t n);

#endif /* RSH_BASE_JSON_H */
