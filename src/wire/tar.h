/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_WIRE_TAR_H
#define RSH_WIRE_TAR_H

#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"

/**
 * Archives as tar(1) takes them, in the format of GNU tar: the one that those
 * of GNU, BSD and busybox all read, with long names and large files.
 */
#define TAR_BLOCK ((size_t)512)

enum tar_type {
	TAR_FILE = '0',
	TAR_LINK = '2', /* symbolic */
	TAR_FOLDER = '5',
	/* Only read: */
	TAR_HARD_LINK = '1', /* another name of a file that came before */
	TAR_SPECIAL = '3',   /* a device or a FIFO */
	TAR_SPARSE = 'S',    /* of whose bytes not all follow */
	TAR_OTHER = '?',     /* what is none of these */
};

/** Something in an archive; the strings are borrowed. */
struct tar_entry {
	enum tar_type type;
	const char *name; /* any bytes but NUL */
	const char *link; /* TAR_LINK, TAR_HARD_LINK: what it says */
	uint32_t mode;	  /* 07777 */
	int64_t mtime;	  /* seconds */
	uint64_t size;	  /* bytes that follow; of some kinds only */
};

/** Append what stands in front of an entry's bytes.  0, or -1 where that would
 *  pass the ceiling of `out`. */
int tar_header(struct strbuf *out, const struct tar_entry *e);

/** Append what stands behind `size` bytes of an entry, and behind all. */
int tar_pad(struct strbuf *out, uint64_t size);
int tar_end(struct strbuf *out);

#endif /* RSH_WIRE_TAR_H */
