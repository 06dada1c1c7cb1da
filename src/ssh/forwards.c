/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The forwardings of a session.
 *
 * Notes: addresses to listen on are looked up by the resolver, also those that
 * are numbers; nothing to look up is needed for localhost and for all.  What
 * the server does for us is not here.
 */
#include "ssh/forwards.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "ssh/forwards_internal.h"

#include "base/banned.h"

#define NAME_MAX_VIS 300 /* bytes of a text of forwards_list() */

static struct forwards *set_of(struct companion *c)
{
	return container_of(c, struct forwards, c);
}

static const struct target *target_of(const struct forwards *fw)
{
	return session_target(fw->c.session);
}

void forwards_say(const struct forwards *fw, enum log_level level,
		  const char *text)
{
	if (fw->label)
		log_msg(level, "%s: %s", target_of(fw)->name, text);
	else
		log_msg(level, "%s", text);
}

/* A new string: "[::1]:80", "80" without a host, or the path. */
static char *name_of(const char *host, int port, const char *path)
{
	if (path)
		return text_vis_dup(path, strlen(path), NAME_MAX_VIS);
	if (!host)
		return xasprintf("%d", port);
	return xasprintf(strchr(host, ':') ? "[%s]:%d" : "%s:%d", host, port);
}

/* ---- what came of it ---- */

static bool is_remote(enum sshforward_kind kind)
{
	return kind == SSHFORWARD_REMOTE || kind == SSHFORWARD_REMOTE_DYNAMIC;
}

static int port_of(const struct forward *f)
{
	return f->remote ? fwdremote_port(f) : f->listener.port;
}

static void free_forward(struct forward *f)
{
	if (f->remote)
		fwdremote_free(f);
	listener_stop(&f->listener);
	list_remove(&f->node);
	sshforward_release(&f->spec);
	free(f);
}

/* May be the last that is heard of `f`. */
void forward_settle(struct forward *f, const struct err *why)
{
	struct forwards *fw = f->set;
	forwards_done_fn *done = f->done;
	void *arg = f->arg;
	struct err none = { 0 };
	int port = port_of(f);

	if (f->asked)
		fw->nasked--;
	f->asked = false;
	f->done = NULL;
	if (why)
		free_forward(f);
	if (done)
		done(arg, port, why ? why : &none);
	session_wake(fw->c.session);
}

/* Where it could be: with port 0 nobody knew before. */
static void tell_port(const struct forward *f)
{
	const struct sshforward *s = &f->spec;
	char *from, *to, *text;

	if (s->listen_path || s->listen_port)
		return;
	from = name_of(s->listen_host ? s->listen_host : "localhost",
		       f->listener.port, NULL);
	to = f->kind == SSHFORWARD_DYNAMIC
		     ? xstrdup("SOCKS")
		     : name_of(s->connect_host, s->connect_port,
			       s->connect_path);
	text = xasprintf(_("%s is forwarded to %s"), from, to);
	forwards_say(f->set, LOG_INFO, text);
	free(text);
	free(to);
	free(from);
}

/* ---- listening ---- */

static void on_accept(struct listener *l, int fd,
		      const struct sockaddr_storage *peer)
{
	fwdconn_accept(container_of(l, struct forward, listener), fd, peer);
}

/*
 * Listen on as many of the addresses as can be; the last that cannot is told as
 * an error, the others to who wants to know more, as ssh does.
 */
static void listen_on(struct forward *f, const struct resolved_addr *addr,
		      size_t n)
{
	struct err err = { 0 };

	for (size_t i = 0; i < n; i++) {
		if (listener_add(&f->listener, &addr[i].sa, addr[i].len,
				 &err) == 0)
			continue;
		forwards_say(f->set, i + 1 < n ? LOG_VERBOSE : LOG_ERROR,
			     err.msg);
		err_release(&err);
	}
	if (f->listener.n) {
		tell_port(f);
		forward_settle(f, NULL);
		return;
	}
	err_set(&err, ERR_LOCAL, "cannot listen to port: %d",
		f->spec.listen_port);
	forwards_say(f->set, LOG_ERROR, err.msg);
	forward_settle(f, &err);
	err_release(&err);
}

static void resolved(struct resolve_query *q, const struct resolved *r,
		     const struct err *err)
{
	struct forward *f = container_of(q, struct forward, query);

	if (r) {
		listen_on(f, r->addr, r->n);
		return;
	}
	forwards_say(f->set, LOG_ERROR, err->msg);
	forward_settle(f, err);
}

