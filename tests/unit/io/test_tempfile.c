/* SPDX-License-Identifier: Apache-2.0 */
#include "io/tempfile.h"

#include "lib/test.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static void has_no_name_and_is_ours_alone(void **state)
{
	struct err err = { 0 };
	struct stat st;
	int fd = tempfile_open(&err);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_nlink, 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	close(fd);
}

static void unusable_folder_is_named(void **state)
{
	struct err err = { 0 };

	(void)state;
	assert_int_equal(setenv("TMPDIR", "/nonexistent", 1), 0);
	assert_int_equal(tempfile_open(&err), -1);
	assert_string_equal(err.msg,
			    "cannot make a temporary file in '/nonexistent': "
			    "No such file or directory");
	err_release(&err);
	assert_int_equal(setenv("TMPDIR", "", 1), 0);
	close(tempfile_open(&err));
	assert_int_equal(err.code, ERR_NONE);
	assert_int_equal(unsetenv("TMPDIR"), 0);
}

static void memory_needs_no_folder(void **state)
{
	struct err err = { 0 };
	char buf[4] = "";
	int fd;

	(void)state;
	assert_int_equal(setenv("TMPDIR", "/nonexistent", 1), 0);
	fd = tempfile_in_memory(&err);
	assert_int_equal(unsetenv("TMPDIR"), 0);
#if defined(HAVE_MEMFD_CREATE)
	assert_true(fd >= 0);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	assert_int_equal(write(fd, "abc", 3), 3);
	assert_int_equal(pread(fd, buf, sizeof(buf), 0), 3);
	assert_string_equal(buf, "abc");
	close(fd);
#else
	(void)buf;
	assert_int_equal(fd, -1);
	err_release(&err);
#endif
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(has_no_name_and_is_ours_alone),
		cmocka_unit_test(unusable_folder_is_named),
		cmocka_unit_test(memory_needs_no_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
