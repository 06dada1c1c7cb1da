/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_IO_PIPESOCK_H
#define RSH_IO_PIPESOCK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "io/loop.h"

/** Bytes of one way that are kept here where splice(2) cannot be had. */
#define PIPESOCK_SIZE ((size_t)32 << 10)

/** One of the two ways; private. */
struct pipesock_way {
	struct watch pipe;  /* stopped, and closed, at the end of the way */
	bool full;	    /* what comes next waits for room */
	unsigned char *buf; /* what was read, and not written yet; or NULL */
	size_t at, n;	    /* so far is written, of so many */
};

/**
 * One socket in the place of two pipes, for who takes one descriptor only:
 * what comes out of the pipe `in` is read from that socket, and what is
 * written to it goes into the pipe `out`.
 *
 * The end of `in` is the end of the socket; shutting that down for writing, or
 * closing it, closes `out`; and the other way goes on.  When nobody reads what
 * is written to `out` any more, that is the end of the socket both ways, after
 * what has come out of `in` until then.  A slow reader stops who writes to it,
 * after what pipes and sockets hold.
 *
 * Notes: Linux moves the bytes itself, so they are kept nowhere here; 64 KiB,
 * what a pipe holds, cost one call.  Elsewhere they are read and written.
 *
 * Embedded in its owner.  Zeroed is stopped.
 */
struct pipesock {
	struct pipesock_way in, out;
	struct watch sock; /* our end of the pair */
	bool plain;	   /* the kernel moves nothing */
	bool deaf;	   /* nobody reads what is written to `out` */
};

/**
 * Begin.  `in` and `out` are pipes in nonblocking mode, this one's from here
 * on, also when it fails.  The socket, or -1 with `err` (ERR_LOCAL); it is
 * nonblocking and the caller's.  SIGPIPE must be ignored.
 */
int pipesock_start(struct pipesock *p, struct loop *loop, int in, int out,
		   struct err *err);

/** Pass on to `out` what was written last, as far as there is room, and close
 *  all three.  Zeroed is fine. */
void pipesock_stop(struct pipesock *p);

#endif /* RSH_IO_PIPESOCK_H */
