/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_SSH_PROXY_H
#define RSH_SSH_PROXY_H

#include <stdbool.h>

#include "base/err.h"
#include "io/loop.h"
#include "model/target.h"
#include "ssh/transport.h"

struct proxy;

/** `fd` is the receiver's; or -1 and `err` says why (ERR_CONNECT, CONFIG,
 *  LOCAL). */
typedef void proxy_fn(void *arg, int fd, const struct err *err);

/**
 * Run the ProxyCommand of a target, ssh_config(5), with "exec" through the
 * shell of the user, in a session (and so a process group) of its own.  `fn`
 * is called once, on a later turn: with a socket that is the command's standard
 * input and output, or with the descriptor that it passes (ProxyUseFdpass).
 *
 * It writes to our stderr if `share_output`, else its lines become messages
 * that name the host.
 */
struct proxy *proxy_start(struct loop *loop, const struct target *target,
			  bool share_output, proxy_fn *fn, void *arg);

/** See transport_fault(). */
enum transport_state proxy_fault(struct proxy *p, void (*wake)(void *arg),
				 void *arg, struct err *err);

/** End the command with its process group, and free; NULL is fine. */
void proxy_free(struct proxy *p);

#endif /* RSH_SSH_PROXY_H */
