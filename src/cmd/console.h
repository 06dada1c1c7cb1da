/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CMD_CONSOLE_H
#define RSH_CMD_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "cmd/shellconf.h"
#include "model/plan.h"
#include "out/output.h"

struct bufpool;
struct hostlist_source;
struct job;
struct launch_style;
struct loop;
struct prompt_tty;
struct result;
struct session;

/** What makes a run a shell on many hosts, in front of a terminal. */
struct shell_style {
	struct shell_conf conf;
	const struct hostlist_source *source; /* of lists that are typed */
	const char *log_dir;		      /* transcripts; or NULL */
	bool join; /* equal lines of several hosts are shown once */
};

/** Who the console works for; all is borrowed. */
struct console_conf {
	struct loop *loop;
	struct bufpool *pool;
	struct job *job;
	const struct plan *plan;
	const struct launch_style *style;
	struct prompt_tty *prompt;
	/* Whether standard input is to be read. */
	void (*listen)(void *arg, bool on);
	/* All shells are to be ended. */
	void (*quit)(void *arg);
	sink_failed_fn *failed;
	void *arg;
};

/**
 * The terminal in front of many shells that each have one: a line is typed and
 * edited here, and goes to those of them that are chosen; what they print comes
 * in whole lines, labelled.  An observer of the run that writes to standard
 * output.
 *
 * It takes the terminal when the first shell begins, steps aside for
 * questions, and gives it back at every end.
 */
struct console;

struct console *console_new(const struct console_conf *conf, struct err *err);
void console_free(struct console *c);

/** Add it to the job, and let messages go through it. */
void console_add(struct console *c);

/** The shell of a host begins, or has no terminal. */
void console_begun(struct console *c, const struct target *t);
void console_no_tty(struct console *c, const struct target *t);

/** What was typed. */
void console_input(struct console *c, const char *buf, size_t n);

/** SIGTSTP: stop, and go on as before. */
void console_suspend(struct console *c);

/** The run is over: tell what is held, and give the terminal back. */
void console_close(struct console *c);

#endif /* RSH_CMD_CONSOLE_H */
