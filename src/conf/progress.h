/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CONF_PROGRESS_H
#define RSH_CONF_PROGRESS_H

#include <stddef.h>

#include "base/err.h"

/** Of a line only so many bytes, the last ones, are looked at. */
#define PROGRESS_LOOK 256

/** Patterns of a user's own at most. */
#define PROGRESS_RULES_MAX 64

/**
 * Patterns that find in a line how far a program has come.  A pattern of
 * PCRE2 says where the numbers are by the names of its groups: `percent`, or
 * `done` and `total`.  A number may have a fraction and, behind it, a unit
 * (k, M, G or T, in either case).
 */
struct progress_rules;

/** With what we know ourselves: apt, rsync, curl, docker, pip, git ... */
struct progress_rules *progress_rules_new(void);

/** NULL is fine. */
void progress_rules_free(struct progress_rules *rules);

/** Add one that is tried after those added before, and before our own. */
int progress_rules_add(struct progress_rules *rules, const char *pattern,
		       struct err *err);

/** Whether progress_rules_add() would take it. */
int progress_check(const char *pattern, struct err *err);

/**
 * The percentage (0 to 100) that the `n` bytes of a line without control
 * characters tell; -1 if they tell none.  More than all (101%, 3/2) is none.
 *
 * The time is bounded, whatever the line and the patterns; one that has taken
 * too long several times is not tried any more.  Nothing is kept of the line.
 */
int progress_find(struct progress_rules *rules, const char *line, size_t n);

#endif /* RSH_CONF_PROGRESS_H */
