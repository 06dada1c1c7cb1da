/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_SSH_PIPES_H
#define RSH_SSH_PIPES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"
#include "io/loop.h"
#include "ssh/driver.h"

/**
 * Three descriptors that stand for a channel: what comes out of two of them is
 * its data, what is written goes into the third.  What the drivers share that
 * let others do the work, here.
 *
 * `woken` is called from the loop whenever something may have moved, never
 * from inside a call.  Zeroed is "none".
 */
struct pipes;

struct pipes_source {
	struct watch watch;
	struct pipes *pipes;
	int *fd; /* the owner's; -1 once at its end */
	enum stream stream;
};

struct pipes {
	struct loop *loop;
	void (*woken)(void *arg);
	void *arg;
	struct pipes_source sources[NSTREAMS];
	struct watch in_watch;
	int *in; /* the owner's; -1 once closed */
	struct defer wake;
	bool paused; /* may be set before pipes_start(), as the first three */
};

/**
 * The channel of such a driver, whose connection has at most one and is all the
 * rest of it.
 */
struct drv_channel {
	struct drv_conn *conn;
	const struct drv_channel_events *ev;
	void *arg;
};

/** A chan_new() of a driver. */
struct drv_channel *pipes_chan_new(struct drv_conn *c,
				   const struct drv_channel_events *ev,
				   void *arg);

/** Free `ch`; `*begun`, the one its connection reads for, is it no longer. */
void pipes_chan_free(struct drv_channel *ch, struct drv_channel **begun);

/**
 * Begin: `in` is written to, `out` and `errs` are read; non-blocking.  They
 * are closed at their ends and set to -1, the rest is the owner's to close
 * after pipes_stop().  0, or -1 with ERR_LOCAL; stop it in any case.
 */
int pipes_start(struct pipes *p, int *in, int *out, int *errs, struct err *err);

/** Call `woken` on a later turn. */
void pipes_wake(struct pipes *p);

/** Hand on what there is, one read of each.  True when both have ended. */
bool pipes_read(struct pipes *p, const struct drv_channel_events *ev,
		void *arg);

/** Stop (start) reading. */
void pipes_pause(struct pipes *p, bool paused);

/** As chan_write() and chan_eof() of a driver. */
ssize_t pipes_write(struct pipes *p, const void *buf, size_t n);
void pipes_eof(struct pipes *p);

/** Stop watching.  Zeroed is fine. */
void pipes_stop(struct pipes *p);

#endif /* RSH_SSH_PIPES_H */
