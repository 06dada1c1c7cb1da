/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/sgr.h"

#include "base/text.h"
#include "lib/test.h"

/* Styles as people write them: "<r>" red, "<b4+>" blue behind, bold ... */
static void show_style(const struct sgr_style *s, struct strbuf *out)
{
	static const char names[] = "+~/_!";

	(void)strbuf_addch(out, '<');
	if (s->fg >= 0)
		(void)strbuf_addf(out, "f%d", s->fg);
	if (s->bg >= 0)
		(void)strbuf_addf(out, "b%d", s->bg);
	for (unsigned int i = 0; names[i]; i++)
		if (s->attrs & 1u << i)
			(void)strbuf_addch(out, names[i]);
	(void)strbuf_addch(out, '>');
}

static void show(const struct sgr_line *line, struct strbuf *out)
{
	struct sgr_style last = SGR_PLAIN;

	for (size_t i = 0; i < line->ncells; i++) {
		const struct sgr_cell *c = &line->cells[i];

		if (c->style.fg != last.fg || c->style.bg != last.bg ||
		    c->style.attrs != last.attrs)
			show_style(&c->style, out);
		last = c->style;
		(void)strbuf_add(out, line->text.buf + c->at, c->len);
		assert_int_equal(
			c->len ? c->width : 0,
			c->len ? text_width(line->text.buf + c->at, c->len)
			       : 0);
	}
}

struct row {
	const char *in, *want;
};

static void check(const struct row *rows, size_t n)
{
	struct sgr_line line;
	struct strbuf out = STRBUF_INIT(STRBUF_MAX_TEXT);

	sgr_line_init(&line);
	for (size_t i = 0; i < n; i++) {
		strbuf_reset(&out);
		sgr_line_set(&line, rows[i].in, strlen(rows[i].in));
		show(&line, &out);
		if (strcmp(out.buf, rows[i].want) != 0)
			fail_msg("row '%s': '%s', not '%s'", rows[i].in,
				 out.buf, rows[i].want);
	}
	strbuf_release(&out);
	sgr_line_release(&line);
}

static void colours_become_styles(void **state)
{
	static const struct row rows[] = {
		/* clang-format off */
		{ "plain", "plain" },
		{ "\033[31mred\033[0m.", "<f1>red<>." },
		{ "\033[31mred\033[m.", "<f1>red<>." },
		{ "\033[1;4;31;44mx\033[22my\033[39mz", "<f1b4+_>x<f1b4_>y<b4_>z" },
		{ "\033[2mx\033[3my\033[7mz\033[27;23;22mw", "<~>x<~/>y<~/!>z<>w" },
		{ "\033[97;100mx", "<f15b8>x" },
		{ "\033[38;5;208mx\033[48;5;17my", "<f208>x<f208b17>y" },
		{ "\033[38;2;255;0;0mx", "<f196>x" },
		{ "\033[38;2;128;128;128mx", "<f244>x" },
		{ "\033[38:2::0:0:255mx", "<f21>x" },
		{ "\033[38:2:0:255:0mx", "<f46>x" },
		{ "\033[48:5:7mx", "<b7>x" },
		{ "\033[4:3mx\033[4:0my", "<_>x<>y" },
		{ "\033[58;5;1;31mx", "<f1>x" },
		{ "\033[58:2::1:2:3;31mx", "<f1>x" },
		/* What does not exist changes nothing. */
		{ "\033[38;5;256mx\033[38;5mx\033[38mx\033[38;7mx", "xxx<!>x" },
		{ "\033[38;2;256;0;0mx\033[38;2;1mx\033[99999999999mx", "xxx" },
		{ "\033[?1mx\033[>4;1mx\033[1 mx", "xxx" },
		/* clang-format on */
	};

	(void)state;
	check(rows, COUNT(rows));
}

static void other_sequences_are_left_out_whole(void **state)
{
	/* Spelt out: no override stands in this text. */
	static const char rlo[] = { 'a', '\342', '\200', '\256', 'b', '\0' };
	static const struct row rows[] = {
		/* clang-format off */
		{ "a\033[2Jb\033[10;20Hc\033[?25hd", "abcd" },
		{ "a\033]0;title\007b\033]8;;http://x\033\\c", "abc" },
		{ "a\033Pq...\033\\b\033_apc\033\\c\033^pm\033\\d\033Xsos\033\\e", "abcde" },
		{ "a\033(Bb\033=c\0337d\033#8e\033Mf", "abcdef" },
		{ "a\033OAb\033Nxc", "abc" },
		{ "a\302\23331mb\302\235x\302\234c\302\205d", "a<f1>bcd" },
		{ "a\033]52;c;xxx\030b", "ab" },
		/* One inside another: the outer one ends. */
		{ "a\033]0;x\033[31mb", "a<f1>b" },
		{ "a\033[3\033[31mb", "a<f1>b" },
		/* Without end: to the end of the line, and no further. */
		{ "a\033]0;the rest", "a" },
		{ "a\033[12;", "a" },
		{ "a\033", "a" },
		{ "a\033(", "a" },
		{ "a\033N", "a" },
		{ "a\033[31\302\240b", "a\302\240b" },
		{ "a\007b\016c\017d", "abcd" },
		/* No sequence, but shown as what it is. */
		{ "a\233b\001\177\377", "a\\233b\\001\\177\\377" },
		{ rlo, "a\\342\\200\\256b" },
		/* clang-format on */
	};

	(void)state;
	check(rows, COUNT(rows));
}

