/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Clusters as host lists, whose host is whose, and what that comes to as
 * lines of ssh_config(5).
 *
 * Notes: the hosts of a cluster are kept by name only where that matters: not
 * when neither it nor its nodes have a value of their own.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/list.h"
#include "conf/rshconf_store.h"
#include "conf/spec.h"
#include "conf/sshopt.h"
#include "base/banned.h"

/* What a cluster is as text, at most. */
#define LIST_MAX ((size_t)64 << 20)

struct owner {
	struct hashmap_node in;
	const struct rshcluster *cluster;
	const struct rshnode *node;
	char name[];
};

static bool owner_equal(const struct hashmap_node *node, const void *key)
{
	return strcmp(container_of_const(node, struct owner, in)->name, key) ==
	       0;
}

static struct owner *owner_find(const struct rshconf *conf, const char *name)
{
	struct hashmap_node *node =
		hashmap_get(&conf->owners, hash_str(name), name);

	return node ? container_of(node, struct owner, in) : NULL;
}

static void owner_add(struct rshconf *conf, const char *name,
		      const struct rshcluster *c, const struct rshnode *node)
{
	size_t len = strlen(name);
	struct owner *o = xmalloc(sizeof(*o) + len + 1);

	*o = (struct owner){ .cluster = c, .node = node };
	memcpy(o->name, name, len + 1);
	hashmap_put(&conf->owners, &o->in, hash_str(name));
}

void rshconf_owners_release(struct rshconf *conf)
{
	struct hashmap_node *node = hashmap_walk(&conf->owners, NULL);

	while (node) {
		struct hashmap_node *next = hashmap_walk(&conf->owners, node);

		free(container_of(node, struct owner, in));
		node = next;
	}
	hashmap_release(&conf->owners);
}

bool rshconf_owner(const struct rshconf *conf, const char *listed,
		   const struct rshcluster **c, const struct rshnode **node)
{
	const struct owner *o = owner_find(conf, listed);

	*c = o ? o->cluster : NULL;
	*node = o ? o->node : NULL;
	return o != NULL;
}

/* Whether it makes a difference that a host is one of these. */
static bool has_values(const struct rshcluster *c)
{
	if (c->own.n || c->interactive.n)
		return true;
	for (size_t i = 0; i < c->nnodes; i++)
		if (c->nodes[i].own.n || strpbrk(c->nodes[i].hosts, "@:^"))
			return true;
	return false;
}

/*
 * A second node of the same host with another user or port: its name in the
 * list has to say which.  A new string, or NULL when nothing sets it apart.
 */
static char *long_name(const struct rshnode *node, const char *name)
{
	const struct rshvalue *user = rshvalues_get(&node->own, "user");
	const struct rshvalue *port = rshvalues_get(&node->own, "port");
	struct strbuf sb = STRBUF_INIT(STRBUF_MAX_TEXT);
	struct dest d;

	if ((!user && !port) || dest_parse(name, true, &d, NULL))
		return NULL;
	if (d.user)
		(void)strbuf_addf(&sb, "%s@", d.user);
	else if (user && *user->text)
		(void)strbuf_addf(&sb, "%s@", user->text);
	(void)strbuf_addf(&sb, strchr(d.host, ':') ? "[%s]" : "%s", d.host);
	if (d.port)
		(void)strbuf_addf(&sb, ":%u", d.port);
	else if (port)
		(void)strbuf_addf(&sb, ":%s", port->text);
	dest_release(&d);
	return strbuf_detach(&sb, NULL);
}

/* Note whose `name` is.  True when the list needs another one, put in `sb`. */
static bool claim(struct rshconf *conf, const struct rshcluster *c,
		  const struct rshnode *node, const char *name,
		  struct strbuf *sb)
{
	const struct owner *o = owner_find(conf, name);
	char *other;

	if (!o) {
		owner_add(conf, name, c, node);
		return false;
	}
	if (o->cluster != c || o->node == node)
		return false;
	other = long_name(node, name);
	if (!other)
		return false;
	if (!owner_find(conf, other))
		owner_add(conf, other, c, node);
	(void)strbuf_addf(sb, "%s%s", sb->len ? "," : "", other);
	free(other);
	return true;
}

/* Add the hosts of a node: as written, where all of them keep their names. */
static int add_node(struct rshconf *conf, const struct rshcluster *c,
		    const struct rshnode *node, bool note, struct strbuf *out,
		    struct err *err)
{
	struct hostlist *hl = hostlist_new();
	struct strbuf renamed = STRBUF_INIT(LIST_MAX);
	struct strbuf kept = STRBUF_INIT(LIST_MAX);
	int rc = hostlist_parse(hl, node->hosts, conf->source, err);

