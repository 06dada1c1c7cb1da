/* SPDX-License-Identifier: Apache-2.0 */
/* What every fuzz_<parser>.c includes. */
#ifndef RSH_TESTS_FUZZ_H
#define RSH_TESTS_FUZZ_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/**
 * Feed `size` bytes to the parser.  Whatever they are, it must return; what
 * it promises is checked with assert().  Always returns 0.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif /* RSH_TESTS_FUZZ_H */
