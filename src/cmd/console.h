/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CMD_CONSOLE_H
#define RSH_CMD_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct shells;
struct target;

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

struct console *console_new(struct shells *s, struct err *err);
void console_free(struct console *c);

/** Add it to the job, and let messages go through it. */
void console_add(struct console *c);

/** The shell of a host begins. */
void console_begun(struct console *c, const struct target *t);

/** What was typed. */
void console_input(struct console *c, const char *buf, size_t n);

/**
 * Tiles are to come: nothing of hosts is shown any more.  It has gone, and the
 * terminal is free, when all is written and nobody asks anything.  What is
 * typed goes to shells_keep_typed().
 */
void console_leave(struct console *c);
bool console_is_gone(struct console *c);

/** The tiles have gone. */
void console_return(struct console *c);

/** SIGTSTP: stop, and go on as before. */
void console_suspend(struct console *c);

/** The run is over: tell what is held, and give the terminal back. */
void console_close(struct console *c);

#endif /* RSH_CMD_CONSOLE_H */
