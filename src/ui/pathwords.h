/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_UI_PATHWORDS_H
#define RSH_UI_PATHWORDS_H

#include <stddef.h>

#include "base/strbuf.h"

/** So many names are looked at, and found, at most. */
#define PATHWORDS_SEEN 100000
#define PATHWORDS_MAX  1000

/**
 * Which files here a word of `n` bytes may become: whole words to `out`,
 * sorted, folders with a "/" at the end.  Blanks, quotes and backslashes of a
 * word have a backslash in front, as sshlex_words() reads it; one with a quote
 * in it has no continuation.  "~/" is `home`, which may be NULL.  Names with
 * control bytes are left out.  Reads the folder at once.
 */
void pathwords(const char *word, size_t n, const char *home,
	       struct strvec *out);

#endif /* RSH_UI_PATHWORDS_H */
