/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Connecting to the first of several addresses that answers.
 */
#include "io/dial.h"

#include <assert.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/gettext.h"

#include "base/banned.h"

/* "Connection Attempt Delay", RFC 8305 section 5. */
#define STAGGER_MS 250

static const struct sockaddr *as_sockaddr(const struct resolved_addr *a)
{
	return (const struct sockaddr *)(const void *)&a->sa;
}

/* ---- the source ---- */

static const struct resolved_addr *source_of(const struct dial_source *s,
					     sa_family_t family)
{
	for (unsigned int i = 0; i < 2; i++) {
		if (s->addr[i].len && s->addr[i].sa.ss_family == family)
			return &s->addr[i];
	}
	return NULL;
}

/* Unless there is one of its family. */
static void add_source(struct dial_source *s, const struct sockaddr *sa,
		       socklen_t len)
{
	struct resolved_addr *to = s->addr[0].len ? &s->addr[1] : &s->addr[0];

	if (to->len || source_of(s, sa->sa_family))
		return;
	memcpy(&to->sa, sa, len);
	to->len = len;
}

void dial_source_addresses(struct dial_source *s, const struct resolved *r)
{
	for (unsigned int i = 0; i < r->n; i++)
		add_source(s, as_sockaddr(&r->addr[i]), r->addr[i].len);
}

/* Whether it reaches no further than this machine or its wire. */
static bool is_local(const struct ifaddrs *a)
{
	const void *sa = a->ifa_addr;
	const struct sockaddr_in6 *v6 = sa;

	return (a->ifa_flags & IFF_LOOPBACK) ||
	       (a->ifa_addr->sa_family == AF_INET6 &&
		(IN6_IS_ADDR_LINKLOCAL(&v6->sin6_addr) ||
		 IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr)));
}

static void add_interface(struct dial_source *s, const struct ifaddrs *all,
			  const char *interface, int family, bool local)
{
	for (const struct ifaddrs *a = all; a; a = a->ifa_next) {
		int has = a->ifa_addr ? a->ifa_addr->sa_family : AF_UNSPEC;

		if ((has != AF_INET && has != AF_INET6) ||
		    (family != AF_UNSPEC && family != has) ||
		    !(a->ifa_flags & IFF_UP) ||
		    strcmp(a->ifa_name, interface) != 0 || is_local(a) != local)
			continue;
		add_source(s, a->ifa_addr,
			   has == AF_INET ? sizeof(struct sockaddr_in)
					  : sizeof(struct sockaddr_in6));
	}
}

int dial_source_interface(struct dial_source *s, const char *interface,
			  int family, struct err *err)
{
	struct ifaddrs *all;

	if (getifaddrs(&all))
		return err_set_errno(err, ERR_CONNECT,
				     _("cannot list network interfaces"));
	add_interface(s, all, interface, family, false);
	add_interface(s, all, interface, family, true);
	freeifaddrs(all);
	if (!s->addr[0].len)
		return err_set(
			err, ERR_CONNECT,
			_("the interface '%s' has no address to connect from"),
			interface);
	return 0;
}

static void set_tos(int fd, int family, int tos)
{
	if (tos == DIAL_TOS_NONE)
		return;
	if (family == AF_INET)
		(void)setsockopt(fd, IPPROTO_IP, IP_TOS, &tos, sizeof(tos));
	else if (family == AF_INET6)
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_TCLASS, &tos,
				 sizeof(tos));
}

bool dial_hung_up(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLRDHUP };

	return poll(&p, 1, 0) == 1 && p.revents;
}

void dial_set_tos(int fd, int tos)
{
	struct sockaddr_storage sa = { 0 };
	socklen_t len = sizeof(sa);
	void *any = &sa;

	if (!getsockname(fd, any, &len))
		set_tos(fd, sa.ss_family, tos);
}

/* ---- the race ---- */

static bool usable(const struct dial *d, unsigned int i)
{
	return !d->source.name ||
	       source_of(&d->source, d->addrs->addr[i].sa.ss_family);
}

/* The place of the next usable address from `i` on, of `family` or not. */
static unsigned int find(const struct dial *d, unsigned int i,
			 sa_family_t family, bool same)
{
	while (i < d->addrs->n &&
	       (!usable(d, i) ||
		(d->addrs->addr[i].sa.ss_family == family) != same))
		i++;
	return i;
}

/*
 * The family of the first address and the others in turn, each in the
 * resolver's order (RFC 8305, section 4).
 */
static void sort(struct dial *d)
{
	sa_family_t first = d->addrs->n ? d->addrs->addr[0].sa.ss_family : 0;
	unsigned int at[2] = { find(d, 0, first, true),
			       find(d, 0, first, false) };

	assert(d->addrs->n <= RESOLVED_MAX);
	for (unsigned int turn = 0; at[0] < d->addrs->n || at[1] < d->addrs->n;
	     turn = !turn) {
		unsigned int i = at[turn];

		if (i == d->addrs->n)
			continue;
		d->order[d->norder++] = (unsigned char)i;
		at[turn] = find(d, i + 1, first, !turn);
	}
}

