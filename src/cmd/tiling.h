/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CMD_TILING_H
#define RSH_CMD_TILING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/strbuf.h"

struct drv_size;
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

/** An observer is added.  Behind the console, they know what shells there are,
 *  and what these have printed last. */
struct tiling *tiling_new(struct shells *s);

/** Open on the next turn of the loop; if that cannot be, all shells end. */
void tiling_start(struct tiling *t);

/** Open now, in place of the console, which has gone: 0, or -1 with `err`. */
int tiling_show(struct tiling *t, struct err *err);

/** Take no more keys, as the console is to come: they are given to
 *  shells_keep_typed(). */
void tiling_leave(struct tiling *t);

/** Close, for the console; terminals are seen on by nobody.  False: messages
 * are on their way to the terminal, and are not for the console's mode of it;
 * again later. */
bool tiling_hide(struct tiling *t);
bool tiling_is_open(const struct tiling *t);

/** What was typed. */
void tiling_input(struct tiling *t, const char *p, size_t n);

/** Behind the console: the size that all terminals have now. */
void tiling_resized(struct tiling *t, const struct drv_size *size);

/** Append what stands in front of the cursor of a host; of one where a program
 *  has all of the screen, no more than what has asked for another screen. */
void tiling_tail(const struct tiling *t, size_t rank, struct strbuf *out);

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
