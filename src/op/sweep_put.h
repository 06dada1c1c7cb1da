/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_OP_SWEEP_PUT_H
#define RSH_OP_SWEEP_PUT_H

#include "base/list.h"
#include "io/manifest.h"
#include "op/copy.h"

struct sweep_put;
struct sweep_level;

/**
 * Removes of one folder of theirs what the same folder of ours has not, and of
 * such folders all that is in them; what is left out of the copy stays, and so
 * do the folders it is in.  No link is followed, but where the folder is the
 * user's destination itself.  With `dry_run` it only tells.
 *
 * What cannot be removed is a failure of the copy, and stops nothing.
 */
struct sweep_put {
	struct copy *c;
	const struct manifest_entry *entry; /* the folder */
	char *path;			    /* of it, there; owned */
	bool may_be_link;
	/* Told once, from inside an answer or pump(); it may be freed. */
	void (*done)(struct sweep_put *s);

	struct sweep_level *top; /* the folders we are in */
	struct xfer_call call;	 /* of the top */
	struct list removals;
	unsigned int nremovals;
	size_t nremoved;
};

/** Begin, all members above `top` being set and the others zeroed. */
void sweep_put_start(struct sweep_put *s);

/** Go on as far as there is room. */
void sweep_put_pump(struct sweep_put *s);

/** Free what it holds, but for `s`: done, or the conversation is over. */
void sweep_put_release(struct sweep_put *s);

#endif /* RSH_OP_SWEEP_PUT_H */
