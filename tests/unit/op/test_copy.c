/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is copied next, with the system's sftp-server at the other end: both
 * directions, to the end of the walk.
 */
#include "op/copy.h"

#include "lib/copy_rig.h"
#include "lib/test.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/list.h"
#include "io/blocks.h"
#include "io/manifest.h"
#include "op/place.h"

struct fixture {
	struct copy_rig r;
	struct manifest manifest;
	struct blocks *blocks;
	mode_t umask;
};

/* All that the tests make, what is inside first. */
static const char *const made[] = {
	"src/in/f", "src/in/l",	   "src/in",	  "src/e/f",   "src/e",
	"src/f",    "src",	   "to/in/f",	  "to/in/l",   "to/in",
	"to/e",	    "to/..h1/f",   "to/..h1/l",	  "to/..h1",   "to/l",
	"to/f",	    "to/src/in/f", "to/src/in/l", "to/src/in", "to/src/e",
	"to/src/f", "to/src",	   "to/h1/f",	  "to/h1",     "to/f.h1",
	"to",
};

static int append(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	ssize_t n = write(fd, text, strlen(text));

	close(fd);
	return n == (ssize_t)strlen(text) ? 0 : -1;
}

static int setup(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));

	*state = f;
	f->umask = umask(022);
	(void)umask(f->umask);
	copy_rig_init(&f->r);
	assert_int_equal(mkdir("src", 0700), 0);
	assert_int_equal(mkdir("src/e", 0700), 0);
	assert_int_equal(mkdir("src/in", 0700), 0);
	copy_rig_file("src/f", "outer");
	copy_rig_file("src/in/f", "inner");
	assert_int_equal(symlink("f", "src/in/l"), 0);
	f->blocks = blocks_new(BLOCKS_SIZE);
	f->r.spec.blocks = f->blocks;
	f->r.spec.manifest = &f->manifest;
	f->r.spec.recursive = true;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	manifest_release(&f->manifest);
	blocks_free(f->blocks);
	for (size_t i = 0; i < COUNT(made); i++)
		if (unlink(made[i]))
			(void)rmdir(made[i]);
	/* nothing else was made, and no temporary file is left */
	copy_rig_release(&f->r);
	free(f);
	return 0;
}

static struct copy_walk *begin(struct fixture *f,
			       const struct copy_walk_ops *ops)
{
	copy_rig_start(&f->r);
	return ops->new (&f->r.c);
}

/* The whole walk; how many failed. */
static size_t run(struct fixture *f, const struct copy_walk_ops *ops)
{
	struct copy_walk *w = begin(f, ops);

	while (ops->pump(w))
		copy_rig_turn(&f->r);
	ops->free(w);
	return f->r.c.nfailed;
}

static void will_put(struct fixture *f, const char *source, const char *dest)
{
	const struct manifest_rules rules = { .recursive = true,
					      .keep_links =
						      f->r.spec.keep_links };

	assert_int_equal(manifest_add(&f->manifest, source, &rules, NULL), 0);
	manifest_order(&f->manifest);
	manifest_index(&f->manifest);
	f->r.spec.dest = dest;
}

static size_t put(struct fixture *f, const char *source, const char *dest)
{
	will_put(f, source, dest);
	return run(f, &copy_put);
}

static void same(const char *path, const char *text)
{
	char buf[64];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, buf, sizeof(buf));

	close(fd);
	assert_int_equal(n, (ssize_t)strlen(text));
	assert_memory_equal(buf, text, strlen(text));
}

static void a_tree_gets_the_name_that_is_not_there(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(put(f, "src", "to"), 0);
	assert_int_equal(f->r.copied.files, 3);
	assert_int_equal(f->r.copied.bytes, 15);
	same("to/f", "outer");
	same("to/in/l", "inner");
	assert_int_equal(access("to/e", F_OK), 0);
}

static void a_tree_lands_in_a_folder_that_is_there(void **state)
{
	struct fixture *f = *state;
	struct stat st;

	f->r.spec.keep_links = true;
	assert_int_equal(mkdir("to", 0700), 0);
	assert_int_equal(put(f, "src", "to"), 0);
	same("to/src/in/f", "inner");
	assert_int_equal(lstat("to/src/in/l", &st), 0);
	assert_true(S_ISLNK(st.st_mode));
}

static void what_needs_a_folder_makes_none(void **state)
{
	struct fixture *f = *state;

	f->r.spec.needs_folder = true;
	assert_int_equal(put(f, "src", "to"), 1);
	assert_string_equal(f->r.c.err.msg,
			    "cannot copy 'to': it is no folder there");
}

