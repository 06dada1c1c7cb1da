/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is done beside a job on its sessions, on the scripted driver.
 */
#include "job/subjob.h"

#include <stdlib.h>
#include <string.h>

#include "unit/job/fixture.h"

#define BEGIN_MS 50
#define NEVER	 UINT64_MAX

/* A job, and what begins beside it. */
struct beside {
	struct fake_log logs[4];
	/* From the start; 0: BEGIN_MS, and the others never. */
	uint64_t begin_ms, keep_ms, stop_ms, cancel_ms, resume_ms;
	struct fixture f;
	struct recorder rec;
	struct op_spec spec;
	struct subjob *sj;
	struct timer keep, begin, stop;
	size_t begun;
	uint64_t ended_ms;
	bool drop; /* it, in place of stopping */
};

static void rec_beside_end(struct observer *o, const struct job_stats *st)
{
	struct beside *b = container_of(o, struct beside, rec.o);

	b->rec.ended++;
	b->ended_ms = passed_ms(&b->f);
	assert_int_equal(st->ntargets, b->f.plan.targets.n);
	for (size_t i = 0; i < st->ntargets; i++)
		assert_int_equal(b->rec.done[i],
				 st->results[i].outcome != OUTCOME_NONE);
}

static const struct observer_ops beside_ops = {
	.name = "beside",
	.data = rec_data,
	.done = rec_done,
	.end = rec_beside_end,
};

static void begin_now(struct timer *t)
{
	struct beside *b = container_of(t, struct beside, begin);
	static const size_t first_two[] = { 0, 1 };
	size_t n = b->f.plan.targets.n;

	b->begun = subjob_start(b->sj, first_two, n < 2 ? n : 2);
}

/* What is done then is not known yet. */
static void keep_now(struct timer *t)
{
	struct beside *b = container_of(t, struct beside, keep);
	static const size_t first = 0;

	assert_int_equal(subjob_keep(b->sj, &first, 1), 1);
}

static void stop_now(struct timer *t)
{
	struct beside *b = container_of(t, struct beside, stop);

	if (!b->drop) {
		subjob_stop(b->sj);
		return;
	}
	subjob_free(b->sj);
	b->sj = NULL;
}

static void go_on(struct timer *t)
{
	struct beside *b = container_of(t, struct beside, rec.resume);

	b->rec.o.flow->resume(b->rec.o.flow, b->rec.paused);
}

static void at(struct beside *b, struct timer *t, uint64_t ms, timer_fn *fn)
{
	if (ms && ms != NEVER)
		timer_start(b->f.loop, t, ms, fn);
}

/* To the end of the job. */
static void run_beside(struct beside *b)
{
	static char command[] = "beside";

	open_fixture(&b->f, b->logs);
	b->rec.o.ops = &beside_ops;
	for (size_t i = 0; b->logs[i].name; i++)
		strbuf_init(&b->rec.text[i], 10000);
	start_job(&b->f);
	b->spec.kind = OP_EXEC;
	b->spec.command = command;
	b->sj = subjob_new(b->f.job, &b->spec, &b->rec.o);
	at(b, &b->begin, b->begin_ms ? b->begin_ms : BEGIN_MS, begin_now);
	at(b, &b->keep, b->keep_ms, keep_now);
	at(b, &b->stop, b->stop_ms, stop_now);
	at(b, &b->f.cancel, b->cancel_ms, cancel_now);
	at(b, &b->rec.resume, b->resume_ms, go_on);
	run_job(&b->f);
}

static void close_beside(struct beside *b)
{
	subjob_free(b->sj);
	timer_stop(b->f.loop, &b->keep);
	timer_stop(b->f.loop, &b->begin);
	timer_stop(b->f.loop, &b->stop);
	timer_stop(b->f.loop, &b->rec.resume);
	for (size_t i = 0; b->logs[i].name; i++)
		strbuf_release(&b->rec.text[i]);
	close_fixture(&b->f, b->logs);
}

