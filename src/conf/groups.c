/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The registry of sources: whom to ask, and what was answered before.
 */
#include "conf/groups.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/list.h"
#include "base/text.h"
#include "conf/groups_internal.h"
#include "base/banned.h"

static bool has_name(const struct hashmap_node *node, const void *key)
{
	return !strcmp(container_of_const(node, struct answer, in)->name, key);
}

static struct answer *find_answer(const struct hashmap *map, const char *name)
{
	struct hashmap_node *node = hashmap_get(map, hash_str(name), name);

	return node ? container_of(node, struct answer, in) : NULL;
}

static struct answer *new_answer(const char *name, size_t max)
{
	struct answer *a = xcalloc(1, sizeof(*a));

	a->name = xstrdup(name);
	strbuf_init(&a->text, max);
	return a;
}

static void keep_answer(struct hashmap *map, struct answer *a)
{
	hashmap_put(map, &a->in, hash_str(a->name));
}

static void free_answer(struct answer *a)
{
	strbuf_release(&a->text);
	free(a->name);
	free(a);
}

static void release_answers(struct hashmap *map)
{
	struct hashmap_node *node = hashmap_walk(map, NULL);

	while (node) {
		struct hashmap_node *next = hashmap_walk(map, node);

		free_answer(container_of(node, struct answer, in));
		node = next;
	}
	hashmap_release(map);
}

/* All that is kept has a ceiling. */
static int count_bytes(struct groups *g, size_t n, struct err *err)
{
	if (n > GROUPS_MAX_BYTES - g->bytes)
		return err_set(err, ERR_CONFIG,
			       _("groups are larger than %zu bytes in all"),
			       GROUPS_MAX_BYTES);
	g->bytes += n;
	return 0;
}

struct groups *groups_new(const struct groups_env *env)
{
	struct groups *g = xcalloc(1, sizeof(*g));

	if (env)
		g->env = *env;
	if (g->env.home)
		g->env.home = g->home = xstrdup(g->env.home);
	hashmap_init(&g->files, has_name);
	return g;
}

static void free_source(struct source *s)
{
	void (*release)(void *) = s->ops ? s->ops->free : s->loader->free;

	if (release)
		release(s->arg);
	release_answers(&s->answers);
	strvec_release(&s->names);
	strbuf_release(&s->all.text);
	err_release(&s->failure);
	free(s->name);
	free(s);
}

void groups_free(struct groups *g)
{
	if (!g)
		return;
	for (size_t i = 0; i < g->n; i++)
		free_source(g->v[i]);
	free(g->v);
	free(g->home);
	release_answers(&g->files);
	free(g);
}

const struct groups_env *groups_env(const struct groups *g)
{
	return &g->env;
}

const char *groups_getenv(const struct groups *g, const char *name)
{
	const char *v = g->env.getenv ? g->env.getenv(g->env.arg, name) : NULL;

	return v && *v ? v : NULL;
}

/* As groups_env.read. */
static int read_file(struct groups *g, const char *path,
		     const struct strbuf **text, struct err *err)
{
	struct answer *file = find_answer(&g->files, path);
	int rc;

	if (!file) {
		if (!g->env.read)
			return 0;
		file = new_answer(path, GROUPS_MAX_FILE);
		rc = g->env.read(g->env.arg, path, GROUPS_MAX_FILE, &file->text,
				 err);
		if (rc != 2 && rc >= 0 && count_bytes(g, file->text.len, err))
			rc = -1;
		if (rc < 0 || rc == 2) {
			free_answer(file);
			return rc;
		}
		file->known = rc != 0;
		keep_answer(&g->files, file);
	}
	*text = &file->text;
	return file->known;
}

int groups_read(struct groups *g, const char *path, const struct strbuf **text,
		struct err *err)
{
	int rc = read_file(g, path, text, err);

	return rc == 2 ? -1 : rc;
}

int groups_read_open(struct groups *g, const char *path,
		     const struct strbuf **text, struct err *err)
{
	struct err why = { 0 };
	int rc = read_file(g, path, text, &why);

	if (rc < 0)
		err_move(err, &why);
	err_release(&why);
	return rc == 2 ? 0 : rc;
}

