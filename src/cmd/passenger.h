/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CMD_PASSENGER_H
#define RSH_CMD_PASSENGER_H

#include "base/err.h"
#include "model/plan.h"

/** There is no master for that: connect. */
#define PASSENGER_ALONE (-2)

/**
 * The one host of the plan wants a terminal, or -W, and has a master: give it
 * our own descriptors and wait, as ssh does.  The exit code, PASSENGER_ALONE,
 * or -1 with `err`.
 */
int passenger_run(const struct plan *plan, struct err *err);

#endif /* RSH_CMD_PASSENGER_H */
