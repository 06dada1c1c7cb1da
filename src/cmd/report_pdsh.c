/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What pdsh tells about hosts on stderr.  The words are its own and are not
 * translated, as programs read them.
 */
#include "cmd/report_pdsh.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/log.h"
#include "job/job.h"
#include "ssh/driver.h"

#include "base/banned.h"

#define SECOND_NS 1000000000ull

struct times {
	uint64_t sum, min, max; /* ns */
};

struct report {
	struct observer o;
	const struct launch_style *style;
	const struct plan *plan;
	const struct loop *loop;
	uint64_t *connected_ns; /* by rank; with style->times */
	bool silent;
};

static struct report *report_of(struct observer *o)
{
	return container_of(o, struct report, o);
}

static bool is_local(const struct report *rep, const struct target *t)
{
	const char *driver = t->driver ? t->driver : rep->plan->driver;

	return driver_find(driver)->local;
}

/* The program that ran, as pdsh names it. */
static const char *program_of(const struct report *rep, const struct target *t)
{
	const struct strvec *argv = t->argv ? t->argv : &rep->plan->spec.argv;
	const char *slash;

	if (!is_local(rep, t))
		return "ssh";
	slash = strrchr(argv->v[0], '/');
	return slash ? slash + 1 : argv->v[0];
}

static void on_phase(struct observer *o, const struct target *t, enum phase p)
{
	struct report *rep = report_of(o);

	if (rep->connected_ns && p == PHASE_RUNNING)
		rep->connected_ns[t->rank] = loop_now(rep->loop);
}

static void tell_error(const struct report *rep, const struct target *t,
		       const struct err *why)
{
	if (why->code == ERR_TIMEOUT) {
		log_error("%s: command timeout", t->label);
		return;
	}
	/* pdcp tells of a file in one line. */
	if (why->code == ERR_COPY) {
		log_error("%s: %s", t->label, why->msg);
		return;
	}
	if (is_local(rep, t))
		log_error("%s: %s", t->label, why->msg);
	else
		log_error("%s: %s: %s", t->label, err_name(why->code),
			  why->msg);
	/* There is no --ssh-program under this name. */
	if (why->needs_program)
		log_error(
			"%s: RSH_SSH_PROGRAM=ssh in the environment may log in there",
			t->label);
	/* What ssh(1) ends with then, and what is looked for. */
	log_error("%s: %s exited with exit code 255", t->label,
		  program_of(rep, t));
}

static void on_done(struct observer *o, const struct target *t,
		    const struct result *r)
{
	const struct report *rep = report_of(o);

	if (rep->silent)
		return;
	switch (r->outcome) {
	case OUTCOME_EXIT:
		if (r->status)
			log_error("%s: %s exited with exit code %d", t->label,
				  program_of(rep, t), result_value(r));
		break;
	case OUTCOME_SIGNAL:
		log_error("%s: %s killed by signal %d", t->label,
			  program_of(rep, t), signal_number(r->signal));
		break;
	case OUTCOME_NO_STATUS:
		log_error("%s: %s exited with exit code 255 (no status came)",
			  t->label, program_of(rep, t));
		break;
	case OUTCOME_ERROR:
		tell_error(rep, t, &r->err);
		break;
	case OUTCOME_NONE:
	case OUTCOME_CANCELLED:
	case OUTCOME_SKIPPED:
		break;
	}
}

static void count(struct times *t, uint64_t ns)
{
	t->sum += ns;
	if (ns < t->min)
		t->min = ns;
	if (ns > t->max)
		t->max = ns;
}

static void tell_times(const char *what, const struct times *t, size_t n)
{
	char *line;

	if (n)
		line = xasprintf("%s time:  Avg: %llu sec, Min: %llu sec,  "
				 "Max: %llu sec",
				 what,
				 (unsigned long long)(t->sum / n / SECOND_NS),
				 (unsigned long long)(t->min / SECOND_NS),
				 (unsigned long long)(t->max / SECOND_NS));
	else
		line = xasprintf("%s time:  no successes", what);
	log_raw(line);
	free(line);
}

