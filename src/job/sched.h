/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_JOB_SCHED_H
#define RSH_JOB_SCHED_H

#include <stdbool.h>
#include <stddef.h>

/**
 * Who may start now.  Pure: it counts, the job acts.
 *
 * Two limits: `fanout` tasks between their start and their end, and of these
 * `connecting` that are not logged in yet, so that a burst of handshakes
 * neither floods a server nor starves the sessions that already run.
 */
struct sched {
	size_t total;
	size_t next; /* rank of the first not started */
	unsigned int fanout, connecting;
	unsigned int active;	/* started, not done */
	unsigned int in_flight; /* of these, connecting */
	bool stopped;		/* nothing new starts */
	size_t failed;
	size_t fail_max; /* 0: none */
};

/** Both limits at least 1. */
void sched_init(struct sched *s, size_t total, unsigned int fanout,
		unsigned int connecting);

/** Whether a task may start now; then `*rank` is it and it counts. */
bool sched_next(struct sched *s, size_t *rank);

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

/** Start nothing more. */
void sched_stop(struct sched *s);

/** Whether everything that started is over and nothing will start. */
bool sched_finished(const struct sched *s);

#endif /* RSH_JOB_SCHED_H */
