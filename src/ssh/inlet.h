/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_SSH_INLET_H
#define RSH_SSH_INLET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/list.h"
#include "base/strbuf.h"
#include "ssh/driver.h"
#include "ssh/session.h"

/**
 * Where connections from the far side lead: to a Unix socket, to a port or,
 * with neither, to where each says by SOCKS that `permit` (PermitRemoteOpen,
 * ssh_config(5)) allows.
 *
 * `greeting` is said to the socket before all else.  Its answer, one message of
 * some bytes with a length word before it, is awaited and thrown away.
 */
struct inlet_to {
	const char *path;
	const struct strbuf *greeting; /* of `path`; or NULL */
	const char *host;
	uint16_t port;
	const struct strvec *permit;
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
	struct list stirred; /* those of them that inlet_step() looks at */
	struct list waiting; /* relays, for room */
	size_t nopen;
};

/** Of agent forwarding if `address` is NULL.  `most` connections at once. */
void inlet_init(struct inlet *in, struct session *s, const char *address,
		uint16_t port, const struct inlet_to *to, unsigned int most);

/** Connections that lead somewhere: as with ssh, not those that wait to. */
static inline size_t inlet_open(const struct inlet *in)
{
	return in->nopen;
}

/** Whether there is none left, of whatever kind. */
static inline bool inlet_empty(const struct inlet *in)
{
	return list_empty(&in->conns);
}

/**
 * When something may have moved.  It costs as much as there are connections of
 * which something has.
 */
void inlet_step(struct inlet *in);

/** Nothing new comes in, and all that is open ends.  Closed is fine. */
void inlet_close(struct inlet *in);

#endif /* RSH_SSH_INLET_H */
