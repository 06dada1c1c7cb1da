/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/groups.h"

#include "lib/test.h"

#include "base/alloc.h"

/* A source that is a table: "NAME=HOSTS", and "!NAME" for an error. */
struct table {
	const char *rows[8];
	unsigned int asked;
};

static int table_map(void *arg, const char *group, struct strbuf *out,
		     struct err *err)
{
	struct table *t = arg;
	size_t len = strlen(group);

	t->asked++;
	for (size_t i = 0; i < COUNT(t->rows) && t->rows[i]; i++) {
		if (t->rows[i][0] == '!' && !strcmp(t->rows[i] + 1, group))
			return err_set(err, ERR_CONFIG, "broken");
		if (strncmp(t->rows[i], group, len) != 0 ||
		    t->rows[i][len] != '=')
			continue;
		strbuf_addstr(out, t->rows[i] + len + 1);
		return 1;
	}
	return 0;
}

static int table_list(void *arg, struct strvec *out, struct err *err)
{
	const struct table *t = arg;

	(void)err;
	for (size_t i = 0; i < COUNT(t->rows) && t->rows[i]; i++)
		if (strchr(t->rows[i], '='))
			strvec_push_take(
				out,
				xstrndup(t->rows[i], strcspn(t->rows[i], "=")));
	return 0;
}

static const struct group_source_ops first = {
	.name = "first",
	.map = table_map,
	.list = table_list,
	.order = GROUP_ORDER_YAML,
};
static const struct group_source_ops second = {
	.name = "second",
	.map = table_map,
	.list = table_list,
	.order = GROUP_ORDER_DSH,
};
static const struct group_source_ops named = {
	.name = "named",
	.map = table_map,
	.list = table_list,
	.order = GROUP_ORDER_NAMED,
};

static struct table one = { .rows = { "web=n[1-2]", "db=n3,@web", "both=a" } };
static struct table two = { .rows = { "both=b", "only=@both,-@web,!@@,@*",
				      "!bad",
				      "x=u@h @first:w[1-2]\n@y[1,2]" } };
static struct table three = { .rows = { "part=p1" } };

static struct table four = { .rows = { "late=l1" } };

static int load_late(struct groups *g, void *arg, struct err *err)
{
	unsigned int *loads = arg;

	(void)err;
	++*loads;
	groups_add_as(g, "late", GROUP_ORDER_CLUSTERSHELL, &first, &four);
	groups_add_as(g, "apart", GROUP_ORDER_NAMED, &first, &four);
	return 0;
}

static const struct group_loader_ops late = {
	.load = load_late,
	.order = GROUP_ORDER_CLUSTERSHELL,
};

static struct groups *registry(unsigned int *loads)
{
	struct groups *g = groups_new(NULL);

	*loads = 0;
	groups_add_loader(g, &late, loads);
	groups_add(g, &second, &two);
	groups_add(g, &named, &three);
	groups_add(g, &first, &one);
	return g;
}

static void a_group_is_found_where_it_is_first_known(void **state)
{
	static const struct {
		const char *source, *group, *out;
	} rows[] = {
		{ NULL, "web", "n[1-2]" },
		{ NULL, "both", "a" },
		{ "second", "both", "b" },
		{ NULL, "db", "n3,@first:web" },
		{ NULL, "only", "@second:both,-@web,!@@second,@second:*" },
		{ NULL, "x", "u@h @first:w[1-2] @second:y[1,2]" },
		{ NULL, "late", "l1" },
		{ "apart", "late", "l1" },
		{ NULL, "named", "p1" },
		{ "named", "*", "p1" },
		{ "first", "*", "n[1-2],@first:db,a" },
		{ NULL, "*", "@first:*,@second:*,@late:*" },
	};
	unsigned int loads;
	struct groups *g = registry(&loads);

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct strbuf out = STRBUF_INIT(1000);
		struct err err = { 0 };

		ROW(!groups_map(g, rows[i].source, rows[i].group, &out, &err),
		    rows[i].group);
		assert_string_equal(out.buf, rows[i].out);
		strbuf_release(&out);
	}
	assert_int_equal(loads, 1);
	groups_free(g);
}

static void what_is_not_known_is_told_with_the_nearest_name(void **state)
{
	static const struct {
		const char *source, *group, *why;
	} rows[] = {
		{ NULL, "boht",
		  "unknown group '@boht': asked first, second, late; did you "
		  "mean '@both'?" },
		{ NULL, "zzzzz",
		  "unknown group '@zzzzz': asked first, second, late" },
		{ "first", "wbe",
		  "unknown group '@first:wbe'; did you mean '@first:web'?" },
		{ "ferst", "web",
		  "unknown source of groups 'ferst': there are first, second, "
		  "late, apart, named; did you mean 'first'?" },
		{ NULL, "bad", "group '@second:bad': broken" },
		{ NULL, "a b",
		  "bad name of a group 'a b': blanks and any of ,&!^[]@*? may "
		  "not be in it" },
		{ NULL, "a\033",
		  "bad name of a group 'a\\033': blanks and any of ,&!^[]@*? "
		  "may not be in it" },
		{ NULL, "-a",
		  "bad name of a group '-a': expected 1 to 255 bytes and no "
		  "'-' in front" },
		{ NULL, "",
		  "bad name of a group '': expected 1 to 255 bytes and no '-' "
		  "in front" },
	};
	unsigned int loads;
	struct groups *g = registry(&loads);

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct strbuf out = STRBUF_INIT(1000);
		struct err err = { 0 };

		ROW(groups_map(g, rows[i].source, rows[i].group, &out, &err),
		    rows[i].group);
		assert_int_equal(err.code, ERR_CONFIG);
		assert_string_equal(err.msg, rows[i].why);
		err_release(&err);
		strbuf_release(&out);
	}
	groups_free(g);
	g = groups_new(NULL);
	{
		struct err err = { 0 };

		assert_int_equal(groups_map(g, NULL, "a", NULL, &err), -1);
		assert_string_equal(err.msg, "unknown group '@a': there is no "
					     "source of groups");
		assert_int_equal(groups_map(g, "s", "a", NULL, &err), -1);
		assert_string_equal(err.msg, "unknown source of groups 's': "
					     "there are none");
		err_release(&err);
	}
	groups_free(g);
	groups_free(NULL);
}

