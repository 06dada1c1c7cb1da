/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Folding vectors of numbers to vectors of sets of numbers.
 *
 * Two vectors that differ in one place become one with the union there.  Which
 * of several pairs goes first decides the result, and it goes as in
 * ClusterShell: vectors are sorted, large ones first; neighbours are joined,
 * and sorted again, until nothing changes; then each vector is joined with any
 * one behind it.
 *
 * Notes: vectors stay disjoint all the time, so sets in one place are equal or
 * need no comparison; sets are compared by a seeded hash of their members and
 * united without touching them.  Partners behind a vector are found by the
 * hash of all other places.  A pass is O(n log n); there are a few passes, and
 * after PASSES_MAX of them what is left stays as it is.
 */
#include "conf/hostlist_vecs.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hashmap.h"
#include "base/banned.h"

#define PASSES_MAX 200u
#define MANY	   1000u
#define NONE	   UINT32_MAX

/* A set of numbers: one, or the union of two others. */
struct numset {
	number_code first, last;
	uint64_t hash; /* sum of the members' */
	uint32_t count;
	uint32_t left, right; /* NONE: the one number `first` */
};

/* The numsets of a family, and one by its number. */
struct pool {
	struct numset *v;
	size_t n;
	size_t cap;
	uint32_t *slots; /* index + 1 of sets of one; 0: free */
	size_t nslots;
};

/* A vector of sets, and what it is sorted by. */
struct vec {
	uint32_t *sets; /* `dims` of them */
	uint64_t count; /* names */
	size_t order;	/* before the sort, to keep it stable */
};

/* Vectors by all their sets but one. */
struct bucket_index {
	uint32_t *heads;
	size_t nheads;	/* a power of 2 */
	uint32_t *next; /* of vector i in dimension d, at i * dims + d */
	uint64_t *keys;
};

struct folding {
	size_t dims;
	struct pool pool;
	struct vec *vecs;
	size_t nvecs;
	struct bucket_index index;
};

/* The same as a text that is compared: "10" before "2". */
static uint64_t text_of(number_code code)
{
	uint64_t left = number_value(code);

	for (unsigned int i = number_digits(code); i < NUMBER_DIGITS_MAX; i++)
		left *= 10;
	return left << 5 | number_digits(code);
}

/* Sets */

static uint32_t add_set(struct pool *pool, struct numset set)
{
	assert(pool->n < NONE);
	pool->v = grow_array(pool->v, &pool->cap, pool->n, sizeof(*pool->v));
	pool->v[pool->n] = set;
	return (uint32_t)pool->n++;
}

static void grow_slots(struct pool *pool)
{
	size_t old = pool->nslots;

	if (pool->n * 3 < old * 2)
		return;
	pool->nslots = old ? old * 2 : 64;
	free(pool->slots);
	pool->slots = xcalloc(pool->nslots, sizeof(*pool->slots));
	for (uint32_t i = 0; i < pool->n; i++) {
		size_t at = pool->v[i].hash & (pool->nslots - 1);

		while (pool->slots[at])
			at = (at + 1) & (pool->nslots - 1);
		pool->slots[at] = i + 1;
	}
}

/* The set of one number, which is made once.  Before any union is. */
static uint32_t set_of(struct pool *pool, number_code code)
{
	uint64_t hash = hash_bytes(&code, sizeof(code));
	size_t at;

	grow_slots(pool);
	at = hash & (pool->nslots - 1);
	for (; pool->slots[at]; at = (at + 1) & (pool->nslots - 1))
		if (pool->v[pool->slots[at] - 1].first == code)
			return pool->slots[at] - 1;
	pool->slots[at] = (uint32_t)pool->n + 1;
	return add_set(pool, (struct numset){ .first = code,
					      .last = code,
					      .hash = hash,
					      .count = 1,
					      .left = NONE,
					      .right = NONE });
}

static uint32_t unite(struct pool *pool, uint32_t a, uint32_t b)
{
	const struct numset *x = &pool->v[a];
	const struct numset *y = &pool->v[b];

	return add_set(
		pool,
		(struct numset){
			.first = x->first < y->first ? x->first : y->first,
			.last = x->last > y->last ? x->last : y->last,
			.hash = x->hash + y->hash,
			.count = x->count + y->count,
			.left = a,
			.right = b,
		});
}