static void each_has_its_own_end(void **state)
{
	static const struct fake_row first[] = {
		{ FAKE_PUMP, FAKE_WAIT, 100, NULL },
		{ FAKE_THERE, FAKE_OUT, 0, "a" },
		{ FAKE_PUMP, FAKE_OUT, 0, "shell" },
		{ FAKE_THERE, FAKE_ERR, 0, "b" },
		{ FAKE_THERE, FAKE_STATUS, 4, NULL },
		{ FAKE_THERE, FAKE_CLOSED, 0, NULL },
		{ FAKE_PUMP, FAKE_WAIT, 100, NULL },
		{ FAKE_PUMP, FAKE_STATUS, 0, NULL },
		{ FAKE_PUMP, FAKE_CLOSED, 0, NULL },
		{ 0 },
	};
	struct beside b = { .logs = { { .name = "a", .script = first },
				      { .name = "b", .script = fails },
				      { .name = "c", .script = fails } } };

	(void)state;
	run_beside(&b);
	assert_int_equal(b.begun, 1); /* "b" had ended */
	assert_int_equal(b.rec.ended, 1);
	assert_string_equal(b.rec.text[0].buf, "out[a] err[b] -> exit 4");
	assert_non_null(strstr(b.f.rec.text[0].buf, "out[shell] done -> ok"));
	assert_in_range(b.ended_ms, 100, 110);
	assert_in_range(passed_ms(&b.f), 200, 210);
	assert_string_equal(b.logs[0].command, "beside");
	assert_true(b.logs[0].eof_sent);
	assert_int_equal(subjob_results(b.sj)[0].status, 4);
	assert_int_equal(subjob_results(b.sj)[1].outcome, OUTCOME_NONE);
	close_beside(&b);
}

static const struct fake_row outlives[] = {
	{ FAKE_PUMP, FAKE_WAIT, 100, NULL },
	{ FAKE_PUMP, FAKE_STATUS, 3, NULL },
	{ FAKE_PUMP, FAKE_CLOSED, 0, NULL },
	{ FAKE_THERE, FAKE_WAIT, 200, NULL },
	{ FAKE_THERE, FAKE_OUT, 0, "a" },
	{ FAKE_THERE, FAKE_STATUS, 0, NULL },
	{ FAKE_THERE, FAKE_CLOSED, 0, NULL },
	{ 0 },
};

static void the_session_stays_for_it(void **state)
{
	struct beside b = { .logs = { { .name = "a", .script = outlives } } };

	(void)state;
	run_beside(&b);
	assert_string_equal(b.rec.text[0].buf, "out[a] -> ok");
	assert_int_equal(b.rec.ended, 1);
	assert_in_range(passed_ms(&b.f), 300, 310);
	assert_int_equal(job_results(b.f.job)[0].status, 3);
	close_beside(&b);
}

static void the_session_stays_for_what_is_to_begin(void **state)
{
	struct beside b = { .logs = { { .name = "a", .script = outlives } },
			    .keep_ms = 50,
			    .begin_ms = 150 };

	(void)state;
	run_beside(&b);
	assert_int_equal(b.begun, 1);
	assert_string_equal(b.rec.text[0].buf, "out[a] -> ok");
	assert_int_equal(b.rec.ended, 1);
	assert_in_range(passed_ms(&b.f), 350, 360);
	close_beside(&b);
}

static void kept_or_not_it_is_dropped(void **state)
{
	struct beside b = { .logs = { { .name = "a", .script = outlives } },
			    .drop = true,
			    .keep_ms = 50,
			    .begin_ms = NEVER,
			    .stop_ms = 150 };

	(void)state;
	run_beside(&b);
	assert_in_range(passed_ms(&b.f), 150, 160);
	close_beside(&b);
}

static const struct fake_row breaks[] = {
	{ FAKE_PUMP, FAKE_WAIT, 100, NULL },
	{ FAKE_PUMP, FAKE_ERROR, ERR_LOST, "reset" },
	{ 0 },
};

static void what_is_lost_meanwhile_does_not_begin(void **state)
{
	struct beside b = { .logs = { { .name = "a", .script = breaks },
				      { .name = "b", .script = outlives } },
			    .keep_ms = 50,
			    .begin_ms = 150 };

	(void)state;
	run_beside(&b);
	assert_int_equal(b.begun, 0);
	assert_int_equal(b.rec.ended, 0);
	assert_null(strstr(b.rec.text[0].buf, "->"));
	assert_non_null(strstr(b.f.rec.text[0].buf, "-> lost"));
	close_beside(&b);
}

/* The session has waited for nothing else. */
static void dropped_it_keeps_nothing(void **state)
{
	struct beside b = { .logs = { { .name = "a", .script = outlives } },
			    .drop = true,
			    .stop_ms = 150 };

	(void)state;
	run_beside(&b);
	assert_int_equal(b.rec.ended, 0);
	assert_int_equal(b.rec.done[0], 0);
	assert_in_range(passed_ms(&b.f), 150, 160);
	close_beside(&b);
}

