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

/* What is done at once; two lines of a step may be of 16 KiB. */
#define STEP_LINES ((size_t)4096)
#define STEP_BYTES ((size_t)512 << 10)

enum stage {
	STAGE_MOST,  /* what all have printed is summed up */
	STAGE_READ,  /* one stream of both is read */
	STAGE_APART, /* and compared */
};

struct sum {
	uint64_t hash;
	size_t rank;
};

struct hostdiff_work {
	enum stage stage;
	struct scrollback *sb;
	size_t ranks[2]; /* that are compared: a and b */
	/* STAGE_MOST */
	size_t nhosts;
	bool (*counts)(void *arg, size_t rank);
	void *arg;
	struct sum *sums;
	size_t nsums;
	/* Where it is. */
	size_t host;	 /* rank, or number in `ranks` */
	bool begun;	 /* ... of that host, in STAGE_MOST */
	enum stream s;	 /* of both that are compared, too */
	uint64_t line;	 /* the next */
	size_t may_read; /* bytes, of all; both streams count, as each is found
			    by reading both */
	size_t left_lines, left_bytes; /* of this step */
	struct strbuf texts[2], bytes;
	struct diff *diff;
};

void hostdiff_init(struct hostdiff *d)
{
	*d = (struct hostdiff){ 0 };
	strbuf_init(&d->text, STRBUF_MAX_TEXT);
}

static void free_work(struct hostdiff_work *w)
{
	if (!w)
		return;
	free(w->sums);
	strbuf_release(&w->texts[0]);
	strbuf_release(&w->texts[1]);
	strbuf_release(&w->bytes);
	diff_free(w->diff);
	free(w);
}

void hostdiff_stop(struct hostdiff *d)
{
	free_work(d->work);
	d->work = NULL;
}

