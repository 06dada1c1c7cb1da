/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_OUT_SINK_GROUP_H
#define RSH_OUT_SINK_GROUP_H

#include <stdbool.h>

#include "model/observer.h"
#include "out/output.h"

struct sink_group_conf {
	struct loop *loop; /* borrowed, as is all below */
	struct bufpool *pool;
	const struct targets *targets;
	int fds[NSTREAMS];
	bool diff;	       /* the smaller groups as a diff to the largest */
	bool colour[NSTREAMS]; /* of headers and diffs */
	bool vis[NSTREAMS];    /* a terminal: control bytes made visible */
	sink_failed_fn *failed; /* may be NULL */
	void *arg;		/* for `failed` */
};

/**
 * An observer that keeps what targets print and shows it at the end: targets
 * with equal stdout, equal stderr and the same end share a block, in the order
 * of their first ones, headed by their folded names, their number, and how
 * they ended unless that was well:
 *
 *   ----------------
 *   node[07,12] (2): exit 1
 *   ----------------
 *
 * The stdout of a block goes to stdout, its stderr to stderr, each under the
 * header; where both are the same file there is one header.
 *
 * Keeps at most 1 MiB of a stream and 16 MiB of all in memory, the rest in a
 * file (io/spill.h).  Nobody is paused.
 */
struct observer *sink_group_new(const struct sink_group_conf *conf);

/**
 * Show the blocks of the targets that are over, waiting as long as the reader
 * takes.  For the end of the program, when the loop no longer runs; called
 * once.  0, or -1 and `failed` was told.
 */
int sink_group_flush(struct observer *o);

void sink_group_free(struct observer *o);

#endif /* RSH_OUT_SINK_GROUP_H */
