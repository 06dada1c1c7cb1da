/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/groupfile.h"

#include "lib/fake_groups.h"
#include "lib/test.h"

static const struct fake_pair files[] = {
	{ "/a/hosts", "n1 # c\n\t#include no\n#include more\n#includes x\n" },
	{ "/a/more", "n[2-3]\r\n" },
	{ "/a/self", "#include ../a/self\n" },
	{ "/a/twice", "#include more\n#include more\n" },
	{ NULL, NULL },
};

static void included_files_stand_beside_the_file(void **state)
{
	static const struct {
		const char *path, *out, *why; /* neither: no such file */
	} rows[] = {
		{ "/a/hosts", "n1 ,n[2-3]", NULL },
		{ "/a/twice", "n[2-3],n[2-3]", NULL },
		{ "/a/none", NULL, NULL },
		{ "/a/self", NULL,
		  "/a/self:1: there is no file '/a/../a/self'" },
	};
	struct fake_groups fake = { .files = files };
	struct groups *g = fake_groups_new(&fake);
	const struct groupfile gf = { .groups = g };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct strbuf out = STRBUF_INIT(1000);
		struct err err = { 0 };
		int rc = groupfile_read(&gf, rows[i].path, &out, &err);

		ROW(rc == (rows[i].why ? -1 : rows[i].out != NULL),
		    rows[i].path);
		if (rows[i].why)
			assert_string_equal(err.msg, rows[i].why);
		else if (rows[i].out)
			assert_string_equal(out.buf, rows[i].out);
		err_release(&err);
		strbuf_release(&out);
	}
	fake_groups_free(&fake, g);
}

/* Each file is two lines that include the next one: 2^n in all. */
static char *find_next(void *arg, const char *name, struct err *err)
{
	unsigned int *n = arg;
	char path[32];

	(void)err;
	(void)snprintf(path, sizeof(path), "/%s%u", name, ++*n);
	return strdup(path);
}

static int read_two(void *arg, const char *path, size_t max, struct strbuf *out,
		    struct err *err)
{
	(void)arg;
	(void)path;
	(void)max;
	(void)err;
	(void)strbuf_addstr(out, "#include x\n#include x\n");
	return 1;
}

static void depth_is_bounded(void **state)
{
	const struct groups_env env = { .read = read_two };
	struct groups *g = groups_new(&env);
	unsigned int n = 0;
	const struct groupfile gf = { g, find_next, &n };
	struct strbuf out = STRBUF_INIT(1000);
	struct err err = { 0 };

	(void)state;
	assert_int_equal(groupfile_read(&gf, "/x0", &out, &err), -1);
	assert_non_null(strstr(err.msg, "cannot include '/x16': at most 16 "
					"files within each other"));
	err_release(&err);
	strbuf_release(&out);
	groups_free(g);
}

static void a_list_that_makes_no_sense_is_refused(void **state)
{
	static const struct {
		const char *hosts;
		int rc;
	} rows[] = {
		{ "n1,n[2-3] m", 0 }, { "", 0 },	{ "@x,n[", 0 },
		{ "^file", 0 },	      { "n[3-2]", -1 }, { "a;b", -1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		ROW(groupfile_check(rows[i].hosts, NULL) == rows[i].rc,
		    rows[i].hosts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(included_files_stand_beside_the_file),
		cmocka_unit_test(depth_is_bounded),
		cmocka_unit_test(a_list_that_makes_no_sense_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