static void one_line_is_written_as_a_terminal_does(void **state)
{
	static const struct row rows[] = {
		/* clang-format off */
		{ "50%\r100%", "100%" },
		{ "100% done\r 45%", " 45% done" },
		{ "100% done\r\033[K 45%", " 45%" },
		{ "abcdef\b\b\033[K", "abcd" },
		{ "abcdef\b\b\b\033[1Kx", "   xef" },
		{ "abcdef\033[2Kx", "      x" },
		{ "ab\033[9Kc", "abc" },
		{ "abc\b\b\b\b\bX", "Xbc" },
		{ "a\tb", "a       b" },
		{ "12345678\tb", "12345678        b" },
		{ "abcdefgh\r\tx", "abcdefghx" },
		{ "\r\n", "\\012" }, /* who cuts lines keeps it out */
		/* Wide characters, and halves of them. */
		{ "\346\274\242x", "\346\274\242x" },
		{ "\346\274\242x\ra", "a x" },
		{ "\346\274\242x\b\ba", " ax" },
		{ "a\346\274\242\rbc", "bc " },
		{ "a\346\274\242x\r\346\274\242", "\346\274\242 x" },
		{ "\346\274\242\b\033[K", " " },
		/* Marks. */
		{ "e\314\201x", "e\314\201x" },
		{ "\314\201x", "x" },
		{ "\346\274\242\314\201x", "\346\274\242\314\201x" },
		{ "ab\b\314\201", "ab" },
		/* clang-format on */
	};

	(void)state;
	check(rows, COUNT(rows));
}

static void marks_are_bounded(void **state)
{
	struct sgr_line line;
	char text[4001];

	(void)state;
	text[0] = 'e';
	for (size_t i = 1; i < sizeof(text); i += 2) {
		text[i] = '\314';
		text[i + 1] = '\201';
	}
	sgr_line_init(&line);
	sgr_line_set(&line, text, sizeof(text));
	assert_int_equal(line.ncells, 1);
	assert_true(line.cells[0].len <= 64);
	sgr_line_release(&line);
}

static void the_longest_line_fits(void **state)
{
	static const char worst[] = { '\t', '\377', '\001', 'x' };
	char *text = malloc(SGR_LINE_MAX);
	struct strbuf out = STRBUF_INIT(STRBUF_MAX_TEXT);
	struct sgr_line line;

	(void)state;
	sgr_line_init(&line);
	for (size_t i = 0; i < sizeof(worst); i++) {
		memset(text, worst[i], SGR_LINE_MAX);
		sgr_line_set(&line, text, SGR_LINE_MAX);
		assert_false(line.text.full);
		assert_true(line.ncells >= SGR_LINE_MAX);
		assert_true(line.ncells <= 8 * SGR_LINE_MAX);
		strbuf_reset(&out);
		sgr_line_text(&line, &out);
		assert_true(out.len >= SGR_LINE_MAX);
	}
	strbuf_release(&out);
	sgr_line_release(&line);
	free(text);
}

static void rows_do_not_cut_characters(void **state)
{
	static const char text[] = "abc\346\274\242de\346\274\242";
	struct sgr_line line;

	(void)state;
	sgr_line_init(&line);
	sgr_line_set(&line, text, strlen(text));
	assert_int_equal(line.ncells, 9);
	assert_int_equal(sgr_line_wrap(&line, 0, 4), 3);
	assert_int_equal(sgr_line_wrap(&line, 3, 4), 7);
	assert_int_equal(sgr_line_wrap(&line, 7, 4), 9);
	assert_int_equal(sgr_line_wrap(&line, 0, 5), 5);
	assert_int_equal(sgr_line_wrap(&line, 0, 9), 9);
	assert_int_equal(sgr_line_wrap(&line, 9, 4), 9);
	sgr_line_release(&line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(colours_become_styles),
		cmocka_unit_test(other_sequences_are_left_out_whole),
		cmocka_unit_test(one_line_is_written_as_a_terminal_does),
		cmocka_unit_test(marks_are_bounded),
		cmocka_unit_test(the_longest_line_fits),
		cmocka_unit_test(rows_do_not_cut_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