/* All below it has nowhere to go, and that is one failure. */
static void a_folder_that_cannot_be_made_is_left_out(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(mkdir("to", 0700), 0);
	copy_rig_file("to/in", "in the way");
	assert_int_equal(put(f, "src/.", "to"), 1);
	assert_string_equal(
		f->r.c.err.msg,
		"cannot make the folder 'to/in': it is there, and no folder");
	same("to/f", "outer");
	same("to/in", "in the way");
}

static void a_folder_is_as_narrow_as_ours_at_the_end(void **state)
{
	struct fixture *f = *state;
	struct stat st;

	assert_int_equal(chmod("src/in", 0555), 0);
	assert_int_equal(put(f, "src", "to"), 0);
	same("to/in/f", "inner");
	assert_int_equal(stat("to/in", &st), 0);
	assert_int_equal(st.st_mode & 0777, 0555 & ~f->umask);
	assert_int_equal(chmod("src/in", 0700), 0);
	assert_int_equal(chmod("to/in", 0700), 0);
}

static void a_link_takes_the_place_of_no_pipe(void **state)
{
	struct fixture *f = *state;
	struct stat st;

	f->r.spec.keep_links = true;
	assert_int_equal(mkdir("to", 0700), 0);
	assert_int_equal(mkfifo("to/l", 0600), 0);
	assert_int_equal(put(f, "src/in/.", "to"), 1);
	assert_string_equal(f->r.c.err.msg,
			    "cannot copy 'to/l': it is no regular file there");
	assert_int_equal(lstat("to/l", &st), 0);
	assert_true(S_ISFIFO(st.st_mode));
	same("to/f", "inner");
}

static void a_link_takes_the_place_of_one_without_rename_onto(void **state)
{
	struct fixture *f = *state;
	char text[8] = "";

	copy_rig_deny(&f->r, "posix-rename");
	f->r.spec.keep_links = true;
	assert_int_equal(mkdir("to", 0700), 0);
	assert_int_equal(symlink("../src", "to/l"), 0);
	assert_int_equal(put(f, "src/in/.", "to"), 0);
	assert_int_equal(readlink("to/l", text, sizeof(text)), 1);
	assert_string_equal(text, "f");
	assert_false(xfer_has(&f->r.c.x, SFTP_X_POSIX_RENAME));
}

/* Of a link and of a file with nothing in it, too. */
static void what_an_earlier_copy_has_left_goes(void **state)
{
	struct fixture *f = *state;
	char link_temp[PLACE_TEMP_SIZE], file_temp[PLACE_TEMP_SIZE];
	char *path;

	f->r.spec.keep_links = f->r.spec.resume = true;
	assert_int_equal(mkdir("to", 0700), 0);
	place_known_temp("h1:l", link_temp);
	place_known_temp("h1:f", file_temp);
	path = xasprintf("to/%s", link_temp);
	assert_int_equal(symlink("nowhere", path), 0);
	free(path);
	path = xasprintf("to/%s", file_temp);
	copy_rig_file(path, "more than that");
	free(path);
	assert_int_equal(truncate("src/in/f", 0), 0);
	assert_int_equal(put(f, "src/in/.", "to"), 0);
	same("to/l", "");
}

