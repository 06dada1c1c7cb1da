/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CMD_HARDEN_H
#define RSH_CMD_HARDEN_H

#include "base/err.h"

/**
 * What is done before anything is parsed: refuse to run setuid, open 0-2 on
 * /dev/null where they are closed, no core dumps and no tracing by others (we
 * hold keys), ignore SIGPIPE, hear of SIGCHLD.  -1 with `err` when it may not
 * run at all.
 */
int harden_process(struct err *err);

/**
 * Raise the soft limit of descriptors to the hard one, and say how many
 * sessions that is room for, at least 1: `each` descriptors for as long as a
 * session lasts, and `spare` for everything else.
 */
unsigned int harden_sessions_max(unsigned int each, unsigned int spare);

#endif /* RSH_CMD_HARDEN_H */
