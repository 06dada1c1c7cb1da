/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_SSH_WINDOW_H
#define RSH_SSH_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ssh/driver.h"

/** The least that is let come unheard of: bytes. */
#define WINDOW_LEAST ((size_t)1 << 20)

/**
 * How many bytes a peer should have under way to us, as the way is.
 *
 * Too few, and a long way stays empty while we are waited for; more than the
 * way holds lie in the peer's buffers, and to have megabytes there costs
 * OpenSSH's server several times what sending them does.  What a way holds is
 * its round trip times its rate.  The least of all round trips counts, as one
 * that is made behind much that is under way is long for that alone; the most
 * of all rates, as a peer may have had nothing to send.
 *
 * Zeroed knows nothing.  All members are for reading.
 */
struct window {
	uint64_t round_trip_ns; /* the least; 0: not known */
	uint64_t rate;		/* bytes a second, the most; 0: not known */
	uint64_t since_ns;	/* of the sample that is taken; 0: none */
	uint64_t since_bytes;
	bool busy; /* the sample before it had bytes */
};

/** An answer took so long; 0 says nothing. */
void window_round_trip(struct window *w, uint64_t ns);

/** `bytes` have come in all, at `now_ns`. */
void window_came(struct window *w, uint64_t now_ns, uint64_t bytes);

/**
 * From WINDOW_LEAST to DRV_WINDOW_WIDE.  A rate that is not known is taken to
 * be high, a round trip to be long: nothing is held up before it was measured.
 */
size_t window_bytes(const struct window *w);

#endif /* RSH_SSH_WINDOW_H */
