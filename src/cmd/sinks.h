/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CMD_SINKS_H
#define RSH_CMD_SINKS_H

#include "base/err.h"
#include "cmd/launch.h"
#include "model/plan.h"
#include "out/output.h"

struct bufpool;
struct job;
struct loop;

/**
 * The standard descriptor that the argument of --json[=FILE] stands for, ""
 * without a file; -1: it is a file of its own.
 */
int sinks_json_fd(const char *arg);

/**
 * Where JSON goes that was asked for by --json[=FILE], `arg` being "" without
 * a file and NULL without the option: to style->json_file, or, with
 * `*on_stdout`, to standard output, which a FILE may also be by its name or its
 * own.  0, or -1 with `err`: standard error has messages in it.
 */
int sinks_json_place(struct launch_style *style, const char *arg,
		     bool *on_stdout, struct err *err);

/** What the sinks of a run are made from; borrowed. */
struct sinks_conf {
	struct loop *loop;
	struct bufpool *pool;
	const struct plan *plan;
	const struct launch_style *style;
	sink_failed_fn
		*failed; /* `gone`: the reader of stdout or stderr left */
	void *arg;
};

/** The sinks that a style asks for, all of them hearing the same events. */
struct sinks;

/** NULL with `err` when a file or a folder cannot be had. */
struct sinks *sinks_new(const struct sinks_conf *conf, struct err *err);

void sinks_add(struct sinks *sinks, struct job *job);

/** Messages go where output goes to stderr, so that lines stay whole there. */
void sinks_take_log(struct sinks *sinks);

/** Who takes messages then, with its argument; NULL: they go to stderr. */
typedef void sinks_log_fn(void *arg, const char *line, size_t n);
sinks_log_fn *sinks_log(const struct sinks *sinks, void **arg);

/** What may come to a terminal is kept for later, or leaves now: see
 *  output_set_aside(). */
void sinks_hold(struct sinks *sinks, bool hold);

/** errno if no more can be kept for later, and hosts wait for that; or 0. */
int sinks_cramped(const struct sinks *sinks);

/** The sink of FORM_STREAM, or NULL. */
struct observer *sinks_stream(const struct sinks *sinks);

/**
 * Write out what is left, and what is only written at the end, waiting as
 * long as readers take.  What fails is told.
 */
void sinks_flush(struct sinks *sinks);

/** Give the log back before. */
void sinks_free(struct sinks *sinks);

#endif /* RSH_CMD_SINKS_H */
