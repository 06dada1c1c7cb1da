/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines of many hosts that came at about the same time.
 */
#include "ui/joiner.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "out/fold.h"

#include "base/banned.h"

#define DEPTH_MAX 32 /* of groups within groups */

/* What is held of a host. */
struct held {
	struct strbuf text;
	size_t nlines;
	size_t nold; /* of these */
};

struct joiner {
	struct held *hosts; /* by rank */
	size_t n, total;
};

/* Lines of a host that are told now. */
struct part {
	size_t rank;
	const char *from, *to;
};

/* Whom they are told. */
struct telling {
	joiner_fn *fn;
	void *arg;
};

struct joiner *joiner_new(size_t nhosts)
{
	struct joiner *j = xcalloc(1, sizeof(*j));

	j->n = nhosts;
	j->hosts = xcalloc(nhosts, sizeof(*j->hosts));
	for (size_t i = 0; i < nhosts; i++)
		strbuf_init(&j->hosts[i].text, SIZE_MAX / 2);
	return j;
}

void joiner_free(struct joiner *j)
{
	if (!j)
		return;
	for (size_t i = 0; i < j->n; i++)
		strbuf_release(&j->hosts[i].text);
	free(j->hosts);
	free(j);
}

void joiner_add(struct joiner *j, size_t rank, const char *line, size_t n)
{
	struct held *h = &j->hosts[rank];

	(void)strbuf_add(&h->text, line, n);
	(void)strbuf_addch(&h->text, '\n');
	h->nlines++;
	j->total += n + 1;
}

size_t joiner_forget(struct joiner *j, size_t rank)
{
	struct held *h = &j->hosts[rank];
	size_t n = h->text.len;

	j->total -= n;
	strbuf_release(&h->text);
	h->nlines = h->nold = 0;
	return n;
}

size_t joiner_held(const struct joiner *j, size_t rank)
{
	return j->hosts[rank].text.len;
}

size_t joiner_total(const struct joiner *j)
{
	return j->total;
}

void joiner_age(struct joiner *j)
{
	for (size_t i = 0; i < j->n; i++)
		j->hosts[i].nold = j->hosts[i].nlines;
}

/* ---- what is equal ---- */

static size_t length_of(const struct part *p)
{
	return (size_t)(p->to - p->from);
}

/* Of the line that begins at `p`, with its end. */
static size_t first_line(const char *p, const char *end)
{
	const char *lf = memchr(p, '\n', (size_t)(end - p));

	return (size_t)(lf + 1 - p);
}

/* Of the line that ends at `end`. */
static size_t last_line(const char *p, const char *end)
{
	const char *lf = memrchr(p, '\n', (size_t)(end - 1 - p));

	return (size_t)(end - (lf ? lf + 1 : p));
}

/* The bytes of the lines that all begin with. */
static size_t common_head(const struct part *parts, size_t n)
{
	const struct part *first = &parts[0];
	size_t done = 0;

	while (done < length_of(first)) {
		size_t len = first_line(first->from + done, first->to);

		for (size_t i = 1; i < n; i++)
			if (length_of(&parts[i]) < done + len ||
			    memcmp(parts[i].from + done, first->from + done,
				   len) != 0)
				return done;
		done += len;
	}
	return done;
}

/* The same for the end. */
static size_t common_tail(const struct part *parts, size_t n)
{
	const struct part *first = &parts[0];
	size_t done = 0;

	while (done < length_of(first)) {
		const char *end = first->to - done;
		size_t len = last_line(first->from, end);

		for (size_t i = 1; i < n; i++) {
			const struct part *p = &parts[i];

			if (length_of(p) <= done ||
			    last_line(p->from, p->to - done) != len ||
			    memcmp(p->to - done - len, end - len, len) != 0)
				return done;
		}
		done += len;
	}
	return done;
}

static uint64_t first_length(void *arg, size_t item, unsigned int text)
{
	const struct part *p = (const struct part *)arg + item;

	(void)text;
	return first_line(p->from, p->to);
}

static int copy(void *arg, size_t item, unsigned int text, uint64_t offset,
		void *buf, size_t n, struct err *err)
{
	const struct part *p = (const struct part *)arg + item;

	(void)text;
	(void)err;
	memcpy(buf, p->from + offset, n);
	return 0;
}

static void tell(const struct telling *t, const struct part *parts, size_t n,
		 size_t len)
{
	size_t *ranks;

	if (!len)
		return;
	ranks = xcalloc(n, sizeof(*ranks));
	for (size_t i = 0; i < n; i++)
		ranks[i] = parts[i].rank;
	t->fn(t->arg, ranks, n, parts[0].from, len);
	free(ranks);
}

