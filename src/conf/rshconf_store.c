/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a configuration holds, and how it is found again.
 */
#include "conf/rshconf_store.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/list.h"
#include "conf/yaml.h"
#include "base/banned.h"

static const char *name_of(const struct rshname *n)
{
	return n->cluster ? n->cluster->name : n->group->name;
}

static bool name_equal(const struct hashmap_node *node, const void *key)
{
	const struct rshname *n = container_of_const(node, struct rshname, in);

	return strcmp(name_of(n), key) == 0;
}

struct rshname *rshconf_find(const struct rshconf *conf, const char *name)
{
	struct hashmap_node *node =
		hashmap_get(&conf->names, hash_str(name), name);

	return node ? container_of(node, struct rshname, in) : NULL;
}

void rshname_add(struct rshconf *conf, struct rshcluster *c, struct rshgroup *g)
{
	struct rshname *n = xcalloc(1, sizeof(*n));

	n->cluster = c;
	n->group = g;
	hashmap_put(&conf->names, &n->in, hash_str(name_of(n)));
	if (c) {
		conf->clusters = grow_array(conf->clusters, &conf->clusters_cap,
					    conf->nclusters,
					    sizeof(struct rshcluster *));
		conf->clusters[conf->nclusters++] = c;
	} else {
		conf->groups =
			grow_array(conf->groups, &conf->groups_cap,
				   conf->ngroups, sizeof(struct rshgroup *));
		conf->groups[conf->ngroups++] = g;
	}
}

struct rshvalue *rshvalues_add(struct rshvalues *values,
			       const struct rshkey *key,
			       const struct rshplace *place)
{
	struct rshvalue *v;

	values->v = grow_array(values->v, &values->cap, values->n,
			       sizeof(*values->v));
	v = &values->v[values->n++];
	*v = (struct rshvalue){ .key = key, .place = *place };
	return v;
}

const char *rshconf_keep(struct rshconf *conf, char *text)
{
	strvec_push_take(&conf->texts, text);
	return text;
}

struct rshconf *rshconf_new(rshvars_get_fn *get, void *arg)
{
	struct rshconf *conf = xcalloc(1, sizeof(*conf));

	conf->get = get;
	conf->arg = arg;
	hashmap_init(&conf->names, name_equal);
	return conf;
}

void rshcluster_free(struct rshcluster *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->nnodes; i++)
		free(c->nodes[i].own.v);
	free(c->nodes);
	free(c->own.v);
	free(c->interactive.v);
	free(c->missing.why);
	free(c->list);
	free(c);
}

void rshgroup_free(struct rshgroup *g)
{
	if (!g)
		return;
	free(g->missing.why);
	free(g);
}

static void names_release(struct hashmap *names)
{
	struct hashmap_node *node = hashmap_walk(names, NULL);

	while (node) {
		struct hashmap_node *next = hashmap_walk(names, node);

		free(container_of(node, struct rshname, in));
		node = next;
	}
	hashmap_release(names);
}

void rshconf_free(struct rshconf *conf)
{
	if (!conf)
		return;
	rshconf_owners_release(conf);
	names_release(&conf->names);
	for (size_t i = 0; i < conf->nclusters; i++)
		rshcluster_free(conf->clusters[i]);
	for (size_t i = 0; i < conf->ngroups; i++)
		rshgroup_free(conf->groups[i]);
	for (size_t i = 0; i < conf->ndocs; i++)
		yamldoc_free(conf->docs[i]);
	free(conf->clusters);
	free(conf->groups);
	free(conf->docs);
	free(conf->defaults.v);
	free(conf->interactive.v);
	strvec_release(&conf->texts);
	free(conf);
}

struct rshcluster *rshconf_add_cluster(struct rshconf *conf, const char *name,
				       const struct strvec *hosts,
				       const char *from)
{
	struct rshcluster *c;

	if (rshconf_find(conf, name))
		return NULL;
	c = xcalloc(1, sizeof(*c));
	c->name = rshconf_keep(conf, xstrdup(name));
	c->place.file = rshconf_keep(conf, xstrdup(from));
	c->nodes = xcalloc(hosts->n, sizeof(*c->nodes));
	c->nnodes = c->cap = hosts->n;
	for (size_t i = 0; i < hosts->n; i++) {
		c->nodes[i].hosts = rshconf_keep(conf, xstrdup(hosts->v[i]));
		c->nodes[i].place = c->place;
	}
	rshname_add(conf, c, NULL);
	return c;
}

void rshcluster_set(struct rshconf *conf, struct rshcluster *c, const char *key,
		    const char *text, const char *from)
{
	const struct rshkey *row = rshkey_find(key, RSHKEY_IN_CLUSTER);
	const struct rshplace place = {
		.file = rshconf_keep(conf, xstrdup(from)),
	};
	char *want = NULL;
	struct rshvalue *v;
	int rc;

	assert(row);
	v = rshvalues_add(&c->own, row, &place);
	v->text = rshconf_keep(conf, xstrdup(text));
	rc = rshkey_check(row, text, &v->number, &want);
	assert(rc == 0);
	(void)rc;
	free(want);
}

struct rshcluster *rshconf_cluster_at(const struct rshconf *conf, size_t i)
{
	return i < conf->nclusters ? conf->clusters[i] : NULL;
}

const struct rshgroup *rshconf_group_at(const struct rshconf *conf, size_t i)
{
	return i < conf->ngroups ? conf->groups[i] : NULL;
}

struct rshcluster *rshconf_cluster(const struct rshconf *conf, const char *name)
{
	const struct rshname *n = rshconf_find(conf, name);

	return n ? n->cluster : NULL;
}

const struct rshvalues *rshconf_defaults(const struct rshconf *conf)
{
	return &conf->defaults;
}

const struct rshvalues *rshconf_interactive(const struct rshconf *conf)
{
	return &conf->interactive;
}

const struct rshvalue *rshvalues_get(const struct rshvalues *values,
				     const char *key)
{
	for (size_t i = 0; i < values->n; i++)
		if (strcmp(values->v[i].key->name, key) == 0)
			return &values->v[i];
	return NULL;
}

const struct rshvalue *rshconf_get(const struct rshconf *conf,
				   const struct rshcluster *c,
				   const struct rshnode *node, const char *key)
{
	const struct rshvalue *v = node ? rshvalues_get(&node->own, key) : NULL;

	if (!v && c)
		v = rshvalues_get(&c->own, key);
	return v ? v : rshvalues_get(&conf->defaults, key);
}

void rshconf_set_source(struct rshconf *conf,
			const struct hostlist_source *source)
{
	conf->source = source;
}

void rshconf_names(const struct rshconf *conf, bool groups, struct strvec *out)
{
	for (size_t i = 0; i < conf->nclusters; i++)
		strvec_push(out, conf->clusters[i]->name);
	for (size_t i = 0; groups && i < conf->ngroups; i++)
		strvec_push(out, conf->groups[i]->name);
}

void rshplace_show(const struct rshplace *place, struct strbuf *out)
{
	(void)strbuf_addstr(out, place->file);
	if (place->line)
		(void)strbuf_addf(out, ":%zu", place->line);
}
