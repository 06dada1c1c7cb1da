/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is done beside a job on its sessions.
 *
 * A seat is a companion of a session that has an op of its own.  It is freed
 * with the session, or with the subjob, whichever comes first; the op, which
 * must not be freed while it reports, in the session's step after its end.
 */
#include "job/subjob.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "job/job_internal.h"
#include "op/op_exec.h"
#include "ssh/companion.h"

#include "base/banned.h"

struct seat {
	struct companion c; /* first */
	struct subjob *sj;
	const struct target *target;
	bool waits;    /* for its op */
	struct op *op; /* NULL: it has ended */
};

struct subjob {
	struct job *job;
	const struct op_spec *spec;
	struct observer *observer;
	struct seat **seats; /* by rank; NULL: none, or its session has ended */
	struct result *results;
	size_t running;
	struct defer end;
};

static struct seat *seat_of(struct companion *c)
{
	return container_of(c, struct seat, c);
}

static struct loop *loop_of(const struct subjob *sj)
{
	return sj->job->env->loop;
}

/* ---- the end ---- */

static void tell_end(struct defer *d)
{
	struct subjob *sj = container_of(d, struct subjob, end);
	struct job_stats st = {
		.ntargets = sj->job->plan->targets.n,
		.results = sj->results,
		.targets = &sj->job->plan->targets,
	};

	for (size_t i = 0; i < st.ntargets; i++)
		st.counts[sj->results[i].outcome]++;
	if (sj->observer->ops->end)
		sj->observer->ops->end(sj->observer, &st);
}

/* The result is complete. */
static void report(struct seat *s)
{
	struct subjob *sj = s->sj;
	struct result *r = &sj->results[s->target->rank];
	struct observer *o = sj->observer;

	r->end_ns = loop_now(loop_of(sj));
	if (o->ops->done)
		o->ops->done(o, s->target, r);
	if (--sj->running == 0)
		defer_post(loop_of(sj), &sj->end, tell_end);
}

/* ---- what ops report ---- */

static void op_data(struct op *op, enum stream stream, const void *buf,
		    size_t n)
{
	const struct seat *s = op->arg;
	struct observer *o = s->sj->observer;

	if (o->ops->data(o, s->target, stream, buf, n) == FLOW_PAUSE)
		task_hold(&s->sj->job->tasks[s->target->rank]);
}

static void op_finished(struct op *op)
{
	report(op->arg);
	session_wake(op->session);
}

/* There is no sudo, and no terminal was asked for. */
static void op_nothing(struct op *op)
{
	(void)op;
}

static void op_left(struct op *op)
{
	session_wake(op->session);
}

static const struct op_client op_client = {
	.data = op_data,
	.finished = op_finished,
	.let_run = op_nothing,
	.no_tty = op_nothing,
	.left = op_left,
};

/* ---- on a session ---- */

static void drop_op(struct seat *s)
{
	if (s->op)
		s->op->ops->free(s->op);
	s->op = NULL;
}

static void seat_step(struct companion *c)
{
	struct seat *s = seat_of(c);

	if (!s->op)
		return;
	s->op->ops->step(s->op);
	if (s->op->finished && !s->op->lingers)
		drop_op(s);
}

static void seat_lost(struct companion *c, const struct err *why)
{
	struct seat *s = seat_of(c);

	s->waits = false;
	if (s->op)
		s->op->ops->lost(s->op, why);
}

static void seat_closing(struct companion *c)
{
	struct seat *s = seat_of(c);
	struct result *r = &s->sj->results[s->target->rank];

	s->waits = false;
	if (s->op && !s->op->finished) {
		s->op->finished = true;
		err_set(&r->err, ERR_CANCELLED,
			_("its connection was ended here"));
		r->outcome = OUTCOME_CANCELLED;
		report(s);
	}
	drop_op(s);
}

static bool seat_busy(const struct companion *c)
{
	const struct seat *s = container_of_const(c, struct seat, c);

	return s->op || s->waits;
}

