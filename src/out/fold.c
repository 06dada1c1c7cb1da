/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Grouping equal texts.
 *
 * Two rounds.  The first counts how many items have the same kind and the
 * same lengths; the second looks into the texts of those that have company.
 *
 * Notes: O(bytes) reading, O(items) memory and two blocks.  The hash only
 * finds candidates, so its quality is a matter of speed.
 */
#include "out/fold.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hashmap.h"
#include "base/list.h"
#include "base/banned.h"

#define BLOCK ((size_t)128 << 10)

/* Items of one kind and the same lengths. */
struct shape {
	struct hashmap_node node;
	size_t first; /* an item */
	bool shared;
};

/* A group while it is found. */
struct found {
	struct hashmap_node node;
	size_t first, n;
};

struct folding {
	const struct fold_source *src;
	struct hashmap shapes, groups;
	struct shape *shape_of; /* by item that was the first of its shape */
	struct found *found;
	size_t nfound;
	size_t *group_of; /* by item */
	unsigned char *a, *b;
	struct err *err;
	bool failed;
};

/* What a shape or a group is looked for by. */
struct key {
	struct folding *f;
	size_t item;
};

static uint64_t kind_of(const struct fold_source *src, size_t item)
{
	return src->kind ? src->kind(src->arg, item) : 0;
}

static bool same_shape(const struct fold_source *src, size_t a, size_t b)
{
	if (kind_of(src, a) != kind_of(src, b))
		return false;
	for (unsigned int i = 0; i < src->ntexts; i++)
		if (src->length(src->arg, a, i) != src->length(src->arg, b, i))
			return false;
	return true;
}

static bool shape_equal(const struct hashmap_node *node, const void *key)
{
	const struct shape *s = container_of_const(node, struct shape, node);
	const struct key *k = key;

	return same_shape(k->f->src, s->first, k->item);
}

static int read_block(struct folding *f, size_t item, unsigned int text,
		      uint64_t offset, unsigned char *p, size_t n)
{
	if (!f->failed &&
	    f->src->read(f->src->arg, item, text, offset, p, n, f->err))
		f->failed = true;
	return f->failed ? -1 : 0;
}

static size_t block_at(uint64_t offset, uint64_t length)
{
	return length - offset < BLOCK ? (size_t)(length - offset) : BLOCK;
}

static bool same_text(struct folding *f, size_t x, size_t y, unsigned int text)
{
	uint64_t length = f->src->length(f->src->arg, x, text);
	size_t n;

	for (uint64_t at = 0; at < length; at += n) {
		n = block_at(at, length);
		if (read_block(f, x, text, at, f->a, n) ||
		    read_block(f, y, text, at, f->b, n) ||
		    memcmp(f->a, f->b, n) != 0)
			return false;
	}
	return true;
}

static bool group_equal(const struct hashmap_node *node, const void *key)
{
	const struct found *g = container_of_const(node, struct found, node);
	const struct key *k = key;
	struct folding *f = k->f;

	if (!same_shape(f->src, g->first, k->item))
		return false;
	for (unsigned int i = 0; i < f->src->ntexts; i++)
		if (!same_text(f, g->first, k->item, i))
			return false;
	return true;
}

static uint64_t mix(uint64_t h, uint64_t word)
{
	h = (h ^ word) * UINT64_C(0x9e3779b97f4a7c15);
	return h ^ h >> 29;
}

/* Four lanes, so that the multiplications overlap. */
static uint64_t hash_block(uint64_t h, const unsigned char *p, size_t n)
{
	uint64_t lane[4] = { h, h + 1, h + 2, h + 3 };
	uint64_t word[4];

	for (; n >= sizeof(word); p += sizeof(word), n -= sizeof(word)) {
		memcpy(word, p, sizeof(word));
		for (unsigned int i = 0; i < 4; i++)
			lane[i] = mix(lane[i], word[i]);
	}
	memset(word, 0, sizeof(word));
	memcpy(word, p, n);
	for (unsigned int i = 0; i < 4; i++)
		h = mix(mix(h, lane[i]), word[i]);
	return h;
}

