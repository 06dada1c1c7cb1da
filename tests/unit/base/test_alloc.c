/* SPDX-License-Identifier: Apache-2.0 */
#include "base/alloc.h"

#include "lib/test.h"

static void zero_size_gives_a_pointer(void **state)
{
	void *p = xmalloc(0);

	(void)state;
	assert_non_null(p);
	free(p);
	p = xcalloc(0, 8);
	assert_non_null(p);
	free(p);
}

static void memdup_ends_in_nul(void **state)
{
	char *s = xmemdup("a\0b", 3);

	(void)state;
	assert_memory_equal(s, "a\0b\0", 4);
	free(s);
	s = xstrndup("abc", 2);
	assert_string_equal(s, "ab");
	free(s);
}

static void array_grows_by_doubling(void **state)
{
	size_t cap = 0;
	int *v = NULL;

	(void)state;
	for (size_t i = 0; i < 100; i++) {
		v = grow_array(v, &cap, i, sizeof(*v));
		v[i] = (int)i;
	}
	assert_int_equal(cap, 128);
	assert_int_equal(v[99], 99);
	free(v);
}

static void secret_is_zeroed_and_copied(void **state)
{
	char *s = secret_new(5000);

	(void)state;
	for (size_t i = 0; i < 5000; i++)
		assert_int_equal(s[i], 0);
	secret_free(s);
	s = secret_dup("hunter2", 7);
	assert_string_equal(s, "hunter2");
	secret_free(s);
	secret_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(zero_size_gives_a_pointer),
		cmocka_unit_test(memdup_ends_in_nul),
		cmocka_unit_test(array_grows_by_doubling),
		cmocka_unit_test(secret_is_zeroed_and_copied),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
