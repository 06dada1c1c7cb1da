/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A task and the companions of its session, on the scripted driver.
 */
#include "job/job.h"

#include <stdlib.h>

#include "lib/test.h"

#include "base/alloc.h"
#include "io/loop.h"
#include "io/timer.h"
#include "lib/fake_driver.h"
#include "ssh/companion.h"

/* What all companions of a test do, and what they have heard. */
struct script {
	struct companion_maker maker;
	struct loop *loop;
	unsigned int start_ms; /* until it has begun */
	const char *start_err; /* or it fails */
	unsigned int busy_ms;  /* from its beginning */
	unsigned int made, freed, lost;
	uint64_t began_ns;
	bool op_first; /* the command had begun before it */
	struct fake_log *log;
};

struct fake {
	struct companion c;
	struct script *script;
	struct timer timer;
	bool begun, busy;
};

static struct fake *fake_of(struct companion *c)
{
	return container_of(c, struct fake, c);
}

static void no_longer_busy(struct timer *t)
{
	struct fake *f = container_of(t, struct fake, timer);

	f->busy = false;
	session_wake(f->c.session);
}

static void has_begun(struct timer *t)
{
	struct fake *f = container_of(t, struct fake, timer);

	f->begun = true;
	session_wake(f->c.session);
}

static enum drv_rc start(struct companion *c, struct err *err)
{
	struct fake *f = fake_of(c);
	struct script *s = f->script;

	if (s->start_err) {
		err_set(err, ERR_LOCAL, "%s", s->start_err);
		return DRV_ERROR;
	}
	if (s->start_ms && !f->begun) {
		if (!timer_armed(&f->timer))
			timer_start(s->loop, &f->timer, s->start_ms, has_begun);
		return DRV_AGAIN;
	}
	s->op_first = s->log->command[0] != '\0';
	s->began_ns = loop_now(s->loop);
	f->busy = s->busy_ms != 0;
	if (f->busy)
		timer_start(s->loop, &f->timer, s->busy_ms, no_longer_busy);
	return DRV_OK;
}

static void step(struct companion *c)
{
	assert_true(c->started);
}

static void lost(struct companion *c, const struct err *why)
{
	assert_int_equal(why->code, ERR_LOST);
	fake_of(c)->script->lost++;
}

static void closing(struct companion *c)
{
	timer_stop(fake_of(c)->script->loop, &fake_of(c)->timer);
}

static bool busy(const struct companion *c)
{
	return container_of_const(c, struct fake, c)->busy;
}

static void free_fake(struct companion *c)
{
	fake_of(c)->script->freed++;
	free(fake_of(c));
}

static const struct companion_ops fake_ops = {
	.name = "fake",
	.start = start,
	.step = step,
	.lost = lost,
	.closing = closing,
	.busy = busy,
	.free = free_fake,
};

static struct companion *make(struct companion_maker *m, struct session *s)
{
	struct script *script = container_of(m, struct script, maker);
	struct fake *f = xcalloc(1, sizeof(*f));

	(void)s;
	script->made++;
	f->script = script;
	f->c.ops = &fake_ops;
	return &f->c;
}

struct run {
	struct loop *loop;
	struct job *job;
	struct timer cancel;
	uint64_t ms; /* it took */
	enum outcome outcome;
	uint32_t status;
	char msg[64];
	bool asked; /* the server for a command */
};

static void cancel_now(struct timer *t)
{
	job_cancel(container_of(t, struct run, cancel)->job, 2);
}

/* One host, which does what `rows` say; cancelled after `cancel_ms`. */
static struct run run(struct script *s, const struct fake_row *rows,
		      unsigned int cancel_ms)
{
	struct fake_log logs[] = { { .name = "h", .script = rows }, { 0 } };
	struct session_env env = { .drv = &driver_fake_local };
	struct run r = { 0 };
	struct plan plan;
	const struct result *result;
	uint64_t begin_ns;

	fake_driver_use(logs);
	r.loop = env.loop = s->loop = loop_new_virtual(NULL);
	s->maker.make = make;
	s->log = logs;
	plan_init(&plan);
	plan.limits.fanout = plan.limits.connecting = 1;
	plan.spec.kind = OP_EXEC;
	plan.spec.command = xstrdup("cmd");
	assert_int_equal(targets_add(&plan.targets, "h", NULL, NULL), 0);
	r.job = job_new(&plan, &env);
	job_add_companions(r.job, &s->maker);
	begin_ns = loop_now(env.loop);
	job_start(r.job);
	if (cancel_ms)
		timer_start(r.loop, &r.cancel, cancel_ms, cancel_now);
	assert_int_equal(loop_run(env.loop, NULL), 0);
	timer_stop(r.loop, &r.cancel);
	r.ms = (loop_now(env.loop) - begin_ns) / 1000000;
	result = job_results(r.job);
	r.outcome = result->outcome;
	r.status = result->status;
	(void)snprintf(r.msg, sizeof(r.msg), "%s",
		       result->err.msg ? result->err.msg : "");
	r.asked = logs[0].command[0] != '\0';
	job_free(r.job);
	plan_release(&plan);
	loop_free(env.loop);
	s->log = NULL;
	assert_int_equal(s->made, s->freed);
	assert_int_equal(logs[0].conns, logs[0].freed);
	return r;
}

