/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/copysum.h"

#include "lib/test.h"

#include "io/manifest.h"
#include "model/plan.h"

#define S UINT64_C(1000000000)

static void what_has_not_begun_is_known_where_all_get_the_same(void **state)
{
	const struct manifest manifest = { .bytes = 100 };
	const struct op_spec put = { .kind = OP_PUT,
				     .copy.manifest = &manifest };
	const struct op_spec get = { .kind = OP_GET };
	static const struct {
		const char *name;
		bool put, known;
		enum phase p;
		uint64_t moved, total, is;
	} rows[] = {
		/* clang-format off */
		{ "put, waits", true, true, PHASE_WAITING, 0, 0, 100 },
		{ "put, connects", true, true, PHASE_CONNECTING, 0, 0, 100 },
		{ "put, runs", true, false, PHASE_RUNNING, 10, 90, 90 },
		{ "put, failed halfway", true, true, PHASE_DONE, 10, 90, 10 },
		{ "get, waits", false, false, PHASE_WAITING, 0, 0, 0 },
		{ "get, runs", false, false, PHASE_RUNNING, 10, 90, 90 },
		{ "get, is done", false, true, PHASE_DONE, 90, 90, 90 },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct result r = { .copied = { .moved = rows[i].moved,
						      .total =
							      rows[i].total } };
		const struct copied c =
			copysum_of(rows[i].put ? &put : &get, &r, rows[i].p);

		ROW(c.total == rows[i].is, rows[i].name);
		ROW(c.moved == rows[i].moved, rows[i].name);
		ROW(c.all_known == rows[i].known, rows[i].name);
	}
}

static void take(struct copysum *s, uint64_t moved, uint64_t now_ns)
{
	const struct copied all = { .moved = moved, .total = 10000 };

	copysum_take(s, &all, now_ns);
}

static void the_rate_is_that_of_late(void **state)
{
	struct copysum s = { .taken_ns = S };

	(void)state;
	take(&s, 1000, 2 * S);
	assert_int_equal(s.per_s, 1000);
	for (unsigned int i = 0; i < 20; i++)
		take(&s, 1000, (3 + i) * S);
	assert_true(s.per_s < 20);
	take(&s, 5000, 23 * S);
	assert_true(s.per_s >= 1000);
}

static void what_is_begun_anew_makes_no_rate(void **state)
{
	struct copysum s = { .taken_ns = S };

	(void)state;
	take(&s, 1000, 2 * S);
	take(&s, 400, 3 * S);
	assert_true(s.per_s <= 1000);
	assert_int_equal(s.all.moved, 400);
	take(&s, 400, 3 * S);
	assert_true(s.per_s <= 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			what_has_not_begun_is_known_where_all_get_the_same),
		cmocka_unit_test(the_rate_is_that_of_late),
		cmocka_unit_test(what_is_begun_anew_makes_no_rate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
