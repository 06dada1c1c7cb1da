/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Genders files: what nodes there are, and their attributes.
 *
 * A line for a million nodes is kept as it is written: the value of an
 * attribute is one string that all nodes of the line share, and "%n" is put
 * in when a node is asked.
 */
#include "conf/genders.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/list.h"
#include "base/text.h"
#include "conf/genders_internal.h"
#include "conf/hostlist.h"
#include "base/banned.h"

#define PAIRS_A_CHUNK 1024u
#define ALTNAME	      "altname"

/* That a node has an attribute. */
struct pair {
	struct hashmap_node in;
	uint32_t node, attr;
	const char *value; /* as written; NULL: none */
};

struct genders_chunk {
	struct genders_chunk *next;
	size_t n;
	struct pair v[PAIRS_A_CHUNK];
};

/* Another name of a node. */
struct alt {
	struct hashmap_node in;
	char *name;
	uint32_t node;
};

static bool has_text(const struct hashmap_node *node, const void *key)
{
	return !strcmp(container_of_const(node, struct genders_name, in)->text,
		       key);
}

static bool has_alt(const struct hashmap_node *node, const void *key)
{
	return !strcmp(container_of_const(node, struct alt, in)->name, key);
}

static uint64_t pair_hash(uint32_t node, uint32_t attr)
{
	const uint32_t both[] = { node, attr };

	return hash_bytes(both, sizeof(both));
}

static bool is_pair(const struct hashmap_node *node, const void *key)
{
	const struct pair *p = container_of_const(node, struct pair, in);
	const uint32_t *both = key;

	return p->node == both[0] && p->attr == both[1];
}

static const struct pair *find_pair(const struct genders *g, uint32_t node,
				    uint32_t attr)
{
	const uint32_t both[] = { node, attr };
	const struct hashmap_node *in =
		hashmap_get(&g->pairs, pair_hash(node, attr), both);

	return in ? container_of_const(in, struct pair, in) : NULL;
}

struct genders_name *genders_find(const struct genders_names *names,
				  const char *text)
{
	struct hashmap_node *in =
		hashmap_get(&names->map, hash_str(text), text);

	return in ? container_of(in, struct genders_name, in) : NULL;
}

static struct genders_name *intern(struct genders_names *names,
				   const char *text)
{
	struct genders_name *name = genders_find(names, text);

	if (name)
		return name;
	name = xcalloc(1, sizeof(*name));
	name->text = xstrdup(text);
	name->index = (uint32_t)names->n;
	names->v = grow_array((void *)names->v, &names->cap, names->n,
			      sizeof(struct genders_name *));
	names->v[names->n++] = name;
	hashmap_put(&names->map, &name->in, hash_str(text));
	return name;
}

static void release_names(struct genders_names *names)
{
	for (size_t i = 0; i < names->n; i++) {
		free(names->v[i]->text);
		free(names->v[i]->nodes);
		free(names->v[i]);
	}
	free((void *)names->v);
	hashmap_release(&names->map);
}

static void release_alts(struct hashmap *alts)
{
	struct hashmap_node *in = hashmap_walk(alts, NULL);

	while (in) {
		struct hashmap_node *next = hashmap_walk(alts, in);
		struct alt *alt = container_of(in, struct alt, in);

		free(alt->name);
		free(alt);
		in = next;
	}
	hashmap_release(alts);
}

void genders_free(struct genders *g)
{
	if (!g)
		return;
	while (g->chunks) {
		struct genders_chunk *chunk = g->chunks;

		g->chunks = chunk->next;
		free(chunk);
	}
	for (size_t i = 0; i < g->nvalues; i++)
		free(g->values[i]);
	free((void *)g->values);
	release_names(&g->nodes);
	release_names(&g->attrs);
	release_alts(&g->alts);
	hashmap_release(&g->pairs);
	free(g->file);
	free(g);
}

static int duplicate(const struct genders_name *attr,
		     const struct genders_name *node, struct err *err)
{
	char *vis = text_vis_dup(attr->text, strlen(attr->text), 64);

	err_set(err, ERR_CONFIG,
		_("the attribute '%s' of node '%s' stands twice"), vis,
		node->text);
	free(vis);
	return -1;
}

static int add_pair(struct genders *g, struct genders_name *node,
		    struct genders_name *attr, const char *value,
		    struct err *err)
{
	struct pair *p;

