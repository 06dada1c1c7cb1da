/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"

#include "lib/test.h"

#include "base/strbuf.h"

/* What *out holds before a call, to see that failure leaves it alone. */
#define UNTOUCHED UINT64_C(4242)

static void uint_takes_whole_strings_in_range(void **state)
{
	static const struct {
		const char *s;
		uint64_t min, max;
		int rc;
		uint64_t value;
	} rows[] = {
		/* clang-format off */
		{ "0",    0, 10, 0, 0 },
		{ "10",   0, 10, 0, 10 },
		{ "0010", 0, 10, 0, 10 },
		{ "11",   0, 10, -1, UNTOUCHED },
		{ "4",    5, 10, -1, UNTOUCHED },
		{ "",     0, 10, -1, UNTOUCHED },
		{ "-1",   0, 10, -1, UNTOUCHED },
		{ "+1",   0, 10, -1, UNTOUCHED },
		{ " 1",   0, 10, -1, UNTOUCHED },
		{ "1 ",   0, 10, -1, UNTOUCHED },
		{ "1x",   0, 10, -1, UNTOUCHED },
		{ "0x1",  0, 10, -1, UNTOUCHED },
		{ "18446744073709551615", 0, UINT64_MAX, 0, UINT64_MAX },
		{ "18446744073709551616", 0, UINT64_MAX, -1, UNTOUCHED },
		{ "99999999999999999999", 0, UINT64_MAX, -1, UNTOUCHED },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint64_t value = UNTOUCHED;
		int rc =
			parse_uint(rows[i].s, rows[i].min, rows[i].max, &value);

		ROW(rc == rows[i].rc, rows[i].s);
		ROW(value == rows[i].value, rows[i].s);
	}
}

static void span_takes_units_and_sums(void **state)
{
	static const struct {
		const char *s;
		uint64_t max_ms;
		int rc;
		uint64_t ms;
	} rows[] = {
		/* clang-format off */
		{ "90",       UINT64_MAX, 0, 90000 },
		{ "0",        UINT64_MAX, 0, 0 },
		{ "1.5s",     UINT64_MAX, 0, 1500 },
		{ "1.5",      UINT64_MAX, 0, 1500 },
		{ "0.25m",    UINT64_MAX, 0, 15000 },
		{ "500ms",    UINT64_MAX, 0, 500 },
		{ "500MS",    UINT64_MAX, 0, 500 },
		{ "2m30s",    UINT64_MAX, 0, 150000 },
		{ "2M30",     UINT64_MAX, 0, 150000 },
		{ "1h",       UINT64_MAX, 0, 3600000 },
		{ "1d",       UINT64_MAX, 0, 86400000 },
		{ "1w",       UINT64_MAX, 0, 604800000 },
		{ "1.0000000001s", UINT64_MAX, 0, 1000 },
		{ "5s",       5000, 0, 5000 },
		{ "5s1ms",    5000, -1, UNTOUCHED },
		{ "5.001s",   5000, -1, UNTOUCHED },
		{ "6s",       5000, -1, UNTOUCHED },
		{ "",         UINT64_MAX, -1, UNTOUCHED },
		{ "s",        UINT64_MAX, -1, UNTOUCHED },
		{ ".5s",      UINT64_MAX, -1, UNTOUCHED },
		{ "1.s",      UINT64_MAX, -1, UNTOUCHED },
		{ "-1s",      UINT64_MAX, -1, UNTOUCHED },
		{ "1 s",      UINT64_MAX, -1, UNTOUCHED },
		{ "1y",       UINT64_MAX, -1, UNTOUCHED },
		{ "1s ",      UINT64_MAX, -1, UNTOUCHED },
		{ "99999999999999999999w", UINT64_MAX, -1, UNTOUCHED },
		{ "18446744073709551615w", UINT64_MAX, -1, UNTOUCHED },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint64_t ms = UNTOUCHED;
		int rc = parse_span(rows[i].s, rows[i].max_ms, &ms);

		ROW(rc == rows[i].rc, rows[i].s);
		ROW(ms == rows[i].ms, rows[i].s);
	}
}

