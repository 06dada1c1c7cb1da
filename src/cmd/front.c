/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands between the user and the hosts of a run.
 */
#include "cmd/front.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/log.h"
#include "cmd/launch.h"
#include "cmd/shells.h"
#include "cmd/sinks.h"
#include "cmd/status.h"
#include "cmd/terminal.h"
#include "cmd/viewing.h"
#include "io/tty.h"
#include "job/job.h"
#include "ui/prompt.h"

#include "base/banned.h"

struct front {
	struct front_run run;
	const struct front_calls *calls;
	void *arg;
	struct terminal_look look;
	struct terminal *terminal; /* in front of one host's; or NULL */
	struct shells *shells;	   /* in front of many hosts'; or NULL */
	struct status *status;	   /* or NULL */
	struct viewing *viewing;   /* or NULL */
	bool was_terminal; /* one of a host's was in front, and is not now */
};

int front_check(const struct plan *plan, const struct launch_style *style,
		struct err *err)
{
	if (style->view == VIEW_ALWAYS && viewing_check(plan, err))
		return -1;
	return style->shell ? shells_check(plan, style->shell, err) : 0;
}

/* ---- what they ask for ---- */

static void send(void *arg, const char *buf, size_t n)
{
	struct front *f = arg;

	f->calls->send(f->arg, buf, n);
}

static void listen_to(void *arg, bool on)
{
	struct front *f = arg;

	f->calls->listen(f->arg, on);
}

static void detached(void *arg)
{
	struct front *f = arg;

	f->calls->detached(f->arg);
}

/* What became of the command is known to the user, who ends it. */
static void quit(void *arg)
{
	struct front *f = arg;

	f->calls->quit(f->arg, false);
}

/* Shells heed no TERM: their terminals are taken away at once. */
static void quit_shells(void *arg, bool asked)
{
	struct front *f = arg;

	f->calls->quit(f->arg, asked);
	f->calls->quit(f->arg, asked);
}

static void failed(void *arg, const char *text, bool gone)
{
	struct front *f = arg;

	f->calls->failed(f->arg, text, gone);
}

/* ---- the terminal and the shells ---- */

static const struct shells_calls shells_calls = {
	.listen = listen_to,
	.quit = quit_shells,
	.failed = failed,
};

static int open_terminal(struct front *f, struct err *err)
{
	const struct front_run *run = &f->run;
	const struct terminal_conf conf = {
		.loop = run->loop,
		.job = run->job,
		.plan = run->plan,
		.background = run->style->asked,
		.send = send,
		.quit = quit,
		.detached = detached,
		.arg = f,
	};

	terminal_describe(&f->look, run->job, run->plan);
	if (run->style->shell || run->plan->targets.n > 1 ||
	    !run->plan->targets.v->tty)
		return 0;
	f->terminal = terminal_new(&conf, err);
	return f->terminal ? 0 : -1;
}

static int open_shells(struct front *f, struct err *err)
{
	if (!f->run.style->shell)
		return 0;
	f->shells = shells_new(&f->run, &shells_calls, f, err);
	return f->shells ? 0 : -1;
}

struct front *front_new(const struct front_run *run,
			const struct front_calls *calls, void *arg)
{
	struct front *f = xcalloc(1, sizeof(*f));

	f->run = *run;
	f->calls = calls;
	f->arg = arg;
	return f;
}

int front_open(struct front *f, struct err *err)
{
	return open_terminal(f, err) || open_shells(f, err) ? -1 : 0;
}

/* ---- the status line and the view ---- */

static void start_status(struct front *f)
{
	const struct front_run *run = &f->run;
	struct observer *sink = sinks_stream(run->sinks);

	if (!run->style->status || !sink || run->style->keep_raw)
		return;
	f->status = status_new(run->loop, sink, run->job, run->plan,
			       run->prompt, run->style->progress);
	if (run->style->progress)
		job_add_observer(run->job, status_observer(f->status));
}

static void stop_status(struct front *f)
{
	status_free(f->status);
	f->status = NULL;
}

static void view_opens(void *arg)
{
	struct front *f = arg;

	stop_status(f);
	f->calls->listen(f->arg, false);
}

static void view_closed(void *arg)
{
	struct front *f = arg;

	start_status(f);
	if (!job_input_full(f->run.job))
		f->calls->listen(f->arg, true);
}

static const struct viewing_calls viewing_calls = {
	.opens = view_opens,
	.closed = view_closed,
};

void front_start(struct front *f)
{
	const struct plan *plan = f->run.plan;
	const struct launch_style *style = f->run.style;

	start_status(f);
	if (style->view == VIEW_ALWAYS ||
	    (style->view != VIEW_NEVER && viewing_suits(plan)))
		f->viewing = viewing_new(&f->run, &viewing_calls, f);
}

/* ---- what happens ---- */

void front_begun(struct front *f, const struct target *t)
{
	if (f->terminal)
		terminal_begin(f->terminal);
	shells_begun(f->shells, t);
}

void front_no_tty(struct front *f, const struct target *t)
{
	if (f->terminal)
		terminal_refused(f->terminal);
	shells_no_tty(f->shells, t);
}

bool front_has_keys(const struct front *f)
{
	return f->terminal || f->shells;
}

bool front_is_terminal(const struct front *f)
{
	return f->terminal;
}

bool front_covers(const struct front *f)
{
	return f->shells || viewing_is_open(f->viewing);
}

void front_input(struct front *f, const char *buf, size_t n)
{
	if (f->terminal)
		terminal_input(f->terminal, buf, n);
	else
		shells_input(f->shells, buf, n);
}

bool front_end_of_input(struct front *f)
{
	return shells_end_of_input(f->shells);
}

bool front_interrupt(struct front *f)
{
	return f->terminal && terminal_interrupt(f->terminal);
}

bool front_suspend(struct front *f)
{
	if (f->terminal)
		terminal_suspend(f->terminal);
	else if (f->shells)
		shells_suspend(f->shells);
	else if (prompt_tty_standing(f->run.prompt))
		return true; /* who asks stops us, and asks again */
	else if (viewing_is_open(f->viewing))
		viewing_stop(f->viewing);
	else
		return false;
	return true;
}

/* ---- the end ---- */

void front_close(struct front *f)
{
	viewing_close(f->viewing);
	shells_close(f->shells);
	stop_status(f);
}

/*
 * One host's terminal is given back before the last of the output is written,
 * unless it goes there: its reader may never read, and then Ctrl+C is to be
 * what it was.
 */
void front_flush(struct front *f)
{
	if (f->terminal) {
		tty_guard();
		if (!isatty(STDOUT_FILENO))
			f->was_terminal = terminal_end(f->terminal);
	}
	viewing_flush(f->viewing);
	shells_flush(f->shells);
	log_set_writer(NULL, NULL);
}

void front_farewell(struct front *f, bool quiet)
{
	bool begun;
	char *text;

	if (!f->terminal)
		return;
	begun = terminal_end(f->terminal) || f->was_terminal;
	if (!begun || quiet || !log_enabled(LOG_INFO))
		return;
	text = xasprintf("Connection to %s closed.",
			 f->run.plan->targets.v->host);
	log_raw(text);
	free(text);
}

void front_leave(struct front *f)
{
	if (!f)
		return;
	stop_status(f);
	terminal_free(f->terminal);
	f->terminal = NULL;
	shells_free(f->shells);
	f->shells = NULL;
}

void front_free(struct front *f)
{
	if (!f)
		return;
	viewing_free(f->viewing);
	free(f);
}
