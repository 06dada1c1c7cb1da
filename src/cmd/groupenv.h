/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CMD_GROUPENV_H
#define RSH_CMD_GROUPENV_H

#include "conf/groups.h"
#include "conf/hostlist.h"

/**
 * The groups of this machine: a registry with all sources that need no
 * configuration of ours, over real files, folders, commands and netgroups.
 * Nothing is read before it is asked for.  To be asked before the program's
 * own loop runs: files and commands are waited for.
 */
struct groups *groupenv_new(void);

/**
 * Real files for "^FILE", standard input for "^-", and groups out of `g`,
 * which must outlive it.
 */
struct hostlist_source groupenv_source(struct groups *g);

#endif /* RSH_CMD_GROUPENV_H */
