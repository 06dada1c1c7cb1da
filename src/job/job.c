/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A plan being executed.
 *
 * A task goes start_task() -> session events -> op -> task_report() ->
 * session closed -> reap().  task_report() is the one place where a result
 * becomes final and observers are told; reap(), deferred because it frees what
 * is still on the stack, is the one place where a task ends, or waits for
 * another try.
 */
#include "job/job.h"

#include <assert.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/log.h"
#include "job/sched.h"
#include "model/command.h"
#include "op/op.h"
#include "op/op_exec.h"

#include "base/banned.h"

#define NS_PER_MS   1000000u
#define LINGER_MAX  32 /* sessions beyond the fan-out, for a clean end */
#define INPUT_MEM   ((size_t)1 << 20)	 /* of stdin, before it spills */
#define INPUT_AHEAD ((size_t)256 << 10)	 /* read ahead of the fastest host */
#define INPUT_LAG   ((uint64_t)64 << 20) /* the slowest may fall behind */

struct task {
	struct job *job;
	const struct target *target;
	struct session *session;
	struct op *op;
	char *command; /* where it is not the plan's; owned */
	struct defer reap;
	struct timer retry; /* until the next try */
	struct list due;    /* in the job's, when that time has come */
	enum phase phase;
	uint64_t phase_ns;
	unsigned int holds; /* observers that asked for a pause */
	bool connecting;    /* counts as in flight */
	bool reported;
	bool cancelled; /* apart from the others */
	bool lingered;	/* its place was given to another */
	bool again;	/* this try has failed, and another follows */
};

struct job {
	const struct plan *plan;
	const struct session_env *env;
	struct sched sched;
	struct task *tasks;
	struct result *results;
	struct list observers;
	struct flow_control flow;
	struct defer more; /* start what may start, look after the input */
	struct timer pace; /* until the rate lets one start */
	struct list due;   /* tasks to be tried again now, longest first */
	struct op_input input;
	void (*hungry)(void *arg);
	void *hungry_arg;
	bool was_full;
	size_t lingering; /* tasks that are over but for their host */
	int cancelled_by; /* signal */
	bool failed_fast; /* too many failed */
	bool stopping;	  /* of one of these: what ends now was cut off */
	bool ended;
};

static size_t rank_of(const struct task *t)
{
	return t->target->rank;
}

static struct result *result_of(const struct task *t)
{
	return &t->job->results[rank_of(t)];
}

static const char *command_of(const struct task *t)
{
	return t->command ? t->command : t->job->plan->spec.command;
}

static void start_more(struct defer *d);

static void schedule(struct job *job)
{
	defer_post(job->env->loop, &job->more, start_more);
}

/* Observers */

static void tell_phase(struct task *t, enum phase p)
{
	t->phase = p;
	t->phase_ns = loop_now(t->job->env->loop);
	list_for_each (node, &t->job->observers) {
		struct observer *o = container_of(node, struct observer, node);

		if (o->ops->phase)
			o->ops->phase(o, t->target, p);
	}
}

static void tell_end(struct job *job)
{
	struct job_stats st = {
		.ntargets = job->plan->targets.n,
		.results = job->results,
		.targets = &job->plan->targets,
		.user_signal = job->cancelled_by,
		.failed_fast = job->failed_fast,
	};

	for (size_t i = 0; i < st.ntargets; i++)
		st.counts[job->results[i].outcome]++;
	list_for_each (node, &job->observers) {
		struct observer *o = container_of(node, struct observer, node);

		if (o->ops->end)
			o->ops->end(o, &st);
	}
}

