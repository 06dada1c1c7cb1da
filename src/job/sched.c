/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Admission of tasks: two counters and an order.
 */
#include "job/sched.h"

#include <assert.h>

#include "base/banned.h"

void sched_init(struct sched *s, size_t total, unsigned int fanout,
		unsigned int connecting)
{
	assert(fanout && connecting);
	*s = (struct sched){
		.total = total,
		.fanout = fanout,
		.connecting = connecting,
	};
}

bool sched_next(struct sched *s, size_t *rank)
{
	if (s->stopped || s->next == s->total || s->active == s->fanout ||
	    s->in_flight >= s->connecting)
		return false;
	*rank = s->next++;
	s->active++;
	s->in_flight++;
	return true;
}

void sched_connected(struct sched *s)
{
	assert(s->in_flight);
	s->in_flight--;
}

void sched_connecting(struct sched *s)
{
	assert(s->in_flight < s->active);
	s->in_flight++;
}

void sched_done(struct sched *s, bool connecting)
{
	assert(s->active);
	s->active--;
	if (connecting)
		sched_connected(s);
}

void sched_fail_fast(struct sched *s, unsigned int n, unsigned int percent)
{
	/* Rounded up: of three, 50% are two. */
	size_t share = s->total / 100 * percent +
		       (s->total % 100 * percent + 99) / 100;

	s->fail_max = n;
	if (percent && (!n || share < n))
		s->fail_max = share ? share : 1;
}

bool sched_failed(struct sched *s)
{
	s->failed++;
	if (!s->fail_max || s->failed != s->fail_max)
		return false;
	sched_stop(s);
	return true;
}

void sched_stop(struct sched *s)
{
	s->stopped = true;
}

bool sched_finished(const struct sched *s)
{
	return !s->active && (s->stopped || s->next == s->total);
}
