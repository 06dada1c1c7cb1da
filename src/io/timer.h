/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_IO_TIMER_H
#define RSH_IO_TIMER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct loop;
struct timer;

typedef void timer_fn(struct timer *t);

/**
 * A one-shot deadline on an event loop.
 *
 * The struct is intrusive: embed it in the object it belongs to and get back
 * to that object with container_of().  The loop never allocates, copies or
 * frees it.  Whoever embeds it must call timer_stop() before it goes away.
 *
 * Zero-initialised memory is a valid, stopped timer.
 */
struct timer {
	uint64_t due_ns; /* loop_now() scale; meaningful only while armed */
	timer_fn *fn;
	size_t slot; /* private: 1-based place in the heap, 0 if stopped */
};

/**
 * Arm `t` to call `fn` once, `delay_ms` milliseconds from loop_now().
 *
 * Arming an armed timer moves it.  A delay of 0 fires on the next turn of the
 * loop, never from inside this call.  `fn` runs on the loop's thread and may
 * stop, re-arm or free the object holding `t`.  Timers due at the same instant
 * fire in the order they were armed.
 *
 * Cannot fail.  O(log n).
 */
void timer_start(struct loop *loop, struct timer *t, uint64_t delay_ms,
		 timer_fn *fn);

/** Disarm `t`.  A no-op on a stopped timer.  O(log n). */
void timer_stop(struct loop *loop, struct timer *t);

/** Milliseconds until `t` fires, rounded up; 0 if due or stopped. */
uint64_t timer_left_ms(const struct loop *loop, const struct timer *t);

/**
 * A delay for timer_start(): between half of `span_ms` and all of it, at
 * random, so that many who wait do not come back as one.  `seed` differs
 * between them, for where there is no randomness.
 */
uint64_t timer_jitter_ms(uint64_t span_ms, uint32_t seed);

static inline bool timer_armed(const struct timer *t)
{
	return t->slot != 0;
}

#endif /* RSH_IO_TIMER_H */