static const struct fake_row ends_after_100_ms[] = {
	{ FAKE_PUMP, FAKE_WAIT, 100, NULL },
	{ FAKE_PUMP, FAKE_STATUS, 3, NULL },
	{ FAKE_PUMP, FAKE_CLOSED, 0, NULL },
	{ 0 },
};

static void op_begins_when_companions_have(void **state)
{
	struct script s = { .start_ms = 50 };
	struct run r = run(&s, ends_after_100_ms, 0);

	(void)state;
	assert_false(s.op_first);
	assert_int_equal(r.outcome, OUTCOME_EXIT);
	assert_int_equal(r.status, 3);
	assert_in_range(r.ms, 150, 160);
}

static void companion_that_fails_ends_the_host(void **state)
{
	struct script s = { .start_err = "no port" };
	struct run r = run(&s, ends_after_100_ms, 0);

	(void)state;
	assert_int_equal(r.outcome, OUTCOME_ERROR);
	assert_string_equal(r.msg, "no port");
	assert_false(r.asked);
}

static void busy_companion_keeps_the_session(void **state)
{
	struct script s = { .busy_ms = 700 };
	struct run r = run(&s, ends_after_100_ms, 0);

	(void)state;
	assert_int_equal(r.status, 3);
	assert_in_range(r.ms, 700, 710);
}

/* The result stays what it was. */
static void cancel_ends_what_a_companion_keeps(void **state)
{
	struct script s = { .busy_ms = 700 };
	struct run r = run(&s, ends_after_100_ms, 300);

	(void)state;
	assert_int_equal(r.outcome, OUTCOME_EXIT);
	assert_int_equal(r.status, 3);
	assert_in_range(r.ms, 300, 310);
}

static void cancel_before_companions_have_begun(void **state)
{
	struct script s = { .start_ms = 50 };
	struct run r = run(&s, ends_after_100_ms, 20);

	(void)state;
	assert_int_equal(r.outcome, OUTCOME_CANCELLED);
	assert_in_range(r.ms, 20, 30);
}

static void companions_hear_of_a_loss(void **state)
{
	static const struct fake_row breaks[] = {
		{ FAKE_PUMP, FAKE_WAIT, 100, NULL },
		{ FAKE_PUMP, FAKE_ERROR, ERR_LOST, "reset" },
		{ 0 },
	};
	struct script s = { .busy_ms = 700 };
	struct run r = run(&s, breaks, 0);

	(void)state;
	assert_int_equal(s.lost, 1);
	assert_int_equal(r.outcome, OUTCOME_ERROR);
	assert_string_equal(r.msg, "reset");
	assert_in_range(r.ms, 100, 110);
}

static const struct fake_row ends_at_100_ms[] = {
	{ FAKE_PUMP, FAKE_WAIT, 100, NULL },
	{ FAKE_PUMP, FAKE_STATUS, 0, NULL },
	{ FAKE_PUMP, FAKE_CLOSED, 0, NULL },
	{ 0 },
};

struct writer {
	struct timer timer;
	struct job *job;
	const struct plan *plan;
	uint64_t unsent; /* right after */
};

static void write_to_second(struct timer *t)
{
	struct writer *w = container_of(t, struct writer, timer);
	const struct target *second = &w->plan->targets.v[1];

	assert_int_equal(job_write_to(w->job, second, "12345", 5, NULL), 0);
	assert_int_equal(job_write_to(w->job, second, "67", 2, NULL), 0);
	w->unsent = job_unsent(w->job, second);
}

