/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A descriptor with a slow reader: targets that print are paused.
 */
#include "out/output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/list.h"

#include "base/banned.h"

/* Queued for a descriptor before targets are paused. */
#define QUEUE_HIGH ((size_t)256 << 10)

/*
 * Resume all.  They may write again, and be paused again, from inside, so the
 * list is taken off first.
 */
void output_resume(struct output *out)
{
	struct flow_control *flow = out->observer->flow;
	const struct target **paused = out->paused;
	size_t n = out->npaused;

	out->paused = NULL;
	out->npaused = out->paused_cap = 0;
	for (size_t i = 0; i < n; i++)
		flow->resume(flow, paused[i]);
	free((void *)paused);
}

static void drained(struct outq *q)
{
	struct output *out = container_of(q, struct output, q);

	output_resume(out);
	if (outq_errno(q) && out->failed)
		out->failed(out);
}

void output_init(struct output *out, struct observer *observer,
		 struct loop *loop, struct bufpool *pool, int fd,
		 const char *name, output_fn *failed)
{
	*out = (struct output){
		.observer = observer,
		.failed = failed,
		.name = name,
	};
	outq_init(&out->q, loop, pool, fd, QUEUE_HIGH, drained);
}

enum flow output_flow(struct output *out, const struct target *t)
{
	if (!outq_full(&out->q))
		return FLOW_GO;
	out->paused = grow_array((void *)out->paused, &out->paused_cap,
				 out->npaused, sizeof(struct target *));
	out->paused[out->npaused++] = t;
	return FLOW_PAUSE;
}

void output_hold(struct output *out, bool hold)
{
	if (isatty(out->q.fd))
		outq_hold(&out->q, hold);
}

bool output_reaches_terminal(int fd)
{
	struct stat st;

	return isatty(fd) || (!fstat(fd, &st) &&
			      (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode)));
}

void output_set_aside(struct output *out, bool hold)
{
	if (output_reaches_terminal(out->q.fd))
		outq_hold(&out->q, hold);
}

int output_cramped(const struct output *out)
{
	return outq_cramped(&out->q);
}

void output_release(struct output *out)
{
	outq_release(&out->q);
	free((void *)out->paused);
	out->paused = NULL;
	out->npaused = out->paused_cap = 0;
}

static bool is_file(int fd, const struct stat *st)
{
	struct stat own;

	return !fstat(fd, &own) && own.st_dev == st->st_dev &&
	       own.st_ino == st->st_ino;
}

bool output_same_file(int a, int b)
{
	struct stat st;

	return !fstat(a, &st) && is_file(b, &st);
}

int output_standard(const char *path)
{
	struct stat st;

	if (!strcmp(path, "-"))
		return STDOUT_FILENO;
	if (stat(path, &st))
		return -1;
	for (int fd = STDOUT_FILENO; fd <= STDERR_FILENO; fd++)
		if (is_file(fd, &st) && (!S_ISCHR(st.st_mode) || isatty(fd)))
			return fd;
	return -1;
}

void output_tell(sink_failed_fn *failed, void *arg, const char *name, int error)
{
	char *text;

	if (!failed)
		return;
	text = xasprintf(_("cannot write to %s: %s"), name, strerror(error));
	failed(arg, text, error == EPIPE);
	free(text);
}
