/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_OUT_SINK_DIR_H
#define RSH_OUT_SINK_DIR_H

#include "base/err.h"
#include "model/observer.h"
#include "out/output.h"

struct sink_dir_conf {
	const char *path; /* of the folder; made if missing; copied */
	const struct targets *targets; /* borrowed */
	const char *command;	       /* NULL: a login shell's; borrowed */
	sink_failed_fn *failed;	       /* may be NULL */
	void *arg;		       /* for `failed` */
};

/**
 * An observer that writes each target's streams to NAME.stdout and NAME.stderr
 * in a folder, live and byte for byte, mode 0600, and results.json when the
 * run ends; see out/outdir.h for the names.  Both files are there for each
 * target that ended, empty or not.
 *
 * Two descriptors for each target that has printed and is not over.  The first
 * error is told; a file that failed stays as it is, and the others go on.
 *
 * NULL with `err` if the folder cannot be had.
 */
struct observer *sink_dir_new(const struct sink_dir_conf *conf,
			      struct err *err);

/** Whether all was written: 0, or -1 and `failed` was told. */
int sink_dir_flush(struct observer *o);

void sink_dir_free(struct observer *o);

#endif /* RSH_OUT_SINK_DIR_H */
