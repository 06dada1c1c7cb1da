/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The engine on the scripted driver in virtual time: sessions that are ready
 * at once, ops, the job and what its observers hear.
 */
#include "unit/job/fixture.h"

/* Each row: what the server does, and all that an observer hears. */
static void every_end_of_a_command(void **state)
{
	static const struct {
		const char *name;
		struct fake_row script[10];
		const char *heard;
	} rows[] = {
		{ "status 0",
		  { { FAKE_PUMP, FAKE_OUT, 0, "hi\n" },
		    { FAKE_PUMP, FAKE_STATUS, 0, NULL },
		    { FAKE_PUMP, FAKE_EOF, 0, NULL },
		    { FAKE_PUMP, FAKE_CLOSED, 0, NULL } },
		  "out[hi\n] done -> ok" },
		{ "status before the last data",
		  { { FAKE_PUMP, FAKE_STATUS, 3, NULL },
		    { FAKE_PUMP, FAKE_AGAIN, 0, NULL },
		    { FAKE_PUMP, FAKE_ERR, 0, "late" },
		    { FAKE_PUMP, FAKE_EOF, 0, NULL },
		    { FAKE_PUMP, FAKE_CLOSED, 0, NULL } },
		  "err[late] done -> exit 3" },
		{ "EOF before the status",
		  { { FAKE_PUMP, FAKE_EOF, 0, NULL },
		    { FAKE_PUMP, FAKE_WAIT, 50, NULL },
		    { FAKE_PUMP, FAKE_STATUS, 7, NULL },
		    { FAKE_PUMP, FAKE_CLOSED, 0, NULL } },
		  "done -> exit 7" },
		{ "no status is not success",
		  { { FAKE_PUMP, FAKE_EOF, 0, NULL },
		    { FAKE_PUMP, FAKE_CLOSED, 0, NULL } },
		  "done -> no exit status" },
		{ "the first status counts",
		  { { FAKE_PUMP, FAKE_STATUS, 4, NULL },
		    { FAKE_PUMP, FAKE_STATUS, 0, NULL },
		    { FAKE_PUMP, FAKE_CLOSED, 0, NULL } },
		  "done -> exit 4" },
		{ "signal",
		  { { FAKE_PUMP, FAKE_KILLED, 0, "SEGV" },
		    { FAKE_PUMP, FAKE_CLOSED, 0, NULL } },
		  "done -> signal SEGV" },
		{ "hostile signal name",
		  { { FAKE_PUMP, FAKE_KILLED, 0, "\033[2J" },
		    { FAKE_PUMP, FAKE_CLOSED, 0, NULL } },
		  "done -> signal unknown" },
		{ "channel refused",
		  { { FAKE_OPEN, FAKE_ERROR, ERR_CHANNEL,
		      "no more sessions" } },
		  "done -> channel" },
		{ "exec refused",
		  { { FAKE_OPEN, FAKE_AGAIN, 0, NULL },
		    { FAKE_EXEC, FAKE_ERROR, ERR_CHANNEL, "not allowed" } },
		  "done -> channel" },
		{ "lost in the middle",
		  { { FAKE_PUMP, FAKE_OUT, 0, "part" },
		    { FAKE_PUMP, FAKE_ERROR, ERR_LOST, "reset" } },
		  "out[part] done -> lost" },
		{ "lost after a status without EOF",
		  { { FAKE_PUMP, FAKE_STATUS, 0, NULL },
		    { FAKE_PUMP, FAKE_ERROR, ERR_LOST, "reset" } },
		  "done -> lost" },
		{ "lost after everything was said",
		  { { FAKE_PUMP, FAKE_STATUS, 5, NULL },
		    { FAKE_PUMP, FAKE_EOF, 0, NULL },
		    { FAKE_PUMP, FAKE_ERROR, ERR_LOST, "reset" } },
		  "done -> exit 5" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fake_log logs[] = {
			{ .name = "h", .script = rows[i].script }, { 0 }
		};
		struct fixture f;
		char *expected =
			xasprintf("connecting running %s", rows[i].heard);

		open_fixture(&f, logs);
		run_job(&f);
		assert_string_equal(f.rec.text[0].buf, expected);
		free(expected);
		close_fixture(&f, logs);
	}
}

static const struct fake_row well[] = {
	{ FAKE_PUMP, FAKE_WAIT, 100, NULL },
	{ FAKE_PUMP, FAKE_STATUS, 0, NULL },
	{ FAKE_PUMP, FAKE_CLOSED, 0, NULL },
	{ 0 },
};

/* The result is told within a second; KILL need not wait for nobody. */
static void timeout_terminates_and_kills_at_the_end(void **state)
{
	struct fake_log logs[] = { { .name = "deaf", .script = hangs },
				   { .name = "well", .script = well },
				   { 0 } };
	struct fixture f;

	(void)state;
	open_fixture(&f, logs);
	f.plan.limits.command_ms = 30000;
	run_job(&f);
	assert_string_equal(f.rec.text[0].buf,
			    "connecting running done -> timeout");
	assert_string_equal(f.rec.text[1].buf, "connecting running done -> ok");
	assert_string_equal(logs[0].signals, "TERM KILL ");
	assert_in_range(passed_ms(&f), 30000, 31000);
	assert_string_equal(job_results(f.job)[0].err.msg,
			    "command timed out after 30s");
	close_fixture(&f, logs);
}

/* While others run, the command has 5 s to clean up, and its place is free. */
static void lingering_command_is_killed_and_holds_nobody_up(void **state)
{
	static const struct fake_row waits[] = {
		{ FAKE_PUMP, FAKE_WAIT, 9500, NULL },
		{ FAKE_PUMP, FAKE_STATUS, 0, NULL },
		{ FAKE_PUMP, FAKE_CLOSED, 0, NULL },
		{ 0 },
	};
	static const struct fake_row killed[] = {
		{ FAKE_SIGNAL, FAKE_OK, 0, NULL },
		{ FAKE_SIGNAL, FAKE_OK, 0, NULL },
		{ FAKE_PUMP, FAKE_OUT, 0, "too late" },
		{ FAKE_PUMP, FAKE_CLOSED, 0, NULL },
		{ 0 },
	};
	struct fake_log logs[] = { { .name = "deaf", .script = killed },
				   { .name = "next", .script = waits },
				   { 0 } };
	struct fixture f;

	(void)state;
	open_fixture(&f, logs);
	f.plan.limits.fanout = 1;
	f.plan.limits.command_ms = 10000;
	run_job(&f);
	assert_string_equal(f.rec.text[0].buf,
			    "connecting running done -> timeout");
	assert_string_equal(f.rec.text[1].buf, "connecting running done -> ok");
	assert_string_equal(logs[0].signals, "TERM KILL ");
	assert_in_range(passed_ms(&f), 20300, 20400);
	close_fixture(&f, logs);
}

static void command_that_heeds_term_ends_at_once(void **state)
{
	static const struct fake_row heeds[] = {
		{ FAKE_SIGNAL, FAKE_OK, 0, NULL },
		{ FAKE_PUMP, FAKE_OUT, 0, "bye" },
		{ FAKE_PUMP, FAKE_KILLED, 0, "TERM" },
		{ FAKE_PUMP, FAKE_CLOSED, 0, NULL },
		{ 0 },
	};
	struct fake_log logs[] = { { .name = "h", .script = heeds }, { 0 } };
	struct fixture f;

	(void)state;
	open_fixture(&f, logs);
	f.plan.limits.command_ms = 1000;
	run_job(&f);
	assert_string_equal(f.rec.text[0].buf,
			    "connecting running out[bye] done -> timeout");
	assert_string_equal(logs[0].signals, "TERM ");
	assert_in_range(passed_ms(&f), 1000, 1100);
	close_fixture(&f, logs);
}

static void resume_now(struct timer *t)
{
	struct recorder *rec = container_of(t, struct recorder, resume);

	rec->o.flow->resume(rec->o.flow, rec->paused);
}

static void paused_target_waits_and_loses_nothing(void **state)
{
	static const struct fake_row talks[] = {
		{ FAKE_PUMP, FAKE_OUT, 0, "one" },
		{ FAKE_PUMP, FAKE_OUT, 0, "two" },
		{ FAKE_PUMP, FAKE_STATUS, 0, NULL },
		{ FAKE_PUMP, FAKE_CLOSED, 0, NULL },
		{ 0 },
	};
	struct fake_log logs[] = { { .name = "slow", .script = talks },
				   { .name = "well", .script = well },
				   { 0 } };
	struct fixture f;

	(void)state;
	open_fixture(&f, logs);
	f.rec.pause_next = true;
	timer_start(f.loop, &f.rec.resume, 60000, resume_now);
	run_job(&f);
	assert_int_equal(logs[0].pauses, 1);
	assert_string_equal(f.rec.text[0].buf,
			    "connecting running out[one] out[two] done -> ok");
	assert_in_range(passed_ms(&f), 60000, 60100);
	close_fixture(&f, logs);
}

static void fanout_of_one_runs_one_after_the_other(void **state)
{
	struct fake_log logs[] = { { .name = "a", .script = well },
				   { .name = "b", .script = well },
				   { .name = "c", .script = well },
				   { 0 } };
	struct fixture f;

	(void)state;
	open_fixture(&f, logs);
	f.plan.limits.fanout = 1;
	run_job(&f);
	assert_in_range(passed_ms(&f), 300, 310);
	close_fixture(&f, logs);
}

static void failing_fast_stops_what_runs_and_skips_the_rest(void **state)
{
	struct fake_log logs[] = { { .name = "fails", .script = fails },
				   { .name = "runs", .script = hangs },
				   { .name = "waits", .script = well },
				   { 0 } };
	struct fixture f;

	(void)state;
	open_fixture(&f, logs);
	f.plan.limits.fanout = 2;
	f.plan.limits.fail_fast = 1;
	run_job(&f);
	assert_string_equal(f.rec.text[0].buf,
			    "connecting running done -> exit 3");
	assert_string_equal(f.rec.text[1].buf,
			    "connecting running done -> cancelled");
	assert_string_equal(f.rec.text[2].buf, "done -> skipped");
	assert_string_equal(logs[1].signals, "TERM ");
	assert_true(f.rec.failed_fast);
	assert_in_range(passed_ms(&f), 20, 30);
	close_fixture(&f, logs);
}

static void a_rate_spreads_the_starts(void **state)
{
	struct fake_log logs[] = { { .name = "a", .script = well },
				   { .name = "b", .script = well },
				   { .name = "c", .script = well },
				   { .name = "d", .script = well },
				   { 0 } };
	struct fixture f;

	(void)state;
	open_fixture(&f, logs);
	f.plan.limits.connect_rate = 2;
	run_job(&f);
	assert_in_range(passed_ms(&f), 1600, 1620); /* 1.5 s and one run */
	close_fixture(&f, logs);
}

static void fewer_failures_stop_nothing(void **state)
{
	struct fake_log logs[] = { { .name = "fails", .script = fails },
				   { .name = "well", .script = well },
				   { .name = "failstoo", .script = fails },
				   { 0 } };
	struct fixture f;

	(void)state;
	open_fixture(&f, logs);
	f.plan.limits.fail_fast = 3;
	run_job(&f);
	assert_string_equal(f.rec.text[1].buf, "connecting running done -> ok");
	assert_false(f.rec.failed_fast);
	close_fixture(&f, logs);
}

static void cancelling_what_waits_leaves_what_runs(void **state)
{
	struct fake_log logs[] = { { .name = "runs", .script = well },
				   { .name = "waits", .script = well },
				   { .name = "waitstoo", .script = well },
				   { 0 } };
	struct fixture f;

	(void)state;
	open_fixture(&f, logs);
	f.plan.limits.fanout = 1;
	start_job(&f);
	timer_start(f.loop, &f.cancel, 50, cancel_pending_now);
	run_job(&f);
	assert_int_equal(f.pending, 2);
	assert_string_equal(f.rec.text[0].buf, "connecting running done -> ok");
	assert_string_equal(f.rec.text[1].buf, "done -> skipped");
	assert_string_equal(f.rec.text[2].buf, "done -> skipped");
	close_fixture(&f, logs);
}

/* Who comes in the middle of it, and who goes. */
static void change_observers(struct timer *t)
{
	struct fixture *f = container_of(t, struct fixture, cancel);

	job_remove_observer(f->job, &f->early.o);
	job_add_observer(f->job, &f->rec.o);
}

static void observers_may_come_and_go(void **state)
{
	struct fake_log logs[] = { { .name = "first", .script = well },
				   { .name = "second", .script = well },
				   { 0 } };
	struct fixture f;

	(void)state;
	open_fixture(&f, logs);
	strbuf_init(&f.early.text[0], 100);
	strbuf_init(&f.early.text[1], 100);
	f.early.o.ops = &rec_ops;
	f.plan.limits.fanout = 1;
	f.job = job_new(&f.plan, &f.env);
	job_add_observer(f.job, &f.early.o);
	timer_start(f.loop, &f.cancel, 50, change_observers);
	job_start(f.job);
	assert_int_equal(loop_run(f.loop, NULL), 0);
	assert_string_equal(f.early.text[0].buf, "connecting running ");
	assert_string_equal(f.early.text[1].buf, "");
	assert_int_equal(f.early.ended, 0);
	assert_string_equal(f.rec.text[0].buf, "done -> ok");
	assert_string_equal(f.rec.text[1].buf, "connecting running done -> ok");
	assert_int_equal(f.rec.ended, 1);
	strbuf_release(&f.early.text[0]);
	strbuf_release(&f.early.text[1]);
	close_fixture(&f, logs);
}

static void cancelling_ends_running_and_skips_the_rest(void **state)
{
	struct fake_log logs[] = { { .name = "ended", .script = well },
				   { .name = "runs", .script = hangs },
				   { .name = "waits", .script = well },
				   { 0 } };
	struct fixture f;

	(void)state;
	open_fixture(&f, logs);
	f.plan.limits.fanout = 2;
	logs[2].script = hangs;
	start_job(&f);
	timer_start(f.loop, &f.cancel, 50, cancel_now);
	run_job(&f);
	assert_string_equal(f.rec.text[0].buf,
			    "connecting running done -> cancelled");
	assert_string_equal(f.rec.text[1].buf,
			    "connecting running done -> cancelled");
	assert_string_equal(f.rec.text[2].buf, "done -> skipped");
	assert_string_equal(logs[1].signals, "TERM ");
	assert_int_equal(logs[2].conns, 0);
	assert_in_range(passed_ms(&f), 50, 60);
	close_fixture(&f, logs);
}

/* A host that starts late still gets the input from its beginning. */
static void input_reaches_every_host_in_full(void **state)
{
	static const struct fake_row reads[] = {
		{ FAKE_WRITE, FAKE_TAKE, 3, NULL },
		{ FAKE_WRITE, FAKE_TAKE, 100000, NULL },
		{ FAKE_PUMP, FAKE_WAIT, 100, NULL },
		{ FAKE_PUMP, FAKE_STATUS, 0, NULL },
		{ FAKE_PUMP, FAKE_CLOSED, 0, NULL },
		{ 0 },
	};
	struct fake_log logs[] = { { .name = "a", .script = reads },
				   { .name = "b", .script = reads },
				   { 0 } };
	static const char input[] = "0123456789";
	struct fixture f;

	(void)state;
	open_fixture(&f, logs);
	f.plan.limits.fanout = 1;
	f.plan.spec.want_stdin = true;
	start_job(&f);
	assert_int_equal(job_write(f.job, input, 10, NULL), 0);
	job_write_eof(f.job);
	run_job(&f);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(logs[i].written, 10);
		assert_true(logs[i].eof_sent);
		assert_string_equal(logs[i].command, "cmd");
	}
	close_fixture(&f, logs);
}

