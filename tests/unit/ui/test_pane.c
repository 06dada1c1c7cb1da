/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/pane.h"

#include "lib/test.h"

/* What a row of the screen shows, without the blanks at its end. */
static const char *row_text(const struct pane *p, unsigned int row)
{
	static char text[PANE_COLS_MAX * PANE_TEXT_MAX];
	size_t n = 0;

	for (unsigned int col = 0; col < pane_cols(p); col++) {
		struct pane_cell c;

		pane_cell(p, row, col, &c);
		memcpy(text + n, c.text, strlen(c.text));
		n += strlen(c.text);
	}
	while (n && text[n - 1] == ' ')
		n--;
	text[n] = '\0';
	return text;
}

static char *screen_text(const struct pane *p)
{
	struct strbuf sb = STRBUF_INIT(STRBUF_MAX_TEXT);
	size_t rows = pane_rows(p);
	char *text;

	for (unsigned int row = 0; row < rows; row++) {
		strbuf_addstr(&sb, row_text(p, row));
		strbuf_addch(&sb, '|');
	}
	while (sb.len > 1 && sb.buf[sb.len - 2] == '|')
		strbuf_truncate(&sb, sb.len - 1);
	text = strbuf_detach(&sb, NULL);
	return text;
}

static char *answers_of(struct pane *p)
{
	struct strbuf sb = STRBUF_INIT(STRBUF_MAX_TEXT);

	pane_answers(p, &sb);
	return strbuf_detach(&sb, NULL);
}

static char *key_of(struct pane *p, enum pane_key key)
{
	struct strbuf sb = STRBUF_INIT(STRBUF_MAX_TEXT);

	pane_key(p, key, &sb);
	return strbuf_detach(&sb, NULL);
}

static void write_text(struct pane *p, const char *text)
{
	pane_write(p, text, strlen(text));
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
	{ "inserts a line",  "a\r\nb\033[H\033[Lz",               "z|a|b|" },
	{ "a region",        "\033[2;3r\033[2Ha\r\nb\r\nc\033[1;4r", "|b|c|" },
	{ "wide",            "a\xe4\xb8\xad" "b",                 "a\xe4\xb8\xad" "b|" },
	{ "combining",       "e\xcc\x81x",                        "e\xcc\x81x|" },
	{ "line drawing",    "\033(0qx\033(Bq",                   "\xe2\x94\x80\xe2\x94\x82q|" },
	{ "not UTF-8",       "a\xff\xfe" "b",                     "a\xef\xbf\xbd\xef\xbf\xbd" "b|" },
	{ "a title",         "\033]0;owned\007x",                 "x|" },
	{ "the clipboard",   "\033]52;c;b3duZWQ=\033\\x",         "x|" },
	{ "a bell",          "a\007b",                            "ab|" },
	{ "the mouse",       "\033[?1000;1006hx",                 "x|" },
	{ "right to left",   "a\xe2\x80\x8e" "b",                 "ab|" },
	{ "an unknown one",  "\033[?9999h\033[>4;2mx",            "x|" },
	{ "once more, often", "x\033[12b",                        "xxxxxxxxxx|xxx|" },
	{ "a long row of numbers", "\033[;;;;;;;;;;;;;;;;;;;;;;;;;;;;mx", "x|" },
	{ "a screen apart",  "sh\033[?1049hvi\033[?1049l",        "sh|" },
	/* clang-format on */
};

static void test_screens(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t n = strlen(rows[i].sent);

		/* However the bytes were cut on their way. */
		for (size_t piece = 1; piece <= n + 1; piece += n ? n : 1) {
			struct pane *p = pane_new(4, 10);
			char *seen;

			for (size_t at = 0; at < n; at += piece)
				pane_write(p, rows[i].sent + at,
					   n - at < piece ? n - at : piece);
			seen = screen_text(p);
			if (strcmp(seen, rows[i].seen) != 0)
				fail_msg("'%s' in pieces of %zu: '%s'",
					 rows[i].name, piece, seen);
			free(seen);
			pane_free(p);
		}
	}
}

