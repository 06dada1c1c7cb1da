/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a host sends, well or ill: what is here of it, and what is told.  All is
 * fed in small pieces.
 */
#include "op/unpack.h"

#include "lib/test.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/list.h"
#include "lib/archive.h"
#include "op/op.h"
#include "op/unpack_internal.h"
#include "wire/tar.h"

#define KEY "0123456789abcdef"

struct fixture {
	struct copy c;
	struct copied copied;
	struct copy_spec spec;
	struct strbuf out, told;
	char dir[64];
};

static void tell(struct copy *c, enum stream s, const char *text)
{
	struct fixture *f = container_of(c, struct fixture, c);

	(void)s;
	(void)strbuf_addf(&f->told, "%s;", text);
}

static int setup(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));

	*state = f;
	(void)snprintf(f->dir, sizeof(f->dir), "/tmp/test_unpack.XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	assert_int_equal(chdir(f->dir), 0);
	assert_int_equal(mkdir("to", 0755), 0);
	(void)umask(022);
	strbuf_init(&f->out, 1 << 20);
	strbuf_init(&f->told, 1 << 16);
	strvec_push(&f->spec.sources, "/src");
	f->spec.into = "to";
	f->spec.recursive = true;
	f->c.spec = &f->spec;
	f->c.tell = tell;
	f->c.copied = &f->copied;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	char command[96];

	assert_int_equal(chdir("/"), 0);
	(void)snprintf(command, sizeof(command), "rm -r %s", f->dir);
	assert_int_equal(system(command), 0); /* NOLINT(cert-env33-c) */
	strvec_release(&f->spec.sources);
	strvec_release(&f->spec.skip);
	strbuf_release(&f->out);
	strbuf_release(&f->told);
	err_release(&f->c.err);
	free(f);
	return 0;
}

static void record(struct fixture *f, const char *line)
{
	(void)strbuf_addf(&f->out, KEY " %s", line);
	(void)strbuf_add(&f->out, "", 1);
}

static void add(struct fixture *f, char type, const char *name,
		const char *link, const char *bytes)
{
	(void)archive_add(&f->out, type, name, link, bytes);
}

/* Its archive begins; the folder itself is in it. */
static void begin(struct fixture *f)
{
	size_t at;

	record(f, "of 1 /src");
	record(f, "tree");
	at = archive_add(&f->out, '5', "./", NULL, "");
	archive_set(&f->out, at, 100, "0000755", 7);
}

static void end(struct fixture *f)
{
	(void)tar_end(&f->out);
	(void)tar_end(&f->out); /* as one fills its last record */
	record(f, "end 0");
}

/* All of it; the error that ended it, or "". */
static char *feed(struct fixture *f)
{
	struct unpack *u = unpack_new(&f->c, KEY);
	struct err err = { 0 };
	char *said;
	size_t size = f->out.len;
	int rc = 0;

	for (size_t at = 0; at < size && !rc; at += 61)
		rc = unpack_take(u, f->out.buf + at,
				 size - at < 61 ? size - at : 61, &err);
	assert_int_equal(rc, err.code ? -1 : 0);
	if (unpack_is_over(u))
		unpack_end(u, "reason");
	unpack_free(u);
	said = xstrdup(err.code ? err.msg : "");
	err_release(&err);
	strbuf_reset(&f->out);
	return said;
}

/* `told` is the first failure, and what else was told; NULL: it does not
   count. */
static void feed_all(struct fixture *f, const char *told)
{
	char *said, *all;

	record(f, "done");
	said = feed(f);
	assert_string_equal(said, "");
	free(said);
	all = xasprintf("%s%s", f->c.nfailed ? f->c.err.msg : "", f->told.buf);
	if (told)
		assert_string_equal(all, told);
	free(all);
}

/* What is below `to`: paths, kinds, modes; and nothing beside it. */
static void is_here(const char *expected)
{
	static const char list[] =
		"find . -mindepth 1 ! -path ./to -printf '%P %y %m\\n' | "
		"sed 's,^to/,,' | LC_ALL=C sort";
	char text[4096] = "";
	FILE *p = popen(list, "r"); /* NOLINT(cert-env33-c) */
	size_t n;

	assert_non_null(p);
	n = fread(text, 1, sizeof(text) - 1, p);
	text[n] = '\0';
	(void)pclose(p);
	assert_string_equal(text, expected);
}

