/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The libssh driver: requests about the whole connection, and the channels
 * that the server opens.
 *
 * libssh remembers of one such request at a time that an answer is awaited,
 * and the next one that asks takes the answer, whosever it was: keepalives,
 * listening and its end share one place, struct global_request.  The port that
 * a server chose is read from the last packet that came, whatever that is; see
 * port_is_sure().
 *
 * A channel that the server opens is accepted inside a callback of libssh, so
 * what may be opened has to be known by then: the listeners.  Its owner hears
 * of it from pump().
 */
#include "ssh/driver_libssh.h"

#include <libssh/server.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/log.h"

#include "base/banned.h"

/* An answer with a port in it is shorter, whatever the cipher. */
#define ANSWER_MAX 128

/* The first four bytes of a packet that has come in part may be its length:
   more than a server sends at once to us. */
#define LENGTH_MAX 36000

#define PORT_TRIES  3
#define REFUSED_LOG 10 /* told of one connection */

/* ---- one request at a time ---- */

static void look_again(struct drv_conn *c)
{
	defer_post(c->loop, &c->again, conn_again);
}

/* Send it, or look for its answer. */
static int call(struct drv_conn *c, const struct drv_listener *l)
{
	struct global_request *g = &c->global;
	const char *address = l && l->address ? l->address : "";

	if (g->kind == GLOBAL_LISTEN)
		return ssh_channel_listen_forward(c->s, address, g->asked,
						  &g->port);
	/* This finds the answer to a keepalive, too, for which there is no
	   call that tells. */
	return ssh_channel_cancel_forward(c->s, address, g->asked);
}

/*
 * Whether it is the server's choice that was read.  Sure if nothing else came
 * since it was last looked for.  Else it may be the start of another packet,
 * which is no large number.
 */
static bool port_is_sure(const struct drv_conn *c)
{
	const struct global_request *g = &c->global;

	if (g->port < 1 || g->port > UINT16_MAX)
		return false;
	return g->port > LENGTH_MAX ||
	       (c->packets.in_packets - g->packets == 1 &&
		c->bytes.in_bytes - g->bytes <= ANSWER_MAX);
}

static void note_traffic(struct drv_conn *c)
{
	c->global.packets = c->packets.in_packets;
	c->global.bytes = c->bytes.in_bytes;
}

/* A port is there that may be another number: it stays with the server until
   the end, of no use. */
static bool port_is_lost(const struct drv_conn *c, int rc)
{
	const struct global_request *g = &c->global;

	return rc == SSH_OK && g->kind == GLOBAL_LISTEN && !g->asked &&
	       !port_is_sure(c);
}

/* Whether there is an answer, or will be none.  A lost port is asked for anew.
 */
static bool is_final(struct drv_conn *c, int *rc)
{
	struct global_request *g = &c->global;

	while (port_is_lost(c, *rc)) {
		g->port = 0;
		if (!g->listener || ++g->tries >= PORT_TRIES || conn_dead(c))
			return true;
		note_traffic(c);
		*rc = call(c, g->listener);
	}
	return *rc != SSH_AGAIN || conn_dead(c);
}

void fwd_look(struct drv_conn *c)
{
	struct global_request *g = &c->global;
	int rc;

	if (g->kind == GLOBAL_NONE || g->answered || c->paused)
		return;
	rc = call(c, g->listener);
	if (!is_final(c, &rc)) {
		note_traffic(c);
		return;
	}
	g->answered = true;
	g->rc = rc;
	if (!g->listener)
		g->kind = GLOBAL_NONE;
	look_again(c);
}

static void begin(struct drv_conn *c, enum global_kind kind,
		  struct drv_listener *l)
{
	c->global = (struct global_request){
		.kind = kind,
		.listener = l,
		.asked = l ? l->port : 0,
	};
	note_traffic(c);
	if (kind == GLOBAL_KEEPALIVE)
		(void)ssh_send_keepalive(c->s);
	else
		fwd_look(c);
}