/* Both families, or the one of AddressFamily; IPv6 first, as ssh. */
static void listen_built_in(struct forward *f, bool any)
{
	int family = target_of(f->set)->opts->address_family;
	uint16_t port = htons((uint16_t)f->spec.listen_port);
	struct resolved_addr addr[2] = { 0 };
	size_t n = 0;

	if (family != AF_INET) {
		struct sockaddr_in6 *sin6 = (struct sockaddr_in6 *)&addr[n].sa;

		sin6->sin6_family = AF_INET6;
		sin6->sin6_port = port;
		sin6->sin6_addr = any ? in6addr_any : in6addr_loopback;
		addr[n++].len = sizeof(*sin6);
	}
	if (family != AF_INET6) {
		struct sockaddr_in *sin = (struct sockaddr_in *)&addr[n].sa;

		sin->sin_family = AF_INET;
		sin->sin_port = port;
		sin->sin_addr.s_addr =
			htonl(any ? INADDR_ANY : INADDR_LOOPBACK);
		addr[n++].len = sizeof(*sin);
	}
	listen_on(f, addr, n);
}

static void listen_unix(struct forward *f)
{
	const struct ssh_opts *o = target_of(f->set)->opts;
	struct err err = { 0 };

	if (listener_add_unix(&f->listener, f->spec.listen_path,
			      (mode_t)o->stream_local_bind_mask,
			      o->stream_local_bind_unlink == 1, &err)) {
		forwards_say(f->set, LOG_ERROR, err.msg);
		forward_settle(f, &err);
		err_release(&err);
		return;
	}
	forward_settle(f, NULL);
}

/* libssh asks no server for it: what was typed at run time ends here. */
static void refuse_path_there(struct forward *f)
{
	struct err err = { 0 };

	err_set(&err, ERR_USAGE,
		_("rsh cannot have a server listen on a Unix socket ('%s')"),
		f->spec.listen_path);
	forward_settle(f, &err);
	err_release(&err);
}

static void begin_listening(struct forward *f)
{
	const struct ssh_opts *o = target_of(f->set)->opts;
	const char *host = f->spec.listen_host;

	if (is_remote(f->kind) && f->spec.listen_path)
		refuse_path_there(f);
	else if (is_remote(f->kind))
		fwdremote_begin(f);
	else if (f->spec.listen_path)
		listen_unix(f);
	else if (!host)
		listen_built_in(f, o->gateway_ports == 1);
	else if (!*host || !strcmp(host, "*"))
		listen_built_in(f, true);
	else if (!strcmp(host, "localhost"))
		listen_built_in(f, false);
	else
		resolver_query(session_resolver(f->set->c.session), &f->query,
			       host, (uint16_t)f->spec.listen_port,
			       o->address_family, resolved);
}

/*
 * The key of the server should not have been taken: nothing leads through it,
 * whoever asks.
 */
static bool distrusted(const struct forwards *fw, struct err *err)
{
	if (session_trust(fw->c.session) != KEY_DISTRUSTED)
		return false;
	err_set(err, ERR_HOSTKEY,
		_("Error: forwarding disabled due to host key check failure"));
	return true;
}

static char *dup_or_null(const char *text)
{
	return text ? xstrdup(text) : NULL;
}

void forwards_add(struct forwards *fw, enum sshforward_kind kind,
		  const struct sshforward *spec, forwards_done_fn *done,
		  void *arg)
{
	struct err err = { 0 };
	struct forward *f;

	if (distrusted(fw, &err)) {
		if (done)
			done(arg, 0, &err);
		err_release(&err);
		return;
	}
	f = xcalloc(1, sizeof(*f));
	f->set = fw;
	f->kind = kind;
	f->done = done;
	f->arg = arg;
	f->spec = *spec;
	f->spec.listen_host = dup_or_null(spec->listen_host);
	f->spec.listen_path = dup_or_null(spec->listen_path);
	f->spec.connect_host = dup_or_null(spec->connect_host);
	f->spec.connect_path = dup_or_null(spec->connect_path);
	listener_init(&f->listener, session_loop(fw->c.session), on_accept);
	list_append(&fw->all, &f->node);
	f->asked = true;
	fw->nasked++;
	begin_listening(f);
}

static void drop(struct forward *f)
{
	if (f->asked)
		f->set->nasked--;
	if (f->asked && !f->remote && !f->spec.listen_path)
		resolver_cancel(session_resolver(f->set->c.session), &f->query);
	free_forward(f);
}

/* ---- cancelling ---- */

static bool same_text(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : !a && !b;
}

/* Where it listens is the same; of port 0 the one that was chosen counts, too.
 */
static bool listens_at(const struct forward *f, const struct sshforward *spec)
{
	if (f->remote && fwdremote_cancelled(f))
		return false;
	return same_text(f->spec.listen_path, spec->listen_path) &&
	       same_text(f->spec.listen_host, spec->listen_host) &&
	       (f->spec.listen_path ||
		f->spec.listen_port == spec->listen_port ||
		(!f->spec.listen_port && port_of(f) == spec->listen_port));
}

