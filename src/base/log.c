/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Diagnostics: levels, one line a message, and a limit on floods.
 */
#include "base/log.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/logsys.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "base/banned.h"

enum {
	FLOOD_MESSAGES = 200,  /* of one level a second */
	MESSAGE_MAX = 1 << 20, /* bytes; then "..." */
	WRITE_WAIT_MS = 1000,  /* for a stderr in nonblocking mode */
};

/* What one level wrote in the current second, and did not. */
struct flood {
	uint64_t second;
	unsigned int shown, hidden;
};

static struct {
	const char *progname;
	enum log_level level;
	int file;    /* -1: stderr */
	bool syslog; /* and nowhere else */
	bool crlf;   /* lines to stderr end so */
	bool as_ssh;
	struct flood floods[LOG_TRACE - LOG_INFO + 1];
	uint64_t (*now_ns)(void); /* NULL: the monotonic clock */
	void (*write)(void *arg, const char *line, size_t n);
	void *write_arg;
} the_log = { .progname = "rsh", .level = LOG_INFO, .file = -1 };

/* Says how deep a message is, where it shows with -vv and -vvv only. */
static const char *mark_of(enum log_level level)
{
	if (the_log.as_ssh && level >= LOG_DEBUG)
		return level == LOG_DEBUG ? "debug1: " : "debug3: ";
	if (level == LOG_DEBUG)
		return "debug: ";
	return level == LOG_TRACE ? "trace: " : "";
}

static uint64_t current_second(void)
{
	struct timespec ts;

	if (the_log.now_ns)
		return the_log.now_ns() / 1000000000;
	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec;
}

static void write_all(int fd, const char *p, size_t n)
{
	while (n) {
		ssize_t done = write(fd, p, n);

		if (done < 0 && errno == EAGAIN) {
			struct pollfd pfd = { .fd = fd, .events = POLLOUT };

			if (poll(&pfd, 1, WRITE_WAIT_MS) <= 0)
				return;
		} else if (done < 0 && errno != EINTR) {
			return; /* there is nobody left to tell */
		} else if (done > 0) {
			p += done;
			n -= (size_t)done;
		}
	}
}

static enum logsys_severity severity_of(enum log_level level)
{
	if (level >= LOG_DEBUG)
		return LOGSYS_DEBUG;
	if (level >= LOG_INFO)
		return LOGSYS_INFO;
	if (level == LOG_WARN)
		return LOGSYS_WARNING;
	return level == LOG_ERROR ? LOGSYS_ERROR : LOGSYS_CRITICAL;
}

/* To stderr, behind other output there, or to the file of the log. */
static void write_out(const char *line, size_t n)
{
	if (the_log.write && the_log.file == -1)
		the_log.write(the_log.write_arg, line, n);
	else
		write_all(the_log.file != -1 ? the_log.file : STDERR_FILENO,
			  line, n);
}

static const char *line_end(void)
{
	return the_log.as_ssh || (the_log.crlf && the_log.file == -1) ? "\r\n"
								      : "\n";
}

static void write_line(enum log_level level, const char *text)
{
	struct strbuf line = STRBUF_INIT(SIZE_MAX / 2);
	char *visible = text_vis_dup(text, strlen(text), MESSAGE_MAX);

	if (the_log.syslog) {
		logsys_write(severity_of(level), visible);
		free(visible);
		return;
	}
	strbuf_addf(&line, "%s%s%s%s%s", the_log.as_ssh ? "" : the_log.progname,
		    the_log.as_ssh ? "" : ": ", mark_of(level), visible,
		    line_end());
	free(visible);
	write_out(line.buf, line.len);
	strbuf_release(&line);
}

void log_raw(const char *line)
{
	char *visible = text_vis_dup(line, strlen(line), MESSAGE_MAX);
	char *ended = xasprintf("%s%s", visible, line_end());

	write_out(ended, strlen(ended));
	free(ended);
	free(visible);
}

