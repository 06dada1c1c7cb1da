/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files of YAML by the table of keys.
 *
 * Notes: texts without a variable in them are those of the document, which is
 * kept; a thousand clusters of a hundred nodes are a walk over the document
 * and little more.
 */
#include "conf/rshconf.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/list.h"
#include "base/text.h"
#include "conf/groups.h"
#include "conf/rshconf_store.h"
#include "conf/yaml.h"
#include "base/banned.h"

/* What a host list made of the parts of a list comes to at most. */
#define LIST_MAX HOSTLIST_MAX_LINE

/* What is quoted of a text in a message, in bytes. */
#define SHOWN_MAX 80u

/* A file on its way into the configuration. */
struct reader {
	struct rshconf *conf;
	struct yamldoc *doc;
	const char *file;
	struct rshmissing *missing; /* NULL: a missing variable is an error */
};

static struct rshplace place_of(const struct reader *r,
				const struct yaml_node *node)
{
	return (struct rshplace){ r->file, node->line, node->column };
}

/* "FILE:LINE:COLUMN: " in front of what went wrong with a word. */
static void at(const struct reader *r, const struct yaml_node *node,
	       struct err *err)
{
	err_prefix(err, "%s:%zu:%zu: ", r->file, node->line, node->column);
}

static int bad_value(const struct reader *r, const struct yaml_node *node,
		     const char *text, const char *name, const char *what,
		     struct err *err)
{
	char *vis = text_vis_dup(text, strlen(text), SHOWN_MAX);

	(void)yamldoc_fail(r->doc, node, err,
			   _("bad value '%s' for '%s': expected %s"), vis, name,
			   what);
	free(vis);
	return -1;
}

static int expected(const struct reader *r, const struct yaml_node *node,
		    const char *name, const char *what, struct err *err)
{
	if (node->kind == YAML_WORD)
		return bad_value(r, node, node->text, name, what, err);
	if (node->kind == YAML_LIST)
		return yamldoc_fail(
			r->doc, node, err,
			_("bad value for '%s': expected %s, not a list"), name,
			what);
	return yamldoc_fail(r->doc, node, err,
			    _("bad value for '%s': expected %s, not a map"),
			    name, what);
}

static int unknown_key(const struct reader *r, const struct yaml_node *key,
		       enum rshkey_scope scope, struct err *err)
{
	const char *place = rshkey_place_of(key->text);
	const char *near = rshkey_nearest(key->text, scope);
	char *vis = text_vis_dup(key->text, strlen(key->text), SHOWN_MAX);

	if (place)
		(void)yamldoc_fail(
			r->doc, key, err,
			_("the key '%s' does not belong here, but in %s"), vis,
			place);
	else if (near)
		(void)yamldoc_fail(r->doc, key, err,
				   _("unknown key '%s', did you mean '%s'?"),
				   vis, near);
	else
		(void)yamldoc_fail(r->doc, key, err, _("unknown key '%s'"),
				   vis);
	free(vis);
	return -1;
}

/*
 * The word with its variables replaced, kept.  NULL: with `err`, or without
 * when a variable is missing and that is kept back.
 */
static const char *expand(struct reader *r, const struct yaml_node *node,
			  struct err *err)
{
	struct strbuf sb = STRBUF_INIT(RSHVARS_MAX);
	struct err why = { 0 };
	int rc;

	if (!strchr(node->text, '$'))
		return node->text;
	rc = rshvars_expand(node->text, r->conf->get, r->conf->arg, &sb, &why);
	if (rc == 0)
		return rshconf_keep(r->conf, strbuf_detach(&sb, NULL));
	strbuf_release(&sb);
	at(r, node, &why);
	if (rc < 0 || !r->missing) {
		err_move(err, &why);
	} else {
		if (!r->missing->why)
			r->missing->why = xstrdup(why.msg);
		err_release(&why);
	}
	return NULL;
}

/* 0, or -1 with `err`; a missing variable that is kept back is "". */
static int expand_word(struct reader *r, const struct yaml_node *node,
		       const char **text, bool *there, struct err *err)
{
	struct err why = { 0 };

	*text = expand(r, node, &why);
	*there = *text != NULL;
	if (*text)
		return 0;
	if (why.code == ERR_NONE)
		return 0;
	err_move(err, &why);
	return -1;
}

