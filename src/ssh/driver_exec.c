/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The driver behind `--rcmd exec`: a process here, once per target, with %h
 * %n %u %% replaced in its words.  No shell, no network.
 *
 * One connection carries one channel and the channel one process.  The channel
 * is closed when the process has ended and both its outputs are at their end,
 * as a server does it.
 */
#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "conf/percent.h"
#include "io/child.h"
#include "ssh/driver.h"

#include "base/banned.h"

#define READ_SIZE 65536
#define WORD_MAX  ((size_t)1 << 20) /* bytes in one word after %-expansion */

/* One of the child's outputs. */
struct source_fd {
	struct watch watch;
	struct drv_channel *ch;
	int *fd; /* the child's member; -1 once at its end */
	enum stream stream;
};

struct drv_channel {
	struct drv_conn *conn;
	const struct drv_channel_events *ev;
	void *arg;
	struct child child;
	struct source_fd sources[NSTREAMS];
	struct watch in_watch;
	bool spawned, exited, closed;
	int wait_status; /* as from waitpid(2), once exited */
};

struct drv_conn {
	struct drv_params params;
	struct drv_channel *ch;
	struct defer wake;
	bool paused;
};

static void wake_later(struct defer *d)
{
	struct drv_conn *c = container_of(d, struct drv_conn, wake);

	c->params.wake(c->params.arg);
}

static void post_wake(struct drv_conn *c)
{
	defer_post(c->params.loop, &c->wake, wake_later);
}

static struct drv_conn *conn_new(const struct drv_params *params,
				 struct err *err)
{
	struct drv_conn *c = xcalloc(1, sizeof(*c));

	(void)err;
	c->params = *params;
	return c;
}

static void conn_free(struct drv_conn *c)
{
	if (!c)
		return;
	defer_cancel(&c->wake);
	free(c);
}

static struct drv_channel *
chan_new(struct drv_conn *c, const struct drv_channel_events *ev, void *arg)
{
	struct drv_channel *ch = xcalloc(1, sizeof(*ch));

	ch->conn = c;
	ch->ev = ev;
	ch->arg = arg;
	c->ch = ch;
	return ch;
}

static enum drv_rc chan_open_session(struct drv_channel *ch, struct err *err)
{
	(void)ch;
	(void)err;
	return DRV_OK;
}

static enum drv_rc chan_env(struct drv_channel *ch, const char *name,
			    const char *value, struct err *err)
{
	(void)ch;
	(void)name;
	(void)value;
	(void)err;
	return DRV_OK;
}

static void readable(struct watch *w, unsigned int events)
{
	struct source_fd *src = container_of(w, struct source_fd, watch);

	(void)events;
	post_wake(src->ch->conn);
}

static void writable(struct watch *w, unsigned int events)
{
	struct drv_channel *ch = container_of(w, struct drv_channel, in_watch);

	(void)events;
	watch_want(w, 0);
	post_wake(ch->conn);
}

static void exited(struct child *child, int status)
{
	struct drv_channel *ch = container_of(child, struct drv_channel, child);

	ch->exited = true;
	ch->wait_status = status;
	post_wake(ch->conn);
}

static int expand_words(const struct drv_params *p, struct strvec *out,
			struct err *err)
{
	char *rank = xasprintf("%u", p->subst_rank);
	const struct percent_token tokens[] = {
		{ 'h', p->subst_host },
		{ 'n', rank },
		{ 'u', p->user ? p->user : "" },
		{ 0 },
	};
	int rc = 0;

	for (size_t i = 0; i < p->argv->n && !rc; i++) {
		struct strbuf word = STRBUF_INIT(WORD_MAX);

		rc = percent_subst(p->argv->v[i], tokens, &word);
		if (rc)
			err_set(err, ERR_LOCAL,
				_("a word of the command is longer than %zu bytes"),
				word.max);
		strvec_push_take(out, strbuf_detach(&word, NULL));
	}
	free(rank);
	return rc;
}

static int watch_source(struct drv_channel *ch, enum stream s, int *fd,
			struct err *err)
{
	struct source_fd *src = &ch->sources[s];

	src->ch = ch;
	src->fd = fd;
	src->stream = s;
	return watch_start(ch->conn->params.loop, &src->watch, *fd,
			   ch->conn->paused ? 0 : WATCH_IN, readable, err);
}

static enum drv_rc chan_exec(struct drv_channel *ch, const char *command,
			     struct err *err)
{
	struct child_spec spec = {
		.in = CHILD_PIPE,
		.out = CHILD_PIPE,
		.err = CHILD_PIPE,
	};
	struct loop *loop = ch->conn->params.loop;
	struct strvec argv = { 0 };
	enum drv_rc rc = DRV_ERROR;

