/* SPDX-License-Identifier: Apache-2.0 */
/*
 * YAML through libyaml: its events, made into a tree.
 *
 * Nodes stand in one list and are freed with it, whatever the tree looks
 * like.  `size` counts a node with all below it as a walk would meet them:
 * that bounds the aliases, which could double at each level.  `height` bounds
 * those that put one tree below another.
 */
#include "conf/yaml.h"

#include <assert.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/hashmap.h"
#include "base/list.h"
#include "base/text.h"
#include "base/banned.h"

/* What is quoted of a text in a message, in bytes. */
#define SHOWN_MAX 64u

struct pair {
	const struct yaml_node *key, *item;
};

struct entry {
	struct yaml_node node;
	struct entry *next; /* in the list of those with arrays */
	const struct yaml_node **keys;
	size_t keys_cap;
	const struct yaml_node **items;
	size_t items_cap;
	size_t nkeys;
	struct pair *sorted; /* by key; NULL: less than two */
	size_t size;
	size_t height; /* of the tree below it, 1 for a word */
	bool open;     /* its end has not been seen */
};

struct anchor {
	struct hashmap_node in;
	char *name;
	struct entry *entry;
};

/* Words by the thousand: they come and go in pieces. */
struct piece {
	struct piece *next;
	size_t used, size;
	_Alignas(max_align_t) char bytes[];
};

#define PIECE_BYTES ((size_t)64 << 10)

struct yamldoc {
	char *name;
	struct entry *all; /* lists and maps */
	struct piece *pieces;
	const struct yaml_node *root;
};

struct builder {
	struct yamldoc *y;
	const char *text;
	size_t len;
	struct hashmap anchors;
	struct entry *stack[YAML_MAX_DEPTH];
	size_t depth;
	struct err *err;
};

static int fail_at(const struct yamldoc *y, size_t line, size_t column,
		   struct err *err, const char *text)
{
	return err_set(err, ERR_CONFIG, "%s:%zu:%zu: %s", y->name, line, column,
		       text);
}

int yamldoc_fail(const struct yamldoc *y, const struct yaml_node *node,
		 struct err *err, const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	fail_at(y, node->line, node->column, err, text);
	free(text);
	return -1;
}

static int fail_mark(const struct builder *b, const yaml_mark_t *mark,
		     const char *text)
{
	return fail_at(b->y, mark->line + 1, mark->column + 1, b->err, text);
}

/* Of what is no character libyaml tells the offset only, in bytes. */
static yaml_mark_t mark_of(const struct builder *b, size_t offset)
{
	yaml_mark_t mark = { 0 };

	for (size_t i = 0; i < offset && i < b->len; i++) {
		bool newline = b->text[i] == '\n';
		bool inner = ((unsigned char)b->text[i] & 0xc0) == 0x80;

		mark.line += newline;
		mark.column = newline ? 0 : mark.column + !inner;
	}
	return mark;
}

static int fail_parser(const struct builder *b, const yaml_parser_t *parser)
{
	const char *problem =
		parser->problem ? parser->problem : _("cannot be read");
	yaml_mark_t mark = parser->problem_mark;

	if (parser->error == YAML_READER_ERROR)
		mark = mark_of(b, parser->problem_offset);
	return fail_mark(b, &mark, problem);
}

static char *shown(const char *text)
{
	return text_vis_dup(text, strlen(text), SHOWN_MAX);
}

static bool has_name(const struct hashmap_node *node, const void *key)
{
	return !strcmp(container_of_const(node, struct anchor, in)->name, key);
}

static struct anchor *find_anchor(const struct builder *b, const char *name)
{
	struct hashmap_node *node =
		hashmap_get(&b->anchors, hash_str(name), name);

	return node ? container_of(node, struct anchor, in) : NULL;
}

/* An anchor may be set again: what follows means the new one. */
static void set_anchor(struct builder *b, const yaml_char_t *name,
		       struct entry *entry)
{
	struct anchor *a;

