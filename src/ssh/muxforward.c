/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Forwards in the protocol of shared connections.
 */
#include "ssh/muxforward.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/alloc.h"

#include "base/banned.h"

#define PORT_MAX 65535

/* The host that ssh names where there is none: with it, and with port 0, two
   that are alike are alike for its master. */
#define SOCKS "socks"

/* Any address is "*", none said is "". */
static char *listen_text(const struct sshforward *f)
{
	if (f->listen_path)
		return xstrdup(f->listen_path);
	if (!f->listen_host)
		return xstrdup("");
	return xstrdup(*f->listen_host ? f->listen_host : "*");
}

/* Fill the rest of a request of that kind. */
static void put_forward(struct mux_msg *m, enum sshforward_kind kind,
			const struct sshforward *f)
{
	m->number = kind == SSHFORWARD_LOCAL	 ? MUX_FORWARD_LOCAL
		    : kind == SSHFORWARD_DYNAMIC ? MUX_FORWARD_DYNAMIC
						 : MUX_FORWARD_REMOTE;
	m->listen_host = listen_text(f);
	m->listen_port =
		f->listen_path ? MUX_PORT_PATH : (uint32_t)f->listen_port;
	m->connect_host = xstrdup(f->connect_path   ? f->connect_path
				  : f->connect_host ? f->connect_host
						    : SOCKS);
	m->connect_port =
		f->connect_path ? MUX_PORT_PATH : (uint32_t)f->connect_port;
}

static bool fits(uint32_t port, const char *host)
{
	return port == MUX_PORT_PATH ? *host != '\0' : port <= PORT_MAX;
}

static int kind_of(const struct mux_msg *m, enum sshforward_kind *kind)
{
	bool to = *m->connect_host && m->connect_port;

	if (m->number == MUX_FORWARD_LOCAL && to)
		*kind = SSHFORWARD_LOCAL;
	else if (m->number == MUX_FORWARD_REMOTE)
		*kind = to ? SSHFORWARD_REMOTE : SSHFORWARD_REMOTE_DYNAMIC;
	else if (m->number == MUX_FORWARD_DYNAMIC &&
		 m->listen_port != MUX_PORT_PATH)
		*kind = SSHFORWARD_DYNAMIC;
	else
		return -1;
	return 0;
}

bool muxforward_leads(const struct mux_msg *m)
{
	return *m->connect_host && m->connect_port &&
	       fits(m->connect_port, m->connect_host);
}

int muxforward_get(const struct mux_msg *m, enum sshforward_kind *kind,
		   struct sshforward *f)
{
	*f = (struct sshforward){ 0 };
	if (!fits(m->listen_port, m->listen_host) ||
	    !fits(m->connect_port, m->connect_host) || kind_of(m, kind))
		return -1;
	if (m->listen_port == MUX_PORT_PATH) {
		f->listen_path = xstrdup(m->listen_host);
	} else {
		f->listen_port = (int)m->listen_port;
		f->listen_host =
			*m->listen_host ? xstrdup(m->listen_host) : NULL;
	}
	if (m->connect_port == MUX_PORT_PATH) {
		f->connect_path = xstrdup(m->connect_host);
	} else if (*kind == SSHFORWARD_LOCAL || *kind == SSHFORWARD_REMOTE) {
		f->connect_port = (int)m->connect_port;
		f->connect_host = xstrdup(m->connect_host);
	}
	return 0;
}

static int add(struct muxforwards *all, const struct strvec *list,
	       enum sshforward_kind kind, enum mux_kind ask, struct err *err)
{
	for (size_t i = 0; i < list->n; i++) {
		struct sshforward f;
		struct mux_msg *m;

		if (sshforward_read(list->v[i], kind, &f, err))
			return -1;
		all->v = xreallocarray(all->v, all->n + 1, sizeof(*all->v));
		m = &all->v[all->n++];
		*m = (struct mux_msg){ .kind = ask };
		put_forward(m, kind, &f);
		sshforward_release(&f);
	}
	return 0;
}

int muxforwards_init(struct muxforwards *all, const struct ssh_opts *opts,
		     enum mux_kind kind, struct err *err)
{
	*all = (struct muxforwards){ 0 };
	if (add(all, &opts->local_forwards, SSHFORWARD_LOCAL, kind, err) ||
	    add(all, &opts->dynamic_forwards, SSHFORWARD_DYNAMIC, kind, err))
		return -1;
	return add(all, &opts->remote_forwards, SSHFORWARD_REMOTE, kind, err);
}

void muxforwards_release(struct muxforwards *all)
{
	for (size_t i = 0; i < all->n; i++)
		mux_msg_release(&all->v[i]);
	free(all->v);
	*all = (struct muxforwards){ 0 };
}
