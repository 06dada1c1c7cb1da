/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_SSH_MUXMASTER_H
#define RSH_SSH_MUXMASTER_H

#include <stdbool.h>

#include "base/bufq.h"
#include "model/prompter.h"
#include "ssh/companion.h"

/** Clients of one master at once; one more is refused. */
#define MUXMASTER_CLIENTS 256

/**
 * A master: other programs of the user run things on this session, asked for
 * through the socket that ControlPath names.  A companion of the session,
 * which it keeps as long as there is a client, and after that for as long as
 * ControlPersist says.
 */
struct muxmaster_maker {
	struct companion_maker maker;
	struct bufpool *pool;
	struct prompter *prompter; /* ControlMaster ask; NULL: nobody agrees */
	bool persists;		   /* ControlPersist counts */
};

/** Makes one for a session whose target has ControlMaster and ControlPath. */
void muxmaster_maker_init(struct muxmaster_maker *m, struct bufpool *pool,
			  struct prompter *prompter, bool persists);

/** Whether a host with these options has a master that outlives what it was
 * made for. */
bool muxmaster_persists(const struct ssh_opts *opts);

#endif /* RSH_SSH_MUXMASTER_H */