static int read_word(struct reader *r, const struct rshkey *key,
		     const struct yaml_node *node, struct rshvalues *to,
		     struct err *err)
{
	const struct rshplace place = place_of(r, node);
	const char *text;
	char *want = NULL;
	uint64_t number;
	bool there;

	if (node->kind != YAML_WORD)
		return expected(r, node, key->name, _("a single value"), err);
	if (expand_word(r, node, &text, &there, err))
		return -1;
	if (!there)
		return 0;
	if (rshkey_check(key, text, &number, &want)) {
		(void)bad_value(r, node, text, key->name, want, err);
		free(want);
		return -1;
	}
	*rshvalues_add(to, key, &place) = (struct rshvalue){
		.key = key, .text = text, .number = number, .place = place
	};
	return 0;
}

/* A host list, or a list of them, as one text; NULL as expand() has it. */
static const char *read_hosts(struct reader *r, const char *name,
			      const struct yaml_node *node, struct err *err)
{
	struct strbuf sb = STRBUF_INIT(LIST_MAX);
	const char *text;
	bool there = true;

	if (node->kind == YAML_WORD)
		return expand(r, node, err);
	if (node->kind != YAML_LIST) {
		(void)expected(r, node, name, _("a host list"), err);
		return NULL;
	}
	for (size_t i = 0; i < node->n; i++) {
		const struct yaml_node *item = node->items[i];

		if (item->kind != YAML_WORD) {
			(void)expected(
				r, item, name,
				_("a host list, in quotes where it has brackets"),
				err);
			goto fail;
		}
		if (expand_word(r, item, &text, &there, err) || !there)
			goto fail;
		if (strbuf_addf(&sb, "%s%s", sb.len ? "," : "", text)) {
			(void)yamldoc_fail(
				r->doc, item, err,
				_("the list is longer than %zu bytes"),
				LIST_MAX);
			goto fail;
		}
	}
	return rshconf_keep(r->conf, strbuf_detach(&sb, NULL));
fail:
	strbuf_release(&sb);
	return NULL;
}

static int read_host_list(struct reader *r, const struct rshkey *key,
			  const struct yaml_node *node, struct rshvalues *to,
			  struct err *err)
{
	const struct rshplace place = place_of(r, node);
	struct err why = { 0 };
	const char *text = read_hosts(r, key->name, node, &why);

	if (text) {
		rshvalues_add(to, key, &place)->text = text;
		return 0;
	}
	if (why.code == ERR_NONE)
		return 0;
	err_move(err, &why);
	return -1;
}

static int read_map(struct reader *r, const struct yaml_node *map,
		    const char *name, enum rshkey_scope scope,
		    struct rshvalues *to, struct err *err);

/* "@NAME" is how bssh refers to a host of ssh_config; to ssh it is a name. */
static char *jump_text(const char *text)
{
	struct strbuf sb = STRBUF_INIT(STRBUF_MAX_TEXT);

	for (bool first = true; *text; text++) {
		if (first && *text == '@') {
			first = false;
			continue;
		}
		first = *text == ',' || (first && *text == ' ');
		(void)strbuf_addch(&sb, *text);
	}
	return strbuf_detach(&sb, NULL);
}

/* The map of a jump host as "[user@]host[:port]". */
static int join_jump(struct reader *r, const struct yaml_node *node,
		     const struct rshvalues *parts, struct rshvalue *jump,
		     struct err *err)
{
	const struct rshvalue *alias = rshvalues_get(parts, "ssh_config_host");
	const struct rshvalue *host = rshvalues_get(parts, "host");
	const struct rshvalue *user = rshvalues_get(parts, "user");
	const struct rshvalue *port = rshvalues_get(parts, "port");
	const struct rshvalue *key = rshvalues_get(parts, "ssh_key");
	struct strbuf sb = STRBUF_INIT(STRBUF_MAX_TEXT);