	if (!name)
		return;
	a = find_anchor(b, (const char *)name);
	if (!a) {
		a = xcalloc(1, sizeof(*a));
		a->name = xstrdup((const char *)name);
		hashmap_put(&b->anchors, &a->in, hash_str(a->name));
	}
	a->entry = entry;
}

static void release_anchors(struct builder *b)
{
	struct hashmap_node *node = hashmap_walk(&b->anchors, NULL);

	while (node) {
		struct hashmap_node *next = hashmap_walk(&b->anchors, node);
		struct anchor *a = container_of(node, struct anchor, in);

		free(a->name);
		free(a);
		node = next;
	}
	hashmap_release(&b->anchors);
}

/* `n` bytes that live as long as the document, and are not zero. */
static void *keep_bytes(struct yamldoc *y, size_t n)
{
	const size_t step = _Alignof(max_align_t);
	struct piece *p = y->pieces;
	void *bytes;

	n = (n + step - 1) / step * step;
	if (!p || p->size - p->used < n) {
		size_t size = n > PIECE_BYTES ? n : PIECE_BYTES;

		p = xmalloc(sizeof(*p) + size);
		*p = (struct piece){ .next = y->pieces, .size = size };
		y->pieces = p;
	}
	bytes = p->bytes + p->used;
	p->used += n;
	return bytes;
}

static struct entry *new_entry(struct builder *b, enum yaml_kind kind,
			       const yaml_mark_t *mark)
{
	struct entry *e = keep_bytes(b->y, sizeof(*e));

	*e = (struct entry){ 0 };
	e->node.kind = kind;
	e->node.line = mark->line + 1;
	e->node.column = mark->column + 1;
	e->size = 1;
	e->height = 1;
	if (kind != YAML_WORD) {
		e->next = b->y->all;
		b->y->all = e;
	}
	return e;
}

static void push_node(const struct yaml_node ***array, size_t *cap, size_t used,
		      const struct yaml_node *node)
{
	*array = grow_array((void *)*array, cap, used, sizeof(**array));
	(*array)[used] = node;
}

/* Put a node where the next one belongs. */
static int place(struct builder *b, struct entry *e, const yaml_mark_t *mark)
{
	struct entry *up = b->depth ? b->stack[b->depth - 1] : NULL;

	for (size_t i = 0; i < b->depth; i++) {
		b->stack[i]->size += e->size;
		if (b->stack[i]->size > YAML_MAX_NODES)
			return fail_mark(b, mark, _("too many nodes"));
	}
	if (b->depth + e->height > YAML_MAX_DEPTH + 1)
		return fail_mark(b, mark, _("nested too deeply"));
	if (up && up->height <= e->height)
		up->height = e->height + 1;
	if (!up) {
		b->y->root = &e->node;
	} else if (up->node.kind == YAML_MAP && up->nkeys == up->node.n) {
		if (e->node.kind != YAML_WORD)
			return fail_mark(b, mark, _("a key must be a word"));
		push_node(&up->keys, &up->keys_cap, up->nkeys++, &e->node);
	} else {
		push_node(&up->items, &up->items_cap, up->node.n++, &e->node);
	}
	return 0;
}

/* A tag that only says what is so without it is one that says "text". */
static int check_tag(const struct builder *b, const yaml_char_t *tag,
		     const yaml_mark_t *mark, bool *is_text)
{
	*is_text = false;
	if (!tag)
		return 0;
	*is_text = !strcmp((const char *)tag, YAML_STR_TAG) ||
		   !strcmp((const char *)tag, "!");
	if (*is_text)
		return 0;
	return fail_mark(b, mark, _("tags are not supported"));
}

