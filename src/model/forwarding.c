/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What targets listen on here.
 */
#include "model/forwarding.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/hashmap.h"
#include "base/list.h"
#include "conf/sshforward.h"

#include "base/banned.h"

/*
 * What is listened on is claimed by texts: "4 127.0.0.1 80", "6 ::1 80",
 * "n NAME 80" for a name that is looked up later, "p PATH".  All addresses of a
 * family are "4 * 80", and whoever has one of them leaves "4 ? 80" as well.
 */
struct claim {
	struct hashmap_node in;
	const struct target *target;
	char *what;
};

/* Addresses of one family, or of none: a name, or a path. */
struct place {
	char family;
	char address[INET6_ADDRSTRLEN];
	const char *name; /* in place of an address */
	int port;
};

#define EACH "*"
#define SOME "?"

static const struct strvec *list_of(const struct target *t,
				    enum sshforward_kind kind)
{
	return kind == SSHFORWARD_LOCAL ? &t->opts->local_forwards
					: &t->opts->dynamic_forwards;
}

static bool equal(const struct hashmap_node *node, const void *key)
{
	return !strcmp(container_of_const(node, struct claim, in)->what, key);
}

static char *shown(const struct sshforward *f)
{
	const char *host = f->listen_host;

	if (f->listen_path)
		return xstrdup(f->listen_path);
	if (!host)
		host = "localhost";
	else if (!*host)
		host = "*";
	return xasprintf(strchr(host, ':') ? "[%s]:%d" : "%s:%d", host,
			 f->listen_port);
}

/* ---- where ---- */

static struct place number(char family, const char *address)
{
	struct place p = { .family = family };

	(void)snprintf(p.address, sizeof(p.address), "%s", address);
	return p;
}

/* Of both families, or of the one of AddressFamily. */
static size_t built_in(const struct ssh_opts *o, bool any, struct place *out)
{
	size_t n = 0;

	if (o->address_family != AF_INET6)
		out[n++] = number('4', any ? EACH : "127.0.0.1");
	if (o->address_family != AF_INET)
		out[n++] = number('6', any ? EACH : "::1");
	return n;
}

static size_t named(const char *host, struct place *out)
{
	struct in6_addr six;
	struct in_addr four;

	if (inet_pton(AF_INET, host, &four) == 1) {
		*out = number('4', four.s_addr == INADDR_ANY ? EACH : host);
	} else if (inet_pton(AF_INET6, host, &six) == 1) {
		*out = number('6', EACH);
		if (!IN6_IS_ADDR_UNSPECIFIED(&six))
			(void)inet_ntop(AF_INET6, &six, out->address,
					sizeof(out->address));
	} else {
		*out = (struct place){ .family = 'n', .name = host };
	}
	return 1;
}

/* None if the system chooses. */
static size_t places_of(const struct sshforward *f, const struct ssh_opts *o,
			struct place out[2])
{
	const char *host = f->listen_host;
	size_t n;

	if (f->listen_path) {
		out[0] =
			(struct place){ .family = 'p', .name = f->listen_path };
		return 1;
	}
	if (!f->listen_port)
		return 0;
	if (!host)
		n = built_in(o, o->gateway_ports == 1, out);
	else if (!*host || !strcmp(host, "*"))
		n = built_in(o, true, out);
	else if (!strcasecmp(host, "localhost"))
		n = built_in(o, false, out);
	else
		n = named(host, out);
	for (size_t i = 0; i < n; i++)
		out[i].port = f->listen_port;
	return n;
}

static bool is_number(const struct place *p)
{
	return p->family == '4' || p->family == '6';
}

static bool is_each(const struct place *p)
{
	return is_number(p) && !strcmp(p->address, EACH);
}

static char *text_of(const struct place *p, const char *address)
{
	return xasprintf("%c %s %d", p->family, address, p->port);
}

/* ---- claims ---- */

static const struct claim *find(const struct hashmap *claims, const char *what)
{
	struct hashmap_node *node =
		hashmap_get(claims, hash_bytes(what, strlen(what)), what);

	return node ? container_of(node, struct claim, in) : NULL;
}

/* Who has it, else it is `t`'s: the first stays, and what it has is its own,
   for targets come one after the other. */
static const struct target *take(struct hashmap *claims, const struct target *t,
				 char *what)
{
	const struct claim *old = find(claims, what);
	struct claim *c;

	if (old) {
		free(what);
		return old->target;
	}
	c = xcalloc(1, sizeof(*c));
	c->target = t;
	c->what = what;
	hashmap_put(claims, &c->in, hash_bytes(what, strlen(what)));
	return t;
}

