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
#include "base/be32.h"
#include "base/gettext.h"
#include "base/log.h"
#include "base/text.h"
#include "conf/sshforward.h"
#include "io/dial.h"
#include "io/resolver.h"
#include "io/timer.h"
#include "ssh/relay.h"
#include "wire/socks.h"

#include "base/banned.h"

/* For the far side to take what was said last, and to close. */
#define CLOSE_MS 10000

/* How often, and how many times, one is knocked at that has too many waiting.
 */
#define RETRY_MS   50
#define HOST_SHOWN 300 /* bytes */
#define RETRY_MAX  200

enum conn_state {
	CONN_SOCKS, /* the far side says where to */
	CONN_WAITS, /* for a socket to be connected */
	CONN_TELLS, /* that it is, or is not */
	CONN_GREETS,
	CONN_OPEN,
	CONN_OVER,
};

struct inlet_conn {
	struct list node;
	struct list stirred; /* in that of the inlet, or alone */
	struct inlet *in;
	struct drv_channel *ch;
	struct relay relay;
	struct resolve_query query;
	struct dial dial;
	struct timer retry;
	unsigned int tries;
	const char *host; /* the inlet's, or that of `socks` */
	uint16_t port;
	struct watch answer;		   /* to the greeting */
	struct socks *socks;		   /* or NULL */
	unsigned char heard[SOCKS_IN_MAX]; /* of either, not looked at */
	size_t nheard, nsent;		   /* of what it has to say */
	bool bad;			   /* that is its last word */
	int fd; /* connected, and not the relay's yet; or -1 */
	enum conn_state state;
	bool ended;  /* the far side has said all */
	bool closed; /* and takes no more */
	bool parted; /* we have closed it */
	bool counts; /* it led somewhere, and is not closed */
};

static const struct ssh_driver *driver_of(const struct inlet *in)
{
	return session_driver(in->session);
}

/* inlet_step() is to look at it: now, where a session's step is under way. */
static void stir(struct inlet_conn *k)
{
	list_remove(&k->stirred);
	list_append(&k->in->stirred, &k->stirred);
}

static void wake(struct inlet_conn *k)
{
	stir(k);
	session_wake(k->in->session);
}

static void late(struct timer *t)
{
	struct inlet_conn *k = container_of(t, struct inlet_conn, retry);

	k->closed = true;
	wake(k);
}

static void end(struct inlet_conn *k)
{
	if (k->state == CONN_OVER)
		return;
	k->state = CONN_OVER;
	timer_start(session_loop(k->in->session), &k->retry, CLOSE_MS, late);
	wake(k);
}

static void tell(const struct inlet *in, const char *text)
{
	const char *name = session_target(in->session)->name;

	if (in->quiet)
		log_verbose("%s: %s", name, text);
	else
		log_error("%s: %s", name, text);
}

/* The last word of SOCKS, which is sent from inlet_step(). */
static void last_word(struct inlet_conn *k, enum socks_answer answer)
{
	socks_answer(k->socks, answer);
	k->nsent = 0;
	k->bad = answer != SOCKS_GRANTED;
	k->state = CONN_TELLS;
	wake(k);
}

/* The host may be a text of the far side. */
static char *failure(const struct inlet_conn *k, const char *why)
{
	const char *path = k->in->to.path;
	char *host, *text;

	if (path)
		return xasprintf(_("connect_to %s: failed: %s"), path, why);
	host = text_vis_dup(k->host, strlen(k->host), HOST_SHOWN);
	text = xasprintf(_("connect_to %s port %u: failed: %s"), host, k->port,
			 why);
	free(host);
	return text;
}

static void failed(struct inlet_conn *k, const char *why)
{
	char *text = failure(k, why);

	tell(k->in, text);
	free(text);
	if (k->socks)
		last_word(k, SOCKS_UNREACHABLE);
	else
		end(k);
}

/* ---- the channel ---- */

