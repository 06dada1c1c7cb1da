/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Admission of tasks: counters, an order and a rate.
 */
#include "job/sched.h"

#include <assert.h>

#include "base/banned.h"

#define NS_PER_S    1000000000ull
#define BACKOFF_MS  1000
#define BACKOFF_MAX 30000
/* A loop that woke late makes up for so much of it at once. */
#define CATCH_UP_NS (NS_PER_S / 50)

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

void sched_rate(struct sched *s, unsigned int per_second)
{
	s->gap_ns = per_second ? NS_PER_S / per_second : 0;
}

/* Whether the counters let one start. */
static bool has_place(const struct sched *s)
{
	return !s->stopped && (s->due || s->next < s->total) &&
	       s->active < s->fanout && s->in_flight < s->connecting;
}

bool sched_next(struct sched *s, uint64_t now_ns, size_t *rank)
{
	if (!has_place(s) || (s->gap_ns && now_ns < s->open_ns))
		return false;
	if (s->gap_ns) {
		if (s->open_ns + CATCH_UP_NS < now_ns)
			s->open_ns = now_ns;
		s->open_ns += s->gap_ns;
	}
	if (s->due) {
		s->due--;
		*rank = SCHED_AGAIN;
	} else {
		*rank = s->next++;
	}
	s->active++;
	s->in_flight++;
	return true;
}

uint64_t sched_wait_ns(const struct sched *s, uint64_t now_ns)
{
	return has_place(s) && now_ns < s->open_ns ? s->open_ns - now_ns : 0;
}

void sched_wait(struct sched *s)
{
	if (!s->stopped)
		s->waiting++;
}

void sched_due(struct sched *s)
{
	if (s->stopped)
		return;
	assert(s->waiting);
	s->waiting--;
	s->due++;
}

uint64_t sched_backoff_ms(unsigned int failures)
{
	uint64_t ms = BACKOFF_MS;

	while (--failures && ms < BACKOFF_MAX)
		ms *= 2;
	return ms < BACKOFF_MAX ? ms : BACKOFF_MAX;
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

void sched_unfailed(struct sched *s)
{
	assert(s->failed);
	s->failed--;
}

void sched_stop(struct sched *s)
{
	s->stopped = true;
	s->waiting = s->due = 0;
}

bool sched_finished(const struct sched *s)
{
	return !s->active && !s->waiting && !s->due &&
	       (s->stopped || s->next == s->total);
}
