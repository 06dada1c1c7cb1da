/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The driver behind --ssh-program: ssh(1) itself, once per target, for what
 * libssh cannot do.
 *
 * One process is connection and channel in one.  That it has logged in, and
 * why it could not, is read from its own log (-E), which is a FIFO of ours:
 * nothing that the remote command writes can pass for it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/log.h"
#include "base/text.h"
#include "model/result.h"
#include "ssh/process.h"
#include "ssh/sshlog.h"

#include "base/banned.h"

#define SSH_FAILED 255 /* ssh's own status when it failed itself */
#define LINE_BYTES ((size_t)4096)
#define LOG_READS  16 /* of the log in one step, a line's length each */

struct drv_conn {
	struct drv_params params;
	struct drv_channel *ch;
	struct process process;
	struct watch log_watch;
	int log_fd;	    /* of the FIFO, both ways, so that it never ends */
	char *log_dir;	    /* while they are there */
	char *log_path;	    /* of the FIFO in it */
	struct strbuf line; /* of the log, not whole yet */
	struct strbuf held; /* its last note, made visible; not told yet */
	struct err why;	    /* what its lines so far say of a failure */
	bool logged_in, dropped;
	bool paused;
};

/* The log */

static void log_unlink(struct drv_conn *c)
{
	if (c->log_path)
		(void)unlink(c->log_path);
	if (c->log_dir)
		(void)rmdir(c->log_dir);
	free(c->log_path);
	free(c->log_dir);
	c->log_path = c->log_dir = NULL;
}

static void log_ready(struct watch *w, unsigned int events)
{
	(void)events;
	process_wake(&container_of(w, struct drv_conn, log_watch)->process);
}

static int log_make(struct drv_conn *c, struct err *err)
{
	const char *tmp = getenv("TMPDIR");

	c->log_dir = xasprintf("%s/rsh-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	if (!mkdtemp(c->log_dir)) {
		err_set_errno(err, ERR_LOCAL, _("cannot make '%s'"),
			      c->log_dir);
		free(c->log_dir);
		c->log_dir = NULL;
		return -1;
	}
	c->log_path = xasprintf("%s/log", c->log_dir);
	if (!mkfifo(c->log_path, 0600))
		c->log_fd = open(c->log_path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (c->log_fd < 0)
		return err_set_errno(err, ERR_LOCAL, _("cannot make '%s'"),
				     c->log_path);
	return watch_start(c->params.loop, &c->log_watch, c->log_fd, WATCH_IN,
			   log_ready, err);
}

static void tell_held(struct drv_conn *c)
{
	if (c->held.len)
		log_info("%s: %s", c->params.name, c->held.buf);
	strbuf_reset(&c->held);
}

/* A plain statement stands above any hint, and the last of them counts. */
static void note_failure(struct drv_conn *c, enum sshlog_kind kind,
			 enum err_code code)
{
	char *line;

	if (kind == SSHLOG_DROPPED && !c->logged_in)
		c->dropped = true;
	if (kind != SSHLOG_FAILURE && c->why.code != ERR_NONE)
		return;
	if (code == ERR_PROTOCOL && c->logged_in)
		code = ERR_LOST;
	line = text_vis_dup(c->line.buf, c->line.len, LINE_BYTES);
	err_set(&c->why, code, "%s", line);
	free(line);
}

static void take_line(struct drv_conn *c)
{
	enum err_code code;
	enum sshlog_kind kind;

	if (c->line.len && c->line.buf[c->line.len - 1] == '\r')
		strbuf_truncate(&c->line, c->line.len - 1);
	if (!c->line.len)
		return;
	kind = sshlog_read(c->line.buf, &code);
	switch (kind) {
	case SSHLOG_DEBUG:
		log_debug("%s: %s", c->params.name, c->line.buf);
		return;
	case SSHLOG_LOGIN:
		c->logged_in = true;
		log_verbose("%s: %s", c->params.name, c->line.buf);
		return;
	case SSHLOG_VERBOSE:
		log_verbose("%s: %s", c->params.name, c->line.buf);
		return;
	case SSHLOG_NOTE:
		tell_held(c);
		text_vis(&c->held, c->line.buf, c->line.len, 0);
		return;
	case SSHLOG_FAILURE:
	case SSHLOG_HINT:
	case SSHLOG_DROPPED:
		note_failure(c, kind, code);
	}
}

/* What is longer than a line may be is cut. */
static void take_bytes(struct drv_conn *c, const char *buf, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (buf[i] != '\n') {
			(void)strbuf_addch(&c->line, buf[i]);
			continue;
		}
		take_line(c);
		strbuf_reset(&c->line);
	}
}

/* True when all that was written was read. */
static bool read_log(struct drv_conn *c)
{
	char buf[LINE_BYTES];

	for (int i = 0; i < LOG_READS; i++) {
		ssize_t n = read(c->log_fd, buf, sizeof(buf));

		if (n <= 0)
			return true;
		log_unlink(c); /* who writes has it open */
		take_bytes(c, buf, (size_t)n);
	}
	process_wake(&c->process);
	return false;
}

/* The process */

static struct drv_conn *conn_new(const struct drv_params *params,
				 struct err *err)
{
	struct drv_conn *c = xcalloc(1, sizeof(*c));

	(void)err;
	c->params = *params;
	c->log_fd = -1;
	c->process.pipes.paused = true;
	strbuf_init(&c->line, LINE_BYTES);
	strbuf_init(&c->held, LINE_BYTES * 4);
	return c;
}

