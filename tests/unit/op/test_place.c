/* SPDX-License-Identifier: Apache-2.0 */
#include "op/place.h"

#include "lib/test.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"

static const struct place_attrs plain = { .mode = S_IFREG | 0644,
					  .mtime = 1000 };
static const struct place_attrs folder = { .mode = S_IFDIR | 0755 };

struct fixture {
	char dir[64];
	struct place *place;
};

static int setup(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));

	(void)snprintf(f->dir, sizeof(f->dir), "/tmp/test_place.XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	assert_int_equal(chdir(f->dir), 0);
	(void)umask(022);
	f->place = place_open(f->dir, NULL);
	assert_non_null(f->place);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	static const char *const names[] = { "in/f", "f", "l", "fifo",
					     "target" };
	struct fixture *f = *state;

	place_put(f->place);
	for (size_t i = 0; i < COUNT(names); i++)
		(void)unlink(names[i]);
	(void)rmdir("in");
	assert_int_equal(chdir("/"), 0);
	/* nothing else was made */
	assert_int_equal(rmdir(f->dir), 0);
	free(f);
	return 0;
}

static mode_t mode_of(const char *name)
{
	struct stat st;

	assert_int_equal(lstat(name, &st), 0);
	return st.st_mode;
}

static void make(struct place *p, const char *name, const struct place_attrs *a,
		 bool keep)
{
	char temp[PLACE_TEMP_SIZE] = "";
	int fd = place_create(p, name, a, keep, temp, NULL);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, "new", 3), 3);
	assert_int_equal(place_finish(p, temp, fd, name, a, keep, NULL), 0);
}

static void names_of_one_component_are_taken(void **state)
{
	static const struct {
		const char *name;
		size_t n;
		bool ok;
	} rows[] = {
		{ "a", 1, true },     { "...", 3, true },
		{ ".a", 2, true },    { "a\nb\377", 4, true },
		{ "", 0, false },     { ".", 1, false },
		{ "..", 2, false },   { "a/b", 3, false },
		{ "/a", 2, false },   { "a\0b", 3, false },
		{ "../x", 4, false },
	};
	char longest[PLACE_NAME_MAX + 1];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		ROW(place_takes(rows[i].name, rows[i].n) == rows[i].ok,
		    rows[i].name);
	memset(longest, 'x', sizeof(longest));
	assert_true(place_takes(longest, PLACE_NAME_MAX));
	assert_false(place_takes(longest, PLACE_NAME_MAX + 1));
}

static void a_file_has_no_name_before_it_is_whole(void **state)
{
	struct fixture *f = *state;
	char temp[PLACE_TEMP_SIZE] = "";
	int fd = place_create(f->place, "f", &plain, false, temp, NULL);

	assert_true(fd >= 0);
	assert_int_equal(access("f", F_OK), -1);
	assert_int_equal(access(temp, F_OK), 0);
	place_discard(f->place, temp, fd);
	assert_int_equal(access(temp, F_OK), -1);
	make(f->place, "f", &plain, false);
	assert_int_equal(mode_of("f"), S_IFREG | 0644);
}

static void modes_are_kept_as_asked(void **state)
{
	const struct place_attrs wide = { .mode = S_IFREG | 06777,
					  .timed = true,
					  .mtime = 1000 };
	struct fixture *f = *state;
	struct stat st;

	make(f->place, "f", &wide, false);
	assert_int_equal(mode_of("f"), S_IFREG | 0755); /* the umask */
	make(f->place, "f", &plain, false);
	assert_int_equal(mode_of("f"), S_IFREG | 0755); /* as it was */
	make(f->place, "f", &wide, true);
	assert_int_equal(mode_of("f"), S_IFREG | 0777); /* no setuid */
	assert_int_equal(stat("f", &st), 0);
	assert_int_equal(st.st_mtime, 1000);
}

static void no_link_is_written_through(void **state)
{
	struct fixture *f = *state;
	struct err err = { 0 };

	assert_int_equal(symlink("target", "f"), 0);
	make(f->place, "f", &plain, false);
	assert_int_equal(mode_of("f"), S_IFREG | 0644);
	assert_int_equal(access("target", F_OK), -1);
	assert_int_equal(symlink("/tmp", "l"), 0);
	assert_null(place_enter(f->place, "l", &folder, false, &err));
	assert_int_equal(err.code, ERR_COPY);
	err_release(&err);
	assert_int_equal(place_link(f->place, "l", "elsewhere", NULL), 0);
	assert_int_equal(mode_of("l") & S_IFMT, S_IFLNK);
}

static void two_never_write_to_one_file(void **state)
{
	struct fixture *f = *state;
	char first[PLACE_TEMP_SIZE], second[PLACE_TEMP_SIZE];
	uint64_t size = 0;
	int fd[2];

	place_known_temp("f", first);
	memcpy(second, first, sizeof(second));
	fd[0] = place_create(f->place, "f", &plain, false, first, NULL);
	assert_true(fd[0] >= 0);
	assert_int_equal(write(fd[0], "ab", 2), 2);
	/* another process has a descriptor of its own, as here */
	assert_int_equal(place_again(f->place, "f", &size), -1);
	fd[1] = place_create(f->place, "f", &plain, false, second, NULL);
	assert_true(fd[1] >= 0);
	assert_string_not_equal(first, second);
	place_discard(f->place, second, fd[1]);

	/* the first gives up: it may be gone on with */
	close(fd[0]);
	fd[0] = place_again(f->place, "f", &size);
	assert_true(fd[0] >= 0);
	assert_int_equal(size, 2);
	assert_int_equal(
		place_finish(f->place, first, fd[0], "f", &plain, false, NULL),
		0);
	assert_int_equal(place_again(f->place, "f", &size), -1);
}

