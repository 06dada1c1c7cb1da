/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is told about hosts on stderr: failures, the summary, the progress.
 */
#include "cmd/report.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/log.h"
#include "cmd/byclass.h"
#include "cmd/verbs.h"
#include "conf/hostlist.h"

#include "base/banned.h"

struct report {
	struct observer o;
	const struct launch_style *style;
	const struct plan *plan;
	struct job_stats stats; /* as `end` told them */
	bool ended, silent;
};

/* Without a summary: what the status alone does not say. */
static void tell_end(const struct target *t, const struct result *r, bool one)
{
	const char *name = one ? "" : t->name;
	const char *colon = one ? "" : ": ";

	if (r->outcome == OUTCOME_SIGNAL)
		log_msg(one ? LOG_VERBOSE : LOG_ERROR,
			_("%s%sthe command died of signal %s"), name, colon,
			r->signal);
	else if (r->outcome == OUTCOME_NO_STATUS)
		log_error(_("%s%sthe server did not say how the command ended"),
			  name, colon);
}

/* Of one host. */
static void tell_error(const struct err *err)
{
	struct strvec lines = { 0 };

	if (!log_is_ssh() || !err->ssh) {
		log_error("%s", err->msg);
		return;
	}
	strvec_split(&lines, err->ssh, "\n");
	for (size_t i = 0; i < lines.n; i++)
		log_error("%s", lines.v[i]);
	strvec_release(&lines);
}

/* "rsh -F FILE put" asks for a host. */
static void suggest_verb(const struct report *rep, const struct target *t,
			 const struct err *err)
{
	const char *verb = rep->style->verb;
	char *hint;

	if (!verb || err->code != ERR_RESOLVE || strcmp(t->host, verb) != 0)
		return;
	hint = verbs_hint(verb);
	log_error("%s", hint);
	free(hint);
}

static void on_done(struct observer *o, const struct target *t,
		    const struct result *r)
{
	struct report *rep = container_of(o, struct report, o);

	if (rep->silent)
		return;
	if (!rep->style->summary)
		tell_end(t, r, rep->style->keep_raw);
	if (r->outcome != OUTCOME_ERROR || rep->style->form == FORM_PING)
		return;
	/* What has a block gets it at the end. */
	if (rep->style->summary && r->err.block)
		return;
	if (rep->style->keep_raw) {
		tell_error(&r->err);
		suggest_verb(rep, t, &r->err);
		return;
	}
	log_error("%s: %s", t->name, r->err.msg);
}

/* A line after the other, each behind the name of the host. */
static void tell_block(const struct target *t, const char *block)
{
	struct strvec lines = { 0 };

	strvec_split(&lines, block, "\n");
	for (size_t i = 0; i < lines.n; i++)
		log_error("%s: %s", t->name, lines.v[i]);
	strvec_release(&lines);
}

/* The hosts that the built-in client is not enough for. */
static void suggest_program(const struct job_stats *st)
{
	struct strbuf text = STRBUF_INIT(STRBUF_MAX_TEXT);
	const char **hosts = NULL;
	size_t n = 0, cap = 0;

	for (size_t i = 0; i < st->ntargets; i++) {
		const struct result *r = &st->results[i];

		if (r->outcome != OUTCOME_ERROR || !r->err.needs_program)
			continue;
		hosts = grow_array(hosts, &cap, n, sizeof(*hosts));
		hosts[n++] = st->targets->v[i].name;
	}
	if (n) {
		hostlist_fold(hosts, n, &text);
		log_error(_("'--ssh-program ssh' may log in to: %s"), text.buf);
	}
	free(hosts);
	strbuf_release(&text);
}

/* Remembered: the summary comes after all output. */
static void on_end(struct observer *o, const struct job_stats *st)
{
	struct report *rep = container_of(o, struct report, o);

	rep->stats = *st;
	rep->ended = true;
}

static void sum_up(struct observer *o)
{
	const struct report *rep = container_of(o, struct report, o);
	const struct job_stats *st = &rep->stats;
	struct strbuf text = STRBUF_INIT(STRBUF_MAX_TEXT);
	struct byclass classes = { 0 };
	size_t failed = 0;
	char class[48];

	if (!rep->ended || !rep->style->summary || rep->silent)
		return;
	for (size_t i = 0; i < st->ntargets; i++) {
		const struct result *r = &st->results[i];

		if (result_ok(r))
			continue;
		if (r->outcome == OUTCOME_ERROR && r->err.block)
			tell_block(&st->targets->v[i], r->err.block);
		failed++;
		byclass_add(&classes, result_class(r, class, sizeof(class)),
			    st->targets->v[i].name);
	}
	byclass_format(&classes, &text);
	if (failed)
		log_error(_("%zu of %zu failed: %s"), failed, st->ntargets,
			  text.buf);
	else if (rep->style->summary_always)
		log_info(ngettext("%zu host, all well", "%zu hosts, all well",
				  st->ntargets),
			 st->ntargets);
	strbuf_release(&text);
	suggest_program(st);
}

/* Who is at what, folded. */
static void progress(struct observer *o, const struct job *job)
{
	const struct plan *plan = container_of(o, struct report, o)->plan;
	struct strbuf text = STRBUF_INIT(STRBUF_MAX_TEXT);
	struct byclass phases = { 0 };

	for (size_t i = 0; i < plan->targets.n; i++) {
		uint64_t since;
		enum phase p = job_phase(job, i, &since);

		if (p != PHASE_DONE)
			byclass_add(&phases, phase_name(p),
				    plan->targets.v[i].name);
	}
	byclass_format(&phases, &text);
	log_fatal("%s", text.len ? text.buf : _("all hosts are done"));
	strbuf_release(&text);
}

static void interrupted(struct observer *o, const struct job *job)
{
	progress(o, job);
	log_fatal(_("interrupt again within 1 s to end"));
}

/* A message of its failure may stand above. */
static void on_again(struct observer *o, const struct target *t)
{
	if (!container_of(o, struct report, o)->silent)
		log_info(_("%s: begun again"), t->name);
}

static const struct observer_ops report_ops = {
	.name = "report",
	.done = on_done,
	.again = on_again,
	.end = on_end,
};

static struct observer *report_make(const struct launch_style *style,
				    const struct plan *plan,
				    const struct loop *loop)
{
	struct report *rep = xcalloc(1, sizeof(*rep));

	(void)loop;
	rep->o.ops = &report_ops;
	rep->style = style;
	rep->plan = plan;
	return &rep->o;
}

static void report_silence(struct observer *o)
{
	container_of(o, struct report, o)->silent = true;
}

static void report_free(struct observer *o)
{
	if (o)
		free(container_of(o, struct report, o));
}

const struct reporter report_plain = {
	.make = report_make,
	.free = report_free,
	.finish = sum_up,
	.silence = report_silence,
	.progress = progress,
	.interrupted = interrupted,
};
