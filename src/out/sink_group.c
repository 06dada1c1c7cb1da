/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Equal output once, with the names of the hosts.
 */
#include "out/sink_group.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/text.h"
#include "io/spill.h"
#include "out/diff.h"
#include "out/fold.h"
#include "out/sink.h"

#include "base/banned.h"

#define TEXT_MAX  ((size_t)1 << 20) /* of a stream in memory */
#define TOTAL_MAX ((size_t)16 << 20)
#define BLOCK	  ((size_t)128 << 10)

struct slot {
	struct spill_text texts[NSTREAMS];
	size_t kind; /* index of `kinds`, when it is over */
	bool over;
};

struct sink_group {
	struct observer observer;
	struct sink_group_conf conf;
	struct output outputs[NSTREAMS];
	struct output *by_stream[NSTREAMS]; /* both the first when shared */
	bool shared;
	struct spill *texts;
	struct slot *slots;  /* by rank */
	struct strvec kinds; /* "ok", "exit 1": few */
	size_t *over, nover; /* ranks, while blocks are shown */
	char *block;	     /* a piece of text on its way */
	struct strbuf visible;
	bool told;
};

static struct sink_group *sink_of(struct observer *o)
{
	return container_of(o, struct sink_group, observer);
}

static void tell(struct sink_group *sink, const char *text)
{
	if (!sink->told && sink->conf.failed)
		sink->conf.failed(sink->conf.arg, text, false);
	sink->told = true;
}

static void tell_failure(struct output *out)
{
	struct sink_group *sink = sink_of(out->observer);

	if (sink->told)
		return;
	sink->told = true;
	output_tell(sink->conf.failed, sink->conf.arg, out->name,
		    outq_errno(&out->q));
}

/* While the run goes on */

static enum flow group_data(struct observer *o, const struct target *t,
			    enum stream s, const void *buf, size_t n)
{
	struct sink_group *sink = sink_of(o);
	struct err err = { 0 };

	assert(t->rank < sink->conf.targets->n);
	if (spill_add(sink->texts, &sink->slots[t->rank].texts[s], buf, n,
		      &err)) {
		tell(sink, err.msg);
		err_release(&err);
	}
	return FLOW_GO;
}

static size_t find_kind(struct sink_group *sink, const struct result *r)
{
	char buf[48];
	const char *class = result_class(r, buf, sizeof(buf));
	size_t i = 0;

	while (i < sink->kinds.n && strcmp(sink->kinds.v[i], class) != 0)
		i++;
	if (i == sink->kinds.n)
		strvec_push(&sink->kinds, class);
	return i;
}

static void group_done(struct observer *o, const struct target *t,
		       const struct result *r)
{
	struct sink_group *sink = sink_of(o);
	struct slot *slot = &sink->slots[t->rank];

	slot->kind = find_kind(sink, r);
	slot->over = true;
}

static void group_again(struct observer *o, const struct target *t)
{
	struct sink_group *sink = sink_of(o);
	struct slot *slot = &sink->slots[t->rank];

	for (unsigned int s = 0; s < NSTREAMS; s++)
		spill_release(sink->texts, &slot->texts[s]);
	slot->over = false;
}

static const struct observer_ops group_ops = {
	.name = "group",
	.data = group_data,
	.done = group_done,
	.again = group_again,
};

/* Folding */

static uint64_t item_kind(void *arg, size_t item)
{
	const struct sink_group *sink = arg;

	return sink->slots[sink->over[item]].kind;
}

static uint64_t item_length(void *arg, size_t item, unsigned int text)
{
	const struct sink_group *sink = arg;

	return spill_length(&sink->slots[sink->over[item]].texts[text]);
}

static int item_read(void *arg, size_t item, unsigned int text, uint64_t offset,
		     void *p, size_t n, struct err *err)
{
	struct sink_group *sink = arg;

	return spill_read(sink->texts,
			  &sink->slots[sink->over[item]].texts[text], offset, p,
			  n, err);
}

/* Who stands for a group. */
static const struct slot *first_of(const struct sink_group *sink,
				   const struct fold_group *g)
{
	return &sink->slots[sink->over[g->items[0]]];
}

/* Showing */

/* Write all, waiting: nothing may gather in the queue. */
static int write_out(struct sink_group *sink, enum stream s, const char *p,
		     size_t n)
{
	struct output *out = sink->by_stream[s];

	outq_write(&out->q, p, n);
	if (!outq_flush(&out->q))
		return 0;
	tell_failure(out);
	return -1;
}

static int write_piece(struct sink_group *sink, enum stream s, const char *p,
		       size_t n)
{
	if (!sink->conf.vis[s])
		return write_out(sink, s, p, n);
	strbuf_reset(&sink->visible);
	lines_visible(&sink->visible, p, n);
	return write_out(sink, s, sink->visible.buf, sink->visible.len);
}

