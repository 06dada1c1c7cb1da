/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_JOB_JOB_H
#define RSH_JOB_JOB_H

#include <stddef.h>

#include "base/err.h"
#include "base/list.h"
#include "base/strbuf.h"
#include "model/observer.h"
#include "model/plan.h"
#include "ssh/companion.h"
#include "ssh/session.h"

/**
 * A plan being executed: owns the tasks, their sessions and ops, and tells
 * the observers.  Exactly one `done` for each target, then one `end`.
 */
struct job;

/** Everything is borrowed and outlives the job. */
struct job *job_new(const struct plan *plan, const struct session_env *env);
void job_free(struct job *job);

/**
 * The observer's `flow` is set.  Added after job_start(), and not from inside
 * an observer, it hears only what comes.
 */
void job_add_observer(struct job *job, struct observer *o);

/**
 * Tell it of nothing any more; nothing if it was never added.  Not from inside
 * an observer, and not while it has a target paused.
 */
void job_remove_observer(struct job *job, struct observer *o);

/** Add before job_start(): each session that is to run something gets one. */
void job_add_companions(struct job *job, struct companion_maker *m);

/**
 * After the end: how many sessions go on behind (a master with ControlPersist).
 * With these the loop may run once more; it stops when there is none left.
 */
size_t job_staying(const struct job *job);

/** Tell nobody of anything any more: they may be freed before the job. */
void job_forget_observers(struct job *job);

/**
 * Begin; the loop does the rest and is stopped (loop_stop()) when all is over
 * and every observer heard `end`.
 */
void job_start(struct job *job);

/**
 * Start nothing more and end what runs: what connects is dropped, commands get
 * TERM.  Everything unfinished gets a result that says `signo` did it.  Called
 * again it closes at once.
 */
void job_cancel(struct job *job, int signo);

/**
 * Stop the command of one target, or its log-in, as job_cancel() does; nothing
 * where it has ended or is not begun.
 */
void job_stop(struct job *job, const struct target *target);

/**
 * Begin a target anew that has failed, at once: what it came to is told to
 * nobody as its end.  0, or -1 with `err` that says why it cannot be: it has
 * not failed, nothing is started any more, or what it needs is gone (the
 * password, its input).  Input of its own (job_write_to()) is not given again.
 */
int job_retry(struct job *job, const struct target *target, struct err *err);

/**
 * Cancel what has not begun to run: those that wait are skipped, those that
 * connect are dropped.  How many that were.
 */
size_t job_cancel_pending(struct job *job);

/**
 * Give input to the tasks (plan.spec.want_stdin), each of which gets it all
 * from its beginning, however late it starts.  0, or -1 with `err` when it
 * cannot be kept (disk full).
 */
int job_write(struct job *job, const void *buf, size_t n, struct err *err);

/** The input has ended, that of each target as well. */
void job_write_eof(struct job *job);

/**
 * Give input to one target, with plan.spec.own_input: from the start of its
 * op, before which there is nobody to give it to, until its end.  Kept in
 * memory up to 64 KiB, then in a file; where there is a terminal it is typed,
 * may be a password, and up to JOB_TYPED_MEM is in no file.  0, or -1 with
 * `err` when it cannot be kept.  Nothing where no op runs.
 */
#define JOB_TYPED_MEM ((size_t)4 << 20)
int job_write_to(struct job *job, const struct target *target, const void *buf,
		 size_t n, struct err *err);

/** So many bytes of that are still to be sent. */
uint64_t job_unsent(const struct job *job, const struct target *target);

/** Whether more input would only pile up; `hungry` is called when not. */
bool job_input_full(const struct job *job);
void job_on_hungry(struct job *job, void (*hungry)(void *arg), void *arg);

/**
 * The terminal of targets that get one (target.tty); before job_start().  The
 * type and the modes are borrowed.
 */
void job_set_pty(struct job *job, const struct drv_pty *pty);

/** Its size from here on, also there where it is in use already. */
void job_resize(struct job *job, const struct drv_size *size);

/** The same for one target, from the start of its op on. */
void job_resize_one(struct job *job, const struct target *target,
		    const struct drv_size *size);

/** Let what runs hear a break of so many ms. */
void job_send_break(struct job *job, unsigned int ms);

/** The session of a target once it is READY; else NULL. */
struct session *job_session(const struct job *job, size_t rank);

/** Let the hosts agree on new keys. */
void job_rekey(struct job *job);

/** Who takes part in what is no matter of results.  Any member may be NULL. */
struct job_watcher {
	/* The op of a target begins: it is logged in, and what lives beside the
	   op is ready. */
	void (*begun)(void *arg, const struct target *t);
	/* It was given no terminal, though it was to have one. */
	void (*no_tty)(void *arg, const struct target *t);
	void *arg;
};

void job_watch(struct job *job, const struct job_watcher *watcher);

/** Which phase a target is in, and since when (loop_now(); 0: not begun). */
enum phase job_phase(const struct job *job, size_t rank, uint64_t *since_ns);

/** The results by rank, complete after `end`. */
const struct result *job_results(const struct job *job);

#endif /* RSH_JOB_JOB_H */
