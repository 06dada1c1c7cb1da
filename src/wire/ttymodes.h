/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_WIRE_TTYMODES_H
#define RSH_WIRE_TTYMODES_H

#include <stddef.h>
#include <termios.h>

/** Room for the modes of any terminal. */
#define TTYMODES_MAX 512

/**
 * The modes of a terminal as bytes (RFC 4254, 8; RFC 8160): its speeds, special
 * characters and flags, as far as they have a number there, then the end.  How
 * many bytes of `out` it took.
 */
size_t ttymodes_encode(const struct termios *t, unsigned char *out);

#endif /* RSH_WIRE_TTYMODES_H */
