/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Archives as hosts make them, and as none should.  Each is read in one piece,
 * and byte by byte, which must come to the same.
 */
#include "wire/tar_read.h"

#include "lib/test.h"

#include <unistd.h>

#include "base/alloc.h"
#include "lib/archive.h"

static struct strbuf out, said;

static int setup(void **state)
{
	(void)state;
	strbuf_init(&out, 1 << 20);
	strbuf_init(&said, 1 << 20);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	strbuf_release(&out);
	strbuf_release(&said);
	return 0;
}

static void note_entry(const struct tar_entry *e)
{
	(void)strbuf_addf(&said, "%c %s", (char)e->type, e->name);
	if (e->type == TAR_LINK || e->type == TAR_HARD_LINK)
		(void)strbuf_addf(&said, " -> %s", e->link);
	(void)strbuf_addf(&said, " %o %lld %llu[", e->mode, (long long)e->mtime,
			  (unsigned long long)e->size);
}

/* In pieces of `step` bytes: what comes out is added to `said`. */
static void read_in(size_t step)
{
	struct tar_reader r;
	struct err err = { 0 };
	enum tar_got got = TAR_GOT_NOTHING;

	tar_reader_init(&r);
	for (size_t at = 0;
	     at < out.len && got != TAR_GOT_ERROR && got != TAR_GOT_END;) {
		size_t size = out.len - at < step ? out.len - at : step;
		size_t n = size;
		const char *p = out.buf + at;

		do {
			got = tar_reader_next(&r, &p, &n, &err);
			if (got == TAR_GOT_ENTRY)
				note_entry(&r.entry);
			else if (got == TAR_GOT_BYTES)
				(void)strbuf_add(&said, r.bytes, r.nbytes);
			else if (got == TAR_GOT_WHOLE)
				(void)strbuf_addstr(&said, "]\n");
			else if (got == TAR_GOT_END)
				(void)strbuf_addstr(&said, "end\n");
			else if (got == TAR_GOT_ERROR)
				(void)strbuf_addf(&said, "bad: %s\n",
						  strrchr(err.msg, ':') + 2);
		} while (got == TAR_GOT_ENTRY || got == TAR_GOT_BYTES ||
			 got == TAR_GOT_WHOLE);
		at += size;
	}
	assert_int_equal(err.code, got == TAR_GOT_ERROR ? ERR_PROTOCOL : 0);
	err_release(&err);
	tar_reader_release(&r);
}

static void reads_as(const char *expected)
{
	static const size_t steps[] = { SIZE_MAX, 1, 511, 700 };

	for (size_t i = 0; i < COUNT(steps); i++) {
		strbuf_reset(&said);
		read_in(steps[i]);
		assert_string_equal(said.buf, expected);
	}
}

static void reads_to_the_end(const char *entries)
{
	char *expected = xasprintf("%send\n", entries);

	(void)tar_end(&out);
	reads_as(expected);
	free(expected);
}

static void what_the_writer_makes_is_read(void **state)
{
	char name[251];
	char *expected;

	(void)state;
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	(void)archive_add(&out, '5', "d/", NULL, "");
	(void)archive_add(&out, '0', "d/f", NULL, "some bytes");
	(void)archive_add(&out, '0', name, NULL, "");
	(void)archive_add(&out, '2', "l", name, "");
	(void)archive_add(&out, '2', "\377 *\n", "x", "");
	expected = xasprintf("5 d/ 644 1000 0[]\n"
			     "0 d/f 644 1000 10[some bytes]\n"
			     "0 %s 644 1000 0[]\n"
			     "2 l -> %s 644 1000 0[]\n"
			     "2 \377 *\n -> x 644 1000 0[]\n",
			     name, name);
	reads_to_the_end(expected);
	free(expected);
}

static void formats_differ_in_their_names(void **state)
{
	size_t at;

	(void)state;
	/* ustar has a prefix, GNU has other things there, V7 nothing */
	at = archive_add(&out, '0', "f", NULL, "");
	archive_set(&out, at, 345, "in/a", 4);
	archive_set(&out, at, 257, "ustar\00000", 8);
	at = archive_add(&out, '0', "f", NULL, "");
	archive_set(&out, at, 345, "in/a", 4);
	at = archive_add(&out, '\0', "old/", NULL, "");
	archive_set(&out, at, 257, "\0\0\0\0\0\0\0", 8);
	at = archive_add(&out, '7', "f", NULL, "");
	/* all of a field may be used */
	at = archive_add(&out, '0', "f", NULL, "");
	for (size_t i = 0; i < 100; i++)
		archive_set(&out, at, i, "n", 1);
	archive_set(&out, at, 100, " 600 ", 5);
	reads_to_the_end(
		"0 in/a/f 644 1000 0[]\n"
		"0 f 644 1000 0[]\n"
		"5 old/ 644 1000 0[]\n"
		"0 f 644 1000 0[]\n"
		"0 nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
		"nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn 600 1000 0[]\n");
}

