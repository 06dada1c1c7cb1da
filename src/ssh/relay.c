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

static void want(struct relay *r, unsigned int on, unsigned int off)
{
	if (watch_active(&r->watch))
		watch_want(&r->watch, (r->watch.want | on) & ~off);
}

/* False: there is nothing now, or never again. */
static bool fill(struct relay *r)
{
	ssize_t n = recv(r->watch.fd, r->buf, RELAY_SIZE, MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (n <= 0) {
		r->in_ended = true;
		want(r, 0, WATCH_IN);
		(void)r->drv->chan_eof(r->ch);
		return false;
	}
	r->at = 0;
	r->n = (size_t)n;
	return true;
}

void relay_step(struct relay *r)
{
	for (int i = 0; i < ROUNDS && !r->in_ended; i++) {
		ssize_t taken;

		if (!r->n && !fill(r))
			break;
		taken = r->drv->chan_write(r->ch, r->buf + r->at, r->n);
		if (taken < 0) {
			r->in_ended = true;
			r->n = 0;
			break;
		}
		r->at += (size_t)taken;
		r->n -= (size_t)taken;
		if (!taken)
			break;
	}
	if (r->in_ended || r->n)
		want(r, 0, WATCH_IN);
	else
		want(r, WATCH_IN, 0);
}

static void ready(struct watch *w, unsigned int events)
{
	struct relay *r = container_of(w, struct relay, watch);

	if ((events & WATCH_OUT) && (w->want & WATCH_OUT)) {
		want(r, 0, WATCH_OUT);
		r->drv->chan_more(r->ch);
	}
	if (events & WATCH_IN)
		relay_step(r);
	if (r->over && (r->in_ended || r->deaf))
		r->over(r);
}

size_t relay_take(struct relay *r, const void *buf, size_t n)
{
	ssize_t sent = send(r->watch.fd, buf, n, MSG_DONTWAIT | MSG_NOSIGNAL);

	/* Nobody listens: let it come, until the owner ends this. */
	if (sent < 0 && errno != EAGAIN && errno != EINTR) {
		r->deaf = true;
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
	if (watch_active(&r->watch))
		(void)shutdown(r->watch.fd, SHUT_WR);
}

int relay_start(struct relay *r, struct loop *loop, int fd,
		const struct ssh_driver *drv, struct drv_channel *ch,
		struct err *err)
{
	*r = (struct relay){ .drv = drv, .ch = ch };
	if (watch_start(loop, &r->watch, fd, WATCH_IN, ready, err)) {
		close(fd);
		return -1;
	}
	r->buf = xmalloc(RELAY_SIZE);
	return 0;
}

void relay_stop(struct relay *r, bool gone)
{
	int fd = r->watch.fd;

	if (!watch_active(&r->watch))
		return;
	if (!gone)
		relay_step(r);
	watch_stop(&r->watch);
	close(fd);
	free(r->buf);
	*r = (struct relay){ 0 };
}
