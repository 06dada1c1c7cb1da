/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A local process in the place of a channel.
 */
#include "ssh/process.h"

#include <signal.h>
#include <sys/wait.h>

#include "base/list.h"

#include "base/banned.h"

void process_wake(struct process *p)
{
	pipes_wake(&p->pipes);
}

static void exited(struct child *child, int status)
{
	struct process *p = container_of(child, struct process, child);

	p->exited = true;
	p->wait_status = status;
	process_wake(p);
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

	p->pipes.loop = loop;
	p->pipes.woken = woken;
	p->pipes.arg = arg;
	if (child_spawn(loop, &p->child, &spec, exited, err))
		return -1;
	p->spawned = true;
	return pipes_start(&p->pipes, &p->child.in, &p->child.out,
			   &p->child.err, err);
}

bool process_read(struct process *p, const struct drv_channel_events *ev,
		  void *arg)
{
	if (!p->spawned || p->closed)
		return false;
	return pipes_read(&p->pipes, ev, arg) && p->exited;
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
	pipes_pause(&p->pipes, paused);
}

ssize_t process_write(struct process *p, const void *buf, size_t n)
{
	return p->spawned ? pipes_write(&p->pipes, buf, n) : -1;
}

void process_eof(struct process *p)
{
	if (p->spawned)
		pipes_eof(&p->pipes);
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
	pipes_stop(&p->pipes);
	if (p->spawned)
		child_release(&p->child);
	p->spawned = false;
}
