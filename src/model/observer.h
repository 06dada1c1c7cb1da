/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_MODEL_OBSERVER_H
#define RSH_MODEL_OBSERVER_H

#include <stddef.h>

#include "base/list.h"
#include "model/result.h"
#include "model/target.h"

enum stream {
	STREAM_OUT,
	STREAM_ERR,
	NSTREAMS
};

enum flow {
	FLOW_GO,
	FLOW_PAUSE, /* stop reading this target until the observer resumes it */
};

struct observer;

/** What a job tells at its end. */
struct job_stats {
	size_t ntargets;
	size_t counts[OUTCOME_SKIPPED + 1]; /* by enum outcome */
	const struct result *results;	    /* by rank; borrowed */
	const struct targets *targets;
	int user_signal;  /* the signal that ended the run, 0 if none did */
	bool failed_fast; /* limits.fail_fast ended it */
};

/**
 * Who hears what happens: sinks that write, views that draw.  Any member may
 * be NULL.  For each target: phases, data, then `done` exactly once, after
 * its last data, with a result that no longer changes; unless a person has a
 * target that failed begun anew: `again` comes, and all of that once more.
 * `end` comes last.
 *
 * Called on the loop.  An observer that answers FLOW_PAUSE must later call
 * flow_resume() of the job it was added to, once for each pause.
 */
struct observer_ops {
	const char *name;
	void (*phase)(struct observer *o, const struct target *t, enum phase p);
	enum flow (*data)(struct observer *o, const struct target *t,
			  enum stream s, const void *buf, size_t n);
	void (*done)(struct observer *o, const struct target *t,
		     const struct result *r);
	/* What was told of it does not count, its output neither. */
	void (*again)(struct observer *o, const struct target *t);
	void (*end)(struct observer *o, const struct job_stats *st);
};

/** How observers answer: let `t` go on (one FLOW_PAUSE undone). */
struct flow_control {
	void (*resume)(struct flow_control *fc, const struct target *t);
};

struct observer {
	const struct observer_ops *ops;
	struct flow_control *flow; /* set by the job it is added to */
	struct list node;
};

#endif /* RSH_MODEL_OBSERVER_H */
