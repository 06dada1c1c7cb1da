/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_SSH_FORWARDS_H
#define RSH_SSH_FORWARDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "conf/sshforward.h"
#include "ssh/companion.h"
#include "ssh/session.h"

/**
 * The forwardings of one session: what listens here and leads there (-L, -D).
 * A companion of the session, which it keeps as long as connections are open.
 *
 * What ssh_config and the command line ask for is there before the op begins;
 * with ExitOnForwardFailure it never does if some cannot be had.
 */
struct forwards;

/** Makes them for sessions whose target has some. */
struct forwards_maker {
	struct companion_maker maker;
	bool label; /* messages name the host */
};

void forwards_maker_init(struct forwards_maker *m, bool label);

/** Those of a session that is ready; made if it has none.  Its own. */
struct forwards *forwards_of(struct session *s);

/**
 * What came of a wish: `port` is where it listens, which may have been chosen,
 * or 0 for a Unix socket.  Or `err` is set.
 */
typedef void forwards_done_fn(void *arg, int port, const struct err *err);

/**
 * Add one; `done`, which may be NULL, is called once, also from inside this
 * call.  `spec` is copied.
 */
void forwards_add(struct forwards *fw, enum sshforward_kind kind,
		  const struct sshforward *spec, forwards_done_fn *done,
		  void *arg);

/**
 * Whether there is one that listens and leads where `spec` says, in the same
 * words, and at which port it listens.
 */
bool forwards_have(const struct forwards *fw, enum sshforward_kind kind,
		   const struct sshforward *spec, int *port);

/**
 * Listen no more; connections go on.  Of `spec` only what listens counts.  0,
 * or -1 with ERR_USAGE: there is no such forwarding.
 */
int forwards_cancel(struct forwards *fw, enum sshforward_kind kind,
		    const struct sshforward *spec, struct err *err);

/** Connections that are open, or about to be. */
size_t forwards_open(const struct forwards *fw);

/**
 * What the escape # shows: what listens, then what is connected, a line each
 * without line ends, made visible.  NULL: there is no connection.
 */
void forwards_list(const struct forwards *fw, struct strvec *lines);

#endif /* RSH_SSH_FORWARDS_H */
