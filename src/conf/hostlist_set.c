/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An ordered set of names: entries in chunks that never move, an array for
 * their order, a hash map to find them.
 *
 * Notes: about 60 bytes for an ordinary name.  What is removed keeps its
 * place in a chunk until the set goes.
 */
#include "conf/hostlist_set.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/list.h"
#include "base/banned.h"

#define CHUNK_BYTES ((size_t)64 << 10)

struct nameset_chunk {
	struct nameset_chunk *next;
	size_t used;
	_Alignas(struct nameset_entry) unsigned char data[];
};

struct key {
	const char *name;
	size_t len;
};

static const struct nameset_entry *entry_of(const struct hashmap_node *node)
{
	return container_of_const(node, struct nameset_entry, node);
}

static bool has_key(const struct hashmap_node *node, const void *key)
{
	const struct nameset_entry *e = entry_of(node);
	const struct key *k = key;

	return e->len == k->len && !memcmp(e->name, k->name, k->len);
}

static struct nameset_entry *new_entry(struct nameset *set, size_t len)
{
	size_t align = _Alignof(struct nameset_entry);
	size_t need = sizeof(struct nameset_entry) + len + 1;
	struct nameset_chunk *chunk = set->chunks;
	void *entry;

	assert(need < CHUNK_BYTES / 2);
	need = (need + align - 1) / align * align;
	if (!chunk || need > CHUNK_BYTES - chunk->used) {
		chunk = xmalloc(sizeof(*chunk) + CHUNK_BYTES);
		chunk->next = set->chunks;
		chunk->used = 0;
		set->chunks = chunk;
	}
	entry = chunk->data + chunk->used;
	chunk->used += need;
	return entry;
}

void nameset_add(struct nameset *set, const char *name, size_t len)
{
	const struct key key = { name, len };
	uint64_t hash = hash_bytes(name, len);
	struct nameset_entry *e;

	if (!set->map.equal)
		hashmap_init(&set->map, has_key);
	if (hashmap_get(&set->map, hash, &key))
		return;
	e = new_entry(set, len);
	e->len = (uint32_t)len;
	memcpy(e->name, name, len);
	e->name[len] = '\0';
	set->v = grow_array(set->v, &set->cap, set->n, sizeof(*set->v));
	set->v[set->n++] = e;
	hashmap_put(&set->map, &e->node, hash);
}

void nameset_truncate(struct nameset *set, size_t n)
{
	assert(n <= set->n);
	while (set->n > n)
		hashmap_remove(&set->map, &set->v[--set->n]->node);
}

void nameset_subtract(struct nameset *set, const struct nameset *other)
{
	size_t kept = 0;

	if (!other->n)
		return;
	for (size_t i = 0; i < set->n; i++) {
		struct nameset_entry *e = set->v[i];
		const struct key key = { e->name, e->len };

		if (hashmap_get(&other->map, e->node.hash, &key))
			hashmap_remove(&set->map, &e->node);
		else
			set->v[kept++] = e;
	}
	set->n = kept;
}

void nameset_release(struct nameset *set)
{
	while (set->chunks) {
		struct nameset_chunk *next = set->chunks->next;

		free(set->chunks);
		set->chunks = next;
	}
	hashmap_release(&set->map);
	free(set->v);
	*set = (struct nameset){ 0 };
}
