/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_OP_SUDO_H
#define RSH_OP_SUDO_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "model/observer.h"
#include "ssh/password.h"

struct session;

/**
 * The talk with sudo(8) on one host, until the command begins.
 *
 * sudo is told to ask with a text that nobody can guess, and the shell it runs
 * says another first.  Only that question is answered, once, and only where the
 * key of the host was known before.  What is told of the run's password goes to
 * `passwords`, so that it is tried on one host first and nowhere after a
 * refusal.  None of the two texts is passed on.
 */
struct sudo;

/** Both are borrowed.  `wake` is called when sudo_next() has more to say. */
struct sudo *sudo_new(struct session *s, struct passwords *passwords);
/** NULL is fine. */
void sudo_free(struct sudo *sudo);

/** The command that runs `command` through sudo.  A new string. */
char *sudo_command(const struct sudo *sudo, const char *command);

/** Where bytes go that are no part of the talk. */
typedef void sudo_out_fn(void *arg, enum stream s, const void *buf, size_t n);

/** What the host said; only notes it.  Before the command begins some of it is
    held back. */
void sudo_hear(struct sudo *sudo, enum stream s, const void *buf, size_t n,
	       sudo_out_fn *out, void *arg);

enum sudo_rc {
	SUDO_WAIT,  /* for the host, or for another host */
	SUDO_SEND,  /* `*line` to the command's input, and sudo_sent() it */
	SUDO_BEGUN, /* the command runs: from here on this is over */
	SUDO_FAIL,  /* end it: err */
};

/** What to do now.  `*line` is a secret, borrowed until sudo_sent(). */
enum sudo_rc sudo_next(struct sudo *sudo, const char **line, struct err *err);

/** So many bytes of the line were taken; what is left is due next. */
void sudo_sent(struct sudo *sudo, size_t n);

enum sudo_end {
	SUDO_END,      /* the result is the server's word */
	SUDO_REFUSED,  /* err: sudo let nothing run */
	SUDO_WITH_TTY, /* begin anew, with a terminal */
};

/** The channel closed: pass on what was held back, unless it begins anew. */
enum sudo_end sudo_closed(struct sudo *sudo, sudo_out_fn *out, void *arg,
			  struct err *err);

/** Whether it has begun anew, and needs a terminal. */
bool sudo_has_tty(const struct sudo *sudo);

#endif /* RSH_OP_SUDO_H */
