/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_OP_COPY_CLOCK_H
#define RSH_OP_COPY_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "io/rate.h"
#include "io/timer.h"

struct op;

/**
 * How long a copy of one host may take, and when its next bytes may move.
 * Embedded in the op; all zero is one that was not started.
 */
struct copy_clock {
	struct op *op; /* borrowed */
	struct timer limit;
	uint64_t limit_ms;
	struct rate_share share; /* of a rate of all hosts */
};

/** Stop `op` with ERR_TIMEOUT after `limit_ms`; 0: never. */
void copy_clock_start(struct copy_clock *k, struct op *op, uint64_t limit_ms);

/** It moves nothing more: the others' turns come without it. */
void copy_clock_rest(struct copy_clock *k);

/** That, and no limit any more.  May be called at any time, and again. */
void copy_clock_stop(struct copy_clock *k);

/**
 * Pay for `bytes`, at most 2^32, that have moved; 0 before the first do; NULL:
 * there is no rate.  The session is woken when it is its turn again.  Not while
 * it waits for that.
 */
void copy_clock_pay(struct copy_clock *k, struct rate *rate, uint64_t bytes);

/** Whether nothing may move before it is its turn. */
static inline bool copy_clock_waits(const struct copy_clock *k)
{
	return rate_waits(&k->share);
}

#endif /* RSH_OP_COPY_CLOCK_H */