	if ((alias != NULL) == (host != NULL))
		return yamldoc_fail(
			r->doc, node, err,
			_("a jump host needs either 'host' or 'ssh_config_host'"));
	if (alias) {
		jump->text = alias->text;
		return 0;
	}
	if (user && *user->text)
		(void)strbuf_addf(&sb, "%s@", user->text);
	(void)strbuf_addf(&sb,
			  port && strchr(host->text, ':') && *host->text != '['
				  ? "[%s]"
				  : "%s",
			  host->text);
	if (port)
		(void)strbuf_addf(&sb, ":%s", port->text);
	jump->text = rshconf_keep(r->conf, strbuf_detach(&sb, NULL));
	jump->jump_key = key && *key->text ? key->text : NULL;
	return 0;
}

static int read_jump(struct reader *r, const struct rshkey *key,
		     const struct yaml_node *node, struct rshvalues *to,
		     struct err *err)
{
	const struct rshplace place = place_of(r, node);
	struct rshvalue jump = { .key = key, .place = place };
	struct rshvalues parts = { 0 };
	size_t had = to->n;
	int rc;

	if (node->kind == YAML_WORD) {
		rc = read_word(r, key, node, to, err);
		if (rc == 0 && to->n > had)
			to->v[had].text = rshconf_keep(
				r->conf, jump_text(to->v[had].text));
		return rc;
	}
	rc = read_map(r, node, key->name, RSHKEY_IN_JUMP, &parts, err);
	if (rc == 0 && !(r->missing && r->missing->why))
		rc = join_jump(r, node, &parts, &jump, err);
	if (rc == 0 && jump.text)
		*rshvalues_add(to, key, &place) = jump;
	free(parts.v);
	return rc;
}

/* Names of any kind, each with a text. */
static int read_texts(struct reader *r, const struct rshkey *key,
		      const struct yaml_node *map, struct rshvalues *to,
		      struct err *err)
{
	if (map->kind != YAML_MAP)
		return expected(r, map, key->name, _("a map"), err);
	for (size_t i = 0; i < map->n; i++) {
		const struct rshkey text = { .name = map->keys[i]->text,
					     .kind = key->item };
		size_t had = to->n;

		if (read_word(r, &text, map->items[i], to, err))
			return -1;
		if (to->n == had)
			continue;
		to->v[had].key = key;
		to->v[had].item = map->keys[i]->text;
	}
	return 0;
}

static int read_value(struct reader *r, const struct rshkey *key,
		      const struct yaml_node *node, struct rshvalues *to,
		      struct err *err)
{
	if (yamldoc_is_null(node))
		return 0;
	switch (key->kind) {
	case RSHKEY_TEXT:
	case RSHKEY_USER:
	case RSHKEY_PATH:
	case RSHKEY_BOOL:
	case RSHKEY_UINT:
	case RSHKEY_SPAN:
	case RSHKEY_CHOICE:
	case RSHKEY_PATTERN:
		return read_word(r, key, node, to, err);
	case RSHKEY_HOSTS:
		return read_host_list(r, key, node, to, err);
	case RSHKEY_JUMP:
		return read_jump(r, key, node, to, err);
	case RSHKEY_TEXTS:
		return read_texts(r, key, node, to, err);
	case RSHKEY_BLOCK:
		return read_map(r, node, key->name, key->block, to, err);
	case RSHKEY_NODES:
		break;
	}
	return expected(r, node, key->name, _("another value"), err);
}

/* All keys of a map, into one list of values. */
static int read_map(struct reader *r, const struct yaml_node *map,
		    const char *name, enum rshkey_scope scope,
		    struct rshvalues *to, struct err *err)
{
	if (map->kind != YAML_MAP)
		return expected(r, map, name, _("a map"), err);
	for (size_t i = 0; i < map->n; i++) {
		const struct rshkey *key =
			rshkey_find(map->keys[i]->text, scope);

		if (!key)
			return unknown_key(r, map->keys[i], scope, err);
		if (read_value(r, key, map->items[i], to, err))
			return -1;
	}
	return 0;
}

static struct rshnode *add_node(struct rshcluster *c,
				const struct rshplace *place)
{
	c->nodes = grow_array(c->nodes, &c->cap, c->nnodes, sizeof(*c->nodes));
	c->nodes[c->nnodes] = (struct rshnode){ .place = *place };
	return &c->nodes[c->nnodes++];
}

/* The host of a node that is a map is not one of its values. */
static int take_host(struct reader *r, const struct yaml_node *item,
		     struct rshnode *node, struct err *err)
{
	struct rshvalues *own = &node->own;

