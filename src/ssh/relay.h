/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_SSH_RELAY_H
#define RSH_SSH_RELAY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "io/loop.h"
#include "ssh/driver.h"

/** Bytes from the socket that the channel had no room for, at most. */
#define RELAY_SIZE ((size_t)16 << 10)

/**
 * A socket and a channel of a connection, each passing on what comes from the
 * other, with the end of either side and no more in memory than RELAY_SIZE and
 * what the channel's window allows.  A slow side stops the other, and nobody
 * else on the connection.
 *
 * Embedded in its owner.  Zeroed is stopped.
 */
struct relay {
	const struct ssh_driver *drv;
	struct drv_channel *ch;
	struct watch watch;
	unsigned char *buf; /* from the socket */
	size_t at, n;	    /* of it not written yet */
	bool in_ended;	    /* the socket has said all, or nobody listens */
	bool deaf;	    /* the socket takes no more */
	/* The owner's to set after relay_start(): one of these two came about.
	   From the loop, and more than once; or NULL. */
	void (*over)(struct relay *r);
};

/**
 * Begin: `fd` is a socket in non-blocking mode, the relay's from here on, also
 * when it fails; `ch` stays the owner's and is open.
 */
int relay_start(struct relay *r, struct loop *loop, int fd,
		const struct ssh_driver *drv, struct drv_channel *ch,
		struct err *err);

/** Whether bytes wait for room in the channel: then step it when woken. */
static inline bool relay_waits(const struct relay *r)
{
	return r->n > 0;
}

/** Move what can be moved towards the channel. */
void relay_step(struct relay *r);

/** What the channel brings: its events take() and, at its end, this. */
size_t relay_take(struct relay *r, const void *buf, size_t n);
void relay_ended(struct relay *r);

/**
 * Pass on what the socket said last, as far as there is room, and close it.
 * The channel is not touched any more, and may be gone if `gone`.
 */
void relay_stop(struct relay *r, bool gone);

#endif /* RSH_SSH_RELAY_H */
