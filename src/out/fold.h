/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_OUT_FOLD_H
#define RSH_OUT_FOLD_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/**
 * What is looked at for equality: `n` items of `ntexts` texts each.  Texts
 * are read in pieces and may be larger than memory.
 */
struct fold_source {
	size_t n;
	unsigned int ntexts;
	/* Items of different kinds are never equal; NULL: there is one. */
	uint64_t (*kind)(void *arg, size_t item);
	uint64_t (*length)(void *arg, size_t item, unsigned int text);
	/* Copy `n` bytes from `offset` on.  0, or -1 with `err`. */
	int (*read)(void *arg, size_t item, unsigned int text, uint64_t offset,
		    void *p, size_t n, struct err *err);
	void *arg;
};

/** Items that are equal, in order; `items[0]` stands for all. */
struct fold_group {
	const size_t *items; /* of the fold */
	size_t n;
};

/** Zeroed is empty. */
struct fold {
	struct fold_group *groups; /* by their first items */
	size_t ngroups;
	size_t *items;
};

/**
 * Group equal items.  Lengths are compared first, then a hash of the bytes,
 * then the bytes, so that no two different texts ever share a group.  Texts
 * whose lengths no other has are not read; others are read at most three
 * times.  0, or -1 with the error of `read`; release `fold` in any case.
 */
int fold_items(const struct fold_source *src, struct fold *fold,
	       struct err *err);

void fold_release(struct fold *fold);

#endif /* RSH_OUT_FOLD_H */
