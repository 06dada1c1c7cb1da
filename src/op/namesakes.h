/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_OP_NAMESAKES_H
#define RSH_OP_NAMESAKES_H

#include <stdbool.h>

#include "base/hashmap.h"

/** Names that are kept; a host that lists more has no end. */
#define NAMESAKES_MAX ((size_t)65536)

/** Names that things from one host were given in one folder of ours. */
struct namesakes {
	struct hashmap map;
};

void namesakes_init(struct namesakes *n);
void namesakes_release(struct namesakes *n);

/**
 * Give what has the path `path` there the name `name` here.  NULL, or why that
 * may not be: another path has it, or there are too many; not to be freed.  The
 * same path again is none: a server may list it twice.  O(1).
 */
const char *namesakes_take(struct namesakes *n, const char *name,
			   const char *path);

/** Whether something was given the name.  O(1). */
bool namesakes_has(const struct namesakes *n, const char *name);

#endif /* RSH_OP_NAMESAKES_H */
