/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the server listens on for us (-R).
 *
 *   ASKED --> LISTENS --> ENDING --> ENDED --> freed
 *     \__ refused: freed
 *
 * The server is asked one thing at a time, and a port that it chose is told
 * when it has answered.  What came in goes on when it listens no more.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "ssh/forwards_internal.h"
#include "ssh/inlet.h"

#include "base/banned.h"

#define MOST 1024 /* connections of one forwarding at once */

enum remote_state {
	REMOTE_ASKED,
	REMOTE_LISTENS,
	REMOTE_ENDING, /* the server is told */
	REMOTE_ENDED,  /* but for what is open */
};

struct fwdremote {
	struct inlet inlet;
	enum remote_state state;
};

static struct session *session_of(const struct forward *f)
{
	return f->set->c.session;
}

/* As ssh asks for it; what the words mean is for the server to say. */
static const char *bind_host(const struct sshforward *s)
{
	if (!s->listen_host)
		return "localhost";
	return strcmp(s->listen_host, "*") != 0 ? s->listen_host : "";
}

void fwdremote_begin(struct forward *f)
{
	const struct sshforward *s = &f->spec;
	const struct inlet_to to = {
		.path = s->connect_path,
		.host = s->connect_host,
		.port = (uint16_t)s->connect_port,
		.permit = &session_target(session_of(f))
				   ->opts->permit_remote_open,
	};

	f->remote = xcalloc(1, sizeof(*f->remote));
	inlet_init(&f->remote->inlet, session_of(f), bind_host(s),
		   (uint16_t)s->listen_port, &to, MOST);
	session_wake(session_of(f));
}

/* The words of ssh, which scripts look for. */
static void tell_port(const struct forward *f)
{
	const struct sshforward *s = &f->spec;
	char *text;

	if (s->listen_port)
		return;
	if (s->connect_path)
		text = xasprintf(
			_("Allocated port %d for remote forward to %s"),
			fwdremote_port(f), s->connect_path);
	else
		text = xasprintf(
			_("Allocated port %d for remote forward to %s:%d"),
			fwdremote_port(f),
			s->connect_host ? s->connect_host : "socks",
			s->connect_port);
	forwards_say(f->set, LOG_INFO, text);
	free(text);
}

/* `f` is gone. */
static void refused(struct forward *f, const struct err *why)
{
	const struct ssh_opts *o = session_target(session_of(f))->opts;
	const bool fatal = o->exit_on_forward_failure == 1;
	struct err err = { 0 };

	/* The session tells of its own end. */
	if (why->code != ERR_CHANNEL) {
		forward_settle(f, why);
		return;
	}
	forwards_say(f->set, LOG_VERBOSE, why->msg);
	err_set(&err, ERR_CHANNEL,
		fatal ? _("Error: remote port forwarding failed for listen port %d")
		      : _("Warning: remote port forwarding failed for listen port %d"),
		f->spec.listen_port);
	if (!fatal)
		forwards_say(f->set, LOG_INFO, err.msg);
	forward_settle(f, &err);
	err_release(&err);
}

/* False: it was refused, and `f` is gone. */
static bool listen_step(struct forward *f)
{
	struct session *s = session_of(f);
	struct err err = { 0 };

	switch (session_driver(s)->listen(session_conn(s),
					  &f->remote->inlet.listener, &err)) {
	case DRV_AGAIN:
		break;
	case DRV_OK:
		f->remote->state = REMOTE_LISTENS;
		tell_port(f);
		forward_settle(f, NULL);
		break;
	case DRV_ERROR:
		refused(f, &err);
		err_release(&err);
		return false;
	}
	return true;
}

static void unlisten_step(struct forward *f)
{
	struct session *s = session_of(f);
	struct err err = { 0 };

	if (session_driver(s)->unlisten(session_conn(s),
					&f->remote->inlet.listener,
					&err) != DRV_AGAIN)
		f->remote->state = REMOTE_ENDED;
	err_release(&err);
}

bool fwdremote_step(struct forward *f)
{
	struct fwdremote *r = f->remote;

	if (r->state == REMOTE_ASKED && !listen_step(f))
		return true;
	if (r->state == REMOTE_ENDING)
		unlisten_step(f);
	inlet_step(&r->inlet);
	return r->state != REMOTE_ENDED || !inlet_empty(&r->inlet);
}

void fwdremote_cancel(struct forward *f)
{
	f->remote->state = REMOTE_ENDING;
	session_wake(session_of(f));
}

bool fwdremote_cancelled(const struct forward *f)
{
	return f->remote->state >= REMOTE_ENDING;
}

int fwdremote_port(const struct forward *f)
{
	return f->remote->inlet.listener.port;
}

size_t fwdremote_open(const struct forward *f)
{
	return inlet_open(&f->remote->inlet);
}

void fwdremote_free(struct forward *f)
{
	inlet_close(&f->remote->inlet);
	free(f->remote);
	f->remote = NULL;
}
