/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_BASE_ANYCASE_H
#define RSH_BASE_ANYCASE_H

#include <stddef.h>

#include "base/strbuf.h"

/**
 * Texts compared whatever the case of their letters, character by character,
 * by what the locale says of them.  Bytes that are no UTF-8 are themselves.
 */

/** Append `n` bytes as anycase_find() wants what is searched. */
void anycase_fold(struct strbuf *sb, const char *s, size_t n);

/**
 * Where `folded`, which is not empty, stands in `n` bytes: its offset, and in
 * `*len` how many of them it takes; SIZE_MAX: nowhere.  Finds whole characters.
 * O(n) for texts in which it does not begin again and again.
 */
size_t anycase_find(const char *s, size_t n, const char *folded, size_t *len);

#endif /* RSH_BASE_ANYCASE_H */
