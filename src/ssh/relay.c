/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes between a socket and a channel.
 */
#include "ssh/relay.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"

#include "base/banned.h"

#define ROUNDS 4 /* of RELAY_SIZE, before others have their turn */

/* Whether either side just ended, for the last one. */
static void look_whether_over(struct relay *r)
{
	if (r->in_ended && r->out_ended && r->over)
		r->over(r);
}

static void end_in(struct relay *r)
{
	r->in_ended = true;
	look_whether_over(r);
}

static void end_out(struct relay *r)
{
	if (r->out_ended)
		return;
	r->out_ended = true;
	look_whether_over(r);
}

static void want(struct relay *r, unsigned int on, unsigned int off)
{
	if (watch_active(&r->watch))
		watch_want(&r->watch, (r->watch.want | on) & ~off);
}

/* Bytes read, or 0: there is nothing now, or never again. */
static size_t fill(struct relay *r, unsigned char *buf)
{
	ssize_t n = recv(r->watch.fd, buf, RELAY_SIZE, MSG_DONTWAIT);

	if (n > 0)
		return (size_t)n;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	(void)r->drv->chan_eof(r->ch);
	end_in(r);
	return 0;
}

/* How many the channel took; all, if it takes none any more. */
static size_t pass_on(struct relay *r, const unsigned char *bytes, size_t n)
{
	size_t at = 0;

	while (at < n) {
		ssize_t taken = r->drv->chan_write(r->ch, bytes + at, n - at);

		if (taken < 0) {
			end_in(r);
			return n;
		}
		if (taken == 0)
			break;
		at += (size_t)taken;
	}
	return at;
}

/* What waited goes first.  False: some still does. */
static bool empty(struct relay *r)
{
	if (!r->n)
		return true;
	r->at += pass_on(r, r->buf + r->at, r->n - r->at);
	if (r->at < r->n)
		return false;
	free(r->buf);
	r->buf = NULL;
	r->at = r->n = 0;
	return true;
}

static void keep(struct relay *r, const unsigned char *bytes, size_t n)
{
	r->buf = xmemdup(bytes, n);
	r->n = n;
}

static void step(struct relay *r)
{
	unsigned char buf[RELAY_SIZE];
	bool room;

	list_remove(&r->node);
	room = empty(r);
	for (int i = 0; i < ROUNDS && room && !r->in_ended; i++) {
		size_t n = fill(r, buf);
		size_t taken = pass_on(r, buf, n);

		if (!n)
			break;
		room = taken == n;
		if (!room)
			keep(r, buf + taken, n - taken);
	}
	if (r->in_ended || !room)
		want(r, 0, WATCH_IN);
	else
		want(r, WATCH_IN, 0);
	if (!room)
		list_append(r->waiting, &r->node);
}

void relays_step(struct list *waiting)
{
	struct list now;

	if (list_empty(waiting))
		return;
	/* Those that still wait come behind. */
	list_take(&now, waiting);
	while (!list_empty(&now))
		step(container_of(now.next, struct relay, node));
	if (!list_empty(waiting)) {
		struct list *first = waiting->next;

		list_remove(first);
		list_append(waiting, first);
	}
}

static void ready(struct watch *w, unsigned int events)
{
	struct relay *r = container_of(w, struct relay, watch);

	if ((events & WATCH_OUT) && (w->want & WATCH_OUT)) {
		want(r, 0, WATCH_OUT);
		r->drv->chan_more(r->ch);
	}
	if (events & WATCH_IN)
		step(r);
}

size_t relay_take(struct relay *r, const void *buf, size_t n)
{
	ssize_t sent = send(r->watch.fd, buf, n, MSG_DONTWAIT | MSG_NOSIGNAL);

	/* Nobody listens: let it come, until the owner ends this. */
	if (sent < 0 && errno != EAGAIN && errno != EINTR) {
		end_out(r);
		return n;
	}
	if (sent < 0)
		sent = 0;
	if ((size_t)sent < n)
		want(r, WATCH_OUT, 0);
	return (size_t)sent;
}

void relay_ended(struct relay *r)
{
	if (!watch_active(&r->watch))
		return;
	(void)shutdown(r->watch.fd, SHUT_WR);
	end_out(r);
}

int relay_start(struct relay *r, struct loop *loop, int fd,
		const struct ssh_driver *drv, struct drv_channel *ch,
		struct list *waiting, struct err *err)
{
	*r = (struct relay){ .drv = drv, .ch = ch, .waiting = waiting };
	list_init(&r->node);
	if (watch_start(loop, &r->watch, fd, WATCH_IN, ready, err)) {
		close(fd);
		return -1;
	}
	return 0;
}

void relay_stop(struct relay *r, bool gone)
{
	int fd = r->watch.fd;

	if (!watch_active(&r->watch))
		return;
	r->over = NULL;
	if (!gone)
		step(r);
	list_remove(&r->node);
	watch_stop(&r->watch);
	close(fd);
	free(r->buf);
	*r = (struct relay){ 0 };
}
