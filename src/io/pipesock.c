/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One socket in the place of two pipes.
 *
 * Notes: splice(2) says EAGAIN both where nothing comes and where nothing
 * goes.  Which of them it was is known from what it was called for: something
 * to read, or room.  So it is called once for each of these.
 */
#include "io/pipesock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"

#include "base/banned.h"

#define SPLICE_MAX ((size_t)1 << 20) /* more than either side holds */

enum passed {
	PASSED_SOME,
	PASSED_NONE, /* nothing comes, or nothing goes */
	PASSED_ALL,  /* it ended */
	PASSED_VAIN, /* nobody listens */
};

#ifdef HAVE_SPLICE
static ssize_t splice_some(int from, int to)
{
	return splice(from, NULL, to, NULL, SPLICE_MAX, SPLICE_F_NONBLOCK);
}
#else
static ssize_t splice_some(int from, int to)
{
	(void)from;
	(void)to;
	errno = ENOSYS;
	return -1;
}
#endif

static enum passed outcome(ssize_t n)
{
	if (n > 0)
		return PASSED_SOME;
	if (n == 0)
		return PASSED_ALL;
	return errno == EAGAIN || errno == EINTR ? PASSED_NONE : PASSED_VAIN;
}

static void forget(struct pipesock_way *way)
{
	free(way->buf);
	way->buf = NULL;
	way->at = way->n = 0;
}

/* PASSED_SOME: nothing is left. */
static enum passed write_rest(struct pipesock_way *way, int to)
{
	ssize_t n = write(to, way->buf + way->at, way->n - way->at);

	if (n < 0)
		return outcome(n);
	way->at += (size_t)n;
	if (way->at < way->n)
		return PASSED_NONE;
	forget(way);
	return PASSED_SOME;
}

static enum passed copy(struct pipesock_way *way, int from, int to)
{
	unsigned char buf[PIPESOCK_SIZE];
	ssize_t n;

	if (way->n)
		return write_rest(way, to);
	n = read(from, buf, sizeof(buf));
	if (n <= 0)
		return outcome(n);
	way->buf = xmemdup(buf, (size_t)n);
	way->n = (size_t)n;
	return write_rest(way, to);
}

static enum passed pass(struct pipesock *p, struct pipesock_way *way)
{
	const bool in = way == &p->in;
	const int from = in ? way->pipe.fd : p->sock.fd;
	const int to = in ? p->sock.fd : way->pipe.fd;
	ssize_t n;

	if (p->plain)
		return copy(way, from, to);
	n = splice_some(from, to);
	if (n < 0 && (errno == ENOSYS || errno == EINVAL)) {
		p->plain = true;
		return copy(way, from, to);
	}
	return outcome(n);
}

static void close_watched(struct watch *w)
{
	int fd = w->fd;

	if (!watch_active(w))
		return;
	watch_stop(w);
	close(fd);
}

static void want(struct watch *w, bool in, bool out)
{
	if (watch_active(w))
		watch_want(w, (in ? (unsigned int)WATCH_IN : 0) |
				      (out ? (unsigned int)WATCH_OUT : 0));
}

static void end(struct pipesock *p, struct pipesock_way *way)
{
	forget(way);
	close_watched(&way->pipe);
	(void)shutdown(p->sock.fd, way == &p->in ? SHUT_WR : SHUT_RD);
}

/* Whether nothing is there to be passed on; a pipe that ended may say so. */
static bool empty(const struct pipesock_way *way)
{
	int n = 0;

	return !way->n && !ioctl(way->pipe.fd, FIONREAD, &n) && n == 0;
}

/*
 * Who waits for an answer to what nobody heard would do so for ever: with ssh
 * the failed write ends the connection.  What was said before still counts.
 */
static void choose_wants(struct pipesock *p)
{
	if (p->deaf && watch_active(&p->in.pipe) && empty(&p->in))
		end(p, &p->in);
	want(&p->in.pipe, !p->in.full, false);
	want(&p->out.pipe, false, p->out.full);
	want(&p->sock, watch_active(&p->out.pipe) && !p->out.full,
	     watch_active(&p->in.pipe) && p->in.full);
}

/* `room`: it is called because there is some, not because something came. */
static void move(struct pipesock *p, struct pipesock_way *way, bool room)
{
	switch (pass(p, way)) {
	case PASSED_SOME:
		way->full = false;
		break;
	case PASSED_NONE:
		way->full = p->plain ? way->n > 0 : !room;
		break;
	case PASSED_VAIN:
		p->deaf |= way == &p->out;
		end(p, way);
		break;
	case PASSED_ALL:
		end(p, way);
		break;
	}
}

static void on_in(struct watch *w, unsigned int events)
{
	struct pipesock *p = container_of(w, struct pipesock, in.pipe);

	(void)events;
	move(p, &p->in, false);
	choose_wants(p);
}

static void on_out(struct watch *w, unsigned int events)
{
	struct pipesock *p = container_of(w, struct pipesock, out.pipe);

	(void)events;
	move(p, &p->out, true);
	choose_wants(p);
}

static void on_sock(struct watch *w, unsigned int events)
{
	struct pipesock *p = container_of(w, struct pipesock, sock);
	const unsigned int want = w->want;

	if ((events & (WATCH_OUT | WATCH_HUP)) && (want & WATCH_OUT))
		move(p, &p->in, true);
	if ((events & (WATCH_IN | WATCH_HUP)) && (want & WATCH_IN))
		move(p, &p->out, false);
	choose_wants(p);
}

static int watch_all(struct pipesock *p, struct loop *loop, int in, int out,
		     int sock, struct err *err)
{
	if (watch_start(loop, &p->in.pipe, in, WATCH_IN, on_in, err))
		return -1;
	if (watch_start(loop, &p->out.pipe, out, 0, on_out, err) ||
	    watch_start(loop, &p->sock, sock, WATCH_IN, on_sock, err)) {
		watch_stop(&p->out.pipe);
		watch_stop(&p->in.pipe);
		return -1;
	}
	return 0;
}

int pipesock_start(struct pipesock *p, struct loop *loop, int in, int out,
		   struct err *err)
{
	int pair[2] = { -1, -1 };

	*p = (struct pipesock){ 0 };
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0,
		       pair))
		err_set_errno(err, ERR_LOCAL, _("cannot make a socket"));
	else if (!watch_all(p, loop, in, out, pair[0], err))
		return pair[1];
	if (pair[0] >= 0)
		close(pair[0]);
	if (pair[1] >= 0)
		close(pair[1]);
	close(in);
	close(out);
	return -1;
}

void pipesock_stop(struct pipesock *p)
{
	if (watch_active(&p->out.pipe) && !p->out.full)
		while (pass(p, &p->out) == PASSED_SOME)
			;
	forget(&p->in);
	forget(&p->out);
	close_watched(&p->in.pipe);
	close_watched(&p->out.pipe);
	close_watched(&p->sock);
}
