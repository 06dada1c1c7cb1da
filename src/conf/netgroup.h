/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CONF_NETGROUP_H
#define RSH_CONF_NETGROUP_H

struct groups;

/**
 * Add the source "netgroup": the hosts of netgroups, as groups_env.netgroup
 * gives them.  They cannot be listed.
 */
void netgroup_add(struct groups *g);

#endif /* RSH_CONF_NETGROUP_H */