static void holds(const char *path, const char *expected)
{
	char text[64] = "";
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_true(read(fd, text, sizeof(text) - 1) >= 0);
	close(fd);
	assert_string_equal(text, expected);
}

static void a_tree_comes_to_its_place(void **state)
{
	struct fixture *f = *state;
	struct stat st;
	size_t at;

	f->spec.keep = true;
	f->spec.keep_links = true;
	begin(f);
	at = archive_add(&f->out, '5', "./shut", NULL, "");
	archive_set(&f->out, at, 100, "0000555", 7);
	at = archive_add(&f->out, '0', "./shut/x", NULL, "in");
	archive_set(&f->out, at, 100, "0006711", 7);
	add(f, '2', "./l", "shut/x", "");
	add(f, '0', "./empty", NULL, "");
	/* back to a folder that was left */
	add(f, '0', "./shut/y", NULL, "late");
	end(f);
	feed_all(f, "");
	is_here("src d 755\nsrc/empty f 644\nsrc/l l 777\nsrc/shut d 555\n"
		"src/shut/x f 711\nsrc/shut/y f 644\n");
	holds("to/src/shut/y", "late");
	assert_int_equal(stat("to/src/shut", &st), 0);
	assert_int_equal(st.st_mtime, 1000);
	assert_int_equal(stat("to/src", &st), 0);
	assert_int_equal(st.st_mtime, 1000);
	assert_int_equal(f->copied.files, 4);
	assert_int_equal(f->copied.bytes, 6);
	assert_int_equal(chmod("to/src/shut", 0755), 0);
}

static void names_that_lead_elsewhere_are_refused(void **state)
{
	static const char *const names[] = {
		"/abs",	  "../up", "./../up", "a/../../up",
		"./a/..", "..",	   "a//b",    "./a/./b",
	};
	struct fixture *f = *state;

	assert_int_equal(mkdir("to/src", 0755), 0);
	assert_int_equal(mkdir("to/src/a", 0755), 0);
	begin(f);
	for (size_t i = 0; i < COUNT(names); i++)
		add(f, '0', names[i], NULL, "evil");
	add(f, '5', "../folder", NULL, "");
	add(f, '2', "../link", "x", "");
	add(f, '0', "", NULL, "evil");
	archive_pax(&f->out, 'x', "path", "../pax");
	add(f, '0', "good", NULL, "evil");
	end(f);
	feed_all(f, NULL);
	assert_int_equal(f->c.nfailed, COUNT(names) + 4);
	is_here("src d 755\nsrc/a d 755\n");
}

/* Whether the link came, or was here before. */
static void no_link_is_followed(void **state)
{
	struct fixture *f = *state;

	f->spec.keep_links = true;
	assert_int_equal(mkdir("to/src", 0755), 0);
	assert_int_equal(symlink("../..", "to/src/old"), 0);
	assert_int_equal(symlink("../../new", "to/src/file"), 0);
	begin(f);
	add(f, '2', "./l", "../..", "");
	add(f, '0', "./l/evil", NULL, "x");
	add(f, '0', "./old/evil", NULL, "x");
	add(f, '5', "./old", NULL, "");
	add(f, '0', "./old/evil", NULL, "x");
	add(f, '0', "./file", NULL, "x");
	end(f);
	feed_all(f, NULL);
	assert_int_equal(f->c.nfailed, 3);
	is_here("src d 755\nsrc/file f 644\nsrc/l l 777\nsrc/old l 777\n");
}

