/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Targets: names with all that is known about them before anything runs.
 */
#include "model/target.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hashmap.h"
#include "base/list.h"
#include "conf/hostlist.h"
#include "conf/percent.h"
#include "conf/spec.h"
#include "base/banned.h"

int targets_add(struct targets *ts, const char *name, struct sshconf *conf,
		struct err *err)
{
	const struct target_ask ask = { .name = name };

	return targets_add_ask(ts, &ask, conf, err);
}

int targets_add_ask(struct targets *ts, const struct target_ask *ask,
		    struct sshconf *conf, struct err *err)
{
	const struct ssh_opts *opts = NULL;
	struct dest d;
	struct target *t;

	if (dest_parse(ask->name, true, &d, err))
		return -1;
	if (conf) {
		sshconf_set_layer(conf, ask->layer);
		opts = sshconf_resolve(conf, d.host, ask->plain ? NULL : d.user,
				       ask->plain ? 0 : d.port, err);
		if (!opts) {
			dest_release(&d);
			return -1;
		}
	}
	ts->v = grow_array(ts->v, &ts->cap, ts->n, sizeof(*ts->v));
	t = &ts->v[ts->n];
	*t = (struct target){
		.name = xstrdup(ask->name),
		.alias = d.host,
		.label = xstrdup(d.host),
		.opts = opts,
		.host = opts && opts->hostname ? opts->hostname : d.host,
		.user = opts ? opts->user : d.user,
		.own_user = d.user,
		.port = opts ? (uint16_t)opts->port : d.port,
		.command_ms = UINT64_MAX,
		.rank = (unsigned int)ts->n,
	};
	ts->n++;
	return 0;
}

/* How much of its name a target shows, from little to all. */
enum level {
	LEVEL_SHORT, /* "db01" of adm@db01.example.org:22 */
	LEVEL_HOST,
	LEVEL_NAME,
};

struct label {
	struct hashmap_node node;
	const char *text;
	size_t len;
	const struct target *target;
	struct label *twin; /* of the same name, which is labelled alike */
	enum level level;
	bool clash;
};

static bool label_equal(const struct hashmap_node *node, const void *key)
{
	const struct label *a = container_of_const(node, struct label, node);
	const struct label *b = key;

	return a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
}

static bool is_address(const char *host)
{
	struct in_addr v4;

	return strchr(host, ':') || inet_pton(AF_INET, host, &v4) == 1;
}

static void set_text(struct label *l, const struct target *t)
{
	l->text = l->level == LEVEL_NAME ? t->name : t->alias;
	l->len = strlen(l->text);
	if (l->level == LEVEL_SHORT && !is_address(t->alias))
		l->len = strcspn(l->text, ".");
	if (!l->len)
		l->len = strlen(l->text);
}

/* One more of the same name is no clash: it goes as the first one goes. */
static void compare_equal(struct label *first, struct label *l)
{
	if (!strcmp(first->target->name, l->target->name))
		l->twin = first;
	else
		first->clash = l->clash = true;
}

/*
 * Let all that look like another show more.  False when nobody did: then all
 * differ, or are the same name twice.
 */
static bool part_equal_ones(const struct targets *ts, struct label *labels)
{
	struct hashmap map;
	bool changed = false;

	hashmap_init(&map, label_equal);
	for (size_t i = 0; i < ts->n; i++) {
		struct label *l = &labels[i];
		uint64_t hash = hash_bytes(l->text, l->len);
		struct hashmap_node *node = hashmap_get(&map, hash, l);

		l->clash = false;
		l->twin = NULL;
		if (node)
			compare_equal(container_of(node, struct label, node),
				      l);
		else
			hashmap_put(&map, &l->node, hash);
	}
	hashmap_release(&map);
	for (size_t i = 0; i < ts->n; i++)
		if (labels[i].twin)
			labels[i].clash = labels[i].twin->clash;
	for (size_t i = 0; i < ts->n; i++) {
		if (!labels[i].clash || labels[i].level == LEVEL_NAME)
			continue;
		labels[i].level++;
		set_text(&labels[i], &ts->v[i]);
		changed = true;
	}
	return changed;
}

static bool one_domain(const struct targets *ts)
{
	const char *domain = NULL;

	for (size_t i = 0; i < ts->n; i++) {
		const char *dot = strchr(ts->v[i].alias, '.');

		if (dot && domain && strcmp(dot, domain) != 0)
			return false;
		if (dot)
			domain = dot;
	}
	return true;
}

static bool begins_with_digit(const struct target *t)
{
	return *t->alias >= '0' && *t->alias <= '9';
}

int target_expand(const struct target *t, const char *keyword, const char *text,
		  struct strbuf *out, struct err *err)
{
	char *port = xasprintf("%u", t->port);
	const struct percent_token tokens[] = {
		{ 'h', t->host },
		{ 'k', t->opts->host_key_alias ? t->opts->host_key_alias
					       : t->alias },
		{ 'n', t->alias },
		{ 'p', port },
		{ 'r', t->user ? t->user : "" },
		{ 0 },
	};
	int rc = percent_expand(text, tokens, out, err);

	if (rc)
		err_prefix(err, "%s: ", keyword);
	free(port);
	return rc;
}

void targets_label(struct targets *ts, enum label_kind kind)
{
	struct label *labels = xcalloc(ts->n, sizeof(*labels));
	bool shorten = kind == LABEL_SHORT ||
		       (kind == LABEL_ONE_DOMAIN && one_domain(ts));

	for (size_t i = 0; i < ts->n; i++) {
		bool whole = !shorten || (kind == LABEL_ONE_DOMAIN &&
					  begins_with_digit(&ts->v[i]));

		labels[i].target = &ts->v[i];
		labels[i].level = whole ? LEVEL_HOST : LEVEL_SHORT;
		set_text(&labels[i], &ts->v[i]);
	}
	while (part_equal_ones(ts, labels))
		continue;
	for (size_t i = 0; i < ts->n; i++) {
		free(ts->v[i].label);
		ts->v[i].label = xstrndup(labels[i].text, labels[i].len);
	}
	free(labels);
}

void targets_fold(const struct targets *ts, const size_t *ranks, size_t n,
		  struct strbuf *out)
{
	const char **names = xcalloc(n, sizeof(*names));

	for (size_t i = 0; i < n; i++)
		names[i] = ts->v[ranks[i]].name;
	hostlist_fold(names, n, out);
	free((void *)names);
}

void targets_release(struct targets *ts)
{
	if (!ts)
		return;
	for (size_t i = 0; i < ts->n; i++) {
		free(ts->v[i].name);
		free(ts->v[i].alias);
		free(ts->v[i].label);
		free(ts->v[i].own_user);
	}
	free(ts->v);
	*ts = (struct targets){ 0 };
}
