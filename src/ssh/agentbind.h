/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_SSH_AGENTBIND_H
#define RSH_SSH_AGENTBIND_H

#include "base/err.h"
#include "base/strbuf.h"

/** Bytes of the message, at most. */
#define AGENTBIND_MAX ((size_t)512)

/**
 * Append, with its length word, what an agent has to hear before anything else
 * on a connection that is forwarded: session-bind@openssh.com, of
 * PROTOCOL.agent of OpenSSH.
 *
 * The host that it names is none: its key is made here, signs once and is
 * forgotten.  An agent that understands this neither shows nor uses, on that
 * connection, the keys that it keeps for certain destinations (ssh-add -h).
 * Without it the agent takes the far side for us.  Any answer will do: an
 * agent that does not understand it has no such keys.
 *
 * 0, or -1 with ERR_LOCAL.  Some 100 microseconds.
 */
int agentbind_nobody(struct strbuf *out, struct err *err);

#endif /* RSH_SSH_AGENTBIND_H */