/* ssh has one letter for both that listen there. */
static bool same_kind(enum sshforward_kind a, enum sshforward_kind b)
{
	return a == b || (is_remote(a) && is_remote(b));
}

static bool leads_to(const struct forward *f, const struct sshforward *spec)
{
	return same_text(f->spec.connect_path, spec->connect_path) &&
	       same_text(f->spec.connect_host, spec->connect_host) &&
	       f->spec.connect_port == spec->connect_port;
}

bool forwards_have(const struct forwards *fw, enum sshforward_kind kind,
		   const struct sshforward *spec, int *port)
{
	list_for_each (node, &fw->all) {
		const struct forward *f =
			container_of(node, struct forward, node);

		if (f->asked || f->kind != kind || !listens_at(f, spec) ||
		    f->spec.listen_port != spec->listen_port ||
		    !leads_to(f, spec))
			continue;
		*port = port_of(f);
		return true;
	}
	return false;
}

int forwards_cancel(struct forwards *fw, enum sshforward_kind kind,
		    const struct sshforward *spec, struct err *err)
{
	list_for_each (node, &fw->all) {
		struct forward *f = container_of(node, struct forward, node);

		if (f->asked || !listens_at(f, spec) ||
		    !same_kind(f->kind, kind))
			continue;
		if (f->remote)
			fwdremote_cancel(f);
		else
			drop(f);
		return 0;
	}
	return err_set(err, ERR_USAGE, _("there is no such forwarding"));
}

/* ---- telling ---- */

size_t forwards_open(const struct forwards *fw)
{
	size_t n = fw->nopen;

	list_for_each (node, &fw->all) {
		const struct forward *f =
			container_of(node, struct forward, node);

		if (f->remote)
			n += fwdremote_open(f);
	}
	return n;
}

static void add_line(struct strvec *lines, enum sshforward_kind kind,
		     const char *what, const char *from, const char *to)
{
	static const char *const letters[] = {
		[SSHFORWARD_DYNAMIC] = "-D",
		[SSHFORWARD_LOCAL] = "-L",
		[SSHFORWARD_REMOTE] = "-R",
		[SSHFORWARD_REMOTE_DYNAMIC] = "-R",
	};

	strvec_push_take(lines, xasprintf("  %s %s: %s%s%s", letters[kind],
					  what, from, *to ? " -> " : "", to));
}

static void list_listener(const struct forward *f, struct strvec *lines)
{
	const struct sshforward *s = &f->spec;
	char *from = name_of(s->listen_host,
			     port_of(f) ? port_of(f) : s->listen_port,
			     s->listen_path);
	char *to = !s->connect_host && !s->connect_path
			   ? xstrdup("SOCKS")
			   : name_of(s->connect_host, s->connect_port,
				     s->connect_path);

	add_line(lines, f->kind,
		 listener_paused(&f->listener) ? _("waits for descriptors")
					       : _("listens"),
		 from, to);
	free(from);
	free(to);
}

static void list_conn(const struct fwdconn *c, struct strvec *lines)
{
	char *from =
		c->from[0] ? name_of(c->from, c->from_port, NULL) : xstrdup("");
	char *host =
		c->host ? text_vis_dup(c->host, strlen(c->host), NAME_MAX_VIS)
			: NULL;
	char *to =
		host || c->path ? name_of(host, c->port, c->path) : xstrdup("");

	add_line(lines, c->kind, _("connected"), from, to);
	free(host);
	free(from);
	free(to);
}

void forwards_list(const struct forwards *fw, struct strvec *lines)
{
	if (!fw || (list_empty(&fw->all) && list_empty(&fw->conns))) {
		strvec_push(lines, _("Nothing is forwarded."));
		return;
	}
	strvec_push(lines, _("Forwardings and their connections:"));
	list_for_each (node, &fw->all)
		list_listener(container_of(node, struct forward, node), lines);
	list_for_each (node, &fw->conns)
		list_conn(container_of(node, struct fwdconn, node), lines);
}

/* ---- as a companion ---- */

static void configured_done(void *arg, int port, const struct err *err)
{
	struct forwards *fw = arg;

	(void)port;
	if (err->code == ERR_NONE)
		return;
	fw->nfailed++;
	if (target_of(fw)->opts->exit_on_forward_failure != 1)
		forwards_say(fw, LOG_ERROR,
			     "Could not request local forwarding.");
}

/* The user has heard of it, if it does not end everything. */
static void remote_done(void *arg, int port, const struct err *err)
{
	struct forwards *fw = arg;

	(void)port;
	if (err->code == ERR_NONE)
		return;
	fw->nfailed++;
	if (fw->why.code == ERR_NONE)
		err_copy(&fw->why, err);
}