static bool same_set(const struct pool *pool, uint32_t a, uint32_t b)
{
	const struct numset *x = &pool->v[a];
	const struct numset *y = &pool->v[b];

	return a == b || (x->hash == y->hash && x->count == y->count &&
			  x->first == y->first && x->last == y->last);
}

static int by_code(const void *a, const void *b)
{
	number_code x = *(const number_code *)a;
	number_code y = *(const number_code *)b;

	return x < y ? -1 : x > y;
}

/* Sort by one byte of the numbers, from `v` to `out`. */
static void sort_by_byte(const number_code *v, number_code *out, size_t n,
			 unsigned int shift)
{
	size_t start[256] = { 0 };
	size_t sum = 0;

	for (size_t i = 0; i < n; i++)
		start[v[i] >> shift & 0xff]++;
	for (size_t i = 0; i < 256; i++) {
		size_t count = start[i];

		start[i] = sum;
		sum += count;
	}
	for (size_t i = 0; i < n; i++)
		out[start[v[i] >> shift & 0xff]++] = v[i];
}

/* Sort many numbers, by those bytes in which they differ. */
static void sort_many(number_code *v, size_t n)
{
	number_code *from = v;
	number_code *to = xreallocarray(NULL, n, sizeof(*to));
	number_code *spare = to;
	number_code differ = 0;

	for (size_t i = 1; i < n; i++)
		differ |= v[i] ^ v[0];
	for (unsigned int shift = 0; shift < 64; shift += 8) {
		number_code *swap = from;

		if (!(differ >> shift & 0xff))
			continue;
		sort_by_byte(from, to, n, shift);
		from = to;
		to = swap;
	}
	if (from != v)
		memcpy(v, from, n * sizeof(*v));
	free(spare);
}

size_t numbers_sort(number_code *v, size_t n)
{
	size_t kept = n != 0;
	bool sorted = true;

	for (size_t i = 1; i < n && sorted; i++)
		sorted = v[i - 1] < v[i];
	if (sorted)
		return n;
	if (n < MANY)
		qsort(v, n, sizeof(*v), by_code);
	else
		sort_many(v, n);
	for (size_t i = 1; i < n; i++)
		if (v[i] != v[kept - 1])
			v[kept++] = v[i];
	return kept;
}

/* The members of a set, in order; the caller frees them. */
static number_code *members(const struct pool *pool, uint32_t set, size_t *n)
{
	number_code *v = xreallocarray(NULL, pool->v[set].count, sizeof(*v));
	uint32_t *todo = NULL;
	size_t ntodo = 0, cap = 0;

	*n = 0;
	for (;;) {
		const struct numset *s = &pool->v[set];

		if (s->left != NONE) {
			todo = grow_array(todo, &cap, ntodo, sizeof(*todo));
			todo[ntodo++] = s->right;
			set = s->left;
			continue;
		}
		v[(*n)++] = s->first;
		if (!ntodo)
			break;
		set = todo[--ntodo];
	}
	free(todo);
	*n = numbers_sort(v, *n);
	return v;
}

/* Vectors */

/* The one place in which two vectors differ; -1: none or several. */
static int odd_place(const struct folding *f, const struct vec *a,
		     const struct vec *b)
{
	int odd = -1;

	for (size_t d = 0; d < f->dims; d++) {
		if (same_set(&f->pool, a->sets[d], b->sets[d]))
			continue;
		if (odd >= 0)
			return -1;
		odd = (int)d;
	}
	return odd;
}

static void join(struct folding *f, struct vec *into, const struct vec *from,
		 size_t place)
{
	into->sets[place] =
		unite(&f->pool, into->sets[place], from->sets[place]);
	into->count += from->count;
}

/* More names first; then by the sets from the left: more, then lower. */
static int compare_vecs(const struct folding *f, const struct vec *a,
			const struct vec *b)
{
	assert(f->pool.v);
	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	for (size_t d = 0; d < f->dims; d++) {
		const struct numset *x = &f->pool.v[a->sets[d]];
		const struct numset *y = &f->pool.v[b->sets[d]];

		if (x == y)
			continue;
		if (x->count != y->count)
			return x->count > y->count ? -1 : 1;
		if (x->first != y->first)
			return text_of(x->first) < text_of(y->first) ? -1 : 1;
		if (x->last != y->last)
			return text_of(x->last) < text_of(y->last) ? -1 : 1;
	}
	return a->order < b->order ? -1 : a->order > b->order;
}