	for (size_t i = 0; i < own->n; i++) {
		if (strcmp(own->v[i].key->name, "host") != 0)
			continue;
		node->hosts = own->v[i].text;
		memmove(&own->v[i], &own->v[i + 1],
			(own->n - i - 1) * sizeof(own->v[i]));
		own->n--;
		return 0;
	}
	if (r->missing->why)
		return 0;
	return yamldoc_fail(r->doc, item, err, _("the node has no 'host'"));
}

static int read_node(struct reader *r, struct rshcluster *c,
		     const struct yaml_node *item, struct err *err)
{
	const struct rshplace place = place_of(r, item);
	struct rshnode *node = add_node(c, &place);
	bool there;
	int rc;

	node->hosts = "";
	switch (item->kind) {
	case YAML_WORD:
		if (yamldoc_is_null(item))
			return expected(r, item, "nodes", _("a host"), err);
		rc = expand_word(r, item, &node->hosts, &there, err);
		if (!there)
			node->hosts = "";
		return rc;
	case YAML_MAP:
		if (read_map(r, item, "nodes", RSHKEY_IN_NODE, &node->own, err))
			return -1;
		return take_host(r, item, node, err);
	case YAML_LIST:
		break;
	}
	return expected(r, item, "nodes",
			_("a host list, in quotes where it has brackets"), err);
}

static int read_nodes(struct reader *r, struct rshcluster *c,
		      const struct yaml_node *list, struct err *err)
{
	if (yamldoc_is_null(list))
		return 0;
	if (list->kind == YAML_WORD)
		return read_node(r, c, list, err);
	if (list->kind != YAML_LIST)
		return expected(r, list, "nodes", _("a list"), err);
	c->nodes = xcalloc(list->n, sizeof(*c->nodes));
	c->cap = list->n;
	for (size_t i = 0; i < list->n; i++)
		if (read_node(r, c, list->items[i], err))
			return -1;
	return 0;
}

static int read_cluster(struct reader *r, struct rshcluster *c,
			const struct yaml_node *map, struct err *err)
{
	bool nodes = false;

	if (map->kind != YAML_MAP)
		return expected(r, map, c->name, _("a map with 'nodes'"), err);
	for (size_t i = 0; i < map->n; i++) {
		const struct rshkey *key =
			rshkey_find(map->keys[i]->text, RSHKEY_IN_CLUSTER);
		const struct yaml_node *value = map->items[i];
		int rc;

		if (!key)
			return unknown_key(r, map->keys[i], RSHKEY_IN_CLUSTER,
					   err);
		if (key->kind == RSHKEY_NODES) {
			nodes = true;
			rc = read_nodes(r, c, value, err);
		} else {
			rc = read_value(r, key, value,
					key->kind == RSHKEY_BLOCK
						? &c->interactive
						: &c->own,
					err);
		}
		if (rc)
			return -1;
	}
	if (!nodes)
		return yamldoc_fail(r->doc, map, err,
				    _("the cluster '%s' has no 'nodes'"),
				    c->name);
	return 0;
}

static int check_name(const struct reader *r, const struct yaml_node *key,
		      struct err *err)
{
	if (group_name_check(key->text, err)) {
		at(r, key, err);
		return -1;
	}
	if (strchr(key->text, ':'))
		return yamldoc_fail(
			r->doc, key, err,
			_("bad name of a group '%s': ':' may not be in it"),
			key->text);
	return 0;
}

/* 1: a file before this one has the name; 0: it is free; -1: `err`. */
static int is_taken(const struct reader *r, const struct yaml_node *key,
		    struct err *err)
{
	const struct rshname *name = rshconf_find(r->conf, key->text);
	const struct rshplace *place;

	if (!name)
		return 0;
	place = name->cluster ? &name->cluster->place : &name->group->place;
	if (place->file != r->file)
		return 1;
	return yamldoc_fail(
		r->doc, key, err,
		name->cluster ? _("'%s' is a cluster already, in line %zu")
			      : _("'%s' is a group already, in line %zu"),
		key->text, place->line);
}

