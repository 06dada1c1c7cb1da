/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_IO_SPOOL_H
#define RSH_IO_SPOOL_H

#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

/**
 * A byte log that is written at the end and read at any place: stdin that
 * every host gets in full, output kept for the end of the run.
 *
 * The last `mem_max` bytes stay in memory; what is older moves to an unlinked
 * file in TMPDIR (or /tmp), mode 0600, made when first needed.  Bytes before
 * spool_trim() are gone, and wiped from memory: they may be a password's.
 * Offsets count from the first byte ever written.
 */
struct spool;

struct spool *spool_new(size_t mem_max);
void spool_free(struct spool *sp);

/** Append.  0, or -1 with `err` when the file cannot take it (ENOSPC). */
int spool_write(struct spool *sp, const void *p, size_t n, struct err *err);

/** From here on nothing moves to the file: it has no room. */
void spool_keep_in_memory(struct spool *sp);

/** Offset of the first byte that is still there. */
uint64_t spool_begin(const struct spool *sp);

/** Offset after the last byte. */
uint64_t spool_end(const struct spool *sp);

/**
 * Copy up to `n` bytes from `offset` on, which must not lie before the trim.
 * The count, 0 at the end, -1 with `err` on a read error.
 */
ssize_t spool_read(struct spool *sp, uint64_t offset, void *p, size_t n,
		   struct err *err);

/** Nothing before `offset` is wanted any more. */
void spool_trim(struct spool *sp, uint64_t offset);

/** Bytes held in memory now. */
size_t spool_memory(const struct spool *sp);

#endif /* RSH_IO_SPOOL_H */
