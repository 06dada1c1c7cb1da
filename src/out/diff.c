/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Comparing two texts by lines.
 *
 * What is equal in front and at the end is put aside; the rest goes through
 * the greedy algorithm of Myers (An O(ND) Difference Algorithm, 1986), which
 * keeps the furthest points of each round to walk back along them.
 */
#include "out/diff.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "base/banned.h"

#define AROUND	   3 /* equal lines shown around a change */
#define STEP_WORK  100000
#define LINE_BYTES 64 /* compared in about the time of a line's rest */

struct line {
	const char *p;
	size_t n; /* without the newline */
};

struct text {
	struct line *lines;
	bool *changed; /* by line: deleted of a, added of b */
	size_t n;
};

static size_t count_lines(const char *p, size_t n)
{
	size_t lines = 0;

	for (const char *end = p + n; p < end; lines++) {
		p = memchr(p, '\n', (size_t)(end - p));
		if (!p)
			return lines + 1;
		p++;
	}
	return lines;
}

static int split(struct text *t, const char *p, size_t n)
{
	size_t lines = n > DIFF_MAX_BYTES ? SIZE_MAX : count_lines(p, n);

	*t = (struct text){ 0 };
	if (lines > DIFF_MAX_LINES)
		return -1;
	t->lines = xcalloc(lines, sizeof(*t->lines));
	t->changed = xcalloc(lines, sizeof(*t->changed));
	for (const char *end = p + n; p < end; t->n++) {
		const char *newline = memchr(p, '\n', (size_t)(end - p));
		const char *to = newline ? newline : end;

		t->lines[t->n] = (struct line){ p, (size_t)(to - p) };
		p = to + 1;
	}
	return 0;
}

static void release(struct text *t)
{
	free(t->lines);
	free(t->changed);
}

static bool same(const struct text *a, size_t i, const struct text *b, size_t j)
{
	const struct line *x = &a->lines[i], *y = &b->lines[j];

	return x->n == y->n && !memcmp(x->p, y->p, x->n);
}

/* The lines that are not equal in front or at the end. */
struct span {
	size_t from, na, nb;
};

static struct span trim(const struct text *a, const struct text *b)
{
	size_t least = a->n < b->n ? a->n : b->n;
	size_t front = 0, back = 0;

	while (front < least && same(a, front, b, front))
		front++;
	while (back < least - front &&
	       same(a, a->n - 1 - back, b, b->n - 1 - back))
		back++;
	return (struct span){ front, a->n - front - back, b->n - front - back };
}

/* Where round `d` began in the trace: rounds have 1, 2, 3 ... points. */
static size_t round_at(size_t d)
{
	return d * (d + 1) / 2;
}

/* The furthest x on diagonal `k` that round `d` can start from. */
static long start_of(const long *last, long d, long k, bool *down)
{
	long i = (k + d) / 2; /* index of k in round d; k - 1 is i - 1 */

	*down = k == -d || (k != d && last[i - 1] < last[i]);
	return *down ? last[i] : last[i - 1] + 1;
}

/* Mark the changes by walking back from the end. */
static void walk_back(const long *trace, long d, const struct span *s,
		      struct text *a, struct text *b)
{
	long x = (long)s->na, y = (long)s->nb;

	for (; d > 0; d--) {
		const long *last = trace + round_at((size_t)d - 1);
		bool down;
		long k = x - y;
		long from = start_of(last, d, k, &down);

		x = from;
		y = x - k;
		if (down)
			b->changed[s->from + (size_t)--y] = true;
		else
			a->changed[s->from + (size_t)--x] = true;
	}
}

static void mark_all(const struct span *s, struct text *a, struct text *b)
{
	for (size_t i = 0; i < s->na; i++)
		a->changed[s->from + i] = true;
	for (size_t i = 0; i < s->nb; i++)
		b->changed[s->from + i] = true;
}

struct diff {
	struct text a, b;
	struct span s;
	long *trace;
	size_t cap;
	long d, k; /* the round, and the next diagonal of it */
	bool done;
};

static void next_round(struct diff *f)
{
	f->d++;
	f->k = -f->d;
	if (f->d > DIFF_MAX_EDITS) {
		mark_all(&f->s, &f->a, &f->b);
		f->done = true;
	} else if (round_at((size_t)f->d + 1) > f->cap) {
		f->cap = 2 * round_at((size_t)f->d + 1) + 16;
		f->trace = xreallocarray(f->trace, f->cap, sizeof(*f->trace));
	}
}

