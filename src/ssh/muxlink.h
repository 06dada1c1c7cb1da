/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_SSH_MUXLINK_H
#define RSH_SSH_MUXLINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "io/loop.h"
#include "wire/mux.h"

/** Descriptors that one request brings, at most. */
#define MUXLINK_FDS 3

struct muxlink;

/**
 * There may be something to get, or it has ended, or what had to wait has been
 * sent; from the loop.
 */
typedef void muxlink_fn(struct muxlink *l);

/**
 * One end of a control socket, a client's or a master's: messages and
 * descriptors in their order, without waiting.
 *
 * Embedded in its owner.  Zeroed is closed.
 */
struct muxlink {
	struct watch watch;
	struct defer again;
	muxlink_fn *fn;
	struct loop *loop;
	struct strbuf in, out;
	size_t in_at;		  /* of `in` that was got */
	int in_fds[MUXLINK_FDS];  /* came, and are not taken yet */
	int out_fds[MUXLINK_FDS]; /* follow `out`; our own copies */
	size_t n_in_fds, n_out_fds, next_out_fd;
	bool ended; /* nothing more will come */
	int error;  /* errno of that, or 0 */
};

/** Begin with `fd`, which is the link's from here on, also when it fails. */
int muxlink_start(struct muxlink *l, struct loop *loop, int fd, muxlink_fn *fn,
		  struct err *err);

/**
 * The next message: 1, 0: none yet, -1 with `err` when it has ended (ERR_LOST)
 * or is none (ERR_PROTOCOL).  Release `m` when it is 1.
 */
int muxlink_get(struct muxlink *l, struct mux_msg *m, struct err *err);

/** The next descriptor of a request, the caller's: 1, 0: not yet, -1: none. */
int muxlink_get_fd(struct muxlink *l, int *fd);

/**
 * Send `m`, and after it copies of `nfds` descriptors: one set at a time.  0,
 * or -1 with `err` when it is too long or the other side does not read.
 */
int muxlink_put(struct muxlink *l, const struct mux_msg *m, const int *fds,
		size_t nfds, struct err *err);

/** Whether all that was put has left. */
bool muxlink_sent(const struct muxlink *l);

/** Close; what was not sent is lost.  Zeroed is fine. */
void muxlink_stop(struct muxlink *l);

#endif /* RSH_SSH_MUXLINK_H */
