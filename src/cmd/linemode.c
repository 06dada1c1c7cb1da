/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines for many shells, without a terminal.
 */
#include "cmd/linemode.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/list.h"
#include "base/log.h"
#include "cmd/shelljob.h"
#include "cmd/shells_internal.h"
#include "cmd/sinks.h"
#include "io/timer.h"
#include "job/job.h"

#include "base/banned.h"

#define LINE_MAX_LEN ((size_t)64 << 10)
#define AHEAD	     ((uint64_t)1 << 20)  /* bytes for the fastest host */
#define LAG	     ((uint64_t)64 << 20) /* and for the slowest */
#define LOOK_MS	     20			  /* whether there is room again */
#define QUIET_MS     100		  /* nothing comes: there is a prompt */

struct linemode {
	struct shells *shells;
	struct observer o;
	struct strbuf line;
	struct strbuf rest;  /* of what was read, behind a command that runs */
	struct strbuf lines; /* of that, for standard output */
	struct timer full, quiet;
	bool open;   /* what is typed may be read */
	bool middle; /* of a line that goes on its way in pieces */
	bool person; /* somebody types, and wants a prompt */
};

/* ---- sending ---- */

static void send_to(struct linemode *l, size_t rank, const void *buf, size_t n)
{
	const struct front_run *conf = &l->shells->conf;
	const struct target *t = &conf->plan->targets.v[rank];
	struct err err = { 0 };

	if (job_write_to(conf->job, t, buf, n, &err))
		log_error("%s: %s", t->label, err.msg);
	err_release(&err);
}

static size_t send_line(void *arg, const char *line, size_t n,
			bool (*takes)(const struct shellset *s, size_t rank))
{
	struct linemode *l = arg;
	const struct shellset *set = &l->shells->set;
	size_t sent = 0;

	for (size_t i = 0; i < set->n; i++) {
		if (!takes(set, i))
			continue;
		send_to(l, i, line, n);
		send_to(l, i, "\n", 1);
		sent++;
	}
	return sent;
}

static void send_piece(struct linemode *l, const char *buf, size_t n)
{
	const struct shellset *set = &l->shells->set;

	for (size_t i = 0; i < set->n; i++)
		if (shellset_takes(set, i))
			send_to(l, i, buf, n);
}

/* ---- what is read, and when ---- */

static bool is_full(const struct linemode *l)
{
	const struct shells *s = l->shells;
	uint64_t least = UINT64_MAX, most = 0;

	for (size_t i = 0; i < s->set.n; i++) {
		uint64_t n;

		if (!shellset_takes(&s->set, i))
			continue;
		n = job_unsent(s->conf.job, &s->conf.plan->targets.v[i]);
		if (n < least)
			least = n;
		if (n > most)
			most = n;
	}
	return most && (least >= AHEAD || most >= LAG);
}

/* What runs beside the shells ends before the next line is read. */
static bool waits(const struct linemode *l)
{
	return shelljob_runs(l->shells->beside);
}

static void listen_again(struct timer *t)
{
	struct linemode *l = container_of(t, struct linemode, full);
	const struct front_run *conf = &l->shells->conf;

	if (is_full(l))
		timer_start(conf->loop, t, LOOK_MS, listen_again);
	else if (!waits(l))
		l->shells->calls->listen(l->shells->arg, true);
}

static void show_prompt(struct timer *t)
{
	struct linemode *l = container_of(t, struct linemode, quiet);
	struct strbuf prompt = STRBUF_INIT(STRBUF_MAX_TEXT);

	shells_prompt(l->shells, &prompt);
	log_text(prompt.buf);
	strbuf_release(&prompt);
}

static void expect_prompt(struct linemode *l)
{
	if (l->person)
		timer_start(l->shells->conf.loop, &l->quiet, QUIET_MS,
			    show_prompt);
}

/* Once none is on its way any more. */
static void open_input(struct linemode *l)
{
	struct shellset_count count;

	shellset_count(&l->shells->set, &count);
	if (l->open || count.connecting)
		return;
	l->open = true;
	expect_prompt(l);
	l->shells->calls->listen(l->shells->arg, true);
}

static void take_line(struct linemode *l, const char *line, size_t n)
{
	char *text;

	if (l->middle) {
		send_piece(l, line, n);
		send_piece(l, "\n", 1);
		l->middle = false;
		return;
	}
	/* No command has such a byte. */
	if (memchr(line, '\0', n)) {
		(void)send_line(l, line, n, shellset_takes);
		return;
	}
	text = xstrndup(line, n);
	shells_do(l->shells, text, false);
	free(text);
}

void linemode_input(struct linemode *l, const char *buf, size_t n)
{
	const struct front_run *conf = &l->shells->conf;
	const char *end = buf + n;

	while (buf < end && !l->shells->quitting) {
		if (waits(l)) {
			(void)strbuf_add(&l->rest, buf, (size_t)(end - buf));
			break;
		}
		const char *lf = memchr(buf, '\n', (size_t)(end - buf));

		(void)strbuf_add(&l->line, buf,
				 (size_t)((lf ? lf : end) - buf));
		if (lf)
			take_line(l, l->line.buf, l->line.len);
		else if (!l->middle && l->line.len <= LINE_MAX_LEN)
			break;
		else
			send_piece(l, l->line.buf, l->line.len);
		l->middle = !lf;
		strbuf_reset(&l->line);
		buf = lf ? lf + 1 : end;
	}
	if (waits(l))
		l->shells->calls->listen(l->shells->arg, false);
	else
		expect_prompt(l);
	if (is_full(l)) {
		l->shells->calls->listen(l->shells->arg, false);
		timer_start(conf->loop, &l->full, LOOK_MS, listen_again);
	}
}

