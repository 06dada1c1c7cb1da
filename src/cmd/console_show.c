/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the terminal in front of many shells shows.
 *
 * The last row has the prompt and what is typed.  Whatever else is written
 * takes that row away first, and it is drawn anew at the end of the turn.
 */
#include "cmd/console_internal.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/list.h"
#include "base/log.h"
#include "base/text.h"
#include "cmd/launch.h"
#include "io/tty.h"
#include "out/sink.h"

#include "base/banned.h"

#define UNDER	      "  " /* a head */
#define JOIN_QUIET_MS 60   /* nothing has come for so long: that was all */
#define JOIN_MAX_MS   300  /* and lines do not wait longer */
#define JOIN_HOST     ((size_t)32 << 10)  /* bytes held of one host */
#define JOIN_TOTAL    ((size_t)512 << 10) /* and of all */
#define CUT_QUEUE     ((size_t)32 << 10)  /* bytes; fewer are shown */
#define COLUMNS	      80
#define NS_PER_MS     1000000ull

void console_write(struct console *c, const char *p, size_t n)
{
	outq_write(&c->out.q, p, n);
}

/* ---- the last row ---- */

void console_clear_row(struct console *c)
{
	static const char clear[] = "\r\033[K";

	if (c->drawn)
		console_write(c, clear, sizeof(clear) - 1);
	c->drawn = false;
	c->dirty = true;
}

static unsigned int columns(void)
{
	unsigned int lines, n = COLUMNS;

	return tty_size(STDOUT_FILENO, &lines, &n) ? n : COLUMNS;
}

void console_draw(struct console *c)
{
	struct strbuf prompt = STRBUF_INIT(STRBUF_MAX_TEXT);
	struct strbuf row = STRBUF_INIT(STRBUF_MAX_TEXT);

	console_prompt(c, &prompt);
	edit_draw(c->edit, prompt.buf, columns(), &row);
	console_write(c, row.buf, row.len);
	c->drawn = true;
	c->dirty = false;
	strbuf_release(&prompt);
	strbuf_release(&row);
}

/* What was typed stays, whole, above what comes. */
void console_leave_row(struct console *c)
{
	struct strbuf row = STRBUF_INIT(STRBUF_MAX_TEXT);
	const char *text;
	size_t n;

	console_clear_row(c);
	console_end_head(c);
	console_prompt(c, &row);
	text = edit_text(c->edit, &n);
	if (!c->secret)
		text_vis(&row, text, n, VIS_LINE);
	(void)strbuf_addstr(&row, "\r\n");
	console_write(c, row.buf, row.len);
	strbuf_release(&row);
}

void console_end_head(struct console *c)
{
	free(c->head);
	c->head = NULL;
}

/* Lines, each of which ends in LF; a CR is put before it. */
static void put_lines(struct console *c, const char *p, size_t n)
{
	const char *end = p + n;

	console_clear_row(c);
	while (p < end) {
		const char *lf = memchr(p, '\n', (size_t)(end - p));
		size_t len = (size_t)((lf ? lf : end) - p);

		if (len && p[len - 1] == '\r')
			len--;
		console_write(c, p, len);
		console_write(c, c->open ? "\r\n" : "\n", c->open ? 2 : 1);
		p = lf ? lf + 1 : end;
	}
}

/* The same for what is of no host. */
static void write_lines(struct console *c, const char *p, size_t n)
{
	console_end_head(c);
	put_lines(c, p, n);
}

void console_say(struct console *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	shells_vsay(c->shells, fmt, ap);
	va_end(ap);
}

/* Messages of the program. */
void console_take_log(void *arg, const char *line, size_t n)
{
	write_lines(arg, line, n);
}

/* ---- what commands ask for ---- */

static void look_say(void *arg, const char *lines, size_t n)
{
	write_lines(arg, lines, n);
}

/* The prompt says something else. */
static void look_chosen(void *arg)
{
	struct console *c = arg;

	c->dirty = true;
}

static bool look_focus(void *arg, size_t rank)
{
	return console_focus(arg, rank);
}

static size_t look_send_line(void *arg, const char *line, size_t n,
			     bool (*takes)(const struct shellset *s,
					   size_t rank))
{
	return console_send_line(arg, line, n, takes, false);
}

static void look_tail(void *arg, size_t rank, struct strbuf *out)
{
	const struct console *c = arg;

	if (!c->hosts[rank].lane)
		return;
	(void)strbuf_addstr(out, "  ");
	(void)lane_tail(c->hosts[rank].lane, out);
}

static void look_line(void *arg, size_t rank, const char *line, size_t n)
{
	console_add_line(arg, rank, line, n);
}

static enum flow look_flow(void *arg, const struct target *t)
{
	struct console *c = arg;

	return output_flow(&c->out, t);
}

