/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CONF_HOSTLIST_H
#define RSH_CONF_HOSTLIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "conf/spec.h" /* hostname_check() */

#define HOSTLIST_MAX_HOSTS 1000000u
#define HOSTLIST_MAX_LINE  ((size_t)1 << 20) /* bytes */
#define HOSTLIST_MAX_DEPTH 16
#define HOSTLIST_MAX_FILES ((size_t)64 << 20) /* bytes of all, in one parse */

/**
 * An ordered list of host names, each at most once, first occurrence kept.
 *
 * Grammar (rsh-hostlist(7)): commas and blanks separate; "n[1-3,07-10]" with
 * padding, steps "[0-100/5]", any number of brackets, the leftmost slowest;
 * a leading "-" or "!" excludes exactly that name from the whole list;
 * "^FILE" reads a file, "^-" standard input; "user@", ":port", "[v6]:port"
 * and bare IPv6 addresses belong to the name.  Each name is checked as
 * dest_split() does.
 *
 * Padding: the first end of a range that begins with a zero gives the width.
 * "[01-3]" is 01 02 03, "[8-011]" is 008 to 011, "[01-100]" ends in 99 100.
 *
 * Files: items as above, "#" begins a comment, CR LF is fine, "^FILE" and
 * "#include FILE" (at the start of a line) read another one, relative to the
 * folder of the file they stand in.
 *
 * Held as names; 100 bytes a host at most for ordinary names.
 */
struct hostlist;

/**
 * How files are read and groups are known, so that tests need none.  May be
 * NULL, as may each of its functions: there are none then.
 */
struct hostlist_source {
	/*
	 * Append the file's bytes to `out`, whose ceiling is `max`; a longer
	 * file is an error.  "-" is standard input.  -1 with err.
	 */
	int (*read)(void *arg, const char *path, size_t max, struct strbuf *out,
		    struct err *err);
	/*
	 * Append the host list that "@GROUP" (`source` NULL) or
	 * "@SOURCE:GROUP" stands for; the group "*" is all hosts there are.
	 * An unknown group is an error.  -1 with err.
	 */
	int (*group)(void *arg, const char *source, const char *group,
		     struct strbuf *out, struct err *err);
	/*
	 * Append the names of the groups, without "@": for "@@" (`source`
	 * NULL) and "@@SOURCE".  -1 with err.
	 */
	int (*groups)(void *arg, const char *source, struct strvec *out,
		      struct err *err);
	void *arg;
};

struct hostlist *hostlist_new(void);
void hostlist_free(struct hostlist *hl);

/**
 * Add what `text` says.  Exclusions count for names added before and after.
 * -1 with ERR_CONFIG, the list unchanged: the message shows the text, the
 * column (from 1) and what was expected there; and for a file its name and
 * line.  All names that the text stands for count against the limit, those
 * that are repeated or excluded too, before any is made.
 */
int hostlist_parse(struct hostlist *hl, const char *text,
		   const struct hostlist_source *source, struct err *err);

/**
 * Exclude exactly the names `text` says, as if each had a leading "-".
 * Unknown ones are no error.  An exclusion within `text` keeps a name:
 * "n[1-5],-n3" excludes four.
 */
int hostlist_exclude(struct hostlist *hl, const char *text,
		     const struct hostlist_source *source, struct err *err);

/**
 * Number of names, and the name at `i` (borrowed: good until the list is
 * freed, or the name excluded).  O(1).
 */
size_t hostlist_count(const struct hostlist *hl);
const char *hostlist_get(const struct hostlist *hl, size_t i);

/**
 * Fold names back: "n[1-3,07-10]".  Names that differ in one number share a
 * bracket: the last number that has company.  The exact inverse: parsing the
 * result gives the same names, each once; in the same order when the names
 * of each bracket stand together and ascend.  O(n log n).
 *
 * Names must be such as hostlist_parse() gives; others are written as is.
 */
void hostlist_fold(const char *const *names, size_t n, struct strbuf *out);

#endif /* RSH_CONF_HOSTLIST_H */
