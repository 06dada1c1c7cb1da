/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CMD_SCRIPT_H
#define RSH_CMD_SCRIPT_H

#include "base/err.h"
#include "model/plan.h"

/**
 * --script: let `plan` run the script at `path`, a regular file, which each
 * host reads from its standard input.  What runs it there is what its first
 * line says after "#!", with an argument that makes it read its input: "-s" for
 * shells, "-" for Python, Perl, Ruby, Lua and Node; without "#!" it is sh.  The
 * `n` words after it are its arguments, quoted.
 *
 * 0, or -1 with `err`.  plan->spec.input_fd is open then; close it after.
 */
int script_plan(struct plan *plan, const char *path, int n, char **words,
		struct err *err);

#endif /* RSH_CMD_SCRIPT_H */
