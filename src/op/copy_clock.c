/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The timers of a copy.
 */
#include "op/copy_clock.h"

#include "base/list.h"
#include "io/loop.h"
#include "io/rate.h"
#include "op/copy.h"
#include "op/op.h"
#include "ssh/session.h"

#include "base/banned.h"

static struct loop *loop_of(const struct copy_clock *k)
{
	return session_loop(k->op->session);
}

static void too_late(struct timer *t)
{
	struct copy_clock *k = container_of(t, struct copy_clock, limit);
	struct err why = { 0 };

	copy_too_late(k->limit_ms, &why);
	k->op->ops->stop(k->op, STOP_NOW, &why);
	err_release(&why);
}

static void on_turn(struct timer *t);

/* The time of the next turn, of whichever host. */
static void await_turn(struct rate *r)
{
	uint64_t wait_ms = rate_deal(r, loop_now(r->loop));

	if (wait_ms)
		timer_start(r->loop, &r->timer, wait_ms, on_turn);
	else
		timer_stop(r->loop, &r->timer);
}

static void on_turn(struct timer *t)
{
	await_turn(container_of(t, struct rate, timer));
}

static void wake(struct rate_share *s)
{
	const struct copy_clock *k = container_of(s, struct copy_clock, share);

	session_wake(k->op->session);
}

void copy_clock_start(struct copy_clock *k, struct op *op, uint64_t limit_ms)
{
	k->op = op;
	k->limit_ms = limit_ms;
	if (limit_ms)
		timer_start(loop_of(k), &k->limit, limit_ms, too_late);
}

void copy_clock_rest(struct copy_clock *k)
{
	struct rate *rate = k->share.rate;

	rate_leave(&k->share);
	if (rate)
		await_turn(rate);
}

void copy_clock_stop(struct copy_clock *k)
{
	timer_stop(loop_of(k), &k->limit);
	copy_clock_rest(k);
}

void copy_clock_pay(struct copy_clock *k, struct rate *rate, uint64_t bytes)
{
	if (!rate)
		return;
	rate->loop = loop_of(k);
	k->share.wake = wake;
	rate_pay(rate, &k->share, bytes, loop_now(rate->loop));
	if (rate_waits(&k->share) && !timer_armed(&rate->timer))
		await_turn(rate);
}
