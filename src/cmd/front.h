/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CMD_FRONT_H
#define RSH_CMD_FRONT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "out/output.h"

struct bufpool;
struct job;
struct launch_style;
struct loop;
struct plan;
struct prompt_tty;
struct sinks;
struct target;

/** The run that something stands in front of; all is borrowed. */
struct front_run {
	struct loop *loop;
	struct bufpool *pool;
	struct job *job;
	const struct plan *plan;
	const struct launch_style *style;
	struct sinks *sinks;
	struct prompt_tty *prompt; /* NULL: nobody asks */
};

/** What it wants of the run; called on the loop. */
struct front_calls {
	/* Input for the host: the one that there is. */
	void (*send)(void *arg, const char *buf, size_t n);
	/* Whether what is typed is to be read. */
	void (*listen)(void *arg, bool on);
	/* Nothing is typed any more. */
	void (*detached)(void *arg);
	/* All is to be ended: TERM; once more: at once.  `left`: that is no
	   failure. */
	void (*quit)(void *arg, bool left);
	sink_failed_fn *failed;
};

/**
 * What stands between the user and the hosts of a run, by its plan and style:
 * the terminal of one host (terminal.h), shells on many (shells.h), the
 * view (viewing.h), the status line (status.h), or nothing.
 */
struct front;

/** Whether there can be what the style asks for: 0, or -1 with `err`. */
int front_check(const struct plan *plan, const struct launch_style *style,
		struct err *err);

struct front *front_new(const struct front_run *run,
			const struct front_calls *calls, void *arg);

/** Before any input is read: 0, or -1 with `err` if there is no terminal.  The
 *  job borrows from here. */
int front_open(struct front *f, struct err *err);

/** Before job_start(). */
void front_start(struct front *f);

/** The command of a target begins, or it was given no terminal. */
void front_begun(struct front *f, const struct target *t);
void front_no_tty(struct front *f, const struct target *t);

/** Whether keys are taken here before the hosts get them; one host's terminal
 *  gives most of them on. */
bool front_has_keys(const struct front *f);
bool front_is_terminal(const struct front *f);

/** Whether keys are for another than the hosts, and read there. */
bool front_covers(const struct front *f);

/** What was typed, where front_has_keys(). */
void front_input(struct front *f, const char *buf, size_t n);

/** The input of shells has ended: whether they get that, as what was typed. */
bool front_end_of_input(struct front *f);

/** Ctrl+C, or the end of input.  Whether that was for the line of an escape. */
bool front_interrupt(struct front *f);

/** Ctrl+Z: stop with the terminal as it was, then go on; false: nothing stands
 *  here that would. */
bool front_suspend(struct front *f);

/** The run is over: give the terminal back; what was held leaves from here. */
void front_close(struct front *f);

/** Then, with signals as they were: all of it is written, waiting for who
 *  reads. */
void front_flush(struct front *f);

/** As ssh: say that the terminal is ours again, unless `quiet`. */
void front_farewell(struct front *f, bool quiet);

/** Before the job goes, and after.  NULL is fine. */
void front_leave(struct front *f);
void front_free(struct front *f);

#endif /* RSH_CMD_FRONT_H */
