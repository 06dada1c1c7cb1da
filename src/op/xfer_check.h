/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_OP_XFER_CHECK_H
#define RSH_OP_XFER_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "op/xfer.h"

struct xfer_check;

/**
 * Reads the beginning of an open file of theirs again and compares it, byte by
 * byte, with ours.  The answers may come in any order.
 */
struct xfer_check {
	struct xfer *x;
	struct sftp_bytes handle; /* borrowed */
	uint64_t len;		  /* of the beginning */
	/* Our bytes at `offset`: `*n` of them, at least one and at most as many
	   as that said; good until the next call.  NULL with `err` set. */
	const void *(*ours)(struct xfer_check *k, uint64_t offset, size_t *n,
			    struct err *err);
	/* Told once, from inside pump() or an answer: `differs` and
	   `err` say what came of it.  It may be freed. */
	void (*done)(struct xfer_check *k);

	uint64_t asked;	   /* bytes */
	unsigned int busy; /* calls open */
	bool active;
	bool differs;	/* or theirs is shorter */
	struct err err; /* what could not be read: code, and a bare reason */
};

/** Begin, all members above `asked` being set: pump() does. */
void xfer_check_start(struct xfer_check *k);

/** Go on as far as there is room; nothing when it is not active. */
void xfer_check_pump(struct xfer_check *k);

/** Free what it holds, but for `k`: done, or the conversation is over. */
void xfer_check_release(struct xfer_check *k);

#endif /* RSH_OP_XFER_CHECK_H */