/* No more than SOCKS wants now: what follows is for where it leads. */
static size_t hear(struct inlet_conn *k, const void *buf, size_t n)
{
	size_t want = k->bad || k->nheard ? 0 : socks_want(k->socks);

	if (want > sizeof(k->heard))
		want = sizeof(k->heard);
	if (n > want)
		n = want;
	memcpy(k->heard, buf, n);
	k->nheard += n;
	wake(k);
	return n;
}

static size_t on_take(void *arg, const void *buf, size_t n)
{
	struct inlet_conn *k = arg;

	switch (k->state) {
	case CONN_SOCKS:
		return hear(k, buf, n);
	case CONN_WAITS:
	case CONN_TELLS:
	case CONN_GREETS:
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
	stir(k);
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

/* What waited may come. */
static void begin_relay(struct inlet_conn *k)
{
	struct inlet *in = k->in;
	struct err err = { 0 };
	int fd = k->fd;

	k->fd = -1;
	if (relay_start(&k->relay, session_loop(in->session), fd, driver_of(in),
			k->ch, &in->waiting, &err)) {
		tell(in, err.msg);
		end(k);
		err_release(&err);
		return;
	}
	k->relay.over = relay_over;
	k->state = CONN_OPEN;
	k->counts = true;
	in->nopen++;
	driver_of(in)->chan_more(k->ch);
	if (k->ended)
		relay_ended(&k->relay);
}

/* ---- the greeting ---- */

/* 1: the answer is there; 0: not yet; -1 with errno. */
static int hear_answer(struct inlet_conn *k)
{
	const size_t word = 4;
	size_t len = k->nheard < word ? 0 : be32_get(k->heard);
	size_t want = word + len;
	ssize_t n;

	if (len > sizeof(k->heard) - word || (k->nheard == word && !len)) {
		errno = EPROTO;
		return -1;
	}
	n = recv(k->fd, k->heard + k->nheard, want - k->nheard, MSG_DONTWAIT);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	if (n == 0) {
		errno = ECONNRESET;
		return -1;
	}
	k->nheard += (size_t)n;
	return len && k->nheard == want;
}

static void answered(struct watch *w, unsigned int events)
{
	struct inlet_conn *k = container_of(w, struct inlet_conn, answer);
	int rc = hear_answer(k);

	(void)events;
	if (!rc)
		return;
	watch_stop(w);
	k->nheard = 0;
	if (rc < 0)
		failed(k, strerror(errno));
	else
		begin_relay(k);
}

/* The socket is new, and has room for it. */
static void greet(struct inlet_conn *k)
{
	const struct strbuf *text = k->in->to.greeting;
	struct err err = { 0 };

	k->state = CONN_GREETS;
	if (send(k->fd, text->buf, text->len, MSG_DONTWAIT | MSG_NOSIGNAL) !=
	    (ssize_t)text->len)
		failed(k, strerror(errno));
	else if (watch_start(session_loop(k->in->session), &k->answer, k->fd,
			     WATCH_IN, answered, &err))
		failed(k, err.msg);
	err_release(&err);
}

static void begin(struct inlet_conn *k, int fd)
{
	k->fd = fd;
	if (k->socks)
		last_word(k, SOCKS_GRANTED);
	else if (k->in->to.greeting)
		greet(k);
	else
		begin_relay(k);
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

static void dial_host(struct inlet_conn *k)
{
	const struct target *t = session_target(k->in->session);

	k->state = CONN_WAITS;
	resolver_query(session_resolver(k->in->session), &k->query, k->host,
		       k->port, t->opts->address_family, resolved);
}

/* ---- SOCKS ---- */

/* Whether all is sent that it has to say. */
static bool speak(struct inlet_conn *k)
{
	struct socks *s = k->socks;
	ssize_t n = 0;

	if (s->out_n > k->nsent)
		n = driver_of(k->in)->chan_write(k->ch, s->out + k->nsent,
						 s->out_n - k->nsent);
	if (n < 0)
		end(k);
	else
		k->nsent += (size_t)n;
	if (k->nsent < s->out_n)
		return false;
	s->out_n = k->nsent = 0;
	return true;
}

/* It has said where to. */
static void asked(struct inlet_conn *k)
{
	const struct inlet_to *to = &k->in->to;

	k->host = k->socks->host;
	k->port = k->socks->port;
	if (sshforward_permits(to->permit, k->host, k->port))
		dial_host(k);
	else
		last_word(k, SOCKS_FORBIDDEN);
}

static void socks_step(struct inlet_conn *k)
{
	enum socks_rc rc;
	size_t used;

	if (!speak(k))
		return;
	if (k->bad) {
		end(k);
		return;
	}
	if (!k->nheard) {
		if (k->ended)
			end(k);
		return;
	}
	rc = socks_feed(k->socks, k->heard, k->nheard, &used);
	k->nheard = 0;
	k->bad = rc == SOCKS_BAD;
	if (rc == SOCKS_ASKED)
		asked(k);
	else if (speak(k) && (k->bad || k->ended))
		end(k); /* it is understood no further, or says no more */
	else if (!k->bad)
		driver_of(k->in)->chan_more(k->ch);
}

static void tells_step(struct inlet_conn *k)
{
	if (!speak(k))
		return;
	if (k->bad) {
		end(k);
		return;
	}
	free(k->socks);
	k->socks = NULL;
	begin_relay(k);
}

/* ---- life ---- */

static void opened(struct drv_listener *l, struct drv_channel *ch)
{
	struct inlet *in = container_of(l, struct inlet, listener);
	struct inlet_conn *k = xcalloc(1, sizeof(*k));

	k->in = in;
	k->ch = ch;
	k->fd = -1;
	k->host = in->to.host;
	k->port = in->to.port;
	k->state = CONN_WAITS;
	driver_of(in)->chan_adopt(ch, &channel_events, k);
	list_append(&in->conns, &k->node);
	list_init(&k->stirred);
	if (in->to.path) {
		dial_path(k);
	} else if (in->to.host) {
		dial_host(k);
	} else {
		k->socks = xcalloc(1, sizeof(*k->socks));
		k->state = CONN_SOCKS;
	}
}

static void drop(struct inlet_conn *k)
{
	struct inlet *in = k->in;

	timer_stop(session_loop(in->session), &k->retry);
	/* With a driver of another kind there is no resolver. */
	if (session_resolver(in->session))
		resolver_cancel(session_resolver(in->session), &k->query);
	dial_stop(&k->dial);
	watch_stop(&k->answer);
	if (k->fd >= 0)
		close(k->fd);
	relay_stop(&k->relay, k->closed);
	driver_of(in)->chan_free(k->ch);
	list_remove(&k->node);
	list_remove(&k->stirred);
	in->nopen -= k->counts;
	free(k->socks);
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
	list_init(&in->stirred);
	list_init(&in->waiting);
}

/* What is on its way there would be lost with the session. */
static void over_step(struct inlet_conn *k)
{
	const struct ssh_driver *drv = driver_of(k->in);

	if (k->parted)
		return;
	relay_stop(&k->relay, false);
	drv->chan_more(k->ch);
	k->parted = drv->chan_close(k->ch) != DRV_AGAIN;
}

/* Whether it waits for room and is to be looked at again. */
static bool has_to_say(const struct inlet_conn *k)
{
	return k->state == CONN_OVER ? !k->parted
				     : k->socks && k->nsent < k->socks->out_n;
}

static void step(struct inlet_conn *k)
{
	list_remove(&k->stirred);
	if (k->state == CONN_SOCKS)
		socks_step(k);
	else if (k->state == CONN_TELLS)
		tells_step(k);
	if (k->closed) {
		drop(k);
		return;
	}
	if (k->state == CONN_OVER)
		over_step(k);
	if (has_to_say(k))
		stir(k);
}

void inlet_step(struct inlet *in)
{
	struct list now;

	relays_step(&in->waiting);
	list_take(&now, &in->stirred);
	while (!list_empty(&now))
		step(container_of(now.next, struct inlet_conn, stirred));
}

void inlet_close(struct inlet *in)
{
	if (!in->session)
		return;
	driver_of(in)->forget(session_conn(in->session), &in->listener);
	list_for_each_safe (pos, after, &in->conns)
		drop(container_of(pos, struct inlet_conn, node));
	in->session = NULL;
}
