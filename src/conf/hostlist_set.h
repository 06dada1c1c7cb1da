/* SPDX-License-Identifier: Apache-2.0 */
/* Part of hostlist: an ordered set of names. */
#ifndef RSH_CONF_HOSTLIST_SET_H
#define RSH_CONF_HOSTLIST_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hashmap.h"

struct nameset_entry {
	struct hashmap_node node;
	uint32_t len;
	char name[];
};

/** Names in the order they came, each once.  Zeroed memory is empty. */
struct nameset {
	struct nameset_entry **v;
	size_t n;
	size_t cap;
	struct hashmap map;
	struct nameset_chunk *chunks; /* where the entries are */
};

void nameset_release(struct nameset *set);

/** Append a name of `len` bytes, unless it is there.  O(1). */
void nameset_add(struct nameset *set, const char *name, size_t len);

/** Forget all but the first `n` names. */
void nameset_truncate(struct nameset *set, size_t n);

/** Remove the names that are in `other`; the rest keeps its order. */
void nameset_subtract(struct nameset *set, const struct nameset *other);

#endif /* RSH_CONF_HOSTLIST_SET_H */
