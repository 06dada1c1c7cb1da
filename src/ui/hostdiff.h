/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_UI_HOSTDIFF_H
#define RSH_UI_HOSTDIFF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "ui/pager.h"
#include "ui/scrollback.h"

/** Bytes that are read at most to find what most hosts have printed. */
#define HOSTDIFF_BUDGET ((size_t)64 << 20)

/** How the output of one host differs from that of another, as lines. */
struct hostdiff {
	struct strbuf text;
	size_t *lines; /* where each begins, and the end of all */
	size_t nlines, cap;
};

/** For pager_init(); its argument is the hostdiff. */
extern const struct pager_source hostdiff_source;

void hostdiff_init(struct hostdiff *d);
void hostdiff_release(struct hostdiff *d);

/**
 * Compare what `b` has printed with what `a` has: first their stdout, then
 * their stderr.  0, or -1 with `err`: too much of it, or it cannot be read.
 */
int hostdiff_set(struct hostdiff *d, struct scrollback *sb, size_t a, size_t b,
		 struct err *err);

/**
 * Find what most of the hosts have printed for which `counts` is true: the
 * first of them, and their number in `*n`.  -1 with `err` when there are none,
 * or when it is more than HOSTDIFF_BUDGET to look at.
 */
int hostdiff_majority(struct scrollback *sb, size_t nhosts,
		      bool (*counts)(void *arg, size_t rank), void *arg,
		      size_t *rank, size_t *n, struct err *err);

#endif /* RSH_UI_HOSTDIFF_H */
