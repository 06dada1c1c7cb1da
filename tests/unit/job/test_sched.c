/* SPDX-License-Identifier: Apache-2.0 */
#include "job/sched.h"

#include "lib/test.h"

static size_t start_all(struct sched *s)
{
	size_t rank, n = 0;

	while (sched_next(s, 0, &rank))
		n++;
	return n;
}

static void starts_in_order_up_to_the_fanout(void **state)
{
	struct sched s;
	size_t rank;

	(void)state;
	sched_init(&s, 5, 2, 10);
	assert_true(sched_next(&s, 0, &rank));
	assert_int_equal(rank, 0);
	assert_true(sched_next(&s, 0, &rank));
	assert_int_equal(rank, 1);
	assert_false(sched_next(&s, 0, &rank));
	sched_connected(&s);
	assert_false(sched_next(&s, 0, &rank));
	sched_done(&s, false);
	assert_true(sched_next(&s, 0, &rank));
	assert_int_equal(rank, 2);
}

static void connecting_is_limited_apart(void **state)
{
	struct sched s;

	(void)state;
	sched_init(&s, 100, 50, 3);
	assert_int_equal(start_all(&s), 3);
	sched_connected(&s);
	assert_int_equal(start_all(&s), 1);
	sched_done(&s, true); /* one failed before it got through */
	assert_int_equal(start_all(&s), 1);
	assert_int_equal(s.active, 4);
	assert_int_equal(s.in_flight, 3);
}

static void one_may_be_connecting_again(void **state)
{
	struct sched s;

	(void)state;
	sched_init(&s, 100, 50, 3);
	assert_int_equal(start_all(&s), 3);
	sched_connected(&s);
	assert_int_equal(start_all(&s), 1);
	sched_connecting(&s);
	assert_int_equal(s.in_flight, 4);
	sched_connected(&s);
	assert_int_equal(start_all(&s), 0);
	sched_connected(&s);
	assert_int_equal(start_all(&s), 1);
}

/* Every pair of limits runs every number of tasks to its end. */
static void all_limits_finish(void **state)
{
	(void)state;
	for (unsigned int fanout = 1; fanout <= 6; fanout++) {
		for (unsigned int conn = 1; conn <= 6; conn++) {
			for (size_t total = 0; total <= 8; total++) {
				struct sched s;
				size_t started = 0;

				sched_init(&s, total, fanout, conn);
				while (!sched_finished(&s)) {
					started += start_all(&s);
					assert_in_range(s.active, 1, fanout);
					assert_in_range(s.in_flight, 1, conn);
					sched_done(&s, true);
				}
				assert_int_equal(started, total);
				assert_int_equal(s.in_flight, 0);
			}
		}
	}
}

static void stopping_starts_nothing_more(void **state)
{
	struct sched s;
	size_t rank;

	(void)state;
	sched_init(&s, 5, 2, 2);
	assert_true(sched_next(&s, 0, &rank));
	sched_stop(&s);
	assert_false(sched_next(&s, 0, &rank));
	assert_false(sched_finished(&s));
	sched_done(&s, true);
	assert_true(sched_finished(&s));
}

static void failed_ones_are_due_before_the_rest(void **state)
{
	struct sched s;
	size_t rank;

	(void)state;
	sched_init(&s, 3, 1, 1);
	assert_true(sched_next(&s, 0, &rank));
	sched_done(&s, true);
	sched_wait(&s);
	assert_true(sched_next(&s, 0, &rank)); /* it keeps nobody's place */
	assert_int_equal(rank, 1);
	sched_due(&s);
	assert_false(sched_next(&s, 0, &rank)); /* nor does it exceed a limit */
	sched_done(&s, true);
	assert_true(sched_next(&s, 0, &rank));
	assert_int_equal(rank, SCHED_AGAIN);
	sched_done(&s, true);
	assert_true(sched_next(&s, 0, &rank));
	assert_int_equal(rank, 2);
	sched_wait(&s);
	sched_done(&s, true);
	assert_false(sched_finished(&s)); /* one waits */
	sched_stop(&s);
	assert_true(sched_finished(&s));
	sched_due(&s); /* its timer was not stopped: it has no effect */
	assert_false(sched_next(&s, 0, &rank));
	assert_true(sched_finished(&s));
}

