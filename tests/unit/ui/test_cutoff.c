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

static void nor_is_one_where_what_came_is_cut(void **state)
{
	struct cutoff c = { 0 };

	(void)state;
	cutoff_begin(&c, SECOND);
	assert_int_equal(came(&c, SECOND + 1, "bytes\001\377"), 7);
	assert_int_equal(came(&c, SECOND + 2, "a^Cb\002^"), 6);
	assert_int_equal(came(&c, SECOND + 3, "C\003^C"), 4);
	assert_int_equal(came(&c, SECOND + 4, "\004$ "), 3);
	/* Nor does what stands behind them ask or wait for anything. */
	cutoff_tick(&c, SECOND + 4 + SECOND / 2);
	assert_true(cutoff_on(&c));
	assert_int_equal(came(&c, SECOND + 5, "\005^C\r\n$ "), 1);
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

static void rest_is(struct cutoff *c, const char *expected)
{
	size_t n;
	const char *rest = cutoff_rest(c, &n);

	assert_int_equal(n, strlen(expected));
	assert_memory_equal(rest, expected, n);
	(void)cutoff_rest(c, &n);
	assert_int_equal(n, 0);
}

static void a_question_for_a_password_ends_it(void **state)
{
	struct cutoff c = { 0 };

	(void)state;
	cutoff_begin(&c, SECOND);
	assert_int_equal(came(&c, SECOND + 1, "yy\r\nyy\r\n\033[1m[sudo] pass"),
			 23);
	assert_true(cutoff_on(&c));
	assert_int_equal(came(&c, SECOND + 2, "word for me:\033[m "), 16);
	assert_false(cutoff_on(&c));
	rest_is(&c, "\033[1m[sudo] password for me:\033[m ");
	/* It is none where the line goes on, or is long. */
	cutoff_begin(&c, SECOND);
	assert_int_equal(came(&c, SECOND + 1, "Password: yy"), 12);
	for (int i = 0; i < CUTOFF_LINE_MAX / 10; i++)
		assert_int_equal(came(&c, SECOND + 2, "0123456789"), 10);
	assert_int_equal(came(&c, SECOND + 3, "Password: "), 10);
	assert_true(cutoff_on(&c));
	cutoff_tick(&c, 3 * SECOND);
	rest_is(&c, "");
}

static void a_question_may_have_come_before_the_key(void **state)
{
	struct cutoff c = { 0 };

	(void)state;
	cutoff_begin(&c, SECOND);
	cutoff_before(&c, "yy^C\r\nyy", 8);
	assert_true(cutoff_on(&c));
	cutoff_before(&c, "yy\r\nPassword: ", 14);
	assert_false(cutoff_on(&c));
	rest_is(&c, "Password: ");
}

static void what_stands_at_the_end_is_seen(void **state)
{
	struct cutoff c = { 0 };

	(void)state;
	cutoff_begin(&c, SECOND);
	assert_int_equal(came(&c, 2 * SECOND, "yy\r\nSure? "), 10);
	cutoff_tick(&c, 3 * SECOND);
	assert_true(cutoff_on(&c));
	cutoff_tick(&c, 3 * SECOND + 1);
	assert_false(cutoff_on(&c));
	rest_is(&c, "Sure? ");
	/* A prompt waits less. */
	cutoff_begin(&c, SECOND);
	assert_int_equal(came(&c, 2 * SECOND, "yy\r\nme@n1:~$ "), 13);
	cutoff_tick(&c, 2 * SECOND + SECOND / 10);
	assert_true(cutoff_on(&c));
	cutoff_tick(&c, 2 * SECOND + SECOND / 10 + 1);
	assert_false(cutoff_on(&c));
	rest_is(&c, "me@n1:~$ ");
	/* Not what an echo has ended. */
	cutoff_begin(&c, SECOND);
	assert_int_equal(came(&c, SECOND + 1, "yy^C\r\n$ "), 2);
	rest_is(&c, "");
}

static void a_flood_that_is_far_behind_may_take_longer(void **state)
{
	static char much[1 << 20];
	struct cutoff c = { 0 };

	(void)state;
	memset(much, 'y', sizeof(much));
	cutoff_begin(&c, SECOND);
	for (uint64_t i = 1; i <= 8; i++)
		assert_int_equal(cutoff_length(&c, SECOND + i * SECOND, much,
					       sizeof(much) / 2),
				 sizeof(much) / 2);
	/* More than can have been on its way. */
	assert_int_equal(cutoff_length(&c, 10 * SECOND, much, 1), 1);
	assert_int_equal(cutoff_length(&c, 10 * SECOND, much, 1), 0);
	assert_false(cutoff_on(&c));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_left_out_before_the_key),
		cmocka_unit_test(all_before_the_echo_is_left_out),
		cmocka_unit_test(an_echo_may_come_in_two_halves),
		cmocka_unit_test(what_is_no_text_looks_like_an_echo),
		cmocka_unit_test(nor_is_one_where_what_came_is_cut),
		cmocka_unit_test(without_an_echo_a_silence_ends_it),
		cmocka_unit_test(it_does_not_last),
		cmocka_unit_test(a_question_for_a_password_ends_it),
		cmocka_unit_test(a_question_may_have_come_before_the_key),
		cmocka_unit_test(what_stands_at_the_end_is_seen),
		cmocka_unit_test(a_flood_that_is_far_behind_may_take_longer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
