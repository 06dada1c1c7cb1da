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

static void on_pace(struct timer *t)
{
	struct copy_clock *k = container_of(t, struct copy_clock, pace);

	session_wake(k->op->session);
}

void copy_clock_start(struct copy_clock *k, struct op *op, uint64_t limit_ms)
{
	k->op = op;
	k->limit_ms = limit_ms;
	if (limit_ms)
		timer_start(loop_of(k), &k->limit, limit_ms, too_late);
}

void copy_clock_stop(struct copy_clock *k)
{
	timer_stop(loop_of(k), &k->limit);
	timer_stop(loop_of(k), &k->pace);
}

void copy_clock_pay(struct copy_clock *k, struct rate *rate, uint64_t bytes)
{
	uint64_t wait_ms;

	if (!rate)
		return;
	wait_ms = rate_pay(rate, bytes, loop_now(loop_of(k)));
	if (wait_ms)
		timer_start(loop_of(k), &k->pace, wait_ms, on_pace);
}
