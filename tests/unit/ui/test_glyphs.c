/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/glyphs.h"

#include "lib/test.h"

static void a_name_stands_for_what_it_was_made_of(void **state)
{
	static const uint32_t first[GLYPHS_CHARS] = { 'e', 0x301 };
	static const uint32_t second[GLYPHS_CHARS] = { 0x4e2d, 0x301, 0x300 };
	struct glyphs g;
	uint32_t a, b;

	(void)state;
	glyphs_init(&g);
	a = glyphs_name(&g, first, 1);
	b = glyphs_name(&g, second, 2);
	assert_true(glyphs_is_name(a) && glyphs_is_name(b));
	assert_int_not_equal(a, b);
	assert_int_equal(glyphs_name(&g, first, 1), a);
	assert_int_equal(glyphs_name(&g, second, 2), b);
	assert_memory_equal(glyphs_chars(&g, a), first, sizeof(first));
	assert_memory_equal(glyphs_chars(&g, b), second, sizeof(second));
	glyphs_release(&g);
}

static void what_is_no_name_stands_for_nothing(void **state)
{
	static const uint32_t chars[GLYPHS_CHARS] = { 'e', 0x301 };
	struct glyphs g;
	uint32_t name;

	(void)state;
	glyphs_init(&g);
	assert_null(glyphs_chars(&g, 'e'));
	name = glyphs_name(&g, chars, 1);
	assert_null(glyphs_chars(&g, name + 1));
	/* The same number among the wide ones. */
	assert_null(glyphs_chars(&g, 0x3c000));
	assert_false(glyphs_is_name('e'));
	assert_false(glyphs_is_name(name - 1));
	assert_false(glyphs_is_name(name + GLYPHS_MAX));
	glyphs_release(&g);
}

static void there_is_an_end_of_names(void **state)
{
	uint32_t chars[GLYPHS_CHARS] = { 'e' };
	struct glyphs g;

	(void)state;
	glyphs_init(&g);
	for (uint32_t i = 1; i <= GLYPHS_MAX; i++) {
		chars[1] = i;
		assert_int_not_equal(glyphs_name(&g, chars, 1), 0);
	}
	chars[1]++;
	assert_int_equal(glyphs_name(&g, chars, 1), 0);
	chars[1]--;
	assert_memory_equal(glyphs_chars(&g, glyphs_name(&g, chars, 1)), chars,
			    sizeof(chars));
	glyphs_release(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_stands_for_what_it_was_made_of),
		cmocka_unit_test(what_is_no_name_stands_for_nothing),
		cmocka_unit_test(there_is_an_end_of_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
