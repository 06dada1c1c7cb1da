/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/shadow.h"

#include "lib/test.h"

#define ROWS   3
#define COLS   7
#define FRAMES 5000

/* As a terminal shows it: 0 is a blank, HALF the right half of a wide one. */
#define HALF 1u

struct grid {
	uint32_t cells[ROWS][COLS];
};

static bool is_wide(uint32_t c)
{
	return c >= 'W';
}

/* Whoever loses one half is blank. */
static void write_cell(struct grid *g, unsigned int row, unsigned int col,
		       uint32_t c)
{
	uint32_t *cells = g->cells[row];

	for (unsigned int i = col; i <= col + is_wide(c); i++) {
		if (cells[i] == HALF)
			cells[i - 1] = 0;
		if (is_wide(cells[i]))
			cells[i + 1] = 0;
		cells[i] = i > col ? HALF : c;
	}
}

static void put(struct shadow *s, struct grid *all, struct grid *g,
		unsigned int row, unsigned int col, uint32_t c)
{
	const struct shadow_cell cell = { .chars = { c } };
	unsigned int width = is_wide(c) ? 2 : 1;
	unsigned int stands;

	write_cell(all, row, col, c);
	stands = shadow_put(s, row, col, &cell);
	if (stands) {
		assert_int_equal(stands, width);
		return;
	}
	write_cell(g, row, col, c);
	shadow_wrote(s, row, col, &cell, width);
}

static unsigned int next(unsigned int *seed, unsigned int n)
{
	*seed = *seed * 1103515245u + 12345u;
	return (*seed >> 16) % n;
}

/* What is written where it has changed is what all would be. */
static void frames_look_as_if_all_was_written(void **state)
{
	struct shadow s = { 0 };
	struct grid g = { 0 };
	unsigned int seed = 1;

	(void)state;
	shadow_reset(&s, ROWS, COLS);
	for (unsigned int i = 0; i < FRAMES; i++) {
		struct grid all = { 0 };
		unsigned int row, col, n = next(&seed, 20);
		size_t at = 0;

		shadow_begin(&s);
		while (n--) {
			static const uint32_t chars[] = { 'a', 'a', 'b', 'W' };
			uint32_t c = chars[next(&seed, 4)];

			row = next(&seed, ROWS);
			col = next(&seed, COLS - is_wide(c));
			put(&s, &all, &g, row, col, c);
		}
		while (shadow_left(&s, &at, &row, &col))
			write_cell(&g, row, col, 0);
		assert_memory_equal(&g, &all, sizeof(g));
	}
	shadow_release(&s);
}

static void what_stands_is_not_written(void **state)
{
	const struct shadow_cell plain = { .chars = { 'a' } };
	const struct shadow_cell bold = { .chars = { 'a' }, .attrs = 1 };
	const struct shadow_cell coloured = { .chars = { 'a' }, .pair = 1 };
	struct shadow s = { 0 };
	unsigned int row, col;
	size_t at = 0;

	(void)state;
	shadow_reset(&s, ROWS, COLS);
	assert_int_equal(shadow_put(&s, 1, 2, &plain), 0);
	shadow_wrote(&s, 1, 2, &plain, 1);
	assert_false(shadow_left(&s, &at, &row, &col));
	shadow_begin(&s);
	assert_int_equal(shadow_put(&s, 1, 2, &bold), 0);
	assert_int_equal(shadow_put(&s, 1, 2, &coloured), 0);
	assert_int_equal(shadow_put(&s, 1, 2, &plain), 1);
	shadow_begin(&s);
	at = 0;
	assert_true(shadow_left(&s, &at, &row, &col));
	assert_int_equal(row, 1);
	assert_int_equal(col, 2);
	assert_false(shadow_left(&s, &at, &row, &col));
	shadow_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_look_as_if_all_was_written),
		cmocka_unit_test(what_stands_is_not_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
