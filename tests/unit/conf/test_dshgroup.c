/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/dshgroup.h"

#include "lib/fake_groups.h"
#include "lib/test.h"

static const struct fake_pair files[] = {
	{ "/home/ann/.dsh/group/web", "# ours\nn[1-2] , n3\r\n\nadm@n4 # x\n" },
	{ "/home/ann/.dsh/group/all", "#include web\n#include db\nz1\n" },
	{ "/home/ann/.dsh/group/own", "@web,-n1\n" },
	{ "/home/ann/.dsh/group/hidden", "!" },
	{ "/home/ann/.dsh/group/we b", "x" },
	{ "/a/group/web", "theirs" },
	{ "/a/group/db", "d1\n#includex y\n" },
	{ "/a/group/loop", "#include loop2\n" },
	{ "/a/group/loop2", "n1\n#include loop\n" },
	{ "/a/group/path", "#include /else/hosts\n" },
	{ "/a/group/none", "#include nosuch\n" },
	{ "/a/group/gone", "#include /gone\n" },
	{ "/a/group/up", "#include ..\n" },
	{ "/a/group/bad", "n1\nn[5-1]\n" },
	{ "/a/group/empty", "# nothing\n" },
	{ "/etc/dsh/group/sys", "s1" },
	{ "/else/hosts", "e1,e2" },
	{ NULL, NULL },
};

static void groups_are_files_in_the_folders(void **state)
{
	static const struct fake_pair vars[] = {
		{ "DSHGROUP_PATH", "/a/group:/b/group" },
		{ NULL, NULL },
	};
	static const struct {
		const char *group, *out;
	} rows[] = {
		{ "web", "n[1-2] , n3,adm@n4 " },
		{ "all", "n[1-2] , n3,adm@n4 ,d1,z1" },
		{ "own", "@dsh:web,-n1" },
		{ "db", "d1" },
		{ "path", "e1,e2" },
		{ "empty", "" },
		{ "sys", "error: unknown group '@sys': asked dsh" },
		{ "../web", "error: unknown group '@../web': asked dsh" },
		{ "..", "error: unknown group '@..': asked dsh" },
		{ "/else/hosts",
		  "error: unknown group '@/else/hosts': asked dsh" },
		{ "wbe", "error: unknown group '@wbe': asked dsh; did you mean "
			 "'@web'?" },
		{ "hidden", "error: group '@dsh:hidden': cannot read "
			    "'/home/ann/.dsh/group/hidden'" },
		{ "loop", "error: group '@dsh:loop': /a/group/loop:1: "
			  "/a/group/loop2:2: '/a/group/loop' includes itself" },
		{ "none", "error: group '@dsh:none': /a/group/none:1: there is "
			  "no group 'nosuch' in /home/ann/.dsh/group, "
			  "/a/group, /b/group" },
		{ "up", "error: group '@dsh:up': /a/group/up:1: there is no "
			"group '..' in /home/ann/.dsh/group, /a/group, "
			"/b/group" },
		{ "gone", "error: group '@dsh:gone': /a/group/gone:1: there is "
			  "no file '/gone'" },
		{ "bad", "error: group '@dsh:bad': /a/group/bad:2: bad host "
			 "list 'n[5-1]': column 5: expected 5 or more, as "
			 "ranges go up" },
	};
	struct fake_groups fake = { .files = files,
				    .vars = vars,
				    .home = "/home/ann" };
	struct groups *g = fake_groups_new(&fake);

	(void)state;
	dshgroup_add(g);
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *got = fake_groups_ask(g, NULL, rows[i].group);

		assert_string_equal(got, rows[i].out);
		free(got);
	}
	fake_groups_free(&fake, g);
}

static void names_are_those_of_the_files(void **state)
{
	struct fake_groups fake = { .files = files, .home = "/home/ann" };
	struct groups *g = fake_groups_new(&fake);
	char *got;

	(void)state;
	dshgroup_add(g);
	got = fake_groups_ask(g, NULL, NULL);
	assert_string_equal(got, "all hidden own sys web");
	free(got);
	fake_groups_free(&fake, g);
	/* Without a home there is only the system's folder. */
	fake.home = NULL;
	g = fake_groups_new(&fake);
	dshgroup_add(g);
	got = fake_groups_ask(g, "dsh", "*");
	assert_string_equal(got, "s1");
	free(got);
	fake_groups_free(&fake, g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(groups_are_files_in_the_folders),
		cmocka_unit_test(names_are_those_of_the_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
