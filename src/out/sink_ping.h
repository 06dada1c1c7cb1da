/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_OUT_SINK_PING_H
#define RSH_OUT_SINK_PING_H

#include <stdbool.h>

#include "model/observer.h"
#include "out/output.h"

struct sink_ping_conf {
	struct loop *loop; /* borrowed, as is all below */
	struct bufpool *pool;
	int fd;
	sink_failed_fn *failed; /* may be NULL */
	void *arg;		/* for `failed` */
};

/**
 * An observer that writes, at the end, a table of how far each target was
 * reached: a line each in the order of their ranks, with the time of each step,
 * or with the class and the sentence of what went wrong.
 */
struct observer *sink_ping_new(const struct sink_ping_conf *conf);

/** As sink_text_flush(). */
int sink_ping_flush(struct observer *o);

void sink_ping_free(struct observer *o);

/** What may come to a terminal is kept for later, or leaves now. */
void sink_ping_hold(struct observer *o, bool hold);

/** See output_cramped(). */
int sink_ping_cramped(struct observer *o);

#endif /* RSH_OUT_SINK_PING_H */
