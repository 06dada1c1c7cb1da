/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/genders.h"

#include "lib/test.h"

static const char file[] =
	"# a comment\n"
	"n[1-5] all,idx=%n # and another\n"
	"  n[1-2]\tlogin,cpus=4\n"
	"n3,m1 mgmt,cpus=8\r\n"
	"n2 mgmt\n"
	"\n"
	"n4 x-y,p=a&b,q=a|b,pct=5%%,odd=%z,eq==,os=a\\-\\-b\n"
	"lone\n"
	"n1 altname=%n-ib\n"
	"n2 altname=n2-ib\n";

static struct genders *parse(const char *text, struct err *err)
{
	return genders_parse("genders", text, strlen(text), err);
}

static void nodes_and_attributes_keep_the_order_of_the_file(void **state)
{
	static const char *const nodes[] = { "n1", "n2", "n3",	"n4",
					     "n5", "m1", "lone" };
	static const char *const attrs[] = { "all", "idx", "login", "cpus",
					     "mgmt" };
	struct genders *g = parse(file, NULL);

	(void)state;
	assert_non_null(g);
	assert_int_equal(genders_count(g), COUNT(nodes));
	for (size_t i = 0; i < COUNT(nodes); i++)
		assert_string_equal(genders_node(g, i), nodes[i]);
	for (size_t i = 0; i < COUNT(attrs); i++)
		assert_string_equal(genders_attr(g, i), attrs[i]);
	genders_free(g);
	genders_free(NULL);
}

static void values_are_those_of_the_node(void **state)
{
	static const struct {
		const char *node, *attr, *value; /* NULL: has it not */
	} rows[] = {
		{ "n3", "idx", "n3" },	 { "n1", "login", "" },
		{ "n3", "login", NULL }, { "n4", "pct", "5%" },
		{ "n4", "odd", "%z" },	 { "n4", "eq", "=" },
		{ "n4", "x-y", "" },	 { "zz", "all", NULL },
		{ "n1", "zz", NULL },	 { "n4", "os", "a\\-\\-b" },
	};
	struct genders *g = parse(file, NULL);

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct strbuf out = STRBUF_INIT(100);
		bool has;

		ROW(genders_value(g, rows[i].node, rows[i].attr, &out, &has) ==
			    (rows[i].value != NULL),
		    rows[i].attr);
		ROW(has == (rows[i].value && *rows[i].value), rows[i].attr);
		assert_string_equal(out.buf,
				    rows[i].value ? rows[i].value : "");
		strbuf_release(&out);
	}
	genders_free(g);
}

static void queries_stand_for_nodes(void **state)
{
	static const struct {
		const char *query, *nodes;
		bool unknown;
	} rows[] = {
		{ "login", "n1 n2", false },
		{ "~login", "n3 n4 n5 m1 lone", false },
		{ "~~login", "n1 n2", false },
		{ "login||mgmt", "n1 n2 n3 m1", false },
		{ "login && mgmt", "n2", false },
		{ "all--login", "n3 n4 n5", false },
		{ "all--login||login", "n1 n2 n3 n4 n5", false },
		{ "login||mgmt&&cpus=8", "n3 m1", false },
		{ "login||(mgmt&&cpus=8)", "n1 n2 n3 m1", false },
		{ "all--(login--mgmt)", "n2 n3 n4 n5", false },
		{ "~(login||mgmt)", "n4 n5 lone", false },
		{ "~login&&mgmt", "n3 m1", false },
		{ "cpus=4", "n1 n2", false },
		{ "cpus=", "n1 n2 n3 m1", false },
		{ "cpus=99", "", false },
		{ "idx=n3", "n3", false },
		{ "idx=%n", "", false },
		{ "x-y", "n4", false },
		{ "p=a&b", "n4", false },
		{ "q=a|b&&all", "n4", false },
		{ "os=a\\-\\-b", "n4", false },
		{ "eq==", "n4", false },
		{ "nosuch", "", true },
		{ "nosuch||login", "n1 n2", true },
		{ "~nosuch", "n1 n2 n3 n4 n5 m1 lone", true },
		{ "", "n1 n2 n3 n4 n5 m1 lone", false },
		{ " \t", "n1 n2 n3 n4 n5 m1 lone", false },
		{ " ( ( login ) ) ", "n1 n2", false },
	};
	struct genders *g = parse(file, NULL);

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct strvec nodes = { 0 };
		struct err err = { 0 };
		bool known;
		char *joined;

		ROW(!genders_query(g, rows[i].query, &nodes, &known, &err),
		    rows[i].query);
		ROW(known != rows[i].unknown, rows[i].query);
		joined = strvec_join(&nodes, " ");
		assert_string_equal(joined, rows[i].nodes);
		free(joined);
		strvec_release(&nodes);
	}
	genders_free(g);
}

