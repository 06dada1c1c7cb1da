/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hosts that are tried again: by --retries, and because a person wants it.
 */
#include "unit/job/fixture.h"

#include <unistd.h>

#include "ssh/password.h"

static const struct fake_row comes_up[] = {
	{ FAKE_NEW, FAKE_ERROR, ERR_CONNECT, "refused" },
	{ FAKE_NEW, FAKE_ERROR, ERR_RESOLVE, "no such name" },
	{ FAKE_PUMP, FAKE_STATUS, 0, NULL },
	{ FAKE_PUMP, FAKE_CLOSED, 0, NULL },
	{ 0 },
};

static const struct fake_row wrong_key[] = {
	{ FAKE_NEW, FAKE_ERROR, ERR_HOSTKEY, "changed" },
	{ 0 },
};

static const struct fake_row not_let_in[] = {
	{ FAKE_NEW, FAKE_ERROR, ERR_AUTH, "denied" },
	{ 0 },
};

static const struct fake_row bad_config[] = {
	{ FAKE_NEW, FAKE_ERROR, ERR_CONFIG, "no such option" },
	{ 0 },
};

static const struct fake_row stays_down[] = {
	{ FAKE_NEW, FAKE_ERROR, ERR_CONNECT, "refused" },
	{ FAKE_NEW, FAKE_ERROR, ERR_CONNECT, "refused" },
	{ FAKE_NEW, FAKE_ERROR, ERR_CONNECT, "refused" },
	{ FAKE_NEW, FAKE_ERROR, ERR_CONNECT, "refused" },
	{ 0 },
};

#define TRIES2 "connecting waiting connecting waiting connecting "

static void failed_connections_are_tried_again(void **state)
{
	struct fake_log logs[] = { { .name = "comes", .script = comes_up },
				   { .name = "key", .script = wrong_key },
				   { .name = "down", .script = stays_down },
				   { .name = "fails", .script = fails },
				   { .name = "auth", .script = not_let_in },
				   { .name = "config", .script = bad_config },
				   { 0 } };
	struct fixture f;
	const struct result *r;

	(void)state;
	open_fixture(&f, logs);
	f.plan.limits.retries = 2;
	f.plan.limits.fanout = f.plan.limits.connecting = 1;
	run_job(&f);
	r = job_results(f.job);
	assert_string_equal(f.rec.text[0].buf, TRIES2 "running done -> ok");
	assert_string_equal(f.rec.text[1].buf, "connecting done -> hostkey");
	assert_string_equal(f.rec.text[2].buf, TRIES2 "done -> connect");
	assert_string_equal(r[2].err.msg, "after 3 attempts: refused");
	assert_string_equal(f.rec.text[3].buf,
			    "connecting running done -> exit 3");
	assert_string_equal(f.rec.text[4].buf, "connecting done -> auth");
	assert_string_equal(f.rec.text[5].buf, "connecting done -> config");
	assert_int_equal(r[0].attempts, 3);
	assert_int_equal(r[1].attempts, 1);
	/* Between half of 1 s and 2 s, and all of it; side by side. */
	assert_in_range(passed_ms(&f), 1500, 3100);
	close_fixture(&f, logs);
}

static void cancelling_ends_the_wait_for_a_retry(void **state)
{
	struct fake_log logs[] = { { .name = "down", .script = stays_down },
				   { .name = "runs", .script = hangs },
				   { 0 } };

	(void)state;
	for (int pending = 0; pending <= 1; pending++) {
		struct fixture f;

		logs[0].conns = logs[0].freed = 0;
		logs[1].conns = logs[1].freed = 0;
		open_fixture(&f, logs);
		f.plan.limits.retries = 100;
		start_job(&f);
		timer_start(f.loop, &f.cancel, 100,
			    pending ? cancel_pending_now : cancel_now);
		if (pending)
			f.plan.limits.command_ms = 300;
		run_job(&f);
		assert_string_equal(f.rec.text[0].buf,
				    "connecting waiting done -> cancelled");
		if (pending)
			assert_int_equal(f.pending, 1);
		close_fixture(&f, logs);
	}
}

static void retry(struct fixture *f, size_t i)
{
	struct err err = { 0 };

	f->retry_rc[i] = job_retry(f->job, &f->plan.targets.v[0], &err);
	f->retry_why[i] = f->retry_rc[i] ? xstrdup(err.msg) : NULL;
	err_release(&err);
}

static void retry_first(struct timer *t)
{
	retry(container_of(t, struct fixture, retries[0]), 0);
}

static void retry_second(struct timer *t)
{
	retry(container_of(t, struct fixture, retries[1]), 1);
}

