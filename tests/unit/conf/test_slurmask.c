/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/slurmask.h"

#include "lib/fake_groups.h"
#include "lib/test.h"

static const struct fake_pair commands[] = {
	{ "squeue|-h|-j|12|-o|%N", "n[1-2]\n" },
	{ "squeue|-h|-j|13|-o|%N", "\n" },
	{ "squeue|-h|-j|14|-o|%N", "!1" },
	{ "squeue|-h|-j|15|-o|%N", "n1;x\n" },
	{ "squeue|-h|-t|R|-o|%i", "12\n13_4\n" },
	{ "squeue|-h|-t|R|-o|%N", "n[1-2]\nn5\n(null)\n" },
	{ "sinfo|-h|-p|debug|-o|%N", "n[1-3]\nn7\n" },
	{ "sinfo|-h|-p|none|-o|%N", "" },
	{ "sinfo|-h|-o|%R", "debug\nbatch\n" },
	{ "sinfo|-h|-o|%f %N", "gpu,ib n[1-2]\nib n3\n(null) n4\n" },
	{ "sinfo|-h|-o|%f", "gpu,ib\nib\n(null)\n" },
	{ NULL, NULL },
};

static void commands_are_asked_and_their_answers_read(void **state)
{
	static const struct {
		const char *source, *group, *out;
	} rows[] = {
		{ "slurmjob", "12", "n[1-2]" },
		{ "slurmjob", "13",
		  "error: unknown group '@slurmjob:13'; did you mean "
		  "'@slurmjob:12'?" },
		{ "slurmjob", "14",
		  "error: group '@slurmjob:14': 'squeue' ended with status "
		  "1" },
		{ "slurmjob", "15",
		  "error: group '@slurmjob:15': the answer of 'squeue': bad "
		  "host name 'n1;x'" },
		{ "slurmjob", "*", "n[1-2],n5" },
		{ "slurmjob", NULL, "12 13_4" },
		{ "slurmpart", "debug", "n[1-3],n7" },
		{ "slurmpart", "none",
		  "error: unknown group '@slurmpart:none'" },
		{ "slurmpart", NULL, "debug batch" },
		{ "slurmfeature", "ib", "n[1-2],n3" },
		{ "slurmfeature", "gpu", "n[1-2]" },
		{ "slurmfeature", "gp",
		  "error: unknown group "
		  "'@slurmfeature:gp'; did you mean "
		  "'@slurmfeature:gpu'?" },
		{ "slurmpart", "a;b", "error: unknown group '@slurmpart:a;b'" },
		{ "slurmpart", "$(x)",
		  "error: unknown group '@slurmpart:$(x)'" },
		{ "slurmpart", "x",
		  "error: group '@slurmpart:x': no command "
		  "'sinfo|-h|-p|x|-o|%N'" },
	};
	struct fake_groups fake = { .commands = commands };
	struct groups *g = fake_groups_new(&fake);

	(void)state;
	slurmask_add(g);
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *got = fake_groups_ask(g, rows[i].source, rows[i].group);

		assert_string_equal(got, rows[i].out);
		free(got);
	}
	fake_groups_free(&fake, g);
}

static void a_command_is_run_once(void **state)
{
	struct fake_groups fake = { .commands = commands };
	struct groups *g = fake_groups_new(&fake);

	(void)state;
	slurmask_add(g);
	for (int i = 0; i < 3; i++)
		free(fake_groups_ask(g, "slurmjob", "12"));
	assert_int_equal(fake.runs, 1);
	fake_groups_free(&fake, g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commands_are_asked_and_their_answers_read),
		cmocka_unit_test(a_command_is_run_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
