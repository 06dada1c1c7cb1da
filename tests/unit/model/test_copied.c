/* SPDX-License-Identifier: Apache-2.0 */
#include "model/copied.h"

#include "lib/test.h"

#include "base/strbuf.h"

#define MB ((uint64_t)1 << 20)

static void a_copy_is_told_as_far_as_it_is_known(void **state)
{
	static const struct {
		const char *name, *text;
		struct copied c;
		uint64_t per_s;
		int percent;
	} rows[] = {
		/* clang-format off */
		{ "half", "5.0M of 10.0M, 1.0M/s, 5s left", { 0, 0, 5 * MB, 10 * MB, true }, MB, 50 },
		{ "size not known", "5.0M, 1.0M/s", { 0, 0, 5 * MB, 10 * MB, false }, MB, -1 },
		{ "no rate yet", "0 of 10.0M, 0/s", { 0, 0, 0, 10 * MB, true }, 0, 0 },
		{ "all", "10.0M of 10.0M, 1.0M/s", { 1, 0, 10 * MB, 10 * MB, true }, MB, 100 },
		{ "nothing to move", "0 of 0, 0/s", { 1, 0, 0, 0, true }, 0, 100 },
		{ "the last byte", "9 of 10, 5/s, 1s left", { 1, 0, 9, 10, true }, 5, 90 },
		{ "grown", "11 of 10, 1/s", { 1, 0, 11, 10, true }, 1, 100 },
		{ "nearly", "9.9G of 10.0G, 1.0M/s, 1m42s left",
		  { 0, 0, 10138 * MB, 10240 * MB, true }, MB, 99 },
		{ "years", "0 of 82.3M, 1/s, 999d00h left", { 0, 0, 0, 86313600, true }, 1, 0 },
		{ "no estimate", "0 of 82.3M, 1/s", { 0, 0, 0, 86313601, true }, 1, 0 },
		{ "the largest", "0 of 16.0E, 1/s", { 0, 0, 0, UINT64_MAX, true }, 1, 0 },
		{ "where it would wrap", "0 of 8.0E, 500/s",
		  { 0, 0, 0, (uint64_t)1 << 63, true }, 500, 0 },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct strbuf sb = STRBUF_INIT(STRBUF_MAX_TEXT);

		copied_text(&sb, &rows[i].c, rows[i].per_s);
		ROW(!strcmp(sb.buf, rows[i].text), rows[i].name);
		ROW(copied_percent(&rows[i].c) == rows[i].percent,
		    rows[i].name);
		strbuf_release(&sb);
	}
}

static void a_rate_is_bytes_in_a_second(void **state)
{
	const uint64_t s = UINT64_C(1000000000);

	(void)state;
	assert_int_equal(copied_per_s(MB, 0), 0);
	assert_int_equal(copied_per_s(3000, 2 * s), 1500);
	assert_int_equal(copied_per_s(0, s), 0);
	/* What a host says of itself may be anything. */
	assert_true(copied_per_s(UINT64_MAX, 1) == UINT64_MAX);
}

static void all_is_known_when_each_is(void **state)
{
	struct copied all = { .all_known = true };
	const struct copied one = { 1, 2, 3, 4, true };
	const struct copied blind = { 10, 20, 30, 40, false };

	(void)state;
	copied_add(&all, &one);
	copied_add(&all, &one);
	assert_true(all.all_known);
	copied_add(&all, &blind);
	copied_add(&all, &one);
	assert_false(all.all_known);
	assert_int_equal(all.files, 13);
	assert_int_equal(all.bytes, 26);
	assert_int_equal(all.moved, 39);
	assert_int_equal(all.total, 52);
}

static void a_sum_does_not_wrap(void **state)
{
	struct copied all = { .all_known = true };
	const struct copied one = { 0, 0, UINT64_MAX / 2, UINT64_MAX - 1,
				    true };

	(void)state;
	copied_add(&all, &one);
	assert_int_equal(all.total, UINT64_MAX - 1);
	copied_add(&all, &one);
	assert_int_equal(all.total, UINT64_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_copy_is_told_as_far_as_it_is_known),
		cmocka_unit_test(a_rate_is_bytes_in_a_second),
		cmocka_unit_test(all_is_known_when_each_is),
		cmocka_unit_test(a_sum_does_not_wrap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
