/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_SSH_POOL_H
#define RSH_SSH_POOL_H

#include <stdbool.h>

#include "base/err.h"
#include "model/target.h"

/** Sessions with one jump host, at most. */
#define POOL_LINES 32

/** Connections through one of them, until the host has shown that it takes
 *  less. */
#define POOL_CHANNELS 128

struct session_env;

/**
 * The sessions with jump hosts, shared by all targets behind them.  One is
 * begun when the first target needs it and lasts to the end of the run.
 */
struct pool;

/** A connection to a target through its jump host. */
struct jump;

struct jump_events {
	/* `fd`, a socket, is the receiver's; or -1 and `err`, which names the
	   jump host, says why.  Once, on a later turn. */
	void (*done)(void *arg, int fd, const struct err *err);
	/* Begins, or ends, to wait for what is nobody's fault: a person is
	   asked about the jump host, or it takes no more now. */
	void (*held)(void *arg, bool held);
};

/** `env` is borrowed. */
struct pool *pool_new(const struct session_env *env);

/** After all others' sessions.  NULL is fine. */
void pool_free(struct pool *p);

/**
 * Connect to `target` through its `via`.  The jump lasts as long as the
 * connection: freeing it ends that.
 */
struct jump *jump_start(struct pool *p, const struct target *target,
			const struct jump_events *ev, void *arg);

/** Whether the jump host has not been reached yet. */
bool jump_waits(const struct jump *j);

/** Whether its jump host was lost: `err` says why. */
bool jump_lost(const struct jump *j, struct err *err);

/** NULL is fine.  From inside done() only the jump that called it. */
void jump_free(struct jump *j);

#endif /* RSH_SSH_POOL_H */
