/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_OUT_OUTPUT_H
#define RSH_OUT_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "io/outq.h"
#include "model/observer.h"

struct output;

/**
 * A sink's write failed: `text` is the whole message, `gone` says that the
 * reader of stdout or stderr left (EPIPE).  Called on the loop, once a sink.
 */
typedef void sink_failed_fn(void *arg, const char *text, bool gone);

/** `out` failed; see outq_errno(&out->q). */
typedef void output_fn(struct output *out);

/** A descriptor that a sink writes to, and who waits for it. */
struct output {
	struct outq q;
	struct observer *observer;
	output_fn *failed;	      /* may be NULL */
	const char *name;	      /* for messages; borrowed */
	const struct target **paused; /* one for each FLOW_PAUSE not undone */
	size_t npaused, paused_cap;
};

void output_init(struct output *out, struct observer *observer,
		 struct loop *loop, struct bufpool *pool, int fd,
		 const char *name, output_fn *failed);

/** What `data` of the observer answers after it has written for `t`. */
enum flow output_flow(struct output *out, const struct target *t);

/**
 * Whether what is written is kept for later, if it goes to a terminal: see
 * outq_hold().
 */
void output_hold(struct output *out, bool hold);

/**
 * Whether what is written there may come to a terminal: it is one, or a pipe or
 * a socket, whose reader is not known: tee(1), mostly.
 */
bool output_reaches_terminal(int fd);

/** As output_hold(), where output_reaches_terminal(). */
void output_set_aside(struct output *out, bool hold);

/** errno if no more can be kept while it is set aside, so that targets are
 *  paused until it is not; or 0. */
int output_cramped(const struct output *out);

/** Let all go on that output_flow() has paused, whatever is queued. */
void output_resume(struct output *out);

/** What is queued is lost; nobody is resumed.  Zeroed is fine. */
void output_release(struct output *out);

/** Whether both are one file, as after 2>&1. */
bool output_same_file(int a, int b);

/**
 * STDOUT_FILENO or STDERR_FILENO where `path` is what one of them writes to
 * ("-" is the first), -1 where it is another file or none.  It has an offset
 * then, and what was written before is not to be lost.  A device that is no
 * terminal (/dev/null) is nobody's.
 */
int output_standard(const char *path);

/** Tell `failed` that writing to `name` failed with `error`. */
void output_tell(sink_failed_fn *failed, void *arg, const char *name,
		 int error);

#endif /* RSH_OUT_OUTPUT_H */
