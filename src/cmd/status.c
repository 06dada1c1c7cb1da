/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The status line.
 */
#include "cmd/status.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/text.h"
#include "io/timer.h"
#include "io/tty.h"
#include "out/sink_text.h"
#include "ui/copysum.h"
#include "ui/lastline.h"

#include "base/banned.h"

#define FIRST_MS  2000
#define REPEAT_MS 500
#define NS_PER_MS 1000000u
#define COLUMNS	  80

struct status {
	struct loop *loop;
	struct observer *sink;
	struct job *job;
	const struct plan *plan;
	const struct prompt_tty *prompt;
	struct progress_rules *progress; /* or NULL */
	struct observer observer;
	struct printed **printed; /* by rank; NULL: nothing, or it is done */
	struct timer timer;
	uint64_t begin_ns;
	struct copysum sum; /* of a copy */
};

/* What a host that runs has printed last. */
struct printed {
	struct lastline lines[NSTREAMS];
};

struct tally {
	size_t at[PHASE_DONE + 1], failed;
	const struct target *slowest; /* of those that run */
	uint64_t since_ns;
	struct copied copied; /* of all */
};

/* Of a copy: who has most left to do; of commands: who runs for longest. */
static bool is_slower(const struct status *st, const struct tally *tally,
		      size_t rank, uint64_t since)
{
	const struct result *results = job_results(st->job);
	const struct copied *c = &results[rank].copied;
	const struct copied *other;

	if (!tally->slowest)
		return true;
	other = &results[tally->slowest->rank].copied;
	if (results[rank].copies &&
	    c->total - c->moved != other->total - other->moved)
		return c->total - c->moved > other->total - other->moved;
	return since < tally->since_ns;
}

static void count(const struct status *st, struct tally *tally)
{
	const struct result *results = job_results(st->job);

	for (size_t i = 0; i < st->plan->targets.n; i++) {
		uint64_t since;
		enum phase p = job_phase(st->job, i, &since);

		struct copied c = copysum_of(&st->plan->spec, &results[i], p);

		tally->at[p]++;
		copied_add(&tally->copied, &c);
		if (p == PHASE_DONE && !result_ok(&results[i]))
			tally->failed++;
		if (p != PHASE_RUNNING || !is_slower(st, tally, i, since))
			continue;
		tally->slowest = &st->plan->targets.v[i];
		tally->since_ns = since;
	}
}

static enum flow take_data(struct observer *o, const struct target *t,
			   enum stream s, const void *buf, size_t n)
{
	struct status *st = container_of(o, struct status, observer);
	struct printed **printed = &st->printed[t->rank];

	if (!*printed)
		*printed = xcalloc(1, sizeof(**printed));
	lastline_feed(&(*printed)->lines[s], buf, n);
	return FLOW_GO;
}

static void take_done(struct observer *o, const struct target *t,
		      const struct result *r)
{
	struct status *st = container_of(o, struct status, observer);

	(void)r;
	free(st->printed[t->rank]);
	st->printed[t->rank] = NULL;
}

static const struct observer_ops observer_ops = {
	.name = "status",
	.data = take_data,
	.done = take_done,
};

/* Bars are on stderr, mostly, so that is looked at first. */
static int progress_of(const struct status *st, size_t rank)
{
	const struct printed *printed = st->printed[rank];
	int percent = -1;

	for (unsigned int i = NSTREAMS; printed && i-- > 0 && percent < 0;) {
		struct strbuf text = STRBUF_INIT(STRBUF_MAX_TEXT);

		lastline_text(&printed->lines[i], &text);
		percent = progress_find(st->progress, text.buf, text.len);
		strbuf_release(&text);
	}
	return percent;
}

static void format_copy(struct status *st, const struct tally *tally,
			struct strbuf *line)
{
	const struct target *slowest = tally->slowest;
	uint64_t now = loop_now(st->loop);
	const struct copied *c;
	int percent;

