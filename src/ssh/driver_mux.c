/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The driver of shared connections: a master that is there already, of ssh or
 * of ours, runs the command and gets descriptors for its input and output.
 *
 * One session of the master is connection and channel in one.  Where there is
 * no master, or it will not, nothing was done and another driver begins.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/log.h"
#include "base/text.h"
#include "ssh/muxclient.h"
#include "ssh/muxforward.h"
#include "ssh/pipes.h"

#include "base/banned.h"

#define REASON_MAX 256

enum mux_state {
	MUX_FINDING, /* is there a master? */
	MUX_FOUND,
	MUX_FORWARDING, /* it is asked for the forwards of the host */
	MUX_ASKED,	/* for a session */
	MUX_RUNNING,
	MUX_OVER,
};

struct drv_conn {
	struct drv_params params;
	struct muxclient *mux;
	struct muxclient *again; /* after the end of a session */
	struct muxforwards forwards;
	struct pipes pipes;
	struct defer wake;
	struct drv_channel *ch;
	enum mux_state state;
	int ours[3], theirs[3]; /* ends of the pipes; -1 */
	uint32_t session;
	uint32_t status;
	bool got_status;
	bool told;    /* that there is none, too: how it ended is known */
	bool undone;  /* another driver may begin */
	bool hung_up; /* by us */
	bool closed;  /* told */
	struct err why;
};

static void wake_later(struct defer *d)
{
	struct drv_conn *c = container_of(d, struct drv_conn, wake);

	c->params.wake(c->params.arg);
}

static void wake(void *arg)
{
	struct drv_conn *c = arg;

	defer_post(c->params.loop, &c->wake, wake_later);
}

/* ---- what the master says ---- */

static void give_up(struct drv_conn *c, bool undone)
{
	c->state = MUX_OVER;
	c->undone = undone;
	wake(c);
}

static void on_ready(void *arg)
{
	struct drv_conn *c = arg;

	c->state = MUX_FOUND;
	wake(c);
}

static void refused(struct drv_conn *c, const struct mux_msg *m)
{
	char *text = text_vis_dup(m->reason, strlen(m->reason), REASON_MAX);

	log_info(m->kind == MUX_DENIED
			 ? _("%s: master refused session request: %s")
			 : _("%s: session request failed: %s"),
		 c->params.name, text);
	err_set(&c->why, ERR_CHANNEL, "%s", text);
	free(text);
	give_up(c, true);
}

static void answered(struct drv_conn *c, const struct mux_msg *m)
{
	if (m->kind == MUX_DENIED || m->kind == MUX_FAILURE) {
		refused(c, m);
	} else if (m->kind == MUX_OPENED) {
		c->session = m->number;
		c->state = MUX_RUNNING;
		wake(c);
	} else {
		err_set(&c->why, ERR_PROTOCOL,
			_("the master gave an unexpected answer"));
		give_up(c, false);
	}
}

/* As ssh: what one of them does not get it looks for without a master. */
static void forwarded(struct drv_conn *c, const struct mux_msg *m)
{
	const struct mux_msg *asked = &c->forwards.v[c->forwards.next - 1];
	char *text;

	if (m->kind == MUX_OK || m->kind == MUX_REMOTE_PORT) {
		if (m->kind == MUX_REMOTE_PORT)
			log_info(
				_("Allocated port %u for remote forward to %s:%u"),
				m->number, asked->connect_host,
				asked->connect_port == MUX_PORT_PATH
					? 0
					: asked->connect_port);
		c->state = MUX_FOUND;
		wake(c);
		return;
	}
	text = m->reason
		       ? text_vis_dup(m->reason, strlen(m->reason), REASON_MAX)
		       : xstrdup(_("an unexpected answer"));
	log_error(_("%s: forwarding request failed: %s"), c->params.name, text);
	err_set(&c->why, ERR_CHANNEL, "%s", text);
	free(text);
	give_up(c, true);
}