static void look_flush(void *arg)
{
	console_flush(arg);
}

const struct shells_look console_look = {
	.say = look_say,
	.chosen = look_chosen,
	.focus = look_focus,
	.send_line = look_send_line,
	.tail = look_tail,
	.line = look_line,
	.flow = look_flow,
	.flush = look_flush,
	.changed = look_chosen,
};

/* ---- what hosts print ---- */

static void add_time(struct strbuf *out)
{
	time_t now = time(NULL);
	struct tm tm;
	char text[16];

	if (localtime_r(&now, &tm) &&
	    strftime(text, sizeof(text), "%H:%M:%S ", &tm))
		(void)strbuf_addstr(out, text);
}

static void add_label(const struct console *c, size_t rank, const char *name,
		      struct strbuf *out)
{
	const char *sgr = c->shell->conf.colours[rank];
	bool colour = c->conf.style->colour[STREAM_OUT];

	if (colour && sgr) {
		(void)strbuf_addstr(out, sgr);
		text_vis(out, name, strlen(name), VIS_LINE);
		(void)strbuf_addstr(out, "\033[0m: ");
	} else {
		label_format(out, name, (unsigned int)rank, colour);
	}
}

static void add_lines(struct strbuf *out, const struct strbuf *label,
		      const char *lines, size_t len)
{
	const char *end = lines + len;

	while (lines < end) {
		const char *lf = memchr(lines, '\n', (size_t)(end - lines));

		(void)strbuf_add(out, label->buf, label->len);
		(void)strbuf_add(out, lines, (size_t)(lf + 1 - lines));
		lines = lf + 1;
	}
}

/*
 * Several lines of several hosts stand under one head.  No line of a host
 * begins where heads do.
 */
static void add_under(struct console *c, size_t rank, size_t n,
		      const char *name, struct strbuf *out)
{
	struct strbuf head = STRBUF_INIT(STRBUF_MAX_TEXT);

	if (c->head && !strcmp(c->head, name))
		return;
	(void)strbuf_addf(&head, "%s (%zu)", name, n);
	add_label(c, rank, head.buf, out);
	out->buf[out->len - 1] = '\n'; /* for the blank behind it */
	free(c->head);
	c->head = xstrdup(name);
	strbuf_release(&head);
}

static void show_group(void *arg, const size_t *ranks, size_t n,
		       const char *lines, size_t len)
{
	struct console *c = arg;
	const struct targets *ts = &c->conf.plan->targets;
	struct strbuf name = STRBUF_INIT(STRBUF_MAX_TEXT);
	struct strbuf label = STRBUF_INIT(STRBUF_MAX_TEXT);
	struct strbuf text = STRBUF_INIT(SIZE_MAX / 2);
	bool labels = c->conf.style->labels;
	bool several = memchr(lines, '\n', len - 1);

	if (n > 1)
		targets_fold(ts, ranks, n, &name);
	else
		(void)strbuf_addstr(&name, ts->v[ranks[0]].label);
	if (labels && n > 1 &&
	    (several || (c->head && !strcmp(c->head, name.buf)))) {
		add_under(c, ranks[0], n, name.buf, &text);
		(void)strbuf_addstr(&label, UNDER);
		if (c->shell->conf.timestamps)
			add_time(&label);
	} else {
		console_end_head(c);
		if (c->shell->conf.timestamps)
			add_time(&label);
		if (labels)
			add_label(c, ranks[0], name.buf, &label);
	}
	add_lines(&text, &label, lines, len);
	put_lines(c, text.buf, text.len);
	strbuf_release(&name);
	strbuf_release(&label);
	strbuf_release(&text);
}

/* A line is a line, though its host may go on with it. */
static void ask_questions(struct console *c)
{
	const uint64_t now = loop_now(c->conf.loop);

	for (size_t i = 0; i < c->set->n; i++) {
		struct console_host *h = &c->hosts[i];
		struct strbuf text = STRBUF_INIT(STRBUF_MAX_TEXT);

		if (!h->news || !h->lane ||
		    now - h->last_ns < JOIN_QUIET_MS * NS_PER_MS)
			continue;
		h->news = false;
		if (lane_question(h->lane, &text))
			joiner_add(c->joiner, i, text.buf, text.len);
		strbuf_release(&text);
	}
}

static void show_each(struct console *c)
{
	for (size_t i = 0; i < c->set->n; i++)
		joiner_flush_one(c->joiner, i, show_group, c);
}

void console_flush(struct console *c)
{
	ask_questions(c);
	if (c->shell->join)
		joiner_flush(c->joiner, show_group, c);
	else
		show_each(c);
	c->first_ns = 0;
}

/* More is coming: lines that others may still have wait once more. */
static void flush_old(struct console *c)
{
	ask_questions(c);
	joiner_flush_old(c->joiner, show_group, c);
	c->first_ns = loop_now(c->conf.loop);
}

