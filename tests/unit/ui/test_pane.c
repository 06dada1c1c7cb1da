/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/pane.h"

#include <locale.h>

#include "base/text.h"
#include "lib/test.h"

static void add_utf8(struct strbuf *sb, uint32_t c)
{
	char buf[4];

	strbuf_add(sb, buf, text_encode(c, buf));
}

/* The rows of the screen, each without the blanks at its end. */
static char *screen_text(struct pane *p)
{
	struct strbuf sb = STRBUF_INIT(STRBUF_MAX_TEXT);

	for (unsigned int row = 0; row < pane_rows(p); row++) {
		const struct pane_cell *c = pane_row(p, row);
		size_t end = sb.len;

		for (unsigned int col = 0; col < pane_cols(p); col++) {
			if (!c[col].width)
				continue;
			add_utf8(&sb, c[col].ch ? c[col].ch : ' ');
			for (size_t i = 0; i < PANE_MARKS; i++)
				if (c[col].marks[i])
					add_utf8(&sb, c[col].marks[i]);
			if (c[col].ch && c[col].ch != ' ')
				end = sb.len;
		}
		strbuf_truncate(&sb, end);
		strbuf_addch(&sb, '|');
	}
	while (sb.len > 1 && sb.buf[sb.len - 2] == '|')
		strbuf_truncate(&sb, sb.len - 1);
	return strbuf_detach(&sb, NULL);
}

static void write_bytes(struct pane *p, const char *buf, size_t n)
{
	while (n) {
		size_t work = 1000;
		size_t taken = pane_write(p, buf, n, &work);

		buf += taken;
		n -= taken;
	}
}

static void write_text(struct pane *p, const char *text)
{
	write_bytes(p, text, strlen(text));
}

static void assert_screen(struct pane *p, const char *expected)
{
	char *seen = screen_text(p);

	assert_string_equal(seen, expected);
	free(seen);
}

