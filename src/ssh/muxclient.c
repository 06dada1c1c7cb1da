/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client of a master.
 *
 *   BEGIN -> GREETED -> READY -> OVER
 *
 * Nothing is asked of a master before it has said that it lives: one that is
 * stopped would carry it out when it goes on, long after it was passed by.
 */
#include "ssh/muxclient.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/log.h"
#include "conf/sshopt.h"
#include "io/ctlsock.h"
#include "io/timer.h"
#include "ssh/channel.h"
#include "ssh/muxlink.h"

#include "base/banned.h"

#define BUSY_MS 20 /* between tries of a socket where too many wait */

enum state {
	BEGIN,
	GREETED, /* by us; it has not said that it lives */
	READY,
	OVER,
};

struct muxclient {
	struct loop *loop;
	const char *path;
	const struct muxclient_events *events;
	void *arg;
	enum state state;
	struct muxlink link;
	struct timer deadline; /* of the beginning */
	struct timer again;    /* where too many wait */
	struct defer begin;
	uint32_t next_id;
	pid_t pid;
	bool heard_hello;
};

static void over(struct muxclient *c, enum muxclient_end end,
		 const struct err *why)
{
	c->state = OVER;
	timer_stop(c->loop, &c->deadline);
	timer_stop(c->loop, &c->again);
	muxlink_stop(&c->link);
	c->events->ended(c->arg, end, why);
}

static void unusable(struct muxclient *c, const char *text)
{
	struct err why = { 0 };

	err_set(&why, ERR_CONNECT, _("control socket '%s': %s"), c->path, text);
	over(c, MUXCLIENT_UNUSABLE, &why);
	err_release(&why);
}

static void late(struct timer *t)
{
	unusable(container_of(t, struct muxclient, deadline),
		 _("the master does not answer"));
}

int muxclient_ask(struct muxclient *c, struct mux_msg *m, const int *fds,
		  size_t nfds, struct err *err)
{
	m->id = c->next_id++;
	return muxlink_put(&c->link, m, fds, nfds, err);
}

/* SetEnv stands above our own. */
static const char *term_of(const struct ssh_opts *o)
{
	const char *term = getenv("TERM");

	for (size_t i = 0; i < o->set_env.n; i++)
		if (!strncmp(o->set_env.v[i], "TERM=", 5) && o->set_env.v[i][5])
			return o->set_env.v[i] + 5;
	return term ? term : "";
}

void muxclient_session(const struct ssh_opts *o, const char *command,
		       struct mux_msg *m)
{
	*m = (struct mux_msg){
		.kind = MUX_NEW_SESSION,
		.agent =
			o->forward_agent && strcmp(o->forward_agent, "no") != 0,
		.subsystem = o->session_type == SESSION_TYPE_SUBSYSTEM,
		.escape = MUX_ESCAPE_NONE,
		.term = xstrdup(term_of(o)),
		.command = xstrdup(command ? command : ""),
	};
	channel_env(o, &m->env);
}

uint32_t muxclient_last_id(const struct muxclient *c)
{
	return c->next_id - 1;
}

pid_t muxclient_pid(const struct muxclient *c)
{
	return c->pid;
}

/* What a master says before anything is asked of it. */
static void hear_greeting(struct muxclient *c, const struct mux_msg *m)
{
	if (!c->heard_hello) {
		if (m->kind != MUX_HELLO || m->number != MUX_VERSION)
			unusable(c, _("the master speaks another protocol"));
		c->heard_hello = true;
		return;
	}
	if (m->kind != MUX_ALIVE) {
		unusable(c, _("the master does not say that it lives"));
		return;
	}
	timer_stop(c->loop, &c->deadline);
	c->pid = (pid_t)m->number;
	c->state = READY;
	c->events->ready(c->arg);
}

