/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_IO_CTLSOCK_H
#define RSH_IO_CTLSOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"

/**
 * Sockets by which the programs of one user find each other, and hand over
 * descriptors.
 *
 * Who may reach one is decided three times: its folder may be changed by
 * nobody else, or only as /tmp may; it is made 0600; and whoever is at the
 * other end must be this user, or root.
 */

/** The longest path, in bytes. */
#define CTLSOCK_PATH_MAX 107

/** Whether `path` is one that a socket can have: 0, or -1 with ERR_CONFIG. */
int ctlsock_check(const char *path, struct err *err);

/**
 * Connect without waiting.  The descriptor, non-blocking, or -1 with errno;
 * EAGAIN when too many wait there, EPERM when it is another user's.
 */
int ctlsock_connect(const char *path);

/**
 * Listen at `path`, which comes to be at once and whole: the socket is made
 * under a name of its own beside it.  The descriptor, non-blocking, or -1 with
 * `err`; `*taken` then says whether there is one of that name already.
 */
int ctlsock_listen(const char *path, bool *taken, struct err *err);

/**
 * Remove the socket at `path` if nobody listens there.  Of two that start at
 * once neither removes what the other has just made.
 */
void ctlsock_clear(const char *path);

/** Whether the program at the other end is this user's, or root's. */
bool ctlsock_ours(int sock);

/** One byte with one descriptor.  1, or -1 with errno. */
ssize_t ctlsock_send_fd(int sock, int fd);

/**
 * Read at most `n` bytes, and the descriptors that came with them, at most
 * `max`: they are the caller's, and close on exec.  Where more came they are
 * closed and that is EPROTO.  As read(2).
 */
ssize_t ctlsock_recv(int sock, void *buf, size_t n, int *fds, size_t max,
		     size_t *nfds);

#endif /* RSH_IO_CTLSOCK_H */
