/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CMD_TERMINAL_H
#define RSH_CMD_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "model/plan.h"
#include "ssh/driver.h"
#include "wire/ttymodes.h"

struct background;
struct job;
struct loop;

/** Who the terminal works for. */
struct terminal_conf {
	struct loop *loop;
	struct job *job;
	const struct plan *plan; /* of one target, which gets a terminal */
	struct background *background;
	/* Input for the host. */
	void (*send)(void *arg, const char *buf, size_t n);
	/* The connection is to be ended. */
	void (*quit)(void *arg);
	/* It goes on in the background: nothing is typed any more. */
	void (*detached)(void *arg);
	void *arg;
};

/**
 * The terminal in front of one host that has one, too: raw mode while the
 * command runs, its size, Ctrl+Z, and the escapes of ssh(1).
 */
struct terminal;

/** Keeps what the job borrows. */
struct terminal_look {
	unsigned char modes[TTYMODES_MAX];
};

/** Tell the job what the targets' terminals are like: TERM, size, modes. */
void terminal_describe(struct terminal_look *look, struct job *job,
		       const struct plan *plan);

/** The size of the terminal here; all 0 where there is none. */
struct drv_size terminal_window(void);

struct terminal *terminal_new(const struct terminal_conf *conf,
			      struct err *err);

/** Back to what it was.  NULL is fine. */
void terminal_free(struct terminal *t);

/** The command begins. */
void terminal_begin(struct terminal *t);

/** There is no terminal there: the mode as before, and nothing is an escape. */
void terminal_refused(struct terminal *t);

/** It has ended and all output is written: the mode as before.  Whether it had
 *  begun. */
bool terminal_end(struct terminal *t);

/** What was typed. */
void terminal_input(struct terminal *t, const char *buf, size_t n);

/** Ctrl+C, or the end of input.  Whether that was for the line of an escape. */
bool terminal_interrupt(struct terminal *t);

/** SIGTSTP: stop, and go on as before. */
void terminal_suspend(struct terminal *t);

#endif /* RSH_CMD_TERMINAL_H */