/* The text of the rank, ended if it is not. */
static int show_text(struct sink_group *sink, size_t rank, enum stream s)
{
	const struct spill_text *t = &sink->slots[rank].texts[s];
	uint64_t length = spill_length(t);
	struct err err = { 0 };
	size_t n = 0;

	for (uint64_t at = 0; at < length; at += n) {
		uint64_t left = length - at;

		n = left < BLOCK ? (size_t)left : BLOCK;
		if (spill_read(sink->texts, t, at, sink->block, n, &err)) {
			tell(sink, err.msg);
			err_release(&err);
			return -1;
		}
		if (sink->conf.vis[s])
			n = lines_whole(sink->block, n, n == left);
		if (write_piece(sink, s, sink->block, n))
			return -1;
	}
	if (n && sink->block[n - 1] != '\n')
		return write_out(sink, s, "\n", 1);
	return 0;
}

/* Names of hosts are made visible, whoever chose them. */
static void format_header(const struct sink_group *sink,
			  const struct fold_group *g, enum stream s,
			  const char *note, struct strbuf *out)
{
	static const char rule[] = "----------------\n";
	bool colour = sink->conf.colour[s];
	const char *kind = sink->kinds.v[first_of(sink, g)->kind];
	bool ok = !strcmp(kind, "ok");
	size_t *ranks = xcalloc(g->n, sizeof(*ranks));
	struct strbuf names = STRBUF_INIT(SIZE_MAX / 8);

	for (size_t i = 0; i < g->n; i++)
		ranks[i] = sink->over[g->items[i]];
	targets_fold(sink->conf.targets, ranks, g->n, &names);
	strbuf_addstr(out, rule);
	if (colour)
		strbuf_addstr(out, ok ? "\033[36m" : "\033[31m");
	text_vis(out, names.buf, names.len, VIS_LINE);
	strbuf_addf(out, " (%zu)", g->n);
	if (!ok)
		strbuf_addf(out, ": %s", kind);
	if (colour)
		strbuf_addstr(out, "\033[0m");
	if (note)
		strbuf_addf(out, ": %s", note);
	strbuf_addf(out, "\n%s", rule);
	strbuf_release(&names);
	free(ranks);
}

static int show_header(struct sink_group *sink, const struct fold_group *g,
		       enum stream s, const char *note)
{
	struct strbuf header = STRBUF_INIT(SIZE_MAX / 8);
	int rc;

	format_header(sink, g, s, note, &header);
	rc = write_out(sink, s, header.buf, header.len);
	strbuf_release(&header);
	return rc;
}

static bool has_text(const struct sink_group *sink, const struct fold_group *g,
		     enum stream s)
{
	return spill_length(&first_of(sink, g)->texts[s]) != 0;
}

static int show_whole(struct sink_group *sink, const struct fold_group *g)
{
	bool any = false;

	for (unsigned int s = 0; s < NSTREAMS; s++) {
		if (!has_text(sink, g, s))
			continue;
		if (!(any && sink->shared) && show_header(sink, g, s, NULL))
			return -1;
		any = true;
		if (show_text(sink, sink->over[g->items[0]], s))
			return -1;
	}
	return any ? 0 : show_header(sink, g, STREAM_OUT, _("no output"));
}

/* Differences */

/* A whole text, or NULL if it is too large to compare. */
static char *load_text(struct sink_group *sink, const struct fold_group *g,
		       enum stream s, size_t *n, struct err *err)
{
	uint64_t length = item_length(sink, g->items[0], s);
	char *p;

	if (length > DIFF_MAX_BYTES)
		return NULL;
	*n = (size_t)length;
	p = xmalloc(*n);
	if (!item_read(sink, g->items[0], s, 0, p, *n, err))
		return p;
	free(p);
	return NULL;
}

static const char *colour_of(char mark)
{
	return mark == '+'   ? "\033[32m"
	       : mark == '-' ? "\033[31m"
	       : mark == '@' ? "\033[36m"
			     : "";
}

static int show_diff_lines(struct sink_group *sink, enum stream s,
			   const struct strbuf *diff)
{
	const char *p = diff->buf, *end = diff->buf + diff->len;

	if (!sink->conf.colour[s])
		return write_piece(sink, s, diff->buf, diff->len);
	while (p < end) {
		const char *newline = memchr(p, '\n', (size_t)(end - p));
		struct strbuf line = STRBUF_INIT(SIZE_MAX / 8);
		int rc;

		strbuf_addstr(&line, colour_of(*p));
		if (sink->conf.vis[s])
			lines_visible(&line, p, (size_t)(newline - p));
		else
			strbuf_add(&line, p, (size_t)(newline - p));
		strbuf_addstr(&line, *colour_of(*p) ? "\033[0m\n" : "\n");
		rc = write_out(sink, s, line.buf, line.len);
		strbuf_release(&line);
		if (rc)
			return -1;
		p = newline + 1;
	}
	return 0;
}

