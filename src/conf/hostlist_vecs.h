/* SPDX-License-Identifier: Apache-2.0 */
/* Part of hostlist: folding in several dimensions. */
#ifndef RSH_CONF_HOSTLIST_VECS_H
#define RSH_CONF_HOSTLIST_VECS_H

#include <stddef.h>
#include <stdint.h>

#define NUMBER_DIGITS_MAX 17u
#define NUMBER_VALUE_BITS 57u /* of a number with so many digits */

/**
 * A number as written: its digits above its value, so that they compare by
 * length, then by value.
 */
typedef uint64_t number_code;

static inline unsigned int number_digits(number_code code)
{
	return (unsigned int)(code >> NUMBER_VALUE_BITS);
}

static inline uint64_t number_value(number_code code)
{
	return code & ((UINT64_C(1) << NUMBER_VALUE_BITS) - 1);
}

/** Sort and remove what comes twice; gives how many are left. */
size_t numbers_sort(number_code *v, size_t n);

/** Told of each vector: the sorted numbers of one dimension after the other. */
typedef void vec_fn(void *arg, number_code *const *numbers,
		    const size_t *count);

/**
 * Fold `n` vectors of `dims` numbers, one after the other in `numbers`, to
 * vectors of sets, and tell of each in order.
 */
void vecs_fold(const number_code *numbers, size_t n, size_t dims, vec_fn *fn,
	       void *arg);

#endif /* RSH_CONF_HOSTLIST_VECS_H */
