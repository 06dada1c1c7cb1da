/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_IO_TTY_H
#define RSH_IO_TTY_H

#include <stdbool.h>
#include <stddef.h>
#include <termios.h>

#include "base/err.h"

/**
 * The terminal.  The state saved by tty_raw() is process-wide, so that any
 * exit can put it back: tty_restore() may be called at any time, from atexit
 * and, as it makes only async-signal-safe calls, from a signal handler.
 *
 * With tty_raw() it is called at exit, and before death by a signal that nobody
 * has a handler for.
 */
int tty_raw(int fd, struct err *err);
void tty_restore(void);

/**
 * The mode of a program that has the whole screen: keys come as they are typed
 * and unseen, with or without the signals of Ctrl+C, Ctrl+Z and Ctrl+\.  The
 * `leave` bytes, at most TTY_LEAVE_MAX, are written wherever the mode is put
 * back; `fd` should not block.  Called again while it stands it changes the
 * signals.
 */
#define TTY_LEAVE_MAX 256
int tty_keys(int fd, bool signals, const void *leave, size_t n,
	     struct err *err);

/**
 * The mode between two that each have the terminal: what is typed is unseen and
 * stays for the next, while what is written has its lines as they always were.
 */
int tty_unseen(int fd, struct err *err);

/**
 * After the handlers of others were taken away, with a mode still to be put
 * back: death by those signals does it, too, from here on.
 */
void tty_guard(void);

/**
 * Put the mode back and stop the whole process group, as Ctrl+Z does: what
 * started us may wait for us in it.  Returns when we go on; the mode is the
 * caller's to set again.
 */
void tty_stop(void);

/**
 * Make ready for a question: line editing and signals on, echo as told, what
 * was typed ahead forgotten.  Taken back by tty_restore(), too, which must be
 * called before `fd` is closed.
 */
int tty_ask(int fd, bool echo, struct err *err);

/** The size in pixels as well, where it is known; all 0 where nothing is. */
struct tty_window {
	unsigned int columns, lines;
	unsigned int x_pixels, y_pixels;
};
void tty_window(int fd, struct tty_window *w);

/** Its mode as users know it, also while ours is another; false: no terminal.
 */
bool tty_mode(int fd, struct termios *t);

/** Rows and columns; false when `fd` is no terminal or has no size. */
bool tty_size(int fd, unsigned int *rows, unsigned int *cols);

/** Whether this process is in the foreground group of the terminal `fd`. */
bool tty_foreground(int fd);

/** Whether another group is: to set its mode would stop us. */
bool tty_background(int fd);

#endif /* RSH_IO_TTY_H */
