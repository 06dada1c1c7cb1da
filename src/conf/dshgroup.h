/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CONF_DSHGROUP_H
#define RSH_CONF_DSHGROUP_H

struct groups;

#define DSHGROUP_PATH_DEFAULT "/etc/dsh/group"
#define DSHGROUP_MAX_FOLDERS  64u

/**
 * Add the source "dsh": a group is a file of hosts in one of the folders
 * ~/.dsh/group and those of DSHGROUP_PATH, separated by colons, by default
 * /etc/dsh/group.  The first folder that has it counts.
 *
 * "#include NAME" looks in the same folders; a name with a "/" is a path,
 * relative to the current folder unless it begins with "/".  The name of a
 * group has none, and does not begin with a dot.
 */
void dshgroup_add(struct groups *g);

#endif /* RSH_CONF_DSHGROUP_H */
