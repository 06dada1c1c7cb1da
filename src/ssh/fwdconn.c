/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A forwarded connection.
 *
 *   accepted --> SOCKS --> OPENING --> OPEN --> PARTING --> OVER --> freed
 *         \__________________^
 *
 * Both ends have said all at PARTING: the server is to close, for what is on
 * its way there would be lost with the session.
 *
 * Nothing is freed from inside an event of the driver or a watch: what is over
 * goes to a list of the set, which is woken.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/text.h"
#include "ssh/forwards_internal.h"

#include "base/banned.h"

/* For the server to pass on what was said last, and to close. */
#define CLOSE_MS 10000

static const struct ssh_driver *driver_of(const struct fwdconn *c)
{
	return session_driver(c->set->c.session);
}

static void close_fd(struct fwdconn *c)
{
	watch_stop(&c->watch);
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
}

static bool counts(enum fwdconn_state state)
{
	return state != FWDCONN_SOCKS && state != FWDCONN_OVER;
}

/* The one place where a state is left. */
static void enter(struct fwdconn *c, enum fwdconn_state state)
{
	bool was = counts(c->state);
	bool is = counts(state);

	list_remove(&c->opening);
	list_remove(&c->over);
	c->state = state;
	if (is && !was)
		c->set->nopen++;
	if (was && !is)
		c->set->nopen--;
	if (state == FWDCONN_OPENING)
		list_append(&c->set->opening, &c->opening);
	if (state == FWDCONN_PARTING || state == FWDCONN_OVER) {
		list_append(&c->set->over, &c->over);
		session_wake(c->set->c.session);
	}
}

static void end(struct fwdconn *c)
{
	if (c->state != FWDCONN_OVER)
		enter(c, FWDCONN_OVER);
}

/* ---- the channel ---- */

static size_t on_take(void *arg, const void *buf, size_t n)
{
	struct fwdconn *c = arg;

	switch (c->state) {
	case FWDCONN_SOCKS:
	case FWDCONN_OPENING:
		return 0;
	case FWDCONN_OPEN:
		return relay_take(&c->relay, buf, n);
	case FWDCONN_PARTING:
	case FWDCONN_OVER:
		break;
	}
	return n;
}

static void on_eof(void *arg)
{
	struct fwdconn *c = arg;

	c->ended = true;
	if (c->state == FWDCONN_OPEN)
		relay_ended(&c->relay);
}

static void on_closed(void *arg)
{
	struct fwdconn *c = arg;

	on_eof(c);
	if (c->state == FWDCONN_OPEN || c->state == FWDCONN_PARTING)
		end(c);
}

static const struct drv_channel_events channel_events = {
	.take = on_take,
	.eof = on_eof,
	.closed = on_closed,
};

static void late(struct timer *t)
{
	end(container_of(t, struct fwdconn, late));
}

static void relay_over(struct relay *r)
{
	struct fwdconn *c = container_of(r, struct fwdconn, relay);

	if (c->state != FWDCONN_OPEN)
		return;
	enter(c, FWDCONN_PARTING);
	timer_start(session_loop(c->set->c.session), &c->late, CLOSE_MS, late);
}

/* ---- opening ---- */

static void answer(struct fwdconn *c, enum socks_answer answer)
{
	if (!c->socks)
		return;
	socks_answer(c->socks, answer);
	/* A fresh socket has room for so few bytes, or nobody reads it. */
	(void)send(c->fd, c->socks->out, c->socks->out_n,
		   MSG_DONTWAIT | MSG_NOSIGNAL);
	free(c->socks);
	c->socks = NULL;
}

static void opened(struct fwdconn *c)
{
	struct session *s = c->set->c.session;
	struct err err = { 0 };
	int fd = c->fd;

	answer(c, SOCKS_GRANTED);
	c->fd = -1;
	if (relay_start(&c->relay, session_loop(s), fd, driver_of(c), c->ch,
			&c->set->waiting, &err)) {
		forwards_say(c->set, LOG_ERROR, err.msg);
		err_release(&err);
		end(c);
		return;
	}
	c->relay.over = relay_over;
	enter(c, FWDCONN_OPEN);
	driver_of(c)->chan_more(c->ch);
	if (c->ended)
		relay_ended(&c->relay);
}

/* As ssh has it; its number is that of the channel, with those that listen. */
static unsigned int number_of(const struct fwdconn *c)
{
	unsigned int n = 1;

	list_for_each (node, &c->set->all)
		n += (unsigned int)container_of(node, struct forward, node)
			     ->listener.n;
	list_for_each (node, &c->set->conns) {
		if (container_of(node, struct fwdconn, node) == c)
			break;
		n++;
	}
	return n;
}

static void refused(struct fwdconn *c, const struct drv_refused *why)
{
	static const char *const reasons[] = {
		"unknown reason",    "administratively prohibited",
		"connect failed",    "unknown channel type",
		"resource shortage",
	};
	size_t i = why->reason < sizeof(reasons) / sizeof(reasons[0])
			   ? why->reason
			   : 0;
	char *text = xasprintf("channel %u: open failed: %s%s%s", number_of(c),
			       reasons[i], why->text[0] ? ": " : "", why->text);

	forwards_say(c->set, LOG_INFO, text);
	free(text);
	answer(c, why->reason == 1   ? SOCKS_FORBIDDEN
		  : why->reason == 2 ? SOCKS_UNREACHABLE
				     : SOCKS_FAILED);
	end(c);
}

