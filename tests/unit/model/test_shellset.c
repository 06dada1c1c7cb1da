/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who of many shells gets what is typed.
 */
#include "model/shellset.h"

#include "lib/test.h"

#define N 4

/* All are up, but for the last, which connects. */
static void begin(struct shellset *s)
{
	shellset_init(s, N);
	for (size_t i = 0; i + 1 < N; i++)
		shellset_up(s, i, true);
}

/* "yes", "no" for each: "ynyn". */
static void takes(const struct shellset *s, const char *expected)
{
	char found[N + 1] = "";

	for (size_t i = 0; i < N; i++)
		found[i] = shellset_takes(s, i) ? 'y' : 'n';
	assert_string_equal(found, expected);
}

static void all_that_are_up_get_it(void **state)
{
	struct shellset s;
	struct shellset_count c;

	(void)state;
	begin(&s);
	takes(&s, "yyyn");
	shellset_gone(&s, 0);
	takes(&s, "nyyn");
	shellset_up(&s, 3, true);
	takes(&s, "nyyy");
	shellset_count(&s, &c);
	assert_int_equal(c.total, 4);
	assert_int_equal(c.up, 3);
	assert_int_equal(c.gone, 1);
	assert_int_equal(c.takes, 3);
	assert_string_equal(shellset_word(&s, 0), "gone");
	assert_string_equal(shellset_word(&s, 1), "active");
	shellset_connecting(&s, 0);
	takes(&s, "nyyy");
	assert_string_equal(shellset_word(&s, 0), "connecting");
	shellset_up(&s, 0, true);
	takes(&s, "yyyy");
	shellset_release(&s);
}

static void choices_hold_whoever_comes_or_goes(void **state)
{
	const size_t two[] = { 1, 3 };
	struct shellset s;

	(void)state;
	begin(&s);
	shellset_only(&s, two, 2);
	takes(&s, "nynn");
	assert_string_equal(shellset_word(&s, 0), "aside");
	shellset_up(&s, 3, true);
	takes(&s, "nyny");
	shellset_drop(&s, two, 1);
	takes(&s, "nnny");
	shellset_add(&s, two, 1);
	takes(&s, "nyny");
	shellset_all(&s);
	takes(&s, "yyyy");
	shellset_drop(&s, two, 2);
	takes(&s, "ynyn");
	shellset_release(&s);
}

static void a_password_is_for_who_is_named(void **state)
{
	const size_t one = 1;
	struct shellset s;
	struct shellset_count c;

	(void)state;
	begin(&s);
	assert_int_equal(shellset_only_asking(&s), 0);
	takes(&s, "yyyn");
	shellset_asks(&s, 1, true);
	shellset_asks(&s, 3, true); /* is not up */
	takes(&s, "ynyn");
	assert_false(shellset_hears_all(&s, 1));
	assert_false(shellset_secret(&s));
	shellset_count(&s, &c);
	assert_int_equal(c.asks, 1);
	assert_string_equal(shellset_word(&s, 1), "password");
	shellset_add(&s, &one, 1);
	takes(&s, "yyyn");
	assert_false(shellset_secret(&s));
	shellset_asks(&s, 2, true);
	assert_int_equal(shellset_only_asking(&s), 2);
	takes(&s, "nyyn");
	assert_true(shellset_secret(&s));
	shellset_restore(&s);
	assert_false(shellset_secret(&s));
	takes(&s, "yynn");
	shellset_restore(&s);
	takes(&s, "yynn");
	assert_int_equal(shellset_only_asking(&s), 2);
	shellset_asks(&s, 1, false);
	/* The rest of a password is not for who has stopped to ask. */
	takes(&s, "nnyn");
	assert_true(shellset_secret(&s));
	assert_false(shellset_takes_secret(&s, 1));
	assert_true(shellset_takes_secret(&s, 2));
	shellset_gone(&s, 2);
	assert_false(s.hosts[2].asks);
	takes(&s, "nnnn");
	assert_false(shellset_secret(&s));
	shellset_restore(&s);
	takes(&s, "yynn");
	shellset_release(&s);
}

