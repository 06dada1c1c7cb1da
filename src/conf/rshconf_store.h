/* SPDX-License-Identifier: Apache-2.0 */
/* What rshconf*.c share; for nobody else. */
#ifndef RSH_CONF_RSHCONF_STORE_H
#define RSH_CONF_RSHCONF_STORE_H

#include "base/hashmap.h"
#include "conf/rshconf.h"

struct yamldoc;

/** A cluster or a group under its name. */
struct rshname {
	struct hashmap_node in;
	struct rshcluster *cluster; /* or */
	struct rshgroup *group;
};

struct rshconf {
	rshvars_get_fn *get;
	void *arg;
	const struct hostlist_source *source;
	struct yamldoc **docs; /* texts point into them */
	size_t ndocs, docs_cap;
	struct strvec texts; /* and into these */
	struct rshvalues defaults, interactive;
	struct rshcluster **clusters;
	size_t nclusters, clusters_cap;
	struct rshgroup **groups;
	size_t ngroups, groups_cap;
	struct hashmap names;  /* of struct rshname */
	struct hashmap owners; /* of hosts of clusters that were asked for */
};

/** The struct for a name, or NULL. */
struct rshname *rshconf_find(const struct rshconf *conf, const char *name);

void rshname_add(struct rshconf *conf, struct rshcluster *c,
		 struct rshgroup *g);

/** Append an empty value. */
struct rshvalue *rshvalues_add(struct rshvalues *values,
			       const struct rshkey *key,
			       const struct rshplace *place);

void rshcluster_free(struct rshcluster *c);
void rshgroup_free(struct rshgroup *g);
void rshconf_owners_release(struct rshconf *conf);

#endif /* RSH_CONF_RSHCONF_STORE_H */
