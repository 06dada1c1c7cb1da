/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_IO_LISTENER_H
#define RSH_IO_LISTENER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

#include "base/err.h"
#include "io/loop.h"
#include "io/timer.h"

/** Addresses one listener may have. */
#define LISTENER_MAX 16

/** Connections that wait in the kernel, at most. */
#define LISTENER_BACKLOG 128

struct listener;

/** `fd` is nonblocking, and the receiver's; `peer` is who connected. */
typedef void listener_fn(struct listener *l, int fd,
			 const struct sockaddr_storage *peer);

/**
 * Sockets that listen, one for each address, or a Unix socket.
 *
 * Where no descriptor is left for a connection it stays in the kernel's queue,
 * and the listener tries again a second later.  Embedded in its owner; zeroed
 * is stopped.
 */
struct listener {
	struct loop *loop;
	listener_fn *fn;
	struct listener_socket {
		struct watch watch;
		struct listener *owner;
	} sockets[LISTENER_MAX];
	size_t n;
	uint16_t port; /* of the first; 0: a Unix socket */
	char *path;    /* removed at the end, if it is still ours; owned */
	dev_t dev;
	ino_t ino;
	struct timer pause;
	size_t starved; /* times no descriptor was left */
	int starved_by; /* errno of the last */
};

/** `fn` is called from the loop; it may stop the listener, not free it. */
void listener_init(struct listener *l, struct loop *loop, listener_fn *fn);

/**
 * Listen on one more address.  Port 0 is one the system chooses, and after
 * that the same for the others.  0, or -1 with ERR_LOCAL.
 */
int listener_add(struct listener *l, const struct sockaddr_storage *sa,
		 socklen_t len, struct err *err);

/**
 * Listen on a Unix socket at `path`, with the mode 0777 less `mask`; `replace`
 * removes first what is there.
 */
int listener_add_unix(struct listener *l, const char *path, mode_t mask,
		      bool replace, struct err *err);

/** Whether it waits for descriptors. */
static inline bool listener_paused(const struct listener *l)
{
	return timer_armed(&l->pause);
}

/** Close.  Twice is harmless. */
void listener_stop(struct listener *l);

#endif /* RSH_IO_LISTENER_H */
