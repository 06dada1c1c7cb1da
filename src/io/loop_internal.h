/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the parts of the loop know of each other; for src/io alone.
 */
#ifndef RSH_IO_LOOP_INTERNAL_H
#define RSH_IO_LOOP_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

struct loop;
struct timer;

/** One descriptor the kernel reported. */
struct ready {
	int fd;
	unsigned int events; /* WATCH_* */
	uint32_t generation; /* of the watcher at that moment */
};

struct ready_list {
	struct ready *v;
	size_t n, cap;
};

void ready_add(struct ready_list *list, int fd, unsigned int events);

/**
 * How the loop waits: loop_epoll.c or loop_poll.c, chosen at build time.
 */
struct backend;

struct backend *backend_new(struct err *err);
void backend_free(struct backend *b);

/**
 * Change what `fd` is waited for from `old` to `want`; 0 is "not at all".
 * 0, or -1 with errno; EPERM says that the descriptor is always ready.
 */
int backend_set(struct backend *b, int fd, unsigned int old, unsigned int want);

/**
 * Wait at most `timeout_ms` (-1: for ever) and add what is ready to `out`.
 * A signal ends the wait early.  0, or -1 with `err`.
 */
int backend_wait(struct backend *b, int timeout_ms, struct ready_list *out,
		 struct err *err);

/** A binary heap of timers; the earliest deadline on top. */
struct timer_heap {
	struct timer_entry {
		uint64_t due_ns;
		uint64_t seq; /* order of arming */
		struct timer *timer;
	} * v; /* v[0] is not used: slots count from 1 */
	size_t n, cap;
	uint64_t next_seq;
};

void timer_heap_release(struct timer_heap *h);

/** Whether a timer is armed; `*due_ns` is then the next deadline. */
bool timer_heap_next(const struct timer_heap *h, uint64_t *due_ns);

/**
 * Call the timers due at `now_ns` that were armed before the one that got
 * `before_seq`.  Whether any was called.
 */
bool timer_heap_fire(struct timer_heap *h, uint64_t now_ns,
		     uint64_t before_seq);

struct timer_heap *loop_timers(struct loop *loop);

/**
 * Collect the exit status of a killed child that nobody asks about, on a
 * later turn, so that it does not stay a zombie.
 */
void loop_reap(struct loop *loop, pid_t pid);

/**
 * The same for a group that is only asked to end: with SIGHUP now, and with
 * SIGKILL once its leader `pid` has ended or a second is over.  The loop
 * goes on, and loop_free() waits, until that was done.
 */
void loop_end_group(struct loop *loop, pid_t pid);

#endif /* RSH_IO_LOOP_INTERNAL_H */
