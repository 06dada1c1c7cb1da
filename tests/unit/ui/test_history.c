/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/history.h"

#include <sys/stat.h>
#include <unistd.h>

#include "lib/test.h"

static char dir[] = "/tmp/test_history_XXXXXX";
static char folder[sizeof(dir) + 8];
static char path[sizeof(folder) + 8];

static int make_dir(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	(void)snprintf(folder, sizeof(folder), "%s/new", dir);
	(void)snprintf(path, sizeof(path), "%s/lines", folder);
	return 0;
}

static int remove_dir(void **state)
{
	(void)state;
	(void)unlink(path);
	(void)rmdir(folder);
	return rmdir(dir);
}

static unsigned int mode_of(const char *name)
{
	struct stat st;

	assert_int_equal(stat(name, &st), 0);
	return st.st_mode & 0777;
}

static size_t lines_of_file(void)
{
	FILE *f = fopen(path, "re");
	size_t n = 0;
	int c;

	assert_non_null(f);
	while ((c = getc(f)) != EOF)
		n += c == '\n';
	(void)fclose(f);
	return n;
}

static void lines_are_there_the_next_time(void **state)
{
	struct history h;

	(void)state;
	history_open(&h, path);
	assert_int_equal(history_count(&h), 0);
	history_add(&h, "uptime");
	history_add(&h, "date +%s");
	history_close(&h);
	assert_int_equal(mode_of(folder), 0700);
	assert_int_equal(mode_of(path), 0600);
	history_open(&h, path);
	assert_int_equal(history_count(&h), 2);
	assert_string_equal(history_line(&h, 1), "date +%s");
	history_close(&h);
}

static void a_file_that_grows_is_cut(void **state)
{
	struct history h;
	char line[32];

	(void)state;
	history_open(&h, path);
	for (int i = 0; i < 2 * HISTORY_LINES + 5; i++) {
		(void)snprintf(line, sizeof(line), "line %d", i);
		history_add(&h, line);
	}
	assert_int_equal(history_count(&h), HISTORY_LINES);
	assert_string_equal(history_line(&h, HISTORY_LINES - 1), line);
	history_close(&h);
	assert_true(lines_of_file() > (size_t)2 * HISTORY_LINES);
	history_open(&h, path);
	assert_int_equal(history_count(&h), HISTORY_LINES);
	assert_string_equal(history_line(&h, HISTORY_LINES - 1), line);
	history_close(&h);
	assert_int_equal(lines_of_file(), HISTORY_LINES);
	assert_int_equal(mode_of(path), 0600);
}

static void no_file_is_no_trouble(void **state)
{
	struct history h;

	(void)state;
	history_open(&h, NULL);
	history_add(&h, "x");
	assert_int_equal(history_count(&h), 1);
	history_close(&h);
	history_open(&h, "/proc/none/lines");
	history_add(&h, "x");
	assert_string_equal(history_line(&h, 0), "x");
	history_close(&h);
}

/* It would let another file be shown, or overwritten. */
static void no_link_is_followed(void **state)
{
	char other[sizeof(path)];
	struct history h;

	(void)state;
	(void)unlink(path);
	(void)snprintf(other, sizeof(other), "%s/other", folder);
	history_open(&h, other);
	history_add(&h, "theirs");
	history_close(&h);
	assert_int_equal(symlink(other, path), 0);
	history_open(&h, path);
	assert_int_equal(history_count(&h), 0);
	history_add(&h, "x");
	assert_int_equal(history_count(&h), 1);
	history_close(&h);
	history_open(&h, other);
	assert_int_equal(history_count(&h), 1);
	history_close(&h);
	assert_int_equal(unlink(other), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_there_the_next_time),
		cmocka_unit_test(a_file_that_grows_is_cut),
		cmocka_unit_test(no_file_is_no_trouble),
		cmocka_unit_test(no_link_is_followed),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
