/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_SSH_TRANSPORT_H
#define RSH_SSH_TRANSPORT_H

#include "base/err.h"
#include "io/dial.h"
#include "io/resolver.h"
#include "model/target.h"

struct transport;

/** `fd` is the receiver's; or -1 and `err` says why (ERR_RESOLVE, CONNECT). */
typedef void transport_fn(void *arg, int fd, const struct err *err);

/**
 * Get a connected descriptor for a target: look up its name and race its
 * addresses.  `fn` is called once, on a later turn.  No time limit.
 */
struct transport *transport_start(struct loop *loop, struct resolver *resolver,
				  const struct target *target, transport_fn *fn,
				  void *arg);

/** Give up and free; NULL is fine.  Must not be called from inside `fn`
 *  but for the transport that called it. */
void transport_free(struct transport *t);

#endif /* RSH_SSH_TRANSPORT_H */