static void takes_signal(const struct shellset *s, const char *expected)
{
	char found[N + 1] = "";

	for (size_t i = 0; i < N; i++)
		found[i] = shellset_takes_signal(s, i) ? 'y' : 'n';
	assert_string_equal(found, expected);
}

static void who_asks_gets_what_is_no_text(void **state)
{
	const size_t two[] = { 0, 1 };
	struct shellset s;

	(void)state;
	begin(&s);
	shellset_asks(&s, 1, true);
	takes(&s, "ynyn");
	takes_signal(&s, "yyyn");
	shellset_up(&s, 2, false);
	takes_signal(&s, "yynn");
	shellset_drop(&s, two, 2);
	takes_signal(&s, "nnnn");
	assert_int_equal(shellset_only_asking(&s), 1);
	shellset_asks(&s, 1, false);
	takes(&s, "nnnn");
	takes_signal(&s, "nynn");
	assert_true(shellset_focus(&s, 0));
	takes_signal(&s, "ynnn");
	shellset_release(&s);
}

static void unverified_hosts_get_no_broadcast(void **state)
{
	const size_t two[] = { 1, 2 };
	struct shellset s;

	(void)state;
	begin(&s);
	shellset_up(&s, 1, false);
	takes(&s, "ynyn");
	assert_false(shellset_hears_all(&s, 1));
	assert_string_equal(shellset_word(&s, 1), "unverified");
	shellset_only(&s, two, 2);
	takes(&s, "nnyn");
	assert_false(shellset_trusts(&s, 1));
	shellset_only(&s, two, 1);
	takes(&s, "nynn");
	assert_true(shellset_trusts(&s, 1));
	/* That it asks for a password is no matter of trust. */
	shellset_asks(&s, 2, true);
	assert_true(shellset_trusts(&s, 2));
	shellset_asks(&s, 2, false);
	assert_string_equal(shellset_word(&s, 1), "unverified, active");
	/* Being the only one that is left is not being named. */
	shellset_all(&s);
	shellset_gone(&s, 0);
	shellset_gone(&s, 2);
	takes(&s, "nnnn");
	shellset_release(&s);
}

static void focus_is_for_one_alone(void **state)
{
	struct shellset s;

	(void)state;
	begin(&s);
	assert_false(shellset_focus(&s, 3));
	assert_true(shellset_focus(&s, 2));
	takes(&s, "nnyn");
	assert_string_equal(shellset_word(&s, 2), "focus");
	shellset_asks(&s, 2, true);
	shellset_drop(&s, &s.focus, 1);
	takes(&s, "nnyn");
	assert_true(shellset_focus(&s, SHELLSET_NONE));
	takes(&s, "yynn");
	assert_true(shellset_focus(&s, 0));
	shellset_gone(&s, 0);
	assert_int_equal(s.focus, SHELLSET_NONE);
	takes(&s, "nynn");
	shellset_release(&s);
}

static void next_goes_round_those_that_are_up(void **state)
{
	struct shellset s;

	(void)state;
	begin(&s);
	shellset_gone(&s, 1);
	assert_true(shellset_next(&s));
	takes(&s, "ynnn");
	assert_true(shellset_next(&s));
	takes(&s, "nnyn");
	assert_true(shellset_next(&s));
	takes(&s, "ynnn");
	shellset_gone(&s, 0);
	assert_true(shellset_next(&s));
	takes(&s, "nnyn");
	shellset_gone(&s, 2);
	assert_false(shellset_next(&s));
	shellset_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_that_are_up_get_it),
		cmocka_unit_test(choices_hold_whoever_comes_or_goes),
		cmocka_unit_test(a_password_is_for_who_is_named),
		cmocka_unit_test(who_asks_gets_what_is_no_text),
		cmocka_unit_test(unverified_hosts_get_no_broadcast),
		cmocka_unit_test(focus_is_for_one_alone),
		cmocka_unit_test(next_goes_round_those_that_are_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
