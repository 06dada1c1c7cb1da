/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_SSH_TRANSPORT_H
#define RSH_SSH_TRANSPORT_H

#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "model/target.h"

struct session_env;
struct transport;

/** Bytes of an address in numbers, with the name of its interface. */
#define TRANSPORT_ADDRESS (INET6_ADDRSTRLEN + 1 + IF_NAMESIZE)

/** What a transport tells. */
struct transport_events {
	/* `fd` is the receiver's; or -1 and `err` says why (ERR_RESOLVE,
	   CONNECT, LOCAL, or what became of a jump host).  `address` is what
	   was connected to, in numbers; empty where a ProxyCommand or a jump
	   host did that.  Once, on a later turn. */
	void (*connected)(void *arg, int fd, const char *address,
			  const struct err *err);
	/* Behind a jump host: begins, or ends, to wait for a person or for a
	   free place there. */
	void (*held)(void *arg, bool held);
};

/**
 * Get a connected descriptor for a target: look up its name and race its
 * addresses, go through its jump host, or run its ProxyCommand.  No time
 * limit.  With the last two the transport must live as long as the connection:
 * freeing it ends that.
 */
struct transport *transport_start(const struct session_env *env,
				  const struct target *target,
				  const struct transport_events *ev, void *arg);

/** Whether others connect in our place: a ProxyCommand or a jump host. */
bool transport_proxied(const struct target *target);

/** Whether its jump host has not been reached yet. */
bool transport_waits(const struct transport *t);

/** Whether its jump host was lost: `err` says so in place of what it said. */
bool transport_lost(const struct transport *t, struct err *err);

enum transport_state {
	TRANSPORT_UNKNOWN, /* a ProxyCommand still runs: `wake` will come */
	TRANSPORT_FINE,
	TRANSPORT_FAULT, /* `err` says what became of the ProxyCommand */
};

/**
 * When a connection was closed before the server was heard: whose fault it is.
 * Ask again when woken; a command that goes on is waited for 1 s at most.
 */
enum transport_state transport_fault(struct transport *t,
				     void (*wake)(void *arg), void *arg,
				     struct err *err);

/**
 * How long to wait before a connection is made again that was dropped, after
 * `drops` such: somewhere in the upper half of a span that doubles with each.
 * `rank` parts the hosts where there is no randomness.
 */
uint64_t transport_retry_ms(unsigned int drops, unsigned int rank);

/** Give up and free; NULL is fine.  Must not be called from inside connected()
 *  but for the transport that called it. */
void transport_free(struct transport *t);

#endif /* RSH_SSH_TRANSPORT_H */
