/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/vtfilter.h"

#include "base/strbuf.h"
#include "lib/test.h"

#define ROWS 10
#define COLS 40

/* What a host sends, and what is left of it on a screen of 10 rows of 40. */
static const struct row {
	const char *name, *sent, *left;
} rows[] = {
	/* clang-format off */
	{ "text",              "a\r\n\tb\xc3\xa9",           "a\r\n\tb\xc3\xa9" },
	{ "not UTF-8",         "a\xff" "b\xc3z\x80",         "a\xef\xbf\xbd" "b\xef\xbf\xbdz\xef\xbf\xbd" },
	{ "too long a form",   "\xc0\xafz",                  "\xef\xbf\xbdz" },
	{ "half of a pair",    "\xed\xa0\x80z",              "\xef\xbf\xbdz" },
	{ "a C1 control",      "a\xc2\x9b" "31mb\xc2\x85" "c", "a31mbc" },
	{ "bells and whistles", "a\a\005\177\021b",          "ab" },
	{ "attributes apart",  "\033[0;1;31m",               "\033[0m\033[1m\033[31m" },
	{ "none said",         "\033[m",                     "\033[0m" },
	{ "one of 256",        "\033[38;5;300;1m",           "\033[38;5;255m\033[1m" },
	{ "one of all",        "\033[48;2;1;2;999m",         "\033[48;2;1;2;255m" },
	{ "with colons",       "\033[38:2::1:2:3;4:3m",      "\033[38;2;1;2;3m\033[4m" },
	{ "no colour space",   "\033[38:2:1:2:3m",           "\033[38;2;1;2;3m" },
	{ "a colour cut off",  "\033[1;38;5m",               "\033[1m" },
	{ "no underline",      "\033[4:0m",                  "\033[24m" },
	{ "keys of xterm",     "\033[>4;2ma",                "a" },
	{ "a place",           "\033[2;3H\033[H\033[99999;1f", "\033[2;3H\033[1;1H\033[40;1H" },
	{ "a large count",     "\033[2147483647A\033[0B",    "\033[40A\033[1B" },
	{ "other names",       "\033[3`\033[2a\033[2E\033[F", "\033[3G\033[2C\033[2B\r\033[1A\r" },
	{ "back over tabs",    "\033[2Z",                    "\033[D\033[C\033[2Z" },
	{ "erased",            "\033[J\033[2K\033[3J\033[?1K", "\033[0J\033[2K\033[?1K" },
	{ "a region",          "\033[2;4r\033[r\033[5;5r\033[8;99r", "\033[2;4r\033[H\033[1;10r\033[H\033[8;10r\033[H" },
	{ "lines",             "\033[99L\033[M\033[2S\033[T\033[1;2;3;4;5T", "\033[40L\033[1M\033[2S\033[1T" },
	{ "modes",             "\033[?1049;7;1000h\033[4l\033[12h", "\033[?1049h\033[?7h\033[4l" },
	{ "a mode asked for",  "\033[?12$p",                 "" },
	{ "soft reset",        "\033[!p\033[61\"p",          "\033[!p" },
	{ "who and where",     "\033[c\033[>c\033[6n\033[?6n\033[21t", "\033[0c\033[>0c\033[6n" },
	{ "escapes",           "\0337\0338\033M\033c\033=\033n\033~", "\0337\0338\033M\033c" },
	{ "character sets",    "\033(0\033)B\033(K\033*0\033%@", "\033(0\033)B\033(B" },
	{ "kept, SCO",         "\033[s\033[u\033[1;2s",      "\0337\0338" },
	{ "double size",       "\033#6a\033#8b",             "ab" },
	{ "a title",           "a\033]0;title\ab",           "ab" },
	{ "another end",       "a\033]0;title\033\\b",       "ab" },
	{ "the other strings", "\033Xa\033\\\033^b\033\\\033_c\033\\\033Pd\033\\e", "e" },
	{ "one cut off",       "a\033]0;title\033[31mb",     "a\033[31mb" },
	{ "cut off by two",    "a\033]0;t\033\033[31mb",     "a\033[31mb" },
	{ "one given up",      "a\033]0;title\030b",         "ab" },
	{ "a control within",  "\033[3\r1m",                 "\r\033[31m" },
	{ "ESC within",        "\033[3\033[1m",              "\033[1m" },
	{ "CAN within",        "\033[3\0301m",               "1m" },
	{ "no ASCII within",   "\033[3\xffm",                "m" },
	{ "a sign too late",   "\033[3?4ma",                 "a" },
	{ "too many blanks",   "\033[3    ma",               "a" },
	{ "many numbers",      "\033[;;;;;;;;;;;;;;;;;;;;;;;5A", "\033[1A" },
	{ "repeated",          "a\033[3bb",                  "aaaab" },
	{ "in UTF-8",          "\xe2\x94\x80\033[2b",        "\xe2\x94\x80\xe2\x94\x80\xe2\x94\x80" },
	{ "nothing to repeat", "\033[5ba\r\033[5ba\033[H\033[5b", "a\ra\033[1;1H" },
	{ "unknown",           "\033[5y\033[?5W\033[<3ha",   "a" },
	{ "an end without",    "a\033",                      "a" },
	/* clang-format on */
};

