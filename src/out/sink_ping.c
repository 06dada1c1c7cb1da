/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who can be reached, and how fast: a table.
 */
#include "out/sink_ping.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"

#include "base/banned.h"

#define WIDTH_MIN 4 /* of "host" */
#define NS_PER_US 1000u

struct sink_ping {
	struct observer observer;
	struct sink_ping_conf conf;
	struct output out;
	bool told;
};

static struct sink_ping *sink_of(struct observer *o)
{
	return container_of(o, struct sink_ping, observer);
}

static void tell_failure(struct output *out)
{
	struct sink_ping *sink = sink_of(out->observer);

	if (sink->told)
		return;
	sink->told = true;
	output_tell(sink->conf.failed, sink->conf.arg, out->name,
		    outq_errno(&out->q));
}

/* In ms, with as many digits as say something. */
static void put_ns(struct strbuf *line, int64_t ns)
{
	char buf[32];
	int64_t us = ns / NS_PER_US;

	if (ns < 0)
		(void)snprintf(buf, sizeof(buf), "-");
	else
		(void)snprintf(buf, sizeof(buf), "%lld.%d",
			       (long long)us / 1000, (int)(us % 1000 / 100));
	(void)strbuf_addf(line, " %9s", buf);
}

static void put_name(struct strbuf *line, const char *name, size_t width)
{
	size_t len = text_width(name, strlen(name));

	(void)strbuf_addf(line, "%s%*s", name,
			  len < width ? (int)(width - len) : 0, "");
}

static void put_row(struct strbuf *line, const struct target *t,
		    const struct result *r, size_t width)
{
	int64_t all = 0;
	char class[48];

	put_name(line, t->name, width);
	(void)strbuf_addf(line, " %-9s", result_class(r, class, sizeof(class)));
	for (enum reached to = REACHED_HOST; to < NREACHED; to++) {
		int64_t ns = result_step_ns(r, to);

		put_ns(line, ns);
		all = ns < 0 || all < 0 ? -1 : all + ns;
	}
	put_ns(line, all);
	if (r->err.msg)
		(void)strbuf_addf(line, "  %s", r->err.msg);
	(void)strbuf_addstr(line, "\n");
}

static void ping_end(struct observer *o, const struct job_stats *st)
{
	struct sink_ping *sink = sink_of(o);
	struct strbuf line = STRBUF_INIT(STRBUF_MAX_TEXT);
	size_t width = WIDTH_MIN;

	for (size_t i = 0; i < st->ntargets; i++) {
		const char *name = st->targets->v[i].name;
		size_t len = text_width(name, strlen(name));

		width = len > width ? len : width;
	}
	put_name(&line, "HOST", width);
	(void)strbuf_addf(&line, " %-9s %9s %9s %9s %9s\n", "STATE", "CONNECT",
			  "EXCHANGE", "LOGIN", "TOTAL/ms");
	for (size_t i = 0; i < st->ntargets; i++) {
		put_row(&line, &st->targets->v[i], &st->results[i], width);
		outq_write(&sink->out.q, line.buf, line.len);
		strbuf_reset(&line);
	}
	strbuf_release(&line);
}

static const struct observer_ops ping_ops = {
	.name = "ping",
	.end = ping_end,
};

struct observer *sink_ping_new(const struct sink_ping_conf *conf)
{
	struct sink_ping *sink = xcalloc(1, sizeof(*sink));

	sink->observer.ops = &ping_ops;
	sink->conf = *conf;
	output_init(&sink->out, &sink->observer, conf->loop, conf->pool,
		    conf->fd, "stdout", tell_failure);
	return &sink->observer;
}

void sink_ping_hold(struct observer *o, bool hold)
{
	output_set_aside(&sink_of(o)->out, hold);
}

int sink_ping_cramped(struct observer *o)
{
	return output_cramped(&sink_of(o)->out);
}

int sink_ping_flush(struct observer *o)
{
	struct sink_ping *sink = sink_of(o);

	if (!outq_flush(&sink->out.q))
		return 0;
	tell_failure(&sink->out);
	return -1;
}

void sink_ping_free(struct observer *o)
{
	struct sink_ping *sink;

	if (!o)
		return;
	sink = sink_of(o);
	output_release(&sink->out);
	free(sink);
}