static void seat_free(struct companion *c)
{
	struct seat *s = seat_of(c);

	s->sj->seats[s->target->rank] = NULL;
	free(s);
}

static const struct companion_ops seat_ops = {
	.name = "seat",
	.step = seat_step,
	.lost = seat_lost,
	.closing = seat_closing,
	.busy = seat_busy,
	.free = seat_free,
};

/* ---- beginning ---- */

static struct op *make_op(const struct subjob *sj, struct session *session,
			  const struct target *t)
{
	const struct task *task = &sj->job->tasks[t->rank];
	const struct exec_how how = {
		.command = sj->spec->command,
		.command_ms = task_command_ms(task),
	};

	return sj->spec->kind == OP_EXEC
		       ? op_exec_new(session, &how)
		       : task_copy_op(task, session, sj->spec);
}

static void sit_down(struct subjob *sj, const struct target *t,
		     struct session *session)
{
	struct seat *s = xcalloc(1, sizeof(*s));

	s->sj = sj;
	s->target = t;
	s->c.ops = &seat_ops;
	s->c.started = true; /* the session's task has begun long ago */
	s->waits = true;
	sj->seats[t->rank] = s;
	session_attach(session, &s->c);
}

static void begin(struct seat *s)
{
	struct subjob *sj = s->sj;
	struct result *r = &sj->results[s->target->rank];

	r->start_ns = loop_now(loop_of(sj));
	r->attempts = 1;
	s->waits = false;
	s->op = make_op(sj, s->c.session, s->target);
	s->op->client = &op_client;
	s->op->arg = s;
	s->op->result = r;
	sj->running++;
	session_wake(s->c.session);
}

size_t subjob_keep(struct subjob *sj, const size_t *ranks, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		struct session *s = job_session(sj->job, ranks[i]);

		if (!s)
			continue;
		sit_down(sj, &sj->job->plan->targets.v[ranks[i]], s);
		kept++;
	}
	return kept;
}

size_t subjob_start(struct subjob *sj, const size_t *ranks, size_t n)
{
	size_t begun = 0;

	for (size_t i = 0; i < n; i++) {
		if (!sj->seats[ranks[i]])
			(void)subjob_keep(sj, &ranks[i], 1);
		if (!sj->seats[ranks[i]] || !sj->seats[ranks[i]]->waits)
			continue;
		begin(sj->seats[ranks[i]]);
		begun++;
	}
	return begun;
}

void subjob_stop(struct subjob *sj)
{
	struct err why = { 0 };

	err_set(&why, ERR_CANCELLED, "%s", _("stopped"));
	for (size_t i = 0; i < sj->job->plan->targets.n; i++) {
		struct seat *s = sj->seats[i];

		/* One that lingers is ended by this, too. */
		if (s && s->op)
			s->op->ops->stop(s->op, STOP_NOW, &why);
	}
	err_release(&why);
}

struct subjob *subjob_new(struct job *job, const struct op_spec *spec,
			  struct observer *o)
{
	struct subjob *sj = xcalloc(1, sizeof(*sj));
	const size_t n = job->plan->targets.n;

	sj->job = job;
	sj->spec = spec;
	sj->observer = o;
	o->flow = &job->flow;
	sj->seats = xcalloc(n, sizeof(struct seat *));
	sj->results = xcalloc(n, sizeof(*sj->results));
	for (size_t i = 0; i < n; i++)
		sj->results[i].copies = spec->kind != OP_EXEC;
	return sj;
}

void subjob_free(struct subjob *sj)
{
	if (!sj)
		return;
	defer_cancel(&sj->end);
	for (size_t i = 0; i < sj->job->plan->targets.n; i++) {
		struct seat *s = sj->seats[i];

		result_release(&sj->results[i]);
		if (!s)
			continue;
		drop_op(s);
		list_remove(&s->c.node);
		/* It may have waited for this. */
		session_wake(s->c.session);
		free(s);
	}
	free((void *)sj->seats);
	free(sj->results);
	free(sj);
}

const struct result *subjob_results(const struct subjob *sj)
{
	return sj->results;
}
