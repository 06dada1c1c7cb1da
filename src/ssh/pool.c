/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Jump hosts.
 *
 *   jump --> host: waiting --> line: opening --> open --> its owner's end
 *               ^                  |
 *               +--- refused: -----+
 *                    elsewhere, or later
 *
 * A line is one session with a host.  How many channels a server takes on one
 * is not told before: when it refuses one as not allowed while others are
 * open, that one is tried alone on a fresh line.  If it opens there, there
 * were too many, and no line gets more from then on; if not, it is forbidden.
 *
 * A host that cannot be reached fails all that wait for it, and after as many
 * attempts as a target has, all that come.
 */
#include "ssh/pool.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/hashmap.h"
#include "base/list.h"
#include "base/log.h"
#include "ssh/relay.h"
#include "ssh/session.h"

#include "base/banned.h"

#define CONNECTING_MAX 4 /* lines at once, where it is known to need more */
#define REFUSALS_MAX   3 /* of a jump, where the reason stays unknown */

struct host {
	struct hashmap_node in;
	struct pool *pool;
	const struct target *target;
	struct list lines;
	struct list waiting;
	size_t nlines; /* not over yet */
	size_t nconnecting, nheld;
	size_t lines_max;
	size_t guess;	       /* channels open when one was refused; 0: none */
	size_t channels_max;   /* on a line */
	bool learnt;	       /* that, from the host */
	bool strict;	       /* a refusal has been shown to be meant */
	unsigned int failures; /* since it was last reached */
	struct err err;	       /* of the last */
	struct defer assign;
};

struct line {
	struct list node;
	struct host *host;
	struct session *session;
	struct list jumps;
	struct list relays; /* of these, those that wait for room */
	size_t njumps, nopen;
	bool ready, held;
	struct defer reap;
};

struct jump {
	struct list node; /* in its line's, or in those of the host that wait */
	struct host *host;
	struct line *line; /* NULL: it waits, or is over */
	const struct target *target;
	const struct jump_events *ev;
	void *arg;
	struct drv_channel *ch;
	struct relay relay;
	int fd; /* the owner's end, until told */
	struct err err;
	struct defer tell;
	unsigned int refusals;
	bool open, lost, held;
	bool ended; /* the target's side */
};

struct pool {
	const struct session_env *env;
	struct hashmap hosts; /* by target */
};

static void assign(struct defer *d);

static void look_again(struct host *h)
{
	defer_post(h->pool->env->loop, &h->assign, assign);
}

/* ---- telling the owner ---- */

static void set_held(struct jump *j, bool held)
{
	if (j->held == held)
		return;
	j->held = held;
	j->ev->held(j->arg, held);
}

static void tell(struct defer *d)
{
	struct jump *j = container_of(d, struct jump, tell);
	int fd = j->fd;
	struct err err = { 0 };

	j->fd = -1;
	err_copy(&err, &j->err);
	set_held(j, false);
	j->ev->done(j->arg, fd, &err);
	/* j may be gone */
	err_release(&err);
}

/* What concerns keys and log-ins stays what it is: no retry would help. */
static enum err_code blame_code(enum err_code code)
{
	return code == ERR_HOSTKEY || code == ERR_AUTH || code == ERR_CONFIG ||
			       code == ERR_LOCAL
		       ? code
		       : ERR_CONNECT;
}

/* A hop behind another says already which one it was. */
static void blame(const struct host *h, const struct err *why, struct err *err)
{
	err_set(err, blame_code(why->code), _("jump host %s: %s"),
		h->target->name, why->msg ? why->msg : _("closed"));
}

static void fail(struct jump *j, const struct err *why)
{
	list_remove(&j->node);
	blame(j->host, why, &j->err);
	defer_post(j->host->pool->env->loop, &j->tell, tell);
}

static void fail_waiting(struct host *h, const struct err *why)
{
	while (!list_empty(&h->waiting))
		fail(container_of(h->waiting.next, struct jump, node), why);
}

/* ---- channels ---- */

/* Off its line; the channel is freed. */
static void leave_line(struct jump *j, bool gone)
{
	struct line *l = j->line;
	const struct ssh_driver *drv = session_driver(l->session);

	relay_stop(&j->relay, gone);
	if (!gone && j->open)
		(void)drv->chan_eof(j->ch);
	drv->chan_free(j->ch);
	j->ch = NULL;
	list_remove(&j->node);
	l->njumps--;
	if (j->open)
		l->nopen--;
	j->line = NULL;
	look_again(l->host);
}

/* The target may have spoken before the step that finds the channel open. */
static size_t on_take(void *arg, const void *buf, size_t n)
{
	struct jump *j = arg;

	return j->open ? relay_take(&j->relay, buf, n) : 0;
}

static void on_end(void *arg)
{
	struct jump *j = arg;

	j->ended = true;
	relay_ended(&j->relay);
}

static const struct drv_channel_events channel_events = {
	.take = on_take,
	.eof = on_end,
	.closed = on_end,
};

