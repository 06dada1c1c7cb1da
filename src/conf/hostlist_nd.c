/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Folding a set of names, each number of a name a dimension: names that are
 * equal but for their numbers are a family, and each name of one is a vector.
 */
#include "conf/hostlist.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hashmap.h"
#include "base/list.h"
#include "conf/hostlist_vecs.h"
#include "base/banned.h"

/* Names that are equal but for their numbers. */
struct family {
	struct hashmap_node node;
	char *shape; /* "n%s-%s": the text with a "%s" for each number */
	size_t shape_len;
	size_t dims;
	number_code *numbers; /* of all names, one after the other */
	size_t nnumbers;
	size_t cap;
	size_t names;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static number_code code_of(const char *digits, size_t n)
{
	uint64_t value = 0;

	for (size_t i = 0; i < n; i++)
		value = value * 10 + (uint64_t)(digits[i] - '0');
	return (uint64_t)n << NUMBER_VALUE_BITS | value;
}

static bool is_padded(number_code code)
{
	uint64_t floor = 1;

	for (unsigned int i = 1; i < number_digits(code); i++)
		floor *= 10;
	return number_digits(code) > 1 && number_value(code) < floor;
}

/* Families */

/*
 * The shape of a name in `shape`, its numbers in `numbers`.  A "%" is doubled:
 * the order of shapes is that of patterns in ClusterShell.
 */
static void take_apart(const char *name, struct strbuf *shape,
		       number_code *numbers, size_t *dims)
{
	strbuf_reset(shape);
	*dims = 0;
	while (*name) {
		size_t n = 0;
		size_t text;

		while (is_digit(name[n]))
			n++;
		if (n && n <= NUMBER_DIGITS_MAX) {
			numbers[(*dims)++] = code_of(name, n);
			strbuf_add(shape, "%s", 2);
			name += n;
			continue;
		}
		text = n;
		while (!n && name[text] && name[text] != '%' &&
		       !is_digit(name[text]))
			text++;
		if (!text) {
			strbuf_add(shape, "%%", 2);
			text = 1;
		} else {
			strbuf_add(shape, name, text);
		}
		name += text;
	}
}

static bool same_shape(const struct hashmap_node *node, const void *key)
{
	const struct family *f = container_of_const(node, struct family, node);
	const struct strbuf *shape = key;

	return f->shape_len == shape->len &&
	       !memcmp(f->shape, shape->buf, shape->len);
}

static struct family *new_family(const struct strbuf *shape, size_t dims)
{
	struct family *f = xcalloc(1, sizeof(*f));

	f->shape = xmemdup(shape->buf, shape->len);
	f->shape_len = shape->len;
	f->dims = dims;
	return f;
}

static void add_name(struct family *f, const number_code *numbers)
{
	if (f->nnumbers + f->dims > f->cap) {
		f->cap = (f->nnumbers + f->dims) * 2;
		f->numbers =
			xreallocarray(f->numbers, f->cap, sizeof(*f->numbers));
	}
	if (f->dims)
		memcpy(f->numbers + f->nnumbers, numbers,
		       f->dims * sizeof(*numbers));
	f->nnumbers += f->dims;
	f->names++;
}

static int by_shape(const void *a, const void *b)
{
	const struct family *const *x = a;
	const struct family *const *y = b;

	return strcmp((*x)->shape, (*y)->shape);
}

/* The families of all names, sorted; *nfamilies of them. */
static struct family **sort_out(const char *const *names, size_t n,
				size_t *nfamilies)
{
	struct strbuf shape = STRBUF_INIT(STRBUF_MAX_TEXT);
	size_t numbers_cap = 16;
	number_code *numbers =
		xreallocarray(NULL, numbers_cap, sizeof(*numbers));
	size_t cap = 0, dims;
	struct family **all =
		grow_array(NULL, &cap, 0, sizeof(struct family *));
	struct family *f = NULL;
	struct hashmap map;

	*nfamilies = 0;
	hashmap_init(&map, same_shape);
	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(names[i]);
		uint64_t hash;
		struct hashmap_node *node;

		if (len / 2 + 1 > numbers_cap) {
			numbers_cap = len + 16;
			numbers = xreallocarray(numbers, numbers_cap,
						sizeof(*numbers));
		}
		take_apart(names[i], &shape, numbers, &dims);
		if (!f || !same_shape(&f->node, &shape)) {
			hash = hash_bytes(shape.buf, shape.len);
			node = hashmap_get(&map, hash, &shape);
			f = node ? container_of(node, struct family, node)
				 : new_family(&shape, dims);
			if (!node) {
				all = grow_array(all, &cap, *nfamilies,
						 sizeof(*all));
				all[(*nfamilies)++] = f;
				hashmap_put(&map, &f->node, hash);
			}
		}
		add_name(f, numbers);
	}
	if (*nfamilies > 1)
		qsort(all, *nfamilies, sizeof(*all), by_shape);
	hashmap_release(&map);
	strbuf_release(&shape);
	free(numbers);
	return all;
}

