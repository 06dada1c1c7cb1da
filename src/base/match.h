/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_BASE_MATCH_H
#define RSH_BASE_MATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct regex;

/**
 * ssh_config(5) PATTERNS: `*` any run, `?` any one byte, the rest itself.
 * Linear time in the text for each `*`, never exponential.
 */
bool match_glob(const char *pattern, const char *text);

enum match_verdict {
	MATCH_NONE,	/* no pattern fits */
	MATCH_POSITIVE, /* one fits and no negated one does */
	MATCH_NEGATED,	/* a pattern with `!` fits */
};

/**
 * A comma-separated pattern list with `!`, as in Host and known_hosts.
 * `fold_case` compares without regard to ASCII case.
 */
enum match_verdict match_list(const char *list, const char *text,
			      bool fold_case);

/**
 * Whether the numeric address `addr` lies in the CIDR list `list` (IPv4 or
 * IPv6, `!` negates).  Returns -1 if the list cannot be read.
 */
int match_cidr(const char *addr, const char *list);

/**
 * Compile a PCRE2 pattern (UTF-8 unless the pattern is not).  Patterns over
 * 4 KiB are refused; matching is limited to 100,000 steps and 64 KiB of heap,
 * so that no pattern can hold the program up.  NULL with `err` on a bad one.
 */
struct regex *regex_compile(const char *pattern, struct err *err);

/** 1 match, 0 none, -1 a limit was hit (err says so, unless it is NULL). */
int regex_match(const struct regex *re, const char *text, size_t n,
		struct err *err);

/** Captures that regex_group() finds; more are not kept. */
#define REGEX_GROUPS 8

/**
 * The number of the group `(?<name>...)`, for regex_group(); 0 if the pattern
 * has none of that name, or only past REGEX_GROUPS.
 */
unsigned int regex_find_group(const struct regex *re, const char *name);

/**
 * What group `i` of the last match took: `*len` bytes from offset `*at` of
 * its text.  False if it took no part.
 */
bool regex_group(const struct regex *re, unsigned int i, size_t *at,
		 size_t *len);

void regex_free(struct regex *re);

#endif /* RSH_BASE_MATCH_H */