static void add(void *arg, const char *buf, size_t n)
{
	strbuf_add(arg, buf, n);
}

/* However the bytes were cut on their way. */
static void everything_is_known_or_left_out(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t n = strlen(rows[i].sent);

		for (size_t piece = 1; piece <= n; piece++) {
			struct strbuf out = STRBUF_INIT(STRBUF_MAX_TEXT);
			struct vtfilter f;

			vtfilter_init(&f, ROWS, COLS, add, &out);
			for (size_t at = 0; at < n; at += piece) {
				size_t len = n - at < piece ? n - at : piece;
				size_t work = 1000000;

				assert_int_equal(
					vtfilter_write(&f, rows[i].sent + at,
						       len, &work),
					len);
			}
			if (strcmp(out.buf, rows[i].left) != 0)
				fail_msg("'%s' in pieces of %zu: '%s'",
					 rows[i].name, piece, out.buf);
			strbuf_release(&out);
		}
	}
}

static void work_has_an_end(void **state)
{
	static const struct {
		const char *name, *sent;
		size_t most; /* of these, for 10000 */
	} costs[] = {
		{ "text", "a", 2000 },
		{ "a line", "\n", 250 },
		{ "a screen", "\033[2J", 30 },
		{ "scrolled", "\033[9S", 30 },
		{ "one and back", "\033[?1049h", 30 },
		{ "repeated", "a\033[500b", 6 },
		{ "reset", "\033c", 30 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(costs); i++) {
		struct strbuf in = STRBUF_INIT(STRBUF_MAX_TEXT);
		struct strbuf out = STRBUF_INIT(STRBUF_MAX_TEXT);
		size_t work = 10000, taken;
		struct vtfilter f;

		while (in.len < 40000)
			strbuf_addstr(&in, costs[i].sent);
		vtfilter_init(&f, ROWS, COLS, add, &out);
		taken = vtfilter_write(&f, in.buf, in.len, &work);
		ROW(!work && taken < in.len, costs[i].name);
		ROW(taken / strlen(costs[i].sent) <= costs[i].most,
		    costs[i].name);
		/* It goes on where it was. */
		while (taken < in.len) {
			size_t more;

			work = 10000;
			more = vtfilter_write(&f, in.buf + taken,
					      in.len - taken, &work);
			ROW(more > 0, costs[i].name);
			taken += more;
		}
		work = 0;
		assert_int_equal(vtfilter_write(&f, "ab", 2, &work), 1);
		strbuf_release(&in);
		strbuf_release(&out);
	}
}

static void modes_of_keys_are_known(void **state)
{
	struct strbuf out = STRBUF_INIT(STRBUF_MAX_TEXT);
	struct vtfilter f;
	size_t work = 1000000;

	(void)state;
	vtfilter_init(&f, ROWS, COLS, add, &out);
	assert_false(f.cursor_keys || f.paste);
	vtfilter_write(&f, "\033[?1;2004h", 10, &work);
	assert_true(f.cursor_keys && f.paste);
	vtfilter_write(&f, "\033[?1l", 5, &work);
	assert_true(!f.cursor_keys && f.paste);
	vtfilter_write(&f, "\033[?1h\033[1l\033c", 12, &work);
	assert_false(f.cursor_keys || f.paste);
	assert_false(vtfilter_in_sequence(&f));
	vtfilter_write(&f, "a\033[?10", 6, &work);
	assert_true(vtfilter_in_sequence(&f));
	vtfilter_write(&f, "49hb", 4, &work);
	assert_true(f.other && !vtfilter_in_sequence(&f));
	strbuf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_is_known_or_left_out),
		cmocka_unit_test(work_has_an_end),
		cmocka_unit_test(modes_of_keys_are_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
