/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CONF_SPEC_H
#define RSH_CONF_SPEC_H

#include <stdbool.h>
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
 * Names are checked with hostname_check() and username_check().
 */
int dest_parse(const char *text, bool with_port, struct dest *out,
	       struct err *err);
void dest_release(struct dest *d);

#endif /* RSH_CONF_SPEC_H */
