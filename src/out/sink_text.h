/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_OUT_SINK_TEXT_H
#define RSH_OUT_SINK_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "model/observer.h"
#include "out/output.h"

struct bufpool;
struct loop;

struct sink_text_conf {
	struct loop *loop; /* borrowed, as is all below */
	struct bufpool *pool;
	size_t ntargets; /* ranks are below */
	int fds[NSTREAMS];
	bool raw; /* one target: bytes pass as they come */
	/* A last line without a newline gets one only when another line
	   follows, and so does a piece of a very long line.  Not on a
	   terminal. */
	bool keep_unfinished;
	bool labels;		/* "label: " in front of lines */
	bool colour[NSTREAMS];	/* of the labels */
	bool vis[NSTREAMS];	/* a terminal: control bytes made visible */
	sink_failed_fn *failed; /* may be NULL */
	void *arg;		/* for `failed` */
};

/**
 * An observer that writes what targets print as it comes, in whole lines:
 * stdout to the one descriptor, stderr to the other.  When both are the same
 * file, as after 2>&1, all goes through one queue, so that lines stay whole
 * and in order there too.
 *
 * A slow reader pauses the targets that print.  After an error (a closed
 * pipe, a full disk) it swallows what comes for that descriptor.
 *
 * O(1) memory for each target between lines.
 */
struct observer *sink_text_new(const struct sink_text_conf *conf);

/**
 * Show a line below all others on stderr, a terminal, until the next one
 * comes; NULL: none any more.  It goes through the same queue as the others and
 * away before any of them.  Where much is queued it is left out.
 */
void sink_text_status(struct observer *o, const char *text);

/** Somebody else wrote where the line stood: it is no longer ours to clear. */
void sink_text_forget_status(struct observer *o);

/** Queue a line for stderr that is not a target's: see log_set_writer(). */
void sink_text_log(void *o, const char *line, size_t n);

/**
 * Write what is queued, waiting as long as it takes.  For the end of the
 * program, when the loop no longer runs.  0, or -1 and `failed` was told.
 */
int sink_text_flush(struct observer *o);

/** What is still queued is lost; nobody is resumed. */
void sink_text_free(struct observer *o);

/** What may come to a terminal is kept for later, or leaves now. */
void sink_text_hold(struct observer *o, bool hold);

/** See output_cramped(). */
int sink_text_cramped(struct observer *o);

#endif /* RSH_OUT_SINK_TEXT_H */