/* As /dev/stdout, which a copy would take from everybody. */
static void a_link_to_what_is_open_is_not_replaced(void **state)
{
	struct fixture *f = *state;
	char temp[PLACE_TEMP_SIZE] = "";
	struct err err = { 0 };

	assert_int_equal(symlink("/proc/self/fd/1", "l"), 0);
	assert_int_equal(place_create(f->place, "l", &plain, false, temp, &err),
			 -1);
	assert_non_null(strstr(err.msg, "/l': it leads to what a process has "
					"open"));
	err_release(&err);
	assert_int_equal(place_link(f->place, "l", "f", &err), -1);
	err_release(&err);
	assert_true(S_ISLNK(mode_of("l")));
}

static void note_failure(void *arg, const struct err *err)
{
	err_copy(arg, err);
}

static void a_folder_that_cannot_be_like_theirs_is_told(void **state)
{
	struct place *top = place_open("/proc/self/", NULL);
	struct err err = { 0 };
	struct place *p;

	(void)state;
	place_on_fail(top, note_failure, &err);
	/* nobody may change that one */
	p = place_enter(top, "fd", &folder, true, NULL);
	assert_non_null(p);
	place_put(p);
	assert_int_equal(err.code, ERR_COPY);
	assert_string_equal(err.msg,
			    "cannot set mode and times of '/proc/self/fd': "
			    "Operation not permitted");
	err_release(&err);
	place_put(top);
}

static void what_is_no_file_is_not_replaced(void **state)
{
	struct fixture *f = *state;
	struct place *in = place_enter(f->place, "in", &folder, false, NULL);
	char temp[PLACE_TEMP_SIZE] = "";
	struct err err = { 0 };

	assert_non_null(in);
	make(in, "f", &plain, false);
	assert_int_equal(
		place_create(f->place, "in", &plain, false, temp, &err), -1);
	assert_non_null(strstr(err.msg, "/in': it is a folder here"));
	assert_int_equal(mkfifo("fifo", 0600), 0);
	assert_int_equal(
		place_create(f->place, "fifo", &plain, false, temp, &err), -1);
	assert_non_null(strstr(err.msg, "/fifo': it is no regular file here"));
	assert_int_equal(place_link(f->place, "in", "x", &err), -1);
	err_release(&err);
	place_put(in);
}

/* That it has gone is seen when the test's folder is removed. */
static void what_cannot_get_its_name_goes(void **state)
{
	struct fixture *f = *state;
	char temp[PLACE_TEMP_SIZE] = "";
	struct err err = { 0 };
	int fd = place_create(f->place, "in", &plain, false, temp, NULL);

	assert_true(fd >= 0);
	assert_int_equal(mkdir("in", 0700), 0);
	assert_int_equal(
		place_finish(f->place, temp, fd, "in", &plain, false, &err),
		-1);
	assert_non_null(strstr(err.msg, "in': Is a directory"));
	assert_int_equal(access(temp, F_OK), -1);
	err_release(&err);
}

static void times_that_are_not_said_are_not_set(void **state)
{
	struct fixture *f = *state;
	struct stat st;

	make(f->place, "f", &plain, true);
	assert_int_equal(stat("f", &st), 0);
	assert_true(st.st_mtime > 1000);
}

static void a_folder_gets_its_mode_when_it_is_full(void **state)
{
	const struct place_attrs shut = { .mode = S_IFDIR | 0500,
					  .timed = true,
					  .mtime = 1000 };
	struct fixture *f = *state;
	struct place *in = place_enter(f->place, "in", &shut, true, NULL);
	struct stat st;

	assert_non_null(in);
	make(place_get(in), "f", &plain, false);
	place_put(in);
	assert_int_equal(mode_of("in"), S_IFDIR | 0700);
	place_put(in);
	assert_int_equal(mode_of("in"), S_IFDIR | 0500);
	assert_int_equal(stat("in", &st), 0);
	assert_int_equal(st.st_mtime, 1000);
	assert_int_equal(chmod("in", 0700), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			names_of_one_component_are_taken, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_file_has_no_name_before_it_is_whole, setup, teardown),
		cmocka_unit_test_setup_teardown(modes_are_kept_as_asked, setup,
						teardown),
		cmocka_unit_test_setup_teardown(no_link_is_written_through,
						setup, teardown),
		cmocka_unit_test_setup_teardown(two_never_write_to_one_file,
						setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_link_to_what_is_open_is_not_replaced, setup,
			teardown),
		cmocka_unit_test(a_folder_that_cannot_be_like_theirs_is_told),
		cmocka_unit_test_setup_teardown(what_cannot_get_its_name_goes,
						setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_no_file_is_not_replaced,
						setup, teardown),
		cmocka_unit_test_setup_teardown(
			times_that_are_not_said_are_not_set, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_folder_gets_its_mode_when_it_is_full, setup,
			teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
