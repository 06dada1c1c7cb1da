/* SPDX-License-Identifier: Apache-2.0 */
/* Part of csgroups: one source, of commands or of a YAML file. */
#ifndef RSH_CONF_CSGROUPS_SOURCE_H
#define RSH_CONF_CSGROUPS_SOURCE_H

#include "conf/groups.h"
#include "conf/ini.h"

struct yamldoc;
struct yaml_node;

struct csgroups_source {
	struct groups *groups;
	char *name;
	struct ini_value place; /* for messages; its file is borrowed */
	/* of commands; borrowed, `all` and `list` may be NULL */
	const struct ini_value *map, *all, *list;
	char *cfgdir;
	/* of a YAML file; borrowed */
	const struct yamldoc *doc;
	const struct yaml_node *nodes; /* a map */
};

struct csgroups_source *csgroups_source_new(struct groups *g, const char *name,
					    const struct ini_value *place);
void csgroups_source_free(struct csgroups_source *s);

/** Give it to the registry, which owns it from here on. */
void csgroups_source_add(struct groups *g, struct csgroups_source *s,
			 enum group_order order);

#endif /* RSH_CONF_CSGROUPS_SOURCE_H */
