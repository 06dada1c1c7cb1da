/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A chained hash map, and SipHash-2-4 (Aumasson and Bernstein, 2012) with a
 * key chosen when it is first needed.
 *
 * Notes: the map never shrinks.  A hash is good for this process only.
 */
#include "base/hashmap.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/banned.h"

struct sip {
	uint64_t v0, v1, v2, v3;
};

/*
 * The process's key.  Written once, before there are threads that hash: the
 * one variable here, as a key for each map would make hashes of one map
 * useless for another.
 */
static struct {
	uint64_t k0, k1;
	bool chosen;
} seed;

static void choose_seed(void)
{
	uint64_t k[2];

	/* Early in boot there may be no randomness yet; do not wait for it. */
	if (getrandom(k, sizeof(k), GRND_NONBLOCK) != (ssize_t)sizeof(k)) {
		k[0] = (uint64_t)time(NULL);
		k[1] = (uint64_t)getpid();
	}
	seed.k0 = k[0];
	seed.k1 = k[1];
	seed.chosen = true;
}

static uint64_t rotl(uint64_t x, unsigned int n)
{
	return x << n | x >> (64 - n);
}

static void sip_round(struct sip *s)
{
	s->v0 += s->v1;
	s->v2 += s->v3;
	s->v1 = rotl(s->v1, 13) ^ s->v0;
	s->v3 = rotl(s->v3, 16) ^ s->v2;
	s->v0 = rotl(s->v0, 32) + s->v3;
	s->v2 += s->v1;
	s->v3 = rotl(s->v3, 21) ^ s->v0;
	s->v1 = rotl(s->v1, 17) ^ s->v2;
	s->v2 = rotl(s->v2, 32);
}

static void sip_word(struct sip *s, uint64_t word)
{
	s->v3 ^= word;
	sip_round(s);
	sip_round(s);
	s->v0 ^= word;
}

static unsigned char lower(unsigned char c)
{
	return c >= 'A' && c <= 'Z' ? (unsigned char)(c | 0x20) : c;
}

/* 8 bytes as a little-endian number; compilers make one load of it. */
static uint64_t load_word(const unsigned char *p)
{
	return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 |
	       (uint64_t)p[3] << 24 | (uint64_t)p[4] << 32 |
	       (uint64_t)p[5] << 40 | (uint64_t)p[6] << 48 |
	       (uint64_t)p[7] << 56;
}

/* Up to 8 bytes as a little-endian number, ASCII folded if asked. */
static uint64_t load(const unsigned char *p, size_t n, bool fold)
{
	uint64_t word = 0;

	for (size_t i = 0; i < n; i++)
		word |= (uint64_t)(fold ? lower(p[i]) : p[i]) << (8 * i);
	return word;
}

static uint64_t hash(const void *data, size_t n, bool fold)
{
	const unsigned char *p = data;
	uint64_t last = (uint64_t)n << 56;
	struct sip s;

	if (!seed.chosen)
		choose_seed();
	s.v0 = seed.k0 ^ UINT64_C(0x736f6d6570736575);
	s.v1 = seed.k1 ^ UINT64_C(0x646f72616e646f6d);
	s.v2 = seed.k0 ^ UINT64_C(0x6c7967656e657261);
	s.v3 = seed.k1 ^ UINT64_C(0x7465646279746573);
	for (; n >= 8; p += 8, n -= 8)
		sip_word(&s, fold ? load(p, 8, fold) : load_word(p));
	sip_word(&s, last | load(p, n, fold));
	s.v2 ^= 0xff;
	for (int i = 0; i < 4; i++)
		sip_round(&s);
	return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

uint64_t hash_bytes(const void *p, size_t n)
{
	return hash(p, n, false);
}

uint64_t hash_str(const char *s)
{
	return hash(s, strlen(s), false);
}

uint64_t hash_strcase(const char *s)
{
	return hash(s, strlen(s), true);
}

/* The number of buckets is a power of 2. */
static size_t bucket_of(const struct hashmap *map, uint64_t h)
{
	return (size_t)h & (map->nbuckets - 1);
}

void hashmap_init(struct hashmap *map, hashmap_equal_fn *equal)
{
	*map = (struct hashmap){ .equal = equal };
}

void hashmap_release(struct hashmap *map)
{
	if (!map)
		return;
	free(map->buckets);
	hashmap_init(map, map->equal);
}

/*
 * Double the buckets.  Members keep their order within a bucket, so that of
 * equal keys the newest still comes first.
 */
static void grow(struct hashmap *map)
{
	struct hashmap old = *map;

	map->nbuckets = old.nbuckets ? old.nbuckets * 2 : 16;
	map->buckets = xcalloc(map->nbuckets, sizeof(struct hashmap_node *));
	for (size_t i = 0; i < old.nbuckets; i++) {
		struct hashmap_node **ends[] = {
			&map->buckets[i],
			&map->buckets[i + old.nbuckets],
		};

		for (struct hashmap_node *node = old.buckets[i]; node;
		     node = node->next) {
			bool high = bucket_of(map, node->hash) != i;

			*ends[high] = node;
			ends[high] = &node->next;
		}
		*ends[0] = *ends[1] = NULL;
	}
	free(old.buckets);
}

static struct hashmap_node *find(const struct hashmap *map,
				 struct hashmap_node *node, uint64_t h,
				 const void *key)
{
	while (node && (node->hash != h || !map->equal(node, key)))
		node = node->next;
	return node;
}

struct hashmap_node *hashmap_get(const struct hashmap *map, uint64_t h,
				 const void *key)
{
	if (!map->n)
		return NULL;
	return find(map, map->buckets[bucket_of(map, h)], h, key);
}

struct hashmap_node *hashmap_get_next(const struct hashmap *map,
				      const struct hashmap_node *node,
				      const void *key)
{
	return find(map, node->next, node->hash, key);
}

void hashmap_put(struct hashmap *map, struct hashmap_node *node, uint64_t h)
{
	struct hashmap_node **bucket;

	if (map->n == map->nbuckets)
		grow(map);
	bucket = &map->buckets[bucket_of(map, h)];
	node->hash = h;
	node->next = *bucket;
	*bucket = node;
	map->n++;
}

void hashmap_remove(struct hashmap *map, struct hashmap_node *node)
{
	struct hashmap_node **link;

	assert(map->n);
	link = &map->buckets[bucket_of(map, node->hash)];
	while (*link != node) {
		assert(*link);
		link = &(*link)->next;
	}
	*link = node->next;
	node->next = NULL;
	map->n--;
}

struct hashmap_node *hashmap_walk(const struct hashmap *map,
				  const struct hashmap_node *node)
{
	size_t i = 0;

	if (node) {
		if (node->next)
			return node->next;
		i = bucket_of(map, node->hash) + 1;
	}
	for (; i < map->nbuckets; i++) {
		if (map->buckets[i])
			return map->buckets[i];
	}
	return NULL;
}