static void count_hungry(void *arg)
{
	unsigned int *times = arg;

	++*times;
}

/* A command that has closed its input holds up none that still reads. */
static void closed_input_counts_as_read(void **state)
{
	static const struct fake_row closes[] = {
		{ FAKE_WRITE, FAKE_ERROR, 0, NULL },
		{ FAKE_PUMP, FAKE_WAIT, 100, NULL },
		{ FAKE_PUMP, FAKE_STATUS, 0, NULL },
		{ FAKE_PUMP, FAKE_CLOSED, 0, NULL },
		{ 0 },
	};
	struct fake_log logs[] = { { .name = "h", .script = closes }, { 0 } };
	const size_t n = (size_t)300 << 10;
	char *input = xcalloc(1, n);
	unsigned int hungry = 0;
	struct fixture f;

	(void)state;
	open_fixture(&f, logs);
	f.plan.spec.want_stdin = true;
	start_job(&f);
	job_on_hungry(f.job, count_hungry, &hungry);
	assert_int_equal(job_write(f.job, input, n, NULL), 0);
	assert_true(job_input_full(f.job));
	run_job(&f);
	assert_int_equal(hungry, 1);
	assert_string_equal(f.rec.text[0].buf, "connecting running done -> ok");
	free(input);
	close_fixture(&f, logs);
}

