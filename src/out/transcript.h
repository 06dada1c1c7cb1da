/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_OUT_TRANSCRIPT_H
#define RSH_OUT_TRANSCRIPT_H

#include <stddef.h>

#include "base/err.h"
#include "model/target.h"

/**
 * A folder with a file for each host, NAME.log, of all that the host prints
 * from now on: its bytes, behind those that a file of ours has already.  Names
 * and files are as in out/outdir.h; 0600.
 */
struct transcript;

/** `targets` are borrowed.  NULL with `err`. */
struct transcript *transcript_open(const char *path,
				   const struct targets *targets,
				   struct err *err);
void transcript_close(struct transcript *t);

/**
 * Append what target `rank` has printed, to a file that is made when it prints
 * first.  0, or -1 with `err`: from then on nothing of that host is written,
 * and no second error told.
 */
int transcript_add(struct transcript *t, size_t rank, const void *buf, size_t n,
		   struct err *err);

#endif /* RSH_OUT_TRANSCRIPT_H */
