/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The default output: labelled lines to stdout and stderr as they come.
 */
#include "out/sink_text.h"

#include <assert.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "io/outq.h"
#include "out/sink.h"
#include "base/banned.h"

/* Queued for a descriptor before targets are paused. */
#define QUEUE_HIGH ((size_t)256 << 10)

/* A descriptor, and who waits for it. */
struct output {
	struct outq q;
	struct sink_text *sink;
	const char *name;
	/* Whose unended line stands last: keep_unfinished. */
	const struct target *open;
	enum stream open_stream;
	const struct target **paused; /* one for each FLOW_PAUSE not undone */
	size_t npaused, paused_cap;
};

struct slot {
	struct lines lines[NSTREAMS];
};

struct sink_text {
	struct observer observer;
	struct sink_text_conf conf;
	struct output outputs[NSTREAMS];
	struct output *by_stream[NSTREAMS]; /* both the first when shared */
	struct slot *slots;		    /* by rank; NULL when raw */
	struct strbuf label;		    /* of the target at hand */
	bool told;			    /* `failed` was called */
};

static struct sink_text *sink_of(struct observer *o)
{
	return container_of(o, struct sink_text, observer);
}

static bool same_file(int a, int b)
{
	struct stat sa;
	struct stat sb;

	return !fstat(a, &sa) && !fstat(b, &sb) && sa.st_dev == sb.st_dev &&
	       sa.st_ino == sb.st_ino;
}

static void tell_failure(struct sink_text *sink)
{
	if (sink->told)
		return;
	sink->told = true;
	if (sink->conf.failed)
		sink->conf.failed(sink->conf.arg);
}

/*
 * Resume all.  They may write again, and be paused again, from inside, so the
 * list is taken off first.
 */
static void drained(struct outq *q)
{
	struct output *out = container_of(q, struct output, q);
	struct sink_text *sink = out->sink;
	const struct target **paused = out->paused;
	size_t n = out->npaused;

	out->paused = NULL;
	out->npaused = out->paused_cap = 0;
	for (size_t i = 0; i < n; i++)
		sink->observer.flow->resume(sink->observer.flow, paused[i]);
	free(paused);
	if (outq_errno(q))
		tell_failure(sink);
}

/* Where the line at hand goes. */
struct line_dest {
	struct sink_text *sink;
	const struct target *target;
	enum stream stream;
};

static void end_open_line(struct output *out)
{
	if (out->open)
		outq_write(&out->q, "\n", 1);
	out->open = NULL;
}

/* Bytes as they are: what is not ended may go on, or be ended later. */
static void write_unfinished(const struct line_dest *to, const char *line,
			     size_t n)
{
	struct output *out = to->sink->by_stream[to->stream];
	const struct strbuf *label = &to->sink->label;

	if (out->open != to->target || out->open_stream != to->stream)
		end_open_line(out);
	if (!out->open)
		outq_write(&out->q, label->buf, label->len);
	outq_write(&out->q, line, n);
	out->open = line[n - 1] == '\n' ? NULL : to->target;
	out->open_stream = to->stream;
}

static void write_line(void *arg, const char *line, size_t n)
{
	const struct line_dest *to = arg;
	struct sink_text *sink = to->sink;

	if (sink->conf.keep_unfinished && !sink->conf.vis[to->stream]) {
		write_unfinished(to, line, n);
		return;
	}
	line_write(&sink->by_stream[to->stream]->q, &sink->label,
		   sink->conf.vis[to->stream], line, n);
}

static void set_label(struct sink_text *sink, const struct target *t,
		      enum stream s)
{
	strbuf_reset(&sink->label);
	if (sink->conf.labels)
		label_format(&sink->label, t->label, t->rank,
			     sink->conf.colour[s]);
}

static enum flow text_data(struct observer *o, const struct target *t,
			   enum stream s, const void *buf, size_t n)
{
	struct sink_text *sink = sink_of(o);
	struct output *out = sink->by_stream[s];