void hostdiff_release(struct hostdiff *d)
{
	hostdiff_stop(d);
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

/* ---- reading ---- */

enum reading {
	READ_ON, /* this step is over */
	READ_ALL,
	READ_FAILED
};

/* A line of the stream that is looked for. */
typedef int line_fn(struct hostdiff_work *w, bool goes_on, struct err *err);

static int read_line(struct hostdiff_work *w, size_t rank, line_fn *fn,
		     struct err *err)
{
	struct scrollback_line line = { .bytes = &w->bytes };

	strbuf_reset(&w->bytes);
	if (scrollback_read(w->sb, rank, w->line, &line, err))
		return -1;
	if (w->bytes.len + 1 > w->may_read)
		return w->stage == STAGE_MOST ? too_many(err) : too_much(err);
	w->may_read -= w->bytes.len + 1;
	w->left_bytes -=
		w->bytes.len < w->left_bytes ? w->bytes.len : w->left_bytes;
	w->left_lines--;
	w->line++;
	return line.stream == w->s ? fn(w, line.goes_on, err) : 0;
}

/* The lines of a stream; hosts may print meanwhile, and be begun anew. */
static enum reading read_lines(struct hostdiff_work *w, size_t rank,
			       line_fn *fn, struct err *err)
{
	uint64_t n = scrollback_lines(w->sb, rank);

	if (n > 2 * DIFF_MAX_LINES) {
		too_much(err);
		return READ_FAILED;
	}
	for (; w->line < n; n = scrollback_lines(w->sb, rank)) {
		if (!w->left_lines || !w->left_bytes)
			return READ_ON;
		if (read_line(w, rank, fn, err))
			return READ_FAILED;
	}
	w->line = 0;
	return READ_ALL;
}

static int add_line(struct hostdiff_work *w, bool goes_on, struct err *err)
{
	struct strbuf *text = &w->texts[w->host];

	if (strbuf_add(text, w->bytes.buf, w->bytes.len) ||
	    (!goes_on && strbuf_addch(text, '\n')))
		return too_much(err);
	return 0;
}

/* FNV-1a: who makes two texts the same here only misleads himself. */
static int hash_line(struct hostdiff_work *w, bool goes_on, struct err *err)
{
	struct sum *sum = &w->sums[w->nsums];

	(void)err;
	for (size_t i = 0; i < w->bytes.len; i++)
		sum->hash = (sum->hash ^ (unsigned char)w->bytes.buf[i]) *
			    UINT64_C(1099511628211);
	sum->hash = (sum->hash ^ (goes_on ? 0x100 : '\n')) *
		    UINT64_C(1099511628211);
	return 0;
}

/* ---- the result ---- */

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

static void begin_reading(struct hostdiff_work *w)
{
	w->stage = STAGE_READ;
	w->host = 0;
	w->s = STREAM_OUT;
	w->line = 0;
	/* Two hosts, two streams: no more of them fits. */
	w->may_read = 4 * DIFF_MAX_BYTES;
}

static enum hostdiff_step choose(struct hostdiff *d, struct err *err)
{
	struct hostdiff_work *w = d->work;

	if (!w->nsums) {
		err_set(err, ERR_LOCAL, _("no host is done yet"));
		return HOSTDIFF_FAILED;
	}
	qsort(w->sums, w->nsums, sizeof(*w->sums), by_hash);
	largest(w->sums, w->nsums, &d->against, &d->most);
	w->ranks[0] = d->against;
	begin_reading(w);
	return HOSTDIFF_GO_ON;
}

static void next_host(struct hostdiff_work *w, bool counted)
{
	w->nsums += counted;
	w->host++;
	w->s = STREAM_OUT;
	w->begun = false;
}

static enum hostdiff_step sum_up(struct hostdiff *d, struct err *err)
{
	struct hostdiff_work *w = d->work;
	struct sum *sum = &w->sums[w->nsums];

	if (w->host == w->nhosts)
		return choose(d, err);
	if (!w->begun && !w->counts(w->arg, w->host)) {
		next_host(w, false);
		return HOSTDIFF_GO_ON;
	}
	if (!w->begun)
		*sum = (struct sum){ .hash = UINT64_C(14695981039346656037),
				     .rank = w->host };
	w->begun = true;
	switch (read_lines(w, w->host, hash_line, err)) {
	case READ_ON:
		return HOSTDIFF_GO_ON;
	case READ_FAILED:
		return HOSTDIFF_FAILED;
	case READ_ALL:
		break;
	}
	sum->hash *= 31;
	if (++w->s == NSTREAMS)
		next_host(w, true);
	return HOSTDIFF_GO_ON;
}

static enum hostdiff_step read_both(struct hostdiff *d, struct err *err)
{
	struct hostdiff_work *w = d->work;

	switch (read_lines(w, w->ranks[w->host], add_line, err)) {
	case READ_ON:
		return HOSTDIFF_GO_ON;
	case READ_FAILED:
		return HOSTDIFF_FAILED;
	case READ_ALL:
		break;
	}
	if (w->host++ == 0)
		return HOSTDIFF_GO_ON;
	w->diff = diff_new(w->texts[0].buf, w->texts[0].len, w->texts[1].buf,
			   w->texts[1].len);
	if (!w->diff) {
		too_much(err);
		return HOSTDIFF_FAILED;
	}
	w->stage = STAGE_APART;
	return HOSTDIFF_GO_ON;
}

static enum hostdiff_step take_apart(struct hostdiff *d)
{
	struct hostdiff_work *w = d->work;

	if (diff_step(w->diff)) {
		w->left_lines = 0; /* that was enough for a step */
		return HOSTDIFF_GO_ON;
	}
	diff_put(w->diff, &d->text);
	diff_free(w->diff);
	w->diff = NULL;
	strbuf_reset(&w->texts[0]);
	strbuf_reset(&w->texts[1]);
	w->stage = STAGE_READ;
	w->host = 0;
	return ++w->s == NSTREAMS ? HOSTDIFF_DONE : HOSTDIFF_GO_ON;
}

static enum hostdiff_step go_on(struct hostdiff *d, struct err *err)
{
	switch (d->work->stage) {
	case STAGE_MOST:
		return sum_up(d, err);
	case STAGE_READ:
		return read_both(d, err);
	case STAGE_APART:
		break;
	}
	return take_apart(d);
}

enum hostdiff_step hostdiff_step(struct hostdiff *d, struct err *err)
{
	enum hostdiff_step step = HOSTDIFF_GO_ON;
	struct hostdiff_work *w = d->work;

	if (!w)
		return HOSTDIFF_DONE;
	w->left_lines = STEP_LINES;
	w->left_bytes = STEP_BYTES;
	while (step == HOSTDIFF_GO_ON && w->left_lines && w->left_bytes)
		step = go_on(d, err);
	if (step == HOSTDIFF_GO_ON)
		return step;
	if (step == HOSTDIFF_FAILED)
		strbuf_reset(&d->text);
	hostdiff_stop(d);
	find_lines(d);
	return step;
}

static struct hostdiff_work *begin(struct hostdiff *d, struct scrollback *sb,
				   size_t b)
{
	struct hostdiff_work *w = xcalloc(1, sizeof(*w));

	hostdiff_stop(d);
	strbuf_reset(&d->text);
	find_lines(d);
	d->most = 0;
	d->work = w;
	w->sb = sb;
	w->ranks[1] = b;
	strbuf_init(&w->texts[0], DIFF_MAX_BYTES);
	strbuf_init(&w->texts[1], DIFF_MAX_BYTES);
	strbuf_init(&w->bytes, 2 * SGR_LINE_MAX);
	return w;
}

void hostdiff_begin(struct hostdiff *d, struct scrollback *sb, size_t a,
		    size_t b)
{
	struct hostdiff_work *w = begin(d, sb, b);

	w->ranks[0] = d->against = a;
	begin_reading(w);
}

void hostdiff_begin_most(struct hostdiff *d, struct scrollback *sb,
			 size_t nhosts, bool (*counts)(void *arg, size_t rank),
			 void *arg, size_t b)
{
	struct hostdiff_work *w = begin(d, sb, b);

	w->stage = STAGE_MOST;
	w->nhosts = nhosts;
	w->counts = counts;
	w->arg = arg;
	/* One more: where it stands when all are summed up. */
	w->sums = xcalloc(nhosts + 1, sizeof(*w->sums));
	w->may_read = 2 * HOSTDIFF_BUDGET;
}
