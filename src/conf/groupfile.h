/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CONF_GROUPFILE_H
#define RSH_CONF_GROUPFILE_H

#include <stddef.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "conf/groups.h"

#define GROUPFILE_MAX_DEPTH 16u
#define GROUPFILE_MAX_FILES 4096u /* that one group reads, each time */

/**
 * Files that hold hosts: items as in a host list, "#" begins a comment, and
 * "#include NAME" at the start of a line stands for the lines of another file.
 */
struct groupfile {
	struct groups *groups;
	/* The path of what is included: a new string, or NULL with err.  NULL:
	   relative to the folder of the file it stands in. */
	char *(*find)(void *arg, const char *name, struct err *err);
	void *arg;
};

/**
 * Append the hosts in the file at `path` to `out`, with commas between the
 * lines.  1, 0: no such file, -1 with ERR_CONFIG "FILE:LINE: reason".  A file
 * that includes itself, by whatever way, is refused.
 */
int groupfile_read(const struct groupfile *gf, const char *path,
		   struct strbuf *out, struct err *err);

/**
 * Refuse a list of hosts that makes no sense.  One that refers to groups or
 * files, or has operators in it, is left to whoever reads it.
 */
int groupfile_check(const char *hosts, struct err *err);

#endif /* RSH_CONF_GROUPFILE_H */