static void waits_double_up_to_half_a_minute(void **state)
{
	(void)state;
	assert_int_equal(sched_backoff_ms(1), 1000);
	assert_int_equal(sched_backoff_ms(2), 2000);
	assert_int_equal(sched_backoff_ms(5), 16000);
	assert_int_equal(sched_backoff_ms(6), 30000);
	assert_int_equal(sched_backoff_ms(4000000000u), 30000);
}

/* What starts in ten seconds, the loop being `late_ns` late each time. */
static size_t started(unsigned int rate, uint64_t late_ns)
{
	const uint64_t end = 10000000000ull;
	uint64_t now = 500;
	struct sched s;
	size_t rank, n = 0;

	sched_init(&s, 1000000, 1000000, 1000000);
	sched_rate(&s, rate);
	while (now < end) {
		uint64_t wait;

		while (sched_next(&s, now, &rank))
			n++;
		wait = sched_wait_ns(&s, now);
		assert_true(wait > 0);
		now += wait + late_ns;
	}
	return n;
}

static void a_rate_spreads_the_starts(void **state)
{
	struct sched s;
	size_t rank;

	(void)state;
	assert_in_range(started(1, 0), 10, 11);
	assert_in_range(started(20, 1000000), 195, 201);
	assert_in_range(started(5000, 1000000), 49000, 50010);
	/* Idle time is not made up for. */
	sched_init(&s, 100, 100, 100);
	sched_rate(&s, 10);
	assert_true(sched_next(&s, 1, &rank));
	assert_true(sched_next(&s, 60000000000ull, &rank));
	assert_false(sched_next(&s, 60000000000ull, &rank));
	assert_int_equal(sched_wait_ns(&s, 60000000000ull), 100000000);
	sched_stop(&s);
	assert_int_equal(sched_wait_ns(&s, 60000000000ull), 0);
}

static void failures_stop_at_a_number_or_a_share(void **state)
{
	static const struct {
		size_t total;
		unsigned int n, percent;
		size_t stops_at; /* 0: never */
	} rows[] = {
		{ 10, 0, 0, 0 },
		{ 10, 1, 0, 1 },
		{ 10, 3, 0, 3 },
		{ 10, 11, 0, 0 },
		{ 3, 0, 50, 2 },
		{ 4, 0, 50, 2 },
		{ 1, 0, 1, 1 },
		{ 1000, 0, 1, 10 },
		{ 1001, 0, 1, 11 },
		{ 10, 0, 100, 10 },
		{ 1000000, 0, 99, 990000 },
		{ 10, 2, 50, 2 },
		{ 10, 9, 50, 5 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct sched s;
		size_t stopped_at = 0;

		sched_init(&s, rows[i].total, 1, 1);
		sched_fail_fast(&s, rows[i].n, rows[i].percent);
		for (size_t n = 1; n <= rows[i].total; n++) {
			if (!sched_failed(&s))
				continue;
			assert_int_equal(stopped_at, 0);
			stopped_at = n;
		}
		assert_int_equal(stopped_at, rows[i].stops_at);
		assert_int_equal(s.stopped, stopped_at > 0);
	}
}

static void what_is_begun_anew_is_no_failure(void **state)
{
	struct sched s;

	(void)state;
	sched_init(&s, 10, 1, 1);
	sched_fail_fast(&s, 2, 0);
	for (int i = 0; i < 5; i++) {
		assert_false(sched_failed(&s));
		sched_unfailed(&s);
	}
	assert_false(sched_failed(&s));
	assert_true(sched_failed(&s));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(starts_in_order_up_to_the_fanout),
		cmocka_unit_test(connecting_is_limited_apart),
		cmocka_unit_test(one_may_be_connecting_again),
		cmocka_unit_test(all_limits_finish),
		cmocka_unit_test(stopping_starts_nothing_more),
		cmocka_unit_test(failed_ones_are_due_before_the_rest),
		cmocka_unit_test(waits_double_up_to_half_a_minute),
		cmocka_unit_test(a_rate_spreads_the_starts),
		cmocka_unit_test(failures_stop_at_a_number_or_a_share),
		cmocka_unit_test(what_is_begun_anew_is_no_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
