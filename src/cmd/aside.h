/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CMD_ASIDE_H
#define RSH_CMD_ASIDE_H

#include "cmd/sinks.h"
#include "io/outq.h"

struct bufpool;
struct loop;

/**
 * What waits while something else has the screen: output for the terminal,
 * and messages, which are told to it as well.
 */
struct aside {
	struct sinks *sinks;
	struct outq messages; /* to stderr, where no sink takes them */
	int err_fd;	      /* for it: a sink may have 2; or -1 */
	sinks_log_fn *log;
	void *log_arg;
	sinks_log_fn *tell; /* of who has the screen */
	void *tell_arg;
};

void aside_init(struct aside *a, struct loop *loop, struct bufpool *pool,
		struct sinks *sinks, sinks_log_fn *tell, void *arg);

/** From here on all waits; or leaves, in the order it came. */
void aside_hold(struct aside *a);
void aside_let_go(struct aside *a);

/** Whether the messages that were let go are written. */
bool aside_is_written(const struct aside *a);

/**
 * All that is held of messages is written, waiting for the reader; from then on
 * they go to stderr at once.
 */
void aside_flush(struct aside *a);

/** Messages go to nobody that is known here any more. */
void aside_release(struct aside *a);

#endif /* RSH_CMD_ASIDE_H */
