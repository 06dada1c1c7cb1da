/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_JOB_SUBJOB_H
#define RSH_JOB_SUBJOB_H

#include <stddef.h>

#include "model/observer.h"
#include "model/plan.h"
#include "model/result.h"

struct job;

/**
 * Something done beside a job, on sessions that it has: one more channel for
 * each target that takes part, and no log-in.  What the job does there goes on
 * meanwhile; a session that it is done with stays until this is, too.
 *
 * The observer hears `data` and `done` of those that take part, and `end`, with
 * the results of all targets of the job by rank: OUTCOME_NONE for those that do
 * not.  It answers FLOW_PAUSE as one of the job's, whose target then rests as a
 * whole, and calls flow_resume() of the job.
 */
struct subjob;

/**
 * `spec` says what: OP_EXEC with a command, which gets no input and no
 * terminal, OP_PUT or OP_GET, by ranks of the job's targets.  All is borrowed;
 * the observer is not to be another job's.
 */
struct subjob *subjob_new(struct job *job, const struct op_spec *spec,
			  struct observer *o);

/**
 * Drop what runs; nothing is told.  Before the job is freed, not from inside an
 * observer or a session.  NULL is fine.
 */
void subjob_free(struct subjob *sj);

/**
 * Let the sessions of these targets stay until subjob_start(), which is then to
 * be called with them or with some.  Who has none that is ready is passed over.
 * How many stay.
 */
size_t subjob_keep(struct subjob *sj, const size_t *ranks, size_t n);

/**
 * Begin on these targets; once.  Who has no session that is ready is passed
 * over.  How many have begun; with 0 no `end` comes.
 */
size_t subjob_start(struct subjob *sj, const size_t *ranks, size_t n);

/** Stop all that runs, as job_cancel() does. */
void subjob_stop(struct subjob *sj);

/** The results by rank, which grow (copied) while it runs. */
const struct result *subjob_results(const struct subjob *sj);

#endif /* RSH_JOB_SUBJOB_H */