/* Merge the sorted halves [0, half) and [half, n) of `v`. */
static void merge_halves(const struct folding *f, struct vec *v, size_t half,
			 size_t n, struct vec *spare)
{
	size_t a = 0, b = half, to = 0;

	memcpy(spare, v, half * sizeof(*v));
	while (a < half && b < n)
		v[to++] = compare_vecs(f, &spare[a], &v[b]) <= 0 ? spare[a++]
								 : v[b++];
	memcpy(v + to, spare + a, (half - a) * sizeof(*v));
}

/* Bottom up, as deep as the width doubles; what is in order stays. */
static void sort_vecs(struct folding *f)
{
	size_t n = f->nvecs;
	struct vec *spare = xreallocarray(NULL, n, sizeof(*spare));

	for (size_t i = 0; i < n; i++)
		f->vecs[i].order = i;
	for (size_t width = 1; width < n; width *= 2) {
		for (size_t i = 0; i + width < n; i += 2 * width) {
			size_t end = i + 2 * width < n ? i + 2 * width : n;
			struct vec *v = f->vecs + i;

			if (compare_vecs(f, &v[width - 1], &v[width]) > 0)
				merge_halves(f, v, width, end - i, spare);
		}
	}
	free(spare);
}

/* Join neighbours; whether there was anything to join. */
static bool join_neighbours(struct folding *f)
{
	size_t kept = 0;

	for (size_t i = 1; i < f->nvecs; i++) {
		int place = odd_place(f, &f->vecs[kept], &f->vecs[i]);

		if (place >= 0)
			join(f, &f->vecs[kept], &f->vecs[i], (size_t)place);
		else
			f->vecs[++kept] = f->vecs[i];
	}
	if (kept + 1 == f->nvecs)
		return false;
	f->nvecs = kept + 1;
	return true;
}

static uint64_t mix(uint64_t x)
{
	x ^= x >> 31;
	x *= UINT64_C(0x9e3779b97f4a7c15);
	return x ^ x >> 29;
}

static uint64_t term(const struct folding *f, const struct vec *v, size_t d)
{
	assert(f->pool.v);
	return mix(f->pool.v[v->sets[d]].hash + mix(d + 1));
}

/* What a vector is looked for by when its set in `d` does not count. */
static uint64_t key_without(const struct folding *f, const struct vec *v,
			    size_t d)
{
	uint64_t key = mix(~(uint64_t)d);

	for (size_t i = 0; i < f->dims; i++)
		if (i != d)
			key += term(f, v, i);
	return key;
}

static uint32_t *head_of(struct bucket_index *x, uint64_t key)
{
	return &x->heads[mix(key) & (x->nheads - 1)];
}

static void build_index(struct folding *f)
{
	struct bucket_index *x = &f->index;
	size_t dims = f->dims;

	x->nheads = 64;
	while (x->nheads < f->nvecs * dims)
		x->nheads *= 2;
	x->heads = xreallocarray(NULL, x->nheads, sizeof(*x->heads));
	x->next = xreallocarray(NULL, f->nvecs * dims, sizeof(*x->next));
	x->keys = xreallocarray(NULL, f->nvecs * dims, sizeof(*x->keys));
	memset(x->heads, 0xff, x->nheads * sizeof(*x->heads));
	/* From the end, so that what comes first stands in front. */
	for (size_t i = f->nvecs; i-- > 0;) {
		for (size_t d = 0; d < dims; d++) {
			uint64_t key = key_without(f, &f->vecs[i], d);
			uint32_t *head = head_of(x, key);

			x->keys[i * dims + d] = key;
			x->next[i * dims + d] = *head;
			*head = (uint32_t)(i * dims + d);
		}
	}
}

static void release_index(struct bucket_index *x)
{
	free(x->heads);
	free(x->next);
	free(x->keys);
	*x = (struct bucket_index){ 0 };
}

