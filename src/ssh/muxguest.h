/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_SSH_MUXGUEST_H
#define RSH_SSH_MUXGUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bufq.h"
#include "base/err.h"
#include "ssh/session.h"
#include "wire/mux.h"

struct muxguest;

/** From inside a call of muxguest_step(), or from the loop. */
struct muxguest_events {
	/* The server has opened the channel; or not, and that is the end. */
	void (*opened)(void *arg);
	void (*refused)(void *arg, const struct err *why);
	void (*no_terminal)(void *arg);
	void (*status)(void *arg, uint32_t status);
	/* All is over, and written. */
	void (*over)(void *arg);
};

/**
 * A channel on a session for another program, whose descriptors stand at its
 * end: a command, a shell, a subsystem, or a connection to somewhere else.  A
 * slow guest stops nobody but itself.  The escapes in what is typed at a
 * terminal are ours to find and to do, as with ssh; what they tell goes to its
 * standard error.
 *
 * `m` is a MUX_NEW_SESSION or a MUX_NEW_STDIO, and may be emptied; `fds` are
 * the guest's from here on, -1 for none.
 */
struct muxguest *muxguest_new(struct session *s, struct bufpool *pool,
			      struct mux_msg *m, const int fds[3],
			      const struct muxguest_events *events, void *arg);

/** Something may have moved on the session. */
void muxguest_step(struct muxguest *g);

/** The guest's terminal may have another size now. */
void muxguest_resize(struct muxguest *g);

/** Nobody waits for its end any more. */
void muxguest_hang_up(struct muxguest *g);

/** Free its channel and close the descriptors.  NULL is fine. */
void muxguest_free(struct muxguest *g);

#endif /* RSH_SSH_MUXGUEST_H */
