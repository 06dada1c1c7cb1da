/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_JOB_JOB_INTERNAL_H
#define RSH_JOB_JOB_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/list.h"
#include "io/loop.h"
#include "io/timer.h"
#include "job/job.h"
#include "job/sched.h"
#include "model/observer.h"
#include "model/result.h"
#include "op/op.h"
#include "ssh/session.h"

/* What job.c, the run, and task.c, one target's part of it, share. */

struct task {
	struct job *job;
	const struct target *target;
	struct session *session;
	struct op *op;
	struct op_input input; /* with spec.own_input; no spool: no op yet */
	char *command;	       /* where it is not the plan's; owned */
	struct defer reap;
	struct timer retry; /* until the next try */
	struct list due;    /* in the job's, when that time has come */
	enum phase phase;
	uint64_t phase_ns;
	unsigned int holds; /* observers that asked for a pause */
	bool connecting;    /* counts as in flight */
	bool starting;	    /* companions do, and the op waits for them */
	bool reported;
	bool cancelled; /* apart from the others */
	bool lingered;	/* its place was given to another */
	bool stays;	/* the same: its session outlives the run */
	bool again;	/* this try has failed, and another follows */
	bool wanted;	/* it is over, and a person wants another try */
	bool counted;	/* as one that failed */
	/* It needs that password no more. */
	bool spared_login, spared_sudo;
};

struct job {
	const struct plan *plan;
	const struct session_env *env;
	struct sched sched;
	struct task *tasks;
	struct result *results;
	struct list observers;
	struct list makers; /* of companions */
	struct flow_control flow;
	struct defer more; /* start what may start, look after the input */
	struct timer pace; /* until the rate lets one start */
	struct list due;   /* tasks to be tried again now, longest first */
	struct op_input input;
	void (*hungry)(void *arg);
	void *hungry_arg;
	struct job_watcher watcher;
	struct drv_pty pty; /* for targets that get a terminal */
	bool was_full;
	size_t lingering; /* tasks that are over but for their host */
	size_t staying; /* tasks that are over but for who uses their session */
	int cancelled_by; /* signal */
	bool failed_fast; /* too many failed */
	bool stopping;	  /* of one of these: what ends now was cut off */
	bool ended;
};

/** See to it that the job looks, on a later turn, at what there is to do. */
void job_schedule(struct job *job);

/**
 * Begin: connect.  From here on the task goes by itself, and calls
 * job_schedule() whenever that may let another go on.
 */
void task_start(struct task *t);

/** Tell all observers the result, which is complete.  Twice is harmless. */
void task_report(struct task *t);

/** End what has begun; `why` is what its result says.  Not while it waits. */
void task_cancel(struct task *t, const struct err *why);

/** The same for one that connects, or waits for another try. */
void task_cancel_early(struct task *t);

/** What job_retry() does to it; `err` says no. */
int task_retry(struct task *t, struct err *err);

/** What still ends something on its host is not waited for. */
void task_end_lingering(struct task *t);

/** An observer wants no more of it for now. */
void task_hold(struct task *t);

/** An observer that held `t` lets it go on. */
void task_resume(struct task *t);

/** Whether it gets the job's input. */
bool task_takes_input(const struct task *t);

/** How long its command, or its copy, may take; 0: as long as it likes. */
uint64_t task_command_ms(const struct task *t);

/** A copy to or from its host, on this session. */
struct op *task_copy_op(const struct task *t, struct session *s,
			const struct op_spec *spec);

/** Drop everything at once; nothing is told. */
void task_release(struct task *t);

#endif /* RSH_JOB_JOB_INTERNAL_H */