void linemode_end_of_input(struct linemode *l)
{
	if (l->line.len)
		take_line(l, l->line.buf, l->line.len);
	strbuf_reset(&l->line);
	timer_stop(l->shells->conf.loop, &l->quiet);
	l->person = false;
}

/* ---- the run ---- */

static enum flow on_data(struct observer *o, const struct target *t,
			 enum stream stream, const void *buf, size_t n)
{
	struct linemode *l = container_of(o, struct linemode, o);

	(void)t;
	(void)stream;
	(void)buf;
	(void)n;
	if (timer_armed(&l->quiet))
		expect_prompt(l);
	return FLOW_GO;
}

static void on_done(struct observer *o, const struct target *t,
		    const struct result *r)
{
	struct linemode *l = container_of(o, struct linemode, o);

	(void)r;
	shellset_gone(&l->shells->set, t->rank);
	open_input(l);
}

static const struct observer_ops ops = {
	.name = "linemode",
	.data = on_data,
	.done = on_done,
};

void linemode_begun(struct linemode *l, const struct target *t)
{
	struct strbuf line = STRBUF_INIT(STRBUF_MAX_TEXT);
	bool verified = shells_verified(l->shells, t->rank);

	shellset_up(&l->shells->set, t->rank, verified);
	if (!verified)
		log_warn(
			_("%s: its key is not known for sure: it gets no line that others get"),
			t->label);
	if (shells_dir_line(l->shells, &line)) {
		(void)strbuf_addch(&line, '\n');
		send_to(l, t->rank, line.buf, line.len);
	}
	strbuf_release(&line);
	open_input(l);
}

/* ---- what commands ask ---- */

static void say(void *arg, const char *lines, size_t n)
{
	char *text = xstrndup(lines, n);

	(void)arg;
	log_text(text);
	free(text);
}

static void chosen(void *arg)
{
	(void)arg;
}

static bool focus(void *arg, size_t rank)
{
	(void)arg;
	(void)rank;
	return false;
}

static void tail(void *arg, size_t rank, struct strbuf *out)
{
	(void)arg;
	(void)rank;
	(void)out;
}

/* ---- what runs beside the shells ---- */

static void add_line(void *arg, size_t rank, const char *line, size_t n)
{
	struct linemode *l = arg;

	(void)rank;
	(void)strbuf_add(&l->lines, line, n);
	(void)strbuf_addch(&l->lines, '\n');
}

/* To where the lines of the shells go. */
static enum flow write_lines(void *arg, const struct target *t)
{
	struct linemode *l = arg;
	struct observer *sink = sinks_stream(l->shells->conf.sinks);
	enum flow flow = FLOW_GO;

	if (l->lines.len)
		flow = sink->ops->data(sink, t, STREAM_OUT, l->lines.buf,
				       l->lines.len);
	strbuf_reset(&l->lines);
	return flow;
}

static void go_on(void *arg)
{
	struct linemode *l = arg;
	size_t n;
	char *text;

	if (waits(l))
		return;
	text = strbuf_detach(&l->rest, &n);
	linemode_input(l, text, n);
	free(text);
	if (!waits(l) && !timer_armed(&l->full))
		l->shells->calls->listen(l->shells->arg, true);
}

static const struct shells_look look_with_lines = {
	.say = say,
	.chosen = chosen,
	.focus = focus,
	.send_line = send_line,
	.tail = tail,
	.line = add_line,
	.flow = write_lines,
	.changed = go_on,
	.plain = true,
};

/* Where only the end of all is told, so are lines of commands beside. */
static const struct shells_look look = {
	.say = say,
	.chosen = chosen,
	.focus = focus,
	.send_line = send_line,
	.tail = tail,
	.changed = go_on,
	.plain = true,
};

/* ---- life ---- */

struct linemode *linemode_new(struct shells *s)
{
	struct linemode *l = xcalloc(1, sizeof(*l));

	l->shells = s;
	l->person = isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
	l->o.ops = &ops;
	strbuf_init(&l->line, 4 * LINE_MAX_LEN);
	strbuf_init(&l->rest, 4 * LINE_MAX_LEN);
	strbuf_init(&l->lines, STRBUF_MAX_TEXT);
	s->look = sinks_stream(s->conf.sinks) ? &look_with_lines : &look;
	s->look_arg = l;
	job_add_observer(s->conf.job, &l->o);
	return l;
}

void linemode_free(struct linemode *l)
{
	if (!l)
		return;
	timer_stop(l->shells->conf.loop, &l->full);
	timer_stop(l->shells->conf.loop, &l->quiet);
	strbuf_release(&l->line);
	strbuf_release(&l->rest);
	strbuf_release(&l->lines);
	free(l);
}
