/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scripted driver of the tests.
 */
#include "lib/fake_driver.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "io/timer.h"

struct drv_channel {
	struct drv_conn *conn;
	const struct drv_channel_events *ev;
	void *arg;
	struct drv_listener *listener; /* or NULL */
	size_t taken;		       /* of the row's text, by take() */
	bool full;		       /* the rest waits for chan_more() */
	bool opened;
};

struct drv_conn {
	struct drv_params params;
	struct fake_log *log;
	const struct fake_row *row;
	struct drv_channel *ch;
	struct drv_channel *there; /* the last that the server opened, or
				      we did beside the first */
	struct list listeners;
	struct defer wake;
	struct timer timer;
	bool paused, waited;
	bool deaf; /* takes no input any more */
};

struct drv_key {
	unsigned char blob[19];
};

static struct fake_log *the_logs;

void fake_driver_use(struct fake_log *logs)
{
	the_logs = logs;
}

static void wake_deferred(struct defer *d)
{
	struct drv_conn *c = container_of(d, struct drv_conn, wake);

	c->params.wake(c->params.arg);
}

static void wake_soon(struct drv_conn *c)
{
	defer_post(c->params.loop, &c->wake, wake_deferred);
}

static void wait_over(struct timer *t)
{
	struct drv_conn *c = container_of(t, struct drv_conn, timer);

	c->waited = true;
	c->params.wake(c->params.arg);
}

static struct drv_conn *fake_conn_new(const struct drv_params *params,
				      struct err *err)
{
	struct drv_conn *c = xcalloc(1, sizeof(*c));
	unsigned int news = 0;

	c->params = *params;
	list_init(&c->listeners);
	for (c->log = the_logs; c->log->name; c->log++)
		if (!strcmp(c->log->name, params->name))
			break;
	assert(c->log->name);
	c->log->conns++;
	c->row = c->log->script;
	for (; c->row->call == FAKE_NEW; c->row++) {
		if (++news != c->log->conns || c->row->answer != FAKE_ERROR)
			continue;
		err_set(err, (enum err_code)c->row->value, "%s", c->row->text);
		c->log->freed++;
		free(c);
		return NULL;
	}
	return c;
}

static void fake_conn_free(struct drv_conn *c)
{
	if (!c)
		return;
	assert(!c->ch && !c->there && list_empty(&c->listeners));
	c->log->freed++;
	defer_cancel(&c->wake);
	timer_stop(c->params.loop, &c->timer);
	if (c->params.fd >= 0)
		close(c->params.fd);
	free(c);
}

/* Answer a call from its row; rows for other calls leave it at success. */
static enum drv_rc answer(struct drv_conn *c, enum fake_call call,
			  struct err *err)
{
	const struct fake_row *row = c->row;

	if (row->call != call)
		return DRV_OK;
	switch (row->answer) {
	case FAKE_HANG:
		return DRV_AGAIN;
	case FAKE_WAIT:
		if (c->waited) {
			wake_soon(c);
			break;
		}
		if (!timer_armed(&c->timer))
			timer_start(c->params.loop, &c->timer, row->value,
				    wait_over);
		return DRV_AGAIN;
	case FAKE_AGAIN:
		c->row++;
		wake_soon(c);
		return DRV_AGAIN;
	case FAKE_ERROR:
		c->row++;
		err_set(err, (enum err_code)row->value, "%s", row->text);
		return DRV_ERROR;
	case FAKE_OK:
	case FAKE_DENIED:
	case FAKE_PARTIAL:
	case FAKE_OUT:
	case FAKE_ERR:
	case FAKE_EOF:
	case FAKE_STATUS:
	case FAKE_KILLED:
	case FAKE_CLOSED:
	case FAKE_TAKE:
	case FAKE_OPENS:
		break;
	}
	c->waited = false;
	c->row++;
	return DRV_OK;
}

static enum drv_rc fake_handshake(struct drv_conn *c, struct err *err)
{
	return answer(c, FAKE_HANDSHAKE, err);
}

static bool fake_dropped_early(const struct drv_conn *c)
{
	return c->row[-1].call == FAKE_HANDSHAKE &&
	       c->row[-1].value == ERR_LOST;
}

static int fake_hostkey(struct drv_conn *c, struct kh_key *key, struct err *err)
{
	/* ssh-ed25519, an empty point: well formed enough for a file */
	static const unsigned char blob[] = "\0\0\0\013ssh-ed25519\0\0\0";

	(void)c;
	(void)err;
	*key = (struct kh_key){ "ssh-ed25519", blob, sizeof(blob) };
	return 0;
}

