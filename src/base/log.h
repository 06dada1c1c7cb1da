/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_BASE_LOG_H
#define RSH_BASE_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/**
 * Diagnostics of the program itself: stderr, or the file of -E.  Never
 * stdout.  One write(2) a message, so that lines stay whole.
 *
 * The log is the one mutable global besides the terminal's saved state.
 */
enum log_level {
	LOG_QUIET = -2, /* nothing at all */
	LOG_FATAL,	/* what ends the program */
	LOG_ERROR,	/* what the user must know; the default shows it */
	LOG_WARN,	/* the default shows it */
	LOG_INFO,	/* the default shows it, -q hides it */
	LOG_VERBOSE,	/* -v */
	LOG_DEBUG,	/* -vv */
	LOG_TRACE,	/* -vvv: each change of state */
};

/** Set what is shown and the name put in front ("rsh"), which is borrowed. */
void log_init(const char *progname, enum log_level level);

/**
 * From here on lines look as those of ssh(1): no name in front, "debug1: " at
 * LOG_DEBUG and "debug3: " at LOG_TRACE, and "\r\n" at the end.
 */
void log_as_ssh(bool on);
bool log_is_ssh(void);

/** Change what is shown. */
void log_set_level(enum log_level level);

/** Send further messages to a file, appended to, made 0600. */
int log_open(const char *path, struct err *err);

/**
 * Send further messages to syslog(3) alone.  `facility` counts the words of
 * SyslogFacility from DAEMON, USER, AUTH on, as `syslog_facility` does.
 */
void log_syslog(unsigned int facility);

/** Back to stderr; closes the file and the system's log. */
void log_close(void);

/**
 * Hand lines to `writer` that would go to stderr, so that they queue up behind
 * other output there; NULL: write them at once, as from the start.
 */
void log_set_writer(void (*writer)(void *arg, const char *line, size_t n),
		    void *arg);

/**
 * While the terminal is in raw mode: lines to stderr end with CR LF.  A
 * terminal that makes that of LF itself is not harmed.
 */
void log_set_crlf(bool crlf);

/** For tests: the clock the limit on floods looks at; NULL, the real one. */
void log_set_clock(uint64_t (*now_ns)(void));

enum log_level log_level(void);
bool log_enabled(enum log_level level);

/**
 * One line "rsh: text\n", or "rsh: debug: text\n", "rsh: trace: text\n" for
 * these two levels.  Keeps errno.  Control characters in the text are made
 * visible, so server bytes cannot break out of a line.  More than 200 messages
 * of one level LOG_INFO or below a second are counted, not shown, and the count
 * is told with the next message of that level, or by log_close().
 */
void log_msg(enum log_level level, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * Text for the person, such as a server's banner: to stderr, wherever the log
 * goes, lines kept, all else a terminal could act on made visible.  An end of
 * line is what the mode of the terminal asks for (log_set_crlf()).
 */
void log_text(const char *text);

/** A line as it is, with no name in front, whatever the level. */
void log_raw(const char *line);

#define log_fatal(...)	 log_msg(LOG_FATAL, __VA_ARGS__)
#define log_error(...)	 log_msg(LOG_ERROR, __VA_ARGS__)
#define log_warn(...)	 log_msg(LOG_WARN, __VA_ARGS__)
#define log_info(...)	 log_msg(LOG_INFO, __VA_ARGS__)
#define log_verbose(...) log_msg(LOG_VERBOSE, __VA_ARGS__)
#define log_debug(...)	 log_msg(LOG_DEBUG, __VA_ARGS__)

/** Arguments are not evaluated when nobody listens. */
#define TRACE(...)                                                             \
	do {                                                                   \
		if (log_enabled(LOG_TRACE))                                    \
			log_msg(LOG_TRACE, __VA_ARGS__);                       \
	} while (0)

#endif /* RSH_BASE_LOG_H */
