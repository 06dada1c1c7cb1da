/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What targets listen on here.
 */
#include "model/forwarding.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/hashmap.h"
#include "base/list.h"
#include "conf/sshforward.h"

#include "base/banned.h"

struct claim {
	struct hashmap_node in;
	const struct target *target;
	char *where;
};

static const struct strvec *list_of(const struct target *t,
				    enum sshforward_kind kind)
{
	return kind == SSHFORWARD_LOCAL ? &t->opts->local_forwards
					: &t->opts->dynamic_forwards;
}

static bool equal(const struct hashmap_node *node, const void *key)
{
	return !strcmp(container_of_const(node, struct claim, in)->where, key);
}

/* NULL: it is nobody's yet, for the system chooses. */
static char *where_of(const struct sshforward *f)
{
	const char *host = f->listen_host;

	if (f->listen_path)
		return xstrdup(f->listen_path);
	if (!f->listen_port)
		return NULL;
	if (!host)
		host = "localhost";
	else if (!*host)
		host = "*";
	return xasprintf(strchr(host, ':') ? "[%s]:%d" : "%s:%d", host,
			 f->listen_port);
}

/* Two of one target are told where they meet, as with ssh. */
static int claim(struct hashmap *claims, const struct target *t, char *where,
		 struct err *err)
{
	uint64_t hash = hash_bytes(where, strlen(where));
	struct hashmap_node *node = hashmap_get(claims, hash, where);
	const struct target *other;
	struct claim *c;

	if (node) {
		other = container_of(node, struct claim, in)->target;
		if (other != t)
			err_set(err, ERR_USAGE,
				_("%s and %s cannot both listen on %s: port 0, or a socket with %%n in its name, gives each host its own, and -o ClearAllForwardings=yes none"),
				other->name, t->name, where);
		free(where);
		return other != t ? -1 : 0;
	}
	c = xcalloc(1, sizeof(*c));
	c->target = t;
	c->where = where;
	hashmap_put(claims, &c->in, hash);
	return 0;
}

static int claim_list(struct hashmap *claims, const struct target *t,
		      enum sshforward_kind kind, struct err *err)
{
	const struct strvec *list = list_of(t, kind);
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < list->n; i++) {
		struct sshforward f;
		char *where;

		if (sshforward_read(list->v[i], kind, &f, err))
			return -1;
		where = where_of(&f);
		if (where)
			rc = claim(claims, t, where, err);
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
		free(c->where);
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
