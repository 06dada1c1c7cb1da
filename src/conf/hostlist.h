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

#define HOSTLIST_MAX_WORK  ((uint64_t)16 << 20) /* names made in one parse */
#define HOSTLIST_MAX_TESTS 1000u		/* expressions, wildcards */
/* Of a number in brackets, so that no sum of two numbers overflows. */
#define HOSTLIST_MAX_DIGITS 18u

/**
 * An ordered list of host names, each at most once, first occurrence kept.
 *
 * Grammar (rsh-hostlist(7)): commas and blanks separate; "n[1-3,07-10]" with
 * padding, steps "[0-100/5]", any number of brackets, the leftmost slowest;
 * a leading "-" or "!" excludes exactly that name from the whole list;
 * "^FILE" reads a file, "^-" standard input; "@GROUP", "@SOURCE:GROUP", "@*"
 * and "@@" are groups, "*" and "?" stand for known hosts; "/REGEX/" keeps what
 * matches and "-/REGEX/" drops it; "user@", ":port", "[v6]:port" and bare IPv6
 * addresses belong to the name.  Each name is checked as dest_split() does.
 *
 * Between sets "&", "^" and "!" are intersection, symmetric difference and
 * difference with all that stands to the left, without precedence.  In front
 * of an item "^" and "!" mean a file and an exclusion: they are operators
 * where they touch the item to their left or have a blank to their right.
 *
 * Padding: the first end of a range that begins with a zero gives the width.
 * "[01-3]" is 01 02 03, "[8-011]" is 008 to 011, "[01-100]" ends in 99 100.
 *
 * Files: items as above, "#" begins a comment, CR LF is fine, "^FILE" and
 * "#include FILE" (at the start of a line) read another one, relative to the
 * folder of the file they stand in.  Operators stay within a line.
 *
 * Groups: the text of a group is a list of its own; "@x" in it is of the same
 * source.  A group within itself is refused.
 *
 * Held as names, 60 bytes each for ordinary ones; or as the one pattern that
 * was given, until a name is asked for.
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
	/* The source of "@x" on the command line; NULL: what `group` says. */
	const char *default_source;
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
 * Exclude exactly the names `text` says, as if each had a leading "-", and
 * what matches its wildcards and expressions.  Unknown ones are no error.  An
 * exclusion within `text` keeps a name: "n[1-5],-n3" excludes four.
 */
int hostlist_exclude(struct hostlist *hl, const char *text,
		     const struct hostlist_source *source, struct err *err);

/**
 * Keep of the names there are those that `text` says, or that match one of
 * its wildcards and expressions; not those that it excludes.  A text with
 * exclusions only keeps all else.  A name matches by its host too, without
 * user and port.  What is added later is not looked at.  That nothing is left
 * is an error.
 */
int hostlist_filter(struct hostlist *hl, const char *text,
		    const struct hostlist_source *source, struct err *err);

/** What becomes of two lists; the order is that of the left one. */
enum hostlist_op {
	HOSTLIST_UNION,
	HOSTLIST_INTERSECTION,
	HOSTLIST_DIFFERENCE,
	HOSTLIST_SYMMETRIC, /* what is in one of them only */
};

/**
 * `hl` becomes `hl` `op` `other`; `other` may be emptied for it.  -1 with err
 * when that is more than a list may hold.
 */
int hostlist_combine(struct hostlist *hl, enum hostlist_op op,
		     struct hostlist *other, struct err *err);

/** Add a name that another list gave, unless it is there. */
void hostlist_add(struct hostlist *hl, const char *name);

bool hostlist_has(struct hostlist *hl, const char *name);

/** Number of names.  O(1). */
size_t hostlist_count(const struct hostlist *hl);

/**
 * The name at `i`, or all (borrowed: good until the list is freed, or the name
 * excluded).  O(1), but the first call may have to make them.
 */
const char *hostlist_get(struct hostlist *hl, size_t i);
const char *const *hostlist_names(struct hostlist *hl);

/**
 * Sort the names as hostlist_fold_set() has them.
 */
void hostlist_sort(struct hostlist *hl);

/**
 * Fold names back: "n[1-3,07-10]".  Names that differ in one number share a
 * bracket: the last number that has company.  The exact inverse: parsing the
 * result gives the same names, each once; in the same order when the names
 * of each bracket stand together and ascend.  O(n log n).
 *
 * Names must be such as hostlist_parse() gives; others are written as is.
 */
void hostlist_fold(const char *const *names, size_t n, struct strbuf *out);

/**
 * Fold a set of names as far as it goes, each number of a name a dimension:
 * "r[1-2]n[1-3],r3n1".  The text depends on the set alone, not on the order,
 * and is what ClusterShell's nodeset gives: texts without their numbers in
 * order of bytes, numbers by length and value, larger products first.  The
 * exact inverse, but for the order.  Numbers of more than 17 digits are text.
 *
 * O(n log n) for names with one number, and nearly so with several: see the
 * notes in hostlist_nd.c.
 */
void hostlist_fold_set(const char *const *names, size_t n, struct strbuf *out);

/** The same in pieces without a gap in any range, appended to `out`. */
void hostlist_fold_contiguous(const char *const *names, size_t n,
			      struct strvec *out);

#endif /* RSH_CONF_HOSTLIST_H */
