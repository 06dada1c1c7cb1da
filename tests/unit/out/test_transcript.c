/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A folder with a file for each host of all that it prints.
 */
#include "out/transcript.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/test.h"

static char base[] = "/tmp/rsh-transcript.XXXXXX";

static int make_base(void **state)
{
	(void)state;
	return mkdtemp(base) ? 0 : -1;
}

static int remove_base(void **state)
{
	(void)state;
	return rmdir(base);
}

static void assert_file(const char *name, const char *want)
{
	char path[200], got[200] = "";
	struct stat st;
	int fd;

	(void)snprintf(path, sizeof(path), "%s/%s", base, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_int_not_equal(fd, -1);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_in_range(read(fd, got, sizeof(got) - 1), 1, 199);
	assert_string_equal(got, want);
	close(fd);
	assert_int_equal(unlink(path), 0);
}

static void each_host_has_its_bytes(void **state)
{
	struct targets ts = { 0 };
	struct transcript *t;

	(void)state;
	assert_int_equal(targets_add(&ts, "a", NULL, NULL), 0);
	assert_int_equal(targets_add(&ts, "me@b:22", NULL, NULL), 0);
	t = transcript_open(base, &ts, NULL);
	assert_non_null(t);
	assert_int_equal(transcript_add(t, 0, "x\r\n", 3, NULL), 0);
	assert_int_equal(transcript_add(t, 1, "\033[m", 3, NULL), 0);
	assert_int_equal(transcript_add(t, 0, "y", 1, NULL), 0);
	transcript_close(t);
	assert_file("a.log", "x\r\ny");
	assert_file("me@b:22.log", "\033[m");
	targets_release(&ts);
}

/* Nobody asks before it begins, and what was said before may be wanted. */
static void what_was_written_before_is_kept(void **state)
{
	static const char *const texts[] = { "before\n", "then\n", "now\n" };
	struct targets ts = { 0 };

	(void)state;
	assert_int_equal(targets_add(&ts, "a", NULL, NULL), 0);
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct transcript *t = transcript_open(base, &ts, NULL);

		assert_int_equal(
			transcript_add(t, 0, texts[i], strlen(texts[i]), NULL),
			0);
		transcript_close(t);
	}
	assert_file("a.log", "before\nthen\nnow\n");
	targets_release(&ts);
}

static void no_link_is_followed_and_the_error_told_once(void **state)
{
	struct targets ts = { 0 };
	struct err err = { 0 };
	struct transcript *t;
	char path[200];

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/a.log", base);
	assert_int_equal(symlink("/dev/null", path), 0);
	assert_int_equal(targets_add(&ts, "a", NULL, NULL), 0);
	t = transcript_open(base, &ts, NULL);
	assert_int_equal(transcript_add(t, 0, "x", 1, &err), -1);
	assert_non_null(strstr(err.msg, "a.log"));
	err_release(&err);
	assert_int_equal(transcript_add(t, 0, "x", 1, &err), 0);
	transcript_close(t);
	targets_release(&ts);
	assert_int_equal(unlink(path), 0);
	assert_null(transcript_open("/dev/null/x", &ts, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_host_has_its_bytes),
		cmocka_unit_test(what_was_written_before_is_kept),
		cmocka_unit_test(no_link_is_followed_and_the_error_told_once),
	};

	return cmocka_run_group_tests(tests, make_base, remove_base);
}
