/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CMD_BACKENDAI_H
#define RSH_CMD_BACKENDAI_H

#include <stdbool.h>

#include "base/strbuf.h"
#include "conf/rshconf.h"

/**
 * The cluster of a Backend.AI session, from the variables that it sets in each
 * of its containers.
 */

/**
 * Append the hosts that a run from here is for.  False, and none, unless both
 * BACKENDAI_CLUSTER_HOSTS and BACKENDAI_CLUSTER_HOST are set.  Where
 * BACKENDAI_CLUSTER_ROLE is set and not "main", the first host, which is the
 * main one, is left out.
 */
bool backendai_hosts(struct strvec *out);

/** Add the cluster, with the port and the key that its containers have. */
void backendai_add(struct rshconf *conf);

#endif /* RSH_CMD_BACKENDAI_H */
