/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Folding names to ranges.
 *
 * Each name is looked at with one of its numbers taken out.  Names that are
 * equal but for that number are a group and share a bracket; what has no
 * company tries with another number.  The one in which the first two names
 * differ is tried first, as most lists vary in one place; then all from the
 * right.
 *
 * Notes: one bracket a name; r1-n1 and r2-n1 to r2-n9 become two items.  O(n
 * log n) for names out of order, else O(n), for each number that is tried.
 */
#include "conf/hostlist.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hashmap.h"
#include "base/list.h"
#include "base/banned.h"

#define NUMBERS 8 /* of a name that are tried, from the right */
#define NONE	UINT32_MAX

/* A number taken out of a name. */
struct field {
	uint64_t value;
	uint32_t at; /* offset of its first digit */
	uint32_t digits;
};

/* A name, and the group that it is tried or settled in. */
struct member {
	struct field field;
	struct group *group; /* NULL: alone for good */
	uint32_t next;	     /* of the group; NONE: last */
};

/* Names that are equal but for one number. */
struct group {
	struct hashmap_node node;
	uint32_t first, last; /* members */
	uint32_t count;
	bool ascending;
	bool written;
};

struct fold {
	const char *const *names;
	struct member *members;
	struct strbuf *out;
	struct field *fields; /* of the group that is being written */
	size_t fields_cap;
};

/* What a group is looked for by: a name, with its number taken out. */
struct key {
	const struct fold *fold;
	const char *name;
	const struct field *field;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Take out the number `which`, counted from the right; 0: the last. */
static bool find_number(const char *name, size_t which, struct field *f)
{
	size_t end = strlen(name);
	size_t from;

	for (;;) {
		while (end && !is_digit(name[end - 1]))
			end--;
		from = end;
		while (from && is_digit(name[from - 1]))
			from--;
		if (from == end)
			return false;
		if (end - from <= HOSTLIST_MAX_DIGITS && !which--)
			break;
		end = from;
	}
	*f = (struct field){ .at = (uint32_t)from,
			     .digits = (uint32_t)(end - from) };
	for (size_t i = from; i < end; i++)
		f->value = f->value * 10 + (uint64_t)(name[i] - '0');
	return true;
}

static bool same_but_number(const char *a, const struct field *fa,
			    const char *b, const struct field *fb)
{
	return fa->at == fb->at && !fa->digits == !fb->digits &&
	       !memcmp(a, b, fa->at) &&
	       !strcmp(a + fa->at + fa->digits, b + fb->at + fb->digits);
}

static bool is_group(const struct hashmap_node *node, const void *key)
{
	const struct group *g = container_of_const(node, struct group, node);
	const struct key *k = key;

	return same_but_number(k->name, k->field, k->fold->names[g->first],
			       &k->fold->members[g->first].field);
}

static uint64_t hash_around(const char *name, const struct field *f)
{
	uint64_t prefix = hash_bytes(name, f->at);

	return prefix * 31 + hash_str(name + f->at + f->digits);
}

/* "1", "2", "01", "02": of equal length first, so that runs stand together. */
static int compare_fields(const void *a, const void *b)
{
	const struct field *x = a, *y = b;

	if (x->digits != y->digits)
		return x->digits < y->digits ? -1 : 1;
	if (x->value != y->value)
		return x->value < y->value ? -1 : 1;
	return 0;
}

static void join(struct fold *fold, struct group *g, uint32_t i)
{
	struct member *last = &fold->members[g->last];
	struct member *m = &fold->members[i];

	if (compare_fields(&last->field, &m->field) >= 0)
		g->ascending = false;
	last->next = i;
	g->last = i;
	g->count++;
	m->group = g;
	m->next = NONE;
}

/*
 * Put each of the names `todo` in a group by its number `which`, if it has
 * that many; `groups` has room for one each.
 */
static void group_names(struct fold *fold, const uint32_t *todo, size_t n,
			size_t which, struct group *groups)
{
	struct hashmap map;
	struct group *g = NULL;
	size_t ngroups = 0;

	hashmap_init(&map, is_group);
	for (size_t i = 0; i < n; i++) {
		const char *name = fold->names[todo[i]];
		struct member *m = &fold->members[todo[i]];
		struct key key = { fold, name, &m->field };
		struct hashmap_node *node = NULL;
		uint64_t hash;

		m->group = NULL;
		if (!find_number(name, which, &m->field)) {
			if (which)
				continue;
			/* No number at all: only with names just the same. */
			m->field =
				(struct field){ .at = (uint32_t)strlen(name) };
		}
		/* Neighbours mostly go together: spare them the search. */
		if (g && is_group(&g->node, &key)) {
			join(fold, g, todo[i]);
			continue;
		}
		hash = hash_around(name, &m->field);
		node = hashmap_get(&map, hash, &key);
		if (node) {
			g = container_of(node, struct group, node);
			join(fold, g, todo[i]);
			continue;
		}
		g = &groups[ngroups++];
		*g = (struct group){ .first = todo[i],
				     .last = todo[i],
				     .count = 1,
				     .ascending = true };
		m->group = g;
		m->next = NONE;
		hashmap_put(&map, &g->node, hash);
	}
	hashmap_release(&map);
}

/* Keep those in `todo` that found no company. */
static size_t keep_lonely(const struct fold *fold, uint32_t *todo, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		const struct group *g = fold->members[todo[i]].group;

		if (!g || g->count == 1)
			todo[kept++] = todo[i];
	}
	return kept;
}

