/* SPDX-License-Identifier: Apache-2.0 */
/* What groups.c and groups_map.c share; for nobody else. */
#ifndef RSH_CONF_GROUPS_INTERNAL_H
#define RSH_CONF_GROUPS_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/hashmap.h"
#include "base/strbuf.h"
#include "conf/groups.h"

/* What a source said of one group; or what a file holds. */
struct answer {
	struct hashmap_node in;
	char *name;
	bool known;
	struct strbuf text;
};

struct source {
	char *name;
	int order;
	const struct group_source_ops *ops; /* NULL: a loader */
	const struct group_loader_ops *loader;
	void *arg;
	bool loaded;
	struct err failure; /* of a loader; it is not tried again */
	bool listed;	    /* `names` is filled */
	struct strvec names;
	struct hashmap answers;
	bool all_asked;
	struct answer all;
};

struct groups {
	struct groups_env env;
	char *home; /* owner of env.home */
	struct source **v;
	size_t n;
	size_t cap;
	size_t insert_at; /* where the loader at work adds; else n */
	bool loading;
	struct hashmap files;
	size_t bytes;
};

/* groups.c; 0, or -1 with err, which may be NULL */

/** Let all loaders add what they know of. */
int groups_load_all(struct groups *g, struct err *err);

/** The first one of that name among what is loaded, or NULL. */
struct source *groups_find_source(const struct groups *g, const char *name);

/**
 * The source that is searched after `last` (NULL: the first), loading what
 * has to be.  0: `*out` is NULL at the end.
 */
int groups_next(struct groups *g, const struct source *last,
		struct source **out, struct err *err);

/**
 * What `s` itself says of `group`; it is asked once.  While it is asked there
 * is no answer yet: a source that asks for its own group again is asked again,
 * and says that the group contains itself.
 */
int groups_ask(struct groups *g, struct source *s, const char *group,
	       const struct answer **out, struct err *err);

/** Likewise of all its hosts. */
int groups_ask_all(struct groups *g, struct source *s,
		   const struct answer **out, struct err *err);

/** Fill `s->names`, once. */
int groups_list(struct source *s, struct err *err);

/* groups_map.c */

/** Likewise a source by name; ERR_CONFIG names those there are. */
int groups_find_named(struct groups *g, const char *name, struct source **out,
		      struct err *err);

#endif /* RSH_CONF_GROUPS_INTERNAL_H */