static uint64_t hash_shape(const struct fold_source *src, size_t item)
{
	uint64_t h = hash_bytes("fold", 4);

	h = mix(h, kind_of(src, item));
	for (unsigned int i = 0; i < src->ntexts; i++)
		h = mix(h, src->length(src->arg, item, i));
	return h;
}

static uint64_t hash_texts(struct folding *f, size_t item, uint64_t h)
{
	for (unsigned int i = 0; i < f->src->ntexts; i++) {
		uint64_t length = f->src->length(f->src->arg, item, i);
		size_t n;

		for (uint64_t at = 0; at < length; at += n) {
			n = block_at(at, length);
			if (read_block(f, item, i, at, f->a, n))
				return h;
			h = hash_block(h, f->a, n);
		}
	}
	return h;
}

static void count_shapes(struct folding *f)
{
	for (size_t i = 0; i < f->src->n; i++) {
		struct key key = { f, i };
		uint64_t hash = hash_shape(f->src, i);
		struct hashmap_node *node = hashmap_get(&f->shapes, hash, &key);

		if (node) {
			container_of(node, struct shape, node)->shared = true;
			continue;
		}
		f->shape_of[i].first = i;
		hashmap_put(&f->shapes, &f->shape_of[i].node, hash);
	}
}

static int find_group(struct folding *f, size_t item)
{
	struct key key = { f, item };
	uint64_t hash = hash_shape(f->src, item);
	const struct shape *shape = container_of(
		hashmap_get(&f->shapes, hash, &key), struct shape, node);
	struct hashmap_node *node = NULL;
	struct found *g;

	if (shape->shared) {
		hash = hash_texts(f, item, hash);
		if (!f->failed)
			node = hashmap_get(&f->groups, hash, &key);
	}
	if (f->failed)
		return -1;
	if (node) {
		g = container_of(node, struct found, node);
	} else {
		g = &f->found[f->nfound++];
		g->first = item;
		hashmap_put(&f->groups, &g->node, hash);
	}
	g->n++;
	f->group_of[item] = (size_t)(g - f->found);
	return 0;
}

/* From a group for each item to items for each group. */
static void write_groups(const struct folding *f, struct fold *fold)
{
	size_t *next = xcalloc(f->nfound, sizeof(*next));
	size_t at = 0;

	fold->ngroups = f->nfound;
	fold->groups = xcalloc(f->nfound, sizeof(*fold->groups));
	fold->items = xcalloc(f->src->n, sizeof(*fold->items));
	for (size_t i = 0; i < f->nfound; i++) {
		next[i] = at;
		fold->groups[i] = (struct fold_group){
			.items = fold->items + at,
			.n = f->found[i].n,
		};
		at += f->found[i].n;
	}
	for (size_t i = 0; i < f->src->n; i++)
		fold->items[next[f->group_of[i]]++] = i;
	free(next);
}

int fold_items(const struct fold_source *src, struct fold *fold,
	       struct err *err)
{
	struct folding f = { .src = src, .err = err };

	*fold = (struct fold){ 0 };
	hashmap_init(&f.shapes, shape_equal);
	hashmap_init(&f.groups, group_equal);
	f.shape_of = xcalloc(src->n, sizeof(*f.shape_of));
	f.found = xcalloc(src->n, sizeof(*f.found));
	f.group_of = xcalloc(src->n, sizeof(*f.group_of));
	f.a = xmalloc(BLOCK);
	f.b = xmalloc(BLOCK);
	count_shapes(&f);
	for (size_t i = 0; i < src->n && !f.failed; i++)
		(void)find_group(&f, i);
	if (!f.failed)
		write_groups(&f, fold);
	hashmap_release(&f.shapes);
	hashmap_release(&f.groups);
	free(f.shape_of);
	free(f.found);
	free(f.group_of);
	free(f.a);
	free(f.b);
	return f.failed ? -1 : 0;
}

void fold_release(struct fold *fold)
{
	if (!fold)
		return;
	free(fold->groups);
	free(fold->items);
	*fold = (struct fold){ 0 };
}
