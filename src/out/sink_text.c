/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The default output: labelled lines to stdout and stderr as they come.
 */
#include "out/sink_text.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "out/output.h"
#include "out/sink.h"
#include "base/banned.h"

#define STATUS_QUEUE ((size_t)4 << 10) /* with more, none is shown */

/* Whose unended line stands last in an output: keep_unfinished. */
struct open_line {
	const struct target *target; /* NULL: none does */
	enum stream stream;
};

struct slot {
	struct lines lines[NSTREAMS];
};

struct sink_text {
	struct observer observer;
	struct sink_text_conf conf;
	struct output outputs[NSTREAMS];
	struct output *by_stream[NSTREAMS]; /* both the first when shared */
	struct open_line open[NSTREAMS];    /* of `outputs` */
	struct slot *slots;		    /* by rank; NULL when raw */
	struct lines_budget budget;
	struct strbuf label; /* of the target at hand */
	bool told;	     /* `failed` was called */
	bool status;	     /* a line of it stands on stderr */
};

static struct sink_text *sink_of(struct observer *o)
{
	return container_of(o, struct sink_text, observer);
}

/* Once, whichever descriptor fails first. */
static void tell_failure(struct output *out)
{
	struct sink_text *sink = sink_of(out->observer);

	if (sink->told)
		return;
	sink->told = true;
	output_tell(sink->conf.failed, sink->conf.arg, out->name,
		    outq_errno(&out->q));
}

/* Where the line at hand goes. */
struct line_dest {
	struct sink_text *sink;
	const struct target *target;
	enum stream stream;
};

static struct open_line *open_line(struct sink_text *sink,
				   const struct output *out)
{
	return &sink->open[out - sink->outputs];
}

static void end_open_line(struct sink_text *sink, struct output *out)
{
	struct open_line *open = open_line(sink, out);

	if (open->target)
		outq_write(&out->q, "\n", 1);
	open->target = NULL;
}

/* Bytes as they are: what is not ended may go on, or be ended later. */
static void write_unfinished(const struct line_dest *to, const char *line,
			     size_t n)
{
	struct output *out = to->sink->by_stream[to->stream];
	struct open_line *open = open_line(to->sink, out);
	const struct strbuf *label = &to->sink->label;

	if (open->target != to->target || open->stream != to->stream)
		end_open_line(to->sink, out);
	if (!open->target)
		outq_write(&out->q, label->buf, label->len);
	outq_write(&out->q, line, n);
	open->target = line[n - 1] == '\n' ? NULL : to->target;
	open->stream = to->stream;
}

/* It stands on stderr, which stdout may be too. */
static void clear_status(struct sink_text *sink, const struct output *out)
{
	static const char clear[] = "\r\033[K";
	struct output *err = sink->by_stream[STREAM_ERR];

	if (!sink->status || out != err)
		return;
	sink->status = false;
	outq_write(&err->q, clear, sizeof(clear) - 1);
}

static void write_line(void *arg, const char *line, size_t n)
{
	const struct line_dest *to = arg;
	struct sink_text *sink = to->sink;

	clear_status(sink, sink->by_stream[to->stream]);
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
	return output_flow(out, t);
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
	bool shared =
		output_same_file(conf->fds[STREAM_OUT], conf->fds[STREAM_ERR]);

	sink->observer.ops = &text_ops;
	sink->conf = *conf;
	strbuf_init(&sink->label, STRBUF_MAX_TEXT);
	for (unsigned int i = 0; i < NSTREAMS; i++) {
		struct output *out = &sink->outputs[shared ? 0 : i];

		sink->by_stream[i] = out;
		if (!out->observer)
			output_init(out, &sink->observer, conf->loop,
				    conf->pool, conf->fds[i], names[i],
				    tell_failure);
	}
	if (conf->raw)
		return &sink->observer;
	sink->budget = (struct lines_budget)LINES_BUDGET_INIT;
	sink->slots = xcalloc(conf->ntargets, sizeof(*sink->slots));
	for (size_t i = 0; i < conf->ntargets; i++) {
		for (unsigned int s = 0; s < NSTREAMS; s++)
			lines_init(&sink->slots[i].lines[s], &sink->budget);
	}
	return &sink->observer;
}

void sink_text_status(struct observer *o, const char *text)
{
	struct sink_text *sink = sink_of(o);
	struct output *out = sink->by_stream[STREAM_ERR];

	clear_status(sink, out);
	if (!text || bufq_len(&out->q.q) > STATUS_QUEUE)
		return;
	outq_write(&out->q, text, strlen(text));
	sink->status = true;
}

void sink_text_forget_status(struct observer *o)
{
	sink_of(o)->status = false;
}

void sink_text_log(void *o, const char *line, size_t n)
{
	struct sink_text *sink = sink_of(o);
	struct output *out = sink->by_stream[STREAM_ERR];

	clear_status(sink, out);
	end_open_line(sink, out);
	outq_write(&out->q, line, n);
}

void sink_text_hold(struct observer *o, bool hold)
{
	struct sink_text *sink = sink_of(o);

	for (unsigned int i = 0; i < NSTREAMS; i++)
		output_set_aside(sink->by_stream[i], hold);
}

int sink_text_cramped(struct observer *o)
{
	const struct sink_text *sink = sink_of(o);
	int error = 0;

	for (unsigned int i = 0; i < NSTREAMS && !error; i++)
		error = output_cramped(sink->by_stream[i]);
	return error;
}

int sink_text_flush(struct observer *o)
{
	struct sink_text *sink = sink_of(o);
	int rc = 0;

	for (unsigned int i = 0; i < NSTREAMS; i++) {
		if (!outq_flush(&sink->by_stream[i]->q))
			continue;
		tell_failure(sink->by_stream[i]);
		rc = -1;
	}
	return rc;
}

void sink_text_free(struct observer *o)
{
	struct sink_text *sink;

	if (!o)
		return;
	sink = sink_of(o);
	for (unsigned int i = 0; i < NSTREAMS; i++)
		output_release(&sink->outputs[i]);
	for (size_t i = 0; sink->slots && i < sink->conf.ntargets; i++) {
		for (unsigned int s = 0; s < NSTREAMS; s++)
			lines_release(&sink->slots[i].lines[s]);
	}
	free(sink->slots);
	strbuf_release(&sink->label);
	free(sink);
}