void log_text(const char *text)
{
	struct strbuf sb = STRBUF_INIT(SIZE_MAX / 2);

	while (*text) {
		size_t n = strcspn(text, the_log.crlf ? "\r\n" : "\r");

		text_vis(&sb, text, n, VIS_KEEP_LF);
		text += n;
		if (*text == '\n' || (*text == '\r' && text[1] == '\n')) {
			text += *text == '\r';
			strbuf_addstr(&sb, "\r\n");
		} else if (*text) {
			text_vis(&sb, text, 1, VIS_LINE);
		}
		text += *text != '\0';
	}
	if (sb.len && the_log.write)
		the_log.write(the_log.write_arg, sb.buf, sb.len);
	else if (sb.len)
		write_all(STDERR_FILENO, sb.buf, sb.len);
	strbuf_release(&sb);
}

void log_set_writer(void (*writer)(void *arg, const char *line, size_t n),
		    void *arg)
{
	the_log.write = writer;
	the_log.write_arg = arg;
}

/* Tell how many messages of `level` were not shown. */
static void tell_hidden(enum log_level level)
{
	struct flood *f = &the_log.floods[level - LOG_INFO];
	char *text;

	if (!f->hidden)
		return;
	text = xasprintf(ngettext("%u more message not shown",
				  "%u more messages not shown", f->hidden),
			 f->hidden);
	f->hidden = 0;
	write_line(level, text);
	free(text);
}

/* Whether a message of `level` is one too many this second; counts it. */
static bool is_flood(enum log_level level)
{
	struct flood *f;
	uint64_t second;

	if (level < LOG_INFO)
		return false;
	assert(level <= LOG_TRACE);
	f = &the_log.floods[level - LOG_INFO];
	second = current_second();
	if (second != f->second) {
		tell_hidden(level);
		*f = (struct flood){ .second = second };
	}
	if (f->shown == FLOOD_MESSAGES) {
		f->hidden++;
		return true;
	}
	f->shown++;
	return false;
}

void log_init(const char *progname, enum log_level level)
{
	the_log.progname = progname;
	the_log.level = level;
}

void log_as_ssh(bool on)
{
	the_log.as_ssh = on;
}

bool log_is_ssh(void)
{
	return the_log.as_ssh;
}

void log_set_level(enum log_level level)
{
	the_log.level = level;
}

void log_set_crlf(bool crlf)
{
	the_log.crlf = crlf;
}

void log_set_clock(uint64_t (*now_ns)(void))
{
	the_log.now_ns = now_ns;
	for (int level = LOG_INFO; level <= LOG_TRACE; level++)
		the_log.floods[level - LOG_INFO] = (struct flood){ 0 };
}

int log_open(const char *path, struct err *err)
{
	int fd =
		open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY,
		     0600);

	if (fd == -1) {
		int why = errno;

		err_set_errno(err, ERR_LOCAL, _("cannot open '%s'"), path);
		err_as_ssh(err, "Couldn't open logfile %s: %s", path,
			   strerror(why));
		return -1;
	}
	log_close();
	the_log.file = fd;
	return 0;
}

void log_syslog(unsigned int facility)
{
	log_close();
	logsys_open(the_log.progname, facility);
	the_log.syslog = true;
}

void log_close(void)
{
	for (int level = LOG_INFO; level <= LOG_TRACE; level++)
		tell_hidden((enum log_level)level);
	if (the_log.file != -1)
		(void)close(the_log.file);
	the_log.file = -1;
	if (the_log.syslog)
		logsys_close();
	the_log.syslog = false;
}

enum log_level log_level(void)
{
	return the_log.level;
}

bool log_enabled(enum log_level level)
{
	return level <= the_log.level && level != LOG_QUIET;
}

void log_msg(enum log_level level, const char *fmt, ...)
{
	int saved = errno;
	va_list ap;
	char *text;

	if (!log_enabled(level) || is_flood(level))
		return;
	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	write_line(level, text);
	free(text);
	errno = saved;
}
