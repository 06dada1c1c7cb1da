/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CMD_BYCLASS_H
#define RSH_CMD_BYCLASS_H

#include <stddef.h>

#include "base/strbuf.h"

struct byclass_group;

/** Hosts put together by a word; kinds of words are few.  Zeroed is empty. */
struct byclass {
	struct byclass_group *v;
	size_t n, cap; /* private */
};

/** The name of the host is borrowed until byclass_format(). */
void byclass_add(struct byclass *b, const char *word, const char *host);

/**
 * Append "connect: node[07,12]; exit 1: node33", words in the order in which
 * they came, hosts folded; nothing is held then.
 */
void byclass_format(struct byclass *b, struct strbuf *out);

#endif /* RSH_CMD_BYCLASS_H */
