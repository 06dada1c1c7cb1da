/* SPDX-License-Identifier: Apache-2.0 */
/* What every cmocka test includes, in the order cmocka wants. */
#ifndef RSH_TESTS_LIB_TEST_H
#define RSH_TESTS_LIB_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/** Fail with the row's name when a row of a table does not hold. */
#define ROW(cond, name)                                                        \
	do {                                                                   \
		if (!(cond))                                                   \
			fail_msg("row '%s': %s", (name), #cond);               \
	} while (0)

/** Of `n` rounds of one kind, as many as are to be tried: one in
 *  RSH_TEST_SAMPLE, or all. */
static inline uint32_t test_rounds(uint32_t n)
{
	const char *sample = getenv("RSH_TEST_SAMPLE");
	unsigned long of = sample ? strtoul(sample, NULL, 10) : 1;

	return of > 1 && of < n ? n / (uint32_t)of : n;
}

#endif /* RSH_TESTS_LIB_TEST_H */
