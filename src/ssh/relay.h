/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_SSH_RELAY_H
#define RSH_SSH_RELAY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "io/loop.h"
#include "ssh/driver.h"

/** Bytes from the socket that the channel had no room for, at most. */
#define RELAY_SIZE ((size_t)32 << 10)

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
	unsigned char *buf;   /* what the channel had no room for; or NULL */
	size_t at, n;	      /* so far are written, of so many */
	struct list *waiting; /* the owner's */
	struct list node;     /* in it, while bytes wait for the channel */
	bool in_ended;	      /* the socket has said all, or nobody listens */
	bool out_ended;	      /* it was told all, or reads no more */
	/* Both are so: there is nothing left to pass on.  May come from inside
	   the driver: free nothing.  NULL: nobody wants to know. */
	void (*over)(struct relay *r);
};

/**
 * Begin: `fd` is a socket in non-blocking mode, the relay's from here on, also
 * when it fails; `ch` stays the owner's and is open.  `waiting` is a list of
 * the owner's for all relays of a connection.
 */
int relay_start(struct relay *r, struct loop *loop, int fd,
		const struct ssh_driver *drv, struct drv_channel *ch,
		struct list *waiting, struct err *err);

/**
 * Move what can be moved towards channels: when the owner is woken, for there
 * may be room.  The first is another one each time.
 */
void relays_step(struct list *waiting);

/** What the channel brings: its events take() and, at its end, this. */
size_t relay_take(struct relay *r, const void *buf, size_t n);
void relay_ended(struct relay *r);

/**
 * Pass on what the socket said last, as far as there is room, and close it.
 * The channel is not touched any more, and may be gone if `gone`.
 */
void relay_stop(struct relay *r, bool gone);

#endif /* RSH_SSH_RELAY_H */
