/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_OP_LANES_H
#define RSH_OP_LANES_H

#include "op/stripes.h"
#include "op/xfer.h"
#include "ssh/channel.h"

struct lane;

/**
 * Conversations over SFTP beside the first one with a host, each over a channel
 * of its own, for stripes.  One that the server refuses is done without.
 * Zeroed has none.
 */
struct lanes {
	struct session *session;
	struct lane *v;
	struct stripe_lanes ready;
};

void lanes_open(struct lanes *l, struct session *s);

/** Go on.  False when one has ended that was in use. */
bool lanes_step(struct lanes *l);

/**
 * Send what `x` has, as far as the channel takes it, within a budget that keeps
 * others from waiting.  True when a part of a packet is left, to which more may
 * be added: without that, a small packet would follow each large request.
 */
bool lane_flush(struct channel *ch, struct xfer *x, size_t *budget);

/** The same of all that are ready. */
bool lanes_flush(struct lanes *l, size_t *budget);

void lanes_close(struct lanes *l);

/** Drop the calls that wait, before who waits is freed; then the rest. */
void lanes_forget(struct lanes *l);
void lanes_release(struct lanes *l);

#endif /* RSH_OP_LANES_H */
