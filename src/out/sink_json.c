/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Output for programs: a JSON object a line.
 */
#include "out/sink_json.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/json.h"
#include "base/list.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "out/result_json.h"
#include "out/sink.h"
#include "base/banned.h"

/* Handed to the queue at a time. */
#define GATHER ((size_t)32 << 10)
#define PIECE  ((size_t)16 << 10) /* of a line that is escaped */

struct slot {
	struct lines lines[NSTREAMS];
};

struct sink_json {
	struct observer observer;
	struct sink_json_conf conf;
	struct output out;
	struct slot *slots; /* by rank */
	struct lines_budget budget;
	struct strbuf head;   /* of the output events of the stream at hand */
	struct strbuf events; /* not yet queued */
	bool told;
};

static struct sink_json *sink_of(struct observer *o)
{
	return container_of(o, struct sink_json, observer);
}

static void tell_failure(struct output *out)
{
	struct sink_json *sink = sink_of(out->observer);

	if (sink->told)
		return;
	sink->told = true;
	output_tell(sink->conf.failed, sink->conf.arg, out->name,
		    outq_errno(&out->q));
}

/* A long line leaves no large buffer behind. */
static void queue_events(struct sink_json *sink)
{
	outq_write(&sink->out.q, sink->events.buf, sink->events.len);
	if (sink->events.cap > 4 * GATHER)
		strbuf_release(&sink->events);
	else
		strbuf_reset(&sink->events);
}

static void begin_event(struct sink_json *sink, const char *event)
{
	strbuf_addf(&sink->events, "{\"v\":%d,\"event\":\"%s\",",
		    RESULT_JSON_VERSION, event);
}

static void end_event(struct sink_json *sink)
{
	strbuf_addstr(&sink->events, "}\n");
	if (sink->events.len >= GATHER)
		queue_events(sink);
}

/* Of `n` bytes of UTF-8, so many that no character is cut. */
static size_t piece_of(const char *p, size_t n)
{
	size_t len = PIECE;

	if (n <= PIECE)
		return n;
	while (((unsigned char)p[len] & 0xc0) == 0x80)
		len--;
	return len;
}

/* By pieces: escaped, a long line is six times as long. */
static void write_text(struct sink_json *sink, const char *line, size_t n)
{
	strbuf_addstr(&sink->events, "\"data\":\"");
	while (n) {
		size_t len = piece_of(line, n);

		(void)json_escape(&sink->events, line, len);
		if (sink->events.len >= GATHER)
			queue_events(sink);
		line += len;
		n -= len;
	}
	strbuf_addstr(&sink->events, "\"");
}

/* The bytes as text, or in base64 where they are not UTF-8. */
static void write_odd_line(struct sink_json *sink, const char *line, size_t n)
{
	strbuf_add(&sink->events, sink->head.buf, sink->head.len);
	if (text_is_utf8(line, n)) {
		write_text(sink, line, n);
	} else {
		strbuf_addstr(&sink->events, "\"b64\":");
		json_base64(&sink->events, line, n);
	}
	end_event(sink);
}

static char *put(char *to, const char *p, size_t n)
{
	memcpy(to, p, n);
	return to + n;
}

/* Most lines have nothing to escape but their newline. */
static void write_line(void *arg, const char *line, size_t n)
{
	static const char data[] = "\"data\":\"";
	static const char end[] = "\\n\"}\n";
	struct sink_json *sink = arg;
	struct strbuf *sb = &sink->events;
	char *to;

	if (line[n - 1] != '\n' || json_plain(line, n - 1) != n - 1) {
		write_odd_line(sink, line, n);
		return;
	}
	to = strbuf_extend(sb, sink->head.len + sizeof(data) - 1 + n - 1 +
				       sizeof(end) - 1);
	if (!to)
		return; /* never: a line has far less than the ceiling */
	to = put(to, sink->head.buf, sink->head.len);
	to = put(to, data, sizeof(data) - 1);
	to = put(to, line, n - 1);
	(void)put(to, end, sizeof(end) - 1);
	if (sb->len >= GATHER)
		queue_events(sink);
}

static void set_head(struct sink_json *sink, const struct target *t,
		     enum stream s)
{
	static const char *const names[NSTREAMS] = { "stdout", "stderr" };