static int on_scalar(struct builder *b, const yaml_event_t *ev)
{
	const char *value = (const char *)ev->data.scalar.value;
	size_t len = ev->data.scalar.length;
	struct entry *e;
	bool is_text;
	char *text;

	if (check_tag(b, ev->data.scalar.tag, &ev->start_mark, &is_text))
		return -1;
	if (memchr(value, '\0', len))
		return fail_mark(b, &ev->start_mark, _("a NUL is in it"));
	e = new_entry(b, YAML_WORD, &ev->start_mark);
	text = keep_bytes(b->y, len + 1);
	memcpy(text, value, len + 1);
	e->node.text = text;
	e->node.plain =
		ev->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && !is_text;
	set_anchor(b, ev->data.scalar.anchor, e);
	return place(b, e, &ev->start_mark);
}

static int on_alias(struct builder *b, const yaml_event_t *ev)
{
	const char *name = (const char *)ev->data.alias.anchor;
	const struct anchor *a = find_anchor(b, name);
	char *text, *vis;

	if (a && !a->entry->open)
		return place(b, a->entry, &ev->start_mark);
	vis = shown(name);
	text = xasprintf(a ? _("the alias '*%s' is within its own anchor")
			   : _("unknown alias '*%s'"),
			 vis);
	fail_mark(b, &ev->start_mark, text);
	free(text);
	free(vis);
	return -1;
}

static int on_start(struct builder *b, const yaml_event_t *ev,
		    enum yaml_kind kind)
{
	bool list = kind == YAML_LIST;
	struct entry *e;
	bool is_text;

	if (check_tag(b,
		      list ? ev->data.sequence_start.tag
			   : ev->data.mapping_start.tag,
		      &ev->start_mark, &is_text))
		return -1;
	if (b->depth == YAML_MAX_DEPTH)
		return fail_mark(b, &ev->start_mark, _("nested too deeply"));
	e = new_entry(b, kind, &ev->start_mark);
	set_anchor(b,
		   list ? ev->data.sequence_start.anchor
			: ev->data.mapping_start.anchor,
		   e);
	/* Its size counts in those above when it is placed, so that what
	   comes into it later counts there too. */
	if (place(b, e, &ev->start_mark))
		return -1;
	e->open = true;
	b->stack[b->depth++] = e;
	return 0;
}

static int by_place(const struct yaml_node *a, const struct yaml_node *b)
{
	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	return (a->column > b->column) - (a->column < b->column);
}

static int by_text(const void *a, const void *b)
{
	const struct pair *x = a;
	const struct pair *y = b;
	int order = strcmp(x->key->text, y->key->text);

	return order ? order : by_place(x->key, y->key);
}

/* The first pair, in the order of the text, whose key was there before. */
static int check_keys(const struct builder *b, const struct entry *e)
{
	const struct pair *first = NULL, *again = NULL;
	char *vis;

	for (const struct pair *p = e->sorted + 1; p < e->sorted + e->nkeys;
	     p++) {
		if (strcmp(p[-1].key->text, p->key->text) != 0 ||
		    (again && by_place(again->key, p->key) <= 0))
			continue;
		first = p - 1;
		again = p;
	}
	if (!again)
		return 0;
	vis = shown(again->key->text);
	yamldoc_fail(b->y, again->key, b->err,
		     _("the key '%s' stands twice, first in line %zu"), vis,
		     first->key->line);
	free(vis);
	return -1;
}

static int sort_keys(const struct builder *b, struct entry *e)
{
	if (e->nkeys < 2)
		return 0;
	e->sorted = xcalloc(e->nkeys, sizeof(*e->sorted));
	for (size_t i = 0; i < e->nkeys; i++)
		e->sorted[i] = (struct pair){ e->keys[i], e->items[i] };
	qsort(e->sorted, e->nkeys, sizeof(*e->sorted), by_text);
	return check_keys(b, e);
}

