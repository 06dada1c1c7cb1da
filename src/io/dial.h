/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_IO_DIAL_H
#define RSH_IO_DIAL_H

#include <stdbool.h>

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

enum {
	DIAL_TOS_NONE = 256
};

/**
 * From where, and how: BindAddress, BindInterface and IPQoS of ssh_config(5).
 */
struct dial_source {
	const char *name; /* as written, for messages; NULL: from anywhere */
	struct resolved_addr addr[2]; /* one of a family; len 0: none */
	int tos;		      /* a byte, or DIAL_TOS_NONE */
};

/** From the first address of each family. */
void dial_source_addresses(struct dial_source *s, const struct resolved *r);

/**
 * From the addresses of a network interface, or those of them that have the
 * `family`.  As with ssh, the loopback's and link-local ones only where there
 * is no other.  0, or -1 with ERR_CONNECT.
 */
int dial_source_interface(struct dial_source *s, const char *interface,
			  int family, struct err *err);

/** The type of service of a connected socket; of no IP socket: nothing. */
void dial_set_tos(int fd, int tos);

/** Whether the other side has closed, though nothing was read since. */
bool dial_hung_up(int fd);

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
	struct dial_source source;
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
 * Start; `fn` is called once, on a later turn.  Addresses of families that
 * `source` has none of are left out.  0, or -1 with `err`: none is left.
 */
int dial_start(struct loop *loop, struct dial *d, const struct resolved *addrs,
	       const struct dial_source *source, dial_fn *fn, struct err *err);

/** Give up and close; `fn` is not called.  Idle is fine. */
void dial_stop(struct dial *d);

#endif /* RSH_IO_DIAL_H */
