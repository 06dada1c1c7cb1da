/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CMD_SHELL_H
#define RSH_CMD_SHELL_H

#include <stdbool.h>

#include "base/err.h"
#include "model/plan.h"

struct settings;

/** Whether a person could type at many shells: standard input and output are
 *  terminals. */
bool shell_has_terminal(void);

/** What only `rsh shell` can be told; zeroed is nothing. */
struct shell_more {
	int tiled, line;
	const char *log_dir; /* or NULL */
};

/**
 * Run a shell on each host of a plan that has its targets.  The exit code, or
 * -1 with `err` and nothing started.
 */
int shell_run(const struct settings *s, const struct shell_more *more,
	      struct plan *plan, struct err *err);

#endif /* RSH_CMD_SHELL_H */