static void host_with_stdin_null_gets_none(void **state)
{
	static const struct fake_row late[] = {
		{ FAKE_PUMP, FAKE_WAIT, 100, NULL },
		{ FAKE_PUMP, FAKE_STATUS, 0, NULL },
		{ FAKE_PUMP, FAKE_CLOSED, 0, NULL },
		{ 0 },
	};
	struct fake_log logs[] = { { .name = "reads", .script = late },
				   { .name = "null", .script = late },
				   { 0 } };
	struct ssh_opts opts;
	struct fixture f;

	(void)state;
	open_fixture(&f, logs);
	sshopts_init(&opts);
	opts.stdin_null = 1;
	f.plan.targets.v[1].opts = &opts;
	f.plan.spec.want_stdin = true;
	start_job(&f);
	assert_int_equal(job_write(f.job, "0123456789", 10, NULL), 0);
	job_write_eof(f.job);
	run_job(&f);
	assert_int_equal(logs[0].written, 10);
	assert_int_equal(logs[1].written, 0);
	assert_true(logs[1].eof_sent);
	close_fixture(&f, logs);
	sshopts_release(&opts);
}

static void without_input_the_command_sees_eof(void **state)
{
	struct fake_log logs[] = { { .name = "h", .script = well }, { 0 } };
	struct fixture f;

	(void)state;
	open_fixture(&f, logs);
	run_job(&f);
	assert_true(logs[0].eof_sent);
	close_fixture(&f, logs);
}

