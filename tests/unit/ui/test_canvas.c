/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/canvas.h"

#include "lib/test.h"

#include "base/strbuf.h"
#include "ui/pager.h"

/* Writes down each call: "row,col[colour attributes]text|". */
struct recorder {
	struct canvas canvas;
	struct strbuf text;
};

static void put(struct canvas *c, size_t row, size_t col, const char *text,
		size_t n, const struct sgr_style *style)
{
	struct recorder *rec = (struct recorder *)c;

	(void)strbuf_addf(&rec->text, "%zu,%zu[%d %u]%.*s|", row, col,
			  style->fg, style->attrs, (int)n, text);
}

static const struct canvas_ops ops = { .put = put };

/* Three rows of eight columns, in the middle of something. */
static struct canvas_area set_up(struct recorder *rec)
{
	*rec = (struct recorder){ .canvas = { &ops } };
	strbuf_init(&rec->text, STRBUF_MAX_TEXT);
	return (struct canvas_area){ .canvas = &rec->canvas,
				     .row = 10,
				     .col = 5,
				     .rows = 3,
				     .cols = 8 };
}

static void a_text_is_cut_at_whole_characters(void **state)
{
	static const struct {
		const char *text;
		size_t row, col, width, used;
		const char *is;
	} rows[] = {
		/* clang-format off */
		{ "ab", 0, 0, 4, 2, "10,5[-1 0]ab|10,7[-1 0]  |" },
		{ "abcd", 1, 0, 4, 4, "11,5[-1 0]abcd|" },
		{ "abcdef", 2, 0, 4, 4, "12,5[-1 0]abcd|" },
		/* as far as the area goes, and nothing outside */
		{ "abcdef", 0, 5, 99, 3, "10,10[-1 0]abc|" },
		{ "ab", 3, 0, 4, 0, "" },
		{ "ab", 0, 8, 4, 0, "" },
		{ "ab", 0, 0, 0, 0, "" },
		{ "", 0, 6, 9, 0, "10,11[-1 0]  |" },
		/* a wide one does not fit in half */
		{ "a\344\270\255b", 0, 0, 2, 1, "10,5[-1 0]a|10,6[-1 0] |" },
		{ "a\344\270\255b", 0, 0, 4, 4, "10,5[-1 0]a\344\270\255b|" },
		/* its marks come with a character */
		{ "e\314\201x", 0, 0, 1, 1, "10,5[-1 0]e\314\201|" },
		/* what a terminal acts on is seen, and takes its columns */
		{ "\033[2Jab", 0, 0, 6, 6, "10,5[-1 0]\\033[2|" },
		{ "a\tb\n", 0, 0, 8, 7, "10,5[-1 0]a b\\012|10,12[-1 0] |" },
		{ "\377", 0, 0, 4, 4, "10,5[-1 0]\\377|" },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct recorder rec;
		struct canvas_area a = set_up(&rec);
		size_t used =
			canvas_text(&a, rows[i].row, rows[i].col, rows[i].width,
				    rows[i].text, SGR_PLAIN);

		assert_string_equal(rec.text.len ? rec.text.buf : "",
				    rows[i].is);
		ROW(used == rows[i].used, rows[i].text);
		strbuf_release(&rec.text);
	}
}

static void a_row_is_filled_with_its_style(void **state)
{
	struct sgr_style bar = { .fg = -1, .bg = -1, .attrs = SGR_REVERSE };
	struct recorder rec;
	struct canvas_area a = set_up(&rec);

	(void)state;
	canvas_row(&a, 1, bar, "%s %d", "no", 7);
	canvas_blank(&a, 2);
	canvas_blank(&a, 3);
	assert_string_equal(rec.text.buf, "11,5[-1 16]no 7|11,9[-1 16]    |"
					  "12,5[-1 0]        |");
	strbuf_release(&rec.text);
}

static void wide_rows_are_filled_whole(void **state)
{
	struct recorder rec;
	struct canvas_area a = set_up(&rec);

	(void)state;
	a.cols = 70;
	canvas_blank(&a, 0);
	assert_string_equal(rec.text.buf,
			    "10,5[-1 0]                                |"
			    "10,37[-1 0]                                |"
			    "10,69[-1 0]      |");
	strbuf_release(&rec.text);
}

/* Kinds have colours where a line has none of its own, and a mark. */
static void a_line_keeps_its_colours(void **state)
{
	static const struct {
		enum pager_kind kind;
		const char *bytes;
		size_t col, from, to, match_from, match_to;
		const char *is;
	} rows[] = {
		/* clang-format off */
		{ PAGER_PLAIN, "a\033[32mbc", 1, 0, 3, 0, 0,
		  "12,5[-1 0] |12,6[-1 0]a|12,7[2 0]bc|12,9[-1 0]    |" },
		{ PAGER_PLAIN, "abc", 0, 0, 3, 0, 0,
		  "12,5[-1 0]abc|12,8[-1 0]     |" },
		{ PAGER_ERROR, "abc", 1, 0, 3, 0, 0,
		  "12,5[1 0]!|12,6[-1 0]abc|12,9[-1 0]    |" },
		{ PAGER_ADDED, "+a", 1, 0, 2, 0, 0,
		  "12,5[2 0] |12,6[2 0]+a|12,8[-1 0]     |" },
		{ PAGER_REMOVED, "-\033[33ma", 1, 0, 2, 0, 0,
		  "12,5[1 0] |12,6[1 0]-|12,7[3 0]a|12,8[-1 0]     |" },
		{ PAGER_HUNK, "@@", 1, 0, 2, 0, 0,
		  "12,5[6 0] |12,6[6 0]@@|12,8[-1 0]     |" },
		/* a piece of it, with what was searched */
		{ PAGER_PLAIN, "abcdefghij", 1, 2, 9, 4, 6,
		  "12,5[-1 0] |12,6[-1 0]cd|12,8[-1 16]ef|12,10[-1 0]ghi|" },
		{ PAGER_PLAIN, "\033[7mabc", 1, 0, 3, 1, 2,
		  "12,5[-1 0] |12,6[-1 16]a|12,7[-1 0]b|12,8[-1 16]c|12,9[-1 0]    |" },
		/* the right half of a wide one has no look of its own */
		{ PAGER_PLAIN, "\344\270\255x", 1, 0, 3, 0, 1,
		  "12,5[-1 0] |12,6[-1 16]\344\270\255|12,8[-1 0]x|12,9[-1 0]    |" },
		{ PAGER_PLAIN, "", 1, 0, 0, 0, 0,
		  "12,5[-1 0] |12,6[-1 0]       |" },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct recorder rec;
		struct canvas_area a = set_up(&rec);
		struct sgr_line line;
		const struct pager_row row = { .row = 2,
					       .kind = rows[i].kind,
					       .line = &line,
					       .from = rows[i].from,
					       .to = rows[i].to,
					       .match_from = rows[i].match_from,
					       .match_to = rows[i].match_to };

		sgr_line_init(&line);
		sgr_line_set(&line, rows[i].bytes, strlen(rows[i].bytes));
		canvas_line(&a, rows[i].col, &row);
		assert_string_equal(rec.text.buf, rows[i].is);
		sgr_line_release(&line);
		strbuf_release(&rec.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_text_is_cut_at_whole_characters),
		cmocka_unit_test(a_row_is_filled_with_its_style),
		cmocka_unit_test(wide_rows_are_filled_whole),
		cmocka_unit_test(a_line_keeps_its_colours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