static void opened(struct jump *j)
{
	struct host *h = j->host;
	struct line *l = j->line;
	int fds[2];

	j->open = true;
	l->nopen++;
	if (j->refusals && h->guess && !h->learnt) {
		h->learnt = true;
		h->channels_max = h->guess;
		log_verbose(
			_("jump host %s takes %zu connections on one session"),
			h->target->name, h->channels_max);
		look_again(h);
	}
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0,
		       fds)) {
		err_set_errno(&j->err, ERR_LOCAL, _("cannot make a socket"));
	} else {
		j->fd = fds[1];
		if (relay_start(&j->relay, h->pool->env->loop, fds[0],
				session_driver(l->session), j->ch, &l->relays,
				&j->err)) {
			close(fds[1]);
			j->fd = -1;
		}
		session_driver(l->session)->chan_more(j->ch);
		if (j->ended)
			relay_ended(&j->relay);
	}
	defer_post(h->pool->env->loop, &j->tell, tell);
}

/* Whether to try it again, and then how, see the top. */
static bool may_try_again(struct jump *j, enum drv_refusal why, size_t nopen)
{
	struct host *h = j->host;

	switch (why) {
	case DRV_REFUSED_UNKNOWN:
		return ++j->refusals < REFUSALS_MAX;
	case DRV_REFUSED_BUSY:
		break;
	case DRV_REFUSED_OTHER:
		return false;
	}
	if (!nopen)
		h->strict = true;
	if (h->strict && !h->learnt)
		return false;
	j->refusals++;
	if (!h->guess || nopen < h->guess)
		h->guess = nopen;
	if (h->learnt && nopen && nopen < h->channels_max)
		h->channels_max = nopen;
	return nopen || j->refusals < REFUSALS_MAX;
}

static void refused(struct jump *j, enum drv_refusal why, const struct err *err)
{
	size_t nopen = j->line->nopen;
	struct host *h = j->host;

	leave_line(j, true);
	if (!may_try_again(j, why, nopen)) {
		fail(j, err);
		return;
	}
	TRACE("%s: jump host %s: %s; trying again", j->target->name,
	      h->target->name, err->msg);
	list_append(&h->waiting, &j->node);
}

static void open_step(struct jump *j)
{
	const struct ssh_driver *drv = session_driver(j->line->session);
	const struct drv_direct to = {
		.host = j->target->host,
		.port = j->target->port,
	};
	struct drv_refused why;
	struct err err = { 0 };

	switch (drv->chan_open_direct(j->ch, &to, &why, &err)) {
	case DRV_AGAIN:
		break;
	case DRV_OK:
		opened(j);
		break;
	case DRV_ERROR:
		/* The session tells of its own end, to all on it. */
		if (err.code == ERR_CHANNEL)
			refused(j, why.kind, &err);
		break;
	}
	err_release(&err);
}

/* ---- lines ---- */

static void on_phase(void *arg, enum phase p)
{
	(void)arg;
	(void)p;
}

static void on_held(void *arg, bool held)
{
	struct line *l = arg;

	l->held = held;
	if (held)
		l->host->nheld++;
	else
		l->host->nheld--;
	look_again(l->host);
}

static void on_ready(void *arg)
{
	struct line *l = arg;
	struct host *h = l->host;

	l->ready = true;
	h->nconnecting--;
	h->failures = 0;
	err_release(&h->err);
	look_again(h);
}

static void on_step(void *arg)
{
	struct line *l = arg;

	list_for_each_safe (pos, after, &l->jumps) {
		struct jump *j = container_of(pos, struct jump, node);

		if (!j->open)
			open_step(j);
	}
	relays_step(&l->relays);
}

static void on_lost(void *arg, const struct err *why)
{
	(void)arg;
	(void)why;
}

static void on_closing(void *arg)
{
	struct line *l = arg;
	const struct err *why = session_error(l->session);

	while (!list_empty(&l->jumps)) {
		struct jump *j = container_of(l->jumps.next, struct jump, node);

		leave_line(j, true);
		j->lost = true;
		if (j->open)
			blame(j->host, why, &j->err);
		else
			fail(j, why);
	}
}

static void reap(struct defer *d)
{
	struct line *l = container_of(d, struct line, reap);
	struct host *h = l->host;

	list_remove(&l->node);
	session_free(l->session);
	free(l);
	look_again(h);
}

static void on_closed(void *arg)
{
	struct line *l = arg;
	struct host *h = l->host;

	h->nlines--;
	if (l->held)
		h->nheld--;
	if (!l->ready) {
		h->nconnecting--;
		err_copy(&h->err, session_error(l->session));
		h->failures++;
		/* It takes no more sessions: those there are have to do. */
		if (h->nlines)
			h->lines_max = h->nlines;
		else
			fail_waiting(h, &h->err);
	}
	l->ready = false;
	defer_post(h->pool->env->loop, &l->reap, reap);
}

static const struct session_events session_events = {
	.phase = on_phase,
	.held = on_held,
	.ready = on_ready,
	.step = on_step,
	.lost = on_lost,
	.closing = on_closing,
	.closed = on_closed,
};