static void on_heard(void *arg, const struct mux_msg *m)
{
	struct drv_conn *c = arg;

	if (c->state == MUX_FORWARDING && m->id == muxclient_last_id(c->mux)) {
		forwarded(c, m);
	} else if (c->state == MUX_ASKED &&
		   m->id == muxclient_last_id(c->mux)) {
		answered(c, m);
	} else if (c->state == MUX_RUNNING && m->kind == MUX_EXIT &&
		   m->id == c->session && !c->told) {
		c->got_status = c->told = true;
		c->status = m->number;
		wake(c);
	}
}

/*
 * Asked once more whether it lives, a master has ended this session alone: one
 * whose status nobody told.
 */
static void still_lives(void *arg)
{
	struct drv_conn *c = arg;

	err_release(&c->why);
	c->told = true;
	wake(c);
}

static void has_died(void *arg, enum muxclient_end end, const struct err *why)
{
	struct drv_conn *c = arg;

	(void)end;
	(void)why;
	if (!c->told)
		give_up(c, false);
}

static void nothing_heard(void *arg, const struct mux_msg *m)
{
	(void)arg;
	(void)m;
}

static const struct muxclient_events again_events = {
	.ready = still_lives,
	.heard = nothing_heard,
	.ended = has_died,
};

static void on_ended(void *arg, enum muxclient_end end, const struct err *why)
{
	struct drv_conn *c = arg;

	if (c->state == MUX_OVER || c->told)
		return;
	err_copy(&c->why, why);
	if (c->state == MUX_RUNNING) {
		c->again = muxclient_new(c->params.loop,
					 c->params.opts->control_path,
					 &again_events, c);
		return;
	}
	if (end < MUXCLIENT_UNREAD)
		muxclient_pass_by(c->params.opts, end, why);
	give_up(c, end != MUXCLIENT_LOST);
}

static const struct muxclient_events mux_events = {
	.ready = on_ready,
	.heard = on_heard,
	.ended = on_ended,
};

/* ---- the session ---- */

static void close_all(int *fds)
{
	for (int i = 0; i < 3; i++) {
		if (fds[i] >= 0)
			close(fds[i]);
		fds[i] = -1;
	}
}

/* Ours never wait; theirs are theirs. */
static int make_pipes(struct drv_conn *c, struct err *err)
{
	for (int i = 0; i < 3; i++) {
		int pair[2];
		int our = i == STDIN_FILENO;

		if (pipe2(pair, O_CLOEXEC) < 0)
			return err_set_errno(err, ERR_LOCAL,
					     _("cannot make a pipe"));
		c->ours[i] = pair[our];
		c->theirs[i] = pair[!our];
		if (fcntl(c->ours[i], F_SETFL, O_NONBLOCK) < 0)
			return err_set_errno(err, ERR_LOCAL,
					     _("cannot make a pipe"));
	}
	return 0;
}

static int ask_session(struct drv_conn *c, struct err *err)
{
	struct mux_msg m;
	int rc = make_pipes(c, err);

	muxclient_session(c->params.opts, c->params.command, &m);
	if (rc == 0)
		rc = muxclient_ask(c->mux, &m, c->theirs, 3, err);
	mux_msg_release(&m);
	close_all(c->theirs);
	c->state = MUX_ASKED;
	return rc;
}

/* One after the other, and then the session. */
static int ask_next(struct drv_conn *c, struct err *err)
{
	struct muxforwards *all = &c->forwards;

	if (!all->v &&
	    muxforwards_init(all, c->params.opts, MUX_OPEN_FORWARD, err))
		return -1;
	if (all->next == all->n)
		return ask_session(c, err);
	c->state = MUX_FORWARDING;
	return muxclient_ask(c->mux, &all->v[all->next++], NULL, 0, err);
}

static enum drv_rc start_pipes(struct drv_conn *c, struct err *err)
{
	c->pipes.loop = c->params.loop;
	c->pipes.woken = wake;
	c->pipes.arg = c;
	c->pipes.paused = true; /* until there is a channel */
	return pipes_start(&c->pipes, &c->ours[0], &c->ours[1], &c->ours[2],
			   err)
		       ? DRV_ERROR
		       : DRV_OK;
}

