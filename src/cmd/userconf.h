/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CMD_USERCONF_H
#define RSH_CMD_USERCONF_H

#include <stdbool.h>

#include "base/err.h"
#include "conf/groups.h"
#include "conf/options.h"
#include "conf/progress.h"
#include "conf/rshconf.h"

/**
 * rsh's own configuration: where its files are, and the options it stands for.
 */

/** The cluster that the variables of Backend.AI make. */
#define USERCONF_BACKENDAI "backendai"

/**
 * Read the files: `file` alone, which has to exist ("none": no file), or with
 * NULL the user's and then the system's, as far as there are any.  One of
 * these that others may write to is refused, as ssh does.  The cluster
 * @backendai is added where its variables are set.  NULL with ERR_CONFIG.
 */
struct rshconf *userconf_load(const char *file, struct err *err);

/** $HOME, or what the password database says where that is not absolute:
 * never the current folder.  May be NULL. */
const char *userconf_home(void);

/** A path with "~", "~/" or "~user" as a shell has it: a new string, or NULL
 *  with `err`, as there is no such user. */
char *userconf_path(const char *path, struct err *err);

#define USERCONF_SYSTEM_FILE SYSCONFDIR "/rsh/config.yaml"

/** Set the options that `defaults` speaks of and that were not typed. */
int userconf_apply(struct rshconf *conf, const struct option *rows,
		   void *settings, const struct options_given *given,
		   struct err *err);

/**
 * What finds progress in output: our own patterns, and those of `defaults`
 * before them.  NULL with `err`: there are too many.
 */
struct progress_rules *userconf_progress(const struct rshconf *conf,
					 struct err *err);

/** Let clusters and groups be found: as "@NAME" and "@yaml:NAME", the former
 * as "@cluster:NAME" too. */
void userconf_add_groups(struct rshconf *conf, struct groups *groups);

/**
 * Whether `word`, the first one of a command line that names no host, begins a
 * command for @backendai, rather than being a host: there is that cluster,
 * and the word has nothing of a host in it (no "." within, "@", ":" or "["),
 * is none of the cluster's hosts and not "localhost".  NULL: no word at all.
 */
bool userconf_is_command(const char *word);

#endif /* RSH_CMD_USERCONF_H */
