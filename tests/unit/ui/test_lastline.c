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

static void of_a_long_line_the_end_is_kept(void **state)
{
	struct lastline l = { 0 };
	char text[1000];

	(void)state;
	memset(text, 'x', sizeof(text));
	for (int i = 0; i < 3; i++)
		lastline_feed(&l, text, sizeof(text));
	lastline_feed(&l, " 45%", 4);
	assert_int_equal(l.len, LASTLINE_MAX);
	assert_memory_equal(l.bytes + LASTLINE_MAX - 5, "x 45%", 5);
	lastline_feed(&l, text, 300);
	assert_int_equal(l.len, LASTLINE_MAX);
	assert_int_equal(l.bytes[0], 'x');
	lastline_feed(&l, "\nnew", 4);
	is(&l, "new");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_last_line_with_something_in_it),
		cmocka_unit_test(of_a_long_line_the_end_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
