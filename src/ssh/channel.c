/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A session channel: opened, asked to run something, read, written, ended.
 */
#include "ssh/channel.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/match.h"
#include "ssh/agentfwd.h"

#include "base/banned.h"

/* Less of a window than this share of it is not worth a message. */
#define WIDEN_SHARE 8

extern char **environ;

static void on_data(void *arg, enum stream s, const void *buf, size_t n)
{
	struct channel *ch = arg;

	ch->bytes[s] += n;
	ch->data(ch->arg, s, buf, n);
}

static void on_eof(void *arg)
{
	struct channel *ch = arg;

	ch->got_eof = true;
}

static void on_exit_status(void *arg, uint32_t status)
{
	struct channel *ch = arg;

	if (ch->got_status || ch->got_signal)
		return;
	ch->got_status = true;
	ch->status = status;
}

static void on_exit_signal(void *arg, const char *name, bool core,
			   const char *msg)
{
	struct channel *ch = arg;

	(void)msg;
	if (ch->got_status || ch->got_signal)
		return;
	ch->got_signal = true;
	ch->signal = signal_name_known(name);
	ch->core_dumped = core;
}

static void on_closed(void *arg)
{
	struct channel *ch = arg;

	ch->state = CHANNEL_CLOSED;
}

static size_t taken(struct channel *ch, enum stream s, const void *buf,
		    size_t n)
{
	size_t done = ch->take(ch->arg, s, buf, n);

	ch->bytes[s] += done;
	return done;
}

static size_t on_take(void *arg, const void *buf, size_t n)
{
	return taken(arg, STREAM_OUT, buf, n);
}

static size_t on_take_err(void *arg, const void *buf, size_t n)
{
	return taken(arg, STREAM_ERR, buf, n);
}

static const struct drv_channel_events events = {
	.data = on_data,
	.eof = on_eof,
	.exit_status = on_exit_status,
	.exit_signal = on_exit_signal,
	.closed = on_closed,
};

static const struct drv_channel_events take_events = {
	.take = on_take,
	.take_err = on_take_err,
	.eof = on_eof,
	.exit_status = on_exit_status,
	.exit_signal = on_exit_signal,
	.closed = on_closed,
};

/*
 * SendEnv patterns are matched against our environment; SetEnv goes as is, and
 * last, so that it counts.
 */
void channel_env(const struct ssh_opts *o, struct strvec *env)
{
	for (char **e = environ; o->send_env.n && *e; e++) {
		const char *eq = strchr(*e, '=');
		char *name;

		if (!eq)
			continue;
		name = xstrndup(*e, (size_t)(eq - *e));
		for (size_t i = 0; i < o->send_env.n; i++) {
			if (!match_glob(o->send_env.v[i], name))
				continue;
			strvec_push(env, *e);
			break;
		}
		free(name);
	}
	for (size_t i = 0; i < o->set_env.n; i++)
		if (strchr(o->set_env.v[i], '='))
			strvec_push(env, o->set_env.v[i]);
}

static void open_session(struct channel *ch, struct session *s,
			 channel_data_fn *data, void *arg)
{
	const struct target *t = session_target(s);

	*ch = (struct channel){
		.session = s,
		.data = data,
		.arg = arg,
		.state = CHANNEL_OPEN,
	};
	if (t->opts)
		channel_env(t->opts, &ch->env);
	ch->drv_ch = session_driver(s)->chan_new(session_conn(s), &events, ch);
}

void channel_open_exec(struct channel *ch, struct session *s,
		       const char *command, channel_data_fn *data, void *arg)
{
	open_session(ch, s, data, arg);
	ch->command = command;
}

void channel_open_subsystem(struct channel *ch, struct session *s,
			    const char *name, channel_data_fn *data, void *arg)
{
	assert(session_driver(s)->chan_subsystem);
	open_session(ch, s, data, arg);
	ch->subsystem = name;
}

