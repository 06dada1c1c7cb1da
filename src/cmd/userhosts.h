/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CMD_USERHOSTS_H
#define RSH_CMD_USERHOSTS_H

#include "base/err.h"
#include "base/strbuf.h"
#include "conf/rshconf.h"
#include "conf/sshconf.h"
#include "model/target.h"

/**
 * What rsh's own configuration says of each host of a run: lines of
 * ssh_config(5) in front of the files, and a limit for the command.
 *
 * Values of a cluster count for the hosts that were named through it,
 * "@NAME"; those of `defaults` for all.
 */
struct userhosts;

/** `rsh` is borrowed and outlives it. */
struct userhosts *userhosts_new(struct rshconf *rsh);
void userhosts_free(struct userhosts *uh);

/**
 * What layers are added to (NULL, as at first: nobody logs in) and, for
 * --ssh-program, its words, which those of each host follow.  Borrowed.
 */
void userhosts_start(struct userhosts *uh, struct sshconf *ssh,
		     const struct strvec *program);

/**
 * How `name`, as the host list gave it, is to be asked for.  0, or -1 with
 * ERR_CONFIG.  O(1), but for the first host of each node.
 */
int userhosts_ask(struct userhosts *uh, const char *name,
		  struct target_ask *ask, struct err *err);

/** The value that counts for `name`, or NULL. */
const struct rshvalue *userhosts_get(const struct userhosts *uh,
				     const char *name, const char *key);

/** Give a target its words for --ssh-program; borrowed from `uh`. */
int userhosts_words(struct userhosts *uh, const char *name, struct target *t,
		    struct err *err);

#endif /* RSH_CMD_USERHOSTS_H */
