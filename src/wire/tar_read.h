/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_WIRE_TAR_READ_H
#define RSH_WIRE_TAR_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "wire/tar.h"

/** Bytes of what stands in front of an entry and is not of one block: names,
 *  and records of pax(1). */
#define TAR_META_MAX ((size_t)64 << 10)

/** What is told of an entry in front of its own block. */
struct tar_told {
	char *name, *link; /* or NULL */
	bool has_size, has_mtime;
	uint64_t size;
	int64_t mtime;
	bool sparse;
};

/** What the next bytes of an archive are. */
enum tar_got {
	TAR_GOT_NOTHING, /* all was taken: more has to come */
	TAR_GOT_ENTRY,	 /* `entry`, good until the next call */
	TAR_GOT_BYTES,	 /* of the entry: `nbytes` at `bytes` */
	TAR_GOT_WHOLE,	 /* the entry had no more, or none */
	TAR_GOT_END,	 /* of the archive; what follows is not taken */
	TAR_GOT_ERROR,	 /* what came is no archive */
};

/**
 * An archive that is read as it comes, in pieces of any size, from somebody who
 * is not trusted.  Formats: ustar and its predecessor, pax and that of GNU, as
 * far as these tell of whole files.  What it holds is bounded by TAR_META_MAX,
 * a few times.
 *
 * A name is any bytes but NUL, and may be empty, absolute, or lead anywhere:
 * that is up to the caller.
 */
struct tar_reader {
	/* For reading, as tar_reader_next() says. */
	struct tar_entry entry;
	const char *bytes;
	size_t nbytes;

	int state; /* private from here on */
	char block[TAR_BLOCK];
	size_t have;	/* of the block */
	char meta_type; /* of what is gathered: x g L K */
	struct strbuf meta;
	uint64_t left; /* bytes of the entry, or of the meta */
	size_t pad;    /* bytes behind it */
	bool one_zero; /* a block of zeros came */
	struct tar_told own, all;
	char *name;
	char link[TAR_BLOCK];
};

/** A zeroed one needs tar_reader_init(); released, it may be initialised
 *  again. */
void tar_reader_init(struct tar_reader *r);
void tar_reader_release(struct tar_reader *r);

/**
 * Go on with the `*n` bytes at `*p`, which are moved behind what was taken.  To
 * be called until TAR_GOT_NOTHING; a call may take nothing and tell something.
 * TAR_GOT_ERROR sets ERR_PROTOCOL, and is the last.  O(bytes).
 */
enum tar_got tar_reader_next(struct tar_reader *r, const char **p, size_t *n,
			     struct err *err);

#endif /* RSH_WIRE_TAR_READ_H */