static void what_comes_twice_replaces_or_fails(void **state)
{
	struct fixture *f = *state;

	begin(f);
	add(f, '0', "./f", NULL, "one");
	add(f, '0', "./f", NULL, "two");
	add(f, '5', "./f", NULL, "");
	add(f, '0', "./f/in", NULL, "x");
	add(f, '0', "./fine", NULL, "x"); /* of another name */
	add(f, '5', "./d", NULL, "");
	add(f, '0', "./d", NULL, "x");
	add(f, '5', "./", NULL, "");
	end(f);
	feed_all(f, "cannot write 'to/src/f': it is here, and no folder"
		    "cannot write 'to/src/d': it is a folder here;");
	is_here("src d 755\nsrc/d d 644\nsrc/f f 644\nsrc/fine f 644\n");
	holds("to/src/f", "two");
}

static void hard_links_are_sent_again(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(mkdir("to/src", 0755), 0);
	begin(f);
	add(f, '0', "./f", NULL, "same");
	add(f, '1', "./h", "./f", "");
	end(f);
	record(f, "hard");
	add(f, '0', "./h", NULL, "same");
	end(f);
	record(f, "hard");
	add(f, '0', "./f", NULL, "evil");
	end(f);
	feed_all(f, "");
	holds("to/src/h", "same");
	holds("to/src/f", "same");
	begin(f);
	add(f, '1', "./e", "../../secret", "");
	end(f);
	feed_all(
		f,
		"cannot copy '/src': not all files with several names were sent");
	is_here("src d 755\nsrc/f f 644\nsrc/h f 644\n");
}

static void more(struct fixture *f, struct unpack *u)
{
	struct err err = { 0 };

	assert_int_equal(unpack_take(u, f->out.buf, f->out.len, &err), 0);
	strbuf_reset(&f->out);
}

/* Not all tars send a file again where it has another name: those are kept. */
static void hard_links_beyond_the_bound_are_told(void **state)
{
	struct fixture *f = *state;
	struct unpack *u = unpack_new(&f->c, KEY);

	begin(f);
	add(f, '0', "./f", NULL, "same");
	more(f, u);
	for (size_t i = 0; i < NAMESAKES_MAX; i++) {
		char name[32];

		(void)snprintf(name, sizeof(name), "%zu", i);
		assert_null(namesakes_take(&u->hard, name, name));
	}
	add(f, '1', "./h", "./f", "");
	end(f);
	record(f, "hard");
	add(f, '0', "./h", NULL, "same");
	end(f);
	record(f, "done");
	more(f, u);
	unpack_free(u);
	assert_string_equal(
		f->c.err.msg,
		"cannot copy '/src/h': too many files here have several names for a tar that is not GNU's; without --archive, or --via, it is got");
	assert_int_equal(f->c.nfailed, 1);
	is_here("src d 755\nsrc/f f 644\n");
}

static void links_come_as_what_they_lead_to(void **state)
{
	struct fixture *f = *state;

	begin(f);
	add(f, '2', "./l", "f", "");
	add(f, '2', "./d", "..", "");
	add(f, '2', "./n", "none", "");
	add(f, '2', "./m", "more", "");
	end(f);
	record(f, "file");
	add(f, '0', "./l", NULL, "theirs");
	end(f);
	record(f, "dir");
	add(f, '2', "./d", "..", "");
	end(f);
	record(f, "gone");
	add(f, '2', "./n", "none", "");
	add(f, '0', "./o", NULL, "a file");
	end(f);
	feed_all(
		f,
		"cannot copy '/src/n': no such file or directory"
		"'/src/d' is left out: it is a link to a folder; --links keeps it;"
		"cannot copy '/src/o': it became something else meanwhile;");
	is_here("src d 755\nsrc/l f 644\n");
	begin(f);
	add(f, '2', "./l", "f", "");
	end(f);
	feed_all(f, NULL);
	assert_int_equal(f->c.nfailed, 3);
	assert_non_null(strstr(f->told.buf,
			       "not all that links in it lead to was sent"));
}

static void what_is_no_file_is_left_out(void **state)
{
	struct fixture *f = *state;

	begin(f);
	add(f, '3', "./dev", NULL, "");
	add(f, '6', "./fifo", NULL, "");
	add(f, 'S', "./sparse", NULL, "data");
	add(f, 'V', "./label", NULL, "");
	add(f, '0', "./f", NULL, "x");
	end(f);
	feed_all(
		f,
		"cannot copy '/src/sparse': the host's tar sends it in a way that is not known here"
		"'/src/dev' is left out: it is no regular file;"
		"'/src/fifo' is left out: it is no regular file;"
		"cannot copy '/src/label': the host's tar sends it in a way that is not known here;");
	is_here("src d 755\nsrc/f f 644\n");
}

