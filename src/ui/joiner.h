/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_UI_JOINER_H
#define RSH_UI_JOINER_H

#include <stddef.h>

/**
 * Lines of many hosts that came at about the same time: held until somebody
 * says that is all, then told once for all hosts that have the same.  The lines
 * of a host stay in their order, and hosts that differ in some share the lines
 * before and behind those.
 *
 * Holds what it is given: who adds asks for the size, and flushes.
 */
struct joiner;

/** Hosts that have the same lines, by rank; each line ends with its newline. */
typedef void joiner_fn(void *arg, const size_t *ranks, size_t n,
		       const char *lines, size_t len);

struct joiner *joiner_new(size_t nhosts);
void joiner_free(struct joiner *j);

/** A line without its newline. */
void joiner_add(struct joiner *j, size_t rank, const char *line, size_t n);

/** Forget what is held of a host: how many bytes. */
size_t joiner_forget(struct joiner *j, size_t rank);

/** Bytes held, of one host and of all. */
size_t joiner_held(const struct joiner *j, size_t rank);
size_t joiner_total(const struct joiner *j);

/** What is held now is old from here on. */
void joiner_age(struct joiner *j);

/**
 * Tell all there is, those with the lowest rank first, and hold nothing.
 * O(hosts + bytes) for each of at most 32 rounds of what differs.
 */
void joiner_flush(struct joiner *j, joiner_fn *fn, void *arg);

/**
 * More is coming: of each host tell as many lines as are old of the one that is
 * ahead, so that those behind by a moment are not torn from the others.
 */
void joiner_flush_old(struct joiner *j, joiner_fn *fn, void *arg);

/** Tell all of one host. */
void joiner_flush_one(struct joiner *j, size_t rank, joiner_fn *fn, void *arg);

#endif /* RSH_UI_JOINER_H */
