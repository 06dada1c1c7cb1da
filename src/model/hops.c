/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Jump hosts, from the words of ProxyJump to destinations.
 *
 * "a,b,c" is c with "ProxyJump a,b" above its own options, and so on down to
 * the first, whose own ProxyJump counts: what ssh gets by starting itself once
 * for each.
 */
#include "model/hops.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/hashmap.h"
#include "base/list.h"
#include "base/strbuf.h"

#include "base/banned.h"

struct hop {
	struct hashmap_node in;
	char *key;	     /* the list, a line break, the key file */
	struct targets self; /* one */
	struct hop *same;    /* the one that stands for it; maybe itself */
	unsigned int length; /* of the chain up to it; 0: not known yet */
};

struct hops {
	struct hops_env env;
	char *user;
	struct sshconf *conf;
	struct hashmap all;
	struct hop **v; /* those that stand for themselves */
	size_t n, cap;
};

static bool hop_equal(const struct hashmap_node *node, const void *key)
{
	return !strcmp(container_of_const(node, struct hop, in)->key, key);
}

struct hops *hops_new(const struct hops_env *env)
{
	struct hops *h = xcalloc(1, sizeof(*h));

	h->env = *env;
	h->user = env->user ? xstrdup(env->user) : NULL;
	hashmap_init(&h->all, hop_equal);
	return h;
}

static void hop_free(struct hop *hop)
{
	targets_release(&hop->self);
	free(hop->key);
	free(hop);
}

