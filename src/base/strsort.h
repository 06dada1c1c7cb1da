/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_BASE_STRSORT_H
#define RSH_BASE_STRSORT_H

#include <stdbool.h>
#include <stddef.h>

/**
 * Strings sorted by their bytes, in steps: for many of them on the loop.
 * Zero-initialised memory is one of no strings, and sorted.
 */
struct strsort {
	char **v; /* borrowed */
	char **from, **to, **spare;
	size_t n;
	size_t width; /* of runs that are in order; 0: not yet any */
	size_t low;   /* where the two begin that become one */
	size_t left, right, out;
};

/** Begin with the `n` strings of `v`, which has them in order at the end, and
 *  may not be touched before. */
void strsort_init(struct strsort *s, char **v, size_t n);

/**
 * Look at about as many strings as `budget` says, which are taken off it, until
 * it is 0: false then, and true when all are in order.  O(n log n) in all, and
 * as much memory again as `v` has until release.
 */
bool strsort_step(struct strsort *s, size_t *budget);

/** At any time; `v` has all strings again, if in no order yet. */
void strsort_release(struct strsort *s);

#endif /* RSH_BASE_STRSORT_H */
