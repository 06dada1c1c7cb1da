/* SPDX-License-Identifier: Apache-2.0 */
#include "base/strsort.h"

#include "lib/test.h"

#include "base/alloc.h"

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* As qsort(3) has them, of `n` strings of which some are the same. */
static void same_as_qsort(size_t n, size_t budget)
{
	char **v = xreallocarray(NULL, n + 1, sizeof(*v));
	char **want = xreallocarray(NULL, n + 1, sizeof(*want));
	struct strsort s;
	unsigned int seed = (unsigned int)n;
	size_t left;

	for (size_t i = 0; i < n; i++) {
		seed = seed * 1103515245 + 12345;
		v[i] = want[i] = xasprintf("%u", seed >> 22);
	}
	qsort(want, n, sizeof(*want), by_bytes);
	strsort_init(&s, v, n);
	do {
		left = budget;
	} while (!strsort_step(&s, &left));
	/* Once more is no harm. */
	left = budget;
	assert_true(strsort_step(&s, &left));
	strsort_release(&s);
	for (size_t i = 0; i < n; i++)
		assert_string_equal(v[i], want[i]);
	for (size_t i = 0; i < n; i++)
		free(v[i]);
	free(v);
	free(want);
}

static void all_come_in_order(void **state)
{
	static const size_t numbers[] = { 0,   1,   2,	 63,   64,  65,
					  127, 128, 129, 1000, 4096 };

	(void)state;
	for (size_t i = 0; i < COUNT(numbers); i++)
		for (size_t budget = 1; budget < 9000; budget *= 7)
			same_as_qsort(numbers[i], budget);
}

static void a_step_does_no_more_than_it_may(void **state)
{
	char odd[] = "odd", even[] = "even";
	char *v[1000];
	struct strsort s;
	size_t steps = 0, left = 100;

	(void)state;
	for (size_t i = 0; i < COUNT(v); i++)
		v[i] = i % 2 ? odd : even;
	strsort_init(&s, v, COUNT(v));
	for (; !strsort_step(&s, &left); left = 100)
		steps++;
	strsort_release(&s);
	/* runs of 64, and four times all of them */
	assert_in_range(steps, 45, 55);
}

/* Whoever owns them frees each once. */
static void it_may_be_left_at_any_step(void **state)
{
	(void)state;
	for (size_t steps = 0; steps < 200; steps++) {
		char *v[300];
		struct strsort s;
		size_t sum = 0;

		for (size_t i = 0; i < COUNT(v); i++)
			v[i] = xasprintf("%zu", (i * 7919) % COUNT(v));
		strsort_init(&s, v, COUNT(v));
		for (size_t i = 0, left = 10; i < steps; i++, left = 10)
			(void)strsort_step(&s, &left);
		strsort_release(&s);
		for (size_t i = 0; i < COUNT(v); i++) {
			sum += strtoul(v[i], NULL, 10);
			free(v[i]);
		}
		assert_int_equal(sum, COUNT(v) * (COUNT(v) - 1) / 2);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_come_in_order),
		cmocka_unit_test(a_step_does_no_more_than_it_may),
		cmocka_unit_test(it_may_be_left_at_any_step),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