/* Bytes, and the screen of 4 rows of 10 columns that they leave. */
static const struct row {
	const char *name, *sent, *seen;
} rows[] = {
	/* clang-format off */
	{ "nothing",         "",                                  "|" },
	{ "text",            "hello\r\nyou",                      "hello|you|" },
	{ "wraps",           "0123456789ab",                      "0123456789|ab|" },
	{ "scrolls",         "1\r\n2\r\n3\r\n4\r\n5",             "2|3|4|5|" },
	{ "back space",      "abc\b\bX",                          "aXc|" },
	{ "tab",             "a\tb",                              "a       b|" },
	{ "goes to",         "\033[2;3Hx\033[Hy",                 "y|  x|" },
	{ "erases",          "abc\033[2J\033[Hd",                 "d|" },
	{ "to the end",      "abcdef\033[3D\033[K",               "abc|" },
	{ "a full line",     "0123456789\033[K",                  "0123456789|" },
	{ "X in it",         "0123456789\033[X",                  "0123456789|" },
	{ "P in it",         "0123456789\033[3P",                 "0123456789|" },
	{ "and all of it",   "0123456789\033[2Kx",                "|x|" },
	{ "inserts a line",  "a\r\nb\033[H\033[Lz",               "z|a|b|" },
	{ "inserts cells",   "abc\033[H\033[2@",                  "  abc|" },
	{ "a region",        "\033[2;3r\033[2Ha\r\nb\r\nc\033[1;4r", "|b|c|" },
	{ "and home of it",  "ab\033[2;3rc",                      "cb|" },
	{ "wide",            "a\xe4\xb8\xad" "b",                 "a\xe4\xb8\xad" "b|" },
	{ "wide at the edge", "012345678\xe4\xb8\xadx",         "012345678|\xe4\xb8\xadx|" },
	{ "that wraps not",  "\033[?7l012345678\xe4\xb8\xadx",   "012345678x|" },
	{ "a mark",          "e\xcc\x81x",                       "e\xcc\x81x|" },
	{ "several",         "e\xcc\x81\xcc\xa3\xcc\x80x",       "e\xcc\x81\xcc\xa3\xcc\x80x|" },
	{ "too many",        "e\xcc\x81\xcc\xa3\xcc\x80\xcc\x81x", "e\xcc\x81\xcc\xa3\xcc\x80x|" },
	{ "of a wide one",   "\xe4\xb8\xad\xcc\x81x",            "\xe4\xb8\xad\xcc\x81x|" },
	{ "at the edge",     "012345678e\xcc\x81",               "012345678e\xcc\x81|" },
	{ "and one more",    "012345678e\xcc\x81x",              "012345678e\xcc\x81|x|" },
	{ "inserted",        "ab\033[H\033[4he\xcc\x81x",        "e\xcc\x81xab|" },
	{ "in a region",     "\033[2;3r\033[?6h\033[2;3He\xcc\x81", "||  e\xcc\x81|" },
	{ "of nothing",      "\xcc\x81x",                        "x|" },
	{ "of what is far",  "ab\rc\033[2C\xcc\x81",             "cb|" },
	{ "of a line",       "\033(0q\xcc\x81\033(B",            "\xe2\x94\x80|" },
	{ "joiners",         "\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9x",
			     "\xf0\x9f\x91\xa8\xf0\x9f\x91\xa9x|" },
	{ "selectors",       "\xe2\x9d\xa4\xef\xb8\x8fx",        "\xe2\x9d\xa4x|" },
	{ "private use",     "\xf4\x80\x80\x80x",                "\xf4\x80\x80\x80x|" },
	{ "of such a one",   "\xf4\x80\x80\x81\xcc\x81x",        "\xf4\x80\x80\x81\xcc\x81x|" },
	{ "half of it",      "\xe4\xb8\xad\033[Hb",               "b|" },
	{ "line drawing",    "\033(0qx\033(Bq",                   "\xe2\x94\x80\xe2\x94\x82q|" },
	{ "not UTF-8",       "a\xff\xfe" "b",                     "a\xef\xbf\xbd\xef\xbf\xbd" "b|" },
	{ "a title",         "\033]0;owned\007x",                 "x|" },
	{ "the clipboard",   "\033]52;c;b3duZWQ=\033\\x",         "x|" },
	{ "right to left",   "a\xe2\x80\x8e" "b",                 "ab|" },
	{ "once more, often", "x\033[12b",                        "xxxxxxxxxx|xxx|" },
	{ "a screen apart",  "sh\033[?1049hvi\033[?1049l",        "sh|" },
	/* clang-format on */
};

static void a_screen_is_what_was_sent(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct pane *p = pane_new(4, 10);
		char *seen;

		write_text(p, rows[i].sent);
		seen = screen_text(p);
		if (strcmp(seen, rows[i].seen) != 0)
			fail_msg("'%s': '%s'", rows[i].name, seen);
		free(seen);
		pane_free(p);
	}
}

static void cells_have_colours_and_attributes(void **state)
{
	struct pane *p = pane_new(4, 10);
	const struct pane_cell *c;

	(void)state;
	write_text(p, "\033[1;31;44ma\033[0;4;7;38;5;200mb"
		      "\033[0;38;2;255;0;0mc\033[0m\xe4\xb8\xad"
		      "\033[3;91md");
	c = pane_row(p, 0);
	assert_int_equal(c[0].ch, 'a');
	assert_int_equal(c[0].attrs, PANE_BOLD);
	assert_int_equal(c[0].fg, 1);
	assert_int_equal(c[0].bg, 4);
	assert_int_equal(c[1].attrs, PANE_UNDERLINE | PANE_REVERSE);
	assert_int_equal(c[1].fg, 200);
	assert_int_equal(c[1].bg, PANE_COLOUR);
	assert_int_equal(c[2].fg, 196);
	assert_int_equal(c[3].ch, 0x4e2d);
	assert_int_equal(c[3].width, 2);
	assert_int_equal(c[4].width, 0);
	assert_int_equal(c[5].attrs, PANE_ITALIC);
	assert_int_equal(c[5].fg, 9);
	assert_null(pane_row(p, 4));
	pane_free(p);
}

