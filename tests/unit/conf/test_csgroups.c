/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/csgroups.h"

#include "lib/fake_groups.h"
#include "lib/test.h"

#define SH "/bin/sh|-c|cd \"$1\" && exec /bin/sh -c \"$2\"|sh|"

static const struct fake_pair files[] = {
	{ "/etc/clustershell/groups.conf",
	  "[Main]\ndefault: sys\nconfdir: /etc/clustershell/conf.d "
	  "$CFGDIR/conf.d\nautodir: \"$CFGDIR/g d\" /nowhere\n"
	  "[sys]\nmap: sysmap $GROUP\n" },
	{ "/home/ann/.config/clustershell/groups.conf",
	  "[Main]\ndefault = roles\n"
	  "[sys]\nall: sysall\n"
	  "[up,u2]\nmap: get '$GROUP' ${SOURCE} $CFGDIR $$ $X $1\n"
	  "list: names\nreverse: who $NODE\ncache_time: 60\n" },
	{ "/home/ann/.config/clustershell/conf.d/b.conf",
	  "[deep]\nmap: deepmap\n" },
	{ "/home/ann/.config/clustershell/conf.d/b.conf.example", "[not this" },
	{ "/home/ann/.config/clustershell/g d/a.yaml",
	  "roles:\n  adm: 'n0'\n  io: '@racks:r2,n2'\n  both: '@adm,@io'\n"
	  "  all: '@io,@adm'\n  words: n1 n2\n  none:\n"
	  "  bad: 'n[2-1]'\n  odd: {x: y}\n"
	  "racks:\n  r1: [n1, 'n[4-5]!n4']\n  r2: n9\n" },
	{ "/home/ann/.config/clustershell/g d/secret.yaml", "!" },
	{ NULL, NULL },
};

#define OWN "/home/ann/.config/clustershell"

static const struct fake_pair commands[] = {
	{ SH OWN "|get 'x' up " OWN " $ $X $1", "n1 n2\nn3\n" },
	{ SH OWN "|get 'x' u2 " OWN " $ $X $1", "m1\n" },
	{ SH OWN "|get 'none' up " OWN " $ $X $1", "" },
	{ SH OWN "|get 'fails' up " OWN " $ $X $1", "!3" },
	{ SH OWN "|get 'bad' up " OWN " $ $X $1", "n[1-" },
	{ SH OWN "|names", "x none a,b\n" },
	{ SH OWN "|sysall", "s[1-9]\n" },
	{ SH OWN "|sysmap x", "s1\n" },
	{ SH OWN "/conf.d|deepmap", "d1\n" },
	{ NULL, NULL },
};

static void sources_are_those_of_the_files(void **state)
{
	static const struct {
		const char *source, *group, *out;
	} rows[] = {
		{ NULL, "adm", "n0" },
		{ "roles", "io", "@racks:r2,n2" },
		{ NULL, "both", "@roles:adm,@roles:io" },
		{ "roles", "*", "@roles:io,@roles:adm" },
		{ "roles", "words", "n1,n2" },
		{ "roles", "none", "" },
		{ "racks", "r1", "n1,n[4-5]!n4" },
		{ "racks", "*", "@racks:r1,n9" },
		{ "up", "x", "n1,n2,n3" },
		{ "u2", "x", "m1" },
		{ "sys", "x", "s1" },
		{ "sys", "*", "s[1-9]" },
		{ "deep", "any", "d1" },
		{ NULL, "x", "error: unknown group '@x': asked roles" },
		{ "up", "none", "error: unknown group '@up:none'" },
		{ "up", "a/b", "error: unknown group '@up:a/b'" },
		{ "up", "a;b", "error: unknown group '@up:a;b'" },
		{ "up", "$(b)", "error: unknown group '@up:$(b)'" },
		{ "up", "fails",
		  "error: group '@up:fails': " OWN "/groups.conf:6: the "
		  "command ended with status 3" },
		{ "up", "bad",
		  "error: group '@up:bad': " OWN "/groups.conf:6: bad host "
		  "list 'n[1-': column 5: expected a number" },
		{ "up", NULL,
		  "error: " OWN "/groups.conf:7: bad name of a group 'a,b': "
		  "blanks and any of ,&!^[]@*? may not be in it" },
		{ "roles", "bad",
		  "error: group '@roles:bad': " OWN "/g d/a.yaml:8:8: bad host "
		  "list 'n[2-1]': column 5: expected 2 or more, as ranges go "
		  "up" },
		{ "roles", "odd",
		  "error: group '@roles:odd': " OWN "/g d/a.yaml:9:8: expected "
		  "hosts or a list of them" },
		{ "roles", NULL, "adm io both all words none bad odd" },
		{ "rolse", "x",
		  "error: unknown source of groups 'rolse': there are roles, "
		  "deep, racks, sys, up, u2; did you mean 'roles'?" },
	};
	struct fake_groups fake = { .files = files,
				    .commands = commands,
				    .home = "/home/ann" };
	struct groups *g = fake_groups_new(&fake);

	(void)state;
	csgroups_add(g);
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *got = fake_groups_ask(g, rows[i].source, rows[i].group);

		assert_string_equal(got, rows[i].out);
		free(got);
	}
	fake_groups_free(&fake, g);
}

