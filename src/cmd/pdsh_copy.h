/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CMD_PDSH_COPY_H
#define RSH_CMD_PDSH_COPY_H

#include "base/err.h"
#include "io/manifest.h"
#include "model/plan.h"

struct blocks;
struct pdsh;

/** What the plan of a copy borrows.  Zeroed is empty. */
struct pdsh_copy {
	struct manifest manifest;
	struct blocks *blocks;
};

/** Let a plan, which has its targets, copy what the command line says. */
int pdsh_copy_plan(struct pdsh_copy *c, const struct pdsh *p, struct plan *plan,
		   struct err *err);

/** The exit code where the run had `code`: what was left out here counts. */
int pdsh_copy_code(const struct pdsh_copy *c, int code);
void pdsh_copy_release(struct pdsh_copy *c);

#endif /* RSH_CMD_PDSH_COPY_H */
