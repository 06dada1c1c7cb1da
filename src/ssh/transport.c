/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a target to a connected descriptor.
 */
#include "ssh/transport.h"

#include <arpa/inet.h>
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "io/dial.h"
#include "io/resolver.h"
#include "ssh/muxjump.h"
#include "ssh/pool.h"
#include "ssh/proxy.h"
#include "ssh/session.h"

#include "base/banned.h"

#define DROP_MS 200 /* the first wait after a dropped connection, at most */

static_assert((int)DIAL_TOS_NONE == (int)SSHOPT_QOS_NONE,
	      "IPQoS goes to dial as it is");

struct transport {
	struct loop *loop;
	struct resolver *resolver;
	const struct target *target;
	const struct transport_events *ev;
	void *arg;
	struct resolve_query query; /* BindAddress, then the host */
	struct dial_source source;
	struct dial dial;
	struct pool *pool;
	struct proxy *proxy;	 /* in place of the above, or NULL */
	struct muxjump *muxjump; /* the same */
	struct jump *jump;	 /* the same, or after that */
	struct defer failed;
	struct err err;
};

/* As ssh has it: what it was told to connect to, not what it got. */
static void describe(const struct sockaddr *sa, char address[TRANSPORT_ADDRESS])
{
	const union {
		const struct sockaddr *any;
		const struct sockaddr_in *v4;
		const struct sockaddr_in6 *v6;
	} a = { .any = sa };
	char name[IF_NAMESIZE];
	size_t n;

	address[0] = '\0';
	if (sa && sa->sa_family == AF_INET)
		(void)inet_ntop(AF_INET, &a.v4->sin_addr, address,
				INET6_ADDRSTRLEN);
	if (!sa || sa->sa_family != AF_INET6)
		return;
	assert(a.v6);
	(void)inet_ntop(AF_INET6, &a.v6->sin6_addr, address, INET6_ADDRSTRLEN);
	n = strlen(address);
	if (a.v6->sin6_scope_id && if_indextoname(a.v6->sin6_scope_id, name))
		(void)snprintf(address + n, TRANSPORT_ADDRESS - n, "%%%s",
			       name);
}

