/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_MODEL_GATE_H
#define RSH_MODEL_GATE_H

#include "base/err.h"
#include "model/plan.h"

enum gate_verdict {
	GATE_DENY = 0,
	GATE_CONFIRM, /* only after the user said yes */
	GATE_ALLOW,
};

/**
 * The single admission point: every run passes here, with its plan resolved,
 * before anything connects.  Policy (who may do what to how many) attaches
 * here and nowhere else; today it checks the plan and the number of targets.
 * `why` is filled for DENY and CONFIRM.
 */
enum gate_verdict gate_check(const struct plan *plan, struct err *why);

#endif /* RSH_MODEL_GATE_H */