/* libtsm has never heard of it: it is from 2019. */
static void a_width_is_that_of_the_locale(void **state)
{
	struct pane *p = pane_new(4, 10);
	const struct pane_cell *c;

	(void)state;
	if (setlocale(LC_CTYPE, "C.UTF-8")) {
		write_text(p, "\xf0\x9f\xa6\xa9\xe1\x85\xa1x");
		c = pane_row(p, 0);
		assert_int_equal(c[0].ch, 0x1f9a9);
		assert_int_equal(c[0].marks[0], 0x1161);
		assert_int_equal(c[0].width, 2);
		assert_int_equal(c[2].ch, 'x');
	}
	assert_non_null(setlocale(LC_CTYPE, "C"));
	pane_free(p);
}

/* A host that has had all names has no more, and its text stays whole. */
static void marks_have_an_end(void **state)
{
	struct pane *p = pane_new(4, 10);
	const struct pane_cell *c;
	struct strbuf sb = STRBUF_INIT(STRBUF_MAX_TEXT);

	(void)state;
	for (uint32_t i = 0; i < 2100; i++) {
		strbuf_reset(&sb);
		add_utf8(&sb, 0x4e00 + i);
		add_utf8(&sb, 0x301);
		strbuf_addstr(&sb, "\r");
		write_bytes(p, sb.buf, sb.len);
	}
	c = pane_row(p, 0);
	assert_int_equal(c[0].ch, 0x4e00 + 2099);
	assert_int_equal(c[0].marks[0], 0);
	write_text(p, "\xe4\xb8\x80\xcc\x81\xf4\x80\x80\x80");
	c = pane_row(p, 0);
	assert_int_equal(c[0].marks[0], 0x301);
	assert_int_equal(c[2].ch, 0xfffd);
	strbuf_release(&sb);
	pane_free(p);
}

static void a_line_has_its_marks(void **state)
{
	struct pane *p = pane_new(4, 10);
	struct strbuf sb = STRBUF_INIT(STRBUF_MAX_TEXT);

	(void)state;
	write_text(p, "ne\xcc\x81!");
	pane_line(p, &sb);
	assert_string_equal(sb.buf, "ne\xcc\x81!");
	strbuf_release(&sb);
	pane_free(p);
}

static void what_is_erased_has_the_colour_behind_it_only(void **state)
{
	struct pane *p = pane_new(4, 10);
	const struct pane_cell *c;

	(void)state;
	write_text(p, "\033[?25h\033[1;4;7;31;42m \033[Ka");
	c = pane_row(p, 0);
	assert_int_equal(c[0].attrs, PANE_BOLD | PANE_UNDERLINE | PANE_REVERSE);
	assert_int_equal(c[0].fg, 1);
	for (unsigned int i = 2; i < 10; i++) {
		assert_int_equal(c[i].attrs, 0);
		assert_int_equal(c[i].fg, PANE_COLOUR);
		assert_int_equal(c[i].bg, 2);
	}
	/* All of the screen is turned, the cell with the cursor, too. */
	write_text(p, "\033[?5h");
	c = pane_row(p, 0);
	assert_int_equal(c[0].attrs, PANE_BOLD | PANE_UNDERLINE);
	assert_int_equal(c[2].attrs, PANE_REVERSE);
	assert_int_equal(c[9].attrs, PANE_REVERSE);
	pane_free(p);
}

/* It is drawn by whoever draws the cells. */
static void the_cursor_turns_no_cell(void **state)
{
	struct pane *p = pane_new(4, 10);
	unsigned int row, col;

	(void)state;
	write_text(p, "abc\033[1;2H");
	assert_true(pane_cursor(p, &row, &col));
	assert_int_equal(row, 0);
	assert_int_equal(col, 1);
	assert_int_equal(pane_row(p, 0)[1].attrs, 0);
	write_text(p, "\033[1;3H");
	for (unsigned int i = 0; i < 4; i++)
		assert_int_equal(pane_row(p, 0)[i].attrs, 0);
	write_text(p, "\033[?25l");
	assert_false(pane_cursor(p, &row, &col));
	assert_int_equal(pane_row(p, 0)[2].attrs, 0);
	pane_free(p);
}

