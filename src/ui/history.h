/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_UI_HISTORY_H
#define RSH_UI_HISTORY_H

#include <stddef.h>

#include "base/strbuf.h"

#define HISTORY_LINES 1000		/* kept, in memory and in the file */
#define HISTORY_BYTES ((size_t)1 << 20) /* read of a file, its end */

/** Lines that were typed, oldest first, and the file they are kept in. */
struct history {
	struct strvec lines;
	size_t first; /* of those that are kept */
	char *path;   /* NULL: in memory only */
};

/**
 * Begin with the lines of the file `path` (NULL: none), made 0600, and its
 * folder 0700, when the first line is added.  A file that cannot be read or
 * written is as good as none.  One that has grown to twice the limit is cut
 * to its last lines.
 */
void history_open(struct history *h, const char *path);
void history_close(struct history *h);

/** Add a line, to the file too. */
void history_add(struct history *h, const char *line);

/** How many there are, and the one at `i`, borrowed. */
size_t history_count(const struct history *h);
const char *history_line(const struct history *h, size_t i);

#endif /* RSH_UI_HISTORY_H */
