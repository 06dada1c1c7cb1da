/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_SSH_MUXJUMP_H
#define RSH_SSH_MUXJUMP_H

#include <stdbool.h>

#include "io/loop.h"
#include "model/target.h"

/** A connection through the master that a jump host has already. */
struct muxjump;

/**
 * `fd`, a socket, is the receiver's; or -1: there is no master that would, and
 * nothing was done.  Once, from the loop; it may not free the muxjump.
 */
typedef void muxjump_fn(void *arg, int fd);

/** Whether the jump host of `target` has a master to look for. */
bool muxjump_wanted(const struct target *target);

/**
 * Have the master of the jump host of `target`, which is borrowed, connect to
 * it: as `ssh -W` at the ControlPath of the jump host.  The muxjump lasts as
 * long as the connection: freeing it ends that.
 */
struct muxjump *muxjump_start(struct loop *loop, const struct target *target,
			      muxjump_fn *fn, void *arg);

/** NULL is fine. */
void muxjump_free(struct muxjump *j);

#endif /* RSH_SSH_MUXJUMP_H */
