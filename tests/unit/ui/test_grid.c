/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/grid.h"

#include "lib/test.h"

static const struct row {
	const char *name;
	unsigned int rows, cols;
	size_t n;
	unsigned int down, across;
	size_t pages;
} rows[] = {
	/* clang-format off */
	{ "one",               22, 80,  1,    1, 1, 1 },
	{ "two",               22, 80,  2,    1, 2, 1 },
	{ "two, wide",         41, 200, 2,    1, 2, 1 },
	{ "four",              41, 132, 4,    2, 2, 1 },
	{ "nine, large",       60, 200, 9,    3, 3, 1 },
	{ "full",              22, 80,  9,    3, 3, 1 },
	{ "one too many",      22, 80,  10,   3, 3, 2 },
	{ "64 on a small one", 22, 80,  64,   3, 3, 8 },
	{ "64 on a large one", 58, 200, 64,   8, 8, 1 },
	{ "10,000",            58, 200, 10000, 9, 9, 124 },
	{ "narrow",            22, 15,  3,    3, 1, 1 },
	{ "nothing",           22, 80,  0,    1, 1, 0 },
	{ "no room at all",    0,  0,   3,    1, 1, 3 },
	/* clang-format on */
};

static void test_shapes(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct row *r = &rows[i];
		struct grid g;

		grid_init(&g, r->rows, r->cols, r->n);
		if (g.pages != r->pages || g.down != r->down ||
		    g.across != r->across)
			fail_msg("'%s': %ux%u on %zu pages", r->name, g.down,
				 g.across, g.pages);
	}
}

/* Any size, any number: panes are within, do not meet, and are large enough. */
static void test_places(void **state)
{
	static bool used[70][210];

	(void)state;
	for (unsigned int rows_n = 1; rows_n < 70; rows_n += 7) {
		for (unsigned int cols = 1; cols < 210; cols += 13) {
			for (size_t n = 1; n < 100; n += 9) {
				struct grid g;
				size_t count, first;

				grid_init(&g, rows_n, cols, n);
				memset(used, 0, sizeof(used));
				first = grid_first(&g, 0, &count);
				assert_int_equal(first, 0);
				for (size_t i = 0; i < count; i++) {
					struct grid_place p;

					grid_place(&g, i, &p);
					assert_int_equal(grid_page(&g, i), 0);
					assert_true(p.rows >= 1 && p.cols >= 1);
					assert_true(p.row + p.rows <= rows_n);
					assert_true(p.col + p.cols <= cols);
					if (g.down > 1)
						assert_true(p.rows >=
							    GRID_ROWS_MIN);
					if (g.across > 1)
						assert_true(p.cols >=
							    GRID_COLS_MIN);
					for (unsigned int y = 0; y < p.rows;
					     y++) {
						for (unsigned int x = 0;
						     x < p.cols; x++) {
							bool *u =
								&used[p.row + y]
								     [p.col +
								      x];

							assert_false(*u);
							*u = true;
						}
					}
				}
			}
		}
	}
}

static void test_pages(void **state)
{
	struct grid g;
	size_t n;

	(void)state;
	grid_init(&g, 22, 80, 20);
	assert_int_equal(g.pages, 3);
	assert_int_equal(grid_page(&g, 8), 0);
	assert_int_equal(grid_page(&g, 9), 1);
	assert_int_equal(grid_first(&g, 2, &n), 18);
	assert_int_equal(n, 2);
	grid_first(&g, 3, &n);
	assert_int_equal(n, 0);
}

static void test_next(void **state)
{
	struct grid g;

	(void)state;
	grid_init(&g, 22, 80, 8); /* 3 x 3, the last place empty */
	assert_int_equal(g.down, 3);
	assert_int_equal(g.across, 3);
	assert_int_equal(grid_next(&g, 0, 0, 1), 1);
	assert_int_equal(grid_next(&g, 0, 1, 0), 3);
	assert_int_equal(grid_next(&g, 0, -1, 0), 0);
	assert_int_equal(grid_next(&g, 0, 0, -1), 0);
	assert_int_equal(grid_next(&g, 2, 0, 1), 2);
	assert_int_equal(grid_next(&g, 5, 1, 0), 7);
	assert_int_equal(grid_next(&g, 7, -1, 0), 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shapes),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_pages),
		cmocka_unit_test(test_next),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
