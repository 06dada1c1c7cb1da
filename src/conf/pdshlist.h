/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CONF_PDSHLIST_H
#define RSH_CONF_PDSHLIST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/strbuf.h"

/**
 * Lists of targets as pdsh reads them (pdsh(1), -w and -x): in the order
 * given, and each as often as it is given.
 *
 *   n[1-3,07-10],b     hosts; within brackets the first number is the width
 *   exec:adm@n[1-3]    the way to run the command, and the user, of one item
 *   -n2  -/re/  -^FILE leave out
 *   /re/               keep what matches; several: what matches all
 *   ^FILE              a line a host or more, "#" comments, "#include FILE"
 *
 * What is left out counts for the whole list, wherever it stands, for each
 * equal name, and after brackets are expanded.  Hosts may be addresses and
 * have ports; a word in front of a colon is a way to run commands where it is
 * one of `rcmds`.
 */
struct pdshlist;

/** One host. */
struct pdsh_host {
	char *name;	  /* "n1", "n1:2222", "::1", "[::1]:22": no user */
	const char *user; /* NULL: not named */
	const char *rcmd; /* one of `rcmds`, or NULL */
};

struct pdshlist_env {
	/* Append the file's bytes, `max` at most.  "-" is standard input. */
	int (*read)(void *arg, const char *path, size_t max, struct strbuf *out,
		    struct err *err);
	/* A line of a file that makes no sense, or one that was read. */
	void (*warn)(void *arg, const char *text);
	/* Where what "#include NAME" names is: a new string, or NULL when it
	   is nowhere.  May be NULL: in the folder of the first file. */
	char *(*find)(void *arg, const char *name);
	const char *const *rcmds; /* known ways to run, ends with NULL */
	void *arg;
};

/** `env` is borrowed and outlives the list. */
struct pdshlist *pdshlist_new(const struct pdshlist_env *env);
void pdshlist_free(struct pdshlist *l);

/**
 * Take an argument of -w, of -x, or the name of a file as WCOLL gives it.  -1
 * with ERR_USAGE or ERR_CONFIG; the list is then good for nothing but to be
 * freed.
 */
int pdshlist_add(struct pdshlist *l, const char *text, struct err *err);
int pdshlist_exclude(struct pdshlist *l, const char *text, struct err *err);
int pdshlist_file(struct pdshlist *l, const char *path, struct err *err);

/** Whether hosts were added so far, be they left out later. */
bool pdshlist_any(const struct pdshlist *l);

/** Leave out what is to be left out.  After it nothing may be added. */
int pdshlist_finish(struct pdshlist *l, struct err *err);

/**
 * Of a finished list: keep only the hosts that `other` has too, or those it has
 * not; sort the names, by what is in front of the number they end in and then
 * by that, and keep each once; move all to the end of another list.
 */
void pdshlist_keep(struct pdshlist *l, const struct pdshlist *other);
void pdshlist_drop(struct pdshlist *l, const struct pdshlist *other);
void pdshlist_unique(struct pdshlist *l);
void pdshlist_move(struct pdshlist *to, struct pdshlist *from);

/** Say who a host is logged in to as, and how it is reached. */
void pdshlist_set_user(struct pdshlist *l, struct pdsh_host *h,
		       const char *user);
int pdshlist_set_rcmd(const struct pdshlist *l, struct pdsh_host *h,
		      const char *rcmd, struct err *err);

size_t pdshlist_count(const struct pdshlist *l);
struct pdsh_host *pdshlist_get(const struct pdshlist *l, size_t i);

/**
 * Write the names as -q does: neighbours share a bracket where their last
 * numbers allow it, the order stays.  O(n).
 */
void pdshlist_fold(const struct pdshlist *l, struct strbuf *out);

#endif /* RSH_CONF_PDSHLIST_H */