static void dialled(struct dial *d, int fd, const struct sockaddr *addr,
		    const struct err *why)
{
	struct transport *t = container_of(d, struct transport, dial);
	char address[TRANSPORT_ADDRESS];
	struct err err = { 0 };
	const int on = 1;

	describe(addr, address);
	/* TCPKeepAlive, for a peer that is gone without a word. */
	if (fd >= 0 && t->target->opts->tcp_keep_alive == 1)
		(void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	if (fd < 0) {
		err_copy(&err, why);
		err_prefix(&err, _("connect to host %s port %u: "),
			   t->target->host, t->target->port);
		err_as_ssh(&err, "ssh: connect to host %s port %u: %s",
			   t->target->host, t->target->port, why->msg);
	}
	t->ev->connected(t->arg, fd, address, &err);
	/* t may be gone */
	err_release(&err);
}

static void resolved(struct resolve_query *q, const struct resolved *r,
		     const struct err *why)
{
	struct transport *t = container_of(q, struct transport, query);
	struct err err = { 0 };

	if (!r) {
		t->ev->connected(t->arg, -1, "", why);
		return;
	}
	if (dial_start(t->loop, &t->dial, r, &t->source, dialled, &err))
		t->ev->connected(t->arg, -1, "", &err);
	err_release(&err);
}

static void look_up_host(struct transport *t)
{
	resolver_query(t->resolver, &t->query, t->target->host, t->target->port,
		       t->target->opts->address_family, resolved);
}

/* BindAddress may be a name, as with ssh. */
static void bind_resolved(struct resolve_query *q, const struct resolved *r,
			  const struct err *why)
{
	struct transport *t = container_of(q, struct transport, query);
	struct err err = { 0 };

	if (r) {
		dial_source_addresses(&t->source, r);
		look_up_host(t);
		return;
	}
	err_set(&err, ERR_CONNECT, "BindAddress: %s", why->msg);
	t->ev->connected(t->arg, -1, "", &err);
	/* t may be gone */
	err_release(&err);
}

static void failed(struct defer *d)
{
	struct transport *t = container_of(d, struct transport, failed);
	struct err err = { 0 };

	err_move(&err, &t->err);
	t->ev->connected(t->arg, -1, "", &err);
	/* t may be gone */
	err_release(&err);
}

/* BindAddress stands above BindInterface. */
static void connect_directly(struct transport *t)
{
	const struct ssh_opts *o = t->target->opts;

	t->source.tos = o->ip_qos_interactive;
	if (o->bind_address) {
		t->source.name = o->bind_address;
		resolver_query(t->resolver, &t->query, o->bind_address, 0,
			       o->address_family, bind_resolved);
		return;
	}
	if (o->bind_interface) {
		t->source.name = o->bind_interface;
		if (dial_source_interface(&t->source, o->bind_interface,
					  o->address_family, &t->err)) {
			defer_post(t->loop, &t->failed, failed);
			return;
		}
	}
	look_up_host(t);
}

static void proxied(void *arg, int fd, const struct err *why)
{
	struct transport *t = arg;

	t->ev->connected(t->arg, fd, "", why);
	/* t may be gone */
}

static void held(void *arg, bool held)
{
	struct transport *t = arg;

	t->ev->held(t->arg, held);
}

static const struct jump_events jump_events = {
	.done = proxied,
	.held = held,
};

/* Where there is no master the jump host has a session of ours. */
static void muxjumped(void *arg, int fd)
{
	struct transport *t = arg;

	if (fd < 0)
		t->jump = jump_start(t->pool, t->target, &jump_events, t);
	else
		t->ev->connected(t->arg, fd, "", &(struct err){ 0 });
}

struct transport *transport_start(const struct session_env *env,
				  const struct target *target,
				  const struct transport_events *ev, void *arg)
{
	struct transport *t = xcalloc(1, sizeof(*t));

	t->loop = env->loop;
	t->resolver = env->resolver;
	t->pool = env->pool;
	t->target = target;
	t->ev = ev;
	t->arg = arg;
	if (target->opts->unresolved) {
		/* That of another host might be taken for it. */
		(void)err_set(&t->err, ERR_RESOLVE, "%s",
			      target->opts->unresolved);
		defer_post(t->loop, &t->failed, failed);
	} else if (env->shared && muxjump_wanted(target)) {
		t->muxjump = muxjump_start(t->loop, target, muxjumped, t);
	} else if (target->via) {
		t->jump = jump_start(env->pool, target, &jump_events, t);
	} else if (target->opts->proxy_command) {
		t->proxy = proxy_start(t->loop, target, env->share_output,
				       proxied, t);
	} else {
		connect_directly(t);
	}
	return t;
}

bool transport_proxied(const struct target *target)
{
	return target->via || target->opts->proxy_command;
}

bool transport_waits(const struct transport *t)
{
	return t->jump && jump_waits(t->jump);
}

bool transport_lost(const struct transport *t, struct err *err)
{
	return t->jump && jump_lost(t->jump, err);
}

enum transport_state transport_fault(struct transport *t,
				     void (*wake)(void *arg), void *arg,
				     struct err *err)
{
	if (transport_lost(t, err))
		return TRANSPORT_FAULT;
	if (!t->proxy)
		return TRANSPORT_FINE;
	return proxy_fault(t->proxy, wake, arg, err);
}

uint64_t transport_retry_ms(unsigned int drops, unsigned int rank)
{
	return timer_jitter_ms((uint64_t)DROP_MS << drops, rank);
}

void transport_free(struct transport *t)
{
	if (!t)
		return;
	defer_cancel(&t->failed);
	dial_stop(&t->dial);
	resolver_cancel(t->resolver, &t->query);
	err_release(&t->err);
	proxy_free(t->proxy);
	muxjump_free(t->muxjump);
	jump_free(t->jump);
	free(t);
}