	strbuf_reset(&sink->head);
	strbuf_addf(&sink->head, "{\"v\":%d,\"event\":\"output\",\"host\":",
		    RESULT_JSON_VERSION);
	json_text(&sink->head, t->name);
	strbuf_addf(&sink->head, ",\"index\":%u,\"stream\":\"%s\",", t->rank,
		    names[s]);
}

static enum flow json_data(struct observer *o, const struct target *t,
			   enum stream s, const void *buf, size_t n)
{
	struct sink_json *sink = sink_of(o);

	if (outq_errno(&sink->out.q))
		return FLOW_GO;
	assert(t->rank < sink->conf.ntargets);
	set_head(sink, t, s);
	lines_feed(&sink->slots[t->rank].lines[s], buf, n, write_line, sink);
	queue_events(sink);
	return output_flow(&sink->out, t);
}

static void json_done(struct observer *o, const struct target *t,
		      const struct result *r)
{
	struct sink_json *sink = sink_of(o);

	assert(t->rank < sink->conf.ntargets);
	for (unsigned int i = 0; i < NSTREAMS; i++) {
		set_head(sink, t, i);
		lines_flush(&sink->slots[t->rank].lines[i], write_line, sink);
	}
	begin_event(sink, "result");
	result_json(&sink->events, t, r);
	end_event(sink);
	queue_events(sink);
}

static void json_again(struct observer *o, const struct target *t)
{
	struct sink_json *sink = sink_of(o);

	begin_event(sink, "again");
	strbuf_addstr(&sink->events, "\"host\":");
	json_text(&sink->events, t->name);
	strbuf_addf(&sink->events, ",\"index\":%u", t->rank);
	end_event(sink);
	queue_events(sink);
}

static void json_end(struct observer *o, const struct job_stats *st)
{
	struct sink_json *sink = sink_of(o);

	begin_event(sink, "summary");
	result_json_summary(&sink->events, st);
	end_event(sink);
	queue_events(sink);
}

static const struct observer_ops json_ops = {
	.name = "json",
	.data = json_data,
	.done = json_done,
	.again = json_again,
	.end = json_end,
};

static void write_start(struct sink_json *sink)
{
	begin_event(sink, "start");
	strbuf_addf(&sink->events,
		    "\"hosts\":%zu,\"command\":", sink->conf.ntargets);
	if (sink->conf.command)
		json_text(&sink->events, sink->conf.command);
	else
		strbuf_addstr(&sink->events, "null");
	end_event(sink);
	queue_events(sink);
}

struct observer *sink_json_new(const struct sink_json_conf *conf)
{
	struct sink_json *sink = xcalloc(1, sizeof(*sink));

	sink->observer.ops = &json_ops;
	sink->conf = *conf;
	strbuf_init(&sink->head, STRBUF_MAX_TEXT);
	/* Enough for a line, or the largest command, all of it escaped. */
	strbuf_init(&sink->events, STRBUF_MAX_TEXT);
	output_init(&sink->out, &sink->observer, conf->loop, conf->pool,
		    conf->fd, conf->name, tell_failure);
	sink->budget = (struct lines_budget)LINES_BUDGET_INIT;
	sink->slots = xcalloc(conf->ntargets, sizeof(*sink->slots));
	for (size_t i = 0; i < conf->ntargets; i++) {
		for (unsigned int s = 0; s < NSTREAMS; s++)
			lines_init(&sink->slots[i].lines[s], &sink->budget);
	}
	write_start(sink);
	return &sink->observer;
}

void sink_json_hold(struct observer *o, bool hold)
{
	output_set_aside(&sink_of(o)->out, hold);
}

int sink_json_cramped(struct observer *o)
{
	return output_cramped(&sink_of(o)->out);
}

int sink_json_flush(struct observer *o)
{
	struct sink_json *sink = sink_of(o);

	if (!outq_flush(&sink->out.q))
		return 0;
	tell_failure(&sink->out);
	return -1;
}

void sink_json_free(struct observer *o)
{
	struct sink_json *sink;

	if (!o)
		return;
	sink = sink_of(o);
	output_release(&sink->out);
	for (size_t i = 0; i < sink->conf.ntargets; i++) {
		for (unsigned int s = 0; s < NSTREAMS; s++)
			lines_release(&sink->slots[i].lines[s]);
	}
	free(sink->slots);
	strbuf_release(&sink->head);
	strbuf_release(&sink->events);
	free(sink);
}
