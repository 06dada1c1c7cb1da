/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A plan being executed: who starts when, what all tasks read, and the end.
 */
#include "job/job.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "job/job_internal.h"

#include "base/banned.h"

#define NS_PER_MS   1000000u
#define LINGER_MAX  32 /* sessions beyond the fan-out, for a clean end */
#define INPUT_MEM   ((size_t)1 << 20)	 /* of stdin, before it spills */
#define INPUT_AHEAD ((size_t)256 << 10)	 /* read ahead of the fastest host */
#define INPUT_LAG   ((uint64_t)64 << 20) /* the slowest may fall behind */

static void start_more(struct defer *d);

void job_schedule(struct job *job)
{
	defer_post(job->env->loop, &job->more, start_more);
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

static void resume(struct flow_control *fc, const struct target *target)
{
	struct job *job = container_of(fc, struct job, flow);

	task_resume(&job->tasks[target->rank]);
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

		if (t->reported || !task_takes_input(t))
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

/* What nobody wants any more is dropped, rather than written to a file. */
static void forget_input(struct job *job, const struct span *span)
{
	if (span->all)
		spool_trim(job->input.spool, span->slowest);
}

static void look_after_input(struct job *job)
{
	struct span span;

	if (!job->was_full)
		return;
	span = input_span(job);
	forget_input(job, &span);
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
	const struct span span = input_span(job);

	forget_input(job, &span);
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
	for (size_t i = 0; i < job->sched.next; i++)
		job->tasks[i].input.eof = true;
	tell_input(job);
}

int job_write_to(struct job *job, const struct target *target, const void *buf,
		 size_t n, struct err *err)
{
	struct task *t = &job->tasks[target->rank];

	if (!t->op || t->op->finished || !t->input.spool)
		return 0;
	if (spool_write(t->input.spool, buf, n, err))
		return -1;
	t->op->ops->input(t->op);
	return 0;
}

uint64_t job_unsent(const struct job *job, const struct target *target)
{
	const struct task *t = &job->tasks[target->rank];

	if (!t->op || t->op->finished || !t->input.spool)
		return 0;
	return spool_end(t->input.spool) - t->op->input_offset;
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
	for (size_t i = 0; i < job->sched.next; i++)
		task_end_lingering(&job->tasks[i]);
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
		task_cancel(&job->tasks[i], &why);
	err_release(&why);
	skip_rest(job);
}

static void pace_over(struct timer *t)
{
	job_schedule(container_of(t, struct job, pace));
}

static void start_ready(struct job *job)
{
	uint64_t now = loop_now(job->env->loop);
	uint64_t wait_ns;
	size_t rank;

	while (sched_next(&job->sched, now, &rank)) {
		if (rank == SCHED_AGAIN) {
			struct list *first = job->due.next;

			rank = container_of(first, struct task, due)
				       ->target->rank;
			list_remove(first);
		}
		task_start(&job->tasks[rank]);
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
	if (job->ended && !job->staying)
		loop_stop(job->env->loop);
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
	if (env->passwords)
		passwords_expect(env->passwords, plan->targets.n);
	if (env->sudo)
		passwords_expect(env->sudo, plan->targets.n);
	job->flow.resume = resume;
	job->pty.term = "dumb";
	list_init(&job->observers);
	list_init(&job->makers);
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
		job->results[i].copies =
			plan->spec.kind == OP_PUT || plan->spec.kind == OP_GET;
	}
	job->input.spool = spool_new(INPUT_MEM);
	return job;
}

void job_free(struct job *job)
{
	if (!job)
		return;
	for (size_t i = 0; i < job->plan->targets.n; i++) {
		task_release(&job->tasks[i]);
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

size_t job_staying(const struct job *job)
{
	return job->staying;
}

void job_forget_observers(struct job *job)
{
	while (!list_empty(&job->observers))
		list_remove(job->observers.next);
}

void job_remove_observer(struct job *job, struct observer *o)
{
	if (o->flow == &job->flow)
		list_remove(&o->node);
}

void job_add_companions(struct job *job, struct companion_maker *m)
{
	list_append(&job->makers, &m->node);
}

void job_start(struct job *job)
{
	job_schedule(job);
}

void job_cancel(struct job *job, int signo)
{
	if (!job->cancelled_by)
		job->cancelled_by = signo;
	stop_all(job, _("cancelled"));
	job_schedule(job);
}

void job_stop(struct job *job, const struct target *target)
{
	struct task *t = &job->tasks[target->rank];
	struct err why = { 0 };

	if (t->reported || (!t->op && !t->session))
		return;
	/* That it is given up ends a log-in, and no other try follows. */
	t->cancelled = t->cancelled || !t->op;
	err_set(&why, ERR_CANCELLED, "%s", _("stopped"));
	task_cancel(t, &why);
	err_release(&why);
}

int job_retry(struct job *job, const struct target *target, struct err *err)
{
	int rc = task_retry(&job->tasks[target->rank], err);

	job_schedule(job);
	return rc;
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
		task_cancel_early(t);
		n++;
	}
	skip_rest(job);
	job_schedule(job);
	return n;
}

void job_set_pty(struct job *job, const struct drv_pty *pty)
{
	job->pty = *pty;
}

void job_resize_one(struct job *job, const struct target *target,
		    const struct drv_size *size)
{
	struct op *op = job->tasks[target->rank].op;

	if (op && !op->finished && op->ops->resize)
		op->ops->resize(op, size);
}

void job_resize(struct job *job, const struct drv_size *size)
{
	job->pty.size = *size;
	for (size_t i = 0; i < job->sched.next; i++)
		job_resize_one(job, job->tasks[i].target, size);
}

void job_send_break(struct job *job, unsigned int ms)
{
	for (size_t i = 0; i < job->sched.next; i++) {
		struct op *op = job->tasks[i].op;

		if (op && !op->finished && op->ops->send_break)
			op->ops->send_break(op, ms);
	}
}

/* The op is there as long as it is. */
struct session *job_session(const struct job *job, size_t rank)
{
	return job->tasks[rank].op ? job->tasks[rank].session : NULL;
}

void job_rekey(struct job *job)
{
	for (size_t i = 0; i < job->sched.next; i++)
		if (job_session(job, i))
			session_rekey(job_session(job, i));
}

void job_watch(struct job *job, const struct job_watcher *watcher)
{
	job->watcher = *watcher;
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