static void add_configured(struct forwards *fw, const struct strvec *list,
			   enum sshforward_kind kind)
{
	forwards_done_fn *done =
		is_remote(kind) ? remote_done : configured_done;

	for (size_t i = 0; i < list->n; i++) {
		struct sshforward spec;
		struct err err = { 0 };

		if (sshforward_read(list->v[i], kind, &spec, &err)) {
			forwards_say(fw, LOG_ERROR, err.msg);
			fw->nfailed++;
			err_release(&err);
			continue;
		}
		forwards_add(fw,
			     is_remote(kind) && !spec.connect_host &&
					     !spec.connect_path
				     ? SSHFORWARD_REMOTE_DYNAMIC
				     : kind,
			     &spec, done, fw);
		sshforward_release(&spec);
	}
}

static void remotes_step(struct forwards *fw)
{
	list_for_each_safe (node, after, &fw->all) {
		struct forward *f = container_of(node, struct forward, node);

		if (f->remote && !fwdremote_step(f))
			drop(f);
	}
}

static enum drv_rc start(struct companion *c, struct err *err)
{
	struct forwards *fw = set_of(c);
	const struct ssh_opts *o = target_of(fw)->opts;

	/* As ssh: without a word where it does not end everything. */
	if (distrusted(fw, err)) {
		if (o->exit_on_forward_failure == 1)
			return DRV_ERROR;
		err_release(err);
		return DRV_OK;
	}
	if (!fw->begun) {
		fw->begun = true;
		add_configured(fw, &o->local_forwards, SSHFORWARD_LOCAL);
		add_configured(fw, &o->dynamic_forwards, SSHFORWARD_DYNAMIC);
		add_configured(fw, &o->remote_forwards, SSHFORWARD_REMOTE);
	}
	remotes_step(fw);
	if (fw->nasked)
		return DRV_AGAIN;
	if (!fw->nfailed || o->exit_on_forward_failure != 1)
		return DRV_OK;
	if (fw->why.code)
		err_move(err, &fw->why);
	else
		err_set(err, ERR_LOCAL, "Could not request local forwarding.");
	return DRV_ERROR;
}

static void end_over(struct forwards *fw)
{
	list_for_each_safe (node, after, &fw->over)
		fwdconn_over_step(container_of(node, struct fwdconn, over));
}

static void step(struct companion *c)
{
	struct forwards *fw = set_of(c);

	list_for_each_safe (node, after, &fw->opening)
		fwdconn_step(container_of(node, struct fwdconn, opening));
	relays_step(&fw->waiting);
	remotes_step(fw);
	end_over(fw);
}

static void closing(struct companion *c)
{
	struct forwards *fw = set_of(c);

	list_for_each_safe (node, after, &fw->all)
		drop(container_of(node, struct forward, node));
	list_for_each_safe (node, after, &fw->conns)
		fwdconn_free(container_of(node, struct fwdconn, node), true);
}

static bool busy(const struct companion *c)
{
	return forwards_open(container_of_const(c, struct forwards, c)) > 0;
}

static void free_set(struct companion *c)
{
	struct forwards *fw = set_of(c);

	err_release(&fw->why);
	free(fw);
}

static const struct companion_ops forwards_ops = {
	.name = "forwards",
	.start = start,
	.step = step,
	.closing = closing,
	.busy = busy,
	.free = free_set,
};

static struct forwards *forwards_new(bool label)
{
	struct forwards *fw = xcalloc(1, sizeof(*fw));

	fw->c.ops = &forwards_ops;
	fw->label = label;
	list_init(&fw->all);
	list_init(&fw->conns);
	list_init(&fw->opening);
	list_init(&fw->waiting);
	list_init(&fw->over);
	return fw;
}

static struct companion *make(struct companion_maker *m, struct session *s)
{
	struct forwards_maker *maker =
		container_of(m, struct forwards_maker, maker);
	const struct ssh_opts *o = session_target(s)->opts;

	if (!o || !session_driver(s)->chan_open_direct ||
	    !(o->local_forwards.n + o->dynamic_forwards.n +
	      o->remote_forwards.n))
		return NULL;
	return &forwards_new(maker->label)->c;
}

void forwards_maker_init(struct forwards_maker *m, bool label)
{
	*m = (struct forwards_maker){ .maker.make = make, .label = label };
}

/* One made later has nothing to begin with. */
struct forwards *forwards_of(struct session *s)
{
	struct companion *c = session_companion(s, &forwards_ops);
	struct forwards *fw;

	if (c)
		return set_of(c);
	fw = forwards_new(false);
	fw->begun = fw->c.started = true;
	session_attach(s, &fw->c);
	return fw;
}