static void bad_queries_are_told_with_the_column(void **state)
{
	static const struct {
		const char *query, *why;
	} rows[] = {
		{ "(login", "bad query '(login': column 7: expected ')'" },
		{ "login)", "bad query 'login)': column 6: expected '||', "
			    "'&&' or '--'" },
		{ "login mgmt", "bad query 'login mgmt': column 7: expected "
				"'||', '&&' or '--'" },
		{ "a,b", "bad query 'a,b': column 2: expected '||', '&&' or "
			 "'--'" },
		{ "a||", "bad query 'a||': column 4: expected an attribute, "
			 "'~' or '('" },
		{ "||a", "bad query '||a': column 1: expected an attribute, "
			 "'~' or '('" },
		{ "!a", "bad query '!a': column 1: expected an attribute, '~' "
			"or '('" },
		{ "()", "bad query '()': column 2: expected an attribute, '~' "
			"or '('" },
	};
	struct genders *g = parse(file, NULL);
	struct strbuf deep = STRBUF_INIT(GENDERS_MAX_QUERY + 10);
	struct err err = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct strvec nodes = { 0 };

		ROW(genders_query(g, rows[i].query, &nodes, NULL, &err),
		    rows[i].query);
		assert_int_equal(err.code, ERR_CONFIG);
		assert_string_equal(err.msg, rows[i].why);
		assert_int_equal(nodes.n, 0);
	}
	for (unsigned int i = 0; i <= GENDERS_MAX_DEPTH; i++)
		strbuf_addch(&deep, '(');
	assert_int_equal(genders_query(g, deep.buf, NULL, NULL, &err), -1);
	assert_non_null(strstr(err.msg, "nested too deeply"));
	while (!strbuf_addch(&deep, '~'))
		;
	assert_int_equal(genders_query(g, deep.buf, NULL, NULL, &err), -1);
	assert_string_equal(err.msg, "bad query: longer than 65536 bytes");
	err_release(&err);
	strbuf_release(&deep);
	genders_free(g);
}

static void bad_files_are_told_with_the_line(void **state)
{
	static const struct {
		const char *text, *why;
	} rows[] = {
		{ "n1 a\nn1 b,a\n", "genders:2: the attribute 'a' of node "
				    "'n1' stands twice" },
		{ "n[1-2] a\nn[2-3] a=1\n", "genders:2: the attribute 'a' of "
					    "node 'n2' stands twice" },
		{ "n1 a, b\n",
		  "genders:1: blanks may not stand between attributes" },
		{ "n1 a,,b\n", "genders:1: expected an attribute" },
		{ "n1 a=\n", "genders:1: expected a value after '='" },
		{ "n1 =b\n", "genders:1: expected an attribute" },
		{ "n1 a,\n", "genders:1: expected an attribute" },
		{ "\nn[5-1] a\n",
		  "genders:2: bad host list 'n[5-1]': column 5: expected 5 or "
		  "more, as ranges go up" },
	};
	struct err err = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		ROW(!parse(rows[i].text, &err), rows[i].text);
		assert_int_equal(err.code, ERR_CONFIG);
		assert_string_equal(err.msg, rows[i].why);
	}
	assert_null(genders_parse("genders", "n1 a\0b\n", 7, &err));
	assert_string_equal(err.msg, "genders:1: a NUL is in it");
	err_release(&err);
}

static void a_node_has_another_name(void **state)
{
	static const struct {
		const char *name, *other;
	} rows[] = {
		{ "n1", "n1-ib" }, { "n1-ib", "n1" }, { "n2-ib", "n2" },
		{ "n3", NULL },	   { "zz", NULL },
	};
	struct genders *g = parse(file, NULL);

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *other = genders_swap(g, rows[i].name);

		ROW(!other == !rows[i].other, rows[i].name);
		if (other)
			assert_string_equal(other, rows[i].other);
	}
	genders_free(g);
}

static void many_nodes_cost_little(void **state)
{
	static const char text[] = "n[1-300000] all,idx=%n\nn[7-9] few\n";
	struct genders *g = parse(text, NULL);
	struct strvec nodes = { 0 };

	(void)state;
	assert_int_equal(genders_count(g), 300000);
	assert_int_equal(genders_query(g, "all--few", &nodes, NULL, NULL), 0);
	assert_int_equal(nodes.n, 299997);
	strvec_release(&nodes);
	genders_free(g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			nodes_and_attributes_keep_the_order_of_the_file),
		cmocka_unit_test(values_are_those_of_the_node),
		cmocka_unit_test(queries_stand_for_nodes),
		cmocka_unit_test(bad_queries_are_told_with_the_column),
		cmocka_unit_test(bad_files_are_told_with_the_line),
		cmocka_unit_test(a_node_has_another_name),
		cmocka_unit_test(many_nodes_cost_little),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