/* As far as lines are equal; how much work that was. */
static size_t go_along(struct diff *f)
{
	const long na = (long)f->s.na, nb = (long)f->s.nb;
	const long d = f->d, k = f->k;
	size_t work = 1;
	bool down;
	long x = d ? start_of(f->trace + round_at((size_t)d - 1), d, k, &down)
		   : 0;
	long y = x - k;

	while (x < na && y < nb &&
	       same(&f->a, f->s.from + (size_t)x, &f->b,
		    f->s.from + (size_t)y)) {
		work += 1 + f->a.lines[f->s.from + (size_t)x].n / LINE_BYTES;
		x++;
		y++;
	}
	f->trace[round_at((size_t)d) + (size_t)(k + d) / 2] = x;
	f->k += 2;
	if (x == na && y == nb) {
		walk_back(f->trace, d, &f->s, &f->a, &f->b);
		f->done = true;
	}
	return work;
}

bool diff_step(struct diff *f)
{
	for (size_t work = 0; !f->done && work < STEP_WORK;) {
		if (f->k > f->d)
			next_round(f);
		else
			work += go_along(f);
	}
	return !f->done;
}

static void put_line(struct strbuf *out, char mark, const struct line *l)
{
	strbuf_addch(out, mark);
	strbuf_add(out, l->p, l->n);
	strbuf_addch(out, '\n');
}

/* Where a text is in the walk over both. */
struct place {
	size_t a, b;
};

static bool at_change(const struct text *a, const struct text *b,
		      const struct place *p)
{
	return (p->a < a->n && a->changed[p->a]) ||
	       (p->b < b->n && b->changed[p->b]);
}

static void step(const struct text *a, const struct text *b, struct place *p,
		 struct strbuf *out)
{
	if (p->a < a->n && a->changed[p->a]) {
		if (out)
			put_line(out, '-', &a->lines[p->a]);
		p->a++;
	} else if (p->b < b->n && b->changed[p->b]) {
		if (out)
			put_line(out, '+', &b->lines[p->b]);
		p->b++;
	} else {
		if (out)
			put_line(out, ' ', &a->lines[p->a]);
		p->a++;
		p->b++;
	}
}

/* From the first change on, until more lines are equal than are shown. */
static struct place hunk_end(const struct text *a, const struct text *b,
			     struct place p)
{
	struct place end = p;
	size_t equal = 0;

	while ((p.a < a->n || p.b < b->n) && equal <= (size_t)2 * AROUND) {
		equal = at_change(a, b, &p) ? 0 : equal + 1;
		step(a, b, &p, NULL);
		if (equal <= AROUND)
			end = p;
	}
	return end;
}

static void put_range(struct strbuf *out, char mark, size_t from, size_t n)
{
	strbuf_addf(out, "%c%zu", mark, n ? from + 1 : from);
	if (n != 1)
		strbuf_addf(out, ",%zu", n);
}

static void put_hunks(const struct text *a, const struct text *b,
		      struct strbuf *out)
{
	struct place p = { 0, 0 };

	while (p.a < a->n || p.b < b->n) {
		struct place end;
		size_t before;

		if (!at_change(a, b, &p)) {
			step(a, b, &p, NULL);
			continue;
		}
		before = p.a < AROUND ? p.a : AROUND;
		if (p.b < before)
			before = p.b;
		end = hunk_end(a, b, p);
		p.a -= before;
		p.b -= before;
		strbuf_addstr(out, "@@ ");
		put_range(out, '-', p.a, end.a - p.a);
		strbuf_addch(out, ' ');
		put_range(out, '+', p.b, end.b - p.b);
		strbuf_addstr(out, " @@\n");
		while (p.a < end.a || p.b < end.b)
			step(a, b, &p, out);
	}
}

struct diff *diff_new(const char *a, size_t na, const char *b, size_t nb)
{
	struct diff *f = xcalloc(1, sizeof(*f));

	if (split(&f->a, a, na) || split(&f->b, b, nb)) {
		diff_free(f);
		return NULL;
	}
	f->s = trim(&f->a, &f->b);
	f->cap = round_at(2);
	f->trace = xreallocarray(NULL, f->cap, sizeof(*f->trace));
	return f;
}

void diff_free(struct diff *f)
{
	if (!f)
		return;
	release(&f->a);
	release(&f->b);
	free(f->trace);
	free(f);
}

void diff_put(const struct diff *f, struct strbuf *out)
{
	put_hunks(&f->a, &f->b, out);
}

int diff_texts(const char *a, size_t na, const char *b, size_t nb,
	       struct strbuf *out)
{
	struct diff *f = diff_new(a, na, b, nb);

	if (!f)
		return -1;
	while (diff_step(f))
		;
	diff_put(f, out);
	diff_free(f);
	return 0;
}
