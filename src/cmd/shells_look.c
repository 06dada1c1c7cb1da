/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which of the two looks is in front.
 *
 * The one that goes gives the terminal back when it has taken what was written,
 * and the one that comes takes it then.  What is typed meanwhile is kept, and
 * is for the one that comes.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/list.h"
#include "cmd/console.h"
#include "cmd/launch.h"
#include "cmd/shell.h"
#include "cmd/shells_internal.h"
#include "cmd/terminal.h"
#include "cmd/tiling.h"
#include "io/tty.h"
#include "job/job.h"
#include "ui/prompt.h"

#include "base/banned.h"

#define AGAIN_MS 10
#define ROWS	 24 /* of terminals that nobody sees */
#define COLUMNS	 80

/* ---- what was typed ---- */

void shells_keep_typed(struct shells *s, const char *p, size_t n)
{
	(void)strbuf_add(&s->typed, p, n);
}

/* It may be a password, and have the next such command in it. */
static void give_typed(struct shells *s)
{
	size_t n;
	char *text = strbuf_detach(&s->typed, &n);

	if (n && s->tiled)
		tiling_input(s->tiling, text, n);
	else if (n)
		console_input(s->console, text, n);
	secret_wipe(text, n);
	free(text);
}

/* ---- one goes, the other comes ---- */

static void console_comes(struct shells *s)
{
	s->tiled = s->turning = false;
	console_return(s->console);
	give_typed(s);
}

static void tiles_come(struct shells *s)
{
	struct err err = { 0 };

	s->turning = false;
	if (!tiling_show(s->tiling, &err)) {
		give_typed(s);
		return;
	}
	console_comes(s);
	shells_say(s, "%s\n", err.msg);
	err_release(&err);
}

/* Whether the one that goes has gone. */
static bool is_gone(struct shells *s)
{
	return s->tiled ? console_is_gone(s->console) : tiling_hide(s->tiling);
}

/* What is typed before the other comes may be a password. */
static void hide_typed(const struct shells *s)
{
	if (!prompt_tty_asking(s->conf.prompt) && !tty_background(STDIN_FILENO))
		(void)tty_unseen(STDIN_FILENO, NULL);
}

static void turn_over(struct timer *t)
{
	struct shells *s = container_of(t, struct shells, turn);
	bool gone = is_gone(s);

	if (gone || !s->tiled)
		hide_typed(s);
	if (!gone)
		timer_start(s->conf.loop, t, AGAIN_MS, turn_over);
	else if (s->tiled)
		tiles_come(s);
	else
		console_comes(s);
}

static void begin_turn(struct shells *s, bool tiled)
{
	s->tiled = tiled;
	s->turning = true;
	timer_start(s->conf.loop, &s->turn, 0, turn_over);
}

/* ---- the commands ---- */

/* Other keys are told from those of hosts too late. */
int shells_check_tiles(const struct plan *plan, const struct shell_conf *conf,
		       struct err *err)
{
	const struct key *key = &conf->keys[SHELL_KEY_PREFIX];

	if (key->kind != KEY_CHAR || key->mods || key->code >= ' ')
		return err_set(
			err, ERR_CONFIG,
			_("--tiled: the key of 'command_line' is to be one with Ctrl, not '%s'"),
			conf->prefix_name);
	return tiling_check(plan, err);
}

void shells_to_tiles(struct shells *s)
{
	struct err err = { 0 };

	if (s->tiled) {
		shells_say(s, "%s\n", _("the shells are side by side already"));
	} else if (shells_check_tiles(s->conf.plan, &s->shell->conf, &err)) {
		shells_say(s, "%s\n", err.msg);
		err_release(&err);
	} else {
		if (!s->tiling)
			s->tiling = tiling_new(s);
		console_leave(s->console);
		begin_turn(s, true);
	}
}

/* The console writes lines to standard output. */
static bool has_room_for_lines(struct shells *s)
{
	if (shell_has_terminal() && s->conf.style->form == FORM_NONE)
		return true;
	shells_say(
		s, "%s\n",
		_("':joined' needs standard output, as a terminal with nothing else on it"));
	return false;
}

void shells_to_lines(struct shells *s)
{
	struct err err = { 0 };

	if (!s->tiled) {
		shells_say(s, "%s\n", _("the shells are joined already"));
		return;
	}
	if (!has_room_for_lines(s))
		return;
	if (!s->console) {
		s->console = console_new(s, &err);
		if (!s->console) {
			shells_say(s, "%s\n", err.msg);
			err_release(&err);
			return;
		}
		console_leave(s->console);
		console_add(s->console);
	}
	tiling_leave(s->tiling);
	begin_turn(s, false);
}

/* ---- what the one behind is to know ---- */

void shells_resized(struct shells *s, const struct drv_size *size)
{
	job_resize(s->conf.job, size);
	if (s->tiling)
		tiling_resized(s->tiling, size);
}

static void shows_nothing(void *arg, const char *buf, size_t n)
{
	(void)arg;
	(void)buf;
	(void)n;
}

void shells_forget(struct shells *s, size_t rank)
{
	strbuf_release(&s->hosts[rank].recent);
	s->hosts[rank] = (struct shells_host){ 0 };
	strbuf_init(&s->hosts[rank].recent, STRBUF_MAX_TEXT);
	vtfilter_init(&s->hosts[rank].modes, ROWS, COLUMNS, shows_nothing,
		      NULL);
}

void shells_remember(struct shells *s, size_t rank, const char *buf, size_t n)
{
	struct strbuf *recent = &s->hosts[rank].recent;
	struct vtfilter *modes = &s->hosts[rank].modes;
	size_t work = SIZE_MAX;

	if (s->tiling || s->lines || s->set.n > SHELLS_RECENT_HOSTS)
		return;
	if (vtfilter_in_sequence(modes) || memchr(buf, '\033', n))
		(void)vtfilter_write(modes, buf, n, &work);
	if (n > SHELLS_RECENT) {
		buf += n - SHELLS_RECENT;
		n = SHELLS_RECENT;
	}
	if (recent->len + n > 2 * SHELLS_RECENT)
		strbuf_consume(recent, recent->len + n - SHELLS_RECENT);
	(void)strbuf_add(recent, buf, n);
}
