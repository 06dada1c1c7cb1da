/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CONF_RSHCONF_H
#define RSH_CONF_RSHCONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "conf/hostlist.h"
#include "conf/rshkeys.h"
#include "conf/rshvars.h"

/**
 * rsh's own configuration, of any number of files: values for all hosts,
 * clusters (hosts under a name, with values of their own), groups (host lists
 * under a name) and what the interactive shell is told.
 *
 * The first file outranks the next: key by key in `defaults` and
 * `interactive`, name by name for clusters and groups.
 */
struct rshconf;

/** Where a value stands. */
struct rshplace {
	const char *file; /* a path; or a variable's name; NULL: nowhere */
	size_t line;	  /* from 1; 0: of a variable */
	size_t column;
};

/** A value with its variables replaced.  All is the rshconf's. */
struct rshvalue {
	const struct rshkey *key;
	const char *item; /* TEXTS: under which name; else NULL */
	const char *text; /* a list's parts are joined by commas */
	uint64_t number;  /* of rshkey_check() */
	/* A jump host's own key, which ProxyJump has no word for; or NULL. */
	const char *jump_key;
	struct rshplace place;
};

struct rshvalues {
	struct rshvalue *v;
	size_t n, cap;
};

/** Hosts of a cluster that have the same values of their own. */
struct rshnode {
	const char *hosts; /* a host list */
	struct rshvalues own;
	struct rshplace place;
};

/** A variable that was not set, where that matters only when it is used. */
struct rshmissing {
	char *why; /* "FILE:LINE:COLUMN: ..."; or NULL: none */
};

struct rshcluster {
	const char *name;
	struct rshnode *nodes;
	size_t nnodes, cap;
	struct rshvalues own;
	struct rshvalues interactive;
	struct rshplace place;
	struct rshmissing missing;
	char *list; /* private: what "@NAME" stands for, once asked */
	bool busy;  /* private */
};

struct rshgroup {
	const char *name;
	const char *hosts; /* a host list */
	struct rshplace place;
	struct rshmissing missing;
};

/** `get` gives variables of the environment, while files are added. */
struct rshconf *rshconf_new(rshvars_get_fn *get, void *arg);
void rshconf_free(struct rshconf *conf);

/**
 * Add a file: `name` is shown in messages and told as the origin.  0, or -1
 * with ERR_CONFIG "NAME:LINE:COLUMN: reason": no YAML, an unknown key (with
 * the nearest known one), a value of the wrong type or out of range, a
 * variable that is not set.  The last, in a cluster or a group, is kept back
 * until that is used.
 */
int rshconf_add(struct rshconf *conf, const char *name, const char *text,
		size_t len, struct err *err);

/**
 * Add the cluster `name` of `hosts`, each a host list, which variable `from`
 * of the environment has told.  Whatever a file says of the name outranks it.
 * Values are added with rshcluster_set().
 */
struct rshcluster *rshconf_add_cluster(struct rshconf *conf, const char *name,
				       const struct strvec *hosts,
				       const char *from);
void rshcluster_set(struct rshconf *conf, struct rshcluster *c, const char *key,
		    const char *text, const char *from);

/** Clusters and groups in the order of the files; NULL past the last. */
struct rshcluster *rshconf_cluster_at(const struct rshconf *conf, size_t i);
const struct rshgroup *rshconf_group_at(const struct rshconf *conf, size_t i);
struct rshcluster *rshconf_cluster(const struct rshconf *conf,
				   const char *name);

const struct rshvalues *rshconf_defaults(const struct rshconf *conf);
const struct rshvalues *rshconf_interactive(const struct rshconf *conf);

/** The value of a key among these; NULL when there is none. */
const struct rshvalue *rshvalues_get(const struct rshvalues *values,
				     const char *key);

/** Of the node, else of the cluster, else of `defaults`.  Each may be NULL. */
const struct rshvalue *rshconf_get(const struct rshconf *conf,
				   const struct rshcluster *c,
				   const struct rshnode *node, const char *key);

/**
 * How the host lists in the files are read themselves: files, groups in
 * groups.  Borrowed; NULL, as at first: without.
 */
void rshconf_set_source(struct rshconf *conf,
			const struct hostlist_source *source);

/**
 * Append the host list that the cluster or group `name` stands for, and take
 * note of whose hosts they are.  1; 0 when there is none of that name; -1
 * with `err`: one of its lists is wrong, it has no hosts, it holds itself.
 */
int rshconf_map(struct rshconf *conf, const char *name, struct strbuf *out,
		struct err *err);

/** Append the names of clusters, and of groups if `groups`. */
void rshconf_names(const struct rshconf *conf, bool groups, struct strvec *out);

/**
 * Whose host is it: `listed` as rshconf_map() gave it and a host list made it.
 * False when it is of no cluster that was asked for.  O(1).
 */
bool rshconf_owner(const struct rshconf *conf, const char *listed,
		   const struct rshcluster **c, const struct rshnode **node);

/** A line of ssh_config(5) and where it comes from. */
struct rshline {
	char *text;
	struct rshplace place;
};

struct rshlines {
	struct rshline *v;
	size_t n, cap;
};

/** Append the lines that the values of a host come to. */
void rshconf_lines(const struct rshconf *conf, const struct rshcluster *c,
		   const struct rshnode *node, struct rshlines *out);
void rshlines_add(struct rshlines *lines, const char *keyword,
		  const char *value, const struct rshplace *place);
void rshlines_release(struct rshlines *lines);

/** Own a text for as long as the configuration lives; gives it back. */
const char *rshconf_keep(struct rshconf *conf, char *text);

/** "FILE:LINE", or the name of the variable. */
void rshplace_show(const struct rshplace *place, struct strbuf *out);

#endif /* RSH_CONF_RSHCONF_H */
