/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is let come unheard of.
 */
#include "ssh/window.h"

#include "base/banned.h"

#define MICROSECOND ((uint64_t)1000)
#define MILLISECOND ((uint64_t)1000000)
#define SECOND	    ((uint64_t)1000000000)

/* More than one window of a way: a rate that still rises, as TCP's does at the
   beginning, is measured when it was lower. */
#define GAIN 4

/* Of a way whose rate was not measured yet: bytes a second. */
#define RATE_FIRST ((uint64_t)64 << 20)

/* A rate is that of so long at the least, or what came in one burst would be
   taken for it; with less in it the peer had nothing to send. */
#define SAMPLE_NS    (100 * MILLISECOND)
#define SAMPLE_BYTES ((uint64_t)64 << 10)

/* Longer ones, and higher rates, have the widest window anyway. */
#define ROUND_TRIP_MOST (10 * SECOND)
#define RATE_MOST	((uint64_t)100 << 30)

void window_round_trip(struct window *w, uint64_t ns)
{
	if (ns > ROUND_TRIP_MOST)
		ns = ROUND_TRIP_MOST;
	if (ns && (!w->round_trip_ns || ns < w->round_trip_ns))
		w->round_trip_ns = ns;
}

/* The sample in which it begins to come, perhaps at its end, is none. */
static void take(struct window *w, uint64_t ns, uint64_t n)
{
	bool busy = n >= SAMPLE_BYTES;
	uint64_t rate = n * 1000 / (ns / MILLISECOND);

	if (busy && w->busy && rate > w->rate)
		w->rate = rate < RATE_MOST ? rate : RATE_MOST;
	w->busy = busy;
}

void window_came(struct window *w, uint64_t now_ns, uint64_t bytes)
{
	uint64_t ns = now_ns - w->since_ns;

	if (w->since_ns && (ns < SAMPLE_NS || ns < w->round_trip_ns))
		return;
	if (w->since_ns)
		take(w, ns, bytes - w->since_bytes);
	w->since_ns = now_ns;
	w->since_bytes = bytes;
}

size_t window_bytes(const struct window *w)
{
	uint64_t rate = w->rate ? w->rate : RATE_FIRST;
	uint64_t held;

	if (!w->round_trip_ns)
		return DRV_WINDOW_WIDE;
	held = rate * (w->round_trip_ns / MICROSECOND) / 1000000;
	if (held < WINDOW_LEAST / GAIN)
		return WINDOW_LEAST;
	if (held > DRV_WINDOW_WIDE / GAIN)
		return DRV_WINDOW_WIDE;
	return GAIN * (size_t)held;
}
