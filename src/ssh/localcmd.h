/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_SSH_LOCALCMD_H
#define RSH_SSH_LOCALCMD_H

#include <stdbool.h>

#include "io/loop.h"
#include "model/target.h"

struct localcmd;

/**
 * Run the LocalCommand of a target, ssh_config(5), through the shell of the
 * user, in a session (and so a process group) of its own, without input.
 * `wake` is called from the loop when it has ended.  NULL when it cannot be
 * run, which is told, or there is none.
 *
 * It writes where we do if `share_output`, else its lines become messages that
 * name the host.
 */
struct localcmd *localcmd_start(struct loop *loop, const struct target *target,
				bool share_output, void (*wake)(void *arg),
				void *arg);

bool localcmd_ended(const struct localcmd *l);

/**
 * End the command with its process group, if it runs, and free.  What it left
 * in the background when it ended stays.  NULL is fine.
 */
void localcmd_free(struct localcmd *l);

#endif /* RSH_SSH_LOCALCMD_H */
