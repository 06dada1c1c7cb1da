/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_SSH_PROCESS_H
#define RSH_SSH_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "io/child.h"
#include "io/loop.h"
#include "ssh/driver.h"
#include "ssh/pipes.h"

/**
 * A local process that stands for a channel: its outputs are the channel's
 * data, its end the exit status.  What the drivers of local processes share.
 *
 * The channel is closed when the process has ended and both its outputs are at
 * their end, as a server does it.  `woken` is called from the loop whenever
 * something may have moved, never from inside a call.  Zeroed is "none".
 */
struct process {
	struct pipes pipes;
	struct child child;
	bool spawned, exited, closed;
	int wait_status; /* as from waitpid(2), once exited */
};

/**
 * Start `argv`; its outputs are not read while `paused`, which may be set
 * before.  0, or -1 with ERR_LOCAL.  Release it in any case.
 */
int process_start(struct process *p, struct loop *loop,
		  const struct strvec *argv, void (*woken)(void *arg),
		  void *arg, struct err *err);

/** Call `woken` on a later turn. */
void process_wake(struct process *p);

/**
 * Hand on what there is, one read of each output.  True when it has ended and
 * all that it wrote was handed on, until process_tell_end() has told of that.
 */
bool process_read(struct process *p, const struct drv_channel_events *ev,
		  void *arg);
void process_tell_end(struct process *p, const struct drv_channel_events *ev,
		      void *arg);

/** Stop (start) reading. */
void process_pause(struct process *p, bool paused);

/** As chan_write(), chan_eof(), chan_signal(), chan_close() of a driver. */
ssize_t process_write(struct process *p, const void *buf, size_t n);
void process_eof(struct process *p);
void process_signal(struct process *p, const char *signame);
void process_close(struct process *p);

/** Kill it if it runs, close, stop watching.  Zeroed is fine. */
void process_release(struct process *p);

#endif /* RSH_SSH_PROCESS_H */
