/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CMD_UPCALL_H
#define RSH_CMD_UPCALL_H

#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"

#define UPCALL_MAX_MS 10000u

/**
 * Run `argv`, found through PATH unless it has a slash, to its end: without
 * input, its errors shown, its output appended to `out`.  Whoever holds the
 * output open after that is not waited for.  To be called before the
 * program's own loop runs.
 *
 * The exit status, or -1 with ERR_LOCAL: it cannot be run, took longer than
 * `max_ms`, wrote more than the ceiling of `out`, or was ended by a signal.
 * What runs longer is killed with its process group.
 */
int upcall_run(const char *const *argv, uint64_t max_ms, struct strbuf *out,
	       struct err *err);

#endif /* RSH_CMD_UPCALL_H */
