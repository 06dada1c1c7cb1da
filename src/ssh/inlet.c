/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Connections from the far side.
 *
 * A channel comes from inside pump(), where nothing may be freed, and waits
 * until there is a socket for it; its relay and its look-ups work from the
 * loop.  Whatever finds that a connection is over wakes the session, and
 * inlet_step() takes it away.
 */
#include "ssh/inlet.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/log.h"
#include "io/dial.h"
#include "io/resolver.h"
#include "io/timer.h"
#include "ssh/relay.h"

#include "base/banned.h"

/* How often, and how many times, one is knocked at that has too many waiting.
 */
#define RETRY_MS  50
#define RETRY_MAX 200

enum conn_state {
	CONN_WAITS, /* for a socket to be connected */
	CONN_OPEN,
	CONN_OVER,
};

struct inlet_conn {
	struct list node;
	struct inlet *in;
	struct drv_channel *ch;
	struct relay relay;
	struct resolve_query query;
	struct dial dial;
	struct timer retry;
	unsigned int tries;
	enum conn_state state;
	bool ended;  /* the far side has said all */
	bool closed; /* and takes no more */
};

static const struct ssh_driver *driver_of(const struct inlet *in)
{
	return session_driver(in->session);
}

static void end(struct inlet_conn *k)
{
	k->state = CONN_OVER;
	session_wake(k->in->session);
}

static void tell(const struct inlet *in, const char *text)
{
	const char *name = session_target(in->session)->name;

	if (in->quiet)
		log_verbose("%s: %s", name, text);
	else
		log_error("%s: %s", name, text);
}

static void failed(struct inlet_conn *k, const char *why)
{
	const struct inlet_to *to = &k->in->to;
	char *text = to->path
			     ? xasprintf(_("connect_to %s: failed: %s"),
					 to->path, why)
			     : xasprintf(_("connect_to %s port %u: failed: %s"),
					 to->host, to->port, why);

	tell(k->in, text);
	free(text);
	end(k);
}

/* ---- the channel ---- */

static size_t on_take(void *arg, const void *buf, size_t n)
{
	struct inlet_conn *k = arg;

	switch (k->state) {
	case CONN_WAITS:
		return 0;
	case CONN_OPEN:
		return relay_take(&k->relay, buf, n);
	case CONN_OVER:
		break;
	}
	return n;
}

static void on_eof(void *arg)
{
	struct inlet_conn *k = arg;

	k->ended = true;
	relay_ended(&k->relay);
}

static void on_closed(void *arg)
{
	struct inlet_conn *k = arg;

	k->closed = true;
	on_eof(k);
}

static const struct drv_channel_events channel_events = {
	.take = on_take,
	.eof = on_eof,
	.closed = on_closed,
};

static void relay_over(struct relay *r)
{
	end(container_of(r, struct inlet_conn, relay));
}

/* The socket is there: what waited may come. */
static void begin(struct inlet_conn *k, int fd)
{
	struct inlet *in = k->in;
	struct err err = { 0 };

	if (relay_start(&k->relay, session_loop(in->session), fd, driver_of(in),
			k->ch, &in->waiting, &err)) {
		failed(k, err.msg);
		err_release(&err);
		return;
	}
	k->relay.over = relay_over;
	k->state = CONN_OPEN;
	driver_of(in)->chan_more(k->ch);
	if (k->ended)
		relay_ended(&k->relay);
}

/* ---- a socket for it ---- */

static void dial_path(struct inlet_conn *k);

static void on_retry(struct timer *t)
{
	dial_path(container_of(t, struct inlet_conn, retry));
}

/* A local connection is made at once, or not now. */
static void dial_path(struct inlet_conn *k)
{
	const char *path = k->in->to.path;
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof(sun.sun_path)) {
		failed(k, strerror(ENAMETOOLONG));
		return;
	}
	memcpy(sun.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0 &&
	    !connect(fd, (const struct sockaddr *)&sun, sizeof(sun))) {
		begin(k, fd);
		return;
	}
	if (fd >= 0 && errno == EAGAIN && k->tries++ < RETRY_MAX)
		timer_start(session_loop(k->in->session), &k->retry, RETRY_MS,
			    on_retry);
	else
		failed(k, strerror(errno));
	if (fd >= 0)
		close(fd);
}

static void dialled(struct dial *d, int fd, const struct sockaddr *addr,
		    const struct err *why)
{
	struct inlet_conn *k = container_of(d, struct inlet_conn, dial);

	(void)addr;
	if (fd < 0)
		failed(k, why->msg);
	else
		begin(k, fd);
}

static void resolved(struct resolve_query *q, const struct resolved *r,
		     const struct err *why)
{
	static const struct dial_source anywhere = { .tos = DIAL_TOS_NONE };
	struct inlet_conn *k = container_of(q, struct inlet_conn, query);
	struct err err = { 0 };

	if (!r)
		failed(k, why->msg);
	else if (dial_start(session_loop(k->in->session), &k->dial, r,
			    &anywhere, dialled, &err))
		failed(k, err.msg);
	err_release(&err);
}

static void connect_to(struct inlet_conn *k)
{
	const struct inlet_to *to = &k->in->to;
	const struct target *t = session_target(k->in->session);

	if (to->path)
		dial_path(k);
	else
		resolver_query(session_resolver(k->in->session), &k->query,
			       to->host, to->port, t->opts->address_family,
			       resolved);
}

/* ---- life ---- */

static void opened(struct drv_listener *l, struct drv_channel *ch)
{
	struct inlet *in = container_of(l, struct inlet, listener);
	struct inlet_conn *k = xcalloc(1, sizeof(*k));

	k->in = in;
	k->ch = ch;
	driver_of(in)->chan_adopt(ch, &channel_events, k);
	list_append(&in->conns, &k->node);
	in->nconns++;
	connect_to(k);
}

static bool is_over(const struct inlet_conn *k)
{
	return k->closed || k->state == CONN_OVER;
}

static void drop(struct inlet_conn *k)
{
	struct inlet *in = k->in;

	timer_stop(session_loop(in->session), &k->retry);
	/* With a driver of another kind there is no resolver. */
	if (session_resolver(in->session))
		resolver_cancel(session_resolver(in->session), &k->query);
	dial_stop(&k->dial);
	relay_stop(&k->relay, k->closed);
	driver_of(in)->chan_free(k->ch);
	list_remove(&k->node);
	in->nconns--;
	free(k);
}

void inlet_init(struct inlet *in, struct session *s, const char *address,
		uint16_t port, const struct inlet_to *to, unsigned int most)
{
	*in = (struct inlet){
		.listener = { .address = address,
			      .port = port,
			      .most = most,
			      .opened = opened },
		.session = s,
		.to = *to,
	};
	list_init(&in->conns);
	list_init(&in->waiting);
}

void inlet_step(struct inlet *in)
{
	relays_step(&in->waiting);
	list_for_each_safe (pos, after, &in->conns) {
		struct inlet_conn *k =
			container_of(pos, struct inlet_conn, node);

		if (is_over(k))
			drop(k);
	}
}

void inlet_shut(struct inlet *in)
{
	driver_of(in)->forget(session_conn(in->session), &in->listener);
}

void inlet_close(struct inlet *in)
{
	if (!in->session)
		return;
	inlet_shut(in);
	list_for_each_safe (pos, after, &in->conns)
		drop(container_of(pos, struct inlet_conn, node));
	in->session = NULL;
}
