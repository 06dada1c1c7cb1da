/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_IO_DIAL_H
#define RSH_IO_DIAL_H

#include "base/err.h"
#include "io/loop.h"
#include "io/resolver.h"
#include "io/timer.h"

struct dial;

/**
 * `fd` is connected, nonblocking, TCP_NODELAY, and the caller's from here on;
 * `addr` is the peer.  Or `fd` is -1 and `err` holds errno's text of the last
 * failure.
 */
typedef void dial_fn(struct dial *d, int fd, const struct sockaddr *addr,
		     const struct err *err);

#define DIAL_RACERS 4

/**
 * Nonblocking connect to the first of several addresses that answers: IPv6
 * and IPv4 in turn, a new attempt 250 ms after the last or at once when one
 * fails (RFC 8305, section 5).  No time limit of its own.  Zeroed is idle.
 */
struct dial {
	struct loop *loop;
	dial_fn *fn;
	const struct resolved *addrs;	   /* borrowed from the resolver */
	unsigned char order[RESOLVED_MAX]; /* in which they are tried */
	unsigned int norder, next;
	struct resolved_addr bind; /* to connect from; len 0: any */
	struct dial_attempt {
		struct watch watch;
		struct dial *dial;
		int fd; /* -1: unused */
		unsigned int addr;
	} attempts[DIAL_RACERS];
	struct timer stagger;
	struct defer done;
	struct err err;
};

/**
 * Start; `fn` is called once, on a later turn.  `bind_addr` is a numeric
 * address to connect from, or NULL; addresses of another family are then left
 * out.  0, or -1 with `err`: bad bind address.
 */
int dial_start(struct loop *loop, struct dial *d, const struct resolved *addrs,
	       const char *bind_addr, dial_fn *fn, struct err *err);

/** Give up and close; `fn` is not called.  Idle is fine. */
void dial_stop(struct dial *d);

#endif /* RSH_IO_DIAL_H */