/* 1: shown, 0: the texts are equal, -1: too large, or not to be had. */
static int format_diff(struct sink_group *sink, const struct fold_group *a,
		       const struct fold_group *b, enum stream s,
		       struct strbuf *out)
{
	struct err err = { 0 };
	size_t na = 0, nb = 0;
	char *pa = load_text(sink, a, s, &na, &err);
	char *pb = load_text(sink, b, s, &nb, &err);
	int rc = pa && pb ? diff_texts(pa, na, pb, nb, out) : -1;

	free(pa);
	free(pb);
	err_release(&err);
	return rc ? -1 : out->len != 0;
}

/* Only what is different from the largest group. */
static int show_diff(struct sink_group *sink, const struct fold_group *largest,
		     const struct fold_group *g)
{
	struct strbuf diffs[NSTREAMS];
	bool any = false;
	int rc = 0;

	for (unsigned int s = 0; s < NSTREAMS; s++)
		strbuf_init(&diffs[s], SIZE_MAX / 8);
	for (unsigned int s = 0; s < NSTREAMS && rc >= 0; s++)
		rc = format_diff(sink, largest, g, s, &diffs[s]);
	if (rc < 0) {
		rc = show_whole(sink, g);
		goto out;
	}
	for (unsigned int s = 0; s < NSTREAMS && rc >= 0; s++) {
		if (!diffs[s].len)
			continue;
		rc = any && sink->shared ? 0 : show_header(sink, g, s, NULL);
		any = true;
		if (!rc)
			rc = show_diff_lines(sink, s, &diffs[s]);
	}
	if (!any && rc >= 0)
		rc = show_header(sink, g, STREAM_OUT, _("the same output"));
out:
	for (unsigned int s = 0; s < NSTREAMS; s++)
		strbuf_release(&diffs[s]);
	return rc < 0 ? -1 : 0;
}

static const struct fold_group *largest_of(const struct fold *fold)
{
	const struct fold_group *largest = fold->groups;

	for (size_t i = 1; i < fold->ngroups; i++)
		if (fold->groups[i].n > largest->n)
			largest = &fold->groups[i];
	return largest;
}

/* With --diff the largest comes first, for the others refer to it. */
static int show_groups(struct sink_group *sink, const struct fold *fold)
{
	const struct fold_group *largest = largest_of(fold);
	int rc = 0;

	if (sink->conf.diff && fold->ngroups)
		rc = show_whole(sink, largest);
	for (size_t i = 0; i < fold->ngroups && !rc; i++) {
		const struct fold_group *g = &fold->groups[i];

		if (!sink->conf.diff)
			rc = show_whole(sink, g);
		else if (g != largest)
			rc = show_diff(sink, largest, g);
	}
	return rc;
}

int sink_group_flush(struct observer *o)
{
	struct sink_group *sink = sink_of(o);
	struct fold_source src = {
		.ntexts = NSTREAMS,
		.kind = item_kind,
		.length = item_length,
		.read = item_read,
		.arg = sink,
	};
	struct err err = { 0 };
	struct fold fold;

	sink->over = xcalloc(sink->conf.targets->n, sizeof(*sink->over));
	for (size_t i = 0; i < sink->conf.targets->n; i++)
		if (sink->slots[i].over)
			sink->over[sink->nover++] = i;
	src.n = sink->nover;
	sink->block = xmalloc(BLOCK);
	if (fold_items(&src, &fold, &err))
		tell(sink, err.msg);
	else
		(void)show_groups(sink, &fold);
	err_release(&err);
	fold_release(&fold);
	return sink->told ? -1 : 0;
}

struct observer *sink_group_new(const struct sink_group_conf *conf)
{
	static const char *const names[NSTREAMS] = { "stdout", "stderr" };
	struct sink_group *sink = xcalloc(1, sizeof(*sink));

	sink->observer.ops = &group_ops;
	sink->conf = *conf;
	sink->shared =
		output_same_file(conf->fds[STREAM_OUT], conf->fds[STREAM_ERR]);
	for (unsigned int i = 0; i < NSTREAMS; i++) {
		struct output *out = &sink->outputs[sink->shared ? 0 : i];

		sink->by_stream[i] = out;
		if (!out->observer)
			output_init(out, &sink->observer, conf->loop,
				    conf->pool, conf->fds[i], names[i],
				    tell_failure);
	}
	sink->texts = spill_new(TEXT_MAX, TOTAL_MAX);
	sink->slots = xcalloc(conf->targets->n, sizeof(*sink->slots));
	strbuf_init(&sink->visible, 4 * BLOCK);
	return &sink->observer;
}

void sink_group_free(struct observer *o)
{
	struct sink_group *sink;

	if (!o)
		return;
	sink = sink_of(o);
	for (unsigned int i = 0; i < NSTREAMS; i++)
		output_release(&sink->outputs[i]);
	for (size_t i = 0; i < sink->conf.targets->n; i++)
		for (unsigned int s = 0; s < NSTREAMS; s++)
			spill_release(sink->texts, &sink->slots[i].texts[s]);
	spill_free(sink->texts);
	strvec_release(&sink->kinds);
	strbuf_release(&sink->visible);
	free(sink->slots);
	free(sink->over);
	free(sink->block);
	free(sink);
}