static bool any_news(const struct console *c)
{
	for (size_t i = 0; i < c->set->n; i++)
		if (c->hosts[i].news)
			return true;
	return false;
}

static uint64_t last_news(const struct console *c)
{
	uint64_t last = 0;

	for (size_t i = 0; i < c->set->n; i++)
		if (c->hosts[i].news && c->hosts[i].last_ns > last)
			last = c->hosts[i].last_ns;
	return last;
}

static void join_due(struct timer *t)
{
	struct console *c = container_of(t, struct console, join);
	const uint64_t now = loop_now(c->conf.loop);

	if (now - last_news(c) >= JOIN_QUIET_MS * NS_PER_MS)
		console_flush(c);
	else if (now - c->first_ns >= JOIN_MAX_MS * NS_PER_MS)
		flush_old(c);
	joiner_age(c->joiner);
	if (any_news(c)) {
		if (!c->first_ns)
			c->first_ns = now;
		timer_start(c->conf.loop, t, JOIN_QUIET_MS, join_due);
	}
}

static void expect_more(struct console *c, size_t rank)
{
	const uint64_t now = loop_now(c->conf.loop);

	c->hosts[rank].last_ns = now;
	c->hosts[rank].news = true;
	if (!c->first_ns)
		c->first_ns = now;
	if (!timer_armed(&c->join))
		timer_start(c->conf.loop, &c->join, JOIN_QUIET_MS, join_due);
}

static void flush_much(struct console *c)
{
	if (joiner_total(c->joiner) > JOIN_TOTAL)
		console_flush(c);
}

struct adding {
	struct console *c;
	size_t rank;
};

static void add_line(void *arg, const char *line, size_t n)
{
	const struct adding *a = arg;

	joiner_add(a->c->joiner, a->rank, line, n);
	if (!a->c->shell->join ||
	    joiner_held(a->c->joiner, a->rank) > JOIN_HOST)
		joiner_flush_one(a->c->joiner, a->rank, show_group, a->c);
}

void console_add_line(struct console *c, size_t rank, const char *line,
		      size_t n)
{
	struct adding to = { c, rank };

	add_line(&to, line, n);
	expect_more(c, rank);
	flush_much(c);
}

void console_note(struct console *c, size_t rank, const char *line)
{
	console_add_line(c, rank, line, strlen(line));
}

static void note_full(struct console *c, size_t rank)
{
	console_note(
		c, rank,
		_("-- a program has all of the screen there; ':focus' shows it"));
}

/* A question that has its answer is none any more. */
void console_recall(struct console *c, size_t rank, const char *tail, size_t n)
{
	struct console_host *h = &c->hosts[rank];
	struct adding to = { c, rank };

	lane_free(h->lane);
	*h = (struct console_host){ .lane = lane_new() };
	h->begun_ns = loop_now(c->conf.loop);
	lane_feed(h->lane, tail, n, add_line, &to);
	if (!c->set->hosts[rank].asks && lane_asks(h->lane))
		lane_sent(h->lane, "", 0, true);
	console_mark_asks(c, rank);
	if (lane_full_screen(h->lane))
		note_full(c, rank);
	expect_more(c, rank);
}

/* ---- the run ---- */

static struct console *console_of(struct observer *o)
{
	return container_of(o, struct console, o);
}

void console_mark_asks(struct console *c, size_t rank)
{
	bool asks = lane_asks(c->hosts[rank].lane);

	if (asks == c->set->hosts[rank].asks)
		return;
	shellset_asks(c->set, rank, asks);
	c->dirty = true;
}

/* ---- what is on its way when Ctrl+C is pressed ---- */

static void end_cut(struct console *c)
{
	if (--c->ncut || !c->cut_bytes)
		return;
	console_say(
		c,
		_("%" PRIu64 " bytes that were on their way were left out\n"),
		c->cut_bytes);
	c->cut_bytes = 0;
}

/* When it is over, a question is seen that it took. */
static void look_at_cut(struct console *c, size_t rank)
{
	struct console_host *h = &c->hosts[rank];
	struct adding to = { c, rank };
	const char *rest;
	size_t n, held;

	if (cutoff_on(&h->cut))
		return;
	rest = cutoff_rest(&h->cut, &n);
	if (n) {
		(void)lane_raw(h->lane, &held);
		if (held)
			lane_feed(h->lane, "\n", 1, add_line, &to);
		lane_feed(h->lane, rest, n, add_line, &to);
		console_mark_asks(c, rank);
		expect_more(c, rank);
		c->cut_bytes -= n;
	}
	end_cut(c);
}

