/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Three descriptors in the place of a channel.
 */
#include "ssh/pipes.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/list.h"

#include "base/banned.h"

#define READ_SIZE 65536

struct drv_channel *pipes_chan_new(struct drv_conn *c,
				   const struct drv_channel_events *ev,
				   void *arg)
{
	struct drv_channel *ch = xcalloc(1, sizeof(*ch));

	ch->conn = c;
	ch->ev = ev;
	ch->arg = arg;
	return ch;
}

void pipes_chan_free(struct drv_channel *ch, struct drv_channel **begun)
{
	if (*begun == ch)
		*begun = NULL;
	free(ch);
}

static void wake_later(struct defer *d)
{
	struct pipes *p = container_of(d, struct pipes, wake);

	p->woken(p->arg);
}

void pipes_wake(struct pipes *p)
{
	defer_post(p->loop, &p->wake, wake_later);
}

static void readable(struct watch *w, unsigned int events)
{
	(void)events;
	pipes_wake(container_of(w, struct pipes_source, watch)->pipes);
}

static void writable(struct watch *w, unsigned int events)
{
	(void)events;
	watch_want(w, 0);
	pipes_wake(container_of(w, struct pipes, in_watch));
}

static int watch_source(struct pipes *p, enum stream s, int *fd,
			struct err *err)
{
	struct pipes_source *src = &p->sources[s];

	src->pipes = p;
	src->fd = fd;
	src->stream = s;
	return watch_start(p->loop, &src->watch, *fd, p->paused ? 0 : WATCH_IN,
			   readable, err);
}

int pipes_start(struct pipes *p, int *in, int *out, int *errs, struct err *err)
{
	p->in = in;
	if (watch_source(p, STREAM_OUT, out, err) ||
	    watch_source(p, STREAM_ERR, errs, err))
		return -1;
	return watch_start(p->loop, &p->in_watch, *in, 0, writable, err);
}

static void close_fd(struct watch *w, int *fd)
{
	watch_stop(w);
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* One read a call, so that pausing takes effect between two. */
static void read_source(struct pipes_source *src,
			const struct drv_channel_events *ev, void *arg)
{
	char buf[READ_SIZE];
	ssize_t n;

	if (*src->fd < 0 || src->pipes->paused)
		return;
	n = read(*src->fd, buf, sizeof(buf));
	if (n > 0)
		ev->data(arg, src->stream, buf, (size_t)n);
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		close_fd(&src->watch, src->fd);
}

bool pipes_read(struct pipes *p, const struct drv_channel_events *ev, void *arg)
{
	read_source(&p->sources[STREAM_OUT], ev, arg);
	read_source(&p->sources[STREAM_ERR], ev, arg);
	return *p->sources[STREAM_OUT].fd < 0 && *p->sources[STREAM_ERR].fd < 0;
}

void pipes_pause(struct pipes *p, bool paused)
{
	p->paused = paused;
	for (size_t i = 0; i < NSTREAMS; i++)
		if (watch_active(&p->sources[i].watch))
			watch_want(&p->sources[i].watch, paused ? 0 : WATCH_IN);
}

ssize_t pipes_write(struct pipes *p, const void *buf, size_t n)
{
	ssize_t done;

	if (!p->in || *p->in < 0)
		return -1;
	done = write(*p->in, buf, n);
	if (done >= 0)
		return done;
	if (errno != EAGAIN && errno != EINTR) {
		/* The command does not read its input; that is its right. */
		close_fd(&p->in_watch, p->in);
		return -1;
	}
	watch_want(&p->in_watch, WATCH_OUT);
	return 0;
}

void pipes_eof(struct pipes *p)
{
	if (p->in)
		close_fd(&p->in_watch, p->in);
}

void pipes_stop(struct pipes *p)
{
	defer_cancel(&p->wake);
	for (size_t i = 0; i < NSTREAMS; i++)
		watch_stop(&p->sources[i].watch);
	watch_stop(&p->in_watch);
}