/* Somebody puts a link in the place of a folder before it gets its mode. */
static void expect_no_mode_behind_a_link(struct fixture *f)
{
	struct stat st;
	struct copy_walk *w;

	assert_int_equal(mkdir("src/d", 0700), 0);
	assert_int_equal(chmod("src/d", 0555), 0);
	assert_int_equal(mkdir("outside", 0700), 0);
	will_put(f, "src", "to");
	w = begin(f, &copy_put);
	while (copy_put.pump(w)) {
		copy_rig_turn(&f->r);
		if (f->r.copied.files == 3 && !rmdir("to/d"))
			assert_int_equal(symlink("../outside", "to/d"), 0);
	}
	copy_put.free(w);
	assert_int_equal(stat("outside", &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	assert_int_equal(f->r.c.nfailed, 1);
	assert_non_null(strstr(f->r.c.err.msg, "cannot copy 'to/d': "));
	assert_int_equal(unlink("to/d"), 0);
	assert_int_equal(rmdir("outside"), 0);
	assert_int_equal(rmdir("src/d"), 0);
}

static void a_mode_follows_no_link(void **state)
{
	expect_no_mode_behind_a_link(*state);
}

static void a_mode_that_is_kept_follows_no_link(void **state)
{
	struct fixture *f = *state;

	f->r.spec.keep = true;
	expect_no_mode_behind_a_link(f);
}

static void without_lsetstat_a_mode_follows_no_link(void **state)
{
	struct fixture *f = *state;

	copy_rig_deny(&f->r, "lsetstat");
	f->r.spec.keep = true;
	expect_no_mode_behind_a_link(f);
	assert_false(xfer_has(&f->r.c.x, SFTP_X_LSETSTAT));
}

static void modes_and_times_are_kept(struct fixture *f)
{
	struct stat st;

	f->r.spec.keep = true;
	assert_int_equal(chmod("src/in", 0750), 0);
	assert_int_equal(put(f, "src", "to"), 0);
	assert_int_equal(stat("to/in", &st), 0);
	assert_int_equal(st.st_mode & 0777, 0750);
	assert_int_equal(st.st_mtime, f->manifest.v[3].mtime);
}

static void a_folder_is_like_ours(void **state)
{
	modes_and_times_are_kept(*state);
}

static void without_lsetstat_a_folder_is_like_ours(void **state)
{
	struct fixture *f = *state;

	copy_rig_deny(&f->r, "lsetstat");
	modes_and_times_are_kept(f);
}

/* Of names that there is no room for a few go at a time. */
static void a_sweep_needs_little_room(void **state)
{
	struct fixture *f = *state;
	const size_t full = SIZE_MAX / 2;
	char path[32];

	assert_int_equal(mkdir("to", 0700), 0);
	assert_int_equal(mkdir("to/more", 0700), 0);
	for (int i = 0; i < 300; i++) {
		(void)snprintf(path, sizeof(path), "to/%s%d",
			       i % 2 ? "more/" : "", i);
		copy_rig_file(path, "");
	}
	f->r.spec.sweep = true;
	f->r.c.nlisted = full;
	assert_int_equal(put(f, "src/.", "to"), 0);
	assert_int_equal(f->r.c.nlisted, full);
	assert_int_equal(access("to/more", F_OK), -1);
	same("to/f", "outer");
}

/* Before the first byte behind it is known to be there. */
static void a_hole_is_not_waited_for(void **state)
{
	struct fixture *f = *state;
	const uint64_t size = (uint64_t)64 << 20;
	uint64_t total = UINT64_MAX;
	struct copy_walk *w;

	copy_rig_file("src/e/f", "");
	assert_int_equal(truncate("src/e/f", (off_t)size), 0);
	assert_int_equal(append("src/e/f", "end"), 0);
	will_put(f, "src/e/f", "to");
	w = begin(f, &copy_put);
	while (copy_put.pump(w)) {
		if (f->r.c.x.moved && !f->r.copied.files)
			total = f->r.copied.total;
		copy_rig_turn(&f->r);
	}
	copy_put.free(w);
	assert_int_equal(f->r.c.nfailed, 0);
	if (f->manifest.v[0].file.sparse)
		assert_in_range(total, 3, (uint64_t)1 << 20);
	assert_int_equal(f->r.copied.total, f->r.c.x.through);
}

static size_t get(struct fixture *f, const char *source)
{
	assert_int_equal(mkdir("to", 0700), 0);
	strvec_push(&f->r.spec.sources, source);
	f->r.spec.into = "to";
	return run(f, &copy_get);
}

static void a_tree_is_got(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(get(f, "src"), 0);
	assert_int_equal(f->r.copied.bytes, 15);
	same("to/src/f", "outer");
	same("to/src/in/l", "inner");
	assert_int_equal(access("to/src/e", F_OK), 0);
}

static void a_pattern_may_stand_in_the_middle(void **state)
{
	struct fixture *f = *state;

	strvec_push(&f->r.spec.dirs, "h1");
	assert_int_equal(get(f, "s*/[hi]n/f"), 0);
	same("to/h1/f", "inner");
	assert_int_equal(f->r.copied.files, 1);
}

static void a_name_may_have_its_host_behind_it(void **state)
{
	struct fixture *f = *state;

	strvec_push(&f->r.spec.suffixes, ".h1");
	assert_int_equal(get(f, "src/f"), 0);
	same("to/f.h1", "outer");
}

static void a_pattern_that_finds_nothing_is_a_failure(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(get(f, "src/x*"), 1);
	assert_string_equal(f->r.c.err.msg,
			    "cannot copy 'src/x*': nothing is called so");
}

/* What a link in a tree leads to is looked at, too: that finds nothing. */
static void each_source_has_to_be_found(void **state)
{
	struct fixture *f = *state;

	strvec_push(&f->r.spec.sources, "src/x*");
	strvec_push(&f->r.spec.sources, "y*/f");
	assert_int_equal(get(f, "src"), 2);
	assert_string_equal(f->r.c.err.msg,
			    "cannot copy 'src/x*': nothing is called so");
	assert_string_equal(f->r.told.buf,
			    "e:cannot copy 'y*/f': nothing is called so;");
	same("to/src/in/l", "inner");
}

static void one_name_is_had_by_one(void **state)
{
	struct fixture *f = *state;

	copy_rig_file("src/e/f", "inner");
	assert_int_equal(get(f, "src/*/f"), 1);
	assert_non_null(
		strstr(f->r.c.err.msg, "/f': another one has its name here"));
	same("to/f", "inner");
}

static void a_name_for_all_is_had_by_one(void **state)
{
	struct fixture *f = *state;

	f->r.spec.as = "f";
	assert_int_equal(get(f, "src/in/*"), 1);
	same("to/f", "inner");
}

/* Or the files of all hosts would be in one folder. */
static void what_has_no_name_has_its_host_for_one(void **state)
{
	struct fixture *f = *state;

	strvec_push(&f->r.spec.suffixes, ".h1");
	assert_int_equal(get(f, "src/in/."), 0);
	same("to/..h1/f", "inner");
}

/* A file is no folder of the source, and what it brought is not swept. */
static void of_two_that_land_in_one_nothing_is_removed(void **state)
{
	struct fixture *f = *state;

	f->r.spec.sweep = true;
	strvec_push(&f->r.spec.sources, "src/f");
	assert_int_equal(get(f, "src/e/."), 1);
	assert_non_null(
		strstr(f->r.c.err.msg, "of which --delete removes nothing"));
	same("to/f", "outer");
}

static void a_dry_run_tells_of_a_tree(void **state)
{
	struct fixture *f = *state;

	f->r.spec.dry_run = true;
	assert_int_equal(get(f, "src"), 0);
	assert_non_null(strstr(f->r.told.buf, "o:src/f -> to/src/f;"));
	assert_non_null(strstr(f->r.told.buf, "o:src/in/l -> to/src/in/l;"));
	assert_int_equal(access("to/src", F_OK), -1);
}

static void a_dry_run_makes_nothing(void **state)
{
	struct fixture *f = *state;

	f->r.spec.dry_run = true;
	assert_int_equal(get(f, "src/f"), 0);
	assert_string_equal(f->r.told.buf, "o:src/f -> to/f;");
	assert_int_equal(access("to/f", F_OK), -1);
}

static void paths_are_joined_with_one_slash(void **state)
{
	static const char *const rows[][3] = {
		{ "a", "b", "a/b" }, { "a/", "b", "a/b" }, { "/", "b", "/b" },
		{ "", "b", "b" },    { ".", "b", "b" },	   { "a", "", "a" },
		{ "", "", "." },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *got = copy_join(rows[i][0], rows[i][1]);

		assert_string_equal(got, rows[i][2]);
		free(got);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_tree_gets_the_name_that_is_not_there),
		TEST(a_tree_lands_in_a_folder_that_is_there),
		TEST(what_needs_a_folder_makes_none),
		TEST(a_folder_that_cannot_be_made_is_left_out),
		TEST(a_folder_is_as_narrow_as_ours_at_the_end),
		TEST(a_link_takes_the_place_of_no_pipe),
		TEST(a_link_takes_the_place_of_one_without_rename_onto),
		TEST(what_an_earlier_copy_has_left_goes),
		TEST(a_mode_follows_no_link),
		TEST(a_mode_that_is_kept_follows_no_link),
		TEST(without_lsetstat_a_mode_follows_no_link),
		TEST(a_folder_is_like_ours),
		TEST(without_lsetstat_a_folder_is_like_ours),
		TEST(a_sweep_needs_little_room),
		TEST(a_hole_is_not_waited_for),
		TEST(a_tree_is_got),
		TEST(a_pattern_may_stand_in_the_middle),
		TEST(a_name_may_have_its_host_behind_it),
		TEST(a_pattern_that_finds_nothing_is_a_failure),
		TEST(each_source_has_to_be_found),
		TEST(one_name_is_had_by_one),
		TEST(a_name_for_all_is_had_by_one),
		TEST(what_has_no_name_has_its_host_for_one),
		TEST(of_two_that_land_in_one_nothing_is_removed),
		TEST(a_dry_run_makes_nothing),
		TEST(a_dry_run_tells_of_a_tree),
		cmocka_unit_test(paths_are_joined_with_one_slash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
