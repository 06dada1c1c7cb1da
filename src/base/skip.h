/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_BASE_SKIP_H
#define RSH_BASE_SKIP_H

#include <stdbool.h>

#include "base/strbuf.h"

/**
 * Whether one of `patterns` leaves out what is at `path` in a tree: a path
 * below its top, whose parts have a slash between them.
 *
 * A pattern with a slash in it, or in front, is for the whole path; one without
 * for the last part alone, wherever that is.  One that ends in a slash is for
 * folders only.  The signs are those of fnmatch(3): no `*`, `?` or bracket
 * stands for a slash, but other than for the file names of sh(1) each may stand
 * for a dot in front.
 */
bool skip_takes(const struct strvec *patterns, const char *path, bool folder);

#endif /* RSH_BASE_SKIP_H */
