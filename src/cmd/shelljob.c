/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is done on hosts that have a shell, beside that.
 */
#include "cmd/shelljob.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/list.h"
#include "base/text.h"
#include "cmd/byclass.h"
#include "cmd/copying.h"
#include "io/loop.h"
#include "io/timer.h"
#include "job/job.h"
#include "job/subjob.h"
#include "ui/lane.h"

#include "base/banned.h"

#define SECOND_INT_NS 1000000000ull
#define TICK_MS	      500 /* between two looks at how far a copy is */

/* Why a host that is chosen takes no part; the last is no reason. */
enum absence {
	ABSENT_GONE,
	ABSENT_CONNECTING,
	ABSENT_UNSURE,
	NABSENCES,
	PRESENT = NABSENCES,
};

static const struct {
	const char *word;     /* N_() */
	const char *sentence; /* N_() */
} absences[NABSENCES] = {
	[ABSENT_GONE] = { N_("no connection"),
			  N_("no connection, nothing is done there") },
	[ABSENT_CONNECTING] = { N_("connecting"),
				N_("no shell yet, nothing is done there") },
	[ABSENT_UNSURE] = { N_("key not sure"),
			    N_("the key is not known for sure, nothing is done there unless it is the one host chosen by its name") },
};

/* What runs. */
struct running {
	struct shelljob *sj;
	const char *name; /* of the command, as it was typed; static */
	struct op_spec spec;
	struct copying *copying; /* or NULL */
	bool listing;		 /* what is put, before all else */
	struct defer more;	 /* of the list */
	struct timer tick;	 /* while it copies */
	struct subjob *subjob;
	size_t *ranks; /* who is chosen and can take part */
	size_t nranks;
	enum absence *absent; /* by rank; PRESENT also who is not chosen */
	struct lane *(*lanes)[NSTREAMS]; /* by rank; NULL: nothing came */
	size_t left;			 /* hosts that have not ended */
	uint64_t interrupted_ns;	 /* 0: not */
};

struct shelljob {
	struct shelljob_conf conf;
	struct observer o;
	struct running *run; /* NULL: nothing runs */
};

static size_t nhosts(const struct shelljob *sj)
{
	return sj->conf.plan->targets.n;
}

static void say_hosts(struct shelljob *sj, const char *what,
		      const size_t *ranks, size_t n)
{
	struct strbuf hosts = STRBUF_INIT(STRBUF_MAX_TEXT);
	char *text;

	targets_fold(&sj->conf.plan->targets, ranks, n, &hosts);
	text = xasprintf("%s: %s", what, hosts.buf);
	sj->conf.say(sj->conf.arg, text);
	free(text);
	strbuf_release(&hosts);
}

/* ---- who takes part ---- */

static enum absence absence_of(const struct shelljob *sj, size_t rank)
{
	if (sj->conf.set->hosts[rank].state == SHELL_GONE)
		return ABSENT_GONE;
	if (sj->conf.set->hosts[rank].state == SHELL_CONNECTING)
		return ABSENT_CONNECTING;
	if (!job_session(sj->conf.job, rank))
		return ABSENT_GONE;
	return shellset_trusts(sj->conf.set, rank) ? PRESENT : ABSENT_UNSURE;
}

/* A sentence for each reason. */
static void say_absent(struct shelljob *sj, const struct running *run)
{
	size_t *ranks = xcalloc(nhosts(sj), sizeof(*ranks));

	for (unsigned int why = 0; why < NABSENCES; why++) {
		size_t n = 0;

		for (size_t i = 0; i < nhosts(sj); i++)
			if (run->absent[i] == (enum absence)why)
				ranks[n++] = i;
		if (n)
			say_hosts(sj, _(absences[why].sentence), ranks, n);
	}
	free(ranks);
}

/* The others are noted. */
static void choose(const struct shelljob *sj, struct running *run)
{
	for (size_t i = 0; i < nhosts(sj); i++) {
		run->absent[i] = PRESENT;
		if (!sj->conf.set->hosts[i].chosen)
			continue;
		run->absent[i] = absence_of(sj, i);
		if (run->absent[i] == PRESENT)
			run->ranks[run->nranks++] = i;
	}
}

