/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_SSH_KEEPALIVE_H
#define RSH_SSH_KEEPALIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "conf/sshopt.h"
#include "io/loop.h"
#include "io/timer.h"
#include "ssh/driver.h"

struct keepalive;

/** The peer is silent. */
typedef void keepalive_fn(struct keepalive *k);

/**
 * Asks a connection for signs of life (ServerAliveInterval and
 * ServerAliveCountMax, ssh_config(5)).  Embedded in who owns the connection;
 * zeroed is stopped.
 */
struct keepalive {
	struct loop *loop;
	const struct ssh_driver *drv;
	struct drv_conn *conn;
	keepalive_fn *fn;
	struct timer timer;
	uint64_t interval_ms;
	uint64_t seen_ns; /* the last sign of life */
	unsigned int unanswered, most;
	/* Set by the owner: nothing is read now, so that silence says nothing
	   about the peer. */
	bool deaf;
};

/**
 * Call `fn` when the peer did not answer ServerAliveCountMax times in a row.
 * Nothing if `opts` want no interval.
 */
void keepalive_start(struct keepalive *k, struct loop *loop,
		     const struct ssh_driver *drv, struct drv_conn *conn,
		     const struct ssh_opts *opts, keepalive_fn *fn);

/** Before the connection goes.  Stopped is fine. */
void keepalive_stop(struct keepalive *k);

#endif /* RSH_SSH_KEEPALIVE_H */
