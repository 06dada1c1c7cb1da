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
 * echo, up to a silence, or to a question for a password.  After a few seconds
 * only what still comes fast is left out, and no more than can have been on its
 * way.  Among bytes that are no text, what only looks like an echo is none.
 *
 * Zeroed: nothing is.  Times are those of loop_now().  No I/O.
 */
enum {
	CUTOFF_LINE_MAX = 256 /* bytes; a longer line is no question */
};

struct cutoff {
	uint64_t since_ns;	    /* 0: nothing is left out */
	uint64_t last_ns;	    /* something came */
	bool caret;		    /* and ended in the first half of an echo */
	bool bytes;		    /* and was no text */
	char line[CUTOFF_LINE_MAX]; /* left out since the last newline */
	uint64_t left;		    /* bytes that were left out */
	size_t nline;		    /* more than its limit: it was longer */
};

#define CUTOFF_TICK_MS 100

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

/** All that had come before the key was sent is left out, but for a question
 *  at its end, with which it is over.  O(n). */
void cutoff_before(struct cutoff *c, const char *buf, size_t n);

/** End it if it has been silent for long: to be called now and then. */
void cutoff_tick(struct cutoff *c, uint64_t now);

/**
 * It is over: what of it is to be seen all the same, as nothing may follow
 * that stands in an unfinished line; `*n` may be 0.  Once; borrowed.
 */
const char *cutoff_rest(struct cutoff *c, size_t *n);

#endif /* RSH_UI_CUTOFF_H */
