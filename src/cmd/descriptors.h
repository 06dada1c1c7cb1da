/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CMD_DESCRIPTORS_H
#define RSH_CMD_DESCRIPTORS_H

#include "base/err.h"
#include "model/plan.h"

struct launch_style;

/**
 * Let no more sessions be had at once than there are descriptors for; where
 * that is less than was asked for, it is told.  0, or -1 with `err` where all
 * have to be there at once.
 */
int descriptors_fit(struct plan *plan, const struct launch_style *style,
		    struct err *err);

#endif /* RSH_CMD_DESCRIPTORS_H */
