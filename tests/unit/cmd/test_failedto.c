/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/failedto.h"

#include "unit/out/fixture.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/alloc.h"

#define MANY 1001

static char base[] = "/tmp/rsh-failedto.XXXXXX";
static char file[sizeof(base) + 10], link_to[sizeof(base) + 10];

static unsigned int remove_files(void)
{
	DIR *dir = opendir(base);
	const struct dirent *e;
	unsigned int n = 0;

	assert_non_null(dir);
	while ((e = readdir(dir)))
		n += !unlinkat(dirfd(dir), e->d_name, 0);
	(void)closedir(dir);
	return n;
}

static int make_base(void **state)
{
	(void)state;
	if (!mkdtemp(base))
		return -1;
	(void)snprintf(file, sizeof(file), "%s/file", base);
	(void)snprintf(link_to, sizeof(link_to), "%s/link", base);
	return 0;
}

static int remove_base(void **state)
{
	(void)state;
	(void)remove_files();
	return rmdir(base);
}

static void put_file(const char *text)
{
	FILE *f = fopen(file, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static void assert_text(const char *path, const char *want)
{
	char got[6000];
	FILE *f = fopen(path, "r");
	size_t n;

	assert_non_null(f);
	n = fread(got, 1, sizeof(got) - 1, f);
	got[n] = '\0';
	assert_int_equal(fclose(f), 0);
	assert_string_equal(got, want);
}

static void assert_link(const char *path)
{
	struct stat st;

	assert_int_equal(lstat(path, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
}

/* The second and the third of four fail. */
static int write_two(const char *path)
{
	struct fixture f;
	struct failedto *to = failedto_open(path, NULL);
	int rc;

	assert_non_null(to);
	set_up(&f);
	for (unsigned int i = 0; i < NTARGETS; i++) {
		f.results[i].outcome = OUTCOME_EXIT;
		f.results[i].status = i == 1 || i == 2;
	}
	rc = failedto_write(to, &f.targets, f.results, NULL);
	failedto_free(to);
	tear_down(&f);
	return rc;
}

static void a_new_file_takes_the_place_of_the_old(void **state)
{
	struct stat st;

	(void)state;
	put_file("what was there before is longer\n");
	assert_int_equal(write_two(file), 0);
	assert_text(file, "n[1-2]\n");
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(remove_files(), 1);
}

static void without_a_result_the_old_file_stays(void **state)
{
	(void)state;
	put_file("keep\n");
	failedto_free(failedto_open(file, NULL));
	failedto_free(NULL);
	assert_text(file, "keep\n");
	assert_int_equal(remove_files(), 1);
}

static void a_link_is_followed_and_stays(void **state)
{
	(void)state;
	put_file("old\n");
	assert_int_equal(symlink("file", link_to), 0);
	assert_int_equal(write_two(link_to), 0);
	assert_link(link_to);
	assert_text(file, "n[1-2]\n");
	assert_int_equal(remove_files(), 2);
}

/* As /dev/stdout when standard output is a file: written behind what is there.
 */
static void a_standard_stream_is_written_to(void **state)
{
	int saved = dup(STDOUT_FILENO);
	int fd, rc;

	(void)state;
	put_file("");
	fd = open(file, O_WRONLY | O_CLOEXEC);
	assert_int_not_equal(fd, -1);
	assert_int_equal(write(fd, "before\n", 7), 7);
	assert_int_equal(symlink("/proc/self/fd/1", link_to), 0);
	(void)fflush(stdout);
	assert_int_equal(dup2(fd, STDOUT_FILENO), STDOUT_FILENO);
	rc = write_two(link_to);
	assert_int_equal(dup2(saved, STDOUT_FILENO), STDOUT_FILENO);
	assert_int_equal(rc, 0);
	assert_int_equal(write(fd, "after\n", 6), 6);
	assert_link(link_to);
	assert_text(file, "before\nn[1-2]\nafter\n");
	assert_int_equal(remove_files(), 2);
	(void)close(fd);
	(void)close(saved);
}

static void what_cannot_be_written_is_told_at_once(void **state)
{
	static const struct {
		const char *path, *message;
	} rows[] = {
		{ "", "cannot write '': No such file or directory" },
		{ "/tmp", "cannot write '/tmp': Is a directory" },
		{ "/dev/null/x",
		  "cannot write '/dev/null/x': Not a directory" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct err err = { 0 };

		ROW(!failedto_open(rows[i].path, &err), rows[i].path);
		assert_string_equal(err.msg, rows[i].message);
		err_release(&err);
	}
	assert_int_equal(write_two("/dev/full"), -1);
}

/* A list has limits on its lines. */
static void many_hosts_are_some_lines(void **state)
{
	struct target v[MANY];
	struct result results[MANY] = { 0 };
	char names[MANY][6];
	const struct targets ts = { .v = v, .n = MANY };
	struct failedto *to = failedto_open(file, NULL);

	(void)state;
	assert_non_null(to);
	for (unsigned int i = 0; i < MANY; i++) {
		(void)snprintf(names[i], sizeof(names[i]), "n%u", i);
		v[i] = (struct target){ .name = names[i], .rank = i };
		results[i].outcome = OUTCOME_SKIPPED;
	}
	assert_int_equal(failedto_write(to, &ts, results, NULL), 0);
	failedto_free(to);
	assert_text(file, "n[0-999]\nn1000\n");
	assert_int_equal(remove_files(), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_file_takes_the_place_of_the_old),
		cmocka_unit_test(without_a_result_the_old_file_stays),
		cmocka_unit_test(a_link_is_followed_and_stays),
		cmocka_unit_test(a_standard_stream_is_written_to),
		cmocka_unit_test(what_cannot_be_written_is_told_at_once),
		cmocka_unit_test(many_hosts_are_some_lines),
	};

	return cmocka_run_group_tests(tests, make_base, remove_base);
}
