/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_SSH_MUXFORWARD_H
#define RSH_SSH_MUXFORWARD_H

#include "conf/sshforward.h"
#include "wire/mux.h"

/**
 * Forwards as the requests of MUX_OPEN_FORWARD and MUX_CLOSE_FORWARD have
 * them.  The first fills the rest of a request of that kind.
 */
void muxforward_put(struct mux_msg *m, enum sshforward_kind kind,
		    const struct sshforward *f);

/** The other way: 0, or -1 when there is none like that. */
int muxforward_get(const struct mux_msg *m, enum sshforward_kind *kind,
		   struct sshforward *f);

#endif /* RSH_SSH_MUXFORWARD_H */