int group_name_check(const char *name, struct err *err)
{
	static const char odd[] = ",&!^[]@*?";
	size_t len = strlen(name);
	char *vis;

	for (const char *p = name; *p; p++) {
		unsigned char c = (unsigned char)*p;

		if (c > ' ' && c != 0x7f && !strchr(odd, *p))
			continue;
		vis = text_vis_dup(name, len, 64);
		err_set(err, ERR_CONFIG,
			_("bad name of a group '%s': blanks and any of "
			  "%s may not be in it"),
			vis, odd);
		free(vis);
		return -1;
	}
	if (!len || *name == '-' || len > GROUPS_MAX_NAME) {
		vis = text_vis_dup(name, len, 64);
		err_set(err, ERR_CONFIG,
			_("bad name of a group '%s': expected 1 to %u bytes "
			  "and no '-' in front"),
			vis, GROUPS_MAX_NAME);
		free(vis);
		return -1;
	}
	return 0;
}

static struct source *new_source(struct groups *g)
{
	struct source *s = xcalloc(1, sizeof(*s));
	size_t at = g->loading ? g->insert_at++ : g->n;

	hashmap_init(&s->answers, has_name);
	strbuf_init(&s->all.text, GROUPS_MAX_ANSWER);
	g->v = grow_array(g->v, &g->cap, g->n, sizeof(struct source *));
	memmove(g->v + at + 1, g->v + at, (g->n - at) * sizeof(*g->v));
	g->v[at] = s;
	g->n++;
	return s;
}

void groups_add_as(struct groups *g, const char *name, enum group_order order,
		   const struct group_source_ops *ops, void *arg)
{
	struct source *s = new_source(g);

	s->name = xstrdup(name);
	s->order = order;
	s->ops = ops;
	s->arg = arg;
}

void groups_add(struct groups *g, const struct group_source_ops *ops, void *arg)
{
	groups_add_as(g, ops->name, ops->order, ops, arg);
}

void groups_add_loader(struct groups *g, const struct group_loader_ops *ops,
		       void *arg)
{
	struct source *s = new_source(g);

	s->order = ops->order;
	s->loader = ops;
	s->arg = arg;
}

static int load(struct groups *g, size_t at, struct err *err)
{
	struct source *s = g->v[at];

	if (s->ops || s->loaded)
		return 0;
	if (s->failure.code == ERR_NONE) {
		assert(!g->loading);
		g->loading = true;
		g->insert_at = at + 1;
		s->loaded = !s->loader->load(g, s->arg, &s->failure);
		g->loading = false;
	}
	if (s->loaded)
		return 0;
	if (err)
		err_copy(err, &s->failure);
	return -1;
}

int groups_load_all(struct groups *g, struct err *err)
{
	for (size_t i = 0; i < g->n; i++)
		if (load(g, i, err))
			return -1;
	return 0;
}

struct source *groups_find_source(const struct groups *g, const char *name)
{
	for (size_t i = 0; i < g->n; i++)
		if (g->v[i]->ops && !strcmp(g->v[i]->name, name))
			return g->v[i];
	return NULL;
}

int groups_next(struct groups *g, const struct source *last,
		struct source **out, struct err *err)
{
	struct source *best;
	bool passed;

again:
	best = NULL;
	passed = !last;
	for (size_t i = 0; i < g->n; i++) {
		struct source *s = g->v[i];

		if (s == last) {
			passed = true;
			continue;
		}
		if (s->order < 0 || (s->loader && s->loaded) ||
		    (last && (s->order < last->order ||
			      (s->order == last->order && !passed))))
			continue;
		if (!best || s->order < best->order)
			best = s;
	}
	if (best && best->loader) {
		for (size_t i = 0; i < g->n; i++)
			if (g->v[i] == best && load(g, i, err))
				return -1;
		goto again;
	}
	*out = best;
	return 0;
}

/*
 * What a source said: within the limits, or an error with the group's name in
 * front.  `rc` as of group_source_ops.map.
 */
static int take(struct groups *g, const struct source *s, const char *group,
		struct answer *a, int rc, struct err *err)
{
	char *vis;

	if (rc >= 0 && a->text.full)
		rc = err_set(err, ERR_CONFIG, _("longer than %zu bytes"),
			     GROUPS_MAX_ANSWER);
	if (rc >= 0 && count_bytes(g, a->text.len, err))
		rc = -1;
	if (rc < 0) {
		vis = text_vis_dup(group, strlen(group), GROUPS_MAX_NAME);
		err_prefix(err, _("group '@%s:%s': "), s->name, vis);
		free(vis);
		return -1;
	}
	a->known = rc != 0;
	return 0;
}

