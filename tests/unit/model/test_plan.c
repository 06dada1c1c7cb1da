/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What makes a plan one that can be run.
 */
#include "model/plan.h"

#include "lib/test.h"

#include "base/alloc.h"

static void command_is_needed_but_for_a_shell(void **state)
{
	static const struct {
		const char *driver;
		const char *command;
		size_t hosts;
		bool shell;
		int rc;
	} rows[] = {
		/* clang-format off */
		{ "ssh",  NULL,  1, true,  0  },
		{ "ssh",  NULL,  1, false, -1 },
		{ "ssh",  NULL,  2, true,  0  },
		{ "ssh",  NULL,  2, false, -1 },
		{ "exec", NULL,  2, true,  -1 },
		{ "ssh",  "cmd", 2, false, 0  },
		{ "exec", NULL,  1, true,  -1 },
		{ "exec", "cmd", 1, true,  0  },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct err err = { 0 };
		struct plan plan;

		plan_init(&plan);
		plan.spec.kind = OP_EXEC;
		plan.driver = rows[i].driver;
		plan.spec.login_shell = rows[i].shell;
		if (rows[i].command)
			plan.spec.command = xstrdup(rows[i].command);
		for (size_t n = 0; n < rows[i].hosts; n++)
			assert_int_equal(targets_add(&plan.targets,
						     n ? "b" : "a", NULL, NULL),
					 0);
		assert_int_equal(plan_check(&plan, &err), rows[i].rc);
		if (rows[i].rc)
			assert_string_equal(err.msg, "no command to run");
		err_release(&err);
		plan_release(&plan);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(command_is_needed_but_for_a_shell),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