/* The kernel says whether bytes of ours were still there when it ended. */
static void broken(struct muxclient *c, const struct err *why)
{
	if (c->state == GREETED)
		unusable(c, _("the master ended the talk"));
	else
		over(c,
		     c->link.error == ECONNRESET ? MUXCLIENT_UNREAD
						 : MUXCLIENT_LOST,
		     why);
}

static void heard(struct muxlink *l)
{
	struct muxclient *c = container_of(l, struct muxclient, link);
	struct err err = { 0 };

	while (c->state != OVER) {
		struct mux_msg m;
		int rc = muxlink_get(l, &m, &err);

		if (rc == 0)
			return;
		if (rc < 0) {
			broken(c, &err);
			break;
		}
		if (c->state == GREETED)
			hear_greeting(c, &m);
		else
			c->events->heard(c->arg, &m);
		mux_msg_release(&m);
	}
	err_release(&err);
}

static void greet(struct muxclient *c, int fd)
{
	struct mux_msg hello = { .kind = MUX_HELLO, .number = MUX_VERSION };
	struct mux_msg alive = { .kind = MUX_ALIVE_CHECK };
	struct err err = { 0 };

	c->state = GREETED;
	if (muxlink_start(&c->link, c->loop, fd, heard, &err) ||
	    muxlink_put(&c->link, &hello, NULL, 0, &err) ||
	    muxclient_ask(c, &alive, NULL, 0, &err))
		unusable(c, err.msg);
	err_release(&err);
}

static void try_again(struct timer *t);

static void begin(struct muxclient *c)
{
	struct err why = { 0 };
	enum muxclient_end end = MUXCLIENT_UNUSABLE;
	int fd = ctlsock_connect(c->path);

	if (fd >= 0) {
		greet(c, fd);
		return;
	}
	if (errno == EAGAIN) {
		timer_start(c->loop, &c->again, BUSY_MS, try_again);
		return;
	}
	if (errno == EPERM) {
		unusable(c, _("another user's program listens there"));
		return;
	}
	if (errno == ENOENT)
		end = MUXCLIENT_ABSENT;
	else if (errno == ECONNREFUSED)
		end = MUXCLIENT_STALE;
	err_set_errno(&why, ERR_CONNECT, "Control socket connect(%.100s)",
		      c->path);
	over(c, end, &why);
	err_release(&why);
}

static void try_again(struct timer *t)
{
	begin(container_of(t, struct muxclient, again));
}

static void begin_deferred(struct defer *d)
{
	begin(container_of(d, struct muxclient, begin));
}

struct muxclient *muxclient_new(struct loop *loop, const char *path,
				const struct muxclient_events *events,
				void *arg)
{
	struct muxclient *c = xcalloc(1, sizeof(*c));

	c->loop = loop;
	c->path = path;
	c->events = events;
	c->arg = arg;
	timer_start(loop, &c->deadline, MUXCLIENT_MS, late);
	defer_post(loop, &c->begin, begin_deferred);
	return c;
}

void muxclient_free(struct muxclient *c)
{
	if (!c)
		return;
	timer_stop(c->loop, &c->deadline);
	timer_stop(c->loop, &c->again);
	defer_cancel(&c->begin);
	muxlink_stop(&c->link);
	free(c);
}

bool muxclient_wanted(const struct ssh_opts *opts)
{
	return opts && opts->control_path &&
	       (opts->control_master == ASK_NO ||
		opts->control_master == SSHOPT_AUTO ||
		opts->control_master == SSHOPT_AUTO_ASK);
}

/* One that was made in this very moment is left. */
void muxclient_pass_by(const struct ssh_opts *opts, enum muxclient_end end,
		       const struct err *why)
{
	const char *path = opts->control_path;

	if (end == MUXCLIENT_ABSENT) {
		log_verbose("Control socket \"%.100s\" does not exist", path);
	} else if (end == MUXCLIENT_STALE && opts->control_master != ASK_NO) {
		log_verbose("Stale control socket %.100s, unlinking", path);
		ctlsock_clear(path);
	} else {
		log_error("%s", why->msg);
	}
}