static void pax_tells_more_of_an_entry(void **state)
{
	(void)state;
	archive_pax(&out, 'g', "mtime", "-1.5");
	archive_pax(&out, 'x', "path", "long/name");
	archive_pax(&out, 'x', "comment", "a=b");
	(void)archive_add(&out, '0', "short", NULL, "1");
	archive_pax(&out, 'x', "linkpath", "there");
	archive_pax(&out, 'x', "mtime", "77.9");
	(void)archive_add(&out, '2', "l", "here", "");
	archive_pax(&out, 'x', "size", "3");
	archive_set(&out, archive_add(&out, '0', "big", NULL, "abc"), 124,
		    "00000000001", 11);
	archive_pax(&out, 'g', "comment", "");
	(void)archive_add(&out, '0', "f", NULL, "");
	reads_to_the_end("0 long/name 644 -2 1[1]\n"
			 "2 l -> there 644 77 0[]\n"
			 "0 big 644 -2 3[abc]\n"
			 "0 f 644 1000 0[]\n");
}

static void other_kinds_are_told_apart(void **state)
{
	size_t at;

	(void)state;
	(void)archive_add(&out, '1', "h", "f", "");
	(void)archive_add(&out, '3', "c", NULL, "");
	(void)archive_add(&out, '4', "b", NULL, "");
	(void)archive_add(&out, '6', "p", NULL, "");
	(void)archive_add(&out, 'V', "v", NULL, "vol");
	(void)archive_add(&out, 'M', "m", NULL, "rest");
	archive_pax(&out, 'x', "GNU.sparse.major", "1");
	(void)archive_add(&out, '0', "s", NULL, "1\n0\n");
	/* an old one, of which more blocks tell */
	at = archive_add(&out, 'S', "t", NULL, "");
	archive_set(&out, at, 482, "\1", 1);
	(void)memset(strbuf_extend(&out, TAR_BLOCK), 1, TAR_BLOCK);
	(void)memset(strbuf_extend(&out, TAR_BLOCK), 0, TAR_BLOCK);
	(void)archive_add(&out, '0', "f", NULL, "");
	reads_to_the_end("1 h -> f 644 1000 0[]\n"
			 "3 c 644 1000 0[]\n"
			 "3 b 644 1000 0[]\n"
			 "3 p 644 1000 0[]\n"
			 "? v 644 1000 3[vol]\n"
			 "? m 644 1000 4[rest]\n"
			 "S s 644 1000 4[1\n0\n]\n"
			 "S t 644 1000 0[]\n"
			 "0 f 644 1000 0[]\n");
}

/* A field of an entry that is said to be of 0 bytes. */
static void numbers_are_taken_or_refused(void **state)
{
	static const struct {
		const char *name;
		size_t field, n;
		const char *text;
		const char *expected;
	} rows[] = {
		/* clang-format off */
		{ "binary time", 136, 12, "\200\0\0\0\0\0\0\1\0\0\0\0", "0 f 644 4294967296 0[]\n" },
		{ "before 1970", 136, 12, "\377\377\377\377\377\377\377\377\377\377\377\376", "0 f 644 -2 0[]\n" },
		{ "blanks", 136, 12, "        12 \0", "0 f 644 10 0[]\n" },
		{ "nothing", 136, 12, "\0\0\0\0\0\0\0\0\0\0\0\0", "0 f 644 0 0[]\n" },
		{ "letters", 136, 12, "1234567890ab", "bad: a number in it is none\n" },
		{ "decimal", 124, 12, "00000000008\0", "bad: a number in it is none\n" },
		{ "negative", 124, 12, "\377\377\377\377\377\377\377\377\377\377\377\376", "bad: a number in it is none\n" },
		{ "2^63", 124, 12, "\200\0\0\0\200\0\0\0\0\0\0\0", "bad: a number in it is none\n" },
		{ "2^88", 124, 12, "\200\1\0\0\0\0\0\0\0\0\0\0", "bad: a number in it is none\n" },
		{ "2^63-1", 124, 12, "\200\0\0\0\177\377\377\377\377\377\377\377", "bad: a file in it has no end\n" },
		{ "bytes of a folder", 156, 1, "5", "5 f 644 1000 0[]\n" },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		strbuf_reset(&out);
		archive_set(&out, archive_add(&out, '0', "f", NULL, ""),
			    rows[i].field, rows[i].text, rows[i].n);
		reads_as(rows[i].expected);
	}
}

