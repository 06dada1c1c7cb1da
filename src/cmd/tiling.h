/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CMD_TILING_H
#define RSH_CMD_TILING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct bufpool;
struct job;
struct launch_style;
struct loop;
struct plan;
struct prompt_tty;
struct sinks;
struct target;

/**
 * Shells under tiles (ui/tiles.h): what they are given, and what waits while
 * they have the screen.
 */
struct tiling;

/**
 * Borrowed; `quit` is called on the loop: the shells are to be ended, as the
 * user asked, or because there is no screen.
 */
struct tiling_conf {
	struct loop *loop;
	struct bufpool *pool;
	struct job *job;
	const struct plan *plan;
	const struct launch_style *style;
	struct sinks *sinks;
	const struct prompt_tty *prompt;
	void (*quit)(void *arg, bool asked);
	void *arg;
};

/** Whether there can be tiles: 0, or -1 with `err` that says why not. */
int tiling_check(const struct plan *plan, struct err *err);

/** Before job_start(), and after the terminal was described: an observer is
 *  added.  It opens on the first turn of the loop. */
struct tiling *tiling_new(const struct tiling_conf *conf);

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
