/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_UI_COPYSUM_H
#define RSH_UI_COPYSUM_H

#include <stdint.h>

#include "model/copied.h"
#include "model/result.h"

struct op_spec;

/**
 * How far the copies of all hosts are, and how fast of late.  Begun with
 * `taken_ns` as the time of the beginning, all else zero.
 */
struct copysum {
	struct copied all; /* as it was taken last */
	uint64_t taken_ns;
	uint64_t per_s; /* bytes a second */
};

/**
 * How far the copy of one host is: `r` is its result so far.  What it has still
 * to copy is known of one that has not begun, where it is known of all.
 */
struct copied copysum_of(const struct op_spec *spec, const struct result *r,
			 enum phase p);

/**
 * Take what all have come to, by copied_add() of each.  Not more often than
 * twice a second, for a rate that can be read.
 */
void copysum_take(struct copysum *s, const struct copied *all, uint64_t now_ns);

#endif /* RSH_UI_COPYSUM_H */
