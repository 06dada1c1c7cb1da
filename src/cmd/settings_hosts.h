/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CMD_SETTINGS_HOSTS_H
#define RSH_CMD_SETTINGS_HOSTS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "model/plan.h"

struct names;
struct settings;
struct sshconf;

/**
 * Add the hosts that settings name to `plan`: resolved through `conf`, or with
 * NULL by their names alone.  0, or -1 with `err`.
 */
int settings_add_targets(const struct settings *s, struct sshconf *conf,
			 struct plan *plan, struct err *err);

/** names_find(), which waits as long as is due with these settings. */
int settings_find_names(const struct settings *s, struct names *names,
			const struct target_ask *hosts, size_t nhosts,
			struct err *err);

/** How a host is asked for, once its list was read. */
int settings_ask(const struct settings *s, const char *name,
		 struct target_ask *ask, struct err *err);

/**
 * Sessions at once: as typed; else of what is said of the hosts the least,
 * for it is one limit for all.
 */
uint64_t settings_parallel(const struct settings *s, const struct plan *plan);

#endif /* RSH_CMD_SETTINGS_HOSTS_H */
