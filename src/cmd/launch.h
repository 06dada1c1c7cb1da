/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CMD_LAUNCH_H
#define RSH_CMD_LAUNCH_H

#include <stdbool.h>

#include "base/err.h"
#include "model/observer.h"
#include "model/plan.h"

/** How a run talks to the person and the terminal. */
struct launch_style {
	bool labels;	       /* "host: " in front of lines */
	bool keep_raw;	       /* one host: bytes pass as they are */
	bool colour[NSTREAMS]; /* of labels */
	bool batch;	       /* one Ctrl+C ends the run */
	bool summary;	       /* failures summed up at the end */
	bool summary_always;   /* ... and also when all is well (-v) */
};

/**
 * Carry out a plan: admission, observers, job, signals, stdin.  Gives the exit
 * code of the program, or -1 with `err` when nothing was started.
 */
int launch(struct plan *plan, const struct launch_style *style,
	   struct err *err);

#endif /* RSH_CMD_LAUNCH_H */
