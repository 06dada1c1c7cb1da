/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_OP_XFER_OWN_H
#define RSH_OP_XFER_OWN_H

#include <stdbool.h>

#include "op/xfer.h"

struct xfer_own;

/**
 * Whether an open file of theirs is the user's own.  Version 3 does not tell
 * who one is there, so its owner is compared with that of a file which is made
 * beside it, exclusively, and removed again.
 */
struct xfer_own {
	struct xfer *x;
	struct sftp_bytes handle; /* of the file; borrowed */
	struct sftp_bytes probe;  /* a path to be made; borrowed */
	uint64_t size;		  /* the file has to have */
	/* Told once, from inside an answer; `ours` says it.  It may be
	   freed. */
	void (*done)(struct xfer_own *o);

	bool ours; /* a regular file of that size, and the owner is ours */
	struct xfer_call file, made; /* two at most are open */
	struct sftp_attrs attrs[2];  /* of the file, and of the probe */
	char opened[SFTP_HANDLE_MAX];
	size_t opened_len;
	unsigned int busy; /* calls open */
};

/** Begin, all members above `ours` being set and the others zeroed. */
void xfer_own_start(struct xfer_own *o);

#endif /* RSH_OP_XFER_OWN_H */
