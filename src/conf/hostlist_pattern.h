/* SPDX-License-Identifier: Apache-2.0 */
/* Part of hostlist: reading, and one name with [ranges]. */
#ifndef RSH_CONF_HOSTLIST_PATTERN_H
#define RSH_CONF_HOSTLIST_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* user@[address%zone]:port, each as long as it may be, fits. */
#define PATTERN_NAME_MAX 640u

/** Whose rules hold within brackets. */
enum dialect {
	DIALECT_RSH,
	DIALECT_PDSH, /* the first number gives the width; no steps */
};

/** A place in a text that is read. */
struct scan {
	const char *text;
	size_t len;
	size_t at;
	struct err *err;
	enum dialect dialect;
};

/** The byte at the place, or a NUL past the end (and where there is one). */
char scan_peek(const struct scan *s);

/** Whether a word ends here: at a comma, a blank, or the end. */
bool scan_word_end(const struct scan *s);

/** Whether an item ends here: as a word does, or at a set operator of ours. */
bool scan_item_end(const struct scan *s);

/** Whether a blank stands here. */
bool scan_blank(const struct scan *s);

/**
 * Refuse what stands at `at`, with a sentence that says what was expected
 * there.  Gives -1.
 */
int scan_fail(const struct scan *s, size_t at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/** "1-9/2" within brackets, its last number not past `last`. */
struct range {
	uint64_t first, last, step;
	unsigned int width; /* digits at least, filled with zeros */
};

struct bracket {
	size_t ranges; /* index of its first range */
	size_t nranges;
	size_t literal_end; /* of the text in front of it, in `literals` */
	/* where the expansion is */
	size_t range;
	uint64_t value;
	size_t digits_at; /* where its number starts in `name` */
};

/**
 * A name with brackets, and one of the names it stands for.  Zeroed memory
 * is empty; it may be compiled again and again.
 */
struct pattern {
	struct range *ranges;
	size_t nranges;
	size_t ranges_cap;
	struct bracket *brackets;
	size_t nbrackets;
	size_t brackets_cap;
	char literals[PATTERN_NAME_MAX]; /* all text outside brackets */
	size_t literals_len;
	size_t longest;		     /* bytes the longest name may take */
	uint64_t count;		     /* names it stands for, at least 1 */
	bool wild;		     /* they have a "*" or "?" in them */
	char name[PATTERN_NAME_MAX]; /* no NUL at the end */
	size_t name_len;
};

void pattern_release(struct pattern *p);

/**
 * Read one item up to its end.  -1 when it makes no sense or stands for more
 * than `max` names: nothing was expanded then.
 */
int pattern_compile(struct pattern *p, struct scan *s, uint64_t max);

/** Whether it is sure that none of its names comes twice.  Cheap. */
bool pattern_is_distinct(const struct pattern *p);

/** Put the first, then the next name in `name`; false past the last. */
void pattern_first(struct pattern *p);
bool pattern_next(struct pattern *p);

#endif /* RSH_CONF_HOSTLIST_PATTERN_H */
