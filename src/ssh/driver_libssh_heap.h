/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_SSH_DRIVER_LIBSSH_HEAP_H
#define RSH_SSH_DRIVER_LIBSSH_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HEAP_TRIES 4

/** What keeps blocks of libssh apart, of one channel.  Zeroed is a start. */
struct heap_spacers {
	void *v[HEAP_TRIES];
	unsigned int n; /* HEAP_TRIES: it is done */
};

/** Whether a copy of much between the two addresses is a slow one. */
bool heap_copies_slowly(uintptr_t to, uintptr_t from);

/**
 * `n` bytes of a channel came to `data`, copied from a string that libssh has
 * freed: see that the next one lies elsewhere if it should.  In any case if
 * not yet `*moved`, which is of the connection.  Cheap to call often.
 */
void heap_spread(struct heap_spacers *s, bool *moved, const void *data,
		 size_t n);

void heap_spacers_free(struct heap_spacers *s);

#endif /* RSH_SSH_DRIVER_LIBSSH_HEAP_H */