/* The result is complete: tell everyone, once. */
static void task_report(struct task *t)
{
	struct result *r = result_of(t);

	assert(r->outcome != OUTCOME_NONE);
	if (t->reported)
		return;
	t->reported = true;
	r->end_ns = loop_now(t->job->env->loop);
	tell_phase(t, PHASE_DONE);
	list_for_each (node, &t->job->observers) {
		struct observer *o = container_of(node, struct observer, node);

		if (o->ops->done)
			o->ops->done(o, t->target, r);
	}
	if (result_ok(r) || r->outcome == OUTCOME_SKIPPED || t->job->stopping ||
	    t->cancelled)
		return;
	/* Not from here, where the others' callbacks may be on the stack. */
	if (sched_failed(&t->job->sched)) {
		t->job->failed_fast = true;
		schedule(t->job);
	}
}

/* It began, and was not let finish. */
static void report_cut_off(struct task *t)
{
	struct result *r = result_of(t);

	err_set(&r->err, ERR_CANCELLED, _("cancelled"));
	r->outcome = OUTCOME_CANCELLED;
	task_report(t);
}

static void resume(struct flow_control *fc, const struct target *target)
{
	struct job *job = container_of(fc, struct job, flow);
	struct task *t = &job->tasks[target->rank];

	if (!t->holds)
		return; /* it ended meanwhile */
	if (--t->holds == 0 && t->session)
		session_resume(t->session);
}

/* What ops report */

static void op_data(struct op *op, enum stream s, const void *buf, size_t n)
{
	struct task *t = op->arg;

	list_for_each (node, &t->job->observers) {
		struct observer *o = container_of(node, struct observer, node);

		if (!o->ops->data ||
		    o->ops->data(o, t->target, s, buf, n) == FLOW_GO)
			continue;
		if (t->holds++ == 0)
			session_pause(t->session);
	}
}

static void op_finished(struct op *op)
{
	struct task *t = op->arg;

	task_report(t);
	if (!op->lingers) {
		session_close(t->session);
		return;
	}
	t->lingered = true;
	t->job->lingering++;
	sched_done(&t->job->sched, t->connecting);
	schedule(t->job);
}

static void op_left(struct op *op)
{
	struct task *t = op->arg;

	session_close(t->session);
}

static const struct op_client op_client = {
	.data = op_data,
	.finished = op_finished,
	.left = op_left,
};

/* What sessions report */

static void on_phase(void *arg, enum phase p)
{
	tell_phase(arg, p);
}

/* A host that waits for a person keeps no other from connecting. */
static void on_held(void *arg, bool held)
{
	struct task *t = arg;

	if (held)
		sched_connected(&t->job->sched);
	else
		sched_connecting(&t->job->sched);
	t->connecting = !held;
	schedule(t->job);
}

/* StdinNull is a matter of each host, but not where a script comes in. */
static bool takes_input(const struct task *t)
{
	const struct op_spec *spec = &t->job->plan->spec;
	const struct ssh_opts *o = t->target->opts;

	return spec->want_stdin &&
	       (spec->input_fd >= 0 || !(o && o->stdin_null == 1));
}

static uint64_t command_ms(const struct task *t)
{
	return t->target->command_ms == UINT64_MAX
		       ? t->job->plan->limits.command_ms
		       : t->target->command_ms;
}

static void note_reached(struct task *t)
{
	memcpy(result_of(t)->reached_ns, session_reached_ns(t->session),
	       sizeof(result_of(t)->reached_ns));
}

static void on_ready(void *arg)
{
	struct task *t = arg;
	const struct op_spec *spec = &t->job->plan->spec;

	note_reached(t);
	t->connecting = false;
	sched_connected(&t->job->sched);
	schedule(t->job);
	switch (spec->kind) {
	case OP_PING:
		result_of(t)->outcome = OUTCOME_EXIT;
		task_report(t);
		session_close(t->session);
		return;
	case OP_EXEC:
		t->op = op_exec_new(t->session, command_of(t),
				    t->job->env->sudo, command_ms(t));
		break;
	case OP_DIRECT:
		t->op = op_direct_new(t->session, spec->direct_host,
				      spec->direct_port);
		break;
	}
	t->op->client = &op_client;
	t->op->arg = t;
	t->op->result = result_of(t);
	t->op->input = takes_input(t) ? &t->job->input : NULL;
}