static void what_is_skipped_takes_along_what_is_in_it(void **state)
{
	struct fixture *f = *state;

	strvec_push(&f->spec.skip, "no");
	strvec_push(&f->spec.skip, "*.o");
	begin(f);
	add(f, '5', "./no", NULL, "");
	add(f, '0', "./no/x", NULL, "x");
	add(f, '0', "./a.o", NULL, "x");
	add(f, '0', "./a.c", NULL, "x");
	add(f, '2', "./b.o", "x", "");
	end(f);
	feed_all(f, "");
	is_here("src d 755\nsrc/a.c f 644\n");
}

static void a_file_that_is_cut_is_not_there(void **state)
{
	struct fixture *f = *state;
	char *said;

	assert_int_equal(mkdir("to/src", 0755), 0);
	begin(f);
	add(f, '0', "./whole", NULL, "x");
	add(f, '0', "./f", NULL, "some bytes");
	strbuf_truncate(&f->out, f->out.len - TAR_BLOCK + 4);
	said = feed(f);
	assert_string_equal(said, "");
	free(said);
	is_here("src d 755\nsrc/whole f 644\n");
}

/* The next record has all bytes that it lacks. */
static void a_record_is_no_end_of_a_file(void **state)
{
	struct fixture *f = *state;
	char *said;

	assert_int_equal(mkdir("to/src", 0755), 0);
	begin(f);
	add(f, '0', "./f", NULL, "some bytes");
	strbuf_truncate(&f->out, f->out.len - TAR_BLOCK + 4);
	(void)strbuf_add(&f->out, KEY " end 137", sizeof(KEY " end 137"));
	said = feed(f);
	assert_string_equal(said, "");
	free(said);
	is_here("src d 755\n");
}

static void what_was_not_asked_for_ends_it(void **state)
{
	static const struct {
		const char *record, *expected;
	} rows[] = {
		/* clang-format off */
		{ "of 1 /etc", "a folder" },
		{ "of 1 /src/../etc", "a folder" },
		{ "of 0 /src", "a source" },
		{ "of 2 /src", "a source" },
		{ "of 99999999999999999999 /src", "a source" },
		{ "of /src", "a source" },
		{ "tree", "a record" },
		{ "end 0", "a source" },
		{ "of", "a record" },
		{ "", "a record" },
		{ "eval 1 x", "a record" },
		/* clang-format on */
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		char *said;

		record(f, rows[i].record);
		said = feed(f);
		ROW(!strncmp(said,
			     "the host sends what was not asked for: ", 39) &&
			    !strcmp(said + 39, rows[i].expected),
		    rows[i].record);
		free(said);
	}
	is_here("");
}

static void senseless_bytes_end_it(void **state)
{
	struct fixture *f = *state;
	char *said;

	begin(f);
	add(f, '0', "./f", NULL, "x");
	(void)tar_end(&f->out);
	(void)strbuf_addstr(&f->out, "garbage");
	(void)strbuf_add(&f->out, "", 1);
	said = feed(f);
	assert_string_equal(
		said,
		"the host sends what was not asked for: something between its archives");
	free(said);
	/* no end of the archive */
	begin(f);
	record(f, "end 0");
	(void)memset(strbuf_extend(&f->out, TAR_BLOCK), 'x', TAR_BLOCK);
	said = feed(f);
	assert_string_equal(
		said,
		"what the host sends is no archive: a checksum in it is wrong");
	free(said);
	/* a record without an end */
	(void)memset(strbuf_extend(&f->out, 9000), 'x', 9000);
	said = feed(f);
	assert_string_equal(
		said,
		"the host sends what was not asked for: too long a record");
	free(said);
	/* an archive whose end is not told of */
	begin(f);
	(void)tar_end(&f->out);
	record(f, "tree");
	said = feed(f);
	assert_string_equal(said,
			    "the host sends what was not asked for: a record");
	free(said);
	is_here("src d 755\nsrc/f f 644\n");
}