static void free_families(struct family **all, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(all[i]->numbers);
		free(all[i]->shape);
		free(all[i]);
	}
	free(all);
}

/* Writing */

/* A range of a set: [first, last] of its members. */
struct run {
	number_code first, last;
};

/* Whether `next` goes on with what began at `first` and came to `last`. */
static bool continues(number_code first, number_code last, number_code next)
{
	if (number_value(next) != number_value(last) + 1)
		return false;
	return is_padded(first) ? number_digits(next) == number_digits(first)
				: !is_padded(next);
}

/* Turn sorted numbers into runs; gives how many.  `runs` has room for `n`. */
static size_t make_runs(const number_code *v, size_t n, struct run *runs)
{
	size_t nruns = 0;

	for (size_t i = 0; i < n; i++) {
		struct run *last = nruns ? &runs[nruns - 1] : NULL;

		if (last && continues(last->first, last->last, v[i]))
			last->last = v[i];
		else
			runs[nruns++] = (struct run){ v[i], v[i] };
	}
	return nruns;
}

static void write_number(struct strbuf *out, number_code code)
{
	strbuf_addf(out, "%0*llu", (int)number_digits(code),
		    (unsigned long long)number_value(code));
}

/* "1-3,07", in brackets unless it is one number. */
static void write_runs(struct strbuf *out, const struct run *runs, size_t n)
{
	bool single;

	assert(runs);
	single = n == 1 && runs->first == runs->last;

	if (!single)
		strbuf_addch(out, '[');
	for (size_t i = 0; i < n; i++) {
		if (i)
			strbuf_addch(out, ',');
		write_number(out, runs[i].first);
		if (runs[i].first == runs[i].last)
			continue;
		strbuf_addch(out, '-');
		write_number(out, runs[i].last);
	}
	if (!single)
		strbuf_addch(out, ']');
}

/* The runs of a vector, those of each dimension one after the other. */
struct runs {
	struct run *v;
	size_t *n; /* of each dimension */
};

static void put_runs(struct runs *r, size_t d, const number_code *v, size_t n)
{
	size_t before = 0;

	for (size_t i = 0; i < d; i++)
		before += r->n[i];
	r->v = xreallocarray(r->v, before + n, sizeof(*r->v));
	r->n[d] = make_runs(v, n, r->v + before);
}

/* Write a shape with its numbers; `pick`: one run each, else all of them. */
static void write_shape(struct strbuf *out, const struct family *f,
			const struct runs *r, const size_t *pick)
{
	const struct run *runs = r->v;
	size_t d = 0;

	for (const char *s = f->shape; *s; s++) {
		if (*s != '%') {
			strbuf_addch(out, *s);
			continue;
		}
		if (*++s == '%') {
			strbuf_addch(out, '%');
			continue;
		}
		if (pick)
			write_runs(out, runs + pick[d], 1);
		else
			write_runs(out, runs, r->n[d]);
		runs += r->n[d++];
	}
}

