/* SPDX-License-Identifier: Apache-2.0 */
/* Part of hostlist: an ordered set of names. */
#ifndef RSH_CONF_HOSTLIST_SET_H
#define RSH_CONF_HOSTLIST_SET_H

#include <stddef.h>
#include <stdint.h>

/** Names in the order they came, each once.  Zeroed memory is empty. */
struct nameset {
	const char **v; /* owned; they never move */
	size_t n;
	size_t cap;
	struct nameset_slot *slots; /* the index: open addressing */
	size_t nslots;		    /* 0, or a power of 2 */
	struct nameset_chunk *chunks;
};

void nameset_release(struct nameset *set);

/** Make room for `more` names, so that the index grows but once. */
void nameset_reserve(struct nameset *set, size_t more);

/** Append a name of `len` bytes, unless it is there.  O(1) on average. */
void nameset_add(struct nameset *set, const char *name, size_t len);

/** Forget all but the first `n` names.  O(slots). */
void nameset_truncate(struct nameset *set, size_t n);

/** Remove the names that are in `other`; the rest keeps its order. */
void nameset_subtract(struct nameset *set, const struct nameset *other);

#endif /* RSH_CONF_HOSTLIST_SET_H */
