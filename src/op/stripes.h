/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_OP_STRIPES_H
#define RSH_OP_STRIPES_H

#include "op/xfer.h"

/** Conversations besides the first, at most. */
#define STRIPES_MAX 3

/** Shorter files are written by one. */
#define STRIPES_BYTES ((uint64_t)8 << 20)

struct stripes;

/** Conversations that are ready for it; settled: none will be added. */
struct stripe_lanes {
	struct xfer *v[STRIPES_MAX];
	unsigned int n;
	bool settled;
};

/** The file as one more conversation has it open. */
struct stripe {
	struct stripes *all;
	struct xfer *x;
	struct xfer_call call;
	char handle[SFTP_HANDLE_MAX];
	size_t handle_len; /* 0: none */
	bool proven;	   /* it may be written to */
};

/**
 * A file that is being written, open in other conversations with the same
 * server as well: over a long way each channel moves no more than its window
 * in a round trip.
 *
 * They open it by its name, which may lead elsewhere by now: none writes
 * before it is proven to have the same file: one of the same owner, and with a
 * time of access that nobody can guess, which the first one gives it.  Who sees
 * it can give it to files of his own, and to no others.  At the end it is set
 * back.  A stripe that is not to be had is done without.
 *
 * All members are for reading.
 */
struct stripes {
	struct xfer *x; /* the first conversation, and its handle */
	struct sftp_bytes handle;
	const char *path; /* borrowed */
	/* Something was answered. */
	void (*moved)(struct stripes *s);
	void *owner;

	struct stripe v[STRIPES_MAX];
	unsigned int n;
	unsigned int busy;     /* calls open */
	struct xfer_call call; /* of the first */
	uint32_t uid;	       /* whose it is */
	uint32_t atime, mtime; /* as they were */
	uint32_t mark;
	bool marked, ended;
};

/** Begin, all members above `v` being set and the others zeroed. */
void stripes_start(struct stripes *s, const struct stripe_lanes *lanes);

/** The handle of one that is proven. */
struct sftp_bytes stripe_handle(const struct stripe *v);

/** Nothing more is written, and no call is open: let go of them, and set the
 *  time back; once. */
void stripes_end(struct stripes *s);

#endif /* RSH_OP_STRIPES_H */