/* ---- what hosts send ---- */

struct adding {
	struct shelljob *sj;
	size_t rank;
};

static void add_line(void *arg, const char *line, size_t n)
{
	const struct adding *a = arg;

	a->sj->conf.line(a->sj->conf.arg, a->rank, line, n);
}

static enum flow on_data(struct observer *o, const struct target *t,
			 enum stream s, const void *buf, size_t n)
{
	struct shelljob *sj = container_of(o, struct shelljob, o);
	struct lane **lane = &sj->run->lanes[t->rank][s];
	struct adding to = { sj, t->rank };

	if (!*lane)
		*lane = lane_new();
	lane_feed(*lane, buf, n, add_line, &to);
	return sj->conf.flow(sj->conf.arg, t);
}

static void on_done(struct observer *o, const struct target *t,
		    const struct result *r)
{
	struct shelljob *sj = container_of(o, struct shelljob, o);
	struct adding to = { sj, t->rank };

	for (unsigned int s = 0; s < NSTREAMS; s++) {
		struct lane **lane = &sj->run->lanes[t->rank][s];

		if (*lane)
			lane_end(*lane, add_line, &to);
		lane_free(*lane);
		*lane = NULL;
	}
	if (r->outcome == OUTCOME_ERROR) {
		char *line = xasprintf("-- %s: %s", sj->run->name, r->err.msg);

		add_line(&to, line, strlen(line));
		free(line);
	}
	/* There is nothing to pause any more. */
	(void)sj->conf.flow(sj->conf.arg, t);
	sj->run->left--;
	sj->conf.changed(sj->conf.arg);
}

/* ---- the end ---- */

static void drop(struct shelljob *sj)
{
	struct running *run = sj->run;

	if (!run)
		return;
	sj->run = NULL;
	defer_cancel(&run->more);
	subjob_free(run->subjob);
	for (size_t i = 0; i < nhosts(sj); i++)
		for (unsigned int s = 0; s < NSTREAMS; s++)
			lane_free(run->lanes[i][s]);
	timer_stop(sj->conf.loop, &run->tick);
	op_spec_release(&run->spec);
	copying_free(run->copying);
	free((void *)run->lanes);
	free(run->ranks);
	free(run->absent);
	free(run);
}

/* What was copied, of all hosts. */
static void add_copied(const struct job_stats *st, struct strbuf *out)
{
	struct copied all = { 0 };

	for (size_t i = 0; i < st->ntargets; i++)
		copied_add(&all, &st->results[i].copied);
	(void)strbuf_addf(out,
			  ngettext(" (%zu file, ", " (%zu files, ", all.files),
			  (size_t)all.files);
	text_size(out, all.bytes);
	(void)strbuf_addch(out, ')');
}

static void sum_up(struct shelljob *sj, const struct job_stats *st)
{
	struct strbuf text = STRBUF_INIT(STRBUF_MAX_TEXT);
	struct byclass classes = { 0 };
	char class[48];

	for (size_t i = 0; i < st->ntargets; i++) {
		const struct result *r = &st->results[i];
		const char *name = st->targets->v[i].label;
		enum absence why = sj->run->absent[i];

		if (why != PRESENT)
			byclass_add(&classes, _(absences[why].word), name);
		else if (r->outcome != OUTCOME_NONE)
			byclass_add(&classes,
				    result_class(r, class, sizeof(class)),
				    name);
	}
	(void)strbuf_addf(&text, "%s: ", sj->run->name);
	byclass_format(&classes, &text);
	if (sj->run->copying)
		add_copied(st, &text);
	sj->conf.say(sj->conf.arg, text.buf);
	strbuf_release(&text);
}