	if (outq_errno(&out->q))
		return FLOW_GO;
	if (sink->conf.raw) {
		outq_write(&out->q, buf, n);
	} else {
		struct line_dest to = { sink, t, s };

		assert(t->rank < sink->conf.ntargets);
		set_label(sink, t, s);
		lines_feed(&sink->slots[t->rank].lines[s], buf, n, write_line,
			   &to);
	}
	if (!outq_full(&out->q))
		return FLOW_GO;
	out->paused = grow_array(out->paused, &out->paused_cap, out->npaused,
				 sizeof(struct target *));
	out->paused[out->npaused++] = t;
	return FLOW_PAUSE;
}

static void text_done(struct observer *o, const struct target *t,
		      const struct result *r)
{
	struct sink_text *sink = sink_of(o);

	(void)r;
	if (sink->conf.raw)
		return;
	assert(t->rank < sink->conf.ntargets);
	for (unsigned int i = 0; i < NSTREAMS; i++) {
		struct line_dest to = { sink, t, i };

		set_label(sink, t, i);
		lines_flush(&sink->slots[t->rank].lines[i], write_line, &to);
	}
}

static const struct observer_ops text_ops = {
	.name = "text",
	.data = text_data,
	.done = text_done,
};

struct observer *sink_text_new(const struct sink_text_conf *conf)
{
	static const char *const names[NSTREAMS] = { "stdout", "stderr" };
	struct sink_text *sink = xcalloc(1, sizeof(*sink));
	bool shared = same_file(conf->fds[STREAM_OUT], conf->fds[STREAM_ERR]);

	sink->observer.ops = &text_ops;
	sink->conf = *conf;
	strbuf_init(&sink->label, STRBUF_MAX_TEXT);
	for (unsigned int i = 0; i < NSTREAMS; i++) {
		struct output *out = &sink->outputs[shared ? 0 : i];

		sink->by_stream[i] = out;
		if (out->sink)
			continue;
		out->sink = sink;
		out->name = names[i];
		outq_init(&out->q, conf->loop, conf->pool, conf->fds[i],
			  QUEUE_HIGH, drained);
	}
	if (conf->raw)
		return &sink->observer;
	sink->slots = xcalloc(conf->ntargets, sizeof(*sink->slots));
	for (size_t i = 0; i < conf->ntargets; i++) {
		for (unsigned int s = 0; s < NSTREAMS; s++)
			lines_init(&sink->slots[i].lines[s]);
	}
	return &sink->observer;
}

void sink_text_log(void *o, const char *line, size_t n)
{
	struct output *out = sink_of(o)->by_stream[STREAM_ERR];

	end_open_line(out);
	outq_write(&out->q, line, n);
}

int sink_text_flush(struct observer *o)
{
	struct sink_text *sink = sink_of(o);
	int rc = 0;

	for (unsigned int i = 0; i < NSTREAMS; i++) {
		if (outq_flush(&sink->by_stream[i]->q))
			rc = -1;
	}
	return rc;
}

int sink_text_error(const struct observer *o, const char **which)
{
	const struct sink_text *sink =
		container_of_const(o, struct sink_text, observer);

	for (unsigned int i = 0; i < NSTREAMS; i++) {
		const struct output *out = sink->by_stream[i];

		if (outq_errno(&out->q)) {
			if (which)
				*which = out->name;
			return outq_errno(&out->q);
		}
	}
	return 0;
}

void sink_text_free(struct observer *o)
{
	struct sink_text *sink;

	if (!o)
		return;
	sink = sink_of(o);
	for (unsigned int i = 0; i < NSTREAMS; i++) {
		if (!sink->outputs[i].sink)
			continue;
		outq_release(&sink->outputs[i].q);
		free(sink->outputs[i].paused);
	}
	for (size_t i = 0; sink->slots && i < sink->conf.ntargets; i++) {
		for (unsigned int s = 0; s < NSTREAMS; s++)
			lines_release(&sink->slots[i].lines[s]);
	}
	free(sink->slots);
	strbuf_release(&sink->label);
	free(sink);
}
