/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An ordered set of names: the text in chunks that never move, an array for
 * the order, and an index with open addressing.
 *
 * Notes: base/hashmap follows two more pointers a look-up, which at a million
 * names is most of the cost of a list.  About 40 bytes for an ordinary name;
 * half of it, and no hashing, while nothing was looked up.  The text of what
 * is removed stays until the set goes.
 */
#include "conf/hostlist_set.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hashmap.h"
#include "conf/hostlist_pattern.h"
#include "base/banned.h"

#define CHUNK_BYTES ((size_t)64 << 10)
#define SLOTS_MIN   16u
#define AHEAD	    16u /* look-ups whose places are fetched at once */
#define FOLDED_MIN  64u /* fewer names are made at once */

struct nameset_slot {
	uint32_t hash;
	uint32_t place; /* index of the name + 1; 0: free */
};

struct nameset_chunk {
	struct nameset_chunk *next;
	size_t used;
	char data[CHUNK_BYTES];
};

/*
 * Names that differ in the last digit only have neighbouring slots: lists
 * mostly go up, and the next name is then found where the last one was.
 */
static uint32_t hash_name(const char *name, size_t len)
{
	size_t at = len;
	uint64_t hash;

	while (at && (name[at - 1] < '0' || name[at - 1] > '9'))
		at--;
	if (!at)
		return (uint32_t)hash_bytes(name, len);
	hash = hash_bytes(name, at - 1);
	if (at < len)
		hash = hash * 31 + hash_bytes(name + at, len - at);
	return (uint32_t)hash * 16 + (uint32_t)(name[at - 1] - '0');
}

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

