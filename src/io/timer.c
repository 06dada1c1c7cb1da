/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Timers: a binary heap ordered by deadline, then by order of arming.
 */
#include "io/timer.h"

#include <assert.h>
#include <stdlib.h>
#include <sys/random.h>

#include "base/alloc.h"
#include "io/loop.h"
#include "io/loop_internal.h"

#include "base/banned.h"

#define NS_PER_MS UINT64_C(1000000)

static bool before(const struct timer_entry *a, const struct timer_entry *b)
{
	if (a->due_ns != b->due_ns)
		return a->due_ns < b->due_ns;
	return a->seq < b->seq;
}

static void place(struct timer_heap *h, size_t slot, struct timer_entry e)
{
	h->v[slot] = e;
	e.timer->slot = slot;
}

/* Put `e` into the free place `slot`, or above it. */
static void sift_up(struct timer_heap *h, size_t slot, struct timer_entry e)
{
	while (slot > 1 && before(&e, &h->v[slot / 2])) {
		place(h, slot, h->v[slot / 2]);
		slot /= 2;
	}
	place(h, slot, e);
}

/* Put `e` into the free place `slot`, or below it. */
static void sift_down(struct timer_heap *h, size_t slot, struct timer_entry e)
{
	for (size_t child = slot * 2; child <= h->n; child = slot * 2) {
		if (child < h->n && before(&h->v[child + 1], &h->v[child]))
			child++;
		if (!before(&h->v[child], &e))
			break;
		place(h, slot, h->v[child]);
		slot = child;
	}
	place(h, slot, e);
}

static void heap_remove(struct timer_heap *h, struct timer *t)
{
	size_t slot = t->slot;
	struct timer_entry last = h->v[h->n--];

	t->slot = 0;
	if (last.timer == t)
		return;
	if (slot > 1 && before(&last, &h->v[slot / 2]))
		sift_up(h, slot, last);
	else
		sift_down(h, slot, last);
}

void timer_heap_release(struct timer_heap *h)
{
	free(h->v);
	*h = (struct timer_heap){ 0 };
}

bool timer_heap_next(const struct timer_heap *h, uint64_t *due_ns)
{
	if (!h->n)
		return false;
	*due_ns = h->v[1].due_ns;
	return true;
}

/*
 * The first timer that is too young ends it: it was armed during this turn,
 * so no deadline behind it is earlier than this turn's time, and of those
 * that are equal the older would stand in front.
 */
bool timer_heap_fire(struct timer_heap *h, uint64_t now_ns, uint64_t before_seq)
{
	bool called = false;

	while (h->n && h->v[1].due_ns <= now_ns && h->v[1].seq < before_seq) {
		struct timer *t = h->v[1].timer;

		heap_remove(h, t);
		t->fn(t); /* may free it */
		called = true;
	}
	return called;
}

void timer_start(struct loop *loop, struct timer *t, uint64_t delay_ms,
		 timer_fn *fn)
{
	struct timer_heap *h = loop_timers(loop);
	uint64_t now_ns = loop_now(loop);

	assert(fn);
	timer_stop(loop, t);
	t->fn = fn;
	t->due_ns = UINT64_MAX;
	if (delay_ms <= (UINT64_MAX - now_ns) / NS_PER_MS)
		t->due_ns = now_ns + delay_ms * NS_PER_MS;
	h->v = grow_array(h->v, &h->cap, h->n + 1, sizeof(*h->v));
	h->n++;
	sift_up(h, h->n,
		(struct timer_entry){ .due_ns = t->due_ns,
				      .seq = h->next_seq++,
				      .timer = t });
}

void timer_stop(struct loop *loop, struct timer *t)
{
	if (t->slot)
		heap_remove(loop_timers(loop), t);
}

uint64_t timer_left_ms(const struct loop *loop, const struct timer *t)
{
	uint64_t now_ns = loop_now(loop);

	if (!t->slot || t->due_ns <= now_ns)
		return 0;
	return (t->due_ns - now_ns - 1) / NS_PER_MS + 1;
}

uint64_t timer_jitter_ms(uint64_t span_ms, uint32_t seed)
{
	uint64_t half = span_ms / 2;
	uint32_t dice = 0;

	if (getrandom(&dice, sizeof(dice), GRND_NONBLOCK) != sizeof(dice))
		dice = seed;
	return half + dice % (span_ms - half + 1);
}
