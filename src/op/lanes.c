/* SPDX-License-Identifier: Apache-2.0 */
/*
 * More conversations with the same server.
 */
#include "op/lanes.h"

#include <assert.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "ssh/driver.h"
#include "ssh/session.h"

#include "base/banned.h"

struct lane {
	struct channel ch;
	struct xfer x;
	struct err broken; /* what came was no SFTP */
	bool started, ready, gone;
};

static void on_data(void *arg, enum stream s, const void *buf, size_t n)
{
	struct lane *v = arg;

	/* Nothing is answered any more to who has ended. */
	if (s == STREAM_OUT && !v->broken.code && v->ch.state < CHANNEL_CLOSING)
		(void)xfer_input(&v->x, buf, n, &v->broken);
}

void lanes_open(struct lanes *l, struct session *s)
{
	assert(!l->v);
	l->session = s;
	l->v = xcalloc(STRIPES_MAX, sizeof(*l->v));
	for (unsigned int i = 0; i < STRIPES_MAX; i++) {
		xfer_init(&l->v[i].x);
		channel_open_subsystem(&l->v[i].ch, s, "sftp", on_data,
				       &l->v[i]);
	}
}

/* Whether it goes on. */
static bool step(struct lane *v)
{
	struct err why = { 0 };
	bool refused = channel_step(&v->ch, &why) != 0;

	err_release(&why);
	if (refused || v->broken.code || v->ch.state >= CHANNEL_CLOSING ||
	    v->ch.got_eof)
		return false;
	if (v->ch.state == CHANNEL_RUNNING && !v->started) {
		v->started = true;
		xfer_start(&v->x);
	}
	return true;
}

bool lanes_step(struct lanes *l)
{
	bool settled = true;

	for (unsigned int i = 0; l->v && i < STRIPES_MAX; i++) {
		struct lane *v = &l->v[i];

		if (v->gone)
			continue;
		if (!step(v)) {
			if (v->ready)
				return false;
			v->gone = true;
			channel_close(&v->ch);
			continue;
		}
		if (v->x.ready && !v->ready) {
			v->ready = true;
			l->ready.v[l->ready.n++] = &v->x;
		}
		settled &= v->ready;
	}
	l->ready.settled = l->v && settled;
	return true;
}

bool lane_flush(struct channel *ch, struct xfer *x, size_t *budget)
{
	size_t n;
	const void *p = xfer_output(x, &n);
	bool whole = n >= DRV_PACKET;

	while (n && !(whole && n < DRV_PACKET)) {
		ssize_t taken;

		if (!*budget) {
			session_wake(ch->session);
			return false;
		}
		taken = channel_write(ch, p, n < *budget ? n : *budget);
		if (taken <= 0)
			return false;
		xfer_sent(x, (size_t)taken);
		*budget -= (size_t)taken;
		p = xfer_output(x, &n);
	}
	return whole;
}

bool lanes_flush(struct lanes *l, size_t *budget)
{
	bool more = false;

	for (unsigned int i = 0; l->v && i < STRIPES_MAX; i++)
		if (l->v[i].started && !l->v[i].gone)
			more |= lane_flush(&l->v[i].ch, &l->v[i].x, budget);
	return more;
}

void lanes_close(struct lanes *l)
{
	for (unsigned int i = 0; l->v && i < STRIPES_MAX; i++)
		channel_close(&l->v[i].ch);
}

void lanes_forget(struct lanes *l)
{
	for (unsigned int i = 0; l->v && i < STRIPES_MAX; i++)
		xfer_release(&l->v[i].x);
	l->ready = (struct stripe_lanes){ 0 };
}

void lanes_release(struct lanes *l)
{
	for (unsigned int i = 0; l->v && i < STRIPES_MAX; i++) {
		channel_release(&l->v[i].ch);
		err_release(&l->v[i].broken);
	}
	free(l->v);
	l->v = NULL;
}