static void a_size_is_kept_within_limits(void **state)
{
	struct pane *p = pane_new(1, 1);

	(void)state;
	assert_int_equal(pane_rows(p), PANE_ROWS_MIN);
	assert_int_equal(pane_cols(p), PANE_COLS_MIN);
	write_text(p, "hello");
	pane_resize(p, 100000, 100000);
	assert_int_equal(pane_rows(p), PANE_ROWS_MAX);
	assert_int_equal(pane_cols(p), PANE_COLS_MAX);
	pane_resize(p, 4, 10);
	assert_screen(p, "hello|");
	write_text(p, "\033[4;99Hx");
	assert_int_equal(pane_row(p, 3)[9].ch, 'x');
	pane_free(p);
}

static void answers_type_no_command(void **state)
{
	struct strbuf out = STRBUF_INIT(STRBUF_MAX_TEXT);
	struct pane *p = pane_new(4, 10);

	(void)state;
	write_text(p, "\033[2;3H\033[6n");
	pane_answers(p, &out);
	assert_string_equal(out.buf, "\033[2;3R");
	strbuf_reset(&out);
	pane_answers(p, &out);
	assert_int_equal(out.len, 0);
	write_text(p, "\033[c\033[>c\033[5n\005\033P$qm\033\\\033[21t"
		      "\033]11;?\033\\\033[x\033[?6n");
	pane_answers(p, &out);
	for (size_t i = 0; i < out.len; i++)
		assert_true(out.buf[i] == '\033' || out.buf[i] == '[' ||
			    strchr("0123456789;?>cn", out.buf[i]));
	strbuf_reset(&out);
	for (int i = 0; i < 1000; i++)
		write_text(p, "\033[6n");
	pane_answers(p, &out);
	assert_true(out.len > 0 && out.len <= PANE_ANSWER_MAX);
	strbuf_release(&out);
	pane_free(p);
}

static void keys_are_said_as_the_host_wants_them(void **state)
{
	static const struct {
		const char *modes;
		enum pane_key key;
		const char *said;
	} keys[] = {
		{ "", PANE_UP, "\033[A" },
		{ "\033[?1h", PANE_UP, "\033OA" },
		{ "\033[?1h", PANE_HOME, "\033OH" },
		{ "\033[?1h", PANE_DELETE, "\033[3~" },
		{ "\033[?1h\033[?1l", PANE_LEFT, "\033[D" },
		{ "", PANE_PASTE_BEGIN, "" },
		{ "\033[?2004h", PANE_PASTE_BEGIN, "\033[200~" },
		{ "\033[?2004h", PANE_PASTE_END, "\033[201~" },
		{ "\033[?2004h\033c", PANE_PASTE_END, "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(keys); i++) {
		struct strbuf out = STRBUF_INIT(STRBUF_MAX_TEXT);
		struct pane *p = pane_new(4, 10);

		write_text(p, keys[i].modes);
		pane_key(p, keys[i].key, &out);
		assert_string_equal(out.buf, keys[i].said);
		strbuf_release(&out);
		pane_free(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_screen_is_what_was_sent),
		cmocka_unit_test(cells_have_colours_and_attributes),
		cmocka_unit_test(a_width_is_that_of_the_locale),
		cmocka_unit_test(marks_have_an_end),
		cmocka_unit_test(a_line_has_its_marks),
		cmocka_unit_test(what_is_erased_has_the_colour_behind_it_only),
		cmocka_unit_test(the_cursor_turns_no_cell),
		cmocka_unit_test(a_size_is_kept_within_limits),
		cmocka_unit_test(answers_type_no_command),
		cmocka_unit_test(keys_are_said_as_the_host_wants_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
