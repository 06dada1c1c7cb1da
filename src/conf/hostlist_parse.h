/* SPDX-License-Identifier: Apache-2.0 */
/* Part of hostlist: what a list holds, and the reading of texts. */
#ifndef RSH_CONF_HOSTLIST_PARSE_H
#define RSH_CONF_HOSTLIST_PARSE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/match.h"
#include "conf/hostlist.h"
#include "conf/hostlist_pattern.h"
#include "conf/hostlist_set.h"

/** A wildcard or an expression: one of them is set. */
struct nametest {
	char *glob;
	struct regex *regex;
};

struct nametests {
	struct nametest *v;
	size_t n;
	size_t cap;
};

/**
 * A list; or, read with `matcher`, what names are held against.  Then `keeps`
 * are alternatives to `listed`, else each of them has to hold.
 */
struct hostlist {
	struct nameset listed;
	struct nameset excluded;
	struct nametests keeps, drops;
	struct hostlist **exclusions; /* matchers of hostlist_exclude() */
	size_t nexclusions;
	size_t exclusions_cap;
};

void hostlist_release(struct hostlist *hl);

/**
 * Read `text` into `hl`.  Exclusions and tests are noted, not yet obeyed:
 * see hostlist_settle().  After -1 what was added to `hl` is left there.
 */
int hostlist_read(struct hostlist *hl, const char *text, size_t len,
		  bool matcher, const struct hostlist_source *source,
		  struct err *err);

/** Obey exclusions and tests.  -1 when an expression takes too long. */
int hostlist_settle(struct hostlist *hl, bool matcher, struct err *err);

/** How names are held against a matcher. */
struct match_how {
	struct hostlist *matcher;
	bool by_host;	/* by the host in a name too */
	bool all_else;	/* a matcher that only excludes has all else */
	bool negated;	/* keep what does not match */
	struct err err; /* code is set once an expression took too long */
};

/** Keep the names from `from` on that `how` says.  -1 with err. */
int hostlist_keep(struct nameset *names, size_t from, struct match_how *how,
		  struct err *err);

/* Between hostlist_parse.c, which reads texts, and hostlist_group.c. */

/* What a file or group costs at least of HOSTLIST_MAX_FILES, so that many
   small ones that hold each other come to an end too. */
#define PARSER_FILE_COST ((size_t)4 << 10)

/** A group whose text is being read; within each other. */
struct frame {
	const struct frame *outer;
	const char *source; /* or NULL */
	const char *group;
};

/** One call of hostlist_read(), with the files and groups it reads. */
struct parser {
	struct hostlist *hl;
	bool matcher; /* tests are alternatives, wildcards are tests */
	const struct hostlist_source *source;
	struct pattern pattern; /* of the item at hand */
	uint64_t hosts_left;	/* of `hl` */
	uint64_t work_left;
	size_t bytes_left;
	unsigned int depth;
	const char *file;	    /* NULL: the command line */
	const struct frame *frames; /* innermost first */
	const char *group_source;   /* of "@x"; NULL: the default */
	struct nameset known;	    /* what wildcards look through */
	bool known_read;
};

/** A list that is read apart, and where to go back to. */
struct apart {
	struct hostlist hl;
	struct hostlist *outer;
	uint64_t outer_hosts_left;
	bool outer_matcher;
};

void apart_begin(struct parser *p, struct apart *a, bool matcher);

/** Back to the outer list, settled; `rc` is what reading gave, and comes. */
int apart_end(struct parser *p, struct apart *a, int rc, struct err *err);

/** Put names that were read apart into the list at hand, counted. */
int parser_add_apart(struct parser *p, const struct scan *s, size_t at,
		     struct nameset *names, bool exclude);

/** Add a test to the list at hand, which owns it from here on. */
int parser_add_test(struct parser *p, const struct scan *s, size_t at,
		    struct nametest test, bool exclude);

/** Read names from here on, as a pattern, and pay for them. */
int parser_compile(struct parser *p, struct scan *s, uint64_t max);

/** Read `text` as part of the list at hand. */
int parser_read_text(struct parser *p, const char *text, size_t len,
		     struct err *err);

/** Read "@...", or obey the wildcards that were just compiled. */
int parser_group(struct parser *p, struct scan *s, bool exclude);
int parser_wild(struct parser *p, const struct scan *s, size_t at,
		bool exclude);

int parser_check_name(const struct scan *s, size_t start, const char *name,
		      size_t len);

/** Point at `at`: with a sentence of others, or because of too many. */
int parser_fail(const struct scan *s, size_t at, struct err *why);
int parser_too_many(const struct scan *s, size_t at);

#endif /* RSH_CONF_HOSTLIST_PARSE_H */