static int on_end(struct builder *b)
{
	struct entry *e = b->stack[--b->depth];

	if (b->depth && b->stack[b->depth - 1]->height <= e->height)
		b->stack[b->depth - 1]->height = e->height + 1;
	e->open = false;
	e->node.keys = e->keys;
	e->node.items = e->items;
	return sort_keys(b, e);
}

/* 1: the end of the text was reached. */
static int on_event(struct builder *b, const yaml_event_t *ev)
{
	switch (ev->type) {
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_DOCUMENT_END_EVENT:
		return 0;
	case YAML_DOCUMENT_START_EVENT:
		if (b->y->root)
			return fail_mark(b, &ev->start_mark,
					 _("a second document begins here"));
		return 0;
	case YAML_SCALAR_EVENT:
		return on_scalar(b, ev);
	case YAML_ALIAS_EVENT:
		return on_alias(b, ev);
	case YAML_SEQUENCE_START_EVENT:
		return on_start(b, ev, YAML_LIST);
	case YAML_MAPPING_START_EVENT:
		return on_start(b, ev, YAML_MAP);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		return on_end(b);
	case YAML_STREAM_END_EVENT:
		return 1;
	}
	return 0;
}

static int build(struct builder *b, yaml_parser_t *parser)
{
	int rc = 0;

	while (!rc) {
		yaml_event_t ev;

		if (!yaml_parser_parse(parser, &ev))
			return fail_parser(b, parser);
		rc = on_event(b, &ev);
		yaml_event_delete(&ev);
	}
	return rc < 0 ? -1 : 0;
}

struct yamldoc *yamldoc_parse(const char *name, const char *text, size_t len,
			      struct err *err)
{
	struct yamldoc *y = xcalloc(1, sizeof(*y));
	struct builder b = { .y = y, .text = text, .len = len, .err = err };
	yaml_parser_t parser;
	int rc = -1;

	y->name = text_vis_dup(name, strlen(name), 4096);
	hashmap_init(&b.anchors, has_name);
	if (len > YAML_MAX_BYTES) {
		err_set(err, ERR_CONFIG, _("'%s' is larger than %zu bytes"),
			y->name, YAML_MAX_BYTES);
		goto out;
	}
	if (!yaml_parser_initialize(&parser))
		die("out of memory");
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&parser, (const unsigned char *)text, len);
	rc = build(&b, &parser);
	yaml_parser_delete(&parser);
out:
	release_anchors(&b);
	if (rc) {
		yamldoc_free(y);
		return NULL;
	}
	return y;
}

void yamldoc_free(struct yamldoc *y)
{
	if (!y)
		return;
	while (y->all) {
		struct entry *e = y->all;

		y->all = e->next;
		free(e->sorted);
		free((void *)e->keys);
		free((void *)e->items);
	}
	while (y->pieces) {
		struct piece *p = y->pieces;

		y->pieces = p->next;
		free(p);
	}
	free(y->name);
	free(y);
}

const char *yamldoc_name(const struct yamldoc *y)
{
	return y->name;
}

const struct yaml_node *yamldoc_root(const struct yamldoc *y)
{
	return y->root;
}

static int compare_key(const void *key, const void *pair)
{
	return strcmp(key, ((const struct pair *)pair)->key->text);
}

const struct yaml_node *yamldoc_get(const struct yaml_node *map,
				    const char *key)
{
	const struct entry *e;
	const struct pair *p;

	if (!map || map->kind != YAML_MAP || !map->n)
		return NULL;
	e = container_of_const(map, struct entry, node);
	if (!e->sorted)
		return strcmp(map->keys[0]->text, key) ? NULL : map->items[0];
	p = bsearch(key, e->sorted, e->nkeys, sizeof(*p), compare_key);
	return p ? p->item : NULL;
}

bool yamldoc_is_null(const struct yaml_node *node)
{
	return node->kind == YAML_WORD && node->plain &&
	       (!*node->text || !strcmp(node->text, "~") ||
		!strcasecmp(node->text, "null"));
}