static void bad_block(const char *expected)
{
	reads_as(expected);
	strbuf_reset(&out);
}

static void what_is_no_archive_is_refused(void **state)
{
	static const char meta[] =
		"bad: what it tells of a file makes no sense\n";
	static const char *const records[] = {
		"",	    "9 a=b\n",
		"x",	    "5 a=b",
		"0 a=b\n",  "6 ab\n",
		"6a=b\n\n", "99999999999999999999 a=b\n",
		"6 a=b\nx", "-6 a=b\n",
		"2 \n",
	};
	size_t at;

	(void)state;
	at = archive_add(&out, '0', "f", NULL, "");
	out.buf[at] = 'g';
	bad_block("bad: a checksum in it is wrong\n");
	(void)memset(strbuf_extend(&out, TAR_BLOCK), 'x', TAR_BLOCK);
	bad_block("bad: a checksum in it is wrong\n");
	(void)memset(strbuf_extend(&out, TAR_BLOCK), 0, TAR_BLOCK);
	(void)archive_add(&out, '0', "f", NULL, "");
	bad_block("bad: something follows its end\n");
	(void)archive_add(&out, '5', "d", NULL, "bytes");
	bad_block("bad: what is no file has bytes in it\n");
	for (size_t i = 1; i < COUNT(records); i++) {
		(void)archive_add(&out, 'x', "x", NULL, records[i]);
		bad_block(meta);
	}
	archive_pax(&out, 'x', "size", "18446744073709551616");
	bad_block(meta);
	archive_pax(&out, 'x', "size", "-1");
	bad_block(meta);
	archive_pax(&out, 'x', "mtime", "soon");
	bad_block(meta);
	archive_pax(&out, 'x', "path", "a");
	archive_pax(&out, 'x', "path", "b");
	bad_block(meta);
	(void)archive_add(&out, 'L', "@", NULL, "a");
	(void)archive_add(&out, 'L', "@", NULL, "b");
	bad_block(meta);
}

static void what_is_told_of_an_entry_is_bounded(void **state)
{
	char size[12];

	(void)state;
	(void)snprintf(size, sizeof(size), "%011zo", TAR_META_MAX + 1);
	archive_set(&out, archive_add(&out, 'x', "x", NULL, ""), 124, size, 12);
	bad_block("bad: a name in it is too long\n");
	archive_set(&out, archive_add(&out, 'L', "x", NULL, ""), 124,
		    "\200\0\0\0\177\377\377\377\377\377\377\377", 12);
	bad_block("bad: a name in it is too long\n");
}

/* Whatever ends it: nothing is told that did not come. */
static void what_is_cut_is_no_end(void **state)
{
	(void)state;
	(void)archive_add(&out, '0', "f", NULL, "0123456789");
	(void)tar_end(&out);
	strbuf_truncate(&out, TAR_BLOCK + 4);
	reads_as("0 f 644 1000 10[0123");
	strbuf_truncate(&out, TAR_BLOCK - 1);
	reads_as("");
}

/* Of the system's own, in the formats it has. */
static void those_of_tar_are_read(void **state)
{
	static const char *const formats[] = { "v7", "ustar", "gnu", "posix" };
	char command[256];
	char buf[65536];

	(void)state;
	for (size_t i = 0; i < COUNT(formats); i++) {
		FILE *f;

		(void)snprintf(
			command, sizeof(command),
			"d=$(mktemp -d) && cd $d && mkdir -m 755 a && echo hi >a/f && "
			"chmod 640 a/f && touch -d @1000.5 a/f a && "
			"tar --format=%s -cf - a; rm -r $d",
			formats[i]);
		strbuf_reset(&out);
		f = popen(command, "r"); /* NOLINT(cert-env33-c) */
		assert_non_null(f);
		for (size_t n; (n = fread(buf, 1, sizeof(buf), f)) > 0;)
			(void)strbuf_add(&out, buf, n);
		(void)pclose(f);
		reads_as("5 a/ 755 1000 0[]\n0 a/f 640 1000 3[hi\n]\nend\n");
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_the_writer_makes_is_read),
		TEST(formats_differ_in_their_names),
		TEST(pax_tells_more_of_an_entry),
		TEST(other_kinds_are_told_apart),
		TEST(numbers_are_taken_or_refused),
		TEST(what_is_no_archive_is_refused),
		TEST(what_is_told_of_an_entry_is_bounded),
		TEST(what_is_cut_is_no_end),
		TEST(those_of_tar_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
