/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A rate that many share.
 */
#include "io/rate.h"

#include <assert.h>
#include <stddef.h>

#include "base/banned.h"

#define NS_OF_MS   ((uint64_t)1000000)
#define NS_OF_S	   ((uint64_t)1000000000)
#define TURN_MIN   ((uint64_t)1024)
#define TURNS_OF_S 64 /* of one alone, between these bounds */

static uint64_t turn_of(const struct rate *r)
{
	uint64_t turn = r->per_s / TURNS_OF_S;

	return turn < TURN_MIN	      ? TURN_MIN
	       : turn > RATE_TURN_MAX ? RATE_TURN_MAX
				      : turn;
}

/* What was not moved in a pause is not made up for, but for a little. */
static void forget_pause(struct rate *r, uint64_t now_ns)
{
	uint64_t burst = RATE_BURST_MS * NS_OF_MS;
	uint64_t floor = now_ns > burst ? now_ns - burst : 0;

	if (r->due_ns < floor)
		r->due_ns = floor;
}

/* The first gets its turn; whether it may move, and so waits no more. */
static bool give_turn(struct rate *r, struct rate_share *s)
{
	uint64_t turn = turn_of(r);

	r->due_ns += turn * NS_OF_S / r->per_s;
	s->left += (int64_t)turn;
	list_remove(&s->node);
	if (s->left > 0)
		s->rate = NULL;
	else
		list_append(&r->waiting, &s->node);
	return !s->rate;
}

/* All that are due; `own` is not woken. */
static void deal(struct rate *r, uint64_t now_ns, const struct rate_share *own)
{
	while (!list_empty(&r->waiting) && r->due_ns <= now_ns) {
		struct rate_share *s =
			container_of(r->waiting.next, struct rate_share, node);

		if (give_turn(r, s) && s != own)
			s->wake(s); /* may pay, and wait again */
	}
}

void rate_pay(struct rate *r, struct rate_share *s, uint64_t bytes,
	      uint64_t now_ns)
{
	assert(r->per_s && bytes <= UINT32_MAX && !s->rate);
	if (!r->waiting.next) {
		list_init(&r->waiting);
		r->due_ns = now_ns; /* or the first had more than others */
	}
	forget_pause(r, now_ns);
	s->left -= (int64_t)bytes;
	if (s->left > 0)
		return;
	s->rate = r;
	list_append(&r->waiting, &s->node);
	deal(r, now_ns, s);
}

uint64_t rate_deal(struct rate *r, uint64_t now_ns)
{
	static const struct rate_share nobody;

	if (!r->waiting.next)
		return 0;
	forget_pause(r, now_ns);
	deal(r, now_ns, &nobody);
	if (list_empty(&r->waiting))
		return 0;
	return (r->due_ns - now_ns + NS_OF_MS - 1) / NS_OF_MS;
}

void rate_leave(struct rate_share *s)
{
	if (s->rate)
		list_remove(&s->node);
	s->rate = NULL;
}