/* The number in which the first two names differ, or the last. */
static size_t varying_number(const char *const *names, size_t n)
{
	struct field a, b;

	for (size_t which = 0; n > 1 && which < NUMBERS; which++)
		if (find_number(names[0], which, &a) &&
		    find_number(names[1], which, &b) &&
		    same_but_number(names[0], &a, names[1], &b))
			return which;
	return 0;
}

static uint32_t digits_of(uint64_t value)
{
	uint32_t n = 1;

	while (value >= 10) {
		value /= 10;
		n++;
	}
	return n;
}

/* Whether `next` is what a range from `first` on gives after `last`. */
static bool continues(const struct field *first, const struct field *last,
		      const struct field *next)
{
	uint32_t digits = digits_of(next->value);

	if (first->digits > digits_of(first->value) && digits < first->digits)
		digits = first->digits;
	return next->value == last->value + 1 && next->digits == digits;
}

static void write_number(struct strbuf *out, const struct field *f)
{
	strbuf_addf(out, "%0*llu", (int)f->digits,
		    (unsigned long long)f->value);
}

/* "1-3,07": `f` is sorted and holds each number once. */
static void write_ranges(struct strbuf *out, const struct field *f, size_t n)
{
	size_t last;

	for (size_t first = 0; first < n; first = last + 1) {
		last = first;
		while (last + 1 < n &&
		       continues(&f[first], &f[last], &f[last + 1]))
			last++;
		if (first)
			strbuf_addch(out, ',');
		write_number(out, &f[first]);
		if (last == first)
			continue;
		strbuf_addch(out, '-');
		write_number(out, &f[last]);
	}
}

/* Collect the numbers of a group in order, each once. */
static size_t sort_fields(struct fold *fold, const struct group *g)
{
	size_t n = 0, kept = 0;

	if (fold->fields_cap < g->count) {
		fold->fields_cap = g->count;
		fold->fields = xreallocarray(fold->fields, g->count,
					     sizeof(*fold->fields));
	}
	for (uint32_t i = g->first; i != NONE; i = fold->members[i].next)
		fold->fields[n++] = fold->members[i].field;
	if (g->ascending)
		return n;
	qsort(fold->fields, n, sizeof(*fold->fields), compare_fields);
	for (size_t i = 1; i < n; i++)
		if (compare_fields(&fold->fields[kept], &fold->fields[i]) != 0)
			fold->fields[++kept] = fold->fields[i];
	return kept + 1;
}

static void write_group(struct fold *fold, const struct group *g)
{
	const char *name = fold->names[g->first];
	const struct field *f = &fold->members[g->first].field;
	size_t n = sort_fields(fold, g);

	if (n == 1) {
		strbuf_addstr(fold->out, name);
		return;
	}
	strbuf_add(fold->out, name, f->at);
	strbuf_addch(fold->out, '[');
	write_ranges(fold->out, fold->fields, n);
	strbuf_addch(fold->out, ']');
	strbuf_addstr(fold->out, name + f->at + f->digits);
}

static void write_all(struct fold *fold, size_t n)
{
	const char *comma = "";

	for (size_t i = 0; i < n; i++) {
		struct group *g = fold->members[i].group;

		if (g && g->written)
			continue;
		strbuf_addstr(fold->out, comma);
		comma = ",";
		if (g) {
			write_group(fold, g);
			g->written = true;
		} else {
			strbuf_addstr(fold->out, fold->names[i]);
		}
	}
}

void hostlist_fold(const char *const *names, size_t n, struct strbuf *out)
{
	struct fold fold = { .names = names, .out = out };
	struct group *groups[NUMBERS + 1] = { NULL };
	uint32_t *todo = xreallocarray(NULL, n, sizeof(*todo));
	size_t first = varying_number(names, n);
	size_t ntodo = n;

	assert(n < NONE);
	fold.members = xreallocarray(NULL, n, sizeof(*fold.members));
	for (size_t i = 0; i < n; i++) {
		todo[i] = (uint32_t)i;
		fold.members[i] = (struct member){ .next = NONE };
	}
	for (size_t pass = 0; pass <= NUMBERS && ntodo; pass++) {
		groups[pass] =
			xreallocarray(NULL, ntodo, sizeof(*groups[pass]));
		group_names(&fold, todo, ntodo, pass ? pass - 1 : first,
			    groups[pass]);
		ntodo = keep_lonely(&fold, todo, ntodo);
	}
	write_all(&fold, n);
	for (size_t pass = 0; pass <= NUMBERS; pass++)
		free(groups[pass]);
	free(fold.fields);
	free(fold.members);
	free(todo);
}
