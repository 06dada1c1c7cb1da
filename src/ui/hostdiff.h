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

struct hostdiff_work;

/** How the output of one host differs from that of another, as lines. */
struct hostdiff {
	struct strbuf text;
	size_t *lines; /* where each begins, and the end of all */
	size_t nlines, cap;
	struct hostdiff_work *work; /* NULL: there is nothing to do */
	size_t against;		    /* rank; of a majority, once it is known: */
	size_t most;		    /* how many printed that; 0: not known */
};

/** For pager_init(); its argument is the hostdiff. */
extern const struct pager_source hostdiff_source;

void hostdiff_init(struct hostdiff *d);
void hostdiff_release(struct hostdiff *d);

/**
 * Compare what `b` has printed with what `a` has, or with what most of the
 * hosts have for which `counts` is true: of these with the first.  First their
 * stdout, then their stderr.  Nothing is done before hostdiff_step(); `sb` and
 * `arg` are borrowed until the end.
 */
void hostdiff_begin(struct hostdiff *d, struct scrollback *sb, size_t a,
		    size_t b);
void hostdiff_begin_most(struct hostdiff *d, struct scrollback *sb,
			 size_t nhosts, bool (*counts)(void *arg, size_t rank),
			 void *arg, size_t b);

/** Give up what was begun; there is no difference then. */
void hostdiff_stop(struct hostdiff *d);

enum hostdiff_step {
	HOSTDIFF_GO_ON,
	HOSTDIFF_DONE,
	/* Too much of it, or it cannot be read, or no host counts. */
	HOSTDIFF_FAILED
};

/** Go on, for some ms at most.  HOSTDIFF_FAILED with `err`. */
enum hostdiff_step hostdiff_step(struct hostdiff *d, struct err *err);

#endif /* RSH_UI_HOSTDIFF_H */