/* Whether it is answered now; AGAIN, or ERROR of the connection. */
static enum drv_rc ask(struct drv_conn *c, enum global_kind kind,
		       struct drv_listener *l, struct err *err)
{
	struct global_request *g = &c->global;
	enum drv_rc rc = DRV_AGAIN;

	if (g->kind == GLOBAL_NONE && !c->paused && !conn_dead(c))
		begin(c, kind, l);
	else if (g->kind == kind && g->listener == l)
		fwd_look(c);
	if (conn_dead(c))
		return conn_fail(c, err);
	if (g->kind == kind && g->listener == l && g->answered) {
		g->kind = GLOBAL_NONE;
		look_again(c); /* for who waits for the place */
		rc = DRV_OK;
	}
	conn_settle(c);
	return rc;
}

/*
 * The answer, a failure from all servers there are, counts as bytes that came.
 * That of another request will do as well.
 */
void fwd_keepalive(struct drv_conn *c)
{
	if (conn_dead(c) || c->global.kind != GLOBAL_NONE)
		return;
	begin(c, GLOBAL_KEEPALIVE, NULL);
	conn_settle(c);
}

/* ---- listeners ---- */

static bool has(const struct drv_conn *c, const struct drv_listener *l)
{
	list_for_each (pos, &c->listeners)
		if (pos == &l->node)
			return true;
	return false;
}

static void add(struct drv_conn *c, struct drv_listener *l)
{
	if (has(c, l))
		return;
	l->nopen = 0;
	list_append(&c->listeners, &l->node);
}

static void take_out(struct drv_conn *c, struct drv_listener *l)
{
	if (!has(c, l))
		return;
	list_remove(&l->node);
	list_for_each (pos, &c->channels) {
		struct drv_channel *ch =
			container_of(pos, struct drv_channel, node);

		if (ch->listener == l)
			ch->listener = NULL;
	}
}

/* As with ssh it may be used from the moment that it is asked for. */
enum drv_rc fwd_listen(struct drv_conn *c, struct drv_listener *l,
		       struct err *err)
{
	const uint16_t asked = l->port;
	enum drv_rc rc;

	add(c, l);
	rc = ask(c, GLOBAL_LISTEN, l, err);
	if (rc == DRV_AGAIN)
		return rc;
	if (rc == DRV_OK && c->global.rc == SSH_OK) {
		if (!asked)
			l->port = (uint16_t)c->global.port;
		if (l->port)
			return DRV_OK;
		err_set(err, ERR_CHANNEL,
			_("which port the server chose was lost"));
	} else if (rc == DRV_OK) {
		err_set(err, ERR_CHANNEL, _("the server refused to listen"));
	}
	take_out(c, l);
	return DRV_ERROR;
}

enum drv_rc fwd_unlisten(struct drv_conn *c, struct drv_listener *l,
			 struct err *err)
{
	take_out(c, l);
	return ask(c, GLOBAL_UNLISTEN, l, err);
}

void fwd_forget(struct drv_conn *c, struct drv_listener *l)
{
	take_out(c, l);
	if (c->global.listener != l)
		return;
	c->global.listener = NULL;
	if (c->global.answered)
		c->global.kind = GLOBAL_NONE;
}

void chan_agent(struct drv_channel *ch, struct drv_listener *l)
{
	if (ch->closed || conn_dead(ch->c))
		return;
	add(ch->c, l);
	ssh_channel_request_auth_agent(ch->ch);
	conn_settle(ch->c);
}

/* ---- channels that the server opens ---- */

static struct drv_listener *find_agent(struct drv_conn *c)
{
	list_for_each (pos, &c->listeners) {
		struct drv_listener *l =
			container_of(pos, struct drv_listener, node);

		if (!l->address)
			return l;
	}
	return NULL;
}

/* By what the server says where it was reached: as it was asked, to the byte.
   It may say no port that nobody has. */
