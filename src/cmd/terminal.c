/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The terminal in front of one host.
 */
#include "cmd/terminal.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/log.h"
#include "cmd/background.h"
#include "cmd/escapes.h"
#include "io/loop.h"
#include "io/timer.h"
#include "io/tty.h"
#include "job/job.h"
#include "model/escape.h"
#include "ssh/forwards.h"

#include "base/banned.h"

#define BURST_MS       20 /* sizes that follow each other are told once */
#define COLUMNS	       80 /* of a terminal that nobody looks at */
#define LINES	       24
#define OUTPUT_MAX     ((size_t)1 << 20)
#define LINE_MAX_BYTES ((size_t)4096)

struct terminal {
	struct terminal_conf conf;
	struct escape escape;
	struct sigwatch resized, continued;
	struct timer burst;
	struct drv_size size; /* as told last */
	bool is_tty;	      /* standard input is one */
	bool begun;
	bool commands;	    /* the line of the escape C may be had */
	bool line_open;	    /* it is typed, in the mode that users know */
	bool left;	    /* nothing that is typed is for the host any more */
	struct strbuf line; /* what of it has come */
};

/* ---- what the other end is like ---- */

struct drv_size terminal_window(void)
{
	struct tty_window w;

	tty_window(STDIN_FILENO, &w);
	return (struct drv_size){ w.columns, w.lines, w.x_pixels, w.y_pixels };
}

void terminal_describe(struct terminal_look *look, struct job *job,
		       const struct plan *plan)
{
	const char *term = plan->spec.term ? plan->spec.term : getenv("TERM");
	struct termios mode;
	struct drv_pty pty = { .term = term ? term : "",
			       .size = terminal_window() };

	if (tty_mode(STDIN_FILENO, &mode)) {
		pty.modes = look->modes;
		pty.modes_len = ttymodes_encode(&mode, look->modes);
	}
	/* Of many nobody sees more than lines. */
	if (plan->targets.n > 1 && !pty.size.columns)
		pty.size = (struct drv_size){ COLUMNS, LINES, 0, 0 };
	job_set_pty(job, &pty);
}

/* ---- mode and size ---- */

static void enter_raw(struct terminal *t)
{
	struct err err = { 0 };

	if (!t->is_tty || !t->begun || t->line_open)
		return;
	if (tty_raw(STDIN_FILENO, &err))
		log_verbose("%s", err.msg);
	else
		log_set_crlf(true);
	err_release(&err);
}

static void leave_raw(struct terminal *t)
{
	if (!t->is_tty)
		return;
	tty_restore();
	log_set_crlf(false);
}

static bool same_size(const struct drv_size *a, const struct drv_size *b)
{
	return a->columns == b->columns && a->lines == b->lines &&
	       a->x_pixels == b->x_pixels && a->y_pixels == b->y_pixels;
}

static void tell_size(struct terminal *t)
{
	struct drv_size size = terminal_window();

	if (same_size(&size, &t->size))
		return;
	t->size = size;
	job_resize(t->conf.job, &size);
}

static void burst_over(struct timer *timer)
{
	tell_size(container_of(timer, struct terminal, burst));
}

static void on_resized(struct sigwatch *w, int signo)
{
	struct terminal *t = container_of(w, struct terminal, resized);

	(void)signo;
	if (!timer_armed(&t->burst))
		timer_start(t->conf.loop, &t->burst, BURST_MS, burst_over);
}

/* Whoever stopped us: what has the terminal set its own mode. */
static void on_continued(struct sigwatch *w, int signo)
{
	struct terminal *t = container_of(w, struct terminal, continued);

	(void)signo;
	if (tty_foreground(STDIN_FILENO))
		enter_raw(t);
	tell_size(t);
}

void terminal_suspend(struct terminal *t)
{
	leave_raw(t);
	tty_stop();
	enter_raw(t);
	tell_size(t);
}

/* ---- escapes ---- */

/* "~v", and what there is to say of it. */
static void echo_key(struct terminal *t, enum escape_action action,
		     const char *more)
{
	struct strbuf sb = STRBUF_INIT(STRBUF_MAX_TEXT);

	escape_show(&t->escape, action, &sb);
	(void)strbuf_addf(&sb, "%s%s", more ? " " : "", more ? more : "");
	escapes_say(sb.buf);
	strbuf_release(&sb);
}

static void show_help(struct terminal *t)
{
	struct strvec lines = { 0 };

	echo_key(t, ESCAPE_HELP, NULL);
	escape_help(&t->escape, t->commands ? ESCAPE_COMMANDER : ESCAPE_OWNER,
		    &lines);
	for (size_t i = 0; i < lines.n; i++)
		escapes_say(lines.v[i]);
	strvec_release(&lines);
}

static void change_level(struct terminal *t, int by)
{
	static const char *const names[] = { "QUIET", "FATAL", "ERROR",
					     "",      "INFO",  "VERBOSE",
					     "DEBUG", "DEBUG3" };
	int level = (int)log_level() + by;
	char *text;

	if (level == LOG_WARN)
		level += by; /* ssh has no such level */
	if (level < LOG_QUIET)
		level = LOG_QUIET;
	if (level > LOG_TRACE)
		level = LOG_TRACE;
	log_set_level((enum log_level)level);
	text = xasprintf("[LogLevel %s]", names[level - LOG_QUIET]);
	echo_key(t, by > 0 ? ESCAPE_LOUDER : ESCAPE_QUIETER, text);
	free(text);
}

