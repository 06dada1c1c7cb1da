/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Netgroups.
 */
#include "conf/netgroup.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "conf/groups.h"
#include "conf/schedlist.h"
#include "base/banned.h"

static int map(void *arg, const char *group, struct strbuf *out,
	       struct err *err)
{
	const struct groups_env *env = groups_env(arg);
	struct strvec hosts = { 0 };
	char *words;
	int rc = 0;

	if (env->netgroup)
		rc = env->netgroup(env->arg, group, &hosts, err);
	if (rc > 0) {
		words = strvec_join(&hosts, " ");
		if (schedlist_parse(SCHEDLIST_WORDS, words, out, err))
			rc = -1;
		free(words);
	}
	strvec_release(&hosts);
	return rc;
}

static int all(void *arg, struct strbuf *out, struct err *err)
{
	(void)arg;
	(void)out;
	(void)err;
	return 0;
}

static const struct group_source_ops netgroup_ops = {
	.name = "netgroup",
	.map = map,
	.all = all,
	.order = GROUP_ORDER_NETGROUP,
};

void netgroup_add(struct groups *g)
{
	groups_add(g, &netgroup_ops, g);
}
