/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CMD_PDSH_GROUPS_H
#define RSH_CMD_PDSH_GROUPS_H

#include "cmd/pdsh.h"

/** What -g, -X, -a, -A, -i, -j, -P and -C ask; NULL with err. */
struct pdsh_groups;
struct pdsh_groups *pdsh_groups_new(const struct pdsh *p, struct err *err);
void pdsh_groups_free(struct pdsh_groups *g);

/** Add the hosts that are selected so, before anything is left out. */
int pdsh_groups_fill(struct pdsh_groups *g, struct pdshlist *l,
		     struct err *err);

/** Keep, leave out and rename when the list is finished. */
int pdsh_groups_filter(struct pdsh_groups *g, struct pdshlist *l,
		       struct err *err);

#endif /* RSH_CMD_PDSH_GROUPS_H */
