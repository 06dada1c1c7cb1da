/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CONF_GROUPS_H
#define RSH_CONF_GROUPS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/strbuf.h"

#define GROUPS_MAX_NAME	   255u		       /* bytes */
#define GROUPS_MAX_NAMES   100000u	       /* of groups in one source */
#define GROUPS_MAX_SOURCES 256u		       /* of groups.conf, all of them */
#define GROUPS_MAX_FILE	   ((size_t)16 << 20)  /* bytes of one file */
#define GROUPS_MAX_ANSWER  ((size_t)16 << 20)  /* bytes one group stands for */
#define GROUPS_MAX_BYTES   ((size_t)128 << 20) /* of all that is kept */

/**
 * Groups of hosts: "@NAME" and "@SOURCE:NAME" in a host list.
 *
 * A registry of sources.  A source knows groups by name and gives the host
 * list each stands for.  Nothing is read before it is asked for, and each
 * file, and each group of a source, once.  A name that no source may know is
 * refused before any is asked: see group_name_check().
 */
struct groups;

/** What a source asks of the machine. */
struct groups_env {
	const char *home; /* NULL: there is none */
	const char *(*getenv)(void *arg, const char *name);
	/* Append the file, at most `max` bytes.  1: read, 0: there is no such
	   file or it is a folder, 2: it may not be read, err says why too,
	   -1: err. */
	int (*read)(void *arg, const char *path, size_t max, struct strbuf *out,
		    struct err *err);
	/* Append the names of the files in a folder, sorted, without those
	   that begin with a dot.  1, or 0: no such folder, -1: err. */
	int (*folder)(void *arg, const char *path, struct strvec *out,
		      struct err *err);
	/* Run a program to its end, with no input, for a limited time, and
	   append its standard output.  The exit status, or -1 with err. */
	int (*run)(void *arg, const char *const *argv, struct strbuf *out,
		   struct err *err);
	/* Refuse a file that tells commands to run, if others could have
	   written them.  NULL: none is refused. */
	int (*trust)(void *arg, const char *path, struct err *err);
	/* Append the hosts of a netgroup.  1, or 0: no such group, -1: err. */
	int (*netgroup)(void *arg, const char *name, struct strvec *out,
			struct err *err);
	void *arg;
};

/** Where an unqualified name is looked for: the lowest first. */
enum group_order {
	GROUP_ORDER_YAML = 0, /* the user's own configuration */
	GROUP_ORDER_DSH = 10,
	GROUP_ORDER_CLUSTERSHELL = 20,
	GROUP_ORDER_GENDERS = 30,
	GROUP_ORDER_NETGROUP = 40,
	GROUP_ORDER_NAMED = -1, /* only as "@SOURCE:NAME" */
};

struct group_source_ops {
	const char *name;
	/* Append the host list of a group.  In it "@NAME" means a group of
	   this source, if it has one of that name.  One that reads lists
	   itself may be asked again for the same group, and then refuses.
	   1: known, 0: not known, -1: err. */
	int (*map)(void *arg, const char *group, struct strbuf *out,
		   struct err *err);
	/* Append the names of the groups; may be NULL.  0, or -1 with err. */
	int (*list)(void *arg, struct strvec *out, struct err *err);
	/* Append all hosts; NULL: those of all groups.  1, or 0: there is
	   nothing, -1: err. */
	int (*all)(void *arg, struct strbuf *out, struct err *err);
	enum group_order order;
	void (*free)(void *arg); /* with the registry; may be NULL */
};

/** `env` is copied, its `home` too; NULL: none of it is there. */
struct groups *groups_new(const struct groups_env *env);
void groups_free(struct groups *g);

/**
 * Add a source.  Of two with one name, the one added first is meant.  `ops`
 * is borrowed, `arg` owned if there is a `free`.
 */
void groups_add(struct groups *g, const struct group_source_ops *ops,
		void *arg);

/** The same under another name and place than those of `ops`. */
void groups_add_as(struct groups *g, const char *name, enum group_order order,
		   const struct group_source_ops *ops, void *arg);

/**
 * Add sources that are read when they are first needed: when the search for
 * an unqualified name comes to `order`, or at a qualified name.  What `load`
 * then adds stands in front of what was added after this call.
 */
struct group_loader_ops {
	int (*load)(struct groups *g, void *arg, struct err *err);
	enum group_order order;
	void (*free)(void *arg);
};
void groups_add_loader(struct groups *g, const struct group_loader_ops *ops,
		       void *arg);

/**
 * For struct hostlist_source.group; `arg` is the struct groups.  `source`
 * NULL: the first in order that knows the group; if none does, all hosts of
 * the source that has this name.  `group` "*": all hosts of the source, or of
 * all that unqualified names are looked for in.
 *
 * -1 with ERR_CONFIG when none knows it: the message names who was asked and
 * the nearest name there is.
 */
int groups_map(void *arg, const char *source, const char *group,
	       struct strbuf *out, struct err *err);

/**
 * For struct hostlist_source.groups: the names of the groups, each once;
 * those of sources that cannot tell are left out.
 */
int groups_names(void *arg, const char *source, struct strvec *out,
		 struct err *err);

/** The names of all sources, each once, those that are searched first. */
int groups_sources(struct groups *g, struct strvec *out, struct err *err);

/**
 * Refuse a name that could mean something else in a host list: empty, too
 * long, with blanks, control characters, or one of , & ! ^ [ ] @ * ?, or a
 * "-" in front.  0, or -1 with a sentence.
 */
int group_name_check(const char *name, struct err *err);

/* For sources. */

const struct groups_env *groups_env(const struct groups *g);

/**
 * The text of a file, read at the first call.  1 and `*text` (borrowed, until
 * the registry is freed), 0: no such file, -1 with err.  One that may not be
 * read is an error, or with groups_read_open() as good as none.
 */
int groups_read(struct groups *g, const char *path, const struct strbuf **text,
		struct err *err);
int groups_read_open(struct groups *g, const char *path,
		     const struct strbuf **text, struct err *err);

/** The value of a variable, or NULL when it is not set or empty. */
const char *groups_getenv(const struct groups *g, const char *name);

#endif /* RSH_CONF_GROUPS_H */