static void test_cells(void **state)
{
	struct pane *p = pane_new(4, 10);
	struct pane_cell c;

	(void)state;
	write_text(p, "\033[1;31;44ma\033[0;4;7;38;5;200mb"
		      "\033[0;38;2;255;0;0mc\033[0m\xe4\xb8\xad"
		      "\033[3;9;91md");
	pane_cell(p, 0, 0, &c);
	assert_string_equal(c.text, "a");
	assert_int_equal(c.attrs, PANE_BOLD);
	assert_int_equal(c.fg, 1);
	assert_int_equal(c.bg, 4);
	pane_cell(p, 0, 1, &c);
	assert_int_equal(c.attrs, PANE_UNDERLINE | PANE_REVERSE);
	assert_int_equal(c.fg, 200);
	assert_int_equal(c.bg, PANE_DEFAULT_COLOUR);
	pane_cell(p, 0, 2, &c);
	assert_int_equal(c.fg, 196);
	pane_cell(p, 0, 3, &c);
	assert_int_equal(c.width, 2);
	pane_cell(p, 0, 4, &c);
	assert_int_equal(c.width, 0);
	assert_string_equal(c.text, "");
	pane_cell(p, 0, 5, &c);
	assert_int_equal(c.attrs, PANE_ITALIC | PANE_STRIKE);
	assert_int_equal(c.fg, 9);
	pane_cell(p, 4, 0, &c); /* no such row */
	assert_string_equal(c.text, " ");
	pane_free(p);
}

static void test_answers(void **state)
{
	struct pane *p = pane_new(4, 10);
	char *text;

	(void)state;
	write_text(p, "ab\033[6n");
	text = answers_of(p);
	assert_string_equal(text, "\033[1;3R");
	free(text);
	text = answers_of(p);
	assert_string_equal(text, "");
	free(text);
	write_text(p, "\033[c");
	text = answers_of(p);
	assert_true(!strncmp(text, "\033[?", 3));
	free(text);
	/* Nothing of what it sent comes back as if it were typed. */
	write_text(p, "\033]0;rm -rf x\r\007\033[21t\033P$qrm\r\033\\\033[?1n");
	text = answers_of(p);
	assert_null(strstr(text, "rm"));
	assert_null(strchr(text, '\r'));
	free(text);
	for (int i = 0; i < 100000; i++)
		write_text(p, "\033[6n");
	text = answers_of(p);
	assert_in_range(strlen(text), PANE_ANSWER_MAX - 8, PANE_ANSWER_MAX);
	free(text);
	pane_free(p);
}

static void assert_key(struct pane *p, enum pane_key key, const char *want)
{
	char *got = key_of(p, key);

	assert_string_equal(got, want);
	free(got);
}

static void test_keys(void **state)
{
	struct pane *p = pane_new(4, 10);

	(void)state;
	assert_key(p, PANE_UP, "\033[A");
	assert_key(p, PANE_HOME, "\033[H");
	assert_key(p, PANE_DELETE, "\033[3~");
	assert_key(p, PANE_PAGE_DOWN, "\033[6~");
	assert_key(p, PANE_PASTE_BEGIN, "");
	write_text(p, "\033[?1h\033[?2004h");
	assert_key(p, PANE_UP, "\033OA");
	assert_key(p, PANE_LEFT, "\033OD");
	assert_key(p, PANE_END, "\033OF");
	assert_key(p, PANE_PASTE_BEGIN, "\033[200~");
	assert_key(p, PANE_PASTE_END, "\033[201~");
	write_text(p, "\033[?1l\033[?2004l");
	assert_key(p, PANE_UP, "\033[A");
	assert_key(p, PANE_PASTE_END, "");
	pane_free(p);
}

static void test_cursor(void **state)
{
	struct pane *p = pane_new(4, 10);
	unsigned int row, col;

	(void)state;
	write_text(p, "\033[3;7H");
	assert_true(pane_cursor(p, &row, &col));
	assert_int_equal(row, 2);
	assert_int_equal(col, 6);
	write_text(p, "\033[?25l");
	assert_false(pane_cursor(p, &row, &col));
	assert_false(pane_alternate(p));
	write_text(p, "\033[?25h\033[?1049h");
	assert_true(pane_cursor(p, &row, &col));
	assert_true(pane_alternate(p));
	pane_resize(p, 2, 3); /* it stays within */
	pane_cursor(p, &row, &col);
	assert_in_range(row, 0, 1);
	assert_in_range(col, 0, 2);
	pane_free(p);
}

