/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CMD_LINEMODE_H
#define RSH_CMD_LINEMODE_H

#include <stddef.h>

struct shells;
struct target;

/**
 * Shells that are typed at in whole lines, without a terminal there and none
 * needed here: a file, a pipe, or somebody in front of a terminal that can do
 * nothing.  A line is a command of ours or goes to the hosts that are chosen;
 * what they print is the sinks' business, and what commands say goes where
 * messages go.
 *
 * Nothing is read before each shell has begun or failed, so that a line meets
 * the same hosts each time.  A host that is slow may be 64 MiB of input behind.
 * A line of more than 64 KiB is none of ours, and goes on its way in pieces.
 */
struct linemode;

/** An observer is added. */
struct linemode *linemode_new(struct shells *s);
void linemode_free(struct linemode *l);

/** The shell of a target begins. */
void linemode_begun(struct linemode *l, const struct target *t);

/** Bytes of standard input; their end, which the shells get too. */
void linemode_input(struct linemode *l, const char *buf, size_t n);
void linemode_end_of_input(struct linemode *l);

#endif /* RSH_CMD_LINEMODE_H */
