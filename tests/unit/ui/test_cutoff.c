/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/cutoff.h"

#include "lib/test.h"

#define SECOND 1000000000ull

static size_t came(struct cutoff *c, uint64_t now, const char *text)
{
	return cutoff_length(c, now, text, strlen(text));
}

static void nothing_is_left_out_before_the_key(void **state)
{
	struct cutoff c = { 0 };

	(void)state;
	assert_int_equal(came(&c, SECOND, "yyy"), 0);
	assert_false(cutoff_on(&c));
}

static void all_before_the_echo_is_left_out(void **state)
{
	struct cutoff c = { 0 };

	(void)state;
	cutoff_begin(&c, SECOND);
	assert_int_equal(came(&c, SECOND + 1, "y^y^"), 4);
	assert_int_equal(came(&c, SECOND + 2, "y^^Cnext"), 2);
	assert_false(cutoff_on(&c));
	assert_int_equal(came(&c, SECOND + 3, "y"), 0);
	cutoff_begin(&c, SECOND);
	assert_int_equal(came(&c, SECOND + 1, "yy^\\"), 2);
}

static void an_echo_may_come_in_two_halves(void **state)
{
	struct cutoff c = { 0 };

	(void)state;
	cutoff_begin(&c, SECOND);
	assert_int_equal(came(&c, SECOND + 1, "yy^"), 3);
	assert_int_equal(came(&c, SECOND + 2, "C$ "), 0);
	assert_false(cutoff_on(&c));
}

static void what_is_no_text_looks_like_an_echo(void **state)
{
	struct cutoff c = { 0 };

	(void)state;
	cutoff_begin(&c, SECOND);
	assert_int_equal(came(&c, SECOND + 1, "\001\377^Cbytes"), 9);
	assert_int_equal(came(&c, SECOND + 2, "\002^C\r\n$ "), 1);
	assert_false(cutoff_on(&c));
}

static void without_an_echo_a_silence_ends_it(void **state)
{
	struct cutoff c = { 0 };

	(void)state;
	cutoff_begin(&c, SECOND);
	assert_int_equal(came(&c, 2 * SECOND, "yy"), 2);
	assert_int_equal(came(&c, 3 * SECOND + 1, "yy"), 0);
	assert_false(cutoff_on(&c));
}

static void it_does_not_last(void **state)
{
	struct cutoff c = { 0 };

	(void)state;
	cutoff_begin(&c, SECOND);
	for (uint64_t i = 1; i <= 5; i++)
		assert_int_equal(came(&c, SECOND + i * SECOND, "yy"), 2);
	assert_int_equal(came(&c, 6 * SECOND + 1, "yy"), 0);
	assert_false(cutoff_on(&c));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_left_out_before_the_key),
		cmocka_unit_test(all_before_the_echo_is_left_out),
		cmocka_unit_test(an_echo_may_come_in_two_halves),
		cmocka_unit_test(what_is_no_text_looks_like_an_echo),
		cmocka_unit_test(without_an_echo_a_silence_ends_it),
		cmocka_unit_test(it_does_not_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