static void conn_free(struct drv_conn *c)
{
	if (!c)
		return;
	tell_held(c);
	process_release(&c->process);
	watch_stop(&c->log_watch);
	if (c->log_fd >= 0)
		close(c->log_fd);
	log_unlink(c);
	strbuf_release(&c->line);
	strbuf_release(&c->held);
	err_release(&c->why);
	free(c);
}

/*
 * Behind ours come the options of the command line, so that ours count; what
 * this run decides only where nobody else did comes last.
 */
static void make_words(const struct drv_conn *c, struct strvec *words)
{
	const struct drv_params *p = &c->params;
	const char *level = log_enabled(LOG_TRACE)   ? "DEBUG3"
			    : log_enabled(LOG_DEBUG) ? "DEBUG1"
						     : "VERBOSE";

	strvec_push(words, p->argv->v[0]);
	strvec_push(words, "-E");
	strvec_push(words, c->log_path);
	strvec_push(words, "-T");
	/* A shared connection would not tell whether it has logged in. */
	strvec_push(words, "-S");
	strvec_push(words, "none");
	strvec_push_take(words, xasprintf("-oLogLevel=%s", level));
	for (size_t i = 1; i < p->argv->n; i++)
		strvec_push(words, p->argv->v[i]);
	strvec_push(words, "-oBatchMode=yes");
	if (p->user) {
		strvec_push(words, "-l");
		strvec_push(words, p->user);
	}
	if (p->port) {
		strvec_push(words, "-p");
		strvec_push_take(words, xasprintf("%u", p->port));
	}
	strvec_push(words, "--");
	strvec_push(words, p->alias);
	if (p->command)
		strvec_push(words, p->command);
}

static int start(struct drv_conn *c, struct err *err)
{
	struct strvec words = { 0 };
	int rc;

	if (log_make(c, err))
		return -1;
	make_words(c, &words);
	rc = process_start(&c->process, c->params.loop, &words, c->params.wake,
			   c->params.arg, err);
	strvec_release(&words);
	return rc;
}

/* Whether it ended by a fault of its own: then `err` says which. */
static bool failed(struct drv_conn *c, struct err *err)
{
	const char *file = c->params.argv->v[0];
	int status = c->process.wait_status;

	if (WIFSIGNALED(status)) {
		err_set(err, c->logged_in ? ERR_LOST : ERR_LOCAL,
			_("'%s' died of signal %s"), file,
			signal_name_of(WTERMSIG(status)));
		return true;
	}
	if (WEXITSTATUS(status) != SSH_FAILED)
		return false;
	if (c->why.code != ERR_NONE) {
		err_move(err, &c->why);
		return true;
	}
	if (c->logged_in)
		return false; /* the command's own 255 */
	err_set(err, ERR_LOCAL, _("'%s' has failed: %s"), file,
		c->held.len ? c->held.buf : _("it does not say why"));
	strbuf_reset(&c->held);
	return true;
}

static enum drv_rc handshake(struct drv_conn *c, struct err *err)
{
	bool drained;

	if (!c->process.spawned)
		return start(c, err) ? DRV_ERROR : DRV_AGAIN;
	drained = read_log(c);
	if (c->logged_in)
		return DRV_OK;
	if (!c->process.exited || !drained)
		return DRV_AGAIN;
	return failed(c, err) ? DRV_ERROR : DRV_OK;
}

static bool dropped_early(const struct drv_conn *c)
{
	return c->dropped;
}

static enum drv_rc pump(struct drv_conn *c, struct err *err)
{
	struct drv_channel *ch = c->ch;
	bool drained = read_log(c);

	if (!ch || !process_read(&c->process, ch->ev, ch->arg) || !drained)
		return DRV_AGAIN;
	if (failed(c, err))
		return DRV_ERROR;
	process_tell_end(&c->process, ch->ev, ch->arg);
	return DRV_AGAIN;
}

static void pause_reading(struct drv_conn *c, bool paused)
{
	c->paused = paused;
	if (c->ch)
		process_pause(&c->process, paused);
}

/* The channel */

/* It runs already; from here on its output is read. */
static enum drv_rc chan_exec(struct drv_channel *ch, const char *command,
			     struct err *err)
{
	struct drv_conn *c = ch->conn;

	(void)command;
	(void)err;
	c->ch = ch;
	process_pause(&c->process, c->paused);
	process_wake(&c->process);
	return DRV_OK;
}

static ssize_t chan_write(struct drv_channel *ch, const void *buf, size_t n)
{
	return process_write(&ch->conn->process, buf, n);
}

static enum drv_rc chan_eof(struct drv_channel *ch)
{
	process_eof(&ch->conn->process);
	return DRV_OK;
}

static void chan_signal(struct drv_channel *ch, const char *signame)
{
	process_signal(&ch->conn->process, signame);
}

static enum drv_rc chan_close(struct drv_channel *ch)
{
	process_close(&ch->conn->process);
	return DRV_OK;
}

static void chan_free(struct drv_channel *ch)
{
	if (ch)
		pipes_chan_free(ch, &ch->conn->ch);
}

const struct ssh_driver driver_program = {
	.name = "program",
	.local = true,
	.configured = true,
	.conn_new = conn_new,
	.handshake = handshake,
	.dropped_early = dropped_early,
	.pump = pump,
	.pause = pause_reading,
	.conn_free = conn_free,
	.chan_new = pipes_chan_new,
	.chan_exec = chan_exec,
	.chan_write = chan_write,
	.chan_eof = chan_eof,
	.chan_close = chan_close,
	.chan_signal = chan_signal,
	.chan_free = chan_free,
};
