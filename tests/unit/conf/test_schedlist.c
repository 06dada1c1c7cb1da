/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/schedlist.h"

#include "lib/fake_groups.h"
#include "lib/test.h"

static void each_form_is_read(void **state)
{
	static const struct {
		enum schedlist_form form;
		const char *in, *out;
	} rows[] = {
		{ SCHEDLIST_FOLDED, "n[1-3,07],m1", "n[1-3,07],m1" },
		{ SCHEDLIST_FOLDED, "r[0-1]n[00-03]", "r[0-1]n[00-03]" },
		{ SCHEDLIST_FOLDED, "n1", "n1" },
		{ SCHEDLIST_FOLDED, "@all", "error: bad host name '@all'" },
		{ SCHEDLIST_FOLDED, "^/etc/passwd",
		  "error: bad host name '^/etc/passwd'" },
		{ SCHEDLIST_FOLDED, "n1 n2", "error: bad host name 'n1 n2'" },
		{ SCHEDLIST_FOLDED, "", "error: bad host name ''" },
		{ SCHEDLIST_FOLDED, "n[3-1]",
		  "error: bad host list 'n[3-1]': column 5: expected 3 or "
		  "more, as ranges go up" },
		{ SCHEDLIST_WORDS, "a a b  a\n", "a,b,a" },
		{ SCHEDLIST_WORDS, "", "" },
		{ SCHEDLIST_WORDS, "a -b", "error: bad host name '-b'" },
		{ SCHEDLIST_PAIRS, "a 2 b 4", "a,b" },
		{ SCHEDLIST_PAIRS, "a 2 b",
		  "error: expected hosts, each with a number" },
		{ SCHEDLIST_PAIRS, "a b",
		  "error: expected a number after each host" },
		{ SCHEDLIST_LINES, "n1\nn1\nn2\n", "n1,n2" },
		{ SCHEDLIST_LINES, "n1:4\n# c\n\n  n2 slots=4 # d\r\nn3",
		  "n1,n2,n3" },
		{ SCHEDLIST_LINES, "n1 4 all.q@n1 <NULL>\nn2.x 2 q <NULL>\n",
		  "n1,n2.x" },
		{ SCHEDLIST_LINES, "n1\n\n$(x)\n",
		  "error: line 3: bad host name '$(x)'" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct strbuf out = STRBUF_INIT(100);
		struct err err = { 0 };

		if (schedlist_parse(rows[i].form, rows[i].in, &out, &err)) {
			strbuf_reset(&out);
			strbuf_addf(&out, "error: %s", err.msg);
		}
		assert_string_equal(out.buf, rows[i].out);
		err_release(&err);
		strbuf_release(&out);
	}
}

static const struct fake_pair files[] = {
	{ "/job/nodes", "n1\nn1\nn2\n" },
	{ "/job/bad", "n1\n;\n" },
	{ "/etc/machines", "# all\nm[1-3]\nm7 # x\n" },
	{ NULL, NULL },
};

static void the_environment_names_the_hosts(void **state)
{
	static const struct {
		struct fake_pair vars[3];
		const char *source, *out;
	} rows[] = {
		{ { { "SLURM_JOB_NODELIST", "n[1-2]" },
		    { "SLURM_NODELIST", "old" } },
		  "slurm",
		  "n[1-2]" },
		{ { { "SLURM_NODELIST", "old" } }, "slurm", "old" },
		{ { { "SLURM_NODELIST", "" } },
		  "slurm",
		  "error: group '@slurm:*': not set: SLURM_JOB_NODELIST, "
		  "SLURM_NODELIST" },
		{ { { "SLURM_JOB_NODELIST", "a;b" } },
		  "slurm",
		  "error: group '@slurm:*': SLURM_JOB_NODELIST: bad host name "
		  "'a;b'" },
		{ { { "PBS_NODEFILE", "/job/nodes" } }, "pbs", "n1,n2" },
		{ { { "PBS_NODEFILE", "/job/none" } },
		  "pbs",
		  "error: group '@pbs:*': PBS_NODEFILE names '/job/none', "
		  "which is no file" },
		{ { { "PBS_NODEFILE", "/job/bad" } },
		  "pbs",
		  "error: group '@pbs:*': /job/bad: line 2: bad host name "
		  "';'" },
		{ { { "LSB_HOSTS", "a a b" }, { "LSB_MCPU_HOSTS", "c 2" } },
		  "lsf",
		  "c" },
		{ { { "LSB_HOSTS", "a a b" } }, "lsf", "a,b" },
		{ { { "LSB_DJOB_HOSTFILE", "/job/nodes" } }, "lsf", "n1,n2" },
		{ { { "PE_HOSTFILE", "/job/nodes" } }, "sge", "n1,n2" },
		{ { { "HYDRA_HOST_FILE", "/job/nodes" } }, "pmi", "n1,n2" },
		{ { { "I_MPI_HYDRA_HOST_FILE", "/job/nodes" } },
		  "pmi",
		  "n1,n2" },
		{ { { "OMPI_MCA_orte_default_hostfile", "/job/nodes" } },
		  "pmi",
		  "n1,n2" },
		{ { { "X", "y" } }, "machines", "m[1-3],m7 " },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fake_groups fake = { .files = files,
					    .vars = rows[i].vars };
		struct groups *g = fake_groups_new(&fake);
		char *got;

		schedlist_add(g);
		/* "@slurm" is "@slurm:*". */
		got = fake_groups_ask(g, NULL, rows[i].source);
		assert_string_equal(got, rows[i].out);
		free(got);
		got = fake_groups_ask(g, rows[i].source, "*");
		assert_string_equal(got, rows[i].out);
		free(got);
		fake_groups_free(&fake, g);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_form_is_read),
		cmocka_unit_test(the_environment_names_the_hosts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
