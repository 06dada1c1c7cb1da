/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One target's part of a job.
 *
 * A task goes task_start() -> session events -> op -> task_report() ->
 * session closed -> reap().  task_report() is the one place where a result
 * becomes final and observers are told; reap(), deferred because it frees what
 * is still on the stack, is the one place where a task ends, or waits for
 * another try.
 */
#include "job/job_internal.h"

#include <assert.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/log.h"
#include "model/command.h"
#include "op/op_copy.h"
#include "op/op_exec.h"
#include "op/op_fetch.h"
#include "op/op_none.h"
#include "op/op_unpack.h"
#include "op/op_via.h"
#include "ssh/companion.h"

#include "base/banned.h"

#define OWN_INPUT_MEM ((size_t)64 << 10) /* before it spills */

static size_t rank_of(const struct task *t)
{
	return t->target->rank;
}

static struct result *result_of(const struct task *t)
{
	return &t->job->results[rank_of(t)];
}

/* What was typed, else what ssh_config has for this host; NULL: a shell. */
static const char *command_of(const struct task *t)
{
	const char *command =
		t->command ? t->command : t->job->plan->spec.command;

	return command || !t->target->opts ? command
					   : t->target->opts->remote_command;
}

/* Neither another try nor another question can want it. */
static void spare(struct passwords *pw, bool *spared)
{
	if (pw && !*spared)
		passwords_done(pw);
	*spared = true;
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

/* The result is complete: tell everyone, once. */
void task_report(struct task *t)
{
	struct result *r = result_of(t);

	assert(r->outcome != OUTCOME_NONE);
	if (t->reported)
		return;
	t->reported = true;
	spare(t->job->env->passwords, &t->spared_login);
	spare(t->job->env->sudo, &t->spared_sudo);
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
	t->counted = true;
	/* Not from here, where the others' callbacks may be on the stack. */
	if (sched_failed(&t->job->sched)) {
		t->job->failed_fast = true;
		job_schedule(t->job);
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

void task_hold(struct task *t)
{
	if (t->holds++ == 0)
		session_pause(t->session);
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
		task_hold(t);
	}
}

/* As ssh: what goes through the session when the command ends may go on. */
static void leave(struct task *t)
{
	enum outcome o = result_of(t)->outcome;

	if (o == OUTCOME_ERROR || o == OUTCOME_CANCELLED || t->job->stopping ||
	    !session_busy(t->session)) {
		session_close(t->session);
		return;
	}
	if (t->stays || !session_stays(t->session))
		return;
	t->stays = true;
	t->job->staying++;
	sched_done(&t->job->sched, t->connecting);
	job_schedule(t->job);
}

static void op_finished(struct op *op)
{
	struct task *t = op->arg;

	task_report(t);
	if (!op->lingers) {
		leave(t);
		return;
	}
	t->lingered = true;
	t->job->lingering++;
	sched_done(&t->job->sched, t->connecting);
	job_schedule(t->job);
}

static void op_left(struct op *op)
{
	struct task *t = op->arg;

	session_close(t->session);
}

static void op_let_run(struct op *op)
{
	struct task *t = op->arg;

	spare(t->job->env->sudo, &t->spared_sudo);
}

static void op_no_tty(struct op *op)
{
	const struct task *t = op->arg;

	log_warn(
		_("%s: PTY allocation request failed; there is no terminal there"),
		t->target->name);
	if (t->job->watcher.no_tty)
		t->job->watcher.no_tty(t->job->watcher.arg, t->target);
}

static const struct op_client op_client = {
	.let_run = op_let_run,
	.no_tty = op_no_tty,
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
	job_schedule(t->job);
}

/* StdinNull is a matter of each host, but not where a script comes in. */
static bool reads(const struct task *t)
{
	const struct op_spec *spec = &t->job->plan->spec;
	const struct ssh_opts *o = t->target->opts;

	return spec->want_stdin &&
	       (spec->input_fd >= 0 || !(o && o->stdin_null == 1));
}

bool task_takes_input(const struct task *t)
{
	return reads(t) && !t->job->plan->spec.own_input;
}

uint64_t task_command_ms(const struct task *t)
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

static void attach_companions(struct task *t)
{
	list_for_each (node, &t->job->makers) {
		struct companion_maker *m =
			container_of(node, struct companion_maker, node);
		struct companion *c = m->make(m, t->session);

		if (c)
			session_attach(t->session, c);
	}
}

/* SessionType none (-N); a program that logs in itself is told so itself. */
static bool runs_nothing(const struct task *t)
{
	const struct ssh_opts *o = t->target->opts;

	return o && o->session_type == SESSION_TYPE_NONE &&
	       !session_driver(t->session)->local;
}

static struct op *new_exec(const struct task *t)
{
	const struct ssh_driver *drv = session_driver(t->session);
	const struct ssh_opts *o = t->target->opts;
	const struct exec_how how = {
		.command = command_of(t),
		.subsystem = o && drv->chan_subsystem &&
			     o->session_type == SESSION_TYPE_SUBSYSTEM,
		.pty = t->target->tty && drv->chan_pty ? &t->job->pty : NULL,
		.plain_lines = t->job->plan->targets.n > 1 &&
			       !t->job->plan->spec.screens,
		.sudo = t->job->env->sudo,
		.command_ms = task_command_ms(t),
	};

	return op_exec_new(t->session, &how);
}

struct op *task_copy_op(const struct task *t, struct session *s,
			const struct op_spec *spec)
{
	bool put = spec->kind == OP_PUT;
	bool tar = spec->copy.via == COPY_VIA_TAR;
	size_t rank = t->target->rank;

	/* What an archive would bring is what SFTP would. */
	if (!spec->copy.via ||
	    (tar && spec->copy.dry_run && (!put || spec->copy.sweep)))
		return op_copy_new(s, &spec->copy, put, rank,
				   task_command_ms(t));
	return (put   ? op_via_new
		: tar ? op_unpack_new
		      : op_fetch_new)(s, &spec->copy, rank, task_command_ms(t));
}

static const struct op_input *input_of(struct task *t)
{
	if (task_takes_input(t))
		return &t->job->input;
	if (!reads(t))
		return NULL;
	t->input.spool =
		spool_new(t->target->tty ? JOB_TYPED_MEM : OWN_INPUT_MEM);
	t->input.own = true;
	t->input.eof = t->job->input.eof;
	return &t->input;
}

static void begin_op(struct task *t)
{
	const struct op_spec *spec = &t->job->plan->spec;

	spare(t->job->env->passwords, &t->spared_login);
	switch (spec->kind) {
	case OP_PING:
		result_of(t)->outcome = OUTCOME_EXIT;
		task_report(t);
		session_close(t->session);
		return;
	case OP_EXEC:
		t->op = runs_nothing(t)
				? op_none_new(t->session, task_command_ms(t))
				: new_exec(t);
		break;
	case OP_PUT:
	case OP_GET:
		t->op = task_copy_op(t, t->session, spec);
		break;
	case OP_DIRECT:
		t->op = op_direct_new(
			t->session,
			&(struct drv_direct){ .host = spec->direct_host,
					      .port = spec->direct_port,
					      .path = spec->direct_path });
		break;
	}
	t->op->client = &op_client;
	t->op->arg = t;
	t->op->result = result_of(t);
	t->op->input = input_of(t);
	if (t->job->watcher.begun)
		t->job->watcher.begun(t->job->watcher.arg, t->target);
}

/* The op follows its companions: what they open is there when it begins. */
static void go_on_starting(struct task *t)
{
	struct err err = { 0 };

	switch (session_begun(t->session, &err)) {
	case DRV_AGAIN:
		break;
	case DRV_OK:
		t->starting = false;
		begin_op(t);
		session_wake(t->session);
		break;
	case DRV_ERROR:
		t->starting = false;
		err_move(&result_of(t)->err, &err);
		result_of(t)->outcome = OUTCOME_ERROR;
		task_report(t);
		session_close(t->session);
		break;
	}
	err_release(&err);
}

static void on_ready(void *arg)
{
	struct task *t = arg;

	note_reached(t);
	t->connecting = false;
	sched_connected(&t->job->sched);
	job_schedule(t->job);
	if (t->job->plan->spec.kind != OP_PING)
		attach_companions(t);
	t->starting = true;
	go_on_starting(t);
}

static void on_step(void *arg)
{
	struct task *t = arg;

	if (t->starting && !t->reported)
		go_on_starting(t);
	if (t->op)
		t->op->ops->step(t->op);
	if (t->op && t->reported && !t->op->lingers)
		leave(t);
	if (t->job->was_full)
		job_schedule(t->job);
}

static void on_lost(void *arg, const struct err *why)
{
	struct task *t = arg;

	if (t->op)
		t->op->ops->lost(t->op, why);
}

static void drop_input(struct task *t)
{
	spool_free(t->input.spool);
	t->input.spool = NULL;
}

static void on_closing(void *arg)
{
	struct task *t = arg;

	if (t->op)
		t->op->ops->free(t->op);
	t->op = NULL;
	drop_input(t);
}

static void retry_due(struct timer *timer)
{
	struct task *t = container_of(timer, struct task, retry);

	if (t->job->sched.stopped)
		return;
	sched_due(&t->job->sched);
	list_append(&t->job->due, &t->due);
	job_schedule(t->job);
}

static void wait_for_retry(struct task *t, uint64_t span_ms)
{
	t->again = false;
	sched_wait(&t->job->sched);
	tell_phase(t, PHASE_WAITING);
	timer_start(t->job->env->loop, &t->retry, span_ms, retry_due);
}

static uint64_t backoff_ms(const struct task *t)
{
	return timer_jitter_ms(sched_backoff_ms(result_of(t)->attempts),
			       t->target->rank);
}

/* All of what it was told to have come to is no more. */
static void begin_anew(struct task *t)
{
	struct result *r = result_of(t);
	unsigned int attempts = r->attempts;
	bool copies = r->copies;

	result_release(r);
	*r = (struct result){ .attempts = attempts, .copies = copies };
	t->wanted = t->reported = t->cancelled = false;
	if (t->counted)
		sched_unfailed(&t->job->sched);
	t->counted = false;
	list_for_each (node, &t->job->observers) {
		struct observer *o = container_of(node, struct observer, node);

		if (o->ops->again)
			o->ops->again(o, t->target);
	}
	wait_for_retry(t, 0);
}

/* The end of the run came first: what it came to stands. */
static void forget_wish(struct task *t)
{
	t->wanted = false;
	spare(t->job->env->passwords, &t->spared_login);
	spare(t->job->env->sudo, &t->spared_sudo);
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
	else if (t->stays)
		t->job->staying--;
	else
		sched_done(&t->job->sched, t->connecting);
	t->lingered = t->stays = false;
	/* Given up meanwhile, with all or alone. */
	if (t->again && (t->job->sched.stopped || t->cancelled))
		report_cut_off(t);
	else if (t->again)
		wait_for_retry(t, backoff_ms(t));
	else if (t->wanted && t->job->sched.stopped)
		forget_wish(t);
	else if (t->wanted)
		begin_anew(t);
	job_schedule(t->job);
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

void task_start(struct task *t)
{
	struct job *job = t->job;
	struct result *r = result_of(t);

	t->connecting = true;
	if (!r->attempts++ || !r->start_ns)
		r->start_ns = loop_now(job->env->loop);
	tell_phase(t, PHASE_CONNECTING);
	if (command_made(&job->plan->spec))
		t->command = command_for(&job->plan->spec, t->target,
					 job->plan->targets.n, NULL);
	t->session = session_new(job->env, t->target, command_of(t),
				 &session_events, t);
}

/* Its input is given from the beginning, which may be gone.  Its own is not:
   what is written to it from then on is a new one. */
static bool input_is_gone(const struct task *t)
{
	return task_takes_input(t) && spool_begin(t->job->input.spool);
}

/* Have a password once more that was said not to be needed. */
static bool need_again(struct passwords *pw, bool *spared)
{
	if (pw && *spared && !passwords_again(pw))
		return false;
	*spared = false;
	return true;
}

/* What closes first is begun anew by reap(). */
int task_retry(struct task *t, struct err *err)
{
	const struct result *r = result_of(t);
	const struct session_env *env = t->job->env;

	if (!t->reported || result_ok(r) || t->wanted)
		return err_set(err, ERR_LOCAL, _("it has not failed"));
	if (t->job->sched.stopped || t->job->ended)
		return err_set(err, ERR_LOCAL,
			       _("nothing is started any more"));
	if (t->stays)
		return err_set(err, ERR_LOCAL, _("its connection is in use"));
	if (input_is_gone(t))
		return err_set(err, ERR_LOCAL, _("its input is gone"));
	if (!need_again(env->passwords, &t->spared_login) ||
	    !need_again(env->sudo, &t->spared_sudo)) {
		spare(env->passwords, &t->spared_login);
		return err_set(err, ERR_LOCAL, _("the password is wiped"));
	}
	t->wanted = true;
	if (!t->session)
		begin_anew(t);
	return 0;
}

void task_resume(struct task *t)
{
	if (!t->holds)
		return; /* it ended meanwhile */
	if (--t->holds == 0 && t->session)
		session_resume(t->session);
}

/* It connects, or waits for another try.  After sched_stop(). */
void task_cancel_early(struct task *t)
{
	timer_stop(t->job->env->loop, &t->retry);
	if (t->session)
		session_close(t->session);
	else
		report_cut_off(t);
}

void task_cancel(struct task *t, const struct err *why)
{
	if (t->reported) {
		/* It may stand for the sake of its companions. */
		if (t->op && !t->op->lingers)
			session_close(t->session);
		return;
	}
	if (t->op)
		t->op->ops->stop(t->op, STOP_NOW, why);
	else
		task_cancel_early(t);
}

void task_end_lingering(struct task *t)
{
	if (t->op && t->op->lingers)
		t->op->ops->stop(t->op, STOP_NOW, NULL);
}

void task_release(struct task *t)
{
	session_free(t->session);
	drop_input(t);
	free(t->command);
	defer_cancel(&t->reap);
	timer_stop(t->job->env->loop, &t->retry);
}
