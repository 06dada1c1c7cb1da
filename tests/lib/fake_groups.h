/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_TESTS_LIB_FAKE_GROUPS_H
#define RSH_TESTS_LIB_FAKE_GROUPS_H

#include "conf/groups.h"

/**
 * A machine for sources of groups: tables that end in a row of NULL, each of
 * which may be NULL.
 */
struct fake_groups {
	const struct fake_pair *files;	   /* path, text; "!" may not be read */
	const struct fake_pair *vars;	   /* name, value */
	const struct fake_pair *netgroups; /* name, hosts with blanks */
	const struct fake_pair *commands;  /* words joined by "|", output; an
					      output of "!N": status N */
	const char *distrusted;		   /* a path */
	const char *home;
	unsigned int reads, runs;
	char *last_run; /* words joined by "|"; owned */
};

struct fake_pair {
	const char *key, *value;
};

/** A registry over it, without sources. */
struct groups *fake_groups_new(struct fake_groups *fake);

/** Free both; `fake` can be used again. */
void fake_groups_free(struct fake_groups *fake, struct groups *g);

/**
 * What "@SOURCE:GROUP" stands for, or "error: MESSAGE"; `source` may be NULL,
 * and a `group` of NULL means the names of the groups, with blanks between.
 * The caller frees it.
 */
char *fake_groups_ask(struct groups *g, const char *source, const char *group);

#endif /* RSH_TESTS_LIB_FAKE_GROUPS_H */