static enum drv_rc handshake(struct drv_conn *c, struct err *err)
{
	if (c->state == MUX_FINDING && !c->mux) {
		log_verbose("%s: trying existing master at '%s'",
			    c->params.name, c->params.opts->control_path);
		c->mux = muxclient_new(c->params.loop,
				       c->params.opts->control_path,
				       &mux_events, c);
	}
	switch (c->state) {
	case MUX_FOUND:
		return ask_next(c, err) ? DRV_ERROR : DRV_AGAIN;
	case MUX_RUNNING:
		return start_pipes(c, err);
	case MUX_OVER:
		err_move(err, &c->why);
		return DRV_ERROR;
	case MUX_FINDING:
	case MUX_FORWARDING:
	case MUX_ASKED:
		break;
	}
	return DRV_AGAIN;
}

static bool undone(const struct drv_conn *c)
{
	return c->undone;
}

static void tell_end(struct drv_conn *c, struct drv_channel *ch)
{
	c->closed = true;
	ch->ev->eof(ch->arg);
	if (c->got_status)
		ch->ev->exit_status(ch->arg, c->status);
	ch->ev->closed(ch->arg);
}

/*
 * It ends when both outputs have, and the master has.  One that went away
 * altogether has taken the command with it.
 */
static enum drv_rc pump(struct drv_conn *c, struct err *err)
{
	struct drv_channel *ch = c->ch;
	bool drained;

	if (!ch || c->closed)
		return DRV_AGAIN;
	if (c->hung_up) {
		c->closed = true;
		ch->ev->closed(ch->arg);
		return DRV_AGAIN;
	}
	drained = pipes_read(&c->pipes, ch->ev, ch->arg);
	if (c->state == MUX_OVER && !c->pipes.paused) {
		err_move(err, &c->why);
		return DRV_ERROR;
	}
	if (drained && c->told)
		tell_end(c, ch);
	return DRV_AGAIN;
}

/* ---- the connection ---- */

static struct drv_conn *conn_new(const struct drv_params *params,
				 struct err *err)
{
	struct drv_conn *c = xcalloc(1, sizeof(*c));

	(void)err;
	c->params = *params;
	for (int i = 0; i < 3; i++)
		c->ours[i] = c->theirs[i] = -1;
	return c;
}

static void conn_free(struct drv_conn *c)
{
	if (!c)
		return;
	muxclient_free(c->mux);
	muxclient_free(c->again);
	muxforwards_release(&c->forwards);
	pipes_stop(&c->pipes);
	close_all(c->ours);
	close_all(c->theirs);
	defer_cancel(&c->wake);
	err_release(&c->why);
	free(c);
}

static void pause_reading(struct drv_conn *c, bool paused)
{
	if (c->ch)
		pipes_pause(&c->pipes, paused);
}

/* ---- the channel ---- */

/* It runs already; from here on its output is read. */
static enum drv_rc chan_exec(struct drv_channel *ch, const char *command,
			     struct err *err)
{
	struct drv_conn *c = ch->conn;

	(void)command;
	(void)err;
	c->ch = ch;
	pipes_pause(&c->pipes, false);
	wake(c);
	return DRV_OK;
}

static ssize_t chan_write(struct drv_channel *ch, const void *buf, size_t n)
{
	return pipes_write(&ch->conn->pipes, buf, n);
}

static enum drv_rc chan_eof(struct drv_channel *ch)
{
	pipes_eof(&ch->conn->pipes);
	return DRV_OK;
}

/* The one way to end it: the master closes its channel when we go. */
static enum drv_rc chan_close(struct drv_channel *ch)
{
	struct drv_conn *c = ch->conn;

	if (c->hung_up)
		return DRV_OK;
	c->hung_up = true;
	muxclient_free(c->mux);
	muxclient_free(c->again);
	c->mux = c->again = NULL;
	pipes_stop(&c->pipes);
	close_all(c->ours);
	wake(c);
	return DRV_OK;
}

/* The protocol has none: what is left is to hang up. */
static void chan_signal(struct drv_channel *ch, const char *signame)
{
	(void)signame;
	(void)chan_close(ch);
}

static void chan_free(struct drv_channel *ch)
{
	if (ch)
		pipes_chan_free(ch, &ch->conn->ch);
}

const struct ssh_driver driver_mux = {
	.name = "mux",
	.local = true,
	.configured = true,
	.conn_new = conn_new,
	.handshake = handshake,
	.undone = undone,
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