static bool fake_hung_up(const struct drv_conn *c)
{
	return c->row->call == FAKE_HUNG_UP;
}

static enum drv_rc fake_auth(struct drv_conn *c, const struct auth_try *try,
			     enum auth_answer *a, unsigned int *methods,
			     struct err *err)
{
	enum fake_answer scripted = c->row->answer;
	bool mine = c->row->call == FAKE_AUTH;
	enum drv_rc rc = answer(c, FAKE_AUTH, err);

	(void)try;
	if (rc != DRV_AGAIN)
		c->log->auths++;
	*methods = AUTH_CAN_PUBLICKEY;
	*a = AUTH_SUCCESS;
	if (mine && scripted == FAKE_DENIED)
		*a = AUTH_DENIED;
	if (mine && scripted == FAKE_PARTIAL)
		*a = AUTH_PARTIAL;
	return rc;
}

/* What is not taken of it is offered once more. */
static void offer(struct drv_channel *ch, const struct fake_row *row)
{
	const char *text = row->text + ch->taken;
	size_t n = strlen(text);
	size_t taken = n;

	if (row->answer == FAKE_OUT)
		taken = ch->ev->take(ch->arg, text, n);
	else if (ch->ev->take_err)
		taken = ch->ev->take_err(ch->arg, text, n);
	ch->full = taken < n;
	ch->taken = ch->full ? ch->taken + taken : 0;
	if (ch->full)
		ch->conn->row--;
}

static void emit(struct drv_channel *ch, const struct fake_row *row)
{
	switch (row->answer) {
	case FAKE_OUT:
	case FAKE_ERR:
		if (ch->ev->take) {
			offer(ch, row);
			break;
		}
		ch->ev->data(ch->arg,
			     row->answer == FAKE_OUT ? STREAM_OUT : STREAM_ERR,
			     row->text, strlen(row->text));
		break;
	case FAKE_EOF:
		ch->ev->eof(ch->arg);
		break;
	case FAKE_STATUS:
		ch->ev->exit_status(ch->arg, row->value);
		break;
	case FAKE_KILLED:
		ch->ev->exit_signal(ch->arg, row->text, false, "");
		break;
	case FAKE_CLOSED:
		ch->ev->closed(ch->arg);
		break;
	case FAKE_OK:
	case FAKE_AGAIN:
	case FAKE_WAIT:
	case FAKE_HANG:
	case FAKE_ERROR:
	case FAKE_DENIED:
	case FAKE_PARTIAL:
	case FAKE_TAKE:
	case FAKE_OPENS:
		break;
	}
}

/* The server opens a channel: for whom?  Else it is refused. */
static void open_there(struct drv_conn *c, const struct fake_row *row)
{
	const bool port = !strcmp(row->text, "forwarded-tcpip");
	const bool agent = !strcmp(row->text, "auth-agent@openssh.com");

	list_for_each (pos, &c->listeners) {
		struct drv_listener *l =
			container_of(pos, struct drv_listener, node);

		if (l->nopen >= l->most ||
		    (l->address ? !port || l->port != row->value : !agent))
			continue;
		c->there = xcalloc(1, sizeof(*c->there));
		c->there->conn = c;
		c->there->listener = l;
		l->nopen++;
		l->opened(l, c->there);
		assert(c->there->ev && c->there->ev->take);
		return;
	}
	c->log->refused++;
}

static bool may_pump(const struct drv_conn *c)
{
	if (c->paused)
		return false;
	if (c->row->call == FAKE_THERE)
		return c->there && !c->there->full;
	return c->row->call == FAKE_PUMP &&
	       (c->row->answer == FAKE_OPENS || (c->ch && !c->ch->full));
}

static enum drv_rc fake_pump(struct drv_conn *c, struct err *err)
{
	while (may_pump(c)) {
		const struct fake_row *row = c->row;
		enum drv_rc rc = answer(c, row->call, err);

		if (rc != DRV_OK)
			return rc;
		if (row->answer == FAKE_OPENS)
			open_there(c, row);
		else
			emit(row->call == FAKE_THERE ? c->there : c->ch, row);
	}
	return DRV_AGAIN;
}

static struct drv_listener *find(const struct drv_conn *c,
				 const struct drv_listener *l)
{
	list_for_each (pos, &c->listeners)
		if (pos == &l->node)
			return container_of(pos, struct drv_listener, node);
	return NULL;
}

static void fake_forget(struct drv_conn *c, struct drv_listener *l)
{
	if (!find(c, l))
		return;
	list_remove(&l->node);
	if (c->there && c->there->listener == l)
		c->there->listener = NULL;
}