/* NULL: there is no connection. */
static struct forwards *forwards_here(const struct terminal *t)
{
	struct session *s = job_session(t->conf.job, 0);

	return s ? forwards_of(s) : NULL;
}

/* The shell there is told that nothing more will be typed. */
static void detach(struct terminal *t)
{
	const char end = 4; /* Ctrl+D */

	if (!t->conf.background || !background_pending(t->conf.background)) {
		echo_key(
			t, ESCAPE_DETACH,
			_("[nothing is forwarded that could go on in the background]"));
		return;
	}
	echo_key(t, ESCAPE_DETACH, _("[to the background]"));
	t->left = true;
	(void)terminal_end(t);
	t->conf.send(t->conf.arg, &end, 1);
	t->conf.detached(t->conf.arg);
	background_detach(t->conf.background, true);
}

/* Typed as any line is, with the terminal's own editing. */
static void open_line(struct terminal *t)
{
	if (!t->commands) {
		escapes_say(_("commandline disabled"));
		return;
	}
	leave_raw(t);
	t->line_open = true;
	log_text("\nssh> ");
}

static void close_line(struct terminal *t)
{
	t->line_open = false;
	strbuf_reset(&t->line);
	enter_raw(t);
}

/* Up to its end; what is longer than a line may be is cut. */
static size_t take_line(struct terminal *t, const char *buf, size_t n)
{
	size_t len = 0;
	char *line;

	while (len < n && buf[len] != '\r' && buf[len] != '\n')
		len++;
	(void)strbuf_add(&t->line, buf, len);
	if (len == n)
		return n;
	line = xstrndup(t->line.buf, t->line.len);
	close_line(t);
	escapes_command(forwards_here(t), line);
	free(line);
	return len + 1;
}

bool terminal_interrupt(struct terminal *t)
{
	if (!t->line_open)
		return false;
	close_line(t);
	escapes_say("");
	return true;
}

static void act(struct terminal *t, enum escape_action action)
{
	switch (action) {
	case ESCAPE_NONE:
		break;
	case ESCAPE_QUIT:
		echo_key(t, action, NULL);
		t->left = true;
		t->conf.quit(t->conf.arg);
		break;
	case ESCAPE_SUSPEND:
		echo_key(t, action, _("[suspended]"));
		terminal_suspend(t);
		break;
	case ESCAPE_DETACH:
		detach(t);
		break;
	case ESCAPE_LIST:
		echo_key(t, action, NULL);
		escapes_list(forwards_here(t));
		break;
	case ESCAPE_HELP:
		show_help(t);
		break;
	case ESCAPE_REKEY:
		job_rekey(t->conf.job);
		break;
	case ESCAPE_LOUDER:
		change_level(t, 1);
		break;
	case ESCAPE_QUIETER:
		change_level(t, -1);
		break;
	case ESCAPE_BREAK:
		echo_key(t, action, NULL);
		job_send_break(t->conf.job, ESCAPE_BREAK_MS);
		break;
	case ESCAPE_COMMAND:
		open_line(t);
		break;
	}
}

static size_t take_keys(struct terminal *t, const char *buf, size_t n)
{
	struct strbuf out = STRBUF_INIT(OUTPUT_MAX);
	enum escape_action action;
	size_t taken = escape_take(&t->escape, buf, n, &out, &action);

	if (out.len)
		t->conf.send(t->conf.arg, out.buf, out.len);
	strbuf_release(&out);
	act(t, action);
	return taken;
}

void terminal_input(struct terminal *t, const char *buf, size_t n)
{
	while (n && !t->left) {
		size_t taken = t->line_open ? take_line(t, buf, n)
					    : take_keys(t, buf, n);

		buf += taken;
		n -= taken;
	}
}

/* ---- life ---- */

struct terminal *terminal_new(const struct terminal_conf *conf, struct err *err)
{
	const struct ssh_opts *o = conf->plan->targets.v[0].opts;
	struct terminal *t = xcalloc(1, sizeof(*t));

	t->conf = *conf;
	t->is_tty = isatty(STDIN_FILENO);
	t->size = terminal_window();
	strbuf_init(&t->line, LINE_MAX_BYTES);
	t->commands = o && o->enable_escape_commandline == 1;
	escape_init(&t->escape, o && o->escape_char != SSHOPT_ESCAPE_NONE
					? o->escape_char
					: -1);
	if (sigwatch_start(conf->loop, &t->resized, SIGWINCH, on_resized,
			   err) ||
	    sigwatch_start(conf->loop, &t->continued, SIGCONT, on_continued,
			   err)) {
		terminal_free(t);
		return NULL;
	}
	return t;
}

void terminal_free(struct terminal *t)
{
	if (!t)
		return;
	terminal_end(t);
	sigwatch_stop(&t->resized);
	sigwatch_stop(&t->continued);
	timer_stop(t->conf.loop, &t->burst);
	strbuf_release(&t->line);
	free(t);
}

void terminal_begin(struct terminal *t)
{
	t->begun = true;
	enter_raw(t);
	tell_size(t);
}

void terminal_refused(struct terminal *t)
{
	leave_raw(t);
	t->is_tty = false;
	escape_init(&t->escape, -1);
}

bool terminal_end(struct terminal *t)
{
	bool begun = t->begun;

	if (begun)
		leave_raw(t);
	t->begun = false;
	return begun;
}