static void new_line(struct host *h)
{
	struct line *l = xcalloc(1, sizeof(*l));

	l->host = h;
	list_init(&l->jumps);
	list_init(&l->relays);
	list_append(&h->lines, &l->node);
	h->nlines++;
	h->nconnecting++;
	l->session =
		session_new(h->pool->env, h->target, NULL, &session_events, l);
	session_alone(l->session);
}

/* ---- who goes where ---- */

/* After a refusal nobody knows why until one that is alone has its answer. */
static bool must_be_alone(const struct host *h, const struct jump *j)
{
	return j->refusals && h->guess && !h->learnt && !h->strict;
}

static struct line *find_line(struct host *h, const struct jump *j)
{
	bool alone = must_be_alone(h, j);

	list_for_each (pos, &h->lines) {
		struct line *l = container_of(pos, struct line, node);

		if (l->ready && l->njumps < (alone ? 1 : h->channels_max))
			return l;
	}
	return NULL;
}

static void put_on(struct line *l, struct jump *j)
{
	list_remove(&j->node);
	list_append(&l->jumps, &j->node);
	l->njumps++;
	j->line = l;
	set_held(j, false);
	j->ch = session_driver(l->session)
			->chan_new(session_conn(l->session), &channel_events,
				   j);
	open_step(j);
}

static bool given_up(const struct host *h)
{
	return h->failures > h->pool->env->hop_retries && !h->nlines;
}

/* As many lines as those that wait can use. */
static void add_lines(struct host *h, size_t nwaiting)
{
	size_t most = h->learnt ? CONNECTING_MAX : 1;

	while (h->nconnecting < most && h->nlines < h->lines_max &&
	       h->nconnecting * h->channels_max < nwaiting)
		new_line(h);
}

static void assign(struct defer *d)
{
	struct host *h = container_of(d, struct host, assign);
	size_t nwaiting = 0;
	bool hold;

	if (given_up(h))
		fail_waiting(h, &h->err);
	list_for_each_safe (pos, after, &h->waiting) {
		struct jump *j = container_of(pos, struct jump, node);
		struct line *l = find_line(h, j);

		if (l)
			put_on(l, j);
		else
			nwaiting++;
	}
	if (nwaiting)
		add_lines(h, nwaiting);
	/* A person thinks, or all lines are full and there will be no more. */
	hold = h->nheld || (h->nlines && !h->nconnecting);
	list_for_each (pos, &h->waiting)
		set_held(container_of(pos, struct jump, node), hold);
}

/* ---- life ---- */

static bool host_equal(const struct hashmap_node *node, const void *key)
{
	return container_of_const(node, struct host, in)->target == key;
}

struct pool *pool_new(const struct session_env *env)
{
	struct pool *p = xcalloc(1, sizeof(*p));

	p->env = env;
	hashmap_init(&p->hosts, host_equal);
	return p;
}

static struct host *host_of(struct pool *p, const struct target *via)
{
	uint64_t hash = hash_bytes(&via, sizeof(via));
	struct hashmap_node *node = hashmap_get(&p->hosts, hash, via);
	struct host *h;

	if (node)
		return container_of(node, struct host, in);
	h = xcalloc(1, sizeof(*h));
	h->pool = p;
	h->target = via;
	h->lines_max = POOL_LINES;
	h->channels_max = POOL_CHANNELS;
	list_init(&h->lines);
	list_init(&h->waiting);
	hashmap_put(&p->hosts, &h->in, hash);
	return h;
}

/* A line's session may run through another's. */
static void drop_lines(struct host *h)
{
	list_for_each_safe (pos, after, &h->lines) {
		struct line *l = container_of(pos, struct line, node);

		list_remove(pos);
		session_free(l->session);
		defer_cancel(&l->reap);
		free(l);
	}
}

void pool_free(struct pool *p)
{
	struct hashmap_node *node;

	if (!p)
		return;
	hashmap_for_each (pos, &p->hosts)
		drop_lines(container_of(pos, struct host, in));
	while ((node = hashmap_walk(&p->hosts, NULL))) {
		struct host *h = container_of(node, struct host, in);

		assert(list_empty(&h->waiting));
		hashmap_remove(&p->hosts, node);
		defer_cancel(&h->assign);
		err_release(&h->err);
		free(h);
	}
	hashmap_release(&p->hosts);
	free(p);
}

struct jump *jump_start(struct pool *p, const struct target *target,
			const struct jump_events *ev, void *arg)
{
	struct jump *j = xcalloc(1, sizeof(*j));

	j->host = host_of(p, target->via);
	j->target = target;
	j->ev = ev;
	j->arg = arg;
	j->fd = -1;
	list_append(&j->host->waiting, &j->node);
	look_again(j->host);
	return j;
}

bool jump_waits(const struct jump *j)
{
	return !j->line && j->err.code == ERR_NONE;
}

bool jump_lost(const struct jump *j, struct err *err)
{
	if (!j->lost)
		return false;
	err_copy(err, &j->err);
	return true;
}

void jump_free(struct jump *j)
{
	if (!j)
		return;
	defer_cancel(&j->tell);
	if (j->line)
		leave_line(j, false);
	list_remove(&j->node);
	if (j->fd >= 0)
		close(j->fd);
	err_release(&j->err);
	free(j);
}