	(void)command;
	if (expand_words(&ch->conn->params, &argv, err))
		goto out;
	assert(argv.n);
	spec.file = argv.v[0];
	spec.argv = argv.v;
	if (child_spawn(loop, &ch->child, &spec, exited, err))
		goto out;
	ch->spawned = true;
	if (watch_source(ch, STREAM_OUT, &ch->child.out, err) ||
	    watch_source(ch, STREAM_ERR, &ch->child.err, err) ||
	    watch_start(loop, &ch->in_watch, ch->child.in, 0, writable, err))
		goto out;
	rc = DRV_OK;
out:
	strvec_release(&argv);
	return rc;
}

static void close_fd(struct watch *w, int *fd)
{
	watch_stop(w);
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* One read a call, so that pausing takes effect between two. */
static void read_source(struct source_fd *src)
{
	char buf[READ_SIZE];
	ssize_t n;

	if (*src->fd < 0 || src->ch->conn->paused)
		return;
	n = read(*src->fd, buf, sizeof(buf));
	if (n > 0)
		src->ch->ev->data(src->ch->arg, src->stream, buf, (size_t)n);
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		close_fd(&src->watch, src->fd);
}

static void tell_end(struct drv_channel *ch)
{
	int status = ch->wait_status;

	ch->closed = true;
	ch->ev->eof(ch->arg);
	if (WIFSIGNALED(status))
		ch->ev->exit_signal(ch->arg, signal_name_of(WTERMSIG(status)),
				    WCOREDUMP(status), "");
	else
		ch->ev->exit_status(ch->arg, (uint32_t)WEXITSTATUS(status));
	ch->ev->closed(ch->arg);
}

static enum drv_rc pump(struct drv_conn *c, struct err *err)
{
	struct drv_channel *ch = c->ch;

	(void)err;
	if (!ch || !ch->spawned || ch->closed)
		return DRV_AGAIN;
	read_source(&ch->sources[STREAM_OUT]);
	read_source(&ch->sources[STREAM_ERR]);
	if (ch->exited && ch->child.out < 0 && ch->child.err < 0)
		tell_end(ch);
	return DRV_AGAIN;
}

static void pause_reading(struct drv_conn *c, bool paused)
{
	c->paused = paused;
	if (!c->ch || !c->ch->spawned)
		return;
	for (size_t i = 0; i < NSTREAMS; i++)
		if (watch_active(&c->ch->sources[i].watch))
			watch_want(&c->ch->sources[i].watch,
				   paused ? 0 : WATCH_IN);
}

static ssize_t chan_write(struct drv_channel *ch, const void *buf, size_t n)
{
	ssize_t done;

	if (ch->child.in < 0)
		return -1;
	done = write(ch->child.in, buf, n);
	if (done >= 0)
		return done;
	if (errno != EAGAIN && errno != EINTR) {
		/* The command does not read its input; that is its right. */
		close_fd(&ch->in_watch, &ch->child.in);
		return -1;
	}
	watch_want(&ch->in_watch, WATCH_OUT);
	return 0;
}

static enum drv_rc chan_eof(struct drv_channel *ch)
{
	close_fd(&ch->in_watch, &ch->child.in);
	return DRV_OK;
}

static void chan_signal(struct drv_channel *ch, const char *signame)
{
	int number = signal_number(signame);

	if (number)
		child_kill(&ch->child, number);
}

static enum drv_rc chan_close(struct drv_channel *ch)
{
	if (!ch->closed) {
		ch->closed = true;
		child_kill(&ch->child, SIGHUP);
		post_wake(ch->conn);
	}
	return DRV_OK;
}

static void chan_free(struct drv_channel *ch)
{
	if (!ch)
		return;
	ch->conn->ch = NULL;
	for (size_t i = 0; i < NSTREAMS; i++)
		watch_stop(&ch->sources[i].watch);
	watch_stop(&ch->in_watch);
	if (ch->spawned)
		child_release(&ch->child);
	free(ch);
}

const struct ssh_driver driver_exec = {
	.name = "exec",
	.local = true,
	.conn_new = conn_new,
	.pump = pump,
	.pause = pause_reading,
	.conn_free = conn_free,
	.chan_new = chan_new,
	.chan_open_session = chan_open_session,
	.chan_env = chan_env,
	.chan_exec = chan_exec,
	.chan_write = chan_write,
	.chan_eof = chan_eof,
	.chan_close = chan_close,
	.chan_signal = chan_signal,
	.chan_free = chan_free,
};
