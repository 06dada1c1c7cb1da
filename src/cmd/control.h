/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CMD_CONTROL_H
#define RSH_CMD_CONTROL_H

#include <stdbool.h>

#include "base/err.h"
#include "model/plan.h"

/** Whether `word` is one of -O: 0, or -1 with ERR_USAGE. */
int control_find(const char *word, struct err *err);

/**
 * Whether each host of the plan has a ControlPath that fits it: short enough
 * for a socket, and no other host's, whose master would run its commands.  0,
 * or -1 with `err`.
 */
int control_check_paths(const struct plan *plan, struct err *err);

/**
 * -O: tell the master of each host of the plan, one after the other, what the
 * word says, and print what comes of it as ssh does; with more than `one` the
 * name of the host in front.  The exit code, or -1 with `err`.
 */
int control_run(const struct plan *plan, const char *word, bool one,
		struct err *err);

#endif /* RSH_CMD_CONTROL_H */