/* What does not heed that it was stopped is not waited for. */
static void on_end(struct observer *o, const struct job_stats *st)
{
	struct shelljob *sj = container_of(o, struct shelljob, o);

	sum_up(sj, st);
	subjob_stop(sj->run->subjob);
	drop(sj);
	sj->conf.changed(sj->conf.arg);
}

static const struct observer_ops observer_ops = {
	.name = "shelljob",
	.data = on_data,
	.done = on_done,
	.end = on_end,
};

/* ---- the beginning ---- */

/* Who is chosen now, whatever is chosen later. */
static void take_seats(struct shelljob *sj)
{
	struct running *run = sj->run;

	choose(sj, run);
	run->subjob = subjob_new(sj->conf.job, &run->spec, &sj->o);
	(void)subjob_keep(run->subjob, run->ranks, run->nranks);
}

/* Who has gone while files were listed. */
static void say_gone(struct shelljob *sj)
{
	struct running *run = sj->run;
	const struct result *results = subjob_results(run->subjob);
	size_t *ranks = xcalloc(nhosts(sj), sizeof(*ranks));
	size_t n = 0;

	for (size_t i = 0; i < run->nranks; i++)
		if (!results[run->ranks[i]].start_ns) {
			run->absent[run->ranks[i]] = ABSENT_GONE;
			ranks[n++] = run->ranks[i];
		}
	if (n)
		say_hosts(sj, _(absences[ABSENT_GONE].sentence), ranks, n);
	free(ranks);
}

static int begin(struct shelljob *sj, struct err *err)
{
	struct running *run = sj->run;

	run->left = subjob_start(run->subjob, run->ranks, run->nranks);
	say_gone(sj);
	if (run->left) {
		sj->conf.changed(sj->conf.arg);
		return 0;
	}
	drop(sj);
	return err_set(
		err, ERR_USAGE,
		_("no host that is chosen can do it; ':status' says who is"));
}

static struct running *running_new(struct shelljob *sj, const char *name)
{
	struct running *run = xcalloc(1, sizeof(*run));

	run->sj = sj;
	run->name = name;
	run->ranks = xcalloc(nhosts(sj), sizeof(*run->ranks));
	run->absent = xcalloc(nhosts(sj), sizeof(*run->absent));
	run->lanes = xcalloc(nhosts(sj), sizeof(*run->lanes));
	return run;
}

static int check_free(const struct shelljob *sj, struct err *err)
{
	if (!sj->run)
		return 0;
	return err_set(err, ERR_USAGE, _("'%s' still runs; ':stop' ends it"),
		       sj->run->name);
}

int shelljob_run(struct shelljob *sj, const char *command, struct err *err)
{
	if (check_free(sj, err))
		return -1;
	sj->run = running_new(sj, ":run");
	sj->run->spec.kind = OP_EXEC;
	sj->run->spec.command = xstrdup(command);
	take_seats(sj);
	say_absent(sj, sj->run);
	return begin(sj, err);
}

static void tick(struct timer *t)
{
	struct running *run = container_of(t, struct running, tick);

	run->sj->conf.changed(run->sj->conf.arg);
	timer_start(run->sj->conf.loop, t, TICK_MS, tick);
}

/* Some more of the list, or what follows it. */
static void list_more(struct defer *d)
{
	struct running *run = container_of(d, struct running, more);
	struct shelljob *sj = run->sj;
	struct err err = { 0 };
	char *text;
	int rc = copying_step(run->copying, &run->spec, &err);

	run->listing = rc == 1;
	if (rc == 1)
		defer_post(sj->conf.loop, d, list_more);
	else if (!rc)
		rc = begin(sj, &err);
	else
		drop(sj);
	if (rc < 0) {
		text = xasprintf(":put: %s", err.msg);
		sj->conf.say(sj->conf.arg, text);
		sj->conf.changed(sj->conf.arg);
		free(text);
	}
	err_release(&err);
}

