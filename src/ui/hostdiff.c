/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What two hosts have printed, compared.
 */
#include "ui/hostdiff.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "out/diff.h"
#include "ui/sgr.h"
#include "base/banned.h"

void hostdiff_init(struct hostdiff *d)
{
	*d = (struct hostdiff){ 0 };
	strbuf_init(&d->text, STRBUF_MAX_TEXT);
}

void hostdiff_release(struct hostdiff *d)
{
	strbuf_release(&d->text);
	free(d->lines);
	d->lines = NULL;
	d->nlines = d->cap = 0;
}

static int too_much(struct err *err)
{
	return err_set(err, ERR_LOCAL,
		       _("more than %zu lines or %zu MiB are not compared"),
		       DIFF_MAX_LINES, DIFF_MAX_BYTES >> 20);
}

static int too_many(struct err *err)
{
	return err_set(
		err, ERR_LOCAL,
		_("more than %zu MiB are not looked at for what most hosts print"),
		HOSTDIFF_BUDGET >> 20);
}

typedef int line_fn(void *arg, const struct strbuf *bytes, bool goes_on,
		    struct err *err);

/* What may be read: of both streams, as each is found by reading both. */
struct budget {
	size_t bytes;
	int (*spent)(struct err *err);
};

/* All lines of one stream. */
static int each_line(struct scrollback *sb, size_t rank, enum stream s,
		     line_fn *fn, void *arg, struct budget *budget,
		     struct err *err)
{
	struct strbuf bytes = STRBUF_INIT(2 * SGR_LINE_MAX);
	struct scrollback_line line = { .bytes = &bytes };
	uint64_t n = scrollback_lines(sb, rank);
	int rc = 0;

	if (n > 2 * DIFF_MAX_LINES)
		return too_much(err);
	for (uint64_t i = 0; i < n && rc == 0; i++) {
		rc = scrollback_read(sb, rank, i, &line, err);
		if (rc)
			break;
		if (bytes.len + 1 > budget->bytes) {
			rc = budget->spent(err);
			break;
		}
		budget->bytes -= bytes.len + 1;
		if (line.stream == s)
			rc = fn(arg, &bytes, line.goes_on, err);
	}
	strbuf_release(&bytes);
	return rc;
}

static int add_line(void *arg, const struct strbuf *bytes, bool goes_on,
		    struct err *err)
{
	struct strbuf *text = arg;

	if (strbuf_add(text, bytes->buf, bytes->len) ||
	    (!goes_on && strbuf_addch(text, '\n')))
		return too_much(err);
	return 0;
}

/* Where the lines of the result begin. */
static void find_lines(struct hostdiff *d)
{
	const char *p = d->text.buf, *end = p + d->text.len;

	d->nlines = 0;
	for (;;) {
		d->lines = grow_array(d->lines, &d->cap, d->nlines,
				      sizeof(*d->lines));
		d->lines[d->nlines] = (size_t)(p - d->text.buf);
		if (p == end)
			break;
		d->nlines++;
		p = memchr(p, '\n', (size_t)(end - p));
		p = p ? p + 1 : end;
	}
}

static int compare(struct hostdiff *d, struct scrollback *sb, size_t a,
		   size_t b, enum stream s, struct err *err)
{
	struct strbuf ta = STRBUF_INIT(DIFF_MAX_BYTES);
	struct strbuf tb = STRBUF_INIT(DIFF_MAX_BYTES);
	/* Two hosts, two streams: no more of them fits. */
	struct budget budget = { 4 * DIFF_MAX_BYTES, too_much };
	int rc = each_line(sb, a, s, add_line, &ta, &budget, err);

	if (rc == 0)
		rc = each_line(sb, b, s, add_line, &tb, &budget, err);
	if (rc == 0 && diff_texts(ta.buf, ta.len, tb.buf, tb.len, &d->text) < 0)
		rc = too_much(err);
	strbuf_release(&ta);
	strbuf_release(&tb);
	return rc;
}

