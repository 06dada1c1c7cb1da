/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_OUT_OUTDIR_H
#define RSH_OUT_OUTDIR_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/strbuf.h"

/** Bytes of a file name; more the file systems do not take. */
#define OUTDIR_NAME_MAX ((size_t)255)

/**
 * A folder that gets a file for each host, whatever the hosts are called.
 *
 * Open it; `make` makes it where it is missing, with the folders above it,
 * mode 0777 less the umask.  A descriptor to be closed, or -1 with `err`.
 */
int outdir_open(const char *path, bool make, struct err *err);

/**
 * Append the file name for a host: the name itself where it is a plain one.
 * A slash, a percent sign, a control byte, a dot in front and the byte 0xff
 * become %XX.  A name that would be too long with `suffix` is cut and ends in
 * "%~" and `index`, which no other host of the run has; so does that of a host
 * which is there `again`, as another of the same name had it before.  No two
 * hosts get the same name, and none leads out of the folder.
 */
void outdir_name(struct strbuf *out, const char *host, size_t n, size_t index,
		 bool again, const char *suffix);

/**
 * Open a file of the folder for writing, empty; `mode` is less the umask.
 * What is there already is emptied if it is a plain file of ours with a
 * single name; anything else (a link, a device, another's file) is an error.
 * `fd`, or -1 with `err`, which names it `shown`.
 */
int outdir_file(int dir, const char *name, mode_t mode, const char *shown,
		struct err *err);

/** The same, but what is there is kept, and written on behind. */
int outdir_file_on(int dir, const char *name, mode_t mode, const char *shown,
		   struct err *err);

/** Write all of it.  0, or -1 with errno. */
int outdir_write(int fd, const void *p, size_t n);

#endif /* RSH_OUT_OUTDIR_H */