static enum drv_rc fake_listen(struct drv_conn *c, struct drv_listener *l,
			       struct err *err)
{
	uint32_t port = c->row->call == FAKE_LISTEN ? c->row->value : 0;
	enum drv_rc rc = answer(c, FAKE_LISTEN, err);

	if (rc != DRV_OK)
		return rc;
	if (!l->port)
		l->port = (uint16_t)port;
	l->nopen = 0;
	list_append(&c->listeners, &l->node);
	return DRV_OK;
}

static enum drv_rc fake_unlisten(struct drv_conn *c, struct drv_listener *l,
				 struct err *err)
{
	fake_forget(c, l);
	return answer(c, FAKE_UNLISTEN, err);
}

static void fake_chan_adopt(struct drv_channel *ch,
			    const struct drv_channel_events *ev, void *arg)
{
	ch->ev = ev;
	ch->arg = arg;
}

static void fake_chan_agent(struct drv_channel *ch, struct drv_listener *l)
{
	ch->conn->log->agents++;
	if (find(ch->conn, l))
		return;
	l->nopen = 0;
	list_append(&ch->conn->listeners, &l->node);
}

static void fake_chan_more(struct drv_channel *ch)
{
	ch->full = false;
	wake_soon(ch->conn);
}

static void fake_chan_widen(struct drv_channel *ch, size_t n)
{
	if (n > ch->conn->log->widest)
		ch->conn->log->widest = n;
}

static void fake_pause(struct drv_conn *c, bool paused)
{
	c->paused = paused;
	if (paused)
		c->log->pauses++;
	else
		wake_soon(c);
}

static void fake_set_tos(struct drv_conn *c, int tos)
{
	if (c->log)
		c->log->tos = tos;
}

static void fake_keepalive(struct drv_conn *c)
{
	(void)c;
}

static uint64_t fake_alive_ns(const struct drv_conn *c)
{
	(void)c;
	return 1;
}

static struct drv_channel *fake_chan_new(struct drv_conn *c,
					 const struct drv_channel_events *ev,
					 void *arg)
{
	struct drv_channel *ch = xcalloc(1, sizeof(*ch));

	ch->conn = c;
	ch->ev = ev;
	ch->arg = arg;
	*(c->ch ? &c->there : &c->ch) = ch;
	return ch;
}

static enum drv_rc fake_chan_open(struct drv_channel *ch, struct err *err)
{
	enum drv_rc rc = answer(ch->conn, FAKE_OPEN, err);

	ch->opened = rc == DRV_OK;
	return rc;
}

/* Refused, it is the far end that cannot be reached. */
static enum drv_rc fake_chan_direct(struct drv_channel *ch,
				    const struct drv_direct *to,
				    struct drv_refused *why, struct err *err)
{
	struct fake_log *log = ch->conn->log;

	if (to->path)
		(void)snprintf(log->direct, sizeof(log->direct), "%s",
			       to->path);
	else
		(void)snprintf(log->direct, sizeof(log->direct), "%s %u",
			       to->host, to->port);
	*why = (struct drv_refused){ DRV_REFUSED_OTHER, 2,
				     "Connection refused" };
	return answer(ch->conn, FAKE_OPEN, err);
}

static enum drv_rc fake_chan_env(struct drv_channel *ch, const char *name,
				 const char *value, struct err *err)
{
	(void)ch;
	(void)name;
	(void)value;
	(void)err;
	return DRV_OK;
}

static enum drv_rc fake_chan_exec(struct drv_channel *ch, const char *command,
				  struct err *err)
{
	(void)snprintf(ch->conn->log->command, sizeof(ch->conn->log->command),
		       "%s", command ? command : "(shell)");
	return answer(ch->conn, FAKE_EXEC, err);
}

static enum drv_rc fake_chan_subsystem(struct drv_channel *ch, const char *name,
				       struct err *err)
{
	(void)snprintf(ch->conn->log->command, sizeof(ch->conn->log->command),
		       "(%s)", name);
	return answer(ch->conn, FAKE_EXEC, err);
}

static enum drv_rc fake_chan_pty(struct drv_channel *ch,
				 const struct drv_pty *pty, bool *given,
				 struct err *err)
{
	*given = ch->conn->row->call != FAKE_PTY ||
		 ch->conn->row->answer != FAKE_DENIED;
	(void)snprintf(ch->conn->log->pty, sizeof(ch->conn->log->pty),
		       "%s %ux%u", pty->term, pty->size.columns,
		       pty->size.lines);
	return answer(ch->conn, FAKE_PTY, err);
}

