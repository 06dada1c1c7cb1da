/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CMD_VIEWING_H
#define RSH_CMD_VIEWING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct front_run;
struct plan;

/**
 * A run under the view (ui/view.h): when it opens and closes, and what waits
 * meanwhile: the output that is for the terminal, and messages.
 */
struct viewing;

/** What the run does with it; called on the loop. */
struct viewing_calls {
	/* It is about to open. */
	void (*opens)(void *arg);
	/* The user has left it. */
	void (*closed)(void *arg);
};

/** Whether --view=always can be obeyed: 0, or -1 with `err` that says why. */
int viewing_check(const struct plan *plan, struct err *err);

/** Whether there may be one that was not asked for. */
bool viewing_suits(const struct plan *plan);

/** Before job_start(): an observer is added. */
struct viewing *viewing_new(const struct front_run *run,
			    const struct viewing_calls *calls, void *arg);

/** Close it; what was held leaves from here on.  May be called again. */
void viewing_close(struct viewing *v);

/** All that is held of messages is written, waiting for the reader. */
void viewing_flush(struct viewing *v);
void viewing_free(struct viewing *v);

bool viewing_is_open(const struct viewing *v);

/** Ctrl+Z: stop with the terminal as it was, then go on. */
void viewing_stop(struct viewing *v);

#endif /* RSH_CMD_VIEWING_H */