static struct plan plan_of(const struct fake_log *logs, bool tty)
{
	struct plan plan;

	plan_init(&plan);
	plan.limits.fanout = plan.limits.connecting = 3;
	plan.spec.kind = OP_EXEC;
	plan.spec.command = xstrdup("cmd");
	plan.spec.want_stdin = plan.spec.own_input = true;
	for (size_t i = 0; logs[i].name; i++) {
		assert_int_equal(
			targets_add(&plan.targets, logs[i].name, NULL, NULL),
			0);
		plan.targets.v[i].tty = tty;
	}
	return plan;
}

/* Three hosts, of which one is written to; before they run, nobody is. */
static void input_of_one_host_reaches_no_other(void **state)
{
	struct fake_log logs[] = { { .name = "a", .script = ends_at_100_ms },
				   { .name = "b", .script = ends_at_100_ms },
				   { .name = "c", .script = ends_at_100_ms },
				   { 0 } };
	struct session_env env = { .drv = &driver_fake_local };
	struct writer w = { .unsent = 99 };
	struct plan plan = plan_of(logs, false);

	(void)state;
	fake_driver_use(logs);
	env.loop = loop_new_virtual(NULL);
	w.job = job_new(&plan, &env);
	w.plan = &plan;
	assert_int_equal(job_write_to(w.job, plan.targets.v, "lost", 4, NULL),
			 0);
	job_start(w.job);
	timer_start(env.loop, &w.timer, 50, write_to_second);
	assert_int_equal(loop_run(env.loop, NULL), 0);
	assert_int_equal(w.unsent, 7);
	assert_int_equal(logs[0].written, 0);
	assert_int_equal(logs[1].written, 7);
	assert_int_equal(logs[2].written, 0);
	for (size_t i = 0; i < 3; i++)
		assert_false(logs[i].eof_sent);
	assert_int_equal(
		job_write_to(w.job, &plan.targets.v[1], "late", 4, NULL), 0);
	assert_int_equal(job_unsent(w.job, &plan.targets.v[1]), 0);
	job_free(w.job);
	plan_release(&plan);
	loop_free(env.loop);
}

static void write_much(struct timer *t)
{
	struct writer *w = container_of(t, struct writer, timer);
	const struct target *first = w->plan->targets.v;
	char *much = xcalloc(1, JOB_TYPED_MEM);

	if (!job_write_to(w->job, first, much, JOB_TYPED_MEM, NULL))
		w->unsent = job_unsent(w->job, first);
	free(much);
	job_stop(w->job, first);
	job_stop(w->job, first);
}

/* There is no folder for a file: what would be written to one is an error. */
static void what_is_typed_is_in_no_file(void **state)
{
	static const struct fake_row takes_nothing[] = {
		{ FAKE_WRITE, FAKE_HANG, 0, NULL },
		{ 0 },
	};
	static const struct {
		const char *name;
		bool tty;
		uint64_t kept;
	} rows[] = {
		{ "typed", true, JOB_TYPED_MEM },
		{ "piped", false, 0 },
	};

	(void)state;
	assert_int_equal(setenv("TMPDIR", "/dev/null/none", 1), 0);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fake_log logs[] = {
			{ .name = "a", .script = takes_nothing }, { 0 }
		};
		struct session_env env = { .drv = &driver_fake_local };
		struct writer w = { 0 };
		struct plan plan = plan_of(logs, rows[i].tty);

		fake_driver_use(logs);
		env.loop = loop_new_virtual(NULL);
		w.job = job_new(&plan, &env);
		w.plan = &plan;
		job_start(w.job);
		timer_start(env.loop, &w.timer, 50, write_much);
		ROW(!loop_run(env.loop, NULL), rows[i].name);
		ROW(w.unsent == rows[i].kept, rows[i].name);
		job_free(w.job);
		plan_release(&plan);
		loop_free(env.loop);
	}
	assert_int_equal(unsetenv("TMPDIR"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(op_begins_when_companions_have),
		cmocka_unit_test(companion_that_fails_ends_the_host),
		cmocka_unit_test(busy_companion_keeps_the_session),
		cmocka_unit_test(cancel_ends_what_a_companion_keeps),
		cmocka_unit_test(cancel_before_companions_have_begun),
		cmocka_unit_test(companions_hear_of_a_loss),
		cmocka_unit_test(input_of_one_host_reaches_no_other),
		cmocka_unit_test(what_is_typed_is_in_no_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
