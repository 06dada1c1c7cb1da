/* SPDX-License-Identifier: Apache-2.0 */
/* A job on the scripted driver in virtual time, and who writes down all. */
#ifndef RSH_TESTS_UNIT_JOB_FIXTURE_H
#define RSH_TESTS_UNIT_JOB_FIXTURE_H

#include "job/job.h"

#include "lib/test.h"

#include "base/alloc.h"
#include "io/loop.h"
#include "io/timer.h"
#include "lib/fake_driver.h"

#define MAX_HOSTS 8

/* Writes down everything it hears as one text a host. */
struct recorder {
	struct observer o;
	struct strbuf text[MAX_HOSTS];
	unsigned int done[MAX_HOSTS], ended;
	bool pause_next;
	struct timer resume;
	const struct target *paused;
	bool failed_fast;
};

struct fixture {
	struct loop *loop;
	struct session_env env;
	struct plan plan;
	struct job *job;
	struct recorder rec, early;
	struct timer cancel;
	struct timer retries[2]; /* of the first host */
	int retry_rc[2];
	char *retry_why[2];
	size_t pending;
	uint64_t begin_ns;
};

static void rec_phase(struct observer *o, const struct target *t, enum phase p)
{
	struct recorder *rec = container_of(o, struct recorder, o);

	strbuf_addf(&rec->text[t->rank], "%s ", phase_name(p));
}

static enum flow rec_data(struct observer *o, const struct target *t,
			  enum stream s, const void *buf, size_t n)
{
	struct recorder *rec = container_of(o, struct recorder, o);

	assert_false(rec->done[t->rank]);
	strbuf_addf(&rec->text[t->rank], "%s[%.*s] ",
		    s == STREAM_OUT ? "out" : "err", (int)n, (const char *)buf);
	if (!rec->pause_next)
		return FLOW_GO;
	rec->pause_next = false;
	rec->paused = t;
	return FLOW_PAUSE;
}

static void rec_done(struct observer *o, const struct target *t,
		     const struct result *r)
{
	struct recorder *rec = container_of(o, struct recorder, o);
	char class[48];

	rec->done[t->rank]++;
	strbuf_addf(&rec->text[t->rank], "-> %s",
		    result_class(r, class, sizeof(class)));
}

static void rec_again(struct observer *o, const struct target *t)
{
	struct recorder *rec = container_of(o, struct recorder, o);

	assert_int_equal(rec->done[t->rank], 1);
	rec->done[t->rank]--;
	strbuf_addstr(&rec->text[t->rank], " AGAIN ");
}

static void rec_end(struct observer *o, const struct job_stats *st)
{
	struct recorder *rec = container_of(o, struct recorder, o);

	rec->ended++;
	rec->failed_fast = st->failed_fast;
	for (size_t i = 0; i < st->ntargets; i++)
		assert_int_equal(rec->done[i], 1);
}

static const struct observer_ops rec_ops = {
	.name = "recorder",
	.phase = rec_phase,
	.data = rec_data,
	.done = rec_done,
	.again = rec_again,
	.end = rec_end,
};

static void open_fixture(struct fixture *f, struct fake_log *logs)
{
	*f = (struct fixture){ 0 };
	f->loop = loop_new_virtual(NULL);
	assert_non_null(f->loop);
	f->env.loop = f->loop;
	f->env.drv = &driver_fake_local;
	fake_driver_use(logs);
	plan_init(&f->plan);
	f->plan.limits.fanout = MAX_HOSTS;
	f->plan.limits.connecting = MAX_HOSTS;
	f->plan.spec.kind = OP_EXEC;
	f->plan.spec.command = xstrdup("cmd");
	for (size_t i = 0; logs[i].name; i++) {
		assert_int_equal(
			targets_add(&f->plan.targets, logs[i].name, NULL, NULL),
			0);
		strbuf_init(&f->rec.text[i], 10000);
	}
	f->rec.o.ops = &rec_ops;
	f->begin_ns = loop_now(f->loop);
}

static void start_job(struct fixture *f)
{
	f->job = job_new(&f->plan, &f->env);
	job_add_observer(f->job, &f->rec.o);
	job_start(f->job);
}

static void run_job(struct fixture *f)
{
	struct err err = { 0 };

	if (!f->job)
		start_job(f);
	assert_int_equal(loop_run(f->loop, &err), 0);
	assert_int_equal(f->rec.ended, 1);
}

static void close_fixture(struct fixture *f, const struct fake_log *logs)
{
	job_free(f->job);
	for (size_t i = 0; logs[i].name; i++) {
		assert_int_equal(logs[i].conns, logs[i].freed);
		strbuf_release(&f->rec.text[i]);
	}
	timer_stop(f->loop, &f->cancel);
	for (size_t i = 0; i < COUNT(f->retries); i++) {
		timer_stop(f->loop, &f->retries[i]);
		free(f->retry_why[i]);
	}
	timer_stop(f->loop, &f->rec.resume);
	plan_release(&f->plan);
	loop_free(f->loop);
}

static uint64_t passed_ms(const struct fixture *f)
{
	return (loop_now(f->loop) - f->begin_ns) / 1000000;
}

static void cancel_now(struct timer *t)
{
	struct fixture *f = container_of(t, struct fixture, cancel);

	job_cancel(f->job, 15);
	job_cancel(f->job, 2);
}

static inline void cancel_pending_now(struct timer *t)
{
	struct fixture *f = container_of(t, struct fixture, cancel);

	f->pending = job_cancel_pending(f->job);
	assert_int_equal(job_cancel_pending(f->job), 0);
}

static const struct fake_row fails[] = {
	{ FAKE_PUMP, FAKE_WAIT, 20, NULL },
	{ FAKE_PUMP, FAKE_STATUS, 3, NULL },
	{ FAKE_PUMP, FAKE_CLOSED, 0, NULL },
	{ 0 },
};

static const struct fake_row hangs[] = {
	{ FAKE_PUMP, FAKE_HANG, 0, NULL },
	{ 0 },
};

#endif /* RSH_TESTS_UNIT_JOB_FIXTURE_H */
