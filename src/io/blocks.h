/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_IO_BLOCKS_H
#define RSH_IO_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "base/err.h"

/** Bytes of a block. */
#define BLOCKS_SIZE ((size_t)128 << 10)

/**
 * Files of ours that many send at the same time: a block one of them has read
 * is there for the others, so that a disk is read once.  The blocks used last
 * are kept, up to a number of bytes, and a few open files.
 */
struct blocks;

/** A file as it was found: another one of that name is not sent. */
struct blocks_file {
	const char *path; /* borrowed */
	dev_t dev;
	ino_t ino;
	uint64_t size;
	bool sparse; /* it may have holes */
};

/** Whether a file takes less of the disk than it is long. */
bool blocks_sparse(const struct stat *st);

struct blocks *blocks_new(size_t max_bytes);
void blocks_free(struct blocks *b);

/**
 * The bytes at `offset`, which is less than the size: `*n` of them, at least
 * one, good until the next call.  NULL with ERR_LOCAL: the file cannot be
 * read, is another one by now, or ends before its size.  A short, bounded
 * read of a local file; the only call that may touch the disk.
 */
const void *blocks_read(struct blocks *b, const struct blocks_file *f,
			uint64_t offset, size_t *n, struct err *err);

/**
 * Of a file that may have holes: where what is no hole begins, at `*start` or
 * behind it, and where that ends; both are its size when only a hole follows.
 * What cannot be looked at, or on a file system that knows of no holes, is
 * none: from `*start` to the end.
 */
void blocks_extent(struct blocks *b, const struct blocks_file *f,
		   uint64_t *start, uint64_t *end);

#endif /* RSH_IO_BLOCKS_H */
