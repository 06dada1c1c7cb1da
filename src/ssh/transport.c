/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a target to a connected descriptor.
 */
#include "ssh/transport.h"

#include <assert.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/alloc.h"
#include "base/gettext.h"

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

struct transport *transport_start(struct loop *loop, struct resolver *resolver,
				  const struct target *target, transport_fn *fn,
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
	else
		resolver_query(resolver, &t->query, target->host, target->port,
			       target->opts->address_family, resolved);
	return t;
}

void transport_free(struct transport *t)
{
	if (!t)
		return;
	defer_cancel(&t->lost);
	resolver_cancel(t->resolver, &t->query);
	dial_stop(&t->dial);
	free(t);
}