/* Make room for `n` names in all, so that the index grows but once. */
static void reserve(struct nameset *set, size_t n)
{
	size_t nslots = set->nslots ? set->nslots : SLOTS_MIN;

	assert(n < UINT32_MAX / 2);
	/* At most two thirds are taken. */
	while (n > nslots / 3 * 2)
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

static void append(struct nameset *set, const char *name, size_t len)
{
	set->v = grow_array(set->v, &set->cap, set->n, sizeof(*set->v));
	set->v[set->n++] = store(set, name, len);
}

/* Make the names of a pattern that names nothing twice, nor what is there. */
static void append_pattern(struct nameset *set, struct pattern *p)
{
	size_t n = set->n + p->count;

	if (n > set->cap) {
		set->cap = n;
		set->v = xreallocarray(set->v, n, sizeof(*set->v));
	}
	pattern_first(p);
	do
		append(set, p->name, p->name_len);
	while (pattern_next(p));
}

static void unfold(struct nameset *set)
{
	struct pattern *p = set->folded;

	if (!p)
		return;
	set->folded = NULL;
	append_pattern(set, p);
	pattern_release(p);
	free(p);
}

/*
 * The hashes of up to AHEAD names from `names[at]` on; their slots in `set` are
 * asked of the memory already.  Gives how many.
 */
static size_t look_ahead(const struct nameset *set, const char *const *names,
			 size_t at, size_t n, uint32_t *hashes)
{
	size_t count = n - at < AHEAD ? n - at : AHEAD;

	for (size_t i = 0; i < count; i++) {
		hashes[i] = hash_name(names[at + i], strlen(names[at + i]));
		__builtin_prefetch(&set->slots[hashes[i] & (set->nslots - 1)]);
	}
	return count;
}

/* Have all names in the index, with room for `more`. */
static void index_all(struct nameset *set, size_t more)
{
	unfold(set);
	reserve(set, set->n + more);
	while (set->indexed < set->n) {
		uint32_t hashes[AHEAD];
		size_t n =
			look_ahead(set, set->v, set->indexed, set->n, hashes);

		for (size_t i = 0; i < n; i++) {
			const char *name = set->v[set->indexed];

			*find(set, hashes[i], name, strlen(name)) =
				(struct nameset_slot){
					hashes[i],
					(uint32_t)++set->indexed,
				};
		}
	}
}

size_t nameset_count(const struct nameset *set)
{
	return set->folded ? (size_t)set->folded->count : set->n;
}

const char *const *nameset_names(struct nameset *set)
{
	unfold(set);
	return set->v;
}

static void add_indexed(struct nameset *set, const char *name, size_t len)
{
	uint32_t hash = hash_name(name, len);
	struct nameset_slot *slot = find(set, hash, name, len);

	if (slot->place)
		return;
	append(set, name, len);
	set->indexed = set->n;
	*slot = (struct nameset_slot){ hash, (uint32_t)set->n };
}

void nameset_add(struct nameset *set, const char *name, size_t len)
{
	index_all(set, 1);
	add_indexed(set, name, len);
}

void nameset_add_pattern(struct nameset *set, struct pattern *p)
{
	if (p->count == 1) {
		pattern_first(p);
		nameset_add(set, p->name, p->name_len);
		return;
	}
	if (!nameset_count(set) && pattern_is_distinct(p)) {
		if (p->count < FOLDED_MIN) {
			append_pattern(set, p);
			return;
		}
		set->folded = xmalloc(sizeof(*p));
		*set->folded = *p;
		*p = (struct pattern){ 0 };
		return;
	}
	index_all(set, p->count);
	pattern_first(p);
	do
		add_indexed(set, p->name, p->name_len);
	while (pattern_next(p));
}

void nameset_add_set(struct nameset *set, struct nameset *other)
{
	if (!nameset_count(set)) {
		nameset_release(set);
		*set = *other;
		*other = (struct nameset){ 0 };
		return;
	}
	unfold(other);
	index_all(set, other->n);
	for (size_t i = 0; i < other->n; i++)
		add_indexed(set, other->v[i], strlen(other->v[i]));
}

bool nameset_has(struct nameset *set, const char *name, size_t len)
{
	if (!nameset_count(set))
		return false;
	index_all(set, 0);
	return find(set, hash_name(name, len), name, len)->place;
}

void nameset_truncate(struct nameset *set, size_t n)
{
	if (n == nameset_count(set))
		return;
	unfold(set);
	assert(n <= set->n);
	set->n = n;
	if (set->indexed <= n)
		return;
	set->indexed = n;
	reindex(set, set->nslots);
}

/* The names from `from` on are now those up to `kept`. */
static void settle(struct nameset *set, size_t from, size_t kept)
{
	if (kept == set->n)
		return;
	/* The places have changed: what is kept is indexed as if it were new.
	 */
	nameset_truncate(set, from);
	set->n = kept;
}

void nameset_filter(struct nameset *set, size_t from, nameset_keep_fn *keep,
		    void *arg)
{
	size_t kept = from;

	unfold(set);
	for (size_t i = from; i < set->n; i++)
		if (keep(arg, set->v[i], strlen(set->v[i])))
			set->v[kept++] = set->v[i];
	settle(set, from, kept);
}

/* Keep the names from `from` on of which it is `wanted` that `other` has them.
 */
static void keep_by(struct nameset *set, size_t from, struct nameset *other,
		    bool wanted)
{
	size_t kept = from;
	size_t i = from;

	unfold(set);
	index_all(other, 0);
	while (i < set->n) {
		uint32_t hashes[AHEAD];
		size_t n = look_ahead(other, set->v, i, set->n, hashes);

		for (size_t k = 0; k < n; k++, i++) {
			const char *name = set->v[i];

			if (!find(other, hashes[k], name, strlen(name))
				     ->place == !wanted)
				set->v[kept++] = name;
		}
	}
	settle(set, from, kept);
}

void nameset_subtract(struct nameset *set, struct nameset *other)
{
	if (nameset_count(set) && nameset_count(other))
		keep_by(set, 0, other, false);
}

static void keep_odd_ones(struct nameset *set, size_t from,
			  struct nameset *other)
{
	struct nameset more = { 0 };

	unfold(other);
	for (size_t i = 0; i < other->n; i++) {
		size_t len = strlen(other->v[i]);

		if (!nameset_has(set, other->v[i], len))
			append(&more, other->v[i], len);
	}
	keep_by(set, from, other, false);
	nameset_add_set(set, &more);
	nameset_release(&more);
}

void nameset_combine(struct nameset *set, size_t from, enum nameset_op op,
		     struct nameset *other)
{
	switch (op) {
	case NAMESET_UNION:
		nameset_add_set(set, other);
		break;
	case NAMESET_INTERSECTION:
		keep_by(set, from, other, true);
		break;
	case NAMESET_DIFFERENCE:
		keep_by(set, from, other, false);
		break;
	case NAMESET_SYMMETRIC:
		keep_odd_ones(set, from, other);
		break;
	}
}

void nameset_release(struct nameset *set)
{
	while (set->chunks) {
		struct nameset_chunk *next = set->chunks->next;

		free(set->chunks);
		set->chunks = next;
	}
	pattern_release(set->folded);
	free(set->folded);
	free(set->slots);
	free(set->v);
	*set = (struct nameset){ 0 };
}
