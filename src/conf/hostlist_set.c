/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An ordered set of names: the text in chunks that never move, an array for
 * the order, and an index with open addressing.
 *
 * Notes: base/hashmap follows two more pointers a look-up, which at a million
 * names is most of the cost of a list.  About 40 bytes for an ordinary name.
 * The text of what is removed stays until the set goes.
 */
#include "conf/hostlist_set.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hashmap.h"
#include "base/banned.h"

#define CHUNK_BYTES ((size_t)64 << 10)
#define SLOTS_MIN   16u

struct nameset_slot {
	uint32_t hash;
	uint32_t place; /* index of the name + 1; 0: free */
};

struct nameset_chunk {
	struct nameset_chunk *next;
	size_t used;
	char data[CHUNK_BYTES];
};

/* The slot of the name, or the free one where it belongs. */
static struct nameset_slot *find(const struct nameset *set, uint32_t hash,
				 const char *name, size_t len)
{
	size_t mask = set->nslots - 1;

	for (size_t i = hash & mask;; i = (i + 1) & mask) {
		struct nameset_slot *slot = &set->slots[i];
		const char *there;

		if (!slot->place)
			return slot;
		if (slot->hash != hash)
			continue;
		there = set->v[slot->place - 1];
		if (!strncmp(there, name, len) && !there[len])
			return slot;
	}
}

/* Build the index anew with `nslots`, without what is past the end. */
static void reindex(struct nameset *set, size_t nslots)
{
	struct nameset_slot *old = set->slots;
	size_t nold = set->nslots;
	size_t mask = nslots - 1;

	set->slots = xcalloc(nslots, sizeof(*set->slots));
	set->nslots = nslots;
	for (size_t i = 0; i < nold; i++) {
		size_t to = old[i].hash & mask;

		if (!old[i].place || old[i].place > set->n)
			continue;
		while (set->slots[to].place)
			to = (to + 1) & mask;
		set->slots[to] = old[i];
	}
	free(old);
}

void nameset_reserve(struct nameset *set, size_t more)
{
	size_t nslots = set->nslots ? set->nslots : SLOTS_MIN;

	assert(set->n + more < UINT32_MAX / 2);
	/* At most two thirds are taken. */
	while (set->n + more > nslots / 3 * 2)
		nslots *= 2;
	if (nslots != set->nslots)
		reindex(set, nslots);
}

static char *store(struct nameset *set, const char *name, size_t len)
{
	struct nameset_chunk *chunk = set->chunks;
	char *copy;

	assert(len < CHUNK_BYTES);
	if (!chunk || len + 1 > CHUNK_BYTES - chunk->used) {
		chunk = xmalloc(sizeof(*chunk));
		chunk->next = set->chunks;
		chunk->used = 0;
		set->chunks = chunk;
	}
	copy = chunk->data + chunk->used;
	memcpy(copy, name, len);
	copy[len] = '\0';
	chunk->used += len + 1;
	return copy;
}

void nameset_add(struct nameset *set, const char *name, size_t len)
{
	uint32_t hash = (uint32_t)hash_bytes(name, len);
	struct nameset_slot *slot;

	nameset_reserve(set, 1);
	slot = find(set, hash, name, len);
	if (slot->place)
		return;
	set->v = grow_array(set->v, &set->cap, set->n, sizeof(*set->v));
	set->v[set->n++] = store(set, name, len);
	*slot = (struct nameset_slot){ hash, (uint32_t)set->n };
}

void nameset_truncate(struct nameset *set, size_t n)
{
	assert(n <= set->n);
	if (n == set->n)
		return;
	set->n = n;
	reindex(set, set->nslots);
}

static bool has(const struct nameset *set, const char *name)
{
	size_t len = strlen(name);

	return find(set, (uint32_t)hash_bytes(name, len), name, len)->place;
}

void nameset_subtract(struct nameset *set, const struct nameset *other)
{
	size_t n = set->n;
	size_t kept = 0;

	if (!other->n || !n)
		return;
	for (size_t i = 0; i < n; i++)
		if (!has(other, set->v[i]))
			set->v[kept++] = set->v[i];
	if (kept == n)
		return;
	/* The places have changed: index what is kept as if it were new. */
	nameset_truncate(set, 0);
	for (set->n = 0; set->n < kept; set->n++) {
		const char *name = set->v[set->n];
		size_t len = strlen(name);
		uint32_t hash = (uint32_t)hash_bytes(name, len);

		*find(set, hash, name, len) =
			(struct nameset_slot){ hash, (uint32_t)set->n + 1 };
	}
}

void nameset_release(struct nameset *set)
{
	while (set->chunks) {
		struct nameset_chunk *next = set->chunks->next;

		free(set->chunks);
		set->chunks = next;
	}
	free(set->slots);
	free(set->v);
	*set = (struct nameset){ 0 };
}
