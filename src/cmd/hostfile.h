/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CMD_HOSTFILE_H
#define RSH_CMD_HOSTFILE_H

#include "conf/hostlist.h"

/** Real files for "^FILE", standard input for "^-".  Reading blocks. */
extern const struct hostlist_source hostfile_source;

/**
 * Warn when the shell seems to have made the word `list` and the `next` one,
 * both files here, of one list with brackets that was not quoted.
 */
void hostfile_suspect(const char *list, const char *next);

#endif /* RSH_CMD_HOSTFILE_H */
