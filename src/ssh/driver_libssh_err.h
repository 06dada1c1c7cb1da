/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_SSH_DRIVER_LIBSSH_ERR_H
#define RSH_SSH_DRIVER_LIBSSH_ERR_H

#include "base/err.h"

/** How far a connection is, as failures are told. */
enum libssh_stage {
	STAGE_IDENT, /* the server has not said "SSH-2.0-..." yet */
	STAGE_KEX,
	STAGE_AUTH,
	STAGE_OPEN,
	NSTAGES
};

/**
 * Put an error text of libssh, with whatever the server sent in it, for
 * people: `err` gets a class and a visible, cut sentence.  Returns -1.
 */
int libssh_explain(const char *text, enum libssh_stage stage, struct err *err);

/**
 * Add to `err`, which libssh_explain() has filled, the words that ssh has for
 * it, if there are any; `peer`: "192.0.2.1 port 22".
 */
void libssh_as_ssh(const char *text, enum libssh_stage stage, const char *peer,
		   struct err *err);

#endif /* RSH_SSH_DRIVER_LIBSSH_ERR_H */