static void stopped_it_ends_and_the_job_does_not(void **state)
{
	static const struct fake_row rows[] = {
		{ FAKE_PUMP, FAKE_WAIT, 300, NULL },
		{ FAKE_PUMP, FAKE_STATUS, 0, NULL },
		{ FAKE_PUMP, FAKE_CLOSED, 0, NULL },
		{ 0 },
	};
	struct beside b = { .logs = { { .name = "a", .script = rows },
				      { .name = "b", .script = rows } },
			    .stop_ms = 150 };

	(void)state;
	run_beside(&b);
	assert_int_equal(b.begun, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_string_equal(b.rec.text[i].buf, "-> cancelled");
		assert_string_equal(b.logs[i].signals, "TERM ");
		assert_non_null(strstr(b.f.rec.text[i].buf, "-> ok"));
	}
	assert_in_range(b.ended_ms, 150, 160);
	assert_in_range(passed_ms(&b.f), 300, 310);
	close_beside(&b);
}

static void a_loss_is_that_of_both(void **state)
{
	struct beside b = { .logs = { { .name = "a", .script = breaks } } };

	(void)state;
	run_beside(&b);
	assert_string_equal(b.rec.text[0].buf, "-> lost");
	assert_string_equal(subjob_results(b.sj)[0].err.msg, "reset");
	assert_int_equal(b.rec.ended, 1);
	close_beside(&b);
}

static void the_end_of_the_job_ends_it(void **state)
{
	struct beside b = { .logs = { { .name = "a", .script = hangs } },
			    .cancel_ms = 100 };

	(void)state;
	run_beside(&b);
	assert_string_equal(b.rec.text[0].buf, "-> cancelled");
	close_beside(&b);
}

static void refused_channel_is_no_end_of_the_session(void **state)
{
	static const struct fake_row rows[] = {
		{ FAKE_PUMP, FAKE_WAIT, 40, NULL },
		{ FAKE_OPEN, FAKE_ERROR, ERR_CHANNEL, "no more" },
		{ FAKE_PUMP, FAKE_WAIT, 100, NULL },
		{ FAKE_PUMP, FAKE_STATUS, 0, NULL },
		{ FAKE_PUMP, FAKE_CLOSED, 0, NULL },
		{ 0 },
	};
	struct beside b = { .logs = { { .name = "a", .script = rows } } };

	(void)state;
	run_beside(&b);
	assert_string_equal(b.rec.text[0].buf, "-> channel");
	assert_non_null(strstr(b.f.rec.text[0].buf, "-> ok"));
	close_beside(&b);
}

/* All of the host rests meanwhile, and goes on when told to. */
static void it_pauses_as_the_job_does(void **state)
{
	static const struct fake_row rows[] = {
		{ FAKE_PUMP, FAKE_WAIT, 100, NULL },
		{ FAKE_THERE, FAKE_OUT, 0, "a" },
		{ FAKE_THERE, FAKE_OUT, 0, "b" },
		{ FAKE_THERE, FAKE_STATUS, 0, NULL },
		{ FAKE_THERE, FAKE_CLOSED, 0, NULL },
		{ FAKE_PUMP, FAKE_STATUS, 0, NULL },
		{ FAKE_PUMP, FAKE_CLOSED, 0, NULL },
		{ 0 },
	};
	struct beside b = { .logs = { { .name = "a", .script = rows } },
			    .resume_ms = 500,
			    .rec.pause_next = true };

	(void)state;
	run_beside(&b);
	assert_int_equal(b.logs[0].pauses, 1);
	assert_string_equal(b.rec.text[0].buf, "out[a] out[b] -> ok");
	assert_in_range(b.ended_ms, 500, 510);
	close_beside(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_has_its_own_end),
		cmocka_unit_test(the_session_stays_for_it),
		cmocka_unit_test(the_session_stays_for_what_is_to_begin),
		cmocka_unit_test(kept_or_not_it_is_dropped),
		cmocka_unit_test(what_is_lost_meanwhile_does_not_begin),
		cmocka_unit_test(dropped_it_keeps_nothing),
		cmocka_unit_test(stopped_it_ends_and_the_job_does_not),
		cmocka_unit_test(a_loss_is_that_of_both),
		cmocka_unit_test(the_end_of_the_job_ends_it),
		cmocka_unit_test(refused_channel_is_no_end_of_the_session),
		cmocka_unit_test(it_pauses_as_the_job_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
