/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/hostlist.h"

#include "lib/test.h"

#include "unit/conf/hostlist_rows.h"

/* Groups for the tests: a source ("" is the default one), a name, a text. */
struct group_row {
	const char *source;
	const char *name;
	const char *text;
};

static const struct group_row group_table[] = {
	{ "", "*", "n[1-12],web[1-3],db1,adm@gw:22" },
	{ "", "web", "web[1-3]" },
	{ "", "inner", "n[1-4],-n2" },
	{ "", "outer", "@inner!n3,db1" },
	{ "", "glob", "web*!web2" },
	{ "", "odd", "n[1-9],/[13579]$/" },
	{ "", "loop", "a,@loop" },
	{ "", "ping", "@pong" },
	{ "", "pong", "b,@ping" },
	{ "", "bad", "a,n[5-1]" },
	{ "", "empty", "" },
	{ "", "r1", "r1n[1-2]" },
	{ "", "r2", "r2n[1-2]" },
	{ "dc", "*", "x[1-3]" },
	{ "dc", "all", "@half,x3" },
	{ "dc", "half", "x[1-2]" },
	{ "dc", "cross", "@:web" },
	{ NULL, NULL, NULL },
};

static int find_group(void *arg, const char *source, const char *group,
		      struct strbuf *out, struct err *err)
{
	(void)arg;
	for (const struct group_row *g = group_table; g->name; g++)
		if (!strcmp(g->source, source ? source : "") &&
		    !strcmp(g->name, group))
			return strbuf_addstr(out, g->text);
	return err_set(err, ERR_CONFIG, "no group '%s'", group);
}

static int list_groups(void *arg, const char *source, struct strvec *out,
		       struct err *err)
{
	(void)arg;
	(void)err;
	for (const struct group_row *g = group_table; g->name; g++)
		if (!strcmp(g->source, source ? source : "") && *g->name != '*')
			strvec_push(out, g->name);
	return 0;
}

static struct file op_files[] = {
	{ "f", "n1,n2&n2\nn3 ! n4\n-n5\n" },
	{ "re", "/n/\nweb1,n1\n" },
	{ NULL, NULL },
};

static const struct hostlist_source grouped = { .read = read_table,
						.group = find_group,
						.groups = list_groups,
						.arg = op_files };

static void operators_go_from_left_to_right(void **state)
{
	static const struct row table[] = {
		{ "n[1-5]&n[3-9]", "n3 n4 n5" },
		{ "n[1-5]!n[3-9]", "n1 n2" },
		{ "n[1-3]^n[2-4]", "n1 n4" },
		{ "n[1-5] & n[3-9]", "n3 n4 n5" },
		{ "n[1-5] ! n[3-9]", "n1 n2" },
		{ "n[1-3] ^ n[2-4]", "n1 n4" },
		{ "n[1-3]^ n[2-4]", "n1 n4" },
		{ "a,b&b", "b" },
		{ "a b & a", "a" },
		{ "a&b,c", "c" },
		{ "a,b!a,c", "b c" },
		{ "a!a,a", "a" },
		{ "a,b,-b", "a" },
		{ "a,b !b,b", "a" },
		{ "a,b!b,b", "a b" },
		{ "n[9,1,5]&n[1-9]", "n9 n1 n5" },
		{ "n3^n[1,3,2]", "n1 n2" },
		{ "a^a", "" },
		{ "a^b^a", "b" },
		{ "a&b", "" },
		{ "n[1-9]&n[2-8]!n[3-4]^n[8-9],x", "n2 n5 n6 n7 n9 x" },
		{ "n[1-20]&/1/", "n1 n10 n11 n12 n13 n14 n15 n16 n17 n18 n19" },
		{ "n[1-12]!n?", "n10 n11 n12" },
		{ "n[1-12]&n?", "n1 n2 n3 n4 n5 n6 n7 n8 n9" },
		{ "a,n[1-3]&n[1-2]*", "n1 n2" },
		{ "a^^f", "a n2 n3" },
		{ "n[1-9]&^f", "n2 n3" },
		{ "^f", "n2 n3" },
		{ "n1,^f", "n1 n2 n3" },
		{ "[::1],a&[::1]", "[::1]" },
		{ "u@a:22&u@a:22", "u@a:22" },
	};

	(void)state;
	check_rows(table, COUNT(table), &grouped);
}