static void on_step(void *arg)
{
	struct task *t = arg;

	if (t->op)
		t->op->ops->step(t->op);
	if (t->job->was_full)
		schedule(t->job);
}

static void on_lost(void *arg, const struct err *why)
{
	struct task *t = arg;

	if (t->op)
		t->op->ops->lost(t->op, why);
}

static void on_closing(void *arg)
{
	struct task *t = arg;

	if (t->op)
		t->op->ops->free(t->op);
	t->op = NULL;
}

static void retry_due(struct timer *timer)
{
	struct task *t = container_of(timer, struct task, retry);

	if (t->job->sched.stopped)
		return;
	sched_due(&t->job->sched);
	list_append(&t->job->due, &t->due);
	schedule(t->job);
}

static void wait_for_retry(struct task *t)
{
	uint64_t span = sched_backoff_ms(result_of(t)->attempts);

	t->again = false;
	sched_wait(&t->job->sched);
	tell_phase(t, PHASE_WAITING);
	timer_start(t->job->env->loop, &t->retry,
		    timer_jitter_ms(span, t->target->rank), retry_due);
}

static void reap(struct defer *d)
{
	struct task *t = container_of(d, struct task, reap);

	session_free(t->session);
	t->session = NULL;
	free(t->command);
	t->command = NULL;
	t->holds = 0;
	if (t->lingered)
		t->job->lingering--;
	else
		sched_done(&t->job->sched, t->connecting);
	if (t->again && t->job->sched.stopped)
		report_cut_off(t);
	else if (t->again)
		wait_for_retry(t);
	schedule(t->job);
}

/*
 * Nothing has run there yet.  Another try at a wrong key or a refused log-in
 * would be no better, and could lock an account.
 */
static bool may_retry(const struct task *t, const struct err *why)
{
	const struct limits *limits = &t->job->plan->limits;

	return limits->retries != UINT_MAX &&
	       result_of(t)->attempts <= limits->retries &&
	       !t->job->sched.stopped && why->code != ERR_HOSTKEY &&
	       why->code != ERR_AUTH && why->code != ERR_CONFIG;
}

/* The session failed before it was of use: the end, or another try. */
static void end_early(struct task *t, const struct err *why)
{
	struct result *r = result_of(t);

	note_reached(t);
	if (t->job->stopping || t->cancelled) {
		report_cut_off(t);
		return;
	}
	assert(why->code != ERR_NONE);
	if (may_retry(t, why)) {
		log_verbose(_("%s: %s; trying again"), t->target->name,
			    why->msg);
		t->again = true;
		return;
	}
	err_copy(&r->err, why);
	if (r->attempts > 1)
		err_prefix(&r->err, _("after %u attempts: "), r->attempts);
	r->outcome = OUTCOME_ERROR;
	task_report(t);
}

static void on_closed(void *arg)
{
	struct task *t = arg;

	if (!t->reported)
		end_early(t, session_error(t->session));
	defer_post(t->job->env->loop, &t->reap, reap);
}

static const struct session_events session_events = {
	.phase = on_phase,
	.held = on_held,
	.ready = on_ready,
	.step = on_step,
	.lost = on_lost,
	.closing = on_closing,
	.closed = on_closed,
};

static void start_task(struct job *job, size_t rank)
{
	struct task *t = &job->tasks[rank];
	struct result *r = &job->results[rank];

	t->connecting = true;
	if (!r->attempts++)
		r->start_ns = loop_now(job->env->loop);
	tell_phase(t, PHASE_CONNECTING);
	if (command_made(&job->plan->spec))
		t->command = command_for(&job->plan->spec, t->target,
					 job->plan->targets.n, NULL);
	t->session = session_new(job->env, t->target, command_of(t),
				 &session_events, t);
}

/* Input */

/* How far into the input its readers are. */
struct span {
	uint64_t fastest, slowest; /* of the tasks that run */
	bool all;		   /* nobody else is still to come */
};