/* Where folded text goes: all in one, or a text for each piece. */
struct sheet {
	struct strbuf *text;
	struct strvec *pieces;
	const char *comma;
};

/* All combinations of runs, the leftmost slowest. */
static void write_pieces(struct sheet *sheet, const struct family *f,
			 const struct runs *r)
{
	size_t *pick = xcalloc(f->dims, sizeof(*pick));
	size_t d;

	do {
		struct strbuf piece = STRBUF_INIT(STRBUF_MAX_TEXT);

		write_shape(&piece, f, r, pick);
		strvec_push_take(sheet->pieces, strbuf_detach(&piece, NULL));
		for (d = f->dims; d-- > 0;) {
			if (++pick[d] < r->n[d])
				break;
			pick[d] = 0;
		}
	} while (d < f->dims);
	free(pick);
}

static void write_item(struct sheet *sheet, const struct family *f,
		       struct runs *r)
{
	if (sheet->pieces) {
		write_pieces(sheet, f, r);
	} else {
		strbuf_addstr(sheet->text, sheet->comma);
		sheet->comma = ",";
		write_shape(sheet->text, f, r, NULL);
	}
	free(r->v);
	free(r->n);
}

static struct runs new_runs(const struct family *f)
{
	return (struct runs){ .n = xcalloc(f->dims, sizeof(size_t)) };
}

/* One number in each name, or none: no vectors are needed. */
static void write_line(struct sheet *sheet, struct family *f)
{
	struct runs r = new_runs(f);

	if (f->dims)
		put_runs(&r, 0, f->numbers,
			 numbers_sort(f->numbers, f->nnumbers));
	write_item(sheet, f, &r);
}

/*
 * A family that is the whole product of the numbers in its dimensions is
 * written at once.  Its names are each there once.
 */
static bool write_grid(struct sheet *sheet, const struct family *f)
{
	struct runs r = new_runs(f);
	number_code *v = xreallocarray(NULL, f->names, sizeof(*v));
	uint64_t product = 1;

	for (size_t d = 0; d < f->dims && product <= f->names; d++) {
		size_t n = 0;

		for (size_t i = d; i < f->nnumbers; i += f->dims)
			if (!n || v[n - 1] != f->numbers[i])
				v[n++] = f->numbers[i];
		n = numbers_sort(v, n);
		product *= n;
		put_runs(&r, d, v, n);
	}
	free(v);
	if (product == f->names) {
		write_item(sheet, f, &r);
		return true;
	}
	free(r.v);
	free(r.n);
	return false;
}

/* A family, and where it goes. */
struct writing {
	struct sheet *sheet;
	const struct family *family;
};

static void write_vec(void *arg, number_code *const *numbers,
		      const size_t *count)
{
	const struct writing *w = arg;
	struct runs r = new_runs(w->family);

	for (size_t d = 0; d < w->family->dims; d++)
		put_runs(&r, d, numbers[d], count[d]);
	write_item(w->sheet, w->family, &r);
}

static void write_all(struct sheet *sheet, const char *const *names, size_t n)
{
	size_t nfamilies;
	struct family **all = sort_out(names, n, &nfamilies);

	for (size_t i = 0; i < nfamilies; i++) {
		if (all[i]->dims < 2)
			write_line(sheet, all[i]);
		else if (!write_grid(sheet, all[i]))
			vecs_fold(all[i]->numbers, all[i]->names, all[i]->dims,
				  write_vec,
				  &(struct writing){ sheet, all[i] });
	}
	free_families(all, nfamilies);
}

void hostlist_fold_set(const char *const *names, size_t n, struct strbuf *out)
{
	struct sheet sheet = { .text = out, .comma = "" };

	write_all(&sheet, names, n);
}

void hostlist_fold_contiguous(const char *const *names, size_t n,
			      struct strvec *out)
{
	struct sheet sheet = { .pieces = out };

	write_all(&sheet, names, n);
}
