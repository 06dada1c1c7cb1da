/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CONF_SPEC_H
#define RSH_CONF_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/** A destination as typed, taken apart.  Strings are owned. */
struct dest {
	char *user;    /* NULL when not given */
	char *host;    /* without brackets */
	uint16_t port; /* 0 when not given */
};

/**
 * "[user@]host", "[user@]host:port" (when `with_port`), "[v6]:port",
 * "user@[v6]", bare IPv6, "ssh://[user@]host[:port][/]" with percent escapes.
 * Names are checked with hostname_check() and username_check().  The user
 * ends at the last "@".  0, or -1 with ERR_CONFIG and `out` zeroed.
 */
int dest_parse(const char *text, bool with_port, struct dest *out,
	       struct err *err);
void dest_release(struct dest *d);

/** The same in place, for those who have a million: borrowed, no ssh://. */
struct dest_view {
	const char *user; /* NULL when not given */
	size_t user_len;
	const char *host; /* without brackets */
	size_t host_len;
	uint16_t port; /* 0 when not given */
};

int dest_split(const char *text, size_t len, bool with_port,
	       struct dest_view *out, struct err *err);

/**
 * Check a host name against what may be used at all.  -1 with ERR_CONFIG and
 * a message that names the character.  (CVE-2023-51385 and its kin.)
 *
 * Refused: nothing at all, a leading "-", blanks, control characters,
 * `' " $ \ ; & < > | ( ) { }` and the backquote, more than 253 bytes without
 * the dot at the end.
 */
int hostname_check(const char *name, struct err *err);

/** The same for a user name given on a command line; 255 bytes at most. */
int username_check(const char *name, struct err *err);

/** Whether `c` may be in a host name: what hostname_check() asks. */
bool hostname_char(char c);

#endif /* RSH_CONF_SPEC_H */