void fwdconn_step(struct fwdconn *c)
{
	const struct drv_direct to = {
		.host = c->host,
		.port = c->port,
		.path = c->path,
		.from_host = c->from[0] ? c->from : NULL,
		.from_port = c->from_port,
	};
	struct drv_refused why;
	struct err err = { 0 };

	switch (driver_of(c)->chan_open_direct(c->ch, &to, &why, &err)) {
	case DRV_AGAIN:
		break;
	case DRV_OK:
		opened(c);
		break;
	case DRV_ERROR:
		/* The session tells of its own end. */
		if (err.code == ERR_CHANNEL)
			refused(c, &why);
		else
			end(c);
		break;
	}
	err_release(&err);
}

static void begin_opening(struct fwdconn *c)
{
	watch_stop(&c->watch);
	c->ch = driver_of(c)->chan_new(session_conn(c->set->c.session),
				       &channel_events, c);
	enter(c, FWDCONN_OPENING);
	fwdconn_step(c);
}

/* ---- SOCKS ---- */

static void asked(struct fwdconn *c)
{
	c->host = xstrdup(c->socks->host);
	c->port = c->socks->port;
	begin_opening(c);
}

/* Bytes of one message, or 0: there are none now; -1: it is over. */
static ssize_t hear(struct fwdconn *c, unsigned char *buf, size_t size)
{
	size_t want = socks_want(c->socks);
	ssize_t n = recv(c->fd, buf, want < size ? want : size, MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	return n > 0 ? n : -1;
}

static void socks_ready(struct watch *w, unsigned int events)
{
	struct fwdconn *c = container_of(w, struct fwdconn, watch);
	unsigned char buf[SOCKS_IN_MAX];
	enum socks_rc rc = SOCKS_MORE;
	size_t used;

	(void)events;
	while (rc == SOCKS_MORE) {
		ssize_t n = hear(c, buf, sizeof(buf));

		if (n == 0)
			return;
		rc = n < 0 ? SOCKS_BAD
			   : socks_feed(c->socks, buf, (size_t)n, &used);
		if (c->socks->out_n)
			(void)send(c->fd, c->socks->out, c->socks->out_n,
				   MSG_DONTWAIT | MSG_NOSIGNAL);
		c->socks->out_n = 0;
	}
	if (rc == SOCKS_ASKED) {
		asked(c);
		return;
	}
	close_fd(c);
	end(c);
}

static void begin_socks(struct fwdconn *c)
{
	struct err err = { 0 };

	c->socks = xcalloc(1, sizeof(*c->socks));
	if (watch_start(session_loop(c->set->c.session), &c->watch, c->fd,
			WATCH_IN, socks_ready, &err) == 0)
		return;
	forwards_say(c->set, LOG_ERROR, err.msg);
	err_release(&err);
	end(c);
}

/* ---- life ---- */

static void note_peer(struct fwdconn *c, const struct sockaddr_storage *peer)
{
	if (peer->ss_family == AF_INET) {
		const struct sockaddr_in *sin =
			(const struct sockaddr_in *)peer;

		(void)inet_ntop(AF_INET, &sin->sin_addr, c->from,
				sizeof(c->from));
		c->from_port = ntohs(sin->sin_port);
	} else if (peer->ss_family == AF_INET6) {
		const struct sockaddr_in6 *sin6 =
			(const struct sockaddr_in6 *)peer;

		(void)inet_ntop(AF_INET6, &sin6->sin6_addr, c->from,
				sizeof(c->from));
		c->from_port = ntohs(sin6->sin6_port);
	}
}

void fwdconn_accept(struct forward *f, int fd,
		    const struct sockaddr_storage *peer)
{
	struct fwdconn *c = xcalloc(1, sizeof(*c));

	c->set = f->set;
	c->kind = f->kind;
	c->fd = fd;
	list_init(&c->opening);
	list_init(&c->over);
	list_append(&c->set->conns, &c->node);
	note_peer(c, peer);
	if (f->kind == SSHFORWARD_DYNAMIC) {
		begin_socks(c);
		return;
	}
	if (f->spec.connect_path)
		c->path = xstrdup(f->spec.connect_path);
	else
		c->host = xstrdup(f->spec.connect_host);
	c->port = (uint16_t)f->spec.connect_port;
	begin_opening(c);
}

void fwdconn_over_step(struct fwdconn *c)
{
	if (c->state == FWDCONN_OVER) {
		fwdconn_free(c, false);
		return;
	}
	if (c->closed)
		return;
	relay_stop(&c->relay, true);
	driver_of(c)->chan_more(c->ch);
	c->closed = driver_of(c)->chan_close(c->ch) != DRV_AGAIN;
}

void fwdconn_free(struct fwdconn *c, bool gone)
{
	end(c);
	timer_stop(session_loop(c->set->c.session), &c->late);
	list_remove(&c->over);
	list_remove(&c->node);
	relay_stop(&c->relay, gone || c->relay.in_ended);
	close_fd(c);
	if (c->ch)
		driver_of(c)->chan_free(c->ch);
	free(c->socks);
	free(c->host);
	free(c->path);
	free(c);
}
