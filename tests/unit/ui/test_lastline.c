/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/lastline.h"

#include "lib/test.h"

static void is(const struct lastline *l, const char *want)
{
	struct strbuf out = STRBUF_INIT(STRBUF_MAX_TEXT);

	lastline_text(l, &out);
	assert_string_equal(out.buf, want);
	strbuf_release(&out);
}

static void the_last_line_with_something_in_it(void **state)
{
	static const struct {
		const char *in, *want;
	} rows[] = {
		/* clang-format off */
		{ "", "" },
		{ "\n", "" },
		{ "one", "one" },
		{ "one\n", "one" },
		{ "one\n\n\n", "one" },
		{ "one\ntwo", "two" },
		{ "one\n\ntwo\n\n", "two" },
		{ "10%\r20%\r", "20%" },
		{ "100% done\r45%", "45%" },
		{ "one\r\n", "one" },
		{ "one\r\ntwo\r\n", "two" },
		{ "one\n\r\n\r", "one" },
		{ "\r 1%\r 2%\r 3%", " 3%" },
		{ "get\n 9%\r10%\r\n\r\n", "10%" },
		{ "12%\b\b\b34%", "34%" },
		{ "wait |\b/\b-\b", "wait -" },
		{ "\b\bx", "x" },
		{ "\033[32m45%\033[0m\033[K\a", "45%" },
		{ "a\tb\001", "a       b\\001" },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lastline whole = { 0 };
		struct lastline bytewise = { 0 };
		size_t n = strlen(rows[i].in);

		lastline_feed(&whole, rows[i].in, n);
		is(&whole, rows[i].want);
		/* The same in pieces of any size. */
		for (size_t j = 0; j < n; j++)
			lastline_feed(&bytewise, rows[i].in + j, 1);
		is(&bytewise, rows[i].want);
		lastline_feed(&whole, NULL, 0);
		is(&whole, rows[i].want);
	}
}

static void of_a_long_line_both_ends_are_kept(void **state)
{
	struct lastline l = { 0 };
	struct strbuf out = STRBUF_INIT(STRBUF_MAX_TEXT);
	char text[1000];

	(void)state;
	memset(text, 'x', sizeof(text));
	lastline_feed(&l, "begin ", 6);
	for (int i = 0; i < 3; i++)
		lastline_feed(&l, text, sizeof(text));
	lastline_feed(&l, " 45%", 4);
	assert_int_equal(l.len, LASTLINE_MAX);
	lastline_text(&l, &out);
	assert_memory_equal(out.buf, "begin xxx", 9);
	assert_string_equal(out.buf + out.len - 8, "x... 45%");
	lastline_feed(&l, text, 300);
	assert_int_equal(l.len, LASTLINE_MAX);
	lastline_feed(&l, "\nnew", 4);
	is(&l, "new");
	strbuf_release(&out);
}

static void no_character_is_cut_in_half(void **state)
{
	(void)state;
	for (size_t n = LASTLINE_HEAD - 4; n < LASTLINE_HEAD + 4; n++) {
		struct lastline l = { 0 };
		struct strbuf out = STRBUF_INIT(STRBUF_MAX_TEXT);
		char text[1000];

		memset(text, 'x', sizeof(text));
		lastline_feed(&l, text, n);
		lastline_feed(&l, "\xe2\x82\xac", 3);
		lastline_feed(&l, text, sizeof(text));
		lastline_text(&l, &out);
		assert_null(strchr(out.buf, '\\'));
		strbuf_release(&out);
	}
}

/* In lines that take an hour and never end. */
static void a_bar_is_seen_to_its_end(void **state)
{
	static const struct {
		const char *before, *left, *right, *want;
		bool at_once;
	} rows[] = {
		/* clang-format off */
		{ "", "\rget ", " [###]", "get 100% [###]", false },
		{ "", "\rget ", " [###]", "get 100% [###]", true },
		{ "copying ", "", "\b\b\b\b", "copying 100%", false },
		{ "copying ", "", "\b\b\b\b", "copying 100%", true },
		{ "copying [     ] ", "\b\b\b\b", "", "copying [   100%", true },
		/* What is not ASCII: only the end of it. */
		{ "\xc3\xa9 ", "\b\b\b\b\b ", "", " 100%", false },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct lastline l = { 0 };
		struct strbuf all = STRBUF_INIT(STRBUF_MAX_TEXT);

		lastline_feed(&l, rows[i].before, strlen(rows[i].before));
		for (unsigned int at = 1; at <= 100; at++) {
			size_t from = all.len;

			strbuf_addf(&all, "%s%3u%%%s", rows[i].left, at,
				    rows[i].right);
			if (!rows[i].at_once)
				lastline_feed(&l, all.buf + from,
					      all.len - from);
		}
		if (rows[i].at_once)
			lastline_feed(&l, all.buf, all.len);
		is(&l, rows[i].want);
		strbuf_release(&all);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_last_line_with_something_in_it),
		cmocka_unit_test(of_a_long_line_both_ends_are_kept),
		cmocka_unit_test(no_character_is_cut_in_half),
		cmocka_unit_test(a_bar_is_seen_to_its_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
