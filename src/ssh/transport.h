/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_SSH_TRANSPORT_H
#define RSH_SSH_TRANSPORT_H

#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "io/dial.h"
#include "io/resolver.h"
#include "model/target.h"

struct transport;

/** Bytes of an address in numbers, with the name of its interface. */
#define TRANSPORT_ADDRESS (INET6_ADDRSTRLEN + 1 + IF_NAMESIZE)

/**
 * `fd` is the receiver's; or -1 and `err` says why (ERR_RESOLVE, CONNECT,
 * LOCAL).  `address` is what was connected to, in numbers; empty where a
 * ProxyCommand did that.
 */
typedef void transport_fn(void *arg, int fd, const char *address,
			  const struct err *err);

/**
 * Get a connected descriptor for a target: look up its name and race its
 * addresses, or run its ProxyCommand.  `fn` is called once, on a later turn.
 * No time limit.  With a ProxyCommand the transport must live as long as the
 * connection: freeing it ends the command.  `share_output` is for
 * proxy_start().
 */
struct transport *transport_start(struct loop *loop, struct resolver *resolver,
				  const struct target *target,
				  bool share_output, transport_fn *fn,
				  void *arg);

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

/** Give up and free; NULL is fine.  Must not be called from inside `fn`
 *  but for the transport that called it. */
void transport_free(struct transport *t);

#endif /* RSH_SSH_TRANSPORT_H */