static void expressions_keep_and_drop(void **state)
{
	static const struct row table[] = {
		{ "n[1-12],/1/", "n1 n10 n11 n12" },
		{ "/1/ n[1-12]", "n1 n10 n11 n12" },
		{ "n[1-12],/1/,/2/", "n12" },
		{ "n[1-12],-/1/", "n2 n3 n4 n5 n6 n7 n8 n9" },
		{ "n[1-12] !/1/", "n2 n3 n4 n5 n6 n7 n8 n9" },
		{ "n[1-12],/^n1,?2{1,2}$/", "n12" },
		{ "n[1-3]/x,a", "n1/x n2/x n3/x a" },
		{ "web1,db1,/^(?!web)/", "db1" },
		{ "a/b,a,/\\//", "a/b" },
		{ "n[1-3],/x/", "" },
		{ "/x/", "" },
		{ "n[1-12],-n1*", "n2 n3 n4 n5 n6 n7 n8 n9" },
		{ "n1,u@n2:22,-n?", "" },
		{ "^re", "n1" },
		{ "web2,^re", "n1" },
		{ "n[1-3],-^re", "n2 n3" },
	};

	(void)state;
	check_rows(table, COUNT(table), &grouped);
}

static void groups_are_lists_of_their_own(void **state)
{
	static const struct row table[] = {
		{ "@web", "web1 web2 web3" },
		{ "a,@web,b", "a web1 web2 web3 b" },
		{ "n2,@inner", "n2 n1 n3 n4" },
		{ "@outer", "n1 n4 db1" },
		{ "web[1-9]&@web", "web1 web2 web3" },
		{ "@web!web2", "web1 web3" },
		{ "web[1-4],-@web", "web4" },
		{ "@odd,n2", "n1 n3 n5 n7 n9 n2" },
		{ "@empty,a", "a" },
		{ "@r[1-2]", "r1n1 r1n2 r2n1 r2n2" },
		{ "@dc:all", "x1 x2 x3" },
		{ "@dc:*", "x1 x2 x3" },
		{ "@dc:[1-2]", "bad host list '@dc:[1-2]': column 1: no group "
			       "'1'" },
		{ "@*&@web", "web1 web2 web3" },
		{ "@@dc", "all half cross" },
		{ "@@!@@dc,a", "web inner outer glob odd loop ping pong bad "
			       "empty r1 r2 a" },
		{ "@nosuch", "bad host list '@nosuch': column 1: no group "
			     "'nosuch'" },
		{ "a,@", "bad host list 'a,@': column 4: expected the name of "
			 "a group" },
		{ "@dc:", "bad host list '@dc:': column 2: expected the name "
			  "of a group" },
		{ "@:x", "bad host list '@:x': column 2: expected the name of "
			 "a group" },
		{ "a @bad", "group '@bad': bad host list 'a,n[5-1]': column "
			    "7: expected 5 or more, as ranges go up" },
		{ "@loop", "group '@loop': bad host list 'a,@loop': column 3: "
			   "the group 'loop' is within itself" },
		{ "@ping", "group '@ping': group '@pong': bad host list "
			   "'b,@ping': column 3: the group 'ping' is within "
			   "itself" },
	};

	(void)state;
	check_rows(table, COUNT(table), &grouped);
}

static void wildcards_stand_for_known_hosts(void **state)
{
	static const struct row table[] = {
		{ "web*", "web1 web2 web3" },
		{ "n1?", "n10 n11 n12" },
		{ "*b1", "web1 db1" },
		{ "adm@*", "adm@gw:22" },
		{ "n[1-2]*,a", "n1 n2 n10 n11 n12 a" },
		{ "web*!web2", "web1 web3" },
		{ "@glob", "web1 web3" },
		{ "zz*", "bad host list 'zz*': column 1: none of 17 known "
			 "hosts matches" },
	};

	(void)state;
	check_rows(table, COUNT(table), &grouped);
}

