/* SPDX-License-Identifier: Apache-2.0 */
#include "io/rate.h"

#include "lib/test.h"

#define MS ((uint64_t)1000000)

/* Who pays 1000 bytes at a time, and waits as long as it is told. */
static uint64_t span_of(struct rate *r, unsigned int times, uint64_t late)
{
	uint64_t now = 5000 * MS;

	for (unsigned int i = 0; i < times; i++)
		now += (rate_pay(r, 1000, now) + late) * MS;
	return now / MS - 5000;
}

static void a_second_takes_a_seconds_bytes(void **state)
{
	struct rate r = { .per_s = 100000 };

	(void)state;
	/* less what could be made up for */
	assert_in_range(span_of(&r, 100, 0), 1000 - RATE_BURST_MS - 1, 1000);
}

static void who_wakes_late_makes_up_for_it(void **state)
{
	struct rate r = { .per_s = 100000 };

	(void)state;
	assert_in_range(span_of(&r, 100, 3), 1000 - RATE_BURST_MS - 1, 1003);
}

static void little_at_a_high_rate_waits_for_nothing(void **state)
{
	struct rate r = { .per_s = (uint64_t)1 << 40 };

	(void)state;
	assert_int_equal(span_of(&r, 1000, 0), 0);
}

static void many_wait_behind_each_other(void **state)
{
	struct rate r = { .per_s = 1000000, .due_ns = 0 };
	uint64_t now = 5000 * MS;
	uint64_t last = 0;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		uint64_t wait = rate_pay(&r, 1000, now);

		assert_true(wait >= last);
		last = wait;
	}
	assert_int_equal(last, 1000 - RATE_BURST_MS);
}

static void one_byte_a_second_and_a_large_debt_do_not_wrap(void **state)
{
	struct rate r = { .per_s = 1 };

	(void)state;
	assert_int_equal(rate_pay(&r, UINT32_MAX, 0),
			 UINT32_MAX * (uint64_t)1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_second_takes_a_seconds_bytes),
		cmocka_unit_test(who_wakes_late_makes_up_for_it),
		cmocka_unit_test(little_at_a_high_rate_waits_for_nothing),
		cmocka_unit_test(many_wait_behind_each_other),
		cmocka_unit_test(
			one_byte_a_second_and_a_large_debt_do_not_wrap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