static void a_source_is_asked_once_for_each_group(void **state)
{
	unsigned int loads;
	struct groups *g = registry(&loads);
	struct strbuf out = STRBUF_INIT(1000);

	(void)state;
	one.asked = two.asked = 0;
	for (int i = 0; i < 3; i++)
		assert_int_equal(groups_map(g, NULL, "x", &out, NULL), 0);
	assert_int_equal(one.asked, 1);
	/* x itself; "@y[1,2]" is a pattern, not a name to ask for. */
	assert_int_equal(two.asked, 1);
	/* Found in the first, so that nobody needed what is loaded late. */
	assert_int_equal(loads, 0);
	strbuf_release(&out);
	groups_free(g);
}

static void names_are_listed_once_in_the_order_of_the_search(void **state)
{
	static const struct {
		const char *source, *names;
	} rows[] = {
		{ NULL, "web db both only x late" },
		{ "second", "both only x" },
		{ "named", "part" },
	};
	unsigned int loads;
	struct groups *g = registry(&loads);
	struct strvec sources = { 0 };
	struct err err = { 0 };
	char *joined;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct strvec names = { 0 };

		assert_int_equal(groups_names(g, rows[i].source, &names, NULL),
				 0);
		joined = strvec_join(&names, " ");
		assert_string_equal(joined, rows[i].names);
		free(joined);
		strvec_release(&names);
	}
	assert_int_equal(groups_names(g, "no", &sources, &err), -1);
	err_release(&err);
	assert_int_equal(groups_sources(g, &sources, NULL), 0);
	joined = strvec_join(&sources, " ");
	assert_string_equal(joined, "first second late apart named");
	free(joined);
	strvec_release(&sources);
	groups_free(g);
}

static int huge_map(void *arg, const char *group, struct strbuf *out,
		    struct err *err)
{
	(void)arg;
	(void)group;
	(void)err;
	while (!strbuf_addstr(out, "0123456789abcdef"))
		;
	return 1;
}

static int many_names(void *arg, struct strvec *out, struct err *err)
{
	(void)arg;
	(void)err;
	for (unsigned int i = 0; i <= GROUPS_MAX_NAMES; i++)
		strvec_push(out, "a");
	return 0;
}

static void answers_and_names_are_bounded(void **state)
{
	static const struct group_source_ops huge = {
		.name = "huge",
		.map = huge_map,
		.list = many_names,
	};
	struct groups *g = groups_new(NULL);
	struct strbuf out = STRBUF_INIT(1000);
	struct strvec names = { 0 };
	struct err err = { 0 };

	(void)state;
	groups_add(g, &huge, NULL);
	assert_int_equal(groups_map(g, NULL, "a", &out, &err), -1);
	assert_string_equal(err.msg, "group '@huge:a': longer than 16777216 "
				     "bytes");
	assert_int_equal(groups_names(g, NULL, &names, &err), -1);
	assert_string_equal(err.msg, "the source 'huge' has more than 100000 "
				     "groups");
	err_release(&err);
	strvec_release(&names);
	strbuf_release(&out);
	groups_free(g);
}

static int read_count(void *arg, const char *path, size_t max,
		      struct strbuf *out, struct err *err)
{
	unsigned int *reads = arg;

	assert_int_equal(max, GROUPS_MAX_FILE);
	++*reads;
	if (!strcmp(path, "/bad"))
		return err_set(err, ERR_CONFIG, "no");
	if (strcmp(path, "/there") != 0)
		return 0;
	strbuf_addstr(out, "text");
	return 1;
}

static void a_file_is_read_once(void **state)
{
	unsigned int reads = 0;
	const struct groups_env env = { .read = read_count, .arg = &reads };
	struct groups *g = groups_new(&env);
	const struct strbuf *text = NULL;
	struct err err = { 0 };

	(void)state;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(groups_read(g, "/there", &text, &err), 1);
		assert_string_equal(text->buf, "text");
		assert_int_equal(groups_read(g, "/none", &text, &err), 0);
	}
	assert_int_equal(reads, 2);
	assert_int_equal(groups_read(g, "/bad", &text, &err), -1);
	assert_null(groups_getenv(g, "HOME"));
	err_release(&err);
	groups_free(g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_group_is_found_where_it_is_first_known),
		cmocka_unit_test(
			what_is_not_known_is_told_with_the_nearest_name),
		cmocka_unit_test(a_source_is_asked_once_for_each_group),
		cmocka_unit_test(
			names_are_listed_once_in_the_order_of_the_search),
		cmocka_unit_test(answers_and_names_are_bounded),
		cmocka_unit_test(a_file_is_read_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