/* The first vector past `after` that differs from `v` in `d` only, or NONE. */
static uint32_t find_partner(struct folding *f, const struct vec *v, size_t d,
			     size_t after)
{
	struct bucket_index *x = &f->index;
	size_t dims = f->dims;
	uint64_t key = key_without(f, v, d);
	uint32_t *link = head_of(x, key);

	while (*link != NONE) {
		uint32_t at = *link;
		uint32_t i = at / (uint32_t)dims;

		/* What is joined or passed for good is taken out. */
		if (!f->vecs[i].count || i <= v - f->vecs) {
			*link = x->next[at];
			continue;
		}
		if (x->keys[at] == key && i > after && at % dims == d &&
		    odd_place(f, v, &f->vecs[i]) == (int)d)
			return i;
		link = &x->next[at];
	}
	return NONE;
}

/* Join vector `i` with all behind it that it can be joined with in turn. */
static bool join_behind(struct folding *f, size_t i)
{
	struct vec *v = &f->vecs[i];
	size_t after = i;
	bool changed = false;

	for (;;) {
		uint32_t nearest = NONE;
		size_t place = 0;

		for (size_t d = 0; d < f->dims; d++) {
			uint32_t partner = find_partner(f, v, d, after);

			if (partner < nearest) {
				nearest = partner;
				place = d;
			}
		}
		if (nearest == NONE)
			return changed;
		join(f, v, &f->vecs[nearest], place);
		f->vecs[nearest].count = 0;
		after = nearest;
		changed = true;
	}
}

static bool join_any(struct folding *f)
{
	bool changed = false;
	size_t kept = 0;

	build_index(f);
	for (size_t i = 0; i < f->nvecs; i++)
		if (f->vecs[i].count)
			changed |= join_behind(f, i);
	release_index(&f->index);
	for (size_t i = 0; i < f->nvecs; i++)
		if (f->vecs[i].count)
			f->vecs[kept++] = f->vecs[i];
	f->nvecs = kept;
	return changed;
}

static void join_vecs(struct folding *f)
{
	bool full = false;
	bool changed = true;

	for (unsigned int i = 0; changed && i < PASSES_MAX; i++) {
		sort_vecs(f);
		changed = full ? join_any(f) : join_neighbours(f);
		if (!changed && !full)
			changed = full = true;
	}
}

/* A vector for each name, each name once. */
static void make_vecs(struct folding *f, const number_code *numbers, size_t n,
		      uint32_t *sets)
{
	size_t kept = 0;

	for (size_t i = 0; i < n * f->dims; i++)
		sets[i] = set_of(&f->pool, numbers[i]);
	f->vecs = xreallocarray(NULL, n, sizeof(*f->vecs));
	f->nvecs = n;
	for (size_t i = 0; i < n; i++)
		f->vecs[i] =
			(struct vec){ .sets = sets + i * f->dims, .count = 1 };
	sort_vecs(f);
	for (size_t i = 1; i < n; i++)
		if (memcmp(f->vecs[kept].sets, f->vecs[i].sets,
			   f->dims * sizeof(*sets)) != 0)
			f->vecs[++kept] = f->vecs[i];
	f->nvecs = kept + 1;
}

static void tell(const struct folding *f, const struct vec *v, vec_fn *fn,
		 void *arg)
{
	number_code **numbers = xcalloc(f->dims, sizeof(*numbers));
	size_t *count = xcalloc(f->dims, sizeof(*count));

	for (size_t d = 0; d < f->dims; d++)
		numbers[d] = members(&f->pool, v->sets[d], &count[d]);
	fn(arg, numbers, count);
	for (size_t d = 0; d < f->dims; d++)
		free(numbers[d]);
	free(numbers);
	free(count);
}

void vecs_fold(const number_code *numbers, size_t n, size_t dims, vec_fn *fn,
	       void *arg)
{
	struct folding f = { .dims = dims };
	uint32_t *sets = xreallocarray(NULL, n * dims, sizeof(*sets));

	make_vecs(&f, numbers, n, sets);
	join_vecs(&f);
	for (size_t i = 0; i < f.nvecs; i++)
		tell(&f, &f.vecs[i], fn, arg);
	free(f.pool.v);
	free(f.pool.slots);
	free(f.vecs);
	free(sets);
}
