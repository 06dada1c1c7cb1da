/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a target to a connected descriptor.
 */
#include "ssh/transport.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "ssh/proxy.h"

#include "base/banned.h"

struct transport {
	struct loop *loop;
	struct resolver *resolver;
	const struct target *target;
	transport_fn *fn;
	void *arg;
	struct resolve_query query;
	struct defer lost;
	struct dial dial;
	struct proxy *proxy; /* in place of the above, or NULL */
};

static void dialled(struct dial *d, int fd, const struct sockaddr *addr,
		    const struct err *why)
{
	struct transport *t = container_of(d, struct transport, dial);
	struct err err = { 0 };
	const int on = 1;

	(void)addr;
	/* TCPKeepAlive, for a peer that is gone without a word. */
	if (fd >= 0 && t->target->opts->tcp_keep_alive == 1)
		(void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	if (fd < 0) {
		err_copy(&err, why);
		err_prefix(&err, _("connect to host %s port %u: "),
			   t->target->host, t->target->port);
	}
	t->fn(t->arg, fd, &err);
	/* t may be gone */
	err_release(&err);
}

static void resolved(struct resolve_query *q, const struct resolved *r,
		     const struct err *why)
{
	struct transport *t = container_of(q, struct transport, query);
	struct err err = { 0 };

	if (!r) {
		t->fn(t->arg, -1, why);
		return;
	}
	if (dial_start(t->loop, &t->dial, r, t->target->opts->bind_address,
		       dialled, &err))
		t->fn(t->arg, -1, &err);
	err_release(&err);
}

/* The name in full is not known, so that of another host might be taken. */
static void unresolved(struct defer *d)
{
	struct transport *t = container_of(d, struct transport, lost);
	struct err err = { 0 };

	(void)err_set(&err, ERR_RESOLVE, "%s", t->target->opts->unresolved);
	t->fn(t->arg, -1, &err);
	/* t may be gone */
	err_release(&err);
}

static void proxied(void *arg, int fd, const struct err *why)
{
	struct transport *t = arg;

	t->fn(t->arg, fd, why);
	/* t may be gone */
}

struct transport *transport_start(struct loop *loop, struct resolver *resolver,
				  const struct target *target,
				  bool share_stderr, transport_fn *fn,
				  void *arg)
{
	struct transport *t = xcalloc(1, sizeof(*t));

	t->loop = loop;
	t->resolver = resolver;
	t->target = target;
	t->fn = fn;
	t->arg = arg;
	if (target->opts->unresolved)
		defer_post(loop, &t->lost, unresolved);
	else if (target->opts->proxy_command)
		t->proxy = proxy_start(loop, target, share_stderr, proxied, t);
	else
		resolver_query(resolver, &t->query, target->host, target->port,
			       target->opts->address_family, resolved);
	return t;
}

enum transport_state transport_fault(struct transport *t,
				     void (*wake)(void *arg), void *arg,
				     struct err *err)
{
	if (!t->proxy)
		return TRANSPORT_FINE;
	return proxy_fault(t->proxy, wake, arg, err);
}

void transport_peer(int fd, char address[INET6_ADDRSTRLEN])
{
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} sa = { 0 };
	socklen_t len = sizeof(sa);
	const void *addr = NULL;

	address[0] = '\0';
	if (getpeername(fd, &sa.any, &len))
		return;
	if (sa.any.sa_family == AF_INET)
		addr = &sa.v4.sin_addr;
	else if (sa.any.sa_family == AF_INET6)
		addr = &sa.v6.sin6_addr;
	if (addr)
		(void)inet_ntop(sa.any.sa_family, addr, address,
				INET6_ADDRSTRLEN);
}

void transport_free(struct transport *t)
{
	if (!t)
		return;
	defer_cancel(&t->lost);
	resolver_cancel(t->resolver, &t->query);
	dial_stop(&t->dial);
	proxy_free(t->proxy);
	free(t);
}