static bool more_to_start(const struct job *job)
{
	return !job->sched.stopped && job->sched.next < job->sched.total;
}

/*
 * Tasks that have not begun, for they wait or connect, hold the input at its
 * beginning but stop nobody.
 */
static struct span input_span(const struct job *job)
{
	struct span span = { .slowest = UINT64_MAX,
			     .all = !more_to_start(job) };

	for (size_t i = 0; i < job->sched.next; i++) {
		const struct task *t = &job->tasks[i];

		if (t->reported || !takes_input(t))
			continue;
		if (!t->op) {
			span.all = false;
			continue;
		}
		if (t->op->input_offset > span.fastest)
			span.fastest = t->op->input_offset;
		if (t->op->input_offset < span.slowest)
			span.slowest = t->op->input_offset;
	}
	if (span.slowest == UINT64_MAX)
		span.slowest = 0;
	return span;
}

bool job_input_full(const struct job *job)
{
	uint64_t end = spool_end(job->input.spool);
	struct span span = input_span(job);

	if (end - span.fastest >= INPUT_AHEAD)
		return true;
	return span.all && end - span.slowest >= INPUT_LAG;
}

static void look_after_input(struct job *job)
{
	struct span span;

	if (!job->was_full)
		return;
	span = input_span(job);
	if (span.all)
		spool_trim(job->input.spool, span.slowest);
	if (job_input_full(job))
		return;
	job->was_full = false;
	if (job->hungry)
		job->hungry(job->hungry_arg);
}

static void tell_input(struct job *job)
{
	for (size_t i = 0; i < job->sched.next; i++) {
		struct op *op = job->tasks[i].op;

		if (op && !op->finished && op->ops->input)
			op->ops->input(op);
	}
}

int job_write(struct job *job, const void *buf, size_t n, struct err *err)
{
	if (spool_write(job->input.spool, buf, n, err))
		return -1;
	if (job_input_full(job))
		job->was_full = true;
	tell_input(job);
	return 0;
}

void job_write_eof(struct job *job)
{
	job->input.eof = true;
	tell_input(job);
}

void job_on_hungry(struct job *job, void (*hungry)(void *arg), void *arg)
{
	job->hungry = hungry;
	job->hungry_arg = arg;
}

/* The job itself */

/* Nothing else is left to wait for. */
static void end_lingering(struct job *job)
{
	for (size_t i = 0; i < job->sched.next; i++) {
		struct op *op = job->tasks[i].op;

		if (op && op->lingers)
			op->ops->stop(op, STOP_NOW, NULL);
	}
}

/* It connects, or waits for another try.  After sched_stop(). */
static void cancel_early(struct task *t)
{
	timer_stop(t->job->env->loop, &t->retry);
	if (t->session)
		session_close(t->session);
	else
		report_cut_off(t);
}

static void cancel_task(struct task *t, const struct err *why)
{
	if (t->reported)
		return;
	if (t->op)
		t->op->ops->stop(t->op, STOP_NOW, why);
	else
		cancel_early(t);
}

static void skip_rest(struct job *job)
{
	for (size_t i = job->sched.next; i < job->sched.total; i++) {
		struct task *t = &job->tasks[i];

		if (t->reported)
			continue;
		job->results[i].outcome = OUTCOME_SKIPPED;
		task_report(t);
	}
}

static void stop_starting(struct job *job)
{
	sched_stop(&job->sched);
	while (!list_empty(&job->due))
		list_remove(job->due.next);
}

static void stop_all(struct job *job, const char *text)
{
	struct err why = { 0 };

	job->stopping = true;
	stop_starting(job);
	err_set(&why, ERR_CANCELLED, "%s", text);
	for (size_t i = 0; i < job->sched.next; i++)
		cancel_task(&job->tasks[i], &why);
	err_release(&why);
	skip_rest(job);
}

static void pace_over(struct timer *t)
{
	schedule(container_of(t, struct job, pace));
}