	copysum_take(&st->sum, &tally->copied, now);
	(void)strbuf_addf(line, _("%zu/%zu done, %zu failed; "),
			  tally->at[PHASE_DONE], st->plan->targets.n,
			  tally->failed);
	copied_text(line, &tally->copied, st->sum.per_s);
	if (!slowest || st->plan->targets.n == 1)
		return;
	c = &job_results(st->job)[slowest->rank].copied;
	percent = copied_percent(c);
	(void)strbuf_addf(line, "; %s ", slowest->label);
	if (percent >= 0)
		(void)strbuf_addf(line, "%d%%, ", percent);
	copied_pace(line, c, copied_per_s(c->moved, now - tally->since_ns));
}

static void format(struct status *st, struct strbuf *line)
{
	uint64_t now = loop_now(st->loop);
	uint64_t ms = (now - st->begin_ns) / NS_PER_MS;
	struct tally tally = { .copied = { .all_known = true } };
	int percent;

	count(st, &tally);
	if (job_results(st->job)->copies) {
		format_copy(st, &tally, line);
		return;
	}
	(void)strbuf_addf(
		line,
		_("%zu/%zu done, %zu failed, %zu running, %zu connecting, %zu waiting; %.1f/s"),
		tally.at[PHASE_DONE], st->plan->targets.n, tally.failed,
		tally.at[PHASE_RUNNING],
		tally.at[PHASE_CONNECTING] + tally.at[PHASE_AUTHENTICATING],
		tally.at[PHASE_WAITING],
		(double)tally.at[PHASE_DONE] * 1000 / (double)ms);
	if (!tally.slowest)
		return;
	(void)strbuf_addf(line, "; %s ", tally.slowest->label);
	text_seconds(line, (now - tally.since_ns) / NS_PER_MS);
	percent = st->progress ? progress_of(st, tally.slowest->rank) : -1;
	if (percent >= 0)
		(void)strbuf_addf(line, " %d%%", percent);
}

/* As many whole characters as there is room for. */
static void cut(struct strbuf *line, unsigned int columns)
{
	while (text_width(line->buf, line->len) >= columns) {
		size_t n = line->len - 1;

		while (n && ((unsigned char)line->buf[n] & 0xc0) == 0x80)
			n--;
		strbuf_truncate(line, n);
	}
}

static void tick(struct timer *t)
{
	struct status *st = container_of(t, struct status, timer);
	struct strbuf line = STRBUF_INIT(STRBUF_MAX_TEXT);
	unsigned int lines, columns = COLUMNS;

	timer_start(st->loop, t, REPEAT_MS, tick);
	/* The terminal is another's while a question stands. */
	if (prompt_tty_asking(st->prompt)) {
		sink_text_forget_status(st->sink);
		return;
	}
	if (!tty_size(STDERR_FILENO, &lines, &columns) || columns < 2)
		columns = COLUMNS;
	format(st, &line);
	/* One that is wider would not go away as a whole. */
	cut(&line, columns);
	sink_text_status(st->sink, line.buf);
	strbuf_release(&line);
}

struct status *status_new(struct loop *loop, struct observer *sink,
			  struct job *job, const struct plan *plan,
			  const struct prompt_tty *prompt,
			  struct progress_rules *progress)
{
	struct status *st = xcalloc(1, sizeof(*st));

	st->loop = loop;
	st->sink = sink;
	st->job = job;
	st->plan = plan;
	st->prompt = prompt;
	st->progress = progress;
	st->observer.ops = &observer_ops;
	st->printed = xcalloc(plan->targets.n, sizeof(struct printed *));
	st->begin_ns = st->sum.taken_ns = loop_now(loop);
	timer_start(loop, &st->timer, FIRST_MS, tick);
	return st;
}

struct observer *status_observer(struct status *st)
{
	return &st->observer;
}

void status_free(struct status *st)
{
	if (!st)
		return;
	timer_stop(st->loop, &st->timer);
	job_remove_observer(st->job, &st->observer);
	if (prompt_tty_asking(st->prompt))
		sink_text_forget_status(st->sink);
	sink_text_status(st->sink, NULL);
	for (size_t i = 0; i < st->plan->targets.n; i++)
		free(st->printed[i]);
	free((void *)st->printed);
	free(st);
}