static const struct fake_row down_once[] = {
	{ FAKE_NEW, FAKE_ERROR, ERR_CONNECT, "refused" },
	{ FAKE_PUMP, FAKE_WAIT, 100, NULL },
	{ FAKE_PUMP, FAKE_OUT, 0, "up" },
	{ FAKE_PUMP, FAKE_STATUS, 0, NULL },
	{ FAKE_PUMP, FAKE_CLOSED, 0, NULL },
	{ 0 },
};

static const struct fake_row waits_1s[] = {
	{ FAKE_PUMP, FAKE_WAIT, 1000, NULL },
	{ FAKE_PUMP, FAKE_STATUS, 0, NULL },
	{ FAKE_PUMP, FAKE_CLOSED, 0, NULL },
	{ 0 },
};

/* And is refused while it runs, and when it has not failed. */
static void a_failed_host_is_begun_anew(void **state)
{
	struct fake_log logs[] = { { .name = "down", .script = down_once },
				   { .name = "runs", .script = waits_1s },
				   { 0 } };
	struct fixture f;
	const struct result *r;

	(void)state;
	open_fixture(&f, logs);
	f.plan.limits.fail_fast = 2;
	start_job(&f);
	timer_start(f.loop, &f.retries[0], 500, retry_first);
	timer_start(f.loop, &f.retries[1], 550, retry_second);
	run_job(&f);
	r = job_results(f.job);
	assert_int_equal(f.retry_rc[0], 0);
	assert_string_equal(f.retry_why[1], "it has not failed");
	assert_string_equal(f.rec.text[0].buf,
			    "connecting done -> connect AGAIN waiting "
			    "connecting running out[up] done -> ok");
	assert_string_equal(f.rec.text[1].buf, "connecting running done -> ok");
	assert_int_equal(r[0].attempts, 2);
	assert_int_equal(r[0].err.code, ERR_NONE);
	assert_int_equal((r[0].start_ns - f.begin_ns) / 1000000, 500);
	assert_int_equal(exit_code(EXIT_ALL, r, 2, 0), 0);
	close_fixture(&f, logs);
}

/* Its bytes are counted anew, and so is its failure. */
static void a_command_that_failed_is_run_again(void **state)
{
	static const struct fake_row fails_loudly[] = {
		{ FAKE_PUMP, FAKE_OUT, 0, "no" },
		{ FAKE_PUMP, FAKE_STATUS, 3, NULL },
		{ FAKE_PUMP, FAKE_CLOSED, 0, NULL },
		{ 0 },
	};
	struct fake_log logs[] = { { .name = "fails", .script = fails_loudly },
				   { .name = "runs", .script = waits_1s },
				   { 0 } };
	struct fixture f;

	(void)state;
	open_fixture(&f, logs);
	f.plan.limits.fail_fast = 2;
	start_job(&f);
	timer_start(f.loop, &f.retries[0], 500, retry_first);
	timer_start(f.loop, &f.retries[1], 600, retry_second);
	run_job(&f);
	assert_string_equal(f.rec.text[0].buf,
			    "connecting running out[no] done -> exit 3 AGAIN "
			    "waiting connecting running out[no] done -> exit 3"
			    " AGAIN waiting connecting running out[no] "
			    "done -> exit 3");
	assert_int_equal(job_results(f.job)[0].attempts, 3);
	assert_int_equal(job_results(f.job)[0].bytes_out, 2);
	assert_false(f.rec.failed_fast);
	assert_string_equal(f.rec.text[1].buf, "connecting running done -> ok");
	close_fixture(&f, logs);
}

static void give_time_and_retry(struct timer *t)
{
	struct fixture *f = container_of(t, struct fixture, retries[0]);

	f->plan.targets.v[0].command_ms = 10000;
	retry(f, 0);
}

/* What still runs on the host has to be over first. */
static void a_lingering_host_is_begun_anew_when_it_is_gone(void **state)
{
	static const struct fake_row slow[] = {
		{ FAKE_PUMP, FAKE_WAIT, 4000, NULL },
		{ FAKE_PUMP, FAKE_STATUS, 0, NULL },
		{ FAKE_PUMP, FAKE_CLOSED, 0, NULL },
		{ 0 },
	};
	struct fake_log logs[] = { { .name = "slow", .script = slow },
				   { .name = "runs", .script = hangs },
				   { 0 } };

	(void)state;
	for (int cancel = 0; cancel <= 1; cancel++) {
		struct fixture f;

		logs[0].conns = logs[0].freed = 0;
		logs[1].conns = logs[1].freed = 0;
		open_fixture(&f, logs);
		f.plan.targets.v[0].command_ms = 1000;
		f.plan.limits.command_ms = 20000;
		start_job(&f);
		timer_start(f.loop, &f.retries[0], 2500, give_time_and_retry);
		timer_start(f.loop, &f.retries[1], 2600, retry_second);
		if (cancel)
			timer_start(f.loop, &f.cancel, 2700, cancel_now);
		run_job(&f);
		assert_int_equal(f.retry_rc[0], 0);
		assert_string_equal(f.retry_why[1], "it has not failed");
		assert_string_equal(
			f.rec.text[0].buf,
			cancel ? "connecting running done -> timeout"
			       : "connecting running done -> timeout AGAIN "
				 "waiting connecting running done -> ok");
		if (!cancel)
			assert_int_equal(job_results(f.job)[0].start_ns /
						 1000000,
					 f.begin_ns / 1000000 + 4000);
		close_fixture(&f, logs);
	}
}