static void the_folder_named_last_outranks(void **state)
{
	static const struct fake_pair some[] = {
		{ "/etc/clustershell/groups.conf", "[a]\nmap: etc\n" },
		{ "/h/.local/etc/clustershell/groups.conf",
		  "[a]\nmap: local\n" },
		{ "/xdg/clustershell/groups.conf", "[a]\nmap: xdg\n" },
		{ "xdg/clustershell/groups.conf", "[a]\nmap: none\n" },
		{ "/own/groups.conf", "[a]\nmap: own\n" },
		{ NULL, NULL },
	};
	static const struct fake_pair runs[] = {
		{ SH "/etc/clustershell|etc", "etc" },
		{ SH "/h/.local/etc/clustershell|local", "local" },
		{ SH "/xdg/clustershell|xdg", "xdg" },
		{ SH "/own|own", "own" },
		{ NULL, NULL },
	};
	static const struct {
		const char *home;
		struct fake_pair vars[3];
		const char *out;
	} rows[] = {
		{ NULL, { { NULL, NULL } }, "etc" },
		{ "/h", { { NULL, NULL } }, "local" },
		{ "/h", { { "XDG_CONFIG_HOME", "/xdg" } }, "xdg" },
		{ "/h", { { "XDG_CONFIG_HOME", "xdg" } }, "local" },
		{ "/h",
		  { { "XDG_CONFIG_HOME", "/xdg" },
		    { "CLUSTERSHELL_CFGDIR", "/own" } },
		  "own" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fake_groups fake = { .files = some,
					    .vars = rows[i].vars,
					    .commands = runs,
					    .home = rows[i].home };
		struct groups *g = fake_groups_new(&fake);
		char *got;

		csgroups_add(g);
		got = fake_groups_ask(g, NULL, "any");
		assert_string_equal(got, rows[i].out);
		free(got);
		fake_groups_free(&fake, g);
	}
}

static void bad_files_are_told_with_the_line(void **state)
{
	static const struct {
		const char *conf, *yaml, *why;
	} rows[] = {
		{ "[a]\nall: x\n", NULL,
		  "/c/groups.conf:1: the source 'a' has no key 'map'" },
		{ "[a]\nmap: x\n[b,a]\nmap: y\n", NULL,
		  "/c/groups.conf:3: the source 'a' is defined twice" },
		{ "[a:b]\nmap: x\n", NULL,
		  "/c/groups.conf:1: bad name of a source 'a:b'" },
		{ "[Main]\ndefault: b\n[a]\nmap: x\n", NULL,
		  "/c/groups.conf:2: there is no source 'b'" },
		{ "[Main]\nconfdir: 'x\n", NULL,
		  "/c/groups.conf:2: a quote is left open" },
		{ "[Main]\nautodir: %(x)s\n", NULL,
		  "/c/groups.conf:2: '%' must be followed by '%'" },
		{ "[Main]\nautodir: /c\n", "- x\n",
		  "/c/a.yaml:1:1: expected a map of sources" },
		{ "[Main]\nautodir: /c\n", "",
		  "/c/a.yaml: expected a map of sources" },
		{ "[Main]\nautodir: /c\n", "a: [x]\n",
		  "/c/a.yaml:1:4: expected a map of groups" },
		{ "[Main]\nautodir: /c\n", "a:\n  'x y': z\n",
		  "/c/a.yaml:2:3: bad name of a group 'x y': blanks and any "
		  "of ,&!^[]@*? may not be in it" },
		{ "[Main]\nautodir: /c\n[a]\nmap: x\n", "a: {}\n",
		  "/c/groups.conf:3: the source 'a' is defined twice" },
	};
	static const struct fake_pair vars[] = {
		{ "CLUSTERSHELL_CFGDIR", "/c" },
		{ NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct fake_pair some[] = {
			{ "/c/groups.conf", rows[i].conf },
			{ rows[i].yaml ? "/c/a.yaml" : NULL, rows[i].yaml },
			{ NULL, NULL },
		};
		struct fake_groups fake = { .files = some, .vars = vars };
		struct groups *g = fake_groups_new(&fake);
		struct err err = { 0 };

		csgroups_add(g);
		/* It is not read again, and told each time. */
		for (int again = 0; again < 2; again++) {
			ROW(groups_map(g, NULL, "x", NULL, &err), rows[i].conf);
			assert_string_equal(err.msg, rows[i].why);
		}
		err_release(&err);
		fake_groups_free(&fake, g);
	}
}

static void commands_that_others_could_have_written_do_not_run(void **state)
{
	static const struct fake_pair some[] = {
		{ "/c d/groups.conf", "[a]\nmap: x\n[b]\nmap: $CFGDIR/y\n" },
		{ NULL, NULL },
	};
	static const struct fake_pair vars[] = {
		{ "CLUSTERSHELL_CFGDIR", "/c d" },
		{ NULL, NULL },
	};
	struct fake_groups fake = { .files = some,
				    .vars = vars,
				    .distrusted = "/c d/groups.conf" };
	struct groups *g = fake_groups_new(&fake);
	char *got;

	(void)state;
	csgroups_add(g);
	got = fake_groups_ask(g, NULL, "x");
	assert_string_equal(got, "error: group '@a:x': '/c d/groups.conf' is "
				 "not trusted");
	free(got);
	got = fake_groups_ask(g, "b", "x");
	assert_string_equal(got, "error: group '@b:x': /c d/groups.conf:4: the "
				 "name of its folder may not stand in a "
				 "command");
	free(got);
	assert_int_equal(fake.runs, 0);
	fake_groups_free(&fake, g);
}

/* A source that one file began and another one went on with. */
static void each_command_is_judged_by_its_file(void **state)
{
	static const struct fake_pair some[] = {
		{ "/etc/clustershell/groups.conf", "[a]\nmap: sysmap\n" },
		{ "/own/groups.conf", "[a]\nall: ownall\n" },
		{ NULL, NULL },
	};
	static const struct fake_pair runs[] = {
		{ SH "/own|sysmap", "s1" },
		{ SH "/own|ownall", "o1" },
		{ NULL, NULL },
	};
	static const struct fake_pair vars[] = {
		{ "CLUSTERSHELL_CFGDIR", "/own" },
		{ NULL, NULL },
	};
	struct fake_groups fake = { .files = some,
				    .commands = runs,
				    .vars = vars,
				    .distrusted = "/own/groups.conf" };
	struct groups *g = fake_groups_new(&fake);
	char *got;

	(void)state;
	csgroups_add(g);
	got = fake_groups_ask(g, NULL, "x");
	assert_string_equal(got, "s1");
	free(got);
	got = fake_groups_ask(g, "a", "*");
	assert_string_equal(got, "error: group '@a:*': '/own/groups.conf' is "
				 "not trusted");
	free(got);
	assert_int_equal(fake.runs, 1);
	fake_groups_free(&fake, g);
}

static void variables_are_put_in_as_text(void **state)
{
	static const struct csgroups_var vars[] = {
		{ "GROUP", "web" },
		{ "G", "x" },
		{ NULL, NULL },
	};
	static const struct {
		const char *in, *out;
	} rows[] = {
		{ "a $GROUP b", "a web b" },
		{ "${GROUP}x$GROUPx", "webx$GROUPx" },
		{ "$G$GROUP", "xweb" },
		{ "$$GROUP $", "$GROUP $" },
		{ "${GROUP ${NO} $(x) $1", "${GROUP ${NO} $(x) $1" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct strbuf out = STRBUF_INIT(100);

		csgroups_substitute(rows[i].in, vars, &out);
		assert_string_equal(out.buf, rows[i].out);
		strbuf_release(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sources_are_those_of_the_files),
		cmocka_unit_test(the_folder_named_last_outranks),
		cmocka_unit_test(bad_files_are_told_with_the_line),
		cmocka_unit_test(
			commands_that_others_could_have_written_do_not_run),
		cmocka_unit_test(each_command_is_judged_by_its_file),
		cmocka_unit_test(variables_are_put_in_as_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
