/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CMD_NAMES_H
#define RSH_CMD_NAMES_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "conf/sshconf.h"
#include "model/target.h"

/**
 * Names looked up for CanonicalizeHostname, before the program's own loop
 * runs: those of all hosts at once.
 */
struct names;

/** For `conf`, which asks it until names_free(). */
struct names *names_new(struct sshconf *conf);
void names_free(struct names *names); /* NULL is fine */

/**
 * Look up what sshconf_resolve() needs for the destinations `hosts`, round
 * after round until it needs no more.  When no answer at all has come for
 * `silence_ms` (0: wait as long as it takes), the names that are still open
 * count as late, and their hosts as not found.  What else is wrong with a
 * host is left to sshconf_resolve().  0, or -1 with ERR_LOCAL.
 */
int names_find(struct names *names, const struct target_ask *hosts,
	       size_t nhosts, uint64_t silence_ms, struct err *err);

#endif /* RSH_CMD_NAMES_H */
