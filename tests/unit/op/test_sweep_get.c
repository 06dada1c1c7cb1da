/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a folder of ours has too much of, with the system's sftp-server, which
 * is asked for each name.
 */
#include "op/sweep_get.h"

#include "lib/copy_rig.h"
#include "lib/files.h"

#include "base/alloc.h"

struct fixture {
	struct copy_rig r;
	struct strvec there, here;
};

/* All that the tests make, what is inside first. */
static const char *const made[] = {
	"to/src/more/in/f.o",
	"to/src/more/in/f",
	"to/src/more/in/",
	"to/src/more/",
	"to/src/sub/old",
	"to/src/sub/",
	"to/src/f.o",
	"to/src/f",
	"to/src/link",
	"to/src/",
	"to/beside",
	"to/",
	"out/f",
	"out/",
	"src/sub/",
	"src/f",
	"src/",
};

static int setup(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));

	*state = f;
	copy_rig_init(&f->r);
	files_make(made, COUNT(made));
	strvec_push(&f->there, "src");
	strvec_push(&f->here, "src");
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	strvec_release(&f->there);
	strvec_release(&f->here);
	files_unmake(made, COUNT(made));
	copy_rig_release(&f->r);
	free(f);
	return 0;
}

/* How many failed. */
static size_t sweep(struct fixture *f, const char *root)
{
	struct sweep_get *s;

	copy_rig_start(&f->r);
	s = sweep_get_new(&f->r.c, &f->there, &f->here,
			  root ? place_open(root, NULL) : NULL);
	while (sweep_get_pump(s))
		if (f->r.c.x.ncalls)
			copy_rig_turn(&f->r);
	sweep_get_free(s);
	return f->r.c.nfailed;
}

static void what_theirs_has_not_goes(void **state)
{
	assert_int_equal(sweep(*state, "to"), 0);
	assert_true(files_has("to/src/f") && files_has("to/src/sub") &&
		    files_has("to/beside"));
	assert_false(files_has("to/src/f.o") || files_has("to/src/more") ||
		     files_has("to/src/link") || files_has("to/src/sub/old"));
	assert_true(files_has("out/f"));
}

static void what_is_left_out_stays_and_its_folders(void **state)
{
	struct fixture *f = *state;

	strvec_push(&f->r.spec.skip, "*.o");
	assert_int_equal(sweep(f, "to"), 0);
	assert_true(files_has("to/src/f.o") && files_has("to/src/more/in/f.o"));
	assert_false(files_has("to/src/more/in/f") ||
		     files_has("to/src/sub/old"));
}

static void a_dry_run_tells_and_removes_nothing(void **state)
{
	struct fixture *f = *state;

	f->r.spec.dry_run = true;
	assert_int_equal(sweep(f, "to"), 0);
	for (size_t i = 0; i < COUNT(made); i++)
		ROW(files_has(made[i]), made[i]);
	assert_non_null(strstr(f->r.told.buf, "o:deleting to/src/more/in/f;"));
	assert_non_null(strstr(f->r.told.buf, "o:deleting to/src/more;"));
	assert_non_null(strstr(f->r.told.buf, "o:deleting to/src/sub/old;"));
	assert_null(strstr(f->r.told.buf, "to/src/f;"));
	assert_null(strstr(f->r.told.buf, "out"));
}

static void a_link_in_place_of_a_folder_is_not_gone_into(void **state)
{
	struct fixture *f = *state;

	strvec_release(&f->here);
	strvec_push(&f->here, "link");
	assert_int_equal(sweep(f, "to/src"), 0);
	assert_true(files_has("out/f") && files_has("to/src/link"));
}

/* What it does not say it has not stays. */
static void who_says_nothing_loses_nothing(void **state)
{
	struct fixture *f = *state;

	copy_rig_deny(&f->r, "lstat");
	assert_int_equal(sweep(f, "to"), 5);
	for (size_t i = 0; i < COUNT(made); i++)
		ROW(files_has(made[i]), made[i]);
}

static void a_folder_that_is_not_here_has_nothing(void **state)
{
	struct fixture *f = *state;

	strvec_push(&f->there, "src");
	strvec_push(&f->here, "nosuch");
	assert_int_equal(sweep(f, "to"), 0);
}

static void without_a_place_it_is_over(void **state)
{
	assert_int_equal(sweep(*state, NULL), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_theirs_has_not_goes),
		TEST(what_is_left_out_stays_and_its_folders),
		TEST(a_dry_run_tells_and_removes_nothing),
		TEST(a_link_in_place_of_a_folder_is_not_gone_into),
		TEST(who_says_nothing_loses_nothing),
		TEST(a_folder_that_is_not_here_has_nothing),
		TEST(without_a_place_it_is_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