void hops_free(struct hops *h)
{
	struct hashmap_node *node;

	if (!h)
		return;
	while ((node = hashmap_walk(&h->all, NULL))) {
		hashmap_remove(&h->all, node);
		hop_free(container_of(node, struct hop, in));
	}
	hashmap_release(&h->all);
	sshconf_free(h->conf);
	free((void *)h->v);
	free(h->user);
	free(h);
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static bool same_end(const struct target *a, const struct target *b)
{
	return same_text(a->host, b->host) && same_text(a->user, b->user) &&
	       a->port == b->port;
}

/* Whether the one can do the work of the other. */
static struct hop *find_same(struct hops *h, struct hop *hop)
{
	const struct target *t = hop->self.v;

	for (size_t i = 0; i < h->n; i++) {
		const struct target *o = h->v[i]->self.v;

		if (o->opts == t->opts && o->via == t->via && same_end(o, t))
			return h->v[i];
	}
	h->v = grow_array(h->v, &h->cap, h->n, sizeof(*h->v));
	h->v[h->n++] = hop;
	return hop;
}

/* A line of ssh_config(5) with one word. */
static char *quoted_line(const char *keyword, const char *word)
{
	struct strbuf line = STRBUF_INIT(STRBUF_MAX_TEXT);

	(void)strbuf_addf(&line, "%s=\"", keyword);
	for (; *word; word++) {
		if (*word == '"' || *word == '\\')
			(void)strbuf_addch(&line, '\\');
		(void)strbuf_addch(&line, *word);
	}
	(void)strbuf_addch(&line, '"');
	return strbuf_detach(&line, NULL);
}

/* What stands above the options of a hop. */
static int add_layer(struct hops *h, const char *rest, const char *identity,
		     unsigned int *layer, struct err *err)
{
	struct sshconf_line lines[2];
	char *texts[2];
	size_t n = 0;
	int rc = 0;

	if (*rest)
		texts[n++] = xasprintf("ProxyJump=%s", rest);
	if (identity)
		texts[n++] = quoted_line("IdentityFile", identity);
	for (size_t i = 0; i < n; i++)
		lines[i] = (struct sshconf_line){ .text = texts[i],
						  .where = "ProxyJump" };
	if (n)
		rc = sshconf_add_layer(h->conf, lines, n, layer, err);
	for (size_t i = 0; i < n; i++)
		free(texts[i]);
	return rc;
}

/* Resolve the last of `list`; the others are left in its own ProxyJump. */
static int resolve(struct hops *h, struct hop *hop, const char *list,
		   const char *identity, struct err *err)
{
	const char *comma = strrchr(list, ',');
	char *rest = xstrndup(list, comma ? (size_t)(comma - list) : 0);
	struct target_ask ask = { .name = comma ? comma + 1 : list };
	struct target *t;
	int rc = add_layer(h, rest, identity, &ask.layer, err);

	if (rc == 0 && h->env.names)
		rc = h->env.names(h->env.arg, h->conf, &ask, err);
	if (rc == 0)
		rc = targets_add_ask(&hop->self, &ask, h->conf, err);
	free(rest);
	if (rc)
		return -1;
	t = hop->self.v;
	if (t->opts->refused.n)
		return err_set(err, ERR_CONFIG, "%s", t->opts->refused.v[0]);
	if (!t->user && h->user) {
		free(t->own_user);
		t->own_user = xstrdup(h->user);
		t->user = t->own_user;
	}
	return 0;
}

static int lead(struct hops *h, struct target *t, const char *identity,
		unsigned int depth, unsigned int *length, struct err *err);

static struct hop *find(struct hops *h, const char *list, const char *identity,
			unsigned int depth, struct err *err)
{
	char *key = xasprintf("%s\n%s", list, identity ? identity : "");
	uint64_t hash = hash_str(key);
	struct hashmap_node *node = hashmap_get(&h->all, hash, key);
	const char *comma = strrchr(list, ',');
	struct hop *hop;

	if (node) {
		free(key);
		hop = container_of(node, struct hop, in);
		if (hop->length)
			return hop->same;
		err_set(err, ERR_CONFIG, _("the jump hosts lead in a loop"));
		goto fail;
	}
	hop = xcalloc(1, sizeof(*hop));
	hop->key = key;
	hashmap_put(&h->all, &hop->in, hash);
	if (resolve(h, hop, list, identity, err) ||
	    lead(h, hop->self.v, NULL, depth + 1, &hop->length, err))
		goto fail;
	hop->length++;
	hop->same = find_same(h, hop);
	return hop->same;
fail:
	err_prefix(err, _("jump host %s: "), comma ? comma + 1 : list);
	return NULL;
}

/* Give `t` its via, if it has one; `*length` is that of the chain before it. */
static int lead(struct hops *h, struct target *t, const char *identity,
		unsigned int depth, unsigned int *length, struct err *err)
{
	struct strbuf list = STRBUF_INIT(STRBUF_MAX_TEXT);
	struct hop *hop;
	int rc = -1;

	*length = 0;
	if (!t->opts->proxy_jump)
		return 0;
	if (depth > HOPS_MAX)
		return err_set(err, ERR_CONFIG,
			       _("more than %d jump hosts in a chain"),
			       HOPS_MAX);
	/* Its tokens are those of a ProxyCommand, which ssh makes of it. */
	if (target_expand(t, "ProxyJump", t->opts->proxy_jump, &list, err))
		goto out;
	hop = find(h, list.buf, identity, depth, err);
	if (!hop)
		goto out;
	if (same_end(hop->self.v, t)) {
		err_set(err, ERR_CONFIG, _("it is its own jump host"));
		goto out;
	}
	t->via = hop->self.v;
	*length = hop->length;
	rc = 0;
	if (hop->length > HOPS_MAX)
		rc = err_set(err, ERR_CONFIG,
			     _("more than %d jump hosts in a chain"), HOPS_MAX);
out:
	strbuf_release(&list);
	return rc;
}

int hops_find(struct hops *h, struct target *t, const char *identity,
	      struct err *err)
{
	unsigned int length;

	if (!h->conf)
		h->conf = h->env.load(h->env.arg, err);
	if (h->conf && !lead(h, t, identity, 1, &length, err))
		return 0;
	if (h->conf && t->opts->proxy_jump_at)
		err_prefix(err, "%s: ", t->opts->proxy_jump_at);
	err_prefix(err, "%s: ", t->name);
	return -1;
}

const struct target *hops_get(const struct hops *h, size_t i)
{
	return i < h->n ? h->v[i]->self.v : NULL;
}
