/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_IO_RATE_H
#define RSH_IO_RATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"
#include "io/timer.h"

/**
 * Bytes a second that many share evenly (deficit round robin).  Each pays for
 * what it has moved; who has nothing left waits for its turn, and a turn gives
 * each the same number of bytes, however many it moves at a time.  Those that
 * wait for none take part in no turn, so the others have all of the rate.
 *
 * Of two that always want more, neither has moved more than what one moves at
 * a time and a turn's bytes more than the other.  Pure: the time is an
 * argument. Zeroed but for `per_s` nobody shares it.
 */
struct rate {
	uint64_t per_s;	     /* bytes; not 0 */
	uint64_t due_ns;     /* until when is moved what was given */
	struct list waiting; /* in the order of their turns */
	struct timer timer;  /* for whoever calls rate_deal() */
	struct loop *loop;   /* the same; borrowed */
};

/** What one has of it.  Zeroed is one that has paid nothing. */
struct rate_share {
	struct list node;
	struct rate *rate; /* while it waits; else NULL */
	int64_t left;	   /* bytes it may move; less than 0: it owes them */
	/* It is its turn; not told from inside its own rate_pay(). */
	void (*wake)(struct rate_share *s);
};

/** What may be made up for after a pause, in ms. */
#define RATE_BURST_MS 50

/** The bytes of a turn, at most. */
#define RATE_TURN_MAX ((uint64_t)32 << 10)

/**
 * Pay for `bytes` that were moved.  Afterwards rate_waits() says whether there
 * is to be a turn before more are.  Not while it waits.
 */
void rate_pay(struct rate *r, struct rate_share *s, uint64_t bytes,
	      uint64_t now_ns);

/**
 * Give turns as far as the rate allows; wakes those that may move.  In how many
 * ms to call it again, at least 1; 0: nobody waits.  O(turns).
 */
uint64_t rate_deal(struct rate *r, uint64_t now_ns);

/** Wait no more; before the memory of `s` goes. */
void rate_leave(struct rate_share *s);

static inline bool rate_waits(const struct rate_share *s)
{
	return s->rate;
}

#endif /* RSH_IO_RATE_H */
