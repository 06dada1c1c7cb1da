/* SPDX-License-Identifier: Apache-2.0 */
#include "job/sched.h"

#include "lib/test.h"

static size_t start_all(struct sched *s)
{
	size_t rank, n = 0;

	while (sched_next(s, &rank))
		n++;
	return n;
}

static void starts_in_order_up_to_the_fanout(void **state)
{
	struct sched s;
	size_t rank;

	(void)state;
	sched_init(&s, 5, 2, 10);
	assert_true(sched_next(&s, &rank));
	assert_int_equal(rank, 0);
	assert_true(sched_next(&s, &rank));
	assert_int_equal(rank, 1);
	assert_false(sched_next(&s, &rank));
	sched_connected(&s);
	assert_false(sched_next(&s, &rank));
	sched_done(&s, false);
	assert_true(sched_next(&s, &rank));
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
	assert_true(sched_next(&s, &rank));
	sched_stop(&s);
	assert_false(sched_next(&s, &rank));
	assert_false(sched_finished(&s));
	sched_done(&s, true);
	assert_true(sched_finished(&s));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(starts_in_order_up_to_the_fanout),
		cmocka_unit_test(connecting_is_limited_apart),
		cmocka_unit_test(one_may_be_connecting_again),
		cmocka_unit_test(all_limits_finish),
		cmocka_unit_test(stopping_starts_nothing_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