void channel_open_direct(struct channel *ch, struct session *s,
			 const struct drv_direct *to, channel_data_fn *data,
			 void *arg)
{
	*ch = (struct channel){
		.session = s,
		.direct = to,
		.data = data,
		.arg = arg,
		.state = CHANNEL_OPEN,
	};
	ch->drv_ch = session_driver(s)->chan_new(session_conn(s), &events, ch);
}

static enum drv_rc step_env(struct channel *ch, struct err *err)
{
	const struct ssh_driver *drv = session_driver(ch->session);

	while (drv->chan_env && ch->next_env < ch->env.n) {
		const char *text = ch->env.v[ch->next_env];
		const char *eq = strchr(text, '=');
		char *name = xstrndup(text, (size_t)(eq - text));
		enum drv_rc rc = drv->chan_env(ch->drv_ch, name, eq + 1, err);

		free(name);
		if (rc != DRV_OK)
			return rc;
		ch->next_env++;
	}
	return DRV_OK;
}

static enum drv_rc open_step(struct channel *ch, struct err *err)
{
	const struct ssh_driver *drv = session_driver(ch->session);
	struct drv_listener *agent = agentfwd_listener(ch->session);
	enum drv_rc rc = DRV_OK;

	if (drv->chan_open_session)
		rc = drv->chan_open_session(ch->drv_ch, err);
	if (rc == DRV_OK && agent && !ch->no_agent)
		drv->chan_agent(ch->drv_ch, agent);
	return rc;
}

static enum drv_rc step_pty(struct channel *ch, struct err *err)
{
	const struct ssh_driver *drv = session_driver(ch->session);
	bool given = true;
	enum drv_rc rc = drv->chan_pty(ch->drv_ch, &ch->pty, &given, err);

	if (rc != DRV_OK || given)
		return rc;
	ch->pty_refused = true;
	ch->pty.term = NULL;
	return DRV_OK;
}

static enum drv_rc step_opening(struct channel *ch, struct err *err)
{
	const struct ssh_driver *drv = session_driver(ch->session);
	struct drv_refused why;

	if (ch->direct)
		return drv->chan_open_direct(ch->drv_ch, ch->direct, &why, err);
	if (ch->state == CHANNEL_OPEN)
		return open_step(ch, err);
	if (ch->state == CHANNEL_ENV)
		return step_env(ch, err);
	if (ch->state == CHANNEL_PTY)
		return ch->pty.term ? step_pty(ch, err) : DRV_OK;
	if (ch->subsystem)
		return drv->chan_subsystem(ch->drv_ch, ch->subsystem, err);
	return drv->chan_exec(ch->drv_ch, ch->command, err);
}

void channel_want_pty(struct channel *ch, const struct drv_pty *pty)
{
	assert(ch->state == CHANNEL_OPEN && pty->term &&
	       session_driver(ch->session)->chan_pty);
	ch->pty = *pty;
}

void channel_take_by(struct channel *ch, channel_take_fn *take)
{
	assert(ch->state == CHANNEL_OPEN);
	ch->take = take;
	session_driver(ch->session)->chan_adopt(ch->drv_ch, &take_events, ch);
}

void channel_more(struct channel *ch)
{
	session_driver(ch->session)->chan_more(ch->drv_ch);
}

/* A request under way is repeated as it was made. */
void channel_resize(struct channel *ch, const struct drv_size *size)
{
	if (!ch->pty.term || ch->state > CHANNEL_RUNNING)
		return;
	if (ch->state < CHANNEL_PTY)
		ch->pty.size = *size;
	else
		session_driver(ch->session)->chan_resize(ch->drv_ch, size);
}

void channel_break(struct channel *ch, unsigned int ms)
{
	const struct ssh_driver *drv = session_driver(ch->session);

	if (ch->state == CHANNEL_RUNNING && drv->chan_break)
		drv->chan_break(ch->drv_ch, ms);
}

/* It was closed before the server had opened it, or had not. */
static void leave(struct channel *ch, bool opened)
{
	ch->state = opened ? CHANNEL_CLOSING : CHANNEL_CLOSED;
	if (opened)
		(void)session_driver(ch->session)->chan_close(ch->drv_ch);
}

