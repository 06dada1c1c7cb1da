/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_JOB_SCHED_H
#define RSH_JOB_SCHED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * Who may start now.  Pure: it counts, the job acts.
 *
 * Two limits: `fanout` tasks between their start and their end, and of these
 * `connecting` that are not logged in yet, so that a burst of handshakes
 * neither floods a server nor starves the sessions that already run.  A rate
 * may stand beside them.
 *
 * A task that failed before it got through may be tried again: it gives its
 * place away, waits, and is then due before those that have not begun.
 */
struct sched {
	size_t total;
	size_t next; /* rank of the first not started */
	unsigned int fanout, connecting;
	unsigned int active;	/* started, not done */
	unsigned int in_flight; /* of these, connecting */
	size_t waiting;		/* for the time of their next try */
	size_t due;		/* that time has come */
	uint64_t gap_ns;	/* between two starts; 0: none */
	uint64_t open_ns;	/* when the next may start */
	bool stopped;		/* nothing new starts */
	size_t failed;
	size_t fail_max; /* 0: none */
};

/** Both limits at least 1. */
void sched_init(struct sched *s, size_t total, unsigned int fanout,
		unsigned int connecting);

/** At most `per_second` starts a second, evenly spread; 0: no limit. */
void sched_rate(struct sched *s, unsigned int per_second);

/** What sched_next() gives for one of those that are due again. */
#define SCHED_AGAIN SIZE_MAX

/**
 * Whether a task may start at `now_ns`; then `*rank` is it and it counts.
 * SCHED_AGAIN: whichever of those that are due has been so for longest.
 */
bool sched_next(struct sched *s, uint64_t now_ns, size_t *rank);

/**
 * After sched_next() had none: how long until the rate lets one start, or 0
 * when it is not the rate that keeps them.
 */
uint64_t sched_wait_ns(const struct sched *s, uint64_t now_ns);

/** A task that was done will be tried again; then its time has come. */
void sched_wait(struct sched *s);
void sched_due(struct sched *s);

/**
 * How long a task waits before it is tried again, in ms, at most: twice as long
 * each time, from 1 s to 30 s.  `failures` is 1 after the first.
 */
uint64_t sched_backoff_ms(unsigned int failures);

/** A started task got through, or failed before it did: call once each. */
void sched_connected(struct sched *s);

/**
 * One that was taken for connected is connecting again, though that may be more
 * than the limit.
 */
void sched_connecting(struct sched *s);

/** A started task is over.  `connecting`: it never got through. */
void sched_done(struct sched *s, bool connecting);

/**
 * Stop when `n` tasks have failed, or `percent` of a hundred: whichever comes
 * first.  0: never.
 */
void sched_fail_fast(struct sched *s, unsigned int n, unsigned int percent);

/**
 * A task has failed.  True the one time when that is one too many: then
 * nothing starts any more, and what runs is to be stopped.
 */
bool sched_failed(struct sched *s);

/** One that has failed is begun anew: it is no failure until it fails again. */
void sched_unfailed(struct sched *s);

/** Start nothing more, and try nothing again. */
void sched_stop(struct sched *s);

/** Whether everything that started is over and nothing will start. */
bool sched_finished(const struct sched *s);

#endif /* RSH_JOB_SCHED_H */
