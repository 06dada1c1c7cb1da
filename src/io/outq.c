/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing to a descriptor that may be slow and is not ours alone.
 *
 * Notes: O_NONBLOCK belongs to the open file, not to the descriptor, so
 * setting it on stdout changes the terminal of the shell that started us.
 * Opening /proc/self/fd/N makes another open file for the same pipe or
 * terminal, with flags of its own.  Where that fails (no /proc, a terminal of
 * another user) PIPE_BUF bytes after POLLOUT do not block on a pipe, unless
 * somebody else fills it in between; a terminal may then keep us waiting.
 */
#include "io/outq.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/spool.h"

#include "base/banned.h"

#define HELD_MEM  ((size_t)1 << 20) /* of what is held; the rest in a file */
#define HELD_STEP 16384

static int open_again(int fd)
{
	char path[sizeof("/proc/self/fd/") + 3 * sizeof(int)];

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

/* Find out how `fd` can be written to without waiting. */
static void choose_way(struct outq *o, int fd)
{
	int flags = fcntl(fd, F_GETFL);
	struct stat st;
	int own;

	o->fd = fd;
	o->way = OUTQ_ASK;
	if (fstat(fd, &st))
		return; /* the first write will say what is wrong */
	if (S_ISREG(st.st_mode)) {
		o->way = OUTQ_FILE;
	} else if (S_ISSOCK(st.st_mode)) {
		o->way = OUTQ_SOCKET;
	} else if (flags >= 0 && (flags & O_NONBLOCK)) {
		o->way = OUTQ_NONBLOCK;
	} else if (S_ISFIFO(st.st_mode) || isatty(fd)) {
		own = open_again(fd);
		if (own < 0)
			return;
		o->fd = own;
		o->own_fd = true;
		o->way = OUTQ_NONBLOCK;
	}
}

static ssize_t write_if_room(int fd, const void *p, size_t n)
{
	struct pollfd pfd = { .fd = fd, .events = POLLOUT };
	int ready = poll(&pfd, 1, 0);

	if (ready == 0)
		errno = EAGAIN;
	if (ready <= 0)
		return -1;
	return write(fd, p, n < PIPE_BUF ? n : PIPE_BUF);
}

static ssize_t write_some(const struct outq *o, const void *p, size_t n)
{
	switch (o->way) {
	case OUTQ_SOCKET:
		return send(o->fd, p, n, MSG_DONTWAIT | MSG_NOSIGNAL);
	case OUTQ_ASK:
		return write_if_room(o->fd, p, n);
	case OUTQ_NONBLOCK:
	case OUTQ_FILE:
		break;
	}
	return write(o->fd, p, n);
}

static void forget_held(struct outq *o)
{
	spool_free(o->held);
	o->held = NULL;
	o->held_at = 0;
	o->cramped = 0;
}

static void fail(struct outq *o, int error)
{
	o->error = error;
	bufq_consume(&o->q, bufq_len(&o->q));
	forget_held(o);
}

/*
 * What was queued after this turn's hooks, or between turns, has this one.
 * Whoever was stopped before it is held goes on, for what it says is kept.
 */
static void on_kick(struct defer *d)
{
	struct outq *o = container_of(d, struct outq, kick);

	if (!o->was_full || !o->holding || outq_full(o))
		return;
	o->was_full = false;
	if (o->drained)
		o->drained(o); /* may release it */
}

static void keep(struct outq *o, const void *p, size_t n)
{
	if (!o->held)
		o->held = spool_new(HELD_MEM);
	if (!spool_write(o->held, p, n, NULL))
		return;
	o->cramped = errno ? errno : ENOSPC;
	spool_keep_in_memory(o->held);
	(void)spool_write(o->held, p, n, NULL); /* memory has room */
}

/* What was held follows as far as there is room. */
static void refill(struct outq *o)
{
	char buf[HELD_STEP];

	while (o->held && !o->holding && !bufq_full(&o->q)) {
		ssize_t n =
			spool_read(o->held, o->held_at, buf, sizeof(buf), NULL);

		if (n < 0) {
			fail(o, EIO);
			return;
		}
		if (!n) {
			forget_held(o);
			return;
		}
		bufq_write(&o->q, buf, (size_t)n);
		o->held_at += (uint64_t)n;
		spool_trim(o->held, o->held_at);
	}
}

/*
 * What was queued, and not written yet, comes first; it stays where it is if
 * there is something held from before, that follows it.
 */
void outq_hold(struct outq *o, bool hold)
{
	const bool moves = !o->held;

	if (o->holding == hold)
		return;
	o->holding = hold;
	if (o->error)
		return;
	if (!hold) {
		refill(o);
		defer_post(o->loop, &o->kick, on_kick);
		return;
	}
	while (moves && bufq_len(&o->q)) {
		size_t n;
		const void *p = bufq_peek(&o->q, &n);

		keep(o, p, n);
		bufq_consume(&o->q, n);
	}
	watch_want(&o->watch, 0);
	if (o->was_full)
		defer_post(o->loop, &o->kick, on_kick);
}

/* Write until the queue is empty, the descriptor is full, or it failed. */
static void drain(struct outq *o)
{
	for (refill(o); bufq_len(&o->q); refill(o)) {
		size_t n;
		const void *p = bufq_peek(&o->q, &n);
		ssize_t done = write_some(o, p, n);

		if (done > 0)
			bufq_consume(&o->q, (size_t)done);
		else if (done == 0 || errno == EAGAIN)
			return;
		else if (errno != EINTR)
			fail(o, errno);
	}
}

/* Called on the loop: write, be told when there is room for the rest. */
static void write_out(struct outq *o)
{
	bool was_well = !o->error;

	defer_cancel(&o->kick);
	drain(o);
	watch_want(&o->watch, bufq_len(&o->q) ? WATCH_OUT : 0);
	if (!(was_well && o->error) &&
	    !(o->was_full && !o->held && bufq_low(&o->q)))
		return;
	o->was_full = false;
	if (o->drained)
		o->drained(o); /* may release it */
}

static void on_room(struct watch *w, unsigned int events)
{
	(void)events;
	write_out(container_of(w, struct outq, watch));
}

/* While the watcher waits for room there is no use in trying. */
static void on_turn_end(struct turnhook *h)
{
	struct outq *o = container_of(h, struct outq, hook);

	if (bufq_len(&o->q) && !o->watch.want && !o->holding)
		write_out(o);
}

void outq_init(struct outq *o, struct loop *loop, struct bufpool *pool, int fd,
	       size_t high, outq_fn *drained)
{
	int rc;

	*o = (struct outq){ .loop = loop, .drained = drained };
	bufq_init(&o->q, pool, high / 2, high);
	choose_way(o, fd);
	turnhook_start(loop, &o->hook, on_turn_end);
	rc = watch_start(loop, &o->watch, o->fd, 0, on_room, NULL);
	assert(rc == 0); /* wanting nothing asks nothing of the kernel */
	(void)rc;
}

void outq_write(struct outq *o, const void *p, size_t n)
{
	if (o->error || !n)
		return;
	if (o->held || o->holding) {
		keep(o, p, n);
		if (o->holding && !outq_full(o))
			return;
	} else {
		bufq_write(&o->q, p, n);
	}
	if (outq_full(o))
		o->was_full = true;
	if (!o->watch.want)
		defer_post(o->loop, &o->kick, on_kick);
}

static uint64_t held(const struct outq *o)
{
	return o->held ? spool_end(o->held) - o->held_at : 0;
}

void outq_hold_at_most(struct outq *o, uint64_t n)
{
	o->held_max = n;
}

bool outq_full(const struct outq *o)
{
	if (o->holding)
		return o->cramped || (o->held_max && held(o) >= o->held_max);
	return o->held || bufq_full(&o->q);
}

int outq_flush(struct outq *o)
{
	struct pollfd pfd = { .fd = o->fd, .events = POLLOUT };

	assert(!o->holding);
	for (;;) {
		drain(o);
		if (o->error)
			return -1;
		if (!bufq_len(&o->q))
			return 0;
		(void)poll(&pfd, 1, -1);
	}
}

size_t outq_forget(struct outq *o)
{
	size_t n = bufq_len(&o->q);

	bufq_consume(&o->q, n);
	if (!o->holding) {
		n += held(o);
		forget_held(o);
	}
	return n;
}

void outq_tell_empty(struct outq *o)
{
	o->q.low = 0;
	o->was_full = true;
}

void outq_release(struct outq *o)
{
	if (!o || !o->loop)
		return;
	defer_cancel(&o->kick);
	forget_held(o);
	turnhook_stop(&o->hook);
	watch_stop(&o->watch);
	if (o->own_fd)
		close(o->fd);
	bufq_release(&o->q);
	*o = (struct outq){ .fd = -1 };
}
