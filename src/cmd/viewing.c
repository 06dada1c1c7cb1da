/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A run under the view.
 */
#include "cmd/viewing.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/list.h"
#include "base/log.h"
#include "cmd/aside.h"
#include "cmd/front.h"
#include "cmd/launch.h"
#include "io/timer.h"
#include "job/job.h"
#include "ui/prompt.h"
#include "ui/screen.h"
#include "ui/view.h"

#include "base/banned.h"

#define AUTO_MS 2000

struct viewing {
	struct front_run conf;
	const struct viewing_calls *calls;
	void *arg;	   /* of them */
	struct view *view; /* NULL: not wanted any more */
	struct timer timer;
	struct defer leave;
	struct turnhook hook;
	struct aside aside;
};

int viewing_check(const struct plan *plan, struct err *err)
{
	if (plan->targets.n < 2)
		return err_set(err, ERR_USAGE,
			       _("--view needs more than one host"));
	if (!screen_check(NULL, err))
		return 0;
	err_prefix(err, "--view: ");
	return -1;
}

bool viewing_suits(const struct plan *plan)
{
	const char *ci = getenv("CI");
	struct err err = { 0 };
	int rc;

	if ((ci && *ci) || !isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) ||
	    !isatty(STDERR_FILENO))
		return false;
	rc = viewing_check(plan, &err);
	err_release(&err);
	return !rc;
}

/* ---- open and closed ---- */

/* It will not be opened again, so nothing is kept for it. */
static void leave_now(struct defer *d)
{
	struct viewing *v = container_of(d, struct viewing, leave);

	viewing_close(v);
	job_remove_observer(v->conf.job, view_observer(v->view));
	view_free(v->view);
	v->view = NULL;
	v->calls->closed(v->arg);
}

static void leave(void *arg)
{
	struct viewing *v = arg;

	defer_post(v->conf.loop, &v->leave, leave_now);
}

static void fail(struct viewing *v, struct err *err)
{
	log_warn("--view: %s", err->msg);
	err_release(err);
	leave(v);
}

static void resume(struct viewing *v)
{
	struct err err = { 0 };

	if (view_resume(v->view, &err))
		fail(v, &err);
}

static void due(struct timer *t);

/* Not over a question: what is typed there would be lost. */
static void open_view(struct viewing *v)
{
	struct err err = { 0 };

	if (prompt_tty_standing(v->conf.prompt))
		return;
	if (screen_is_anothers(NULL)) {
		turnhook_stop(&v->hook);
		timer_start(v->conf.loop, &v->timer, AUTO_MS, due);
		return;
	}
	v->calls->opens(v->arg);
	aside_hold(&v->aside);
	if (view_open(v->view, &err)) {
		turnhook_stop(&v->hook);
		aside_let_go(&v->aside);
		fail(v, &err);
		return;
	}
	if (v->conf.prompt)
		prompt_tty_set_box(v->conf.prompt, view_questions(v->view));
}

/* What hosts print can be kept no more: they would wait for the view to end. */
static void give_up(struct viewing *v, int error)
{
	log_warn(
		_("the view is left: what waits for its end finds no room in a temporary file: %s"),
		strerror(error));
	leave(v);
}

/* A question that needs the terminal is seen a turn before it is asked. */
static void look_around(struct turnhook *h)
{
	struct viewing *v = container_of(h, struct viewing, hook);
	int cramped = sinks_cramped(v->conf.sinks);

	if (!view_is_open(v->view))
		open_view(v);
	else if (cramped && !prompt_tty_standing(v->conf.prompt))
		give_up(v, cramped);
	else if (prompt_tty_asking(v->conf.prompt))
		view_suspend(v->view);
	else
		resume(v);
}

static void due(struct timer *t)
{
	struct viewing *v = container_of(t, struct viewing, timer);

	turnhook_start(v->conf.loop, &v->hook, look_around);
}

static void stop_host(void *arg, const struct target *t)
{
	const struct viewing *v = arg;

	job_stop(v->conf.job, t);
}

static int retry_host(void *arg, const struct target *t, struct err *err)
{
	const struct viewing *v = arg;

	return job_retry(v->conf.job, t, err);
}

static void told(void *arg, const char *line, size_t n)
{
	const struct viewing *v = arg;

	view_tell(v->view, line, n);
}

static const struct view_calls view_calls = {
	.stop = stop_host,
	.retry = retry_host,
	.leave = leave,
};

/* What copies tell; where they only tell what they would do, that is all. */
static const struct result *copies(const struct front_run *run)
{
	const struct op_spec *spec = &run->plan->spec;
	bool are = (spec->kind == OP_PUT || spec->kind == OP_GET) &&
		   !spec->copy.dry_run;

	return are ? job_results(run->job) : NULL;
}

struct viewing *viewing_new(const struct front_run *run,
			    const struct viewing_calls *calls, void *arg)
{
	struct viewing *v = xcalloc(1, sizeof(*v));
	const struct view_conf view = {
		.loop = run->loop,
		.targets = &run->plan->targets,
		.command = run->style->what ? run->style->what
					    : run->plan->spec.command,
		.spec = &run->plan->spec,
		.copies = copies(run),
		.progress = run->style->progress,
		.colour = run->style->colour[STREAM_OUT],
		.calls = &view_calls,
		.arg = v,
	};

	v->conf = *run;
	v->calls = calls;
	v->arg = arg;
	v->view = view_new(&view);
	aside_init(&v->aside, run->loop, run->pool, run->sinks, told, v);
	job_add_observer(run->job, view_observer(v->view));
	timer_start(run->loop, &v->timer,
		    run->style->view == VIEW_AUTO ? AUTO_MS : 0, due);
	return v;
}

void viewing_close(struct viewing *v)
{
	if (!v)
		return;
	timer_stop(v->conf.loop, &v->timer);
	defer_cancel(&v->leave);
	turnhook_stop(&v->hook);
	if (!view_is_open(v->view))
		return;
	if (v->conf.prompt)
		prompt_tty_set_box(v->conf.prompt, NULL);
	view_close(v->view);
	aside_let_go(&v->aside);
}

void viewing_flush(struct viewing *v)
{
	if (v)
		aside_flush(&v->aside);
}

void viewing_free(struct viewing *v)
{
	if (!v)
		return;
	viewing_close(v);
	aside_release(&v->aside);
	view_free(v->view);
	free(v);
}

bool viewing_is_open(const struct viewing *v)
{
	return v && view_is_open(v->view);
}

void viewing_stop(struct viewing *v)
{
	view_suspend(v->view);
	(void)raise(SIGSTOP);
	resume(v);
}