static struct drv_listener *find_port(struct drv_conn *c, ssh_message msg)
{
	const char *host = ssh_message_channel_request_open_destination(msg);
	int port = ssh_message_channel_request_open_destination_port(msg);

	list_for_each (pos, &c->listeners) {
		struct drv_listener *l =
			container_of(pos, struct drv_listener, node);

		if (l->address && l->port && l->port == port && host &&
		    !strcmp(l->address, host))
			return l;
	}
	return NULL;
}

/* Told as often as it takes to see what the server is after. */
static void tell_refused(struct drv_conn *c, const char *type)
{
	if (c->refused++ == REFUSED_LOG)
		log_verbose(_("%s: no more is told of such channels"), c->name);
	if (c->refused > REFUSED_LOG)
		return;
	log_verbose(_("%s: refused: the server opens a channel of type %s"),
		    c->name, type);
}

static struct drv_listener *find_listener(struct drv_conn *c, ssh_message msg)
{
	static const struct {
		int subtype;
		const char *name;
	} types[] = {
		/* clang-format off */
		{ SSH_CHANNEL_SESSION,         "session" },
		{ SSH_CHANNEL_DIRECT_TCPIP,    "direct-tcpip" },
		{ SSH_CHANNEL_FORWARDED_TCPIP, "forwarded-tcpip" },
		{ SSH_CHANNEL_X11,             "x11" },
		{ SSH_CHANNEL_AUTH_AGENT,      "auth-agent@openssh.com" },
		/* clang-format on */
	};
	int subtype = ssh_message_subtype(msg);
	struct drv_listener *l = NULL;
	const char *name = "?";

	if (subtype == SSH_CHANNEL_FORWARDED_TCPIP)
		l = find_port(c, msg);
	else if (subtype == SSH_CHANNEL_AUTH_AGENT)
		l = find_agent(c);
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (types[i].subtype == subtype)
			name = types[i].name;
	if (l && l->nopen >= l->most)
		l = NULL;
	if (!l)
		tell_refused(c, name);
	return l;
}

static size_t take_nothing(void *arg, const void *buf, size_t n)
{
	(void)arg;
	(void)buf;
	(void)n;
	return 0;
}

/* Until there is an owner: nothing is told, and what comes waits. */
static const struct drv_channel_events nobody = { .take = take_nothing };

int fwd_message(ssh_session s, ssh_message msg, void *arg)
{
	struct drv_conn *c = arg;
	struct drv_listener *l;
	struct drv_channel *ch;

	(void)s;
	if (ssh_message_type(msg) != SSH_REQUEST_CHANNEL_OPEN)
		return 1;
	l = find_listener(c, msg);
	if (!l)
		return 1;
	ch = chan_new(c, &nobody, NULL);
	if (!ch->ch) {
		chan_free(ch);
		return 1;
	}
	chan_count_opening(ch);
	ch->orphan = true;
	ch->opened = true;
	ch->listener = l;
	l->nopen++;
	c->offers = true;
	/* It fails with the connection. */
	(void)ssh_message_channel_request_open_reply_accept_channel(msg,
								    ch->ch);
	return 0;
}

void fwd_tell(struct drv_conn *c)
{
	if (!c->offers || c->paused)
		return;
	c->offers = false;
	list_for_each_safe (pos, after, &c->channels) {
		struct drv_channel *ch =
			container_of(pos, struct drv_channel, node);

		if (!ch->orphan)
			continue;
		/* Nobody wants it any more? */
		if (ch->listener)
			ch->listener->opened(ch->listener, ch);
		else
			chan_free(ch);
	}
}

void chan_adopt(struct drv_channel *ch, const struct drv_channel_events *ev,
		void *arg)
{
	ch->ev = ev;
	ch->arg = arg;
	ch->orphan = false;
	chan_is_late(ch);
}

void fwd_release(struct drv_conn *c)
{
	list_for_each_safe (pos, after, &c->channels) {
		struct drv_channel *ch =
			container_of(pos, struct drv_channel, node);

		if (ch->orphan)
			chan_free(ch);
	}
}
