/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Short runs are sorted each in one go, and then merged, two by two.
 */
#include "base/strsort.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#include "base/banned.h"

#define RUN ((size_t)64) /* strings that are sorted in one go */

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static size_t at_most(size_t n, size_t max)
{
	return n < max ? n : max;
}

/* The next run; false when all are. */
static bool sort_run(struct strsort *s, size_t *budget)
{
	const size_t n = at_most(RUN, s->n - s->low);

	if (!n)
		return false;
	qsort(s->v + s->low, n, sizeof(*s->v), by_bytes);
	s->low += n;
	*budget -= at_most(n, *budget);
	return true;
}

/* Two runs, from where they are; where they end they are one. */
static void begin_pair(struct strsort *s, size_t low)
{
	s->low = s->left = s->out = low;
	s->right = at_most(low + s->width, s->n);
}

/* The next string of the two. */
static void merge_one(struct strsort *s)
{
	const size_t middle = at_most(s->low + s->width, s->n);
	const size_t high = at_most(s->low + 2 * s->width, s->n);
	const bool first = s->left < middle &&
			   (s->right == high ||
			    strcmp(s->from[s->left], s->from[s->right]) <= 0);

	s->to[s->out++] = s->from[first ? s->left++ : s->right++];
	if (s->out == high)
		begin_pair(s, high);
}

/* All pairs of runs are merged: those that came of it are twice as long. */
static void end_pass(struct strsort *s)
{
	char **from = s->from;

	s->from = s->to;
	s->to = from;
	s->width *= 2;
	begin_pair(s, 0);
}

/* What is merged from has all of them at any time. */
static void take_back(struct strsort *s)
{
	if (s->from && s->from != s->v)
		memcpy(s->v, s->from, s->n * sizeof(*s->v));
	s->from = s->v;
}

bool strsort_step(struct strsort *s, size_t *budget)
{
	while (*budget && !s->width) {
		if (sort_run(s, budget))
			continue;
		s->width = RUN;
		s->from = s->v;
		if (s->n > RUN)
			s->spare = xreallocarray(NULL, s->n, sizeof(*s->v));
		s->to = s->spare;
		begin_pair(s, 0);
	}
	for (; *budget && s->width < s->n; --*budget) {
		merge_one(s);
		if (s->out == s->n)
			end_pass(s);
	}
	if (!s->width || s->width < s->n)
		return false;
	take_back(s);
	return true;
}

void strsort_init(struct strsort *s, char **v, size_t n)
{
	*s = (struct strsort){ .v = v, .n = n };
}

void strsort_release(struct strsort *s)
{
	take_back(s);
	free(s->spare);
	*s = (struct strsort){ 0 };
}