static void ping_is_done_when_logged_in(void **state)
{
	struct fake_log logs[] = { { .name = "h", .script = hangs }, { 0 } };
	struct fixture f;

	(void)state;
	open_fixture(&f, logs);
	f.plan.spec.kind = OP_PING;
	run_job(&f);
	assert_string_equal(f.rec.text[0].buf, "connecting running done -> ok");
	close_fixture(&f, logs);
}

/* Each row: round trips of the opening and of the request in ms, what comes,
   and the window that is asked for. */
static void the_window_is_wide_for_much_on_a_long_way(void **state)
{
	static const struct {
		uint32_t open_ms, exec_ms;
		size_t bytes;
		bool tty;
		size_t window;
	} rows[] = {
		/* clang-format off */
		{ 100, 200, 65536, false, DRV_WINDOW_WIDE },
		{ 200, 100, 65536, false, DRV_WINDOW_WIDE },
		{ 100, 100, 65535, false, 0 },
		{ 100, 100, 65536, true, 0 },
		{ 1, 100, 65536, false, 0 },
		{ 100, 1, 65536, false, 0 },
		/* clang-format on */
	};
	char *text = xmalloc(65537);

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct fake_row script[] = {
			{ FAKE_OPEN, FAKE_WAIT, rows[i].open_ms, NULL },
			{ FAKE_EXEC, FAKE_WAIT, rows[i].exec_ms, NULL },
			{ FAKE_PUMP, FAKE_OUT, 0, text },
			{ FAKE_PUMP, FAKE_AGAIN, 0, NULL },
			{ FAKE_PUMP, FAKE_STATUS, 0, NULL },
			{ FAKE_PUMP, FAKE_CLOSED, 0, NULL },
			{ 0 },
		};
		struct fake_log logs[] = { { .name = "h", .script = script },
					   { 0 } };
		struct fixture f;

		memset(text, 'x', rows[i].bytes);
		text[rows[i].bytes] = '\0';
		open_fixture(&f, logs);
		f.plan.targets.v[0].tty = rows[i].tty;
		strbuf_release(&f.rec.text[0]);
		strbuf_init(&f.rec.text[0], 2 * rows[i].bytes);
		run_job(&f);
		assert_int_equal(logs[0].widest, rows[i].window);
		close_fixture(&f, logs);
	}
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_end_of_a_command),
		cmocka_unit_test(timeout_terminates_and_kills_at_the_end),
		cmocka_unit_test(
			lingering_command_is_killed_and_holds_nobody_up),
		cmocka_unit_test(command_that_heeds_term_ends_at_once),
		cmocka_unit_test(paused_target_waits_and_loses_nothing),
		cmocka_unit_test(fanout_of_one_runs_one_after_the_other),
		cmocka_unit_test(cancelling_ends_running_and_skips_the_rest),
		cmocka_unit_test(
			failing_fast_stops_what_runs_and_skips_the_rest),
		cmocka_unit_test(a_rate_spreads_the_starts),
		cmocka_unit_test(fewer_failures_stop_nothing),
		cmocka_unit_test(cancelling_what_waits_leaves_what_runs),
		cmocka_unit_test(observers_may_come_and_go),
		cmocka_unit_test(input_reaches_every_host_in_full),
		cmocka_unit_test(closed_input_counts_as_read),
		cmocka_unit_test(host_with_stdin_null_gets_none),
		cmocka_unit_test(without_input_the_command_sees_eof),
		cmocka_unit_test(ping_is_done_when_logged_in),
		cmocka_unit_test(the_window_is_wide_for_much_on_a_long_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
