/* SPDX-License-Identifier: Apache-2.0 */
/* Part of hostlist: an ordered set of names. */
#ifndef RSH_CONF_HOSTLIST_SET_H
#define RSH_CONF_HOSTLIST_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pattern;

/**
 * Names in the order they came, each once.  Zeroed memory is empty.
 *
 * One pattern that names nothing twice is held as it is until a name is asked
 * for, so that a million hosts can be counted without being made.
 */
struct nameset {
	struct pattern *folded; /* owned: all there is; or NULL */
	const char **v;		/* owned; they never move */
	size_t n;
	size_t cap;
	struct nameset_slot *slots; /* the index: open addressing */
	size_t nslots;		    /* 0, or a power of 2 */
	size_t indexed;		    /* the first so many are in it */
	struct nameset_chunk *chunks;
};

void nameset_release(struct nameset *set);

/** How many there are.  O(1). */
size_t nameset_count(const struct nameset *set);

/** All names, nameset_count() of them; until the set is changed. */
const char *const *nameset_names(struct nameset *set);

/** Append a name of `len` bytes, unless it is there.  O(1) on average. */
void nameset_add(struct nameset *set, const char *name, size_t len);

/** Append all names of `p` but those that are there; may take what is in it. */
void nameset_add_pattern(struct nameset *set, struct pattern *p);

/** Append the names of `other`, which may be emptied for it. */
void nameset_add_set(struct nameset *set, struct nameset *other);

bool nameset_has(struct nameset *set, const char *name, size_t len);

/** Forget all but the first `n` names. */
void nameset_truncate(struct nameset *set, size_t n);

/** Keep of the names from `from` on those that `keep` says; in order. */
typedef bool nameset_keep_fn(void *arg, const char *name, size_t len);
void nameset_filter(struct nameset *set, size_t from, nameset_keep_fn *keep,
		    void *arg);

/** Remove the names that are in `other`; the rest keeps its order. */
void nameset_subtract(struct nameset *set, struct nameset *other);

enum nameset_op {
	NAMESET_UNION,
	NAMESET_INTERSECTION,
	NAMESET_DIFFERENCE,
	NAMESET_SYMMETRIC, /* what is in one of them only */
};

/**
 * Make of the names from `from` on what `op` with `other` gives.  Names of
 * the left side keep their order; those of `other` that are added follow in
 * theirs.  `other` may be emptied for it.
 */
void nameset_combine(struct nameset *set, size_t from, enum nameset_op op,
		     struct nameset *other);

#endif /* RSH_CONF_HOSTLIST_SET_H */
