/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_SSH_MUXFORWARD_H
#define RSH_SSH_MUXFORWARD_H

#include <stddef.h>

#include "base/err.h"
#include <stdbool.h>

#include "conf/sshforward.h"
#include "conf/sshopt.h"
#include "wire/mux.h"

/**
 * Forwards as the requests of MUX_OPEN_FORWARD and MUX_CLOSE_FORWARD have
 * them.
 */

/** What was asked for: 0, or -1 when there is none like that. */
int muxforward_get(const struct mux_msg *m, enum sshforward_kind *kind,
		   struct sshforward *f);

/** Whether a MUX_NEW_STDIO leads to a place that there can be. */
bool muxforward_leads(const struct mux_msg *m);

/** What is asked of a master about the forwards of a host, one by one. */
struct muxforwards {
	struct mux_msg *v;
	size_t n, next;
};

/**
 * All forwards that the options have, as requests of `kind`.  0, or -1 with
 * `err` when one cannot be read.  Release it in any case; zeroed is none.
 */
int muxforwards_init(struct muxforwards *all, const struct ssh_opts *opts,
		     enum mux_kind kind, struct err *err);
void muxforwards_release(struct muxforwards *all);

#endif /* RSH_SSH_MUXFORWARD_H */
