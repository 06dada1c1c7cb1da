/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_MODEL_COPIED_H
#define RSH_MODEL_COPIED_H

#include <stdbool.h>
#include <stdint.h>

struct strbuf;

/** How far a copy is: that of a host, or those of several put together. */
struct copied {
	uint64_t files; /* and links, which have their names */
	uint64_t bytes; /* of these files */
	uint64_t moved; /* bytes of files that went, or came */
	uint64_t total; /* that are to; as far as is known */
	bool all_known; /* nothing will be added to `total` */
};

/** Put `one` to `all`, which is known only if each is; what is more than the
 *  largest number is that. */
void copied_add(struct copied *all, const struct copied *one);

/** 0 to 100; -1 where it is not known. */
int copied_percent(const struct copied *c);

/**
 * "41.2M of 100.0M, 5.1M/s, 11s left", `per_s` being bytes a second; the total
 * and the time only where they are known, and that up to 999 days.  And the
 * last two of these.
 */
void copied_text(struct strbuf *sb, const struct copied *c, uint64_t per_s);

void copied_pace(struct strbuf *sb, const struct copied *c, uint64_t per_s);

/** So many bytes in so many ns, as bytes a second; 0 for no time. */
uint64_t copied_per_s(uint64_t bytes, uint64_t ns);

#endif /* RSH_MODEL_COPIED_H */
