/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_UI_CUTOFF_H
#define RSH_UI_CUTOFF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * What a host that prints had on its way when a key was sent that ends what
 * runs there: it is left out, up to the terminal's echo of the key, as whatever
 * the terminal had in its own queue is thrown away, too.  Where it does not
 * echo, up to a silence; longer than a few seconds nothing is left out.  Among
 * bytes that are no text, what only looks like an echo is none.
 *
 * Zeroed: nothing is.  Times are those of loop_now().  No I/O.
 */
struct cutoff {
	uint64_t since_ns; /* 0: nothing is left out */
	uint64_t last_ns;  /* something came */
	bool caret;	   /* and ended in the first half of an echo */
};

/** Silence after which nothing is on its way. */
#define CUTOFF_QUIET_NS 1000000000ull

/** The key was sent. */
void cutoff_begin(struct cutoff *c, uint64_t now);

static inline bool cutoff_on(const struct cutoff *c)
{
	return c->since_ns;
}

/** How much of what came is to be left out; it may be over with that.  O(n). */
size_t cutoff_length(struct cutoff *c, uint64_t now, const char *buf, size_t n);

#endif /* RSH_UI_CUTOFF_H */