	if (find_pair(g, node->index, attr->index))
		return duplicate(attr, node, err);
	if (g->npairs == GENDERS_MAX_PAIRS)
		return err_set(err, ERR_CONFIG,
			       _("more than %u attributes of all nodes"),
			       GENDERS_MAX_PAIRS);
	if (!g->chunks || g->chunks->n == PAIRS_A_CHUNK) {
		struct genders_chunk *chunk = xmalloc(sizeof(*chunk));

		chunk->next = g->chunks;
		chunk->n = 0;
		g->chunks = chunk;
	}
	p = &g->chunks->v[g->chunks->n++];
	p->node = node->index;
	p->attr = attr->index;
	p->value = value;
	g->npairs++;
	hashmap_put(&g->pairs, &p->in, pair_hash(p->node, p->attr));
	attr->nodes = grow_array(attr->nodes, &attr->cap, attr->nnodes,
				 sizeof(*attr->nodes));
	attr->nodes[attr->nnodes++] = node->index;
	return 0;
}

static const char *keep_value(struct genders *g, const char *text)
{
	char *copy = xstrdup(text);

	g->values = grow_array((void *)g->values, &g->values_cap, g->nvalues,
			       sizeof(char *));
	g->values[g->nvalues++] = copy;
	return copy;
}

/* "ATTR" or "ATTR=VALUE" for all of `nodes`; `word` is cut. */
static int parse_attr(struct genders *g, struct genders_name *const *nodes,
		      size_t n, char *word, struct err *err)
{
	char *value = strchr(word, '=');
	struct genders_name *attr;
	const char *kept = NULL;

	if (value)
		*value++ = '\0';
	if (!*word)
		return err_set(err, ERR_CONFIG, _("expected an attribute"));
	if (value && !*value)
		return err_set(err, ERR_CONFIG,
			       _("expected a value after '='"));
	attr = intern(&g->attrs, word);
	if (value)
		kept = keep_value(g, value);
	for (size_t i = 0; i < n; i++)
		if (add_pair(g, nodes[i], attr, kept, err))
			return -1;
	return 0;
}

static int parse_attrs(struct genders *g, struct genders_name *const *nodes,
		       size_t n, char *words, struct err *err)
{
	while (words) {
		char *comma = strchr(words, ',');

		if (comma)
			*comma++ = '\0';
		if (parse_attr(g, nodes, n, words, err))
			return -1;
		words = comma;
	}
	return 0;
}

/* The names of a line; `*nodes` is an array that the caller frees. */
static int parse_nodes(struct genders *g, const char *text,
		       struct genders_name ***nodes, size_t *n, struct err *err)
{
	struct hostlist *hl = hostlist_new();
	int rc = hostlist_parse(hl, text, NULL, err);

	*n = rc ? 0 : hostlist_count(hl);
	*nodes = xcalloc(*n, sizeof(struct genders_name *));
	for (size_t i = 0; i < *n; i++)
		(*nodes)[i] = intern(&g->nodes, hostlist_get(hl, i));
	hostlist_free(hl);
	if (!rc && g->nodes.n > GENDERS_MAX_NODES)
		rc = err_set(err, ERR_CONFIG, _("more than %u nodes"),
			     GENDERS_MAX_NODES);
	return rc;
}

/* `line` has no newline; it is cut up. */
static int parse_line(struct genders *g, char *line, struct err *err)
{
	static const char blanks[] = " \t\r\v\f";
	struct genders_name **nodes;
	char *words, *end;
	size_t n;
	int rc;

	line[strcspn(line, "#")] = '\0';
	line += strspn(line, blanks);
	if (!*line)
		return 0;
	words = line + strcspn(line, blanks);
	if (*words)
		*words++ = '\0';
	words += strspn(words, blanks);
	end = words + strcspn(words, blanks);
	if (end[strspn(end, blanks)])
		return err_set(err, ERR_CONFIG,
			       _("blanks may not stand between attributes"));
	*end = '\0';
	rc = parse_nodes(g, line, &nodes, &n, err);
	if (!rc && *words)
		rc = parse_attrs(g, nodes, n, words, err);
	free((void *)nodes);
	return rc;
}

static int parse_lines(struct genders *g, const char *text, size_t len,
		       struct err *err)
{
	const char *end = text + len;
	const char *line = text;