static const struct target *holder(const struct hashmap *claims,
				   const struct place *p, const char *address)
{
	char *what = text_of(p, address);
	const struct claim *c = find(claims, what);

	free(what);
	return c ? c->target : NULL;
}

/* Another target that listens there, or NULL. */
static const struct target *claim(struct hashmap *claims,
				  const struct target *t, const struct place *p)
{
	const struct target *other = NULL;

	if (is_number(p))
		other = holder(claims, p, is_each(p) ? SOME : EACH);
	if (other && other != t)
		return other;
	other = take(claims, t, text_of(p, p->name ? p->name : p->address));
	if (is_number(p) && !is_each(p))
		(void)take(claims, t, text_of(p, SOME));
	return other == t ? NULL : other;
}

/* Two of one target are told where they meet, as with ssh. */
static int claim_one(struct hashmap *claims, const struct target *t,
		     const struct sshforward *f, struct err *err)
{
	const struct target *other = NULL;
	struct place places[2];
	size_t n = places_of(f, t->opts, places);
	char *text;

	for (size_t i = 0; !other && i < n; i++)
		other = claim(claims, t, &places[i]);
	if (!other)
		return 0;
	text = shown(f);
	err_set(err, ERR_USAGE,
		_("%s and %s cannot both listen on %s: port 0, or a socket with %%n in its name, gives each host its own, and -o ClearAllForwardings=yes none"),
		other->name, t->name, text);
	free(text);
	return -1;
}

static int claim_list(struct hashmap *claims, const struct target *t,
		      enum sshforward_kind kind, struct err *err)
{
	const struct strvec *list = list_of(t, kind);
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < list->n; i++) {
		struct sshforward f;

		if (sshforward_read(list->v[i], kind, &f, err))
			return -1;
		rc = claim_one(claims, t, &f, err);
		sshforward_release(&f);
	}
	return rc;
}

static void release(struct hashmap *claims)
{
	struct hashmap_node *node;

	while ((node = hashmap_walk(claims, NULL))) {
		struct claim *c = container_of(node, struct claim, in);

		hashmap_remove(claims, node);
		free(c->what);
		free(c);
	}
	hashmap_release(claims);
}

static bool listens(const struct target *t)
{
	return t->opts &&
	       t->opts->local_forwards.n + t->opts->dynamic_forwards.n;
}

static bool has_any(const struct target *t)
{
	return listens(t) || (t->opts && t->opts->remote_forwards.n);
}

/* As with ssh: what copies, or is one connection (-W), forwards no others. */
bool forwarding_wanted(const struct plan *plan)
{
	for (size_t i = 0; plan->spec.kind == OP_EXEC && i < plan->targets.n;
	     i++)
		if (has_any(&plan->targets.v[i]))
			return true;
	return false;
}

/* libssh asks no server for a Unix socket. */
static int check_remote(const struct target *t, struct err *err)
{
	const struct strvec *list = &t->opts->remote_forwards;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < list->n; i++) {
		struct sshforward f;

		if (sshforward_read(list->v[i], SSHFORWARD_REMOTE, &f, err))
			return -1;
		if (f.listen_path)
			rc = err_set(
				err, ERR_USAGE,
				_("%s: rsh cannot have a server listen on a Unix socket ('%s'); --ssh-program can"),
				t->name, f.listen_path);
		sshforward_release(&f);
	}
	return rc;
}

static int check_remotes(const struct plan *plan, struct err *err)
{
	for (size_t i = 0; i < plan->targets.n; i++)
		if (plan->targets.v[i].opts &&
		    check_remote(&plan->targets.v[i], err))
			return -1;
	return 0;
}

int forwarding_check(const struct plan *plan, struct err *err)
{
	struct hashmap claims;
	int rc = 0;

	if (plan->spec.kind != OP_EXEC)
		return 0;
	if (!strcmp(plan->driver, "ssh") && check_remotes(plan, err))
		return -1;
	if (plan->targets.n < 2)
		return 0;
	hashmap_init(&claims, equal);
	for (size_t i = 0; rc == 0 && i < plan->targets.n; i++) {
		const struct target *t = &plan->targets.v[i];

		if (!listens(t))
			continue;
		rc = claim_list(&claims, t, SSHFORWARD_LOCAL, err) ||
				     claim_list(&claims, t, SSHFORWARD_DYNAMIC,
						err)
			     ? -1
			     : 0;
	}
	release(&claims);
	return rc;
}
