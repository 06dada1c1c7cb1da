/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A local process in the place of a channel.
 */
#include "ssh/process.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/list.h"

#include "base/banned.h"

#define READ_SIZE 65536

static void wake_later(struct defer *d)
{
	struct process *p = container_of(d, struct process, wake);

	p->woken(p->arg);
}

void process_wake(struct process *p)
{
	defer_post(p->loop, &p->wake, wake_later);
}

static void readable(struct watch *w, unsigned int events)
{
	(void)events;
	process_wake(container_of(w, struct process_source, watch)->process);
}

static void writable(struct watch *w, unsigned int events)
{
	(void)events;
	watch_want(w, 0);
	process_wake(container_of(w, struct process, in_watch));
}

static void exited(struct child *child, int status)
{
	struct process *p = container_of(child, struct process, child);

	p->exited = true;
	p->wait_status = status;
	process_wake(p);
}

static int watch_source(struct process *p, enum stream s, int *fd,
			struct err *err)
{
	struct process_source *src = &p->sources[s];

	src->process = p;
	src->fd = fd;
	src->stream = s;
	return watch_start(p->loop, &src->watch, *fd, p->paused ? 0 : WATCH_IN,
			   readable, err);
}

int process_start(struct process *p, struct loop *loop,
		  const struct strvec *argv, void (*woken)(void *arg),
		  void *arg, struct err *err)
{
	const struct child_spec spec = {
		.file = argv->v[0],
		.argv = argv->v,
		.in = CHILD_PIPE,
		.out = CHILD_PIPE,
		.err = CHILD_PIPE,
	};

	p->loop = loop;
	p->woken = woken;
	p->arg = arg;
	if (child_spawn(loop, &p->child, &spec, exited, err))
		return -1;
	p->spawned = true;
	if (watch_source(p, STREAM_OUT, &p->child.out, err) ||
	    watch_source(p, STREAM_ERR, &p->child.err, err))
		return -1;
	return watch_start(loop, &p->in_watch, p->child.in, 0, writable, err);
}

static void close_fd(struct watch *w, int *fd)
{
	watch_stop(w);
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* One read a call, so that pausing takes effect between two. */
static void read_source(struct process_source *src,
			const struct drv_channel_events *ev, void *arg)
{
	char buf[READ_SIZE];
	ssize_t n;

	if (*src->fd < 0 || src->process->paused)
		return;
	n = read(*src->fd, buf, sizeof(buf));
	if (n > 0)
		ev->data(arg, src->stream, buf, (size_t)n);
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		close_fd(&src->watch, src->fd);
}

bool process_read(struct process *p, const struct drv_channel_events *ev,
		  void *arg)
{
	if (!p->spawned || p->closed)
		return false;
	read_source(&p->sources[STREAM_OUT], ev, arg);
	read_source(&p->sources[STREAM_ERR], ev, arg);
	return p->exited && p->child.out < 0 && p->child.err < 0;
}

void process_tell_end(struct process *p, const struct drv_channel_events *ev,
		      void *arg)
{
	int status = p->wait_status;

	p->closed = true;
	ev->eof(arg);
	if (WIFSIGNALED(status))
		ev->exit_signal(arg, signal_name_of(WTERMSIG(status)),
				WCOREDUMP(status), "");
	else
		ev->exit_status(arg, (uint32_t)WEXITSTATUS(status));
	ev->closed(arg);
}

void process_pause(struct process *p, bool paused)
{
	p->paused = paused;
	for (size_t i = 0; i < NSTREAMS; i++)
		if (watch_active(&p->sources[i].watch))
			watch_want(&p->sources[i].watch, paused ? 0 : WATCH_IN);
}

ssize_t process_write(struct process *p, const void *buf, size_t n)
{
	ssize_t done;

	if (!p->spawned || p->child.in < 0)
		return -1;
	done = write(p->child.in, buf, n);
	if (done >= 0)
		return done;
	if (errno != EAGAIN && errno != EINTR) {
		/* The command does not read its input; that is its right. */
		close_fd(&p->in_watch, &p->child.in);
		return -1;
	}
	watch_want(&p->in_watch, WATCH_OUT);
	return 0;
}

void process_eof(struct process *p)
{
	if (p->spawned)
		close_fd(&p->in_watch, &p->child.in);
}

void process_signal(struct process *p, const char *signame)
{
	int number = signal_number(signame);

	if (number && p->spawned)
		child_kill(&p->child, number);
}

void process_close(struct process *p)
{
	if (!p->spawned || p->closed)
		return;
	p->closed = true;
	child_kill(&p->child, SIGHUP);
	process_wake(p);
}

void process_release(struct process *p)
{
	defer_cancel(&p->wake);
	for (size_t i = 0; i < NSTREAMS; i++)
		watch_stop(&p->sources[i].watch);
	watch_stop(&p->in_watch);
	if (p->spawned)
		child_release(&p->child);
	p->spawned = false;
}