int hostdiff_set(struct hostdiff *d, struct scrollback *sb, size_t a, size_t b,
		 struct err *err)
{
	int rc = 0;

	strbuf_reset(&d->text);
	for (unsigned int s = 0; s < NSTREAMS && rc == 0; s++)
		rc = compare(d, sb, a, b, s, err);
	if (rc)
		strbuf_reset(&d->text);
	find_lines(d);
	return rc;
}

static uint64_t source_lines(void *arg)
{
	const struct hostdiff *d = arg;

	return d->nlines;
}

static int source_read(void *arg, uint64_t number, struct strbuf *bytes,
		       enum pager_kind *kind, struct err *err)
{
	const struct hostdiff *d = arg;
	const char *p = d->text.buf + d->lines[number];
	size_t n = d->lines[number + 1] - d->lines[number];

	(void)err;
	n -= n && p[n - 1] == '\n';
	*kind = *p == '+'   ? PAGER_ADDED
		: *p == '-' ? PAGER_REMOVED
		: *p == '@' ? PAGER_HUNK
			    : PAGER_PLAIN;
	/* What is longer than a line can be shown is shown so far. */
	(void)strbuf_add(bytes, p, n < SGR_LINE_MAX ? n : SGR_LINE_MAX);
	return 0;
}

const struct pager_source hostdiff_source = { .lines = source_lines,
					      .read = source_read };

/* ---- what most have printed ---- */

struct sum {
	uint64_t hash;
	size_t rank;
};

/* FNV-1a: who makes two texts the same here only misleads himself. */
static int hash_line(void *arg, const struct strbuf *bytes, bool goes_on,
		     struct err *err)
{
	struct sum *sum = arg;

	(void)err;
	for (size_t i = 0; i < bytes->len; i++)
		sum->hash = (sum->hash ^ (unsigned char)bytes->buf[i]) *
			    UINT64_C(1099511628211);
	sum->hash = (sum->hash ^ (goes_on ? 0x100 : '\n')) *
		    UINT64_C(1099511628211);
	return 0;
}

static int by_hash(const void *a, const void *b)
{
	const struct sum *x = a, *y = b;

	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return x->rank < y->rank ? -1 : x->rank > y->rank;
}

/* The longest run of equal ones. */
static void largest(const struct sum *sums, size_t n, size_t *rank,
		    size_t *count)
{
	*count = 0;
	for (size_t i = 0, end; i < n; i = end) {
		for (end = i + 1; end < n && sums[end].hash == sums[i].hash;)
			end++;
		if (end - i > *count ||
		    (end - i == *count && sums[i].rank < *rank)) {
			*count = end - i;
			*rank = sums[i].rank;
		}
	}
}

int hostdiff_majority(struct scrollback *sb, size_t nhosts,
		      bool (*counts)(void *arg, size_t rank), void *arg,
		      size_t *rank, size_t *n, struct err *err)
{
	struct sum *sums = xcalloc(nhosts, sizeof(*sums));
	struct budget budget = { 2 * HOSTDIFF_BUDGET, too_many };
	size_t nsums = 0;
	int rc = 0;

	for (size_t i = 0; i < nhosts && rc == 0; i++) {
		struct sum *sum = &sums[nsums];

		if (!counts(arg, i))
			continue;
		*sum = (struct sum){ .hash = UINT64_C(14695981039346656037),
				     .rank = i };
		for (unsigned int s = 0; s < NSTREAMS && rc == 0; s++) {
			rc = each_line(sb, i, s, hash_line, sum, &budget, err);
			sum->hash *= 31;
		}
		nsums++;
	}
	if (rc == 0 && !nsums)
		rc = err_set(err, ERR_LOCAL, _("no host is done yet"));
	if (rc == 0) {
		qsort(sums, nsums, sizeof(*sums), by_hash);
		largest(sums, nsums, rank, n);
	}
	free(sums);
	return rc;
}