/* What is left of `list` after --filter or --exclude `text`. */
static char *held(const char *list, const char *text, bool filter)
{
	struct strbuf sb = STRBUF_INIT(STRBUF_MAX_TEXT);
	struct hostlist *hl = hostlist_new();
	struct err err = { 0 };
	int rc;

	assert_int_equal(hostlist_parse(hl, list, NULL, NULL), 0);
	rc = filter ? hostlist_filter(hl, text, &grouped, &err)
		    : hostlist_exclude(hl, text, &grouped, &err);
	if (rc)
		strbuf_addstr(&sb, err.msg);
	for (size_t i = 0; i < hostlist_count(hl) && !rc; i++)
		strbuf_addf(&sb, "%s%s", i ? " " : "", hostlist_get(hl, i));
	err_release(&err);
	hostlist_free(hl);
	return strbuf_detach(&sb, NULL);
}

static void filters_keep_and_exclusions_drop(void **state)
{
	static const struct {
		bool filter;
		const char *text, *want;
	} table[] = {
		{ true, "n1", "n1" },
		{ true, "n[1-9]", "n1 n2" },
		{ true, "*", "n1 n2 web1 db1 adm@gw:22" },
		{ true, "web*,db?", "web1 db1" },
		{ true, "/1/", "n1 web1 db1" },
		{ true, "n*,-n1", "n2" },
		{ true, "-n*", "web1 db1 adm@gw:22" },
		{ true, "-/[0-9]$/",
		  "no host of the list matches the filter "
		  "'-/[0-9]$/'" },
		{ true, "gw", "adm@gw:22" },
		{ true, "g?", "adm@gw:22" },
		{ true, "@web,/^d/", "web1 db1" },
		{ true, "n[1-9]&n2*", "n2" },
		{ true, "WEB*",
		  "no host of the list matches the filter "
		  "'WEB*'" },
		{ true, "n[",
		  "bad host list 'n[': column 3: expected a "
		  "number" },
		{ true, "n*&n1",
		  "bad host list 'n*&n1': column 3: expected a "
		  "name or group in front of '&'" },
		{ false, "n*", "web1 db1 adm@gw:22" },
		{ false, "/1/", "n2 adm@gw:22" },
		{ false, "/1/,-n*", "n1 n2 adm@gw:22" },
		{ false, "gw", "n1 n2 web1 db1 adm@gw:22" },
		{ false, "@web,n1", "n2 db1 adm@gw:22" },
		{ false, "-n1", "n1 n2 web1 db1 adm@gw:22" },
		{ false, "n[1-2]!n1", "n1 web1 db1 adm@gw:22" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		char *got = held("n[1-2],web1,db1,adm@gw:22", table[i].text,
				 table[i].filter);

		if (strcmp(got, table[i].want) != 0)
			fail_msg("'%s': got '%s', want '%s'", table[i].text,
				 got, table[i].want);
		free(got);
	}
}

static void exclusions_hold_for_what_comes_later(void **state)
{
	struct hostlist *hl = hostlist_new();

	(void)state;
	assert_int_equal(hostlist_exclude(hl, "/3/,n1", NULL, NULL), 0);
	assert_int_equal(hostlist_parse(hl, "n[1-4],-n4", NULL, NULL), 0);
	assert_int_equal(hostlist_count(hl), 1);
	assert_int_equal(hostlist_parse(hl, "n[3-5],/n/", NULL, NULL), 0);
	assert_int_equal(hostlist_parse(hl, "x", NULL, NULL), 0);
	assert_int_equal(hostlist_count(hl), 2);
	assert_string_equal(hostlist_get(hl, 1), "n5");
	hostlist_free(hl);
}

static void slow_expressions_are_an_error(void **state)
{
	struct strbuf text = STRBUF_INIT(1000);
	struct hostlist *hl = hostlist_new();
	struct err err = { 0 };

	(void)state;
	for (int i = 0; i < 60; i++)
		strbuf_addch(&text, 'a');
	strbuf_addstr(&text, "b,/^(a+)+$/");
	assert_int_equal(hostlist_parse(hl, text.buf, NULL, &err), -1);
	assert_int_equal(err.code, ERR_CONFIG);
	err_release(&err);
	strbuf_release(&text);
	hostlist_free(hl);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(operators_go_from_left_to_right),
		cmocka_unit_test(expressions_keep_and_drop),
		cmocka_unit_test(groups_are_lists_of_their_own),
		cmocka_unit_test(wildcards_stand_for_known_hosts),
		cmocka_unit_test(filters_keep_and_exclusions_drop),
		cmocka_unit_test(exclusions_hold_for_what_comes_later),
		cmocka_unit_test(slow_expressions_are_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