static void the_status_of_tar_is_told(void **state)
{
	struct fixture *f = *state;

	begin(f);
	add(f, '0', "./f", NULL, "x");
	(void)tar_end(&f->out);
	record(f, "end 2");
	feed_all(f, "tar of the host had trouble: reason");
	is_here("src d 755\nsrc/f f 644\n");
}

static void a_tar_that_sends_nothing_is_told(void **state)
{
	struct fixture *f = *state;

	record(f, "of 1 /src");
	record(f, "tree");
	record(f, "end 126");
	feed_all(f, "tar of the host had trouble: reason");
	is_here("");
}

static void what_did_not_come_is_told(void **state)
{
	struct fixture *f = *state;

	strvec_push(&f->spec.sources, "/f");
	strvec_push(&f->spec.sources, "/g*");
	strvec_push(&f->spec.sources, "/h");
	record(f, "none 2 /f");
	record(f, "in 3 /");
	add(f, '0', "./g1", NULL, "x");
	add(f, '0', "./passwd", NULL, "x");
	add(f, '0', "./g1/x", NULL, "x");
	add(f, '2', "./g2", "x", "");
	end(f);
	record(f, "folder 4 /h");
	feed_all(f, "cannot copy '/f': nothing is called so"
		    "cannot copy '/passwd': it was not asked for;"
		    "cannot copy '/g1/x': it was not asked for;"
		    "cannot copy '/g2': it became something else meanwhile;"
		    "cannot copy '/h': it is a folder; -r gets it;"
		    "cannot copy '/src': nothing of it came;");
	is_here("g1 f 644\n");
}

static void folders_have_an_end(void **state)
{
	struct fixture *f = *state;
	struct strbuf name = STRBUF_INIT(4096);

	begin(f);
	(void)strbuf_addstr(&name, ".");
	for (int i = 0; i < 70; i++) {
		(void)strbuf_addstr(&name, "/d");
		add(f, '5', name.buf, NULL, "");
	}
	(void)strbuf_addstr(&name, "/f");
	add(f, '0', name.buf, NULL, "x");
	end(f);
	feed_all(f, NULL);
	assert_int_equal(f->c.nfailed, 1);
	assert_non_null(
		strstr(f->c.err.msg, "too many folders inside each other"));
	strbuf_release(&name);
}

static void many_zeros_are_a_hole(void **state)
{
	struct fixture *f = *state;
	struct unpack *u;
	struct stat st;
	size_t at;

	begin(f);
	at = archive_add(&f->out, '0', "./z", NULL, "");
	archive_set(&f->out, at, 124, "00001000000", 11);
	(void)memset(strbuf_extend(&f->out, 1 << 18), 0, 1 << 18);
	(void)tar_end(&f->out);
	u = unpack_new(&f->c, KEY);
	assert_int_equal(unpack_take(u, f->out.buf, f->out.len, NULL), 0);
	unpack_free(u);
	assert_int_equal(stat("to/src/z", &st), 0);
	assert_int_equal(st.st_size, 1 << 18);
	assert_true(st.st_blocks < 64);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_tree_comes_to_its_place),
		TEST(names_that_lead_elsewhere_are_refused),
		TEST(no_link_is_followed),
		TEST(what_comes_twice_replaces_or_fails),
		TEST(hard_links_are_sent_again),
		TEST(hard_links_beyond_the_bound_are_told),
		TEST(links_come_as_what_they_lead_to),
		TEST(what_is_no_file_is_left_out),
		TEST(what_is_skipped_takes_along_what_is_in_it),
		TEST(a_file_that_is_cut_is_not_there),
		TEST(a_record_is_no_end_of_a_file),
		TEST(what_was_not_asked_for_ends_it),
		TEST(senseless_bytes_end_it),
		TEST(the_status_of_tar_is_told),
		TEST(a_tar_that_sends_nothing_is_told),
		TEST(what_did_not_come_is_told),
		TEST(folders_have_an_end),
		TEST(many_zeros_are_a_hole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
