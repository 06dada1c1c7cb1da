/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CMD_SHELLS_H
#define RSH_CMD_SHELLS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "cmd/shellconf.h"
#include "model/plan.h"
#include "out/output.h"

struct front_run;
struct hostlist_source;

/** What makes a run shells on many hosts, in front of a terminal. */
struct shell_style {
	struct shell_conf conf;
	const struct hostlist_source *source; /* of lists that are typed */
	const char *log_dir;		      /* transcripts; or NULL */
	bool join;  /* equal lines of several hosts are shown once */
	bool tiled; /* begin with tiles */
	bool plain; /* lines are read, and no terminal is needed */
};

/** What the shells want of the run; called on the loop. */
struct shells_calls {
	/* Whether standard input is to be read. */
	void (*listen)(void *arg, bool on);
	/* All shells are to be ended, as the user asked, or because there is
	   no screen. */
	void (*quit)(void *arg, bool asked);
	sink_failed_fn *failed;
};

/**
 * Shells on many hosts, each on a terminal, and one person in front of them,
 * who looks at them in one of two ways: joined (cmd/console.h), or tiled
 * (cmd/tiling.h); or without any terminal (cmd/linemode.h).  What does not
 * depend on that is here: who gets what is typed (model/shellset.h), commands,
 * what is written of hosts.
 */
struct shells;

/** Whether they can be had as it was asked for: 0, or -1 with `err`. */
int shells_check(const struct plan *plan, const struct shell_style *style,
		 struct err *err);

/** Before job_start(), and after the terminal was described: observers are
 *  added.  The style has a `shell`.  NULL with `err`. */
struct shells *shells_new(const struct front_run *run,
			  const struct shells_calls *calls, void *arg,
			  struct err *err);

/** Before the job.  NULL is fine, as in all below. */
void shells_free(struct shells *s);

/** The shell of a host begins, or has no terminal. */
void shells_begun(struct shells *s, const struct target *t);
void shells_no_tty(struct shells *s, const struct target *t);

/** What standard input has; it may be a password. */
void shells_input(struct shells *s, const char *buf, size_t n);

/** It has ended: true if the shells get that, false if nobody is left to type.
 */
bool shells_end_of_input(struct shells *s);

/** SIGTSTP: stop, and go on as before. */
void shells_suspend(struct shells *s);

/** The run is over: tell what is held, and give the terminal back; what was
 *  held of output leaves from here on. */
void shells_close(struct shells *s);

/** All that is held of messages is written, waiting for the reader. */
void shells_flush(struct shells *s);

#endif /* RSH_CMD_SHELLS_H */