/* -d: how long it took, and how many failed. */
static void tell_statistics(const struct report *rep,
			    const struct job_stats *st)
{
	struct times connect = { .min = UINT64_MAX };
	struct times command = { .min = UINT64_MAX };
	size_t n = 0, failed = 0, cancelled = 0;
	char *line;

	for (size_t i = 0; i < st->ntargets; i++) {
		const struct result *r = &st->results[i];

		if (r->outcome == OUTCOME_ERROR) {
			failed++;
		} else if (r->outcome == OUTCOME_CANCELLED ||
			   r->outcome == OUTCOME_SKIPPED) {
			cancelled++;
		} else {
			n++;
			count(&connect, rep->connected_ns[i] - r->start_ns);
			count(&command, r->end_ns - rep->connected_ns[i]);
		}
	}
	tell_times("Connect", &connect, n);
	tell_times("Command", &command, n);
	line = xasprintf("Failures:      %zu", failed);
	log_raw(line);
	free(line);
	line = xasprintf("Canceled:      %zu", cancelled);
	if (cancelled)
		log_raw(line);
	free(line);
}

static void on_end(struct observer *o, const struct job_stats *st)
{
	const struct report *rep = report_of(o);

	if (rep->silent)
		return;
	if (st->failed_fast)
		log_error("terminating all processes");
	else if (rep->style->times && !st->user_signal)
		tell_statistics(rep, st);
}

/* "connecting", with -d and a limit: how much of it is left. */
static void tell_state(const struct report *rep, const struct target *t,
		       const char *state, uint64_t since_ns, uint64_t limit_ms)
{
	uint64_t due_ns = since_ns + limit_ms * 1000000;
	uint64_t now_ns = loop_now(rep->loop);
	uint64_t left_ns = due_ns > now_ns ? due_ns - now_ns : 0;

	if (rep->style->times && limit_ms && limit_ms != UINT64_MAX)
		log_error("%s: %s (timeout in %llu secs)", t->label, state,
			  (unsigned long long)(left_ns / SECOND_NS));
	else
		log_error("%s: %s", t->label, state);
}

static const char *end_name(const struct result *r)
{
	if (r->outcome == OUTCOME_ERROR)
		return "[failed]";
	if (r->outcome == OUTCOME_CANCELLED || r->outcome == OUTCOME_SKIPPED)
		return "[canceled]";
	return "[done]";
}

static void interrupted(struct observer *o, const struct job *job)
{
	const struct report *rep = report_of(o);
	const struct limits *limits = &rep->plan->limits;

	log_error("interrupt (one more within 1 sec to abort)");
	log_error(" (^Z within 1 sec to cancel pending threads)");
	for (size_t i = 0; i < rep->plan->targets.n; i++) {
		const struct target *t = &rep->plan->targets.v[i];
		uint64_t since;

		switch (job_phase(job, i, &since)) {
		case PHASE_RUNNING:
			tell_state(rep, t, "command in progress", since,
				   limits->command_ms);
			break;
		case PHASE_CONNECTING:
		case PHASE_AUTHENTICATING:
			tell_state(rep, t, "connecting", since,
				   limits->connect_ms);
			break;
		case PHASE_WAITING:
			if (rep->style->times)
				log_error("%s: [new]", t->label);
			break;
		case PHASE_DONE:
			if (rep->style->times)
				log_error("%s: %s", t->label,
					  end_name(&job_results(job)[i]));
			break;
		}
	}
}

static void aborted(struct observer *o)
{
	log_error("%s", report_of(o)->style->batch
				? "batch mode interrupt, aborting."
				: "interrupt, aborting.");
}

static void cancelled(struct observer *o, size_t n)
{
	(void)o;
	log_error("Canceled %zu pending threads.", n);
}

static const struct observer_ops report_ops = {
	.name = "report",
	.phase = on_phase,
	.done = on_done,
	.end = on_end,
};

static struct observer *report_make(const struct launch_style *style,
				    const struct plan *plan,
				    const struct loop *loop)
{
	struct report *rep = xcalloc(1, sizeof(*rep));

	rep->o.ops = &report_ops;
	rep->style = style;
	rep->plan = plan;
	rep->loop = loop;
	if (style->times)
		rep->connected_ns =
			xcalloc(plan->targets.n, sizeof(*rep->connected_ns));
	return &rep->o;
}

static void report_free(struct observer *o)
{
	struct report *rep = o ? report_of(o) : NULL;

	if (!rep)
		return;
	free(rep->connected_ns);
	free(rep);
}

static void report_silence(struct observer *o)
{
	report_of(o)->silent = true;
}

const struct reporter report_pdsh = {
	.make = report_make,
	.free = report_free,
	.silence = report_silence,
	.interrupted = interrupted,
	.aborted = aborted,
	.cancelled = cancelled,
	.one_too = true,
	.abort_code = 1,
};
