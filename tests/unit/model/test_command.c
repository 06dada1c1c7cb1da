/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command of each target, and what a shell makes of it.
 */
#include "model/command.h"

#include "lib/test.h"

#include "base/alloc.h"

static void words_are_quoted_where_a_shell_needs_it(void **state)
{
	static const struct {
		const char *word, *quoted;
	} rows[] = {
		{ "a-1_/.:@%+,", "a-1_/.:@%+," },
		{ "", "''" },
		{ "a b", "'a b'" },
		{ "it's", "'it'\\''s'" },
		{ "wow!", "'wow'\\!''" },
		{ "$(x)`y`\n*", "'$(x)`y`\n*'" },
		{ "a\\\\b\\", "'a'\\\\''\\\\'b'\\\\''" },
		{ "~", "'~'" },
		{ "a=b", "'a=b'" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct strbuf sb = STRBUF_INIT(1000);

		command_quote(&sb, rows[i].word);
		assert_string_equal(sb.buf, rows[i].quoted);
		strbuf_release(&sb);
	}
}

static void a_command_is_made_for_each_target(void **state)
{
	static const struct {
		const char *command;
		bool subst, vars;
		const char *made; /* NULL: refused */
	} rows[] = {
		{ "echo %h", false, false, "echo %h" },
		{ "echo %h %n %u %r %%", true, false,
		  "echo web1 web1 bob 0 %" },
		{ "date +%d%H; echo %%h %", true, false,
		  "date +%d%H; echo %h %" },
		{ "x 'y'", false, true,
		  "env RSH_HOST=web1 RSH_RANK=0 RSH_NHOSTS=7 sh -c 'x "
		  "'\\''y'\\'''" },
		{ "a %r", true, true,
		  "env RSH_HOST=web1 RSH_RANK=0 RSH_NHOSTS=7 sh -c 'a 0'" },
	};
	struct targets ts = { 0 };

	(void)state;
	assert_int_equal(targets_add(&ts, "bob@web1:22", NULL, NULL), 0);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct op_spec spec = { .command = xstrdup(rows[i].command),
					.subst = rows[i].subst,
					.vars = rows[i].vars };
		char *made = command_for(&spec, &ts.v[0], 7, NULL);

		assert_string_equal(made, rows[i].made);
		assert_int_equal(command_made(&spec),
				 rows[i].subst || rows[i].vars);
		free(made);
		free(spec.command);
	}
	targets_release(&ts);
}

static void what_a_shell_would_read_otherwise_is_refused(void **state)
{
	struct targets ts = { 0 };
	struct op_spec spec = { .command = xstrdup("echo %u"), .subst = true };
	struct err err = { 0 };

	(void)state;
	assert_int_equal(targets_add(&ts, "web1", NULL, NULL), 0);
	ts.v[0].user = "a;\033[2Jb";
	assert_null(command_for(&spec, &ts.v[0], 1, &err));
	assert_string_equal(
		err.msg,
		"cannot put 'a;\\033[2Jb' into a command: a shell would read it in its own way");
	assert_int_equal(err.code, ERR_CONFIG);
	err_release(&err);
	free(spec.command);
	spec.command = xcalloc(1, COMMAND_MAX + 2);
	memset(spec.command, 'x', COMMAND_MAX + 1);
	ts.v[0].user = "a";
	assert_null(command_for(&spec, &ts.v[0], 1, &err));
	assert_string_equal(err.msg,
			    "the command is longer than 1048576 bytes");
	err_release(&err);
	free(spec.command);
	targets_release(&ts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_quoted_where_a_shell_needs_it),
		cmocka_unit_test(a_command_is_made_for_each_target),
		cmocka_unit_test(what_a_shell_would_read_otherwise_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
