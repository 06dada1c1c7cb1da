/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/altscreen.h"

#include <string.h>

#include "lib/test.h"

static const struct row {
	const char *text;
	const char *changed; /* a character for each: what it is after */
} rows[] = {
	{ "text\r\n\033[1mbold\033[0m", "" },
	{ "\033[?1049h", "h" },
	{ "\033[?1049h\033[?1049h\033[2J\033[?1049l", "hl" },
	{ "\033[?47h\033[?47l\033[?1047hx\033c", "hlhl" },
	{ "\033[?1;1049h\033[?1049;2004l", "hl" },
	{ "\033[?1h\033[?25l\033[1049h\033[?10490h", "" },
	{ "\033[?999999999999991049h", "" },
	{ "\033\033[?\033[?1049h", "h" },
	{ "\033[?1049\n\033[?1h", "" },
};

static void play(const struct row *row, size_t cut)
{
	struct altscreen a = { 0 };
	const size_t len = strlen(row->text);
	size_t nchanged = 0;
	bool on = false;

	for (size_t from = 0, n; from < len; from += n) {
		size_t give = len - from < cut ? len - from : cut;

		n = altscreen_next(&a, row->text + from, give);
		assert_in_range(n, 1, give);
		if (a.on == on)
			continue;
		on = a.on;
		assert_int_equal(row->changed[nchanged++], on ? 'h' : 'l');
	}
	assert_int_equal(nchanged, strlen(row->changed));
}

static void it_is_known_however_the_bytes_are_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (size_t cut = 1; cut <= 64; cut++)
			play(&rows[i], cut);
}

static void no_more_is_taken_than_what_changes_it(void **state)
{
	struct altscreen a = { 0 };

	(void)state;
	assert_int_equal(altscreen_next(&a, "ab\033[?1049hcd", 12), 10);
	assert_true(a.on);
	assert_int_equal(altscreen_next(&a, "cd", 2), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_known_however_the_bytes_are_cut),
		cmocka_unit_test(no_more_is_taken_than_what_changes_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