/* What is listed in one step begins at once. */
static int start_copy(struct shelljob *sj, struct err *err)
{
	struct running *run = sj->run;
	int rc = copying_step(run->copying, &run->spec, err);

	if (rc < 0) {
		drop(sj);
		return -1;
	}
	timer_start(sj->conf.loop, &run->tick, TICK_MS, tick);
	say_absent(sj, run);
	run->listing = rc == 1 && run->nranks;
	if (!run->listing)
		return begin(sj, err);
	defer_post(sj->conf.loop, &run->more, list_more);
	sj->conf.changed(sj->conf.arg);
	return 0;
}

int shelljob_copy(struct shelljob *sj, bool put, const char *words,
		  struct err *err)
{
	if (check_free(sj, err))
		return -1;
	sj->run = running_new(sj, put ? ":put" : ":get");
	sj->run->copying =
		copying_read(put, words, &sj->conf.plan->targets, err);
	if (!sj->run->copying) {
		drop(sj);
		return -1;
	}
	sj->run->spec.kind = put ? OP_PUT : OP_GET;
	take_seats(sj);
	return start_copy(sj, err);
}

/* ---- while it runs ---- */

bool shelljob_runs(const struct shelljob *sj)
{
	return sj->run != NULL;
}

/* There is nothing of it at any host yet. */
static void stop_listing(struct shelljob *sj)
{
	drop(sj);
	sj->conf.say(sj->conf.arg, _(":put: stopped before anything was sent"));
	sj->conf.changed(sj->conf.arg);
}

void shelljob_stop(struct shelljob *sj)
{
	if (sj->run->listing)
		stop_listing(sj);
	else
		subjob_stop(sj->run->subjob);
}

void shelljob_interrupt(struct shelljob *sj)
{
	struct running *run = sj->run;
	const uint64_t now = loop_now(sj->conf.loop);
	const struct result *results = subjob_results(run->subjob);
	size_t *ranks;
	size_t n = 0;

	if (run->listing) {
		stop_listing(sj);
		return;
	}
	if (run->interrupted_ns && now - run->interrupted_ns <= SECOND_INT_NS) {
		shelljob_stop(sj);
		return;
	}
	run->interrupted_ns = now;
	ranks = xcalloc(nhosts(sj), sizeof(*ranks));
	for (size_t i = 0; i < nhosts(sj); i++)
		if (results[i].start_ns && results[i].outcome == OUTCOME_NONE)
			ranks[n++] = i;
	say_hosts(sj, phase_name(PHASE_RUNNING), ranks, n);
	sj->conf.say(sj->conf.arg, _("interrupt again within 1 s to end"));
	free(ranks);
}

/* Of all hosts that take part; -1: not known. */
static int percent_of(const struct shelljob *sj)
{
	const struct result *results = subjob_results(sj->run->subjob);
	struct copied all = { .all_known = true };

	for (size_t i = 0; i < nhosts(sj); i++) {
		struct copied c = results[i].copied;

		if (!results[i].start_ns)
			continue;
		/* Nothing follows. */
		if (results[i].outcome != OUTCOME_NONE)
			c = (struct copied){ .moved = c.moved,
					     .total = c.moved,
					     .all_known = true };
		copied_add(&all, &c);
	}
	return copied_percent(&all);
}

void shelljob_state(const struct shelljob *sj, struct strbuf *out)
{
	int percent;

	if (!sj->run)
		return;
	if (sj->run->listing) {
		(void)strbuf_addf(out, _("put: listing, %zu"),
				  copying_listed(sj->run->copying));
		return;
	}
	(void)strbuf_addf(out, "%s: %zu", sj->run->name + 1, sj->run->left);
	percent = sj->run->copying ? percent_of(sj) : -1;
	if (percent >= 0)
		(void)strbuf_addf(out, ", %d%%", percent);
}

struct shelljob *shelljob_new(const struct shelljob_conf *conf)
{
	struct shelljob *sj = xcalloc(1, sizeof(*sj));

	sj->conf = *conf;
	sj->o.ops = &observer_ops;
	return sj;
}

void shelljob_free(struct shelljob *sj)
{
	if (!sj)
		return;
	drop(sj);
	free(sj);
}