	for (size_t number = 1; line < end; number++) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));
		const char *stop = newline ? newline : end;
		char *copy = xmemdup(line, (size_t)(stop - line));
		int rc;

		if (strlen(copy) != (size_t)(stop - line))
			rc = err_set(err, ERR_CONFIG, _("a NUL is in it"));
		else
			rc = parse_line(g, copy, err);
		free(copy);
		if (rc) {
			err_prefix(err, "%s:%zu: ", g->file, number);
			return -1;
		}
		line = stop + 1;
	}
	return 0;
}

struct genders *genders_parse(const char *name, const char *text, size_t len,
			      struct err *err)
{
	struct genders *g = xcalloc(1, sizeof(*g));

	g->file = text_vis_dup(name, strlen(name), 4096);
	hashmap_init(&g->nodes.map, has_text);
	hashmap_init(&g->attrs.map, has_text);
	hashmap_init(&g->pairs, is_pair);
	hashmap_init(&g->alts, has_alt);
	if (parse_lines(g, text, len, err)) {
		genders_free(g);
		return NULL;
	}
	return g;
}

size_t genders_count(const struct genders *g)
{
	return g->nodes.n;
}

const char *genders_node(const struct genders *g, size_t i)
{
	assert(i < g->nodes.n);
	return g->nodes.v[i]->text;
}

size_t genders_nattrs(const struct genders *g)
{
	return g->attrs.n;
}

const char *genders_attr(const struct genders *g, size_t i)
{
	assert(i < g->attrs.n);
	return g->attrs.v[i]->text;
}

static void put_in(struct strbuf *out, const char *value, const char *node)
{
	for (const char *p = value; *p; p++) {
		if (*p == '%' && p[1] == 'n') {
			(void)strbuf_addstr(out, node);
			p++;
		} else {
			(void)strbuf_addch(out, *p);
			if (*p == '%' && p[1] == '%')
				p++;
		}
	}
}

bool genders_value_at(const struct genders *g, uint32_t node, uint32_t attr,
		      struct strbuf *out, bool *has_value)
{
	const struct pair *p = find_pair(g, node, attr);

	if (has_value)
		*has_value = p && p->value;
	if (p && p->value && out)
		put_in(out, p->value, g->nodes.v[node]->text);
	return p != NULL;
}

bool genders_value(const struct genders *g, const char *node, const char *attr,
		   struct strbuf *out, bool *has_value)
{
	const struct genders_name *n = genders_find(&g->nodes, node);
	const struct genders_name *a = genders_find(&g->attrs, attr);

	if (has_value)
		*has_value = false;
	return n && a &&
	       genders_value_at(g, n->index, a->index, out, has_value);
}

static struct alt *find_alt(const struct genders *g, const char *name)
{
	struct hashmap_node *in = hashmap_get(&g->alts, hash_str(name), name);

	return in ? container_of(in, struct alt, in) : NULL;
}

/* Of two nodes with one other name the first has it. */
static void fill_alts(struct genders *g)
{
	const struct genders_name *attr = genders_find(&g->attrs, ALTNAME);

	if (g->alts_filled)
		return;
	g->alts_filled = true;
	for (size_t i = 0; attr && i < attr->nnodes; i++) {
		struct strbuf name = STRBUF_INIT(STRBUF_MAX_TEXT);
		struct alt *alt;

		genders_value_at(g, attr->nodes[i], attr->index, &name, NULL);
		if (!name.len || find_alt(g, name.buf)) {
			strbuf_release(&name);
			continue;
		}
		alt = xcalloc(1, sizeof(*alt));
		alt->name = strbuf_detach(&name, NULL);
		alt->node = attr->nodes[i];
		hashmap_put(&g->alts, &alt->in, hash_str(alt->name));
	}
}

/* The alternate name of a node is found by its own value. */
static const char *alt_of(struct genders *g, const char *node)
{
	struct strbuf name = STRBUF_INIT(STRBUF_MAX_TEXT);
	const struct alt *alt = NULL;

	if (genders_value(g, node, ALTNAME, &name, NULL) && name.len)
		alt = find_alt(g, name.buf);
	strbuf_release(&name);
	return alt ? alt->name : NULL;
}

const char *genders_swap(struct genders *g, const char *name)
{
	const struct alt *alt;

	fill_alts(g);
	if (genders_find(&g->nodes, name))
		return alt_of(g, name);
	alt = find_alt(g, name);
	return alt ? g->nodes.v[alt->node]->text : NULL;
}