static void tick_cuts(struct timer *t)
{
	struct console *c = container_of(t, struct console, cut);

	for (size_t i = 0; i < c->set->n; i++) {
		struct cutoff *cut = &c->hosts[i].cut;

		if (!cutoff_on(cut))
			continue;
		cutoff_tick(cut, loop_now(c->conf.loop));
		look_at_cut(c, i);
	}
	if (c->ncut)
		timer_start(c->conf.loop, t, CUTOFF_TICK_MS, tick_cuts);
}

void console_cut(struct console *c, size_t rank)
{
	struct console_host *h = &c->hosts[rank];
	const uint64_t now = loop_now(c->conf.loop);

	/* Who waits for room here has not been silent.  What has all of the
	   screen is not ended by it. */
	if (!h->last_ns || (h->lane && lane_full_screen(h->lane)) ||
	    (!outq_full(&c->out.q) && now - h->last_ns > CUTOFF_QUIET_NS))
		return;
	if (!cutoff_on(&h->cut))
		c->ncut++;
	cutoff_begin(&h->cut, now);
	c->cut_bytes += joiner_forget(c->joiner, rank);
	if (!timer_armed(&c->cut))
		timer_start(c->conf.loop, &c->cut, CUTOFF_TICK_MS, tick_cuts);
}

/* A reader that is far behind need not see all of it first. */
void console_cut_queue(struct console *c)
{
	static const char end[] = "\033[0m\r\n";

	if (!c->ncut || bufq_len(&c->out.q.q) < CUT_QUEUE)
		return;
	c->cut_bytes += outq_forget(&c->out.q);
	console_end_head(c);
	c->drawn = false;
	c->dirty = true;
	console_write(c, end, sizeof(end) - 1);
}

static size_t cut_length(struct console *c, size_t rank, const char *buf,
			 size_t n)
{
	struct cutoff *cut = &c->hosts[rank].cut;
	size_t len;

	if (!cutoff_on(cut))
		return 0;
	len = cutoff_length(cut, loop_now(c->conf.loop), buf, n);
	c->cut_bytes += len;
	lane_skip(c->hosts[rank].lane, buf, len);
	look_at_cut(c, rank);
	return len;
}

static enum flow on_data(struct observer *o, const struct target *t,
			 enum stream s, const void *buf, size_t n)
{
	struct console *c = console_of(o);
	struct console_host *h = &c->hosts[t->rank];
	struct adding to = { c, t->rank };
	size_t cut;
	bool full;

	(void)s;
	if (c->behind)
		return FLOW_GO;
	if (!h->lane)
		h->lane = lane_new();
	full = lane_full_screen(h->lane);
	cut = cut_length(c, t->rank, buf, n);
	if (c->focused && c->set->focus == t->rank) {
		h->last_ns = loop_now(c->conf.loop);
		return console_focus_data(c, t, buf, n);
	}
	lane_feed(h->lane, (const char *)buf + cut, n - cut, add_line, &to);
	if (!full && lane_full_screen(h->lane))
		note_full(c, t->rank);
	if (c->set->hosts[t->rank].state == SHELL_CONNECTING &&
	    lane_prompts(h->lane))
		console_up(c, t->rank);
	console_mark_asks(c, t->rank);
	if (h->to_dir && lane_prompts(h->lane))
		console_send_dir(c, t->rank);
	expect_more(c, t->rank);
	flush_much(c);
	return output_flow(&c->out, t);
}

/* Failures before a shell began are told by the report. */
static void on_done(struct observer *o, const struct target *t,
		    const struct result *r)
{
	struct console *c = console_of(o);
	struct console_host *h = &c->hosts[t->rank];
	struct adding to = { c, t->rank };
	char class[48];

	if (c->behind) {
		shellset_gone(c->set, t->rank);
		return;
	}
	if (cutoff_on(&h->cut))
		end_cut(c);
	h->cut = (struct cutoff){ 0 };
	if (c->set->focus == t->rank)
		console_unfocus(c);
	if (h->lane)
		lane_end(h->lane, add_line, &to);
	if (h->begun_ns && !c->shells->quitting &&
	    (r->outcome != OUTCOME_ERROR || r->err.block)) {
		char *line = xasprintf(_("-- the shell has ended: %s"),
				       result_class(r, class, sizeof(class)));

		console_note(c, t->rank, line);
		free(line);
	}
	shellset_gone(c->set, t->rank);
	c->dirty = true;
	expect_more(c, t->rank);
}

/* Its shell is another one. */
static void on_again(struct observer *o, const struct target *t)
{
	struct console *c = console_of(o);
	struct console_host *h = &c->hosts[t->rank];

	lane_free(h->lane);
	*h = (struct console_host){ 0 };
	shellset_connecting(c->set, t->rank);
	c->dirty = true;
}

const struct observer_ops console_observer = {
	.name = "console",
	.data = on_data,
	.done = on_done,
	.again = on_again,
};