/* Those that are not empty: how many. */
static size_t fill(const struct part *parts, size_t n, struct part *out)
{
	size_t nout = 0;

	for (size_t i = 0; i < n; i++)
		if (length_of(&parts[i]))
			out[nout++] = parts[i];
	return nout;
}

/*
 * Told of all are the lines that all begin and end with; what is between, of
 * those whose next line is the same, and so on.  Of those there are fewer each
 * time.
 */
static void tell_parts(const struct telling *t, struct part *parts, size_t n,
		       unsigned int depth)
{
	struct part *rest = xcalloc(n, sizeof(*rest));
	struct part *group = xcalloc(n, sizeof(*group));
	struct fold_source src = {
		.ntexts = 1,
		.length = first_length,
		.read = copy,
		.arg = rest,
	};
	struct fold fold = { 0 };
	size_t head = common_head(parts, n);
	size_t tail;

	tell(t, parts, n, head);
	for (size_t i = 0; i < n; i++)
		parts[i].from += head;
	tail = depth < DEPTH_MAX ? common_tail(parts, n) : 0;
	for (size_t i = 0; i < n; i++)
		parts[i].to -= tail;
	src.n = fill(parts, n, rest);
	if (depth == DEPTH_MAX)
		for (size_t i = 0; i < src.n; i++)
			tell(t, &rest[i], 1, length_of(&rest[i]));
	else if (src.n && !fold_items(&src, &fold, NULL))
		for (size_t i = 0; i < fold.ngroups; i++) {
			const struct fold_group *g = &fold.groups[i];

			for (size_t k = 0; k < g->n; k++)
				group[k] = rest[g->items[k]];
			tell_parts(t, group, g->n, depth + 1);
		}
	for (size_t i = 0; i < n; i++)
		parts[i].from = parts[i].to;
	tell(t, parts, n, tail);
	fold_release(&fold);
	free(rest);
	free(group);
}

/* ---- what is told ---- */

static size_t most_old(const struct joiner *j)
{
	size_t most = 0;

	for (size_t i = 0; i < j->n; i++)
		if (j->hosts[i].nold > most)
			most = j->hosts[i].nold;
	return most;
}

/* Bytes of the first `nlines`. */
static size_t bytes_of(const struct held *h, size_t nlines)
{
	const char *p = h->text.buf;
	const char *end = p + h->text.len;

	if (nlines >= h->nlines)
		return h->text.len;
	while (nlines--)
		p += first_line(p, end);
	return (size_t)(p - h->text.buf);
}

static void drop(struct joiner *j, size_t rank, size_t nlines)
{
	struct held *h = &j->hosts[rank];
	size_t n = bytes_of(h, nlines);

	if (nlines >= h->nlines) {
		(void)joiner_forget(j, rank);
		return;
	}
	strbuf_consume(&h->text, n);
	j->total -= n;
	h->nlines -= nlines;
	h->nold = h->nold > nlines ? h->nold - nlines : 0;
}

static void flush(struct joiner *j, size_t nlines, joiner_fn *fn, void *arg)
{
	const struct telling t = { fn, arg };
	struct part *parts;
	size_t n = 0;

	if (!j->total || !nlines)
		return;
	parts = xcalloc(j->n, sizeof(*parts));
	for (size_t i = 0; i < j->n; i++) {
		const struct held *h = &j->hosts[i];

		if (!h->nlines)
			continue;
		parts[n++] = (struct part){
			.rank = i,
			.from = h->text.buf,
			.to = h->text.buf + bytes_of(h, nlines),
		};
	}
	tell_parts(&t, parts, n, 0);
	for (size_t i = 0; i < j->n; i++)
		drop(j, i, nlines);
	free(parts);
}

void joiner_flush(struct joiner *j, joiner_fn *fn, void *arg)
{
	flush(j, SIZE_MAX, fn, arg);
}

void joiner_flush_old(struct joiner *j, joiner_fn *fn, void *arg)
{
	flush(j, most_old(j), fn, arg);
}

void joiner_flush_one(struct joiner *j, size_t rank, joiner_fn *fn, void *arg)
{
	const struct strbuf *text = &j->hosts[rank].text;

	if (!text->len)
		return;
	fn(arg, &rank, 1, text->buf, text->len);
	(void)joiner_forget(j, rank);
}
