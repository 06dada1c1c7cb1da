/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"

#include <errno.h>

#include "lib/test.h"

static void setting_gives_minus_one(void **state)
{
	struct err err = { 0 };

	(void)state;
	assert_int_equal(err_set(&err, ERR_CONNECT, "no %s", "route"), -1);
	assert_int_equal(err.code, ERR_CONNECT);
	assert_string_equal(err.msg, "no route");
	assert_int_equal(err_set(NULL, ERR_AUTH, "x"), -1);
	err_release(&err);
	assert_int_equal(err.code, ERR_NONE);
	assert_null(err.msg);
}

static void errno_is_told_last(void **state)
{
	struct err err = { 0 };

	(void)state;
	errno = ENOENT;
	err_set_errno(&err, ERR_CONFIG, "cannot read '%s'", "f");
	assert_string_equal(err.msg,
			    "cannot read 'f': No such file or directory");
	err_prefix(&err, "line %d: ", 3);
	assert_string_equal(
		err.msg, "line 3: cannot read 'f': No such file or directory");
	err_release(&err);
}

static void prefix_of_no_error_is_nothing(void **state)
{
	struct err err = { 0 };

	(void)state;
	err_prefix(&err, "x");
	assert_null(err.msg);
}

static void move_and_copy(void **state)
{
	struct err a = { 0 }, b = { 0 }, c = { 0 };

	(void)state;
	err_set(&a, ERR_LOST, "gone");
	err_move(&b, &a);
	assert_int_equal(a.code, ERR_NONE);
	err_copy(&c, &b);
	assert_string_equal(c.msg, "gone");
	err_release(&b);
	err_release(&c);
}

static void a_block_goes_with_its_sentence(void **state)
{
	struct err a = { 0 }, b = { 0 };

	(void)state;
	err_block(&a, "nothing is said yet");
	assert_null(a.block);
	err_block(NULL, "x");
	err_as_ssh(NULL, "x");
	err_as_ssh(&a, "nothing is said yet");
	assert_null(a.ssh);
	err_set(&a, ERR_HOSTKEY, "changed");
	err_block(&a, "changed:\n  %d", 1);
	err_as_ssh(&a, "one");
	err_as_ssh(&a, "%s\ntwo", a.ssh);
	err_prefix(&a, "h: ");
	err_copy(&b, &a);
	assert_string_equal(b.ssh, "one\ntwo");
	assert_string_equal(b.block, "changed:\n  1");
	err_move(&b, &a);
	assert_string_equal(b.msg, "h: changed");
	assert_string_equal(b.block, "changed:\n  1");
	err_set(&b, ERR_AUTH, "denied");
	assert_null(b.block);
	assert_null(b.ssh);
	err_release(&b);
}

static void every_class_has_a_word(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < ERR_NCODES; i++)
		assert_non_null(err_name((enum err_code)i));
}

static void a_suggestion_goes_with_its_error(void **state)
{
	struct err err = { 0 };
	struct err copy = { 0 };

	(void)state;
	err_suggest_program(NULL);
	err_suggest_program(&err);
	assert_false(err.needs_program);
	err_set(&err, ERR_AUTH, "x");
	err_suggest_program(&err);
	err_prefix(&err, "y: ");
	err_copy(&copy, &err);
	assert_true(err.needs_program && copy.needs_program);
	err_set(&err, ERR_AUTH, "another");
	assert_false(err.needs_program);
	err_move(&err, &copy);
	assert_true(err.needs_program);
	assert_false(copy.needs_program);
	err_release(&err);
	assert_false(err.needs_program);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(setting_gives_minus_one),
		cmocka_unit_test(errno_is_told_last),
		cmocka_unit_test(a_suggestion_goes_with_its_error),
		cmocka_unit_test(prefix_of_no_error_is_nothing),
		cmocka_unit_test(move_and_copy),
		cmocka_unit_test(a_block_goes_with_its_sentence),
		cmocka_unit_test(every_class_has_a_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