static void test_changes(void **state)
{
	struct pane *p = pane_new(4, 10);

	(void)state;
	assert_true(pane_changed(p));
	pane_drawn(p);
	assert_false(pane_changed(p));
	write_text(p, "\033[2;1Hx");
	assert_true(pane_changed(p));
	assert_false(pane_row_changed(p, 0));
	assert_true(pane_row_changed(p, 1));
	assert_false(pane_row_changed(p, 2));
	assert_false(pane_row_changed(p, 99));
	pane_drawn(p);
	write_text(p, "\033[A"); /* but the cursor */
	assert_true(pane_changed(p));
	assert_false(pane_row_changed(p, 0));
	pane_resize(p, 3, 10);
	assert_true(pane_row_changed(p, 2));
	pane_free(p);
}

static void test_back(void **state)
{
	struct pane *p = pane_new(4, 10);
	struct pane_cell c;

	(void)state;
	write_text(p, "1\r\n2\r\n3\r\n4\r\n5\r\n6");
	assert_int_equal(pane_back(p), 2);
	pane_back_cell(p, 1, 0, &c);
	assert_string_equal(c.text, "2");
	pane_back_cell(p, 2, 0, &c);
	assert_string_equal(c.text, "1");
	pane_back_cell(p, 3, 0, &c);
	assert_string_equal(c.text, " ");
	pane_resize(p, 5, 10); /* one comes back */
	assert_int_equal(pane_back(p), 1);
	assert_string_equal(row_text(p, 0), "2");
	/* What has a screen of its own keeps none. */
	write_text(p, "\033[?1049h1\r\n2\r\n3\r\n4\r\n5\r\n6\r\n7\033[?1049l");
	assert_int_equal(pane_back(p), 1);
	pane_free(p);
}

/* What was wide comes back to a screen that has room for half of it. */
static void test_wide_back(void **state)
{
	struct pane *p = pane_new(2, 6);
	struct pane_cell c;

	(void)state;
	write_text(p, "abcd\xe4\xb8\xad\r\n\xe4\xb8\xad\r\n3\r\n4");
	assert_int_equal(pane_back(p), 2);
	pane_resize(p, 2, 5);
	pane_resize(p, 4, 5);
	assert_int_equal(pane_back(p), 0);
	assert_string_equal(row_text(p, 0), "abcd");
	pane_cell(p, 1, 0, &c);
	assert_int_equal(c.width, 2);
	pane_free(p);
}

/* The cursor is above more text than there will be room for. */
static void test_shrink(void **state)
{
	struct pane *p = pane_new(6, 20);
	unsigned int row, col;

	(void)state;
	write_text(p, "1\r\n2\r\n3\r\n4\r\n5\0337\033[1;2H");
	pane_resize(p, 2, 20);
	pane_cursor(p, &row, &col);
	assert_int_equal(row, 0);
	assert_int_equal(col, 1);
	write_text(p, "\033[Xx\033[P");
	assert_string_equal(row_text(p, 0), "4x");
	write_text(p, "\0338\033[X\033[Py"); /* saved where nothing is now */
	pane_cursor(p, &row, &col);
	assert_in_range(row, 0, 1);
	pane_free(p);
}

static void test_bounds(void **state)
{
	struct pane *p = pane_new(0, 0);
	char line[PANE_COLS_MAX];

	(void)state;
	assert_int_equal(pane_rows(p), PANE_ROWS_MIN);
	assert_int_equal(pane_cols(p), PANE_COLS_MIN);
	write_text(p, "a\xe4\xb8\xad\r\nb");
	pane_resize(p, 100000, 100000);
	assert_int_equal(pane_rows(p), PANE_ROWS_MAX);
	assert_int_equal(pane_cols(p), PANE_COLS_MAX);
	pane_resize(p, 2, PANE_COLS_MAX);
	memset(line, 'x', sizeof(line));
	for (int i = 0; i < 3000; i++)
		pane_write(p, line, sizeof(line));
	assert_in_range(pane_back(p), 10, 100); /* by bytes */
	pane_resize(p, 2, 10);
	for (int i = 0; i < 3000; i++)
		write_text(p, "\r\n");
	assert_int_equal(pane_back(p), PANE_BACK_ROWS);
	/* A title without an end takes no memory. */
	write_text(p, "\033]0;");
	for (int i = 0; i < 10000; i++)
		pane_write(p, line, sizeof(line));
	write_text(p, "\007");
	pane_free(p);
	pane_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_screens),
		cmocka_unit_test(test_cells),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_cursor),
		cmocka_unit_test(test_changes),
		cmocka_unit_test(test_back),
		cmocka_unit_test(test_wide_back),
		cmocka_unit_test(test_shrink),
		cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