static void size_takes_powers_of_1024(void **state)
{
	static const struct {
		const char *s;
		uint64_t max;
		int rc;
		uint64_t bytes;
	} rows[] = {
		/* clang-format off */
		{ "4096", UINT64_MAX, 0, 4096 },
		{ "64K",  UINT64_MAX, 0, 65536 },
		{ "64k",  UINT64_MAX, 0, 65536 },
		{ "1M",   UINT64_MAX, 0, 1048576 },
		{ "2G",   UINT64_MAX, 0, UINT64_C(2147483648) },
		{ "1T",   UINT64_MAX, 0, UINT64_C(1099511627776) },
		{ "1K",   1024, 0, 1024 },
		{ "2K",   1024, -1, UNTOUCHED },
		{ "",     UINT64_MAX, -1, UNTOUCHED },
		{ "K",    UINT64_MAX, -1, UNTOUCHED },
		{ "1KB",  UINT64_MAX, -1, UNTOUCHED },
		{ "1.5K", UINT64_MAX, -1, UNTOUCHED },
		{ "18446744073709551615K", UINT64_MAX, -1, UNTOUCHED },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint64_t bytes = UNTOUCHED;
		int rc = parse_size(rows[i].s, rows[i].max, &bytes);

		ROW(rc == rows[i].rc, rows[i].s);
		ROW(bytes == rows[i].bytes, rows[i].s);
	}
}

static void span_is_formatted_as_people_say_it(void **state)
{
	static const struct {
		uint64_t ms;
		const char *want;
	} rows[] = {
		/* clang-format off */
		{ 0,         "0ms" },
		{ 850,       "850ms" },
		{ 3000,      "3s" },
		{ 3099,      "3s" },
		{ 1500,      "1.5s" },
		{ 59999,     "59s" },
		{ 125000,    "2m05s" },
		{ 3600000,   "1h00m" },
		{ 93600000,  "1d02h" },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct strbuf sb = STRBUF_INIT(64);

		text_span(&sb, rows[i].ms);
		assert_string_equal(sb.buf, rows[i].want);
		strbuf_release(&sb);
	}
}

