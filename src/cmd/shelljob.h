/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CMD_SHELLJOB_H
#define RSH_CMD_SHELLJOB_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "model/observer.h"
#include "model/plan.h"
#include "model/shellset.h"

struct job;
struct loop;

/** Who a run beside shells works for; all is borrowed. */
struct shelljob_conf {
	struct loop *loop;
	struct job *job; /* the shells */
	const struct plan *plan;
	const struct shellset *set;
	/* A line that a host has sent; no byte of it does anything to a
	   terminal.  Whether the host may go on: see observer.h. */
	void (*line)(void *arg, size_t rank, const char *line, size_t n);
	enum flow (*flow)(void *arg, const struct target *t);
	/* Lines for the person, without the last newline. */
	void (*say)(void *arg, const char *text);
	/* shelljob_state() says something else. */
	void (*changed)(void *arg);
	void *arg;
};

/**
 * A command, or a copy, on the hosts that are chosen among many shells, over
 * the connections that these have: `:run`, `:put` and `:get`.  One at a time;
 * the shells go on meanwhile.  Who is to take part and has no connection, or is
 * not to be trusted with it, is told of, at the beginning and at the end.
 */
struct shelljob;

struct shelljob *shelljob_new(const struct shelljob_conf *conf);
/** What runs is dropped.  Before the shells' job is freed; NULL is fine. */
void shelljob_free(struct shelljob *sj);

/** Begin.  0, or -1 with `err`: another one runs, no host takes part. */
int shelljob_run(struct shelljob *sj, const char *command, struct err *err);

/**
 * Begin a copy to the hosts, or from them, with the words of `rsh put` and `rsh
 * get`: see cmd/copying.h.  What is put is listed first, in steps between which
 * all else goes on; it is for the hosts that were chosen before.
 */
int shelljob_copy(struct shelljob *sj, bool put, const char *words,
		  struct err *err);

bool shelljob_runs(const struct shelljob *sj);

/** Ctrl+C: the first one says who still runs, another within 1 s stops them.
 *  What is only listed yet is stopped at once. */
void shelljob_interrupt(struct shelljob *sj);

/** Stop them at once. */
void shelljob_stop(struct shelljob *sj);

/** What runs, and on how many hosts: "run: 2", "put: 2, 45%"; before that
 *  "put: listing, 5120", the files so far; nothing if nothing does. */
void shelljob_state(const struct shelljob *sj, struct strbuf *out);

#endif /* RSH_CMD_SHELLJOB_H */
