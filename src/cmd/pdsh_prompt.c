/* SPDX-License-Identifier: Apache-2.0 */
/*
 * "pdsh> ": commands one after the other on the same hosts.
 *
 * Ctrl+C at the prompt forgets the line; while a command runs it is that
 * command's.
 */
#include "cmd/pdsh.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/list.h"
#include "base/log.h"
#include "io/child.h"
#include "io/loop.h"
#include "ui/lineedit.h"

#include "base/banned.h"

#define LINE_MAX_BYTES ((size_t)1 << 20)

struct session {
	const struct pdsh *p;
	const struct pdshlist *hosts;
	struct history history;
	struct lineedit *editor;
	char *prompt;
	int code; /* the largest so far */
};

/* "!command": a shell here */

static void shell_ended(struct child *c, int status)
{
	(void)status;
	loop_stop(c->loop);
}

/* The terminal is the shell's while it runs: it leads a group of its own. */
static void lend_terminal(pid_t group)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct sigaction before;

	if (!isatty(STDIN_FILENO))
		return;
	(void)sigaction(SIGTTOU, &ignore, &before);
	(void)tcsetpgrp(STDIN_FILENO, group);
	(void)sigaction(SIGTTOU, &before, NULL);
}

static int run_shell(const char *command, struct err *err)
{
	char *argv[] = { (char[]){ "sh" }, (char[]){ "-c" }, xstrdup(command),
			 NULL };
	const struct child_spec spec = {
		.file = "/bin/sh",
		.argv = argv,
		.in = CHILD_INHERIT,
		.out = CHILD_INHERIT,
		.err = CHILD_INHERIT,
	};
	struct loop *loop = loop_new(err);
	struct child child = { 0 };
	int rc = -1;

	if (loop && !child_spawn(loop, &child, &spec, shell_ended, err)) {
		lend_terminal(child.pid);
		/* It may have asked for the terminal before it had it. */
		child_kill(&child, SIGCONT);
		rc = loop_run(loop, err);
		lend_terminal(getpgrp());
		child_release(&child);
	}
	loop_free(loop);
	free(argv[2]);
	return rc;
}

/* Commands of the prompt */

static void list_history(const struct session *s)
{
	for (size_t i = 0; i < history_count(&s->history); i++)
		(void)printf("%s: %zu: %s\n", s->p->self, i + 1,
			     history_line(&s->history, i));
}

static int run_line(struct session *s, const char *line, struct err *err)
{
	int code;

	if (*line == '!')
		return run_shell(line + 1, err);
	code = pdsh_run(s->p, s->hosts, line, err);
	if (code > s->code)
		s->code = code;
	return code < 0 ? -1 : 0;
}

/* False: it ends the session. */
static bool take_line(struct session *s, const char *line)
{
	struct err err = { 0 };

	if (!strcmp(line, "quit") || !strcmp(line, "exit"))
		return false;
	if (!*line)
		return true;
	history_add(&s->history, line);
	if (!strcmp(line, "history")) {
		list_history(s);
		return true;
	}
	(void)fflush(stdout);
	if (run_line(s, line, &err))
		log_error("%s", err.msg);
	err_release(&err);
	return true;
}

static void heard(int signo)
{
	(void)signo;
}

static enum lineedit_end read_line(struct session *s, struct strbuf *line)
{
	struct sigaction hear = { .sa_handler = heard };
	struct sigaction before;
	enum lineedit_end end;

	(void)sigaction(SIGINT, &hear, &before);
	end = lineedit_read(s->editor, s->prompt, line);
	(void)sigaction(SIGINT, &before, NULL);
	return end;
}

static char *history_path(void)
{
	const char *home = getenv("HOME");

	if (!home || !*home || !isatty(STDIN_FILENO))
		return NULL;
	return xasprintf("%s/.pdsh/history", home);
}

int pdsh_prompt(const struct pdsh *p, const struct pdshlist *hosts,
		struct err *err)
{
	struct strbuf line = STRBUF_INIT(LINE_MAX_BYTES);
	struct session s = { .p = p, .hosts = hosts };
	char *path = history_path();
	enum lineedit_end end;

	(void)err;
	history_open(&s.history, path);
	s.editor = lineedit_new(p->progname, &s.history);
	s.prompt = xasprintf("%s> ", p->progname);
	do {
		end = read_line(&s, &line);
	} while (end == LINEEDIT_INTERRUPTED ||
		 (end == LINEEDIT_LINE && take_line(&s, line.buf)));
	lineedit_free(s.editor);
	history_close(&s.history);
	strbuf_release(&line);
	free(s.prompt);
	free(path);
	return s.code;
}
