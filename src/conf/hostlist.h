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

/**
 * An ordered list of host names, each at most once, first occurrence kept.
 *
 * Grammar (rsh-hostlist(7)): commas and blanks separate; "n[1-3,07-10]" with
 * padding, steps "[0-100/5]", any number of brackets, the leftmost slowest;
 * a leading "-" or "!" excludes exactly that name from the whole list;
 * "^FILE" reads a file, "^-" standard input; "user@", ":port", "[v6]:port"
 * and bare IPv6 addresses belong to the name.  Names are checked: no leading
 * "-", blanks, control characters or shell characters.
 *
 * Held as names; 100 bytes a host at most for ordinary names.
 */
struct hostlist;

/** How files are read, so that tests need none.  May be NULL: none are. */
struct hostlist_source {
	/* Append the file's bytes, at most `max`; -1 with err. */
	int (*read)(void *arg, const char *path, size_t max, struct strbuf *out,
		    struct err *err);
	void *arg;
};

struct hostlist *hostlist_new(void);
void hostlist_free(struct hostlist *hl);

/**
 * Add what `text` says.  Exclusions count for names added before and after.
 * -1 with ERR_CONFIG, the list unchanged: the message shows the text, the
 * column (from 1) and what was expected there.
 */
int hostlist_parse(struct hostlist *hl, const char *text,
		   const struct hostlist_source *source, struct err *err);

/** Remove exactly the names `text` says.  Unknown ones are no error. */
int hostlist_exclude(struct hostlist *hl, const char *text,
		     const struct hostlist_source *source, struct err *err);

/** Number of names, and the name at `i` (borrowed).  O(1). */
size_t hostlist_count(const struct hostlist *hl);
const char *hostlist_get(const struct hostlist *hl, size_t i);

/**
 * Fold names back: "n[1-3,07-10]".  The exact inverse: parsing the result
 * gives the same names, in the same order when they were in ascending order.
 * O(n log n).
 */
void hostlist_fold(const char *const *names, size_t n, struct strbuf *out);

#endif /* RSH_CONF_HOSTLIST_H */
