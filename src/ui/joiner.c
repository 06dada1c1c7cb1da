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

struct joiner {
	struct strbuf *lines; /* by rank */
	size_t n, total;
	size_t *ranks; /* of those that have any, while they are told */
	size_t nranks;
};

struct joiner *joiner_new(size_t nhosts)
{
	struct joiner *j = xcalloc(1, sizeof(*j));

	j->n = nhosts;
	j->lines = xcalloc(nhosts, sizeof(*j->lines));
	j->ranks = xcalloc(nhosts, sizeof(*j->ranks));
	for (size_t i = 0; i < nhosts; i++)
		strbuf_init(&j->lines[i], SIZE_MAX / 2);
	return j;
}

void joiner_free(struct joiner *j)
{
	if (!j)
		return;
	for (size_t i = 0; i < j->n; i++)
		strbuf_release(&j->lines[i]);
	free(j->lines);
	free(j->ranks);
	free(j);
}

void joiner_add(struct joiner *j, size_t rank, const char *line, size_t n)
{
	(void)strbuf_add(&j->lines[rank], line, n);
	(void)strbuf_addch(&j->lines[rank], '\n');
	j->total += n + 1;
}

size_t joiner_forget(struct joiner *j, size_t rank)
{
	size_t n = j->lines[rank].len;

	j->total -= n;
	strbuf_release(&j->lines[rank]);
	return n;
}

size_t joiner_held(const struct joiner *j, size_t rank)
{
	return j->lines[rank].len;
}

size_t joiner_total(const struct joiner *j)
{
	return j->total;
}

static const struct strbuf *text_of(const struct joiner *j, size_t item)
{
	return &j->lines[j->ranks[item]];
}

static uint64_t length(void *arg, size_t item, unsigned int text)
{
	(void)text;
	return text_of(arg, item)->len;
}

static int copy(void *arg, size_t item, unsigned int text, uint64_t offset,
		void *p, size_t n, struct err *err)
{
	(void)text;
	(void)err;
	memcpy(p, text_of(arg, item)->buf + offset, n);
	return 0;
}

static void tell_group(const struct joiner *j, const struct fold_group *g,
		       joiner_fn *fn, void *arg)
{
	const struct strbuf *text = text_of(j, g->items[0]);
	size_t *ranks = xcalloc(g->n, sizeof(*ranks));

	for (size_t i = 0; i < g->n; i++)
		ranks[i] = j->ranks[g->items[i]];
	fn(arg, ranks, g->n, text->buf, text->len);
	free(ranks);
}

void joiner_flush(struct joiner *j, joiner_fn *fn, void *arg)
{
	struct fold_source src = {
		.ntexts = 1,
		.length = length,
		.read = copy,
		.arg = j,
	};
	struct fold fold = { 0 };

	if (!j->total)
		return;
	j->nranks = 0;
	for (size_t i = 0; i < j->n; i++)
		if (j->lines[i].len)
			j->ranks[j->nranks++] = i;
	src.n = j->nranks;
	if (!fold_items(&src, &fold, NULL))
		for (size_t i = 0; i < fold.ngroups; i++)
			tell_group(j, &fold.groups[i], fn, arg);
	fold_release(&fold);
	for (size_t i = 0; i < j->nranks; i++)
		(void)joiner_forget(j, j->ranks[i]);
}

void joiner_flush_one(struct joiner *j, size_t rank, joiner_fn *fn, void *arg)
{
	const struct strbuf *text = &j->lines[rank];

	if (!text->len)
		return;
	fn(arg, &rank, 1, text->buf, text->len);
	(void)joiner_forget(j, rank);
}