	for (size_t i = 0; rc == 0 && note && i < hostlist_count(hl); i++) {
		const char *name = hostlist_get(hl, i);

		if (!claim(conf, c, node, name, &renamed))
			(void)strbuf_addf(&kept, "%s%s", kept.len ? "," : "",
					  name);
	}
	if (rc) {
		struct strbuf where = STRBUF_INIT(STRBUF_MAX_TEXT);

		rshplace_show(&node->place, &where);
		if (node->place.line)
			(void)strbuf_addf(&where, ":%zu", node->place.column);
		err_prefix(err, "%s: ", where.buf);
		strbuf_release(&where);
	} else if (!renamed.len) {
		(void)strbuf_addf(out, "%s%s", out->len ? "," : "",
				  node->hosts);
	} else {
		(void)strbuf_addf(out, "%s%s%s%s", out->len ? "," : "",
				  kept.buf, kept.len ? "," : "", renamed.buf);
	}
	if (rc == 0 && (out->full || renamed.full || kept.full))
		rc = err_set(err, ERR_CONFIG,
			     _("the cluster '%s' is longer than %zu bytes"),
			     c->name, LIST_MAX);
	strbuf_release(&renamed);
	strbuf_release(&kept);
	hostlist_free(hl);
	return rc;
}

static int make_list(struct rshconf *conf, struct rshcluster *c,
		     struct err *err)
{
	struct strbuf sb = STRBUF_INIT(LIST_MAX);
	const bool note = has_values(c);
	int rc = 0;

	if (c->busy)
		return err_set(err, ERR_CONFIG,
			       _("the cluster '%s' contains itself"), c->name);
	if (c->missing.why)
		return err_set(err, ERR_CONFIG, "%s", c->missing.why);
	if (!conf->owners.equal)
		hashmap_init(&conf->owners, owner_equal);
	c->busy = true;
	for (size_t i = 0; rc == 0 && i < c->nnodes; i++)
		rc = add_node(conf, c, &c->nodes[i], note, &sb, err);
	c->busy = false;
	if (rc == 0)
		c->list = strbuf_detach(&sb, NULL);
	strbuf_release(&sb);
	return rc;
}

static int map_cluster(struct rshconf *conf, struct rshcluster *c,
		       struct strbuf *out, struct err *err)
{
	if (!c->list && make_list(conf, c, err))
		return -1;
	assert(c->list);
	if (!*c->list) {
		struct strbuf where = STRBUF_INIT(STRBUF_MAX_TEXT);

		rshplace_show(&c->place, &where);
		(void)err_set(err, ERR_CONFIG,
			      _("%s: the cluster '%s' has no nodes"), where.buf,
			      c->name);
		strbuf_release(&where);
		return -1;
	}
	if (strbuf_addstr(out, c->list))
		return err_set(err, ERR_CONFIG,
			       _("the cluster '%s' is longer than %zu bytes"),
			       c->name, out->max);
	return 1;
}

int rshconf_map(struct rshconf *conf, const char *name, struct strbuf *out,
		struct err *err)
{
	const struct rshname *n = rshconf_find(conf, name);

	if (!n)
		return 0;
	if (n->cluster)
		return map_cluster(conf, n->cluster, out, err);
	if (n->group->missing.why)
		return err_set(err, ERR_CONFIG, "%s", n->group->missing.why);
	if (strbuf_addstr(out, n->group->hosts))
		return err_set(err, ERR_CONFIG,
			       _("the group '%s' is longer than %zu bytes"),
			       name, out->max);
	return 1;
}

void rshlines_add(struct rshlines *lines, const char *keyword,
		  const char *value, const struct rshplace *place)
{
	const struct sshopt *row = sshopt_find(keyword);
	struct strbuf sb = STRBUF_INIT(STRBUF_MAX_TEXT);

	if (row && sshopt_is_command(row)) {
		(void)strbuf_addf(&sb, "%s=%s", keyword, value);
	} else {
		(void)strbuf_addf(&sb, "%s=\"", keyword);
		for (; *value; value++) {
			if (*value == '"' || *value == '\\')
				(void)strbuf_addch(&sb, '\\');
			(void)strbuf_addch(&sb, *value);
		}
		(void)strbuf_addch(&sb, '"');
	}
	lines->v =
		grow_array(lines->v, &lines->cap, lines->n, sizeof(*lines->v));
	lines->v[lines->n++] =
		(struct rshline){ strbuf_detach(&sb, NULL), *place };
}

/* An empty text says nothing; of a jump host it says that there is none. */
void rshconf_lines(const struct rshconf *conf, const struct rshcluster *c,
		   const struct rshnode *node, struct rshlines *out)
{
	const struct rshkey *key;

	for (size_t i = 0; (key = rshkey_at(i)); i++) {
		const struct rshvalue *v;

		if (!key->keyword)
			continue;
		v = rshconf_get(conf, c, node, key->name);
		if (v && (*v->text || key->kind == RSHKEY_JUMP))
			rshlines_add(out, key->keyword,
				     *v->text ? v->text : "none", &v->place);
	}
}

void rshlines_release(struct rshlines *lines)
{
	for (size_t i = 0; i < lines->n; i++)
		free(lines->v[i].text);
	free(lines->v);
	*lines = (struct rshlines){ 0 };
}
