/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_IO_SPILL_H
#define RSH_IO_SPILL_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/list.h"

/**
 * Many texts that grow side by side and are read at the end: what each host
 * printed.  The newest bytes of each stay in memory; what passes a limit, of
 * one text or of all, moves to one file without a name (io/tempfile.h), so
 * that a million texts need one descriptor.
 *
 * io/spool.h is for a single text that is read while it grows.
 */
struct spill;

/** One text.  Zeroed is empty; embed it in its owner. */
struct spill_text {
	struct list node; /* private, as is all below */
	char *tail;	  /* the newest bytes; NULL: none in memory */
	size_t len, cap;
	struct spill_extent *extents; /* where the older ones are */
	size_t nextents, extents_cap;
	uint64_t filed; /* bytes in the file */
};

/**
 * In memory at most `text_max` bytes of a text and `total_max` of all,
 * allocations counted.
 */
struct spill *spill_new(size_t text_max, size_t total_max);

/** Release all texts before.  NULL is fine. */
void spill_free(struct spill *sp);

/**
 * Append.  0, or -1 with `err` when the file cannot take it; every later
 * call that would need the file then fails too.  Amortised O(n).
 */
int spill_add(struct spill *sp, struct spill_text *t, const void *p, size_t n,
	      struct err *err);

/** Bytes of the text. */
static inline uint64_t spill_length(const struct spill_text *t)
{
	return t->filed + t->len;
}

/**
 * Copy the `n` bytes from `offset` on, which the text must have.  0, or -1
 * with `err`.  O(n + log of the pieces).
 */
int spill_read(struct spill *sp, const struct spill_text *t, uint64_t offset,
	       void *p, size_t n, struct err *err);

/** Forget a text; it is empty then.  Its part of the file stays. */
void spill_release(struct spill *sp, struct spill_text *t);

/** Bytes allocated for texts now. */
size_t spill_memory(const struct spill *sp);

#endif /* RSH_IO_SPILL_H */
