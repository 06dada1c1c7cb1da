/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_SSH_INLET_H
#define RSH_SSH_INLET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/list.h"
#include "ssh/driver.h"
#include "ssh/session.h"

/** Where connections from the far side lead: a Unix socket, or a port. */
struct inlet_to {
	const char *path;
	const char *host; /* where there is no path */
	uint16_t port;
};

/**
 * What a server opens channels for, and the connections that it made: each is
 * relayed to one of our own to `to`, which is made when the channel comes.
 *
 * Embedded in its owner.  Zeroed is closed.  All in `to`, and the address, are
 * borrowed.
 */
struct inlet {
	struct drv_listener listener;
	struct session *session;
	struct inlet_to to;
	bool quiet; /* a failure to connect is told with -v only */
	struct list conns;
	struct list waiting; /* relays of these, for room */
	size_t nconns;
};

/** Of agent forwarding if `address` is NULL.  `most` connections at once. */
void inlet_init(struct inlet *in, struct session *s, const char *address,
		uint16_t port, const struct inlet_to *to, unsigned int most);

/** Connections that are not over. */
static inline size_t inlet_open(const struct inlet *in)
{
	return in->nconns;
}

/** When something may have moved. */
void inlet_step(struct inlet *in);

/** Nothing new comes in; what is open goes on. */
void inlet_shut(struct inlet *in);

/** The same, and ends all.  Closed is fine. */
void inlet_close(struct inlet *in);

#endif /* RSH_SSH_INLET_H */
