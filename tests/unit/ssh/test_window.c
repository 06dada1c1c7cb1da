/* SPDX-License-Identifier: Apache-2.0 */
#include "ssh/window.h"

#include "lib/test.h"

#define MS ((uint64_t)1000000)
#define MB ((uint64_t)1000000)

/* The least, and the widest. */
#define LEAST WINDOW_LEAST
#define WIDE  DRV_WINDOW_WIDE

static void it_is_what_the_way_holds_and_more(void **state)
{
	static const struct {
		uint64_t round_trip_us, rate;
		size_t bytes;
	} rows[] = {
		/* clang-format off */
		{ 0, 0, WIDE },		     /* nothing is known */
		{ 0, 1000 * MB, WIDE },
		{ 100, 0, LEAST },	     /* no rate is: the same host, */
		{ 1000, 0, LEAST },	     /* a network */
		{ 10000, 0, 2684352 },	     /* and longer ways */
		{ 20000, 0, 5368708 },
		{ 100000, 0, WIDE },
		{ 500, 400 * MB, LEAST },
		{ 20000, 10 * MB, LEAST },   /* the peer has no time to send */
		{ 20000, 20 * MB, 1600000 },
		{ 100000, 1 * MB, LEAST },
		{ 100000, 10 * MB, 4000000 },
		{ 100000, 80 * MB, WIDE },
		{ 10000000, 1, LEAST },	     /* and as large as can be */
		{ UINT64_MAX / 1000, (uint64_t)100 << 30, WIDE },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct window w = { 0 };

		window_round_trip(&w, rows[i].round_trip_us * 1000);
		w.rate = rows[i].rate;
		assert_int_equal(window_bytes(&w), rows[i].bytes);
	}
}

/* One that is made behind much that is under way says nothing. */
static void the_least_round_trip_counts(void **state)
{
	struct window w = { 0 };

	(void)state;
	window_round_trip(&w, 5 * MS);
	window_round_trip(&w, 300 * MS);
	assert_int_equal(w.round_trip_ns, 5 * MS);
	window_round_trip(&w, 2 * MS);
	assert_int_equal(w.round_trip_ns, 2 * MS);
	window_round_trip(&w, 0);
	assert_int_equal(w.round_trip_ns, 2 * MS);
}

/* Each row: what has come of it at which time, and the rate then. */
static void the_most_of_the_rates_counts(void **state)
{
	static const struct {
		uint64_t ms, bytes, rate;
	} rows[] = {
		/* clang-format off */
		{ 1000, 100, 0 },
		{ 1500, 200, 0 },
		/* it begins to come, and goes on */
		{ 1600, 1 * MB, 0 },
		{ 1650, 5 * MB, 0 },
		{ 1700, 6 * MB, 50 * MB },
		/* less of it, then nothing, for a while */
		{ 1800, 7 * MB, 50 * MB },
		{ 5000, 7 * MB, 50 * MB },
		{ 5001, 9 * MB, 50 * MB },
		{ 5100, 12 * MB, 50 * MB },
		{ 5200, 20 * MB, 80 * MB },
		{ 5300, 200 * MB, 1800 * MB },
		/* clang-format on */
	};
	struct window w = { 0 };

	(void)state;
	window_round_trip(&w, 20 * MS);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		window_came(&w, rows[i].ms * MS, rows[i].bytes);
		assert_int_equal(w.rate, rows[i].rate);
	}
}

/* A window comes as one, and then nothing for a round trip. */
static void a_rate_is_that_of_a_round_trip(void **state)
{
	struct window w = { 0 };

	(void)state;
	window_round_trip(&w, 500 * MS);
	window_came(&w, 1000 * MS, 0);
	window_came(&w, 1500 * MS, 1 * MB);
	window_came(&w, 1600 * MS, 8 * MB);
	assert_int_equal(w.rate, 0);
	window_came(&w, 2000 * MS, 9 * MB);
	assert_int_equal(w.rate, 16 * MB);
}

/* Much beyond what any way does: no number runs over. */
static void a_rate_has_a_bound(void **state)
{
	struct window w = { 0 };

	(void)state;
	window_round_trip(&w, UINT64_MAX);
	window_came(&w, 1, 0);
	window_came(&w, UINT64_MAX / 2, (uint64_t)1 << 53);
	window_came(&w, UINT64_MAX / 2 + 10000 * MS, (uint64_t)1 << 54);
	assert_int_equal(window_bytes(&w), WIDE);
	assert_in_range(w.rate, (uint64_t)100 << 30, (uint64_t)100 << 30);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_what_the_way_holds_and_more),
		cmocka_unit_test(the_least_round_trip_counts),
		cmocka_unit_test(the_most_of_the_rates_counts),
		cmocka_unit_test(a_rate_is_that_of_a_round_trip),
		cmocka_unit_test(a_rate_has_a_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
