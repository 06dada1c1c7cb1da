/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The single admission point of every run.
 */
#include "model/gate.h"

#include "base/gettext.h"
#include "conf/hostlist.h"
#include "model/forwarding.h"

#include "base/banned.h"

enum gate_verdict gate_check(const struct plan *plan, struct err *why)
{
	if (plan_check(plan, why))
		return GATE_DENY;
	if (plan->targets.n > HOSTLIST_MAX_HOSTS) {
		err_set(why, ERR_USAGE, _("%zu hosts are more than %u"),
			plan->targets.n, HOSTLIST_MAX_HOSTS);
		return GATE_DENY;
	}
	if (forwarding_check(plan, why))
		return GATE_DENY;
	return GATE_ALLOW;
}
