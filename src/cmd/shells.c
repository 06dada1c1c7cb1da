/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shells on many hosts, and one person in front of them.
 */
#include "cmd/shells.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/list.h"
#include "base/log.h"
#include "cmd/console.h"
#include "cmd/launch.h"
#include "cmd/linemode.h"
#include "cmd/shells_internal.h"
#include "cmd/tiling.h"
#include "cmd/unsent.h"
#include "io/tty.h"
#include "job/job.h"
#include "ssh/session.h"

#include "base/banned.h"

#define BACKGROUND_MS 250 /* between two looks who has the terminal */

void shells_send(struct shells *s, size_t rank, const void *buf, size_t n)
{
	const struct target *t = &s->conf.plan->targets.v[rank];
	struct err err = { 0 };

	if (!unsent_room(s->conf.job, t, &s->hosts[rank].full))
		return;
	if (job_write_to(s->conf.job, t, buf, n, &err))
		log_error("%s: %s", t->label, err.msg);
	err_release(&err);
}

bool shells_verified(const struct shells *s, size_t rank)
{
	const struct session *session = job_session(s->conf.job, rank);

	return session && session_verified(session);
}

static void quit_now(struct defer *d)
{
	struct shells *s = container_of(d, struct shells, quit);

	tiling_close(s->tiling);
	s->calls->quit(s->arg, s->asked);
}

void shells_quit(struct shells *s, bool asked)
{
	s->quitting = true;
	s->asked = asked;
	defer_post(s->conf.loop, &s->quit, quit_now);
}

/* ---- the run ---- */

static enum flow on_data(struct observer *o, const struct target *t,
			 enum stream stream, const void *buf, size_t n)
{
	struct shells *s = container_of(o, struct shells, o);
	struct err err = { 0 };

	(void)stream;
	if (s->log && transcript_add(s->log, t->rank, buf, n, &err))
		log_error("%s", err.msg);
	err_release(&err);
	shells_remember(s, t->rank, buf, n);
	return FLOW_GO;
}

/* Its shell is another one. */
static void on_again(struct observer *o, const struct target *t)
{
	struct shells *s = container_of(o, struct shells, o);

	shells_forget(s, t->rank);
	shellset_connecting(&s->set, t->rank);
}

static const struct observer_ops shells_ops = {
	.name = "shells",
	.data = on_data,
	.again = on_again,
};

void shells_begun(struct shells *s, const struct target *t)
{
	if (!s)
		return;
	s->hosts[t->rank].begun = true;
	if (s->tiled)
		tiling_begun(s->tiling, t);
	else if (s->lines)
		linemode_begun(s->lines, t);
	else
		console_begun(s->console, t);
}

void shells_no_tty(struct shells *s, const struct target *t)
{
	if (s)
		s->hosts[t->rank].no_tty = true;
}

void shells_input(struct shells *s, const char *buf, size_t n)
{
	if (s->lines)
		linemode_input(s->lines, buf, n);
	else if (s->turning)
		shells_keep_typed(s, buf, n);
	else if (!s->tiled)
		console_input(s->console, buf, n);
}

bool shells_end_of_input(struct shells *s)
{
	if (s->lines)
		linemode_end_of_input(s->lines);
	return s->lines;
}

/* Who has it again and was not stopped is told by nobody.  The turn of the loop
   is what a look needs to take it. */
static void look_at_terminal(struct timer *t)
{
	struct shells *s = container_of(t, struct shells, back);

	if (!s->lines && tty_background(STDIN_FILENO))
		timer_start(s->conf.loop, t, BACKGROUND_MS, look_at_terminal);
}

void shells_suspend(struct shells *s)
{
	if (s->lines)
		tty_stop();
	else if (tiling_is_open(s->tiling) || !s->console)
		tiling_stop(s->tiling);
	else
		console_suspend(s->console);
	look_at_terminal(&s->back);
}

/* ---- life ---- */

int shells_check(const struct plan *plan, const struct shell_style *style,
		 struct err *err)
{
	return style->tiled ? shells_check_tiles(plan, &style->conf, err) : 0;
}

static int open_log(struct shells *s, struct err *err)
{
	if (!s->shell->log_dir)
		return 0;
	s->log =
		transcript_open(s->shell->log_dir, &s->conf.plan->targets, err);
	return s->log ? 0 : -1;
}

static int open_look(struct shells *s, struct err *err)
{
	if (s->shell->tiled) {
		s->tiled = true;
		s->tiling = tiling_new(s);
		tiling_start(s->tiling);
		return 0;
	}
	if (s->shell->plain) {
		s->lines = linemode_new(s);
		return 0;
	}
	s->console = console_new(s, err);
	if (!s->console)
		return -1;
	console_add(s->console);
	return 0;
}

struct shells *shells_new(const struct front_run *run,
			  const struct shells_calls *calls, void *arg,
			  struct err *err)
{
	const struct targets *ts = &run->plan->targets;
	struct shells *s = xcalloc(1, sizeof(*s));
	const size_t first = 0;

	s->conf = *run;
	s->calls = calls;
	s->arg = arg;
	s->shell = run->style->shell;
	s->o.ops = &shells_ops;
	shellset_init(&s->set, ts->n);
	if (s->shell->conf.one)
		shellset_only(&s->set, &first, 1);
	s->hosts = xcalloc(ts->n, sizeof(*s->hosts));
	s->labels = xcalloc(ts->n, sizeof(char *));
	for (size_t i = 0; i < ts->n; i++) {
		s->labels[i] = ts->v[i].label;
		shells_forget(s, i);
	}
	strbuf_init(&s->typed, SHELLS_TYPED_MAX);
	history_open(&s->history, s->shell->conf.history);
	history_open(&s->commands, NULL);
	shells_job_new(s);
	job_add_observer(run->job, &s->o);
	if (open_log(s, err) || open_look(s, err)) {
		shells_free(s);
		return NULL;
	}
	look_at_terminal(&s->back);
	return s;
}

void shells_close(struct shells *s)
{
	if (!s)
		return;
	timer_stop(s->conf.loop, &s->turn);
	timer_stop(s->conf.loop, &s->back);
	tiling_close(s->tiling);
	console_close(s->console);
}

void shells_flush(struct shells *s)
{
	if (s)
		tiling_flush(s->tiling);
}

void shells_free(struct shells *s)
{
	if (!s)
		return;
	job_forget_observers(s->conf.job);
	defer_cancel(&s->quit);
	shells_job_free(s);
	console_free(s->console);
	tiling_free(s->tiling);
	linemode_free(s->lines);
	for (size_t i = 0; i < s->set.n; i++)
		strbuf_release(&s->hosts[i].recent);
	if (s->typed.len)
		secret_wipe(s->typed.buf, s->typed.len);
	strbuf_release(&s->typed);
	timer_stop(s->conf.loop, &s->turn);
	timer_stop(s->conf.loop, &s->back);
	shellset_release(&s->set);
	history_close(&s->history);
	history_close(&s->commands);
	transcript_close(s->log);
	free((void *)s->labels);
	free(s->hosts);
	free(s);
}
