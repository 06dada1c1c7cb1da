/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CMD_COPYDEST_H
#define RSH_CMD_COPYDEST_H

#include "base/err.h"
#include "base/strbuf.h"
#include "model/target.h"

/**
 * Where files of each host come to, below the folder of all: `form` with %h,
 * %n, %u and %r replaced, one path a target, appended to `dirs`.
 *
 * What a host is called makes no path of its own: it is written as
 * outdir_name() does.  -1 with ERR_USAGE when a path would lead out of the
 * folder, or two hosts would have the same.  O(n log n).
 */
int copydest_expand(const char *form, const struct targets *ts,
		    struct strvec *dirs, struct err *err);

/**
 * A path of the other end, as it is said to the server, where "~" is what a
 * log-in leads to; borrowed from `path`.  NULL with ERR_USAGE for the home of
 * somebody by name, which the server does not look up.
 */
const char *copydest_theirs(const char *path, struct err *err);

#endif /* RSH_CMD_COPYDEST_H */
