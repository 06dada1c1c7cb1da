/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_IO_BLOCKS_H
#define RSH_IO_BLOCKS_H

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
};

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

#endif /* RSH_IO_BLOCKS_H */
