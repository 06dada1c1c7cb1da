/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CMD_TILING_H
#define RSH_CMD_TILING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct plan;
struct shells;
struct target;

/**
 * Shells under tiles (ui/tiles.h): what they are given, and what waits while
 * they have the screen.
 */
struct tiling;

/** Whether there can be tiles: 0, or -1 with `err` that says why not. */
int tiling_check(const struct plan *plan, struct err *err);

/** An observer is added.  It opens on the next turn of the loop. */
struct tiling *tiling_new(struct shells *s);

/** Close it; what was held leaves from here on.  May be called again. */
void tiling_close(struct tiling *t);

/** All that is held of messages is written, waiting for the reader. */
void tiling_flush(struct tiling *t);
void tiling_free(struct tiling *t);

/** The shell of a target begins. */
void tiling_begun(struct tiling *t, const struct target *target);

/** SIGTSTP: stop with the terminal as it was, then go on. */
void tiling_stop(struct tiling *t);

#endif /* RSH_CMD_TILING_H */
