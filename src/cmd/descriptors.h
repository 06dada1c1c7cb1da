/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CMD_DESCRIPTORS_H
#define RSH_CMD_DESCRIPTORS_H

#include "model/plan.h"

struct launch_style;

/** Let no more sessions be had at once than there are descriptors for; where
 *  that is less than was asked for, it is told. */
void descriptors_fit(struct plan *plan, const struct launch_style *style);

#endif /* RSH_CMD_DESCRIPTORS_H */
