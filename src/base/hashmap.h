/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_BASE_HASHMAP_H
#define RSH_BASE_HASHMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * An intrusive hash map: members embed a `struct hashmap_node`.  Chained
 * buckets that double; the hash is seeded at random for each process, so that
 * no one can choose colliding names.  Average O(1).
 */
struct hashmap_node {
	struct hashmap_node *next;
	uint64_t hash;
};

/** Whether the member of `node` has the `key` given to hashmap_get(). */
typedef bool hashmap_equal_fn(const struct hashmap_node *node, const void *key);

struct hashmap {
	struct hashmap_node **buckets; /* NULL while empty */
	size_t nbuckets;
	size_t n;
	hashmap_equal_fn *equal;
};

void hashmap_init(struct hashmap *map, hashmap_equal_fn *equal);

/** Free the buckets, not the members. */
void hashmap_release(struct hashmap *map);

/** Seeded hash of bytes, of a string, of a string without regard to case. */
uint64_t hash_bytes(const void *p, size_t n);
uint64_t hash_str(const char *s);
uint64_t hash_strcase(const char *s);

/** The member with `key`, or NULL. */
struct hashmap_node *hashmap_get(const struct hashmap *map, uint64_t hash,
				 const void *key);

/** The next one after `node` with the same key, or NULL. */
struct hashmap_node *hashmap_get_next(const struct hashmap *map,
				      const struct hashmap_node *node,
				      const void *key);

/** Add; equal keys may stand side by side, the newest is found first. */
void hashmap_put(struct hashmap *map, struct hashmap_node *node, uint64_t hash);

/** Take out a node that is in the map. */
void hashmap_remove(struct hashmap *map, struct hashmap_node *node);

/**
 * Walk all, in no order: start with NULL.  The node just given may be removed
 * or freed only after the next call.  O(1) on average.
 */
struct hashmap_node *hashmap_walk(const struct hashmap *map,
				  const struct hashmap_node *node);

#define hashmap_for_each(pos, map)                                             \
	for (struct hashmap_node *pos = hashmap_walk((map), NULL); pos;        \
	     pos = hashmap_walk((map), pos))

#endif /* RSH_BASE_HASHMAP_H */
