/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is found is what glob(3) finds.
 */
#include "io/globwalk.h"

#include "lib/test.h"

#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[64];

static const char *const files[] = {
	"a",	"ab",	"b*",	 ".hid",   "b\\c",  "[x",      "d1/a",
	"d1/b", "d2/a", "d2/.h", "d3/e/f", "d 4/g", "d1/\377", NULL,
};

static void touch(const char *path)
{
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	assert_int_equal(fclose(f), 0);
}

static int setup(void **state)
{
	(void)state;
	(void)snprintf(dir, sizeof(dir), "/tmp/test_globwalk.XXXXXX");
	assert_non_null(mkdtemp(dir));
	assert_int_equal(chdir(dir), 0);
	assert_int_equal(mkdir("d1", 0755), 0);
	assert_int_equal(mkdir("d2", 0755), 0);
	assert_int_equal(mkdir("d3", 0755), 0);
	assert_int_equal(mkdir("d3/e", 0755), 0);
	assert_int_equal(mkdir("d 4", 0755), 0);
	assert_int_equal(symlink("nowhere", "dangling"), 0);
	assert_int_equal(symlink("d1", "dl"), 0);
	for (size_t i = 0; files[i]; i++)
		touch(files[i]);
	return 0;
}

static int teardown(void **state)
{
	char command[96];

	(void)state;
	assert_int_equal(chdir("/"), 0);
	(void)snprintf(command, sizeof(command), "rm -r %s", dir);
	return system(command); /* NOLINT(cert-env33-c) */
}

static void find(const char *pattern, size_t step, struct strvec *found)
{
	struct globwalk *g = globwalk_new(pattern);
	size_t budget = step;

	while (globwalk_step(g, found, &budget))
		budget = step;
	globwalk_free(g);
}

static void same_as_glob(const char *pattern, size_t step)
{
	struct strvec found = { 0 };
	glob_t want = { 0 };

	(void)glob(pattern, GLOB_NOSORT, NULL, &want);
	find(pattern, step, &found);
	ROW(found.n == want.gl_pathc, pattern);
	for (size_t i = 0; i < found.n; i++)
		ROW(!strcmp(found.v[i], want.gl_pathv[i]), pattern);
	strvec_release(&found);
	globfree(&want);
}

static void what_is_found_is_what_glob_finds(void **state)
{
	static const char *const patterns[] = {
		"*",	   "a*",     "?",	   "[ab]*",  ".h*",
		"b\\*",	   "b\\\\*", "b\\\\c",	   "[x",     "\\[x",
		"*/a",	   "d?/*",   "d*/",	   "*/",     "d3/*/f",
		"d3/*/",   "*/*/f",  "./*",	   "d1//a*", "none*",
		"none/*",  "a/*",    "dang*",	   "dl/*",   "d*/none",
		"d\\ 4/*", "[!a]*",  "[^a]*",	   "*/\377", "d1/../a*",
		"",	   "a",	     "d[12]/[ab]", "d*/.*",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(patterns); i++)
		for (size_t step = 1; step < 50; step += 6)
			same_as_glob(patterns[i], step);
}

static void an_absolute_one_is_found_as_well(void **state)
{
	char pattern[96];

	(void)state;
	(void)snprintf(pattern, sizeof(pattern), "%s/d?/a", dir);
	same_as_glob(pattern, 3);
	same_as_glob("/t?p/test_globwalk.*", 1000);
}

static void a_step_reads_no_more_than_it_may(void **state)
{
	struct strvec found = { 0 };
	struct globwalk *g = globwalk_new("*");
	size_t budget = 3;

	(void)state;
	assert_int_equal(globwalk_step(g, &found, &budget), 1);
	assert_int_equal(budget, 0);
	assert_in_range(found.n, 0, 3);
	globwalk_free(g);
	strvec_release(&found);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_found_is_what_glob_finds),
		cmocka_unit_test(an_absolute_one_is_found_as_well),
		cmocka_unit_test(a_step_reads_no_more_than_it_may),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