int groups_ask(struct groups *g, struct source *s, const char *group,
	       const struct answer **out, struct err *err)
{
	struct answer *a = find_answer(&s->answers, group);
	int rc;

	if (!a) {
		a = new_answer(group, GROUPS_MAX_ANSWER);
		rc = s->ops->map(s->arg, group, &a->text, err);
		if (take(g, s, group, a, rc, err)) {
			free_answer(a);
			return -1;
		}
		keep_answer(&s->answers, a);
	}
	*out = a;
	return 0;
}

int groups_list(struct source *s, struct err *err)
{
	int rc = 0;

	if (s->listed)
		return 0;
	if (s->ops->list)
		rc = s->ops->list(s->arg, &s->names, err);
	if (!rc && s->names.n > GROUPS_MAX_NAMES)
		rc = err_set(err, ERR_CONFIG,
			     _("the source '%s' has more than %u groups"),
			     s->name, GROUPS_MAX_NAMES);
	if (rc)
		strvec_release(&s->names);
	s->listed = !rc;
	return rc;
}

/* Whether nothing in a list reaches beyond the names it has. */
static bool is_plain(const struct strbuf *text)
{
	bool start = true;

	if (strpbrk(text->buf, "@&!^/*?"))
		return false;
	for (const char *p = text->buf; *p; p++) {
		if (start && *p == '-')
			return false;
		start = strchr(", \t\r\n", *p) != NULL;
	}
	return true;
}

/*
 * Groups that are more than names stand there by their own name, so that an
 * operator in one touches no other.
 */
static int add_group(struct groups *g, struct source *s, const char *group,
		     struct strbuf *out, struct err *err)
{
	const struct answer *a;

	if (group_name_check(group, err) || groups_ask(g, s, group, &a, err))
		return -1;
	if (!a->known || !a->text.len)
		return 0;
	if (out->len)
		(void)strbuf_addch(out, ',');
	if (is_plain(&a->text))
		(void)strbuf_add(out, a->text.buf, a->text.len);
	else
		(void)strbuf_addf(out, "@%s:%s", s->name, group);
	return 0;
}

static int union_of_groups(struct groups *g, struct source *s,
			   struct strbuf *out, struct err *err)
{
	if (groups_list(s, err))
		return -1;
	for (size_t i = 0; i < s->names.n; i++)
		if (add_group(g, s, s->names.v[i], out, err))
			return -1;
	return s->names.n != 0;
}

int groups_ask_all(struct groups *g, struct source *s,
		   const struct answer **out, struct err *err)
{
	struct answer *a = &s->all;
	int rc;

	if (!s->all_asked) {
		strbuf_reset(&a->text);
		rc = s->ops->all ? s->ops->all(s->arg, &a->text, err)
				 : union_of_groups(g, s, &a->text, err);
		if (take(g, s, "*", a, rc, err))
			return -1;
		s->all_asked = true;
	}
	*out = a;
	return 0;
}

/* Append those of `from` that are not in `seen`. */
static void push_new(struct strvec *out, struct hashmap *seen,
		     const struct strvec *from)
{
	for (size_t i = 0; i < from->n; i++) {
		if (find_answer(seen, from->v[i]))
			continue;
		keep_answer(seen, new_answer(from->v[i], 0));
		strvec_push(out, from->v[i]);
	}
}

int groups_names(void *arg, const char *source, struct strvec *out,
		 struct err *err)
{
	struct groups *g = arg;
	struct source *s = NULL;
	struct hashmap seen;
	int rc;

	hashmap_init(&seen, has_name);
	if (source) {
		rc = groups_find_named(g, source, &s, err) ||
				     groups_list(s, err)
			     ? -1
			     : 0;
		if (!rc)
			push_new(out, &seen, &s->names);
	} else {
		while (!(rc = groups_next(g, s, &s, err)) && s &&
		       !(rc = groups_list(s, err)))
			push_new(out, &seen, &s->names);
	}
	release_answers(&seen);
	return rc;
}

int groups_sources(struct groups *g, struct strvec *out, struct err *err)
{
	struct hashmap seen;
	struct strvec names = { 0 };
	struct source *s = NULL;
	int rc = groups_load_all(g, err);

	while (!rc && !(rc = groups_next(g, s, &s, err)) && s)
		strvec_push(&names, s->name);
	for (size_t i = 0; !rc && i < g->n; i++)
		if (g->v[i]->ops)
			strvec_push(&names, g->v[i]->name);
	hashmap_init(&seen, has_name);
	if (!rc)
		push_new(out, &seen, &names);
	release_answers(&seen);
	strvec_release(&names);
	return rc;
}
