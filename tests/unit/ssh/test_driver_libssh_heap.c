/* SPDX-License-Identifier: Apache-2.0 */
#include "ssh/driver_libssh_heap.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "lib/test.h"

#define PACKET ((size_t)32 << 10)

static void slow_is_a_little_after_by_place_in_the_page(void **state)
{
	static const struct {
		uintptr_t to, from;
		bool slow;
	} cases[] = {
		/* clang-format off */
		{ 0x10000, 0x20000, false },
		{ 0x10001, 0x20000, true },
		{ 0x2001f, 0x10000, true },
		{ 0x10ff8, 0x20ff0, true },
		{ 0x11008, 0x20ff8, true },
		{ 0x10040, 0x20000, false },
		{ 0x10ff0, 0x20000, false },
		{ 0x10800, 0x20000, false },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(heap_copies_slowly(cases[i].to, cases[i].from),
				 cases[i].slow);
}

/* Of a connection once, whatever its place; of a channel while it must be. */
static void a_string_is_moved_and_then_left_alone(void **state)
{
	struct heap_spacers first = { 0 }, second = { 0 };
	unsigned char *data = xmalloc(PACKET);
	bool moved = false;

	(void)state;
	heap_spread(&first, &moved, data, 4000);
	assert_false(moved);
	heap_spread(&first, &moved, data, PACKET);
	assert_true(moved);
	assert_non_null(first.v[0]);
	for (int i = 0; i < HEAP_TRIES; i++) {
		heap_spread(&first, &moved, data, PACKET);
		heap_spread(&second, &moved, data, PACKET);
	}
	assert_int_equal(first.n, HEAP_TRIES);
	assert_int_equal(second.n, HEAP_TRIES);
	heap_spacers_free(&first);
	heap_spacers_free(&second);
	assert_int_equal(first.n, 0);
	free(data);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(slow_is_a_little_after_by_place_in_the_page),
		cmocka_unit_test(a_string_is_moved_and_then_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
