/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CMD_REGROUP_H
#define RSH_CMD_REGROUP_H

#include <stddef.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "conf/hostlist.h"

/**
 * Append hosts as groups and what is left: "@web,db1".  Groups of which all
 * hosts are there are taken, large ones first, while they have no host in
 * common.  They are those of the source's default source, or all.
 */
int regroup(const struct hostlist_source *source, const char *const *names,
	    size_t n, struct strbuf *out, struct err *err);

/**
 * Append the names of the groups, sorted: all, or those that hold one of
 * `hosts`, unless that is NULL.
 */
int regroup_names(const struct hostlist_source *source, struct hostlist *hosts,
		  struct strvec *out, struct err *err);

/** "@GROUP", or "@SOURCE:GROUP" where the source is named; to be freed. */
char *regroup_name(const struct hostlist_source *source, const char *group);

#endif /* RSH_CMD_REGROUP_H */
