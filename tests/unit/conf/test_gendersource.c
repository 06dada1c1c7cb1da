/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/gendersource.h"

#include "lib/fake_groups.h"
#include "lib/test.h"

#include "conf/genders.h"

static const struct fake_pair files[] = {
	{ "/etc/genders", "n[1-3] all,idx=%n\nn1 web\n" },
	{ "/g/own", "m1 web\n" },
	{ "/g/bad", "m1 a,,b\n" },
	{ "/g/shut", "!" },
	{ NULL, NULL },
};

static void the_file_is_where_the_environment_says(void **state)
{
	static const struct {
		struct fake_pair vars[3];
		const char *path;
	} rows[] = {
		{ { { NULL, NULL } }, "/etc/genders" },
		{ { { "PDSH_GENDERS_FILE", "own" } }, "/etc/own" },
		{ { { "PDSH_GENDERS_DIR", "/g" } }, "/g/genders" },
		{ { { "PDSH_GENDERS_DIR", "/g" },
		    { "PDSH_GENDERS_FILE", "own" } },
		  "/g/own" },
		{ { { "PDSH_GENDERS_DIR", "/g" },
		    { "PDSH_GENDERS_FILE", "/x/own" } },
		  "/x/own" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fake_groups fake = { .vars = rows[i].vars };
		struct groups *g = fake_groups_new(&fake);
		char *path = genders_path(g, NULL);

		assert_string_equal(path, rows[i].path);
		free(path);
		fake_groups_free(&fake, g);
	}
}

static void attributes_are_groups(void **state)
{
	static const struct {
		const char *group, *out;
	} rows[] = {
		{ "web", "n1" },
		{ "all", "n1,n2,n3" },
		{ "idx=n2", "n2" },
		{ "idx", "n1,n2,n3" },
		{ "~web", "n2,n3" },
		{ "all--all", "" },
		{ "*", "@genders:*" },
		{ "genders", "n1,n2,n3" },
		{ "idx=n9", "error: unknown group '@idx=n9': asked genders" },
		{ "al", "error: unknown group '@al': asked genders; did you "
			"mean '@all'?" },
		{ "~nosuch", "error: unknown group '@~nosuch': asked "
			     "genders" },
		{ "=x", "error: unknown group '@=x': asked genders" },
		{ "web||", "error: group '@genders:web||': bad query 'web||': "
			   "column 6: expected an attribute, '~' or '('" },
		{ NULL, "all idx web" },
	};
	struct fake_groups fake = { .files = files };
	struct groups *g = fake_groups_new(&fake);

	(void)state;
	gendersource_add(g);
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *got = fake_groups_ask(g, NULL, rows[i].group);

		assert_string_equal(got, rows[i].out);
		free(got);
	}
	assert_int_equal(fake.reads, 1);
	fake_groups_free(&fake, g);
}

static void a_file_that_is_bad_or_not_there(void **state)
{
	static const struct {
		const char *file, *out;
	} rows[] = {
		{ "/g/none", "error: unknown group '@web': asked genders" },
		{ "/g/bad", "error: group '@genders:web': /g/bad:1: expected "
			    "an attribute" },
		{ "/g/shut",
		  "error: group '@genders:web': cannot read '/g/shut'" },
		{ "/g/own", "m1" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct fake_pair vars[] = {
			{ "PDSH_GENDERS_FILE", rows[i].file },
			{ NULL, NULL },
		};
		struct fake_groups fake = { .files = files, .vars = vars };
		struct groups *g = fake_groups_new(&fake);
		struct genders *genders;
		char *got;

		gendersource_add(g);
		got = fake_groups_ask(g, NULL, "web");
		assert_string_equal(got, rows[i].out);
		free(got);
		/* A file of -F outranks the environment. */
		assert_int_equal(
			genders_load(g, "/etc/genders", &genders, NULL), 1);
		assert_int_equal(genders_count(genders), 3);
		genders_free(genders);
		fake_groups_free(&fake, g);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_file_is_where_the_environment_says),
		cmocka_unit_test(attributes_are_groups),
		cmocka_unit_test(a_file_that_is_bad_or_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
