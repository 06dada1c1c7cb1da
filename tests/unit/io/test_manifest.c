/* SPDX-License-Identifier: Apache-2.0 */
#include "io/manifest.h"

#include "lib/test.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/strbuf.h"

struct fixture {
	char dir[64];
	struct manifest m;
	struct strbuf told;
};

static const char *const folders[] = { "d", "d/empty", "d/in" };
static const char *const files[] = { "d/b", "d/in/c", "file" };

static int setup(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));

	strbuf_init(&f->told, 65536);
	(void)snprintf(f->dir, sizeof(f->dir), "/tmp/test_manifest.XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	assert_int_equal(chdir(f->dir), 0);
	for (size_t i = 0; i < COUNT(folders); i++)
		assert_int_equal(mkdir(folders[i], 0700), 0);
	for (size_t i = 0; i < COUNT(files); i++)
		close(open(files[i], O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	assert_int_equal(symlink("b", "d/a"), 0);
	assert_int_equal(symlink("..", "d/in/up"), 0);
	assert_int_equal(mkfifo("d/fifo", 0600), 0);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	static const char *const others[] = { "d/a", "d/in/up", "d/fifo" };

	manifest_release(&f->m);
	strbuf_release(&f->told);
	for (size_t i = 0; i < COUNT(others); i++)
		(void)unlink(others[i]);
	for (size_t i = 0; i < COUNT(files); i++)
		(void)unlink(files[i]);
	for (size_t i = COUNT(folders); i-- > 0;)
		(void)rmdir(folders[i]);
	assert_int_equal(chdir("/"), 0);
	assert_int_equal(rmdir(f->dir), 0);
	free(f);
	return 0;
}

static void tell(void *arg, const char *text)
{
	(void)strbuf_addf(arg, "%s;", text);
}

/* "kind name" of all entries, a blank between. */
static char *shown(const struct manifest *m)
{
	static const char kinds[] = { 'f', 'd', 'l' };
	struct strbuf sb = STRBUF_INIT(4096);

	for (size_t i = 0; i < m->n; i++)
		(void)strbuf_addf(&sb, "%c:%s ", kinds[m->v[i].kind],
				  manifest_name(&m->v[i]));
	return strbuf_detach(&sb, NULL);
}

static void expect(struct fixture *f, const char *path,
		   struct manifest_rules rules, const char *want)
{
	char *got;

	rules.tell = tell;
	rules.arg = &f->told;
	assert_int_equal(manifest_add(&f->m, path, &rules, NULL), 0);
	got = shown(&f->m);
	assert_string_equal(got, want);
	free(got);
}

static void folders_stand_before_what_they_hold(void **state)
{
	struct fixture *f = *state;

	expect(f, "d", (struct manifest_rules){ .recursive = true },
	       "d: f:a f:b d:empty d:in f:in/c ");
	assert_string_equal(
		f->told.buf,
		"cannot read 'd/fifo': it is no regular file;"
		"cannot read 'd/in/up': it leads back to a folder above it;");
	assert_string_equal(f->m.names[0], "d");
}

static void folders_are_ordered_by_their_depth(void **state)
{
	static const char *const want[] = { "d",    "d/in",   "d/empty",
					    "d/in", "d/in/x", "d/in/x" };
	struct fixture *f = *state;
	const struct manifest_rules rules = { .recursive = true,
					      .keep_links = true };

	assert_int_equal(mkdir("d/in/x", 0700), 0);
	assert_int_equal(manifest_add(&f->m, "d", &rules, NULL), 0);
	assert_int_equal(manifest_add(&f->m, "d/in", &rules, NULL), 0);
	manifest_order(&f->m);
	assert_int_equal(f->m.nfolders, COUNT(want));
	for (size_t i = 0; i < COUNT(want); i++)
		ROW(!strcmp(f->m.v[f->m.folders[i]].path, want[i]), want[i]);
	assert_int_equal(rmdir("d/in/x"), 0);
}

/* The rest is sent, and so many are told by name. */
static void what_cannot_be_read_is_noted(void **state)
{
	struct fixture *f = *state;
	const struct manifest_rules rules = {
		.recursive = true,
		.skip = &(struct strvec){ 0 },
		.tell = tell,
		.arg = &f->told,
	};
	char path[32];

	for (size_t i = 0; i < MANIFEST_UNREAD + 20; i++) {
		(void)snprintf(path, sizeof(path), "d/empty/%03zu", i);
		assert_int_equal(symlink("nowhere", path), 0);
	}
	assert_int_equal(manifest_add(&f->m, "d/empty", &rules, NULL), 0);
	assert_int_equal(f->m.n, 1);
	assert_int_equal(f->m.nunread, MANIFEST_UNREAD + 20);
	assert_int_equal(f->m.unread.n, MANIFEST_UNREAD);
	assert_string_equal(
		f->m.unread.v[0],
		"cannot read 'd/empty/000': it is a link that leads nowhere");
	assert_non_null(strstr(f->told.buf, "y/099': "));
	assert_null(strstr(f->told.buf, "y/100': "));
	assert_string_equal(f->told.buf + f->told.len - 13, "only counted;");
	for (size_t i = 0; i < MANIFEST_UNREAD + 20; i++) {
		(void)snprintf(path, sizeof(path), "d/empty/%03zu", i);
		assert_int_equal(unlink(path), 0);
	}
}

static void links_may_be_kept(void **state)
{
	struct fixture *f = *state;

	expect(f, "d/",
	       (struct manifest_rules){ .recursive = true, .keep_links = true },
	       "d: l:a f:b d:empty d:in f:in/c l:in/up ");
	assert_string_equal(f->m.v[1].link, "b");
	assert_string_equal(f->m.names[0], "d");
}

static void names_are_the_last_part_of_a_path(void **state)
{
	static const char *const rows[][2] = {
		{ "file", "file" }, { "./file", "file" }, { "d/b", "b" },
		{ "d//b", "b" },    { "d/", "d" },	  { "d/.", "" },
		{ "d/in/..", "" },  { ".", "" },
	};
	struct fixture *f = *state;
	const struct manifest_rules rules = { .recursive = true };

	for (size_t i = 0; i < COUNT(rows); i++) {
		ROW(!manifest_add(&f->m, rows[i][0], &rules, NULL), rows[i][0]);
		ROW(!strcmp(f->m.names[f->m.nsources - 1], rows[i][1]),
		    rows[i][0]);
	}
}

static void two_of_one_name_are_told(void **state)
{
	struct fixture *f = *state;
	const struct manifest_rules rules = { .recursive = true };
	struct err err = { 0 };

	assert_int_equal(manifest_add(&f->m, "file", &rules, NULL), 0);
	assert_int_equal(manifest_add(&f->m, "d/.", &rules, NULL), 0);
	assert_int_equal(manifest_add(&f->m, "d/in/.", &rules, NULL), 0);
	assert_int_equal(manifest_check_names(&f->m, &err), 0);
	assert_int_equal(manifest_add(&f->m, "./file", &rules, NULL), 0);
	assert_int_equal(manifest_check_names(&f->m, &err), -1);
	assert_string_equal(err.msg, "two sources are called 'file'");
	err_release(&err);
}

static void what_cannot_be_sent_is_an_error(void **state)
{
	static const char *const rows[][2] = {
		{ "nosuch", "cannot read 'nosuch': No such file or directory" },
		{ "d", "cannot read 'd': it is a folder; -r sends it" },
		{ "d/fifo", "cannot read 'd/fifo': it is no regular file" },
		{ "file/", "cannot read 'file/': Not a directory" },
	};
	struct fixture *f = *state;
	const struct manifest_rules rules = { 0 };

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct err err = { 0 };

		ROW(manifest_add(&f->m, rows[i][0], &rules, &err) == -1,
		    rows[i][0]);
		ROW(err.code == ERR_USAGE, rows[i][0]);
		assert_string_equal(err.msg, rows[i][1]);
		err_release(&err);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			folders_stand_before_what_they_hold, setup, teardown),
		cmocka_unit_test_setup_teardown(
			folders_are_ordered_by_their_depth, setup, teardown),
		cmocka_unit_test_setup_teardown(what_cannot_be_read_is_noted,
						setup, teardown),
		cmocka_unit_test_setup_teardown(links_may_be_kept, setup,
						teardown),
		cmocka_unit_test_setup_teardown(
			names_are_the_last_part_of_a_path, setup, teardown),
		cmocka_unit_test_setup_teardown(two_of_one_name_are_told, setup,
						teardown),
		cmocka_unit_test_setup_teardown(what_cannot_be_sent_is_an_error,
						setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
