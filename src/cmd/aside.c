/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What waits while something else has the screen.
 */
#include "cmd/aside.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/log.h"
#include "out/output.h"

#include "base/banned.h"

#define QUEUE_HIGH ((size_t)64 << 10)

static void queue_message(void *arg, const char *line, size_t n)
{
	struct aside *a = arg;

	outq_write(&a->messages, line, n);
}

static void told(void *arg, const char *line, size_t n)
{
	struct aside *a = arg;

	a->tell(a->tell_arg, line, n);
	if (a->log)
		a->log(a->log_arg, line, n);
}

void aside_init(struct aside *a, struct loop *loop, struct bufpool *pool,
		struct sinks *sinks, sinks_log_fn *tell, void *arg)
{
	*a = (struct aside){
		.sinks = sinks, .err_fd = -1, .tell = tell, .tell_arg = arg
	};
	a->log = sinks_log(sinks, &a->log_arg);
	if (a->log)
		return;
	/* One queue to a descriptor: a sink may have standard error, too. */
	a->err_fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	/* Without one more descriptor there will be no screen, either. */
	if (a->err_fd < 0)
		return;
	a->log = queue_message;
	a->log_arg = a;
	outq_init(&a->messages, loop, pool, a->err_fd, QUEUE_HIGH, NULL);
}

void aside_hold(struct aside *a)
{
	sinks_hold(a->sinks, true);
	if (a->messages.loop && output_reaches_terminal(STDERR_FILENO))
		outq_hold(&a->messages, true);
	log_set_writer(told, a);
}

void aside_let_go(struct aside *a)
{
	if (a->messages.loop)
		outq_hold(&a->messages, false);
	sinks_hold(a->sinks, false);
	log_set_writer(a->log, a->log_arg);
}

bool aside_is_written(const struct aside *a)
{
	return !a->messages.loop || !bufq_len(&a->messages.q);
}

void aside_flush(struct aside *a)
{
	if (!a->messages.loop)
		return;
	(void)outq_flush(&a->messages);
	aside_release(a);
}

void aside_release(struct aside *a)
{
	log_set_writer(NULL, NULL);
	outq_release(&a->messages);
	if (a->err_fd >= 0)
		close(a->err_fd);
	a->err_fd = -1;
}
