/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_SSH_SSHLOG_H
#define RSH_SSH_SSHLOG_H

#include <stdbool.h>

#include "base/err.h"

/** What a line of the log of ssh(1) tells. */
enum sshlog_kind {
	SSHLOG_NOTE,	/* nothing about success or failure */
	SSHLOG_DEBUG,	/* ssh -v */
	SSHLOG_VERBOSE, /* what LogLevel VERBOSE adds */
	SSHLOG_LOGIN,	/* logged in; VERBOSE too */
	SSHLOG_FAILURE, /* why it will end with status 255 */
	SSHLOG_HINT,	/* the same, unless a line says it better */
	SSHLOG_DROPPED, /* HINT: the server left before it identified itself */
};

/**
 * Read `line`, as `ssh -E FILE -o LogLevel=VERBOSE` writes it, without its
 * end.  `*code` becomes the class of a failure or hint, ERR_NONE else; of a
 * connection that ends it is ERR_PROTOCOL: after a login that means LOST.
 */
enum sshlog_kind sshlog_read(const char *line, enum err_code *code);

#endif /* RSH_SSH_SSHLOG_H */
