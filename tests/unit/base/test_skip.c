/* SPDX-License-Identifier: Apache-2.0 */
#include "base/skip.h"

#include "lib/test.h"

static void patterns_leave_out_what_they_say(void **state)
{
	static const struct {
		const char *pattern, *path;
		bool folder, hit;
	} rows[] = {
		{ "*.o", "a.o", false, true },
		{ "*.o", "deep/in/a.o", false, true },
		{ "*.o", "a.c", false, false },
		{ "in", "deep/in", true, true },
		{ "in", "in/deep", true, false },
		{ "in/", "deep/in", true, true },
		{ "in/", "deep/in", false, false },
		{ "/in", "in", true, true },
		{ "/in", "deep/in", true, false },
		{ "deep/*", "deep/in", false, true },
		{ "deep/*", "deep/in/f", false, false },
		{ "*", ".hidden", false, true },
		{ ".*", ".hidden", false, true },
		{ "a[0-9]", "x/a7", false, true },
		{ "a\\*", "a*", false, true },
		{ "a\\*", "ab", false, false },
		{ "", "a", false, false },
		{ "/", "a", true, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct strvec v = { 0 };

		strvec_push(&v, "never/this");
		strvec_push(&v, rows[i].pattern);
		ROW(skip_takes(&v, rows[i].path, rows[i].folder) == rows[i].hit,
		    rows[i].pattern);
		strvec_release(&v);
	}
}

static void no_pattern_leaves_nothing_out(void **state)
{
	const struct strvec none = { 0 };

	(void)state;
	assert_false(skip_takes(&none, "a", false));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(patterns_leave_out_what_they_say),
		cmocka_unit_test(no_pattern_leaves_nothing_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