static int read_clusters(struct reader *r, const struct yaml_node *map,
			 struct err *err)
{
	if (map->kind != YAML_MAP)
		return expected(r, map, "clusters", _("a map"), err);
	for (size_t i = 0; i < map->n; i++) {
		const struct yaml_node *key = map->keys[i];
		struct rshcluster *c;
		int taken, rc;

		if (check_name(r, key, err))
			return -1;
		taken = is_taken(r, key, err);
		if (taken < 0)
			return -1;
		c = xcalloc(1, sizeof(*c));
		c->name = key->text;
		c->place = place_of(r, key);
		if (!taken)
			rshname_add(r->conf, c, NULL);
		/* One that is outranked is read, to check it, and dropped. */
		r->missing = &c->missing;
		rc = read_cluster(r, c, map->items[i], err);
		r->missing = NULL;
		if (taken)
			rshcluster_free(c);
		if (rc)
			return -1;
	}
	return 0;
}

static int read_groups(struct reader *r, const struct yaml_node *map,
		       struct err *err)
{
	if (map->kind != YAML_MAP)
		return expected(r, map, "groups", _("a map"), err);
	for (size_t i = 0; i < map->n; i++) {
		const struct yaml_node *key = map->keys[i];
		struct err why = { 0 };
		struct rshgroup *g;
		int taken;

		if (check_name(r, key, err))
			return -1;
		taken = is_taken(r, key, err);
		if (taken < 0)
			return -1;
		g = xcalloc(1, sizeof(*g));
		g->name = key->text;
		g->place = place_of(r, key);
		r->missing = &g->missing;
		g->hosts = read_hosts(r, key->text, map->items[i], &why);
		r->missing = NULL;
		if (taken || why.code != ERR_NONE)
			rshgroup_free(g);
		else
			rshname_add(r->conf, NULL, g);
		if (why.code != ERR_NONE) {
			err_move(err, &why);
			return -1;
		}
	}
	return 0;
}

/* Of the values of a file those that no file before it has. */
static int read_ranked(struct reader *r, const struct rshkey *key,
		       const struct yaml_node *map, struct rshvalues *to,
		       struct err *err)
{
	struct rshvalues own = { 0 };
	size_t had = to->n;
	int rc = read_map(r, map, key->name, key->block, &own, err);

	for (size_t i = 0; rc == 0 && i < own.n; i++) {
		const struct rshvalue *v = &own.v[i];
		bool ranked = false;

		for (size_t j = 0; j < had && !ranked; j++)
			ranked = to->v[j].key == v->key;
		if (!ranked)
			*rshvalues_add(to, v->key, &v->place) = *v;
	}
	free(own.v);
	return rc;
}

static int read_root(struct reader *r, const struct yaml_node *root,
		     struct err *err)
{
	if (root->kind != YAML_MAP)
		return expected(
			r, root, r->file,
			_("a map with 'defaults', 'clusters' or 'groups'"),
			err);
	for (size_t i = 0; i < root->n; i++) {
		const struct yaml_node *name = root->keys[i];
		const struct yaml_node *value = root->items[i];
		const struct rshkey *key =
			rshkey_find(name->text, RSHKEY_IN_FILE);
		int rc;

		if (!key)
			return unknown_key(r, name, RSHKEY_IN_FILE, err);
		if (yamldoc_is_null(value))
			continue;
		if (key->block == RSHKEY_IN_CLUSTER)
			rc = read_clusters(r, value, err);
		else if (key->block == RSHKEY_IN_DEFAULTS)
			rc = read_ranked(r, key, value, &r->conf->defaults,
					 err);
		else if (key->block == RSHKEY_IN_INTERACTIVE)
			rc = read_ranked(r, key, value, &r->conf->interactive,
					 err);
		else
			rc = read_groups(r, value, err);
		if (rc)
			return -1;
	}
	return 0;
}

int rshconf_add(struct rshconf *conf, const char *name, const char *text,
		size_t len, struct err *err)
{
	struct reader r = { .conf = conf };

	r.doc = yamldoc_parse(name, text, len, err);
	if (!r.doc)
		return -1;
	conf->docs = grow_array(conf->docs, &conf->docs_cap, conf->ndocs,
				sizeof(struct yamldoc *));
	conf->docs[conf->ndocs++] = r.doc;
	r.file = rshconf_keep(conf, xstrdup(name));
	return yamldoc_root(r.doc) ? read_root(&r, yamldoc_root(r.doc), err)
				   : 0;
}