static void note_failure(struct dial *d, int error)
{
	err_set(&d->err, ERR_CONNECT, "%s", strerror(error));
}

/* A socket on its way to `a`, or -1 with errno. */
static int begin_connect(const struct dial *d, const struct resolved_addr *a)
{
	int fd = socket(a->sa.ss_family,
			SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	const struct resolved_addr *from =
		source_of(&d->source, a->sa.ss_family);
	int on = 1;
	int saved;

	if (fd < 0)
		return -1;
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	set_tos(fd, a->sa.ss_family, d->source.tos);
	if (from && bind(fd, as_sockaddr(from), from->len))
		goto fail;
	if (connect(fd, as_sockaddr(a), a->len) && errno != EINPROGRESS &&
	    errno != EINTR)
		goto fail;
	return fd;
fail:
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

static void attempt_stop(struct dial_attempt *a)
{
	if (a->fd < 0)
		return;
	watch_stop(&a->watch);
	close(a->fd);
	a->fd = -1;
}

static struct dial_attempt *free_attempt(struct dial *d)
{
	for (unsigned int i = 0; i < DIAL_RACERS; i++) {
		if (d->attempts[i].fd < 0)
			return &d->attempts[i];
	}
	return NULL;
}

static bool racing(const struct dial *d)
{
	for (unsigned int i = 0; i < DIAL_RACERS; i++) {
		if (d->attempts[i].fd >= 0)
			return true;
	}
	return false;
}

static void finish(struct dial *d, int fd, const struct sockaddr *addr)
{
	dial_fn *fn = d->fn;
	struct err err = { 0 };

	err_move(&err, &d->err);
	dial_stop(d);
	fn(d, fd, addr, &err); /* may free it */
	err_release(&err);
}

static void on_failed(struct defer *defer)
{
	finish(container_of(defer, struct dial, done), -1, NULL);
}

/* Mutual: a connect that fails starts the next one. */
static void go_on(struct dial *d);

static void on_connected(struct watch *w, unsigned int events)
{
	struct dial_attempt *a = container_of(w, struct dial_attempt, watch);
	struct dial *d = a->dial;
	socklen_t len = sizeof(int);
	int error = 0;
	int fd = a->fd;

	(void)events;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len))
		error = errno;
	if (error) {
		attempt_stop(a);
		note_failure(d, error);
		go_on(d);
		return;
	}
	watch_stop(w);
	a->fd = -1; /* the caller's now */
	finish(d, fd, as_sockaddr(&d->addrs->addr[a->addr]));
}

static int attempt_start(struct dial *d, struct dial_attempt *a,
			 unsigned int addr)
{
	a->dial = d;
	a->addr = addr;
	a->fd = begin_connect(d, &d->addrs->addr[addr]);
	if (a->fd < 0) {
		note_failure(d, errno);
		return -1;
	}
	if (watch_start(d->loop, &a->watch, a->fd, WATCH_OUT, on_connected,
			&d->err)) {
		attempt_stop(a);
		return -1;
	}
	return 0;
}

static void on_stagger(struct timer *t)
{
	go_on(container_of(t, struct dial, stagger));
}

/* Try the next address; the one after it follows by the clock. */
static void go_on(struct dial *d)
{
	while (d->next < d->norder) {
		struct dial_attempt *a = free_attempt(d);

		if (!a)
			return; /* one of them will fail or win */
		if (attempt_start(d, a, d->order[d->next++]))
			continue;
		if (d->next < d->norder)
			timer_start(d->loop, &d->stagger, STAGGER_MS,
				    on_stagger);
		return;
	}
	timer_stop(d->loop, &d->stagger);
	if (!racing(d))
		defer_post(d->loop, &d->done, on_failed);
}

int dial_start(struct loop *loop, struct dial *d, const struct resolved *addrs,
	       const struct dial_source *source, dial_fn *fn, struct err *err)
{
	assert(!d->loop && fn);
	*d = (struct dial){ .fn = fn, .addrs = addrs, .source = *source };
	sort(d);
	if (!d->norder)
		return err_set(err, ERR_CONNECT,
			       _("no address can be reached from '%s'"),
			       source->name ? source->name : "*");
	for (unsigned int i = 0; i < DIAL_RACERS; i++)
		d->attempts[i].fd = -1;
	d->loop = loop;
	go_on(d);
	return 0;
}

void dial_stop(struct dial *d)
{
	if (!d->loop)
		return;
	for (unsigned int i = 0; i < DIAL_RACERS; i++)
		attempt_stop(&d->attempts[i]);
	timer_stop(d->loop, &d->stagger);
	defer_cancel(&d->done);
	err_release(&d->err);
	d->loop = NULL;
}