/* Of the server itself, and not of a master that is ours, where the driver has
   channels of its own. */
static void note_answer(struct channel *ch, enum drv_rc rc)
{
	uint64_t now = loop_now(session_loop(ch->session));

	if (rc == DRV_AGAIN && !ch->asked_ns)
		ch->asked_ns = now;
	if (rc == DRV_AGAIN)
		return;
	if (ch->asked_ns && session_driver(ch->session)->chan_widen)
		channel_answered(ch, now - ch->asked_ns);
	ch->asked_ns = 0;
}

/*
 * The states up to RUNNING follow each other without a return to the loop
 * between, so that a request leaves in the same packet flight.
 */
int channel_step(struct channel *ch, struct err *err)
{
	while (ch->state < CHANNEL_RUNNING) {
		enum channel_state was = ch->state;
		enum drv_rc rc = step_opening(ch, err);

		note_answer(ch, rc);
		if (rc == DRV_AGAIN)
			return 0;
		if (ch->state == CHANNEL_CLOSED)
			return 0;
		if (ch->leaving) {
			leave(ch, rc == DRV_OK);
			err_release(err);
			return 0;
		}
		if (rc == DRV_ERROR) {
			ch->failed_in = was;
			ch->state = CHANNEL_FAILED;
			return -1;
		}
		assert(ch->state == was);
		ch->state = ch->direct ? CHANNEL_RUNNING : was + 1;
	}
	if (ch->state == CHANNEL_CLOSING)
		(void)session_driver(ch->session)->chan_close(ch->drv_ch);
	return 0;
}

ssize_t channel_write(struct channel *ch, const void *buf, size_t n)
{
	if (ch->state != CHANNEL_RUNNING || ch->sent_eof)
		return -1;
	return session_driver(ch->session)->chan_write(ch->drv_ch, buf, n);
}

void channel_answered(struct channel *ch, uint64_t round_trip_ns)
{
	window_round_trip(&ch->window, round_trip_ns);
}

/* What libssh lets come by itself is the least already. */
static void widen(struct channel *ch, size_t bytes)
{
	const struct ssh_driver *drv = session_driver(ch->session);
	uint64_t came = ch->bytes[STREAM_OUT];

	if (!drv->chan_widen || bytes <= WINDOW_LEAST ||
	    (ch->wide && came - ch->widened < bytes / WIDEN_SHARE))
		return;
	ch->wide = true;
	ch->widened = came;
	drv->chan_widen(ch->drv_ch, bytes);
}

size_t channel_widen(struct channel *ch)
{
	size_t bytes;

	window_came(&ch->window, loop_now(session_loop(ch->session)),
		    ch->bytes[STREAM_OUT]);
	bytes = window_bytes(&ch->window);
	if (ch->state == CHANNEL_RUNNING)
		widen(ch, bytes);
	return bytes;
}

void channel_eof(struct channel *ch)
{
	if (ch->state != CHANNEL_RUNNING || ch->sent_eof)
		return;
	if (session_driver(ch->session)->chan_eof(ch->drv_ch) != DRV_AGAIN)
		ch->sent_eof = true;
}

void channel_signal(struct channel *ch, const char *name)
{
	if (ch->state == CHANNEL_RUNNING)
		session_driver(ch->session)->chan_signal(ch->drv_ch, name);
}

void channel_close(struct channel *ch)
{
	if (ch->state >= CHANNEL_CLOSING)
		return;
	/* What is not open cannot be closed, and may be open in a moment. */
	ch->leaving = ch->state == CHANNEL_OPEN;
	if (ch->leaving)
		return;
	ch->state = CHANNEL_CLOSING;
	(void)session_driver(ch->session)->chan_close(ch->drv_ch);
}

void channel_release(struct channel *ch)
{
	if (ch->drv_ch)
		session_driver(ch->session)->chan_free(ch->drv_ch);
	strvec_release(&ch->env);
	*ch = (struct channel){ 0 };
}