static void start_ready(struct job *job)
{
	uint64_t now = loop_now(job->env->loop);
	uint64_t wait_ns;
	size_t rank;

	while (sched_next(&job->sched, now, &rank)) {
		if (rank == SCHED_AGAIN) {
			rank = rank_of(
				container_of(job->due.next, struct task, due));
			list_remove(job->due.next);
		}
		start_task(job, rank);
	}
	wait_ns = sched_wait_ns(&job->sched, now);
	if (wait_ns)
		timer_start(job->env->loop, &job->pace,
			    (wait_ns + NS_PER_MS - 1) / NS_PER_MS, pace_over);
}

static void start_more(struct defer *d)
{
	struct job *job = container_of(d, struct job, more);

	if (job->failed_fast && !job->stopping)
		stop_all(job, _("cancelled after the failure of others"));
	look_after_input(job);
	if (job->lingering > LINGER_MAX)
		end_lingering(job);
	start_ready(job);
	if (!sched_finished(&job->sched) || job->ended)
		return;
	if (job->lingering) {
		end_lingering(job);
		return;
	}
	job->ended = true;
	tell_end(job);
	loop_stop(job->env->loop);
}

struct job *job_new(const struct plan *plan, const struct session_env *env)
{
	struct job *job = xcalloc(1, sizeof(*job));

	job->plan = plan;
	job->env = env;
	job->flow.resume = resume;
	list_init(&job->observers);
	list_init(&job->due);
	sched_init(&job->sched, plan->targets.n, plan->limits.fanout,
		   plan->limits.connecting);
	sched_rate(&job->sched, plan->limits.connect_rate);
	sched_fail_fast(&job->sched, plan->limits.fail_fast,
			plan->limits.fail_percent);
	job->tasks = xcalloc(plan->targets.n, sizeof(*job->tasks));
	job->results = xcalloc(plan->targets.n, sizeof(*job->results));
	for (size_t i = 0; i < plan->targets.n; i++) {
		job->tasks[i].job = job;
		job->tasks[i].target = &plan->targets.v[i];
	}
	job->input.spool = spool_new(INPUT_MEM);
	return job;
}

void job_free(struct job *job)
{
	if (!job)
		return;
	for (size_t i = 0; i < job->plan->targets.n; i++) {
		session_free(job->tasks[i].session);
		free(job->tasks[i].command);
		defer_cancel(&job->tasks[i].reap);
		timer_stop(job->env->loop, &job->tasks[i].retry);
		result_release(&job->results[i]);
	}
	defer_cancel(&job->more);
	timer_stop(job->env->loop, &job->pace);
	spool_free(job->input.spool);
	free(job->tasks);
	free(job->results);
	free(job);
}

void job_add_observer(struct job *job, struct observer *o)
{
	o->flow = &job->flow;
	list_append(&job->observers, &o->node);
}

void job_start(struct job *job)
{
	schedule(job);
}

void job_cancel(struct job *job, int signo)
{
	if (!job->cancelled_by)
		job->cancelled_by = signo;
	stop_all(job, _("cancelled"));
	schedule(job);
}

static bool is_pending(const struct task *t)
{
	return !t->reported && t->phase < PHASE_RUNNING;
}

size_t job_cancel_pending(struct job *job)
{
	size_t n = job->sched.stopped ? 0 : job->sched.total - job->sched.next;

	stop_starting(job);
	for (size_t i = 0; i < job->sched.next; i++) {
		struct task *t = &job->tasks[i];

		if (!is_pending(t) || t->cancelled)
			continue;
		t->cancelled = true;
		cancel_early(t);
		n++;
	}
	skip_rest(job);
	schedule(job);
	return n;
}

enum phase job_phase(const struct job *job, size_t rank, uint64_t *since_ns)
{
	*since_ns = job->tasks[rank].phase_ns;
	return job->tasks[rank].phase;
}

const struct result *job_results(const struct job *job)
{
	return job->results;
}
