/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/vtfilter.h"

#include "base/strbuf.h"
#include "lib/test.h"

/* What a host sends, and what is left of it. */
static const struct row {
	const char *name, *sent, *left;
} rows[] = {
	/* clang-format off */
	{ "text",              "a\r\n\tb\xc3\xa9\xff",       "a\r\n\tb\xc3\xa9\xff" },
	{ "a sequence",        "a\033[1;31mb\033[Hc",        "a\033[1;31mb\033[Hc" },
	{ "a private one",     "\033[?1049h\033[>0c",        "\033[?1049h\033[>0c" },
	{ "with a blank",      "\033[2 q\033[!p",            "\033[2 q\033[!p" },
	{ "an escape",         "\033M\0337\033(0\033#8",     "\033M\0337\033(0\033#8" },
	{ "double size",       "\033#6a\033#3b\033#4c",       "abc" },
	{ "a large number",    "\033[2147483647A",           "\033[9999A" },
	{ "a long number",     "\033[00000000012A",          "\033[12A" },
	{ "another large one", "\033[1;99999999999999H",     "\033[1;9999H" },
	{ "many numbers",      "\033[1;2;3;4;5;6;7;8;9;1;2;3;4;5;6;7m", "\033[1;2;3;4;5;6;7;8;9;1;2;3;4;5m" },
	{ "nothing but signs", "\033[;;;;;;;;;;;;;;;;;;;;;m", "\033[;;;;;;;;;;;;;m" },
	{ "colons",            "\033[38:2::1:2:3m",          "\033[38:2::1:2:3m" },
	{ "a title",           "a\033]0;title\ab",           "ab" },
	{ "another end",       "a\033]0;title\033\\b",       "ab" },
	{ "device control",    "a\033P$qm\033\\b",           "ab" },
	{ "the other strings", "\033Xa\033\\\033^b\033\\\033_c\033\\d", "d" },
	{ "one cut off",       "a\033]0;title\033[31mb",     "a\033[31mb" },
	{ "one given up",      "a\033]0;title\030b",         "ab" },
	{ "a control within",  "\033[3\r1m",                 "\r\033[31m" },
	{ "ESC within",        "\033[3\033[1m",              "\033[1m" },
	{ "CAN within",        "\033[3\0301m",               "1m" },
	{ "no ASCII within",   "\033[3\xffm",                "m" },
	{ "a sign too late",   "\033[3?4ma",                 "a" },
	{ "too many blanks",   "\033[3    ma",               "a" },
	{ "and in an escape",  "\033((((Ba",                 "a" },
	{ "repeated",          "a\033[3bb",                  "aaaab" },
	{ "in UTF-8",          "\xe2\x94\x80\033[2b",        "\xe2\x94\x80\xe2\x94\x80\xe2\x94\x80" },
	{ "without a count",   "a\033[b",                    "aa" },
	{ "nothing to repeat", "\033[5ba\r\033[5ba\033[H\033[5b", "a\ra\033[H" },
	{ "an end without",    "a\033",                      "a" },
	/* clang-format on */
};

static void add(void *arg, const char *buf, size_t n)
{
	strbuf_add(arg, buf, n);
}

static void test_all(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t n = strlen(rows[i].sent);

		for (size_t piece = 1; piece <= n; piece++) {
			struct strbuf out = STRBUF_INIT(STRBUF_MAX_TEXT);
			struct vtfilter f;

			vtfilter_init(&f, add, &out);
			for (size_t at = 0; at < n; at += piece)
				vtfilter_write(&f, rows[i].sent + at,
					       n - at < piece ? n - at : piece);
			if (strcmp(out.buf, rows[i].left) != 0)
				fail_msg("'%s' in pieces of %zu: '%s'",
					 rows[i].name, piece, out.buf);
			strbuf_release(&out);
		}
	}
}

/* A sequence without an end takes no memory, and its end is found. */
static void test_long(void **state)
{
	struct strbuf out = STRBUF_INIT(STRBUF_MAX_TEXT);
	struct vtfilter f;

	(void)state;
	vtfilter_init(&f, add, &out);
	vtfilter_write(&f, "\033[", 2);
	for (int i = 0; i < 100000; i++)
		vtfilter_write(&f, "1", 1);
	vtfilter_write(&f, "mx", 2);
	assert_string_equal(out.buf, "x");
	strbuf_release(&out);
}

static void count_bytes(void *arg, const char *buf, size_t n)
{
	size_t *count = arg;

	(void)buf;
	*count += n;
}

static void test_bounds(void **state)
{
	char dense[1024];
	struct vtfilter f;
	size_t count = 0;

	(void)state;
	vtfilter_init(&f, count_bytes, &count);
	vtfilter_write(&f, "x\033[9999b", 8);
	assert_int_equal(count, 1 + VTFILTER_REPEAT_MAX);
	count = 0;
	memset(dense, 0xcc, sizeof(dense));
	for (size_t i = 0; i < (size_t)3 * VTFILTER_DENSE_MAX / sizeof(dense);
	     i++)
		vtfilter_write(&f, dense, sizeof(dense));
	assert_int_equal(count, (size_t)3 * (VTFILTER_DENSE_MAX + 2));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
