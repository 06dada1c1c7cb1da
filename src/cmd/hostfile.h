/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CMD_HOSTFILE_H
#define RSH_CMD_HOSTFILE_H

#include "conf/hostlist.h"

/**
 * Append what is read from `fd`, up to its end and at most `max` bytes.
 * `path` is for messages.
 */
int hostfile_read_fd(int fd, const char *path, size_t max, struct strbuf *out,
		     struct err *err);

/** Real files for "^FILE", standard input for "^-".  Reading blocks. */
extern const struct hostlist_source hostfile_source;

/**
 * Warn when the shell seems to have made the word `list` and the `next` one,
 * both files here, of one list with brackets that was not quoted.
 */
void hostfile_suspect(const char *list, const char *next);

#endif /* RSH_CMD_HOSTFILE_H */