static void after_the_end_nothing_is_begun_anew(void **state)
{
	struct fake_log logs[] = { { .name = "fails", .script = fails },
				   { .name = "deaf", .script = hangs },
				   { 0 } };
	struct fixture f;

	(void)state;
	open_fixture(&f, logs);
	start_job(&f);
	timer_start(f.loop, &f.cancel, 100, cancel_pending_now);
	timer_start(f.loop, &f.retries[0], 200, retry_first);
	f.plan.limits.command_ms = 300;
	run_job(&f);
	assert_string_equal(f.retry_why[0], "nothing is started any more");
	assert_string_equal(f.rec.text[0].buf,
			    "connecting running done -> exit 3");
	close_fixture(&f, logs);
}

static void write_and_retry(struct fixture *f, size_t i)
{
	assert_int_equal(job_write(f->job, "x", 1, NULL), 0);
	retry(f, i);
}

static void write_and_retry_first(struct timer *t)
{
	write_and_retry(container_of(t, struct fixture, retries[0]), 0);
}

static void write_and_retry_second(struct timer *t)
{
	write_and_retry(container_of(t, struct fixture, retries[1]), 1);
}

/* As long as it is kept it is given from its beginning. */
static void input_that_is_gone_is_not_given_again(void **state)
{
	struct fake_log logs[] = { { .name = "fails", .script = fails },
				   { .name = "takes", .script = hangs },
				   { 0 } };
	struct fixture f;

	(void)state;
	open_fixture(&f, logs);
	f.plan.spec.want_stdin = true;
	f.plan.limits.command_ms = 1000;
	start_job(&f);
	timer_start(f.loop, &f.retries[0], 200, write_and_retry_first);
	timer_start(f.loop, &f.retries[1], 400, write_and_retry_second);
	run_job(&f);
	assert_int_equal(f.retry_rc[0], 0);
	assert_int_equal(logs[0].written, 1);
	assert_int_equal(f.retry_rc[1], -1);
	assert_string_equal(f.retry_why[1], "its input is gone");
	assert_int_equal(logs[1].written, 2);
	close_fixture(&f, logs);
}

/* Others that wait may need it still; with the last it is wiped. */
static void a_password_is_kept_or_it_is_refused(void **state)
{
	static const char typed[] = "secret\n";
	struct fake_log logs[] = { { .name = "fails", .script = fails },
				   { .name = "runs", .script = waits_1s },
				   { .name = "late", .script = waits_1s },
				   { 0 } };
	struct fixture f;
	int fds[2];

	(void)state;
	open_fixture(&f, logs);
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(write(fds[1], typed, strlen(typed)), strlen(typed));
	f.env.passwords = passwords_new(f.loop, NULL, true);
	assert_int_equal(passwords_read(f.env.passwords, fds[0], NULL), 0);
	close(fds[0]);
	close(fds[1]);
	f.plan.limits.fanout = 1;
	start_job(&f);
	timer_start(f.loop, &f.retries[0], 500, retry_first);
	timer_start(f.loop, &f.retries[1], 1500, retry_second);
	run_job(&f);
	assert_int_equal(f.retry_rc[0], 0);
	assert_string_equal(f.retry_why[1], "the password is wiped");
	assert_string_equal(f.rec.text[0].buf,
			    "connecting running done -> exit 3 AGAIN waiting "
			    "connecting running done -> exit 3");
	close_fixture(&f, logs);
	passwords_free(f.env.passwords);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(failed_connections_are_tried_again),
		cmocka_unit_test(cancelling_ends_the_wait_for_a_retry),
		cmocka_unit_test(a_failed_host_is_begun_anew),
		cmocka_unit_test(a_command_that_failed_is_run_again),
		cmocka_unit_test(
			a_lingering_host_is_begun_anew_when_it_is_gone),
		cmocka_unit_test(after_the_end_nothing_is_begun_anew),
		cmocka_unit_test(input_that_is_gone_is_not_given_again),
		cmocka_unit_test(a_password_is_kept_or_it_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
