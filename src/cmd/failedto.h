/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CMD_FAILEDTO_H
#define RSH_CMD_FAILEDTO_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "model/result.h"
#include "model/target.h"

/**
 * The list of hosts that failed, for -H ^FILE.  A new file, mode 0600, takes
 * the place of FILE at the end, whole.  What is no plain file (a pipe), and
 * what standard output ("-") or error goes to, is written to in place instead.
 */
struct failedto;

/** Before the run, so that what is wrong ends it.  NULL with `err`. */
struct failedto *failedto_open(const char *path, struct err *err);

/** Written to in place: it may share a reader with the output of hosts. */
bool failedto_in_place(const struct failedto *f);

/**
 * Write those of the `n` targets that did not end well, folded, a thousand a
 * line.  0, or -1 with `err`.
 */
int failedto_write(struct failedto *f, const struct targets *ts,
		   const struct result *results, struct err *err);

/** What was not written leaves FILE as it was.  NULL is fine. */
void failedto_free(struct failedto *f);

#endif /* RSH_CMD_FAILEDTO_H */
