/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a folder of theirs has too much of, with the system's sftp-server.
 */
#include "op/sweep_put.h"

#include "lib/copy_rig.h"
#include "lib/files.h"

#include "base/alloc.h"

struct fixture {
	struct copy_rig r;
	struct manifest manifest;
	struct sweep_put s;
	unsigned int done;
};

/* All that the tests make, what is inside first. */
static const char *const made[] = {
	"to/more/in/f.o", "to/more/in/f", "to/more/in/",
	"to/more/link",	  "to/more/",	  "to/f.o",
	"to/f",		  "to/link",	  "to/",
	"out/f",	  "out/",	  "src/f",
	"src/",
};

static int setup(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));
	const struct manifest_rules rules = { .recursive = true };

	*state = f;
	copy_rig_init(&f->r);
	files_make(made, COUNT(made));
	assert_int_equal(manifest_add(&f->manifest, "src", &rules, NULL), 0);
	manifest_index(&f->manifest);
	f->r.spec.manifest = &f->manifest;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	manifest_release(&f->manifest);
	files_unmake(made, COUNT(made));
	copy_rig_release(&f->r);
	free(f);
	return 0;
}

static void on_done(struct sweep_put *s)
{
	container_of(s, struct fixture, s)->done++;
}

/* Of the folder that "src" has become; how many failed. */
static size_t sweep(struct fixture *f, const char *path, bool may_be_link)
{
	if (!f->r.c.x.ready)
		copy_rig_start(&f->r);
	f->done = 0;
	f->s = (struct sweep_put){
		.c = &f->r.c,
		.entry = &f->manifest.v[0],
		.path = xstrdup(path),
		.may_be_link = may_be_link,
		.done = on_done,
	};
	sweep_put_start(&f->s);
	while (!f->done) {
		copy_rig_turn(&f->r);
		sweep_put_pump(&f->s);
	}
	assert_int_equal(f->done, 1);
	assert_int_equal(f->r.c.nlisted, 0);
	sweep_put_release(&f->s);
	return f->r.c.nfailed;
}

static void what_ours_has_not_goes(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(sweep(f, "to", false), 0);
	assert_true(files_has("to/f"));
	assert_false(files_has("to/f.o") || files_has("to/more") ||
		     files_has("to/link"));
	assert_true(files_has("out/f"));
}

static void what_is_left_out_stays_and_its_folders(void **state)
{
	struct fixture *f = *state;

	strvec_push(&f->r.spec.skip, "*.o");
	assert_int_equal(sweep(f, "to", false), 0);
	assert_true(files_has("to/f.o") && files_has("to/more/in/f.o"));
	assert_false(files_has("to/more/in/f") || files_has("to/more/link"));
}

static void a_dry_run_tells_and_removes_nothing(void **state)
{
	struct fixture *f = *state;

	f->r.spec.dry_run = true;
	assert_int_equal(sweep(f, "to", false), 0);
	for (size_t i = 0; i < COUNT(made); i++)
		ROW(files_has(made[i]), made[i]);
	assert_non_null(strstr(f->r.told.buf, "o:deleting to/more/in/f;"));
	assert_non_null(strstr(f->r.told.buf, "o:deleting to/more;"));
	assert_non_null(strstr(f->r.told.buf, "o:deleting to/link;"));
	assert_null(strstr(f->r.told.buf, "deleting to/f;"));
	assert_null(strstr(f->r.told.buf, "out"));
}

static void a_link_is_followed_only_where_the_user_named_it(void **state)
{
	struct fixture *f = *state;

	copy_rig_file("out/f.o", "");
	assert_int_equal(sweep(f, "to/link", false), 1);
	assert_non_null(strstr(f->r.c.err.msg, "it is no folder there"));
	assert_true(files_has("out/f.o"));
	assert_int_equal(sweep(f, "to/link", true), 1);
	assert_false(files_has("out/f.o"));
	assert_true(files_has("out/f"));
}

static void what_cannot_be_removed_is_told(void **state)
{
	struct fixture *f = *state;

	copy_rig_deny(&f->r, "remove");
	assert_int_equal(sweep(f, "to", false), 7);
	assert_non_null(strstr(f->r.c.err.msg, "cannot remove 'to/"));
	assert_true(files_has("to/more/in/f") && files_has("to/link"));
}

static void a_folder_that_is_not_there_has_nothing(void **state)
{
	assert_int_equal(sweep(*state, "nosuch", false), 0);
}

static void what_cannot_be_listed_stays(void **state)
{
	struct fixture *f = *state;

	copy_rig_deny(&f->r, "readdir");
	assert_int_equal(sweep(f, "to", false), 1);
	assert_true(files_has("to/f.o") && files_has("to/more"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_ours_has_not_goes),
		TEST(what_is_left_out_stays_and_its_folders),
		TEST(a_dry_run_tells_and_removes_nothing),
		TEST(a_link_is_followed_only_where_the_user_named_it),
		TEST(what_cannot_be_removed_is_told),
		TEST(a_folder_that_is_not_there_has_nothing),
		TEST(what_cannot_be_listed_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