static void what_goes_on_is_told_in_seconds(void **state)
{
	static const struct {
		uint64_t ms;
		const char *want;
	} rows[] = {
		{ 0, "0s" },	    { 999, "0s" },	  { 1000, "1s" },
		{ 1999, "1s" },	    { 59999, "59s" },	  { 60000, "1m00s" },
		{ 61500, "1m01s" }, { 3600000, "1h00m" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct strbuf sb = STRBUF_INIT(64);

		text_seconds(&sb, rows[i].ms);
		assert_string_equal(sb.buf, rows[i].want);
		strbuf_release(&sb);
	}
}

static void sizes_are_told_short(void **state)
{
	static const struct {
		uint64_t bytes;
		const char *want;
	} rows[] = {
		/* clang-format off */
		{ 0,          "0" },
		{ 1023,       "1023" },
		{ 1024,       "1.0K" },
		{ 1048524,    "1023.9K" },
		{ 1048525,    "1.0M" },
		{ 100000000,  "95.4M" },
		{ 5368709120, "5.0G" },
		{ UINT64_MAX, "16.0E" },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct strbuf sb = STRBUF_INIT(64);

		text_size(&sb, rows[i].bytes);
		assert_string_equal(sb.buf, rows[i].want);
		strbuf_release(&sb);
	}
}

static void characters_are_encoded(void **state)
{
	static const struct {
		uint32_t c;
		const char *utf8;
	} rows[] = {
		{ 'a', "a" },
		{ 0x7f, "\177" },
		{ 0x80, "\302\200" },
		{ 0x7ff, "\337\277" },
		{ 0x800, "\340\240\200" },
		{ 0xffff, "\357\277\277" },
		{ 0x10000, "\360\220\200\200" },
		{ 0x10ffff, "\364\217\277\277" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char utf8[5] = { 0 };

		ROW(text_encode(rows[i].c, utf8) == strlen(rows[i].utf8),
		    rows[i].utf8);
		assert_string_equal(utf8, rows[i].utf8);
		ROW(text_char(utf8, strlen(utf8)) == strlen(utf8), utf8);
	}
	assert_int_equal(text_char("\377x", 2), 1);
	assert_int_equal(text_char("\303", 1), 1);
}

static void width_counts_columns(void **state)
{
	static const struct {
		const char *s;
		size_t width;
	} rows[] = {
		/* clang-format off */
		{ "", 0 },
		{ "node01", 6 },
		{ "\303\251", 1 },            /* e with acute */
		{ "e\314\201", 1 },           /* e and a combining acute */
		{ "\346\227\245\346\234\254", 4 }, /* two ideographs */
		{ "\352\260\200", 2 },        /* a Hangul syllable */
		{ "\360\237\230\200", 2 },    /* an emoji */
		{ "\377\376", 2 },            /* two invalid bytes */
		{ "\346\227", 2 },            /* a character cut short */
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		ROW(text_width(rows[i].s, strlen(rows[i].s)) == rows[i].width,
		    rows[i].s);
}

static void utf8_is_checked_strictly(void **state)
{
	static const struct {
		const char *name, *s;
		bool valid;
	} rows[] = {
		/* clang-format off */
		{ "empty",            "", true },
		{ "ascii",            "abc", true },
		{ "two bytes",        "\303\251", true },
		{ "three bytes",      "\342\202\254", true },
		{ "four bytes",       "\360\237\230\200", true },
		{ "last character",   "\364\217\277\277", true },
		{ "past the last",    "\364\220\200\200", false },
		{ "overlong slash",   "\300\257", false },
		{ "overlong, three",  "\340\200\257", false },
		{ "surrogate",        "\355\240\200", false },
		{ "lone continuation","\200", false },
		{ "cut",              "a\342\202", false },
		{ "bad continuation", "\342\050\241", false },
		{ "five bytes",       "\370\210\200\200\200", false },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		ROW(text_is_utf8(rows[i].s, strlen(rows[i].s)) == rows[i].valid,
		    rows[i].name);
	assert_true(text_is_utf8("\0", 1));
}

static void vis_neutralises_what_a_terminal_acts_on(void **state)
{
	static const struct {
		const char *s;
		enum vis_flags flags;
		const char *want;
	} rows[] = {
		/* clang-format off */
		{ "plain \\ text",   VIS_LINE,    "plain \\ text" },
		{ "a\tb",            VIS_LINE,    "a\tb" },
		{ "a\nb",            VIS_LINE,    "a\\012b" },
		{ "a\nb",            VIS_KEEP_LF, "a\nb" },
		{ "a\rb",            VIS_KEEP_LF, "a\\015b" },
		{ "\033[2J",         VIS_LINE,    "\\033[2J" },
		{ "\033]52;c;eA==\a", VIS_LINE,   "\\033]52;c;eA==\\007" },
		{ "\177",            VIS_LINE,    "\\177" },
		{ "\2332J",          VIS_LINE,    "\\2332J" },
		{ "\302\2332J",      VIS_LINE,    "\\302\\2332J" },
		{ "\303\251",        VIS_LINE,    "\303\251" },
		{ "\300\257",        VIS_LINE,    "\\300\\257" },
		{ "x\303",           VIS_LINE,    "x\\303" },
		{ "\342\200\256x\342\200\254", VIS_LINE,
		  "\\342\\200\\256x\\342\\200\\254" },
		{ "\342\200\250",    VIS_LINE,    "\\342\\200\\250" },
		/* clang-format on */
	};
	struct strbuf sb = STRBUF_INIT(1000);

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		strbuf_reset(&sb);
		text_vis(&sb, rows[i].s, strlen(rows[i].s), rows[i].flags);
		assert_string_equal(sb.buf, rows[i].want);
	}
	strbuf_reset(&sb);
	text_vis(&sb, "\0", 1, VIS_LINE);
	assert_string_equal(sb.buf, "\\000");
	strbuf_release(&sb);
}

static void vis_of_every_byte_holds_no_control(void **state)
{
	struct strbuf sb = STRBUF_INIT(2000);

	(void)state;
	for (int c = 0; c < 256; c++)
		text_vis(&sb, &(unsigned char){ (unsigned char)c }, 1,
			 VIS_LINE);
	assert_false(sb.full);
	for (size_t i = 0; i < sb.len; i++)
		assert_true(sb.buf[i] == '\t' ||
			    (sb.buf[i] >= 0x20 && sb.buf[i] < 0x7f));
	strbuf_release(&sb);
}

static void vis_dup_cuts_with_dots(void **state)
{
	char *s = text_vis_dup("a\nbcdef", 7, 3);

	(void)state;
	assert_string_equal(s, "a\\012b...");
	free(s);
	s = text_vis_dup("abc", 3, 3);
	assert_string_equal(s, "abc");
	free(s);
}

static void distance_counts_edits(void **state)
{
	static const struct {
		const char *a, *b;
		size_t want;
	} rows[] = {
		/* clang-format off */
		{ "", "", 0 },
		{ "", "abc", 3 },
		{ "abc", "", 3 },
		{ "port", "port", 0 },
		{ "prot", "port", 1 },
		{ "timout", "timeout", 1 },
		{ "parallell", "parallel", 1 },
		{ "hosts", "ports", 2 },
		{ "ca", "abc", 3 },
		{ "kitten", "sitting", 3 },
		/* clang-format on */
	};
	char longer[101];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		ROW(text_distance(rows[i].a, rows[i].b) == rows[i].want,
		    rows[i].a);
	memset(longer, 'a', 100);
	longer[100] = '\0';
	assert_int_equal(text_distance(longer, longer), 0);
	assert_int_equal(text_distance(longer, "b"), 101);
}

static void a_list_is_cut_between_its_things(void **state)
{
	static const struct {
		const char *list;
		size_t columns, is;
	} rows[] = {
		{ "a b  cd  e", 80, 10 },
		{ "a b  cd  e", 10, 10 },
		{ "a b  cd  e", 9, 7 },
		{ "a b  cd  e", 7, 7 },
		{ "a b  cd  e", 6, 3 },
		{ "a b  cd  e", 3, 3 },
		{ "a b  cd  e", 2, 0 },
		{ "", 5, 0 },
		{ "\xc3\xa4  \xc3\xb6", 4, 6 },
		{ "\xc3\xa4  \xc3\xb6", 3, 2 },
		{ "  a", 80, 3 },
		{ "a   b", 5, 5 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		ROW(text_items(rows[i].list, rows[i].columns) == rows[i].is,
		    rows[i].list);
}

static void a_text_is_broken_between_words(void **state)
{
	static const struct {
		const char *text, *rows;
		size_t columns;
	} rows[] = {
		{ "one two three", "one two|three", 7 },
		{ "one two three", "one two|three", 8 },
		{ "one two three", "one|two|three", 6 },
		{ "one  two", "one|two", 5 },
		{ "abcdefgh ij", "abcde|fgh|ij", 5 },
		{ "\xc3\xa4\xe4\xb8\xad\xc3\xa4",
		  "\xc3\xa4|\xe4\xb8\xad|\xc3\xa4", 2 },
		{ "\xe4\xb8\xad", "\xe4\xb8\xad", 1 },
		{ "  a b", "  a|b", 3 },
		{ "a ", "a ", 9 },
		{ "", "", 9 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct strbuf got = STRBUF_INIT(STRBUF_MAX_TEXT);
		const char *text = rows[i].text;

		for (size_t n; (n = text_row(text, rows[i].columns));) {
			strbuf_add(&got, text, n);
			text += n;
			if (*text)
				strbuf_addch(&got, '|');
			text += strspn(text, " ");
		}
		ROW(!strcmp(got.buf, rows[i].rows), rows[i].text);
		strbuf_release(&got);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_is_cut_between_its_things),
		cmocka_unit_test(a_text_is_broken_between_words),
		cmocka_unit_test(uint_takes_whole_strings_in_range),
		cmocka_unit_test(span_takes_units_and_sums),
		cmocka_unit_test(size_takes_powers_of_1024),
		cmocka_unit_test(span_is_formatted_as_people_say_it),
		cmocka_unit_test(what_goes_on_is_told_in_seconds),
		cmocka_unit_test(sizes_are_told_short),
		cmocka_unit_test(characters_are_encoded),
		cmocka_unit_test(width_counts_columns),
		cmocka_unit_test(utf8_is_checked_strictly),
		cmocka_unit_test(vis_neutralises_what_a_terminal_acts_on),
		cmocka_unit_test(vis_of_every_byte_holds_no_control),
		cmocka_unit_test(vis_dup_cuts_with_dots),
		cmocka_unit_test(distance_counts_edits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
