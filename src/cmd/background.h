/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CMD_BACKGROUND_H
#define RSH_CMD_BACKGROUND_H

#include <stdbool.h>

#include "base/err.h"

/**
 * Going to the background in the middle of a run (ssh -f).
 *
 * A process with a loop and threads cannot fork, so the fork comes before them:
 * the child does everything, and asks what is to be asked at the terminal,
 * while the parent waits in front, passes on the signals that are sent to it
 * alone, and ends when the child says that it goes on by itself, or has ended.
 */
struct background {
	int fd; /* the child's word to the parent; -1: there is no parent */
};

#define BACKGROUND_NONE                                                        \
	{                                                                      \
		-1                                                             \
	}

enum background_side {
	BACKGROUND_CHILD,    /* go on, and detach when the time has come */
	BACKGROUND_DETACHED, /* it goes on by itself */
	BACKGROUND_ENDED,    /* it has ended before: see the code */
};

/**
 * Fork.  Returns in the child at once, and in the parent when the child has
 * detached or ended; `*code` is then the code to exit with.  Before any loop
 * or thread is there.  A child whose parent is killed ends, too.
 */
int background_start(struct background *bg, enum background_side *side,
		     int *code, struct err *err);

/**
 * Leave the terminal and let the parent go: a session of its own, standard
 * input from /dev/null, and the outputs there, too, unless a command still
 * writes to them.  Once; without a parent it does nothing.
 */
void background_detach(struct background *bg, bool keep_output);

/** The same without the outputs, and the parent ends with `code`. */
void background_leave(struct background *bg, int code);

/** Whether there is a parent that waits. */
static inline bool background_pending(const struct background *bg)
{
	return bg->fd >= 0;
}

#endif /* RSH_CMD_BACKGROUND_H */
