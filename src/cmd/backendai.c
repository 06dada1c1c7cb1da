/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Backend.AI's variables as a cluster.
 */
#include "cmd/backendai.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "cmd/userconf.h"

#include "base/banned.h"

#define HOSTS "BACKENDAI_CLUSTER_HOSTS"
#define HOST  "BACKENDAI_CLUSTER_HOST"
#define ROLE  "BACKENDAI_CLUSTER_ROLE"

/* Where the servers of its containers listen, and the key they let in. */
#define PORT "2200"
#define KEY  "/home/config/ssh/id_cluster"

static const char *variable(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

bool backendai_hosts(struct strvec *out)
{
	const char *hosts = variable(HOSTS);
	const char *role = variable(ROLE);
	struct strvec all = { 0 };
	size_t i = 0;

	if (!hosts || !variable(HOST))
		return false;
	strvec_split(&all, hosts, ", \t");
	if (role && strcmp(role, "main") != 0 && all.n)
		i = 1;
	for (; i < all.n; i++)
		strvec_push(out, all.v[i]);
	strvec_release(&all);
	return true;
}

void backendai_add(struct rshconf *conf)
{
	struct strvec hosts = { 0 };
	struct rshcluster *c = NULL;

	if (backendai_hosts(&hosts))
		c = rshconf_add_cluster(conf, USERCONF_BACKENDAI, &hosts,
					HOSTS);
	if (c) {
		rshcluster_set(conf, c, "port", PORT, HOSTS);
		if (access(KEY, R_OK) == 0)
			rshcluster_set(conf, c, "ssh_key", KEY, HOSTS);
	}
	strvec_release(&hosts);
}
