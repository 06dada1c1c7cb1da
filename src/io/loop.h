/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_IO_LOOP_H
#define RSH_IO_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/list.h"

/**
 * The event loop: file descriptors, timers (io/timer.h), deferred calls and
 * signals, all on one thread.
 *
 * Everything that waits is a struct embedded in its owner; the loop allocates
 * nothing for it.  One turn:
 *
 *   1. wait until something is ready or the next timer is due
 *   2. call the watchers of ready descriptors, each re-checked first
 *   3. call expired timers
 *   4. call what was deferred before this point
 *   5. call the turn hooks
 *
 * Whatever is called may stop or free any watcher, timer or defer, its own
 * included.
 */
struct loop;
struct watch;
struct defer;
struct turnhook;
struct sigwatch;

enum {
	WATCH_IN = 1,
	WATCH_OUT = 2,
	WATCH_HUP = 4, /* only ever told, never asked for; comes with IN, OUT */
};

typedef void watch_fn(struct watch *w, unsigned int events);
typedef void defer_fn(struct defer *d);
typedef void turnhook_fn(struct turnhook *h);
typedef void sigwatch_fn(struct sigwatch *s, int signo);

/** Zeroed is stopped. */
struct watch {
	struct loop *loop; /* NULL while stopped */
	watch_fn *fn;
	int fd;
	unsigned int want;   /* WATCH_IN | WATCH_OUT */
	uint32_t generation; /* private: tells a reused slot from this one */
	struct list node;    /* private */
};

/** Zeroed is idle. */
struct defer {
	defer_fn *fn; /* NULL while idle */
	struct list node;
};

struct turnhook {
	turnhook_fn *fn;
	struct list node;
};

/** Zeroed is stopped. */
struct sigwatch {
	struct loop *loop;
	sigwatch_fn *fn;
	int signo;
	struct list node;
};

/** A loop on the monotonic clock.  NULL with `err` (descriptors). */
struct loop *loop_new(struct err *err);

/**
 * A loop whose clock moves only when nothing is ready: it jumps to the next
 * timer instead of sleeping, so a 30 s timeout takes no time.  For tests.  It
 * does not wait for threads (loop_hold()) as long as a timer is armed.
 */
struct loop *loop_new_virtual(struct err *err);

/**
 * All watchers, timers, defers and signals must be stopped before.  Calls
 * posted and not made yet are made, so that nothing leaks.  NULL is fine.
 */
void loop_free(struct loop *loop);

/**
 * Turn until loop_stop(), or until nothing is left that could ever happen:
 * no watcher that wants anything, no timer, no defer.  (Signals alone do not
 * keep it.)  0, or -1 with `err` if waiting itself failed.
 */
int loop_run(struct loop *loop, struct err *err);

/** One turn; `block` false never waits.  1 if anything was called, 0, -1. */
int loop_turn(struct loop *loop, bool block, struct err *err);

void loop_stop(struct loop *loop);

/** Nanoseconds, monotonic; taken once a turn, between turns at each call. */
uint64_t loop_now(const struct loop *loop);

/**
 * Watch `fd`, which stays the caller's, for `want`.  One watcher a descriptor.
 * Level-triggered.  WATCH_HUP is told with IN and OUT so that the next read
 * or write finds out.  0, or -1 with `err` (ENOMEM, ENOSPC, a regular file:
 * EPERM from epoll is hidden, such a descriptor is always ready).
 */
int watch_start(struct loop *loop, struct watch *w, int fd, unsigned int want,
		watch_fn *fn, struct err *err);

/**
 * Change what is wanted; no system call if unchanged.  0 takes the descriptor
 * out of the kernel's set, so that a hung-up one cannot spin the loop.
 */
void watch_want(struct watch *w, unsigned int want);

/** Call before close().  Events already collected for `w` are dropped. */
void watch_stop(struct watch *w);

static inline bool watch_active(const struct watch *w)
{
	return w->loop;
}

/**
 * Whether there is something to read, or the end, now: for a descriptor that
 * other processes read from too and that blocks.
 */
bool watch_has_input(const struct watch *w);

/**
 * Call `fn` at the end of this turn; from inside a deferred call, of the next.
 * Posting again what is posted changes nothing.
 */
void defer_post(struct loop *loop, struct defer *d, defer_fn *fn);
void defer_cancel(struct defer *d);

/** Call `fn` at the end of every turn that called anything else. */
void turnhook_start(struct loop *loop, struct turnhook *h, turnhook_fn *fn);
void turnhook_stop(struct turnhook *h);

/**
 * Call `fn` on the loop for each delivery of `signo`; until sigwatch_stop()
 * the signal does nothing else.  Several watchers may want one signal.  The
 * handler only writes a byte to a pipe.
 */
int sigwatch_start(struct loop *loop, struct sigwatch *s, int signo,
		   sigwatch_fn *fn, struct err *err);

/** The same; nothing where it is ignored: nohup(1), `rsh ... &` in a script. */
int sigwatch_start_heeded(struct loop *loop, struct sigwatch *s, int signo,
			  sigwatch_fn *fn, struct err *err);
void sigwatch_stop(struct sigwatch *s);

/**
 * Run `fn` on the loop's thread, from any thread.  `p` is linked, not copied,
 * and must live until `fn` is called.  The one call here that is thread-safe.
 */
struct post {
	void (*fn)(struct post *p);
	struct post *next; /* private */
};
void loop_post(struct loop *loop, struct post *p);

/** Count of posts expected, so that loop_run() does not end before them. */
void loop_hold(struct loop *loop);
void loop_unhold(struct loop *loop);

#endif /* RSH_IO_LOOP_H */
