/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_MODEL_FORWARDING_H
#define RSH_MODEL_FORWARDING_H

#include <stdbool.h>

#include "base/err.h"
#include "model/plan.h"

/** Whether any target has something to listen on here. */
bool forwarding_wanted(const struct plan *plan);

/**
 * Whether each target can have what it is to listen on here for itself: no
 * port and no Unix socket can be two targets'.  0, or -1 with ERR_USAGE.
 */
int forwarding_check(const struct plan *plan, struct err *err);

#endif /* RSH_MODEL_FORWARDING_H */