static void fake_chan_resize(struct drv_channel *ch,
			     const struct drv_size *size)
{
	struct fake_log *log = ch->conn->log;
	size_t n = strlen(log->pty);

	(void)snprintf(log->pty + n, sizeof(log->pty) - n, " %ux%u",
		       size->columns, size->lines);
}

static void fake_chan_break(struct drv_channel *ch, unsigned int ms)
{
	struct fake_log *log = ch->conn->log;
	size_t n = strlen(log->signals);

	(void)snprintf(log->signals + n, sizeof(log->signals) - n, "break-%u ",
		       ms);
}

static ssize_t fake_chan_write(struct drv_channel *ch, const void *buf,
			       size_t n)
{
	struct drv_conn *c = ch->conn;

	(void)buf;
	if (c->row->call == FAKE_WRITE) {
		if (c->row->answer == FAKE_HANG)
			return 0;
		if (c->row->answer == FAKE_ERROR)
			c->deaf = true;
		if (c->row->answer == FAKE_TAKE && c->row->value < n)
			n = c->row->value;
		c->row++;
		wake_soon(c);
	}
	if (c->deaf)
		return -1;
	c->log->written += n;
	return (ssize_t)n;
}

static enum drv_rc fake_chan_eof(struct drv_channel *ch)
{
	ch->conn->log->eof_sent = true;
	return DRV_OK;
}

static void fake_chan_signal(struct drv_channel *ch, const char *signame)
{
	struct drv_conn *c = ch->conn;
	size_t n = strlen(c->log->signals);

	(void)snprintf(c->log->signals + n, sizeof(c->log->signals) - n, "%s ",
		       signame);
	if (c->row->call == FAKE_SIGNAL) {
		c->row++;
		wake_soon(c);
	}
}

static enum drv_rc fake_chan_close(struct drv_channel *ch)
{
	ch->conn->log->closes += ch->opened;
	return answer(ch->conn, FAKE_CLOSE, NULL);
}

static void fake_chan_free(struct drv_channel *ch)
{
	if (!ch)
		return;
	if (ch->conn->ch == ch)
		ch->conn->ch = NULL;
	if (ch->conn->there == ch)
		ch->conn->there = NULL;
	if (ch->listener)
		ch->listener->nopen--;
	free(ch);
}

static int fake_key_load(const char *path, const char *passphrase,
			 struct drv_key **key, struct err *err)
{
	(void)passphrase;
	if (access(path, R_OK))
		return err_set_errno(err, ERR_AUTH, "cannot read '%s'", path);
	*key = xcalloc(1, sizeof(**key));
	return 1;
}

static void fake_key_public(const struct drv_key *key, struct kh_key *pub)
{
	*pub = (struct kh_key){ "ssh-ed25519", key->blob, sizeof(key->blob) };
}

static void fake_key_free(struct drv_key *key)
{
	free(key);
}

#define FAKE_COMMON                                                            \
	.name = "fake", .conn_new = fake_conn_new,                             \
	.handshake = fake_handshake, .hostkey = fake_hostkey,                  \
	.hung_up = fake_hung_up, .dropped_early = fake_dropped_early,          \
	.auth = fake_auth, .pump = fake_pump, .pause = fake_pause,             \
	.listen = fake_listen, .unlisten = fake_unlisten,                      \
	.forget = fake_forget, .chan_adopt = fake_chan_adopt,                  \
	.chan_agent = fake_chan_agent, .chan_more = fake_chan_more,            \
	.chan_widen = fake_chan_widen, .keepalive = fake_keepalive,            \
	.set_tos = fake_set_tos, .alive_ns = fake_alive_ns,                    \
	.conn_free = fake_conn_free, .chan_new = fake_chan_new,                \
	.chan_open_session = fake_chan_open,                                   \
	.chan_open_direct = fake_chan_direct, .chan_env = fake_chan_env,       \
	.chan_exec = fake_chan_exec, .chan_pty = fake_chan_pty,                \
	.chan_subsystem = fake_chan_subsystem,                                 \
	.chan_resize = fake_chan_resize, .chan_break = fake_chan_break,        \
	.chan_write = fake_chan_write, .chan_eof = fake_chan_eof,              \
	.chan_close = fake_chan_close, .chan_signal = fake_chan_signal,        \
	.chan_free = fake_chan_free, .key_load = fake_key_load,                \
	.key_public = fake_key_public, .key_free = fake_key_free

const struct ssh_driver driver_fake = { FAKE_COMMON };
const struct ssh_driver driver_fake_local = { .local = true, FAKE_COMMON };
