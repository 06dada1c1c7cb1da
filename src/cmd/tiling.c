/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shells under tiles.
 */
#include "cmd/tiling.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/list.h"
#include "base/log.h"
#include "cmd/aside.h"
#include "cmd/launch.h"
#include "cmd/shelljob.h"
#include "cmd/shells_internal.h"
#include "cmd/terminal.h"
#include "io/loop.h"
#include "io/timer.h"
#include "io/tty.h"
#include "job/job.h"
#include "ui/pane.h"
#include "ui/passprompt.h"
#include "ui/prompt.h"
#include "ui/screen.h"
#include "ui/tiles.h"

#include "base/banned.h"

#define AGAIN_MS 50

struct tiling {
	struct shells *shells;
	struct front_run conf; /* of it */
	struct tiles *tiles;
	struct aside aside;
	struct turnhook hook;
	struct timer open;
};

int tiling_check(const struct plan *plan, struct err *err)
{
	if (plan->targets.n > TILES_MAX)
		return err_set(err, ERR_USAGE,
			       _("--tiled shows at most %d hosts"), TILES_MAX);
	if (!isatty(STDIN_FILENO))
		return err_set(
			err, ERR_USAGE,
			_("--tiled: keys come from a terminal, which standard input is not"));
	if (!screen_check(NULL, err))
		return 0;
	err_prefix(err, "--tiled: ");
	return -1;
}

/* ---- to the hosts ---- */

static void send_line(const struct tiling *t, size_t rank, const char *line,
		      size_t n)
{
	shells_send(t->shells, rank, line, n);
	shells_send(t->shells, rank,
		    t->shells->hosts[rank].no_tty ? "\n" : "\r", 1);
}

/* Once, but not as the answer to a question. */
static void go_to_dir(const struct tiling *t, size_t rank)
{
	struct strbuf line = STRBUF_INIT(STRBUF_MAX_TEXT);
	bool *to_dir = &t->shells->hosts[rank].to_dir;

	if (!*to_dir || t->shells->set.hosts[rank].asks)
		return;
	*to_dir = false;
	if (shells_dir_line(t->shells, &line))
		send_line(t, rank, line.buf, line.len);
	strbuf_release(&line);
}

/* It would be taken for the end of a line that is begun before. */
static void send(void *arg, const struct target *t, const void *p, size_t n)
{
	const struct tiling *ti = arg;

	go_to_dir(ti, t->rank);
	shells_send(ti->shells, t->rank, p, n);
}

static void shown(void *arg, const struct target *t)
{
	const struct tiling *ti = arg;
	struct strbuf line = STRBUF_INIT(STRBUF_MAX_TEXT);

	if (!ti->shells->hosts[t->rank].to_dir)
		return;
	tiles_tail(ti->tiles, t->rank, &line);
	if (shellprompt_is(line.buf, line.len))
		go_to_dir(ti, t->rank);
	strbuf_release(&line);
}

static void resize(void *arg, const struct target *t, unsigned int rows,
		   unsigned int cols)
{
	const struct tiling *ti = arg;
	const struct drv_size size = { .columns = cols, .lines = rows };

	job_resize_one(ti->conf.job, t, &size);
}

static int reconnect(void *arg, const struct target *t, struct err *err)
{
	const struct tiling *ti = arg;

	return job_retry(ti->conf.job, t, err);
}

static void quit(void *arg)
{
	const struct tiling *t = arg;

	shells_quit(t->shells, true);
}

/* ---- commands ---- */

static void command(void *arg, const char *line)
{
	const struct tiling *t = arg;

	shells_do(t->shells, line, true);
}

static void complete(void *arg, struct edit *e)
{
	const struct tiling *t = arg;

	shells_complete(t->shells, e, true);
}

static void state(void *arg, struct strbuf *out)
{
	const struct tiling *t = arg;

	shelljob_state(t->shells->beside, out);
}

static void rest(void *arg, const char *p, size_t n)
{
	const struct tiling *t = arg;

	shells_keep_typed(t->shells, p, n);
}

static void look_say(void *arg, const char *lines, size_t n)
{
	const struct tiling *t = arg;

	tiles_answer(t->tiles, lines, n);
}

static void look_chosen(void *arg)
{
	const struct tiling *t = arg;

	tiles_chosen(t->tiles);
}

static bool look_focus(void *arg, size_t rank)
{
	const struct tiling *t = arg;

	return tiles_focus(t->tiles, rank);
}

static size_t look_send_line(void *arg, const char *line, size_t n,
			     bool (*takes)(const struct shellset *s,
					   size_t rank))
{
	const struct tiling *t = arg;
	const struct shells *s = t->shells;
	size_t sent = 0;

	for (size_t i = 0; i < s->set.n; i++) {
		if (!takes(&s->set, i))
			continue;
		go_to_dir(t, i);
		send_line(t, i, line, n);
		sent++;
	}
	return sent;
}

static void look_tail(void *arg, size_t rank, struct strbuf *out)
{
	const struct tiling *t = arg;

	(void)strbuf_addstr(out, "  ");
	tiles_tail(t->tiles, rank, out);
}

static void look_changed(void *arg)
{
	const struct tiling *t = arg;

	tiles_changed(t->tiles);
}

static const struct shells_look tiling_look = {
	.say = look_say,
	.chosen = look_chosen,
	.focus = look_focus,
	.send_line = look_send_line,
	.tail = look_tail,
	.changed = look_changed,
};

static const struct tiles_calls calls = {
	.send = send,
	.shown = shown,
	.resize = resize,
	.reconnect = reconnect,
	.command = command,
	.complete = complete,
	.rest = rest,
	.state = state,
	.quit = quit,
};

void tiling_begun(struct tiling *t, const struct target *target)
{
	unsigned int rows, cols;

	tiles_up(t->tiles, target->rank,
		 shells_verified(t->shells, target->rank));
	tiles_size(t->tiles, target->rank, &rows, &cols);
	resize(t, target, rows, cols);
	t->shells->hosts[target->rank].to_dir = t->shells->shell->conf.work_dir;
}

/* ---- the screen ---- */

/* A question that needs the terminal is seen a turn before it is asked. */
static void look_for_questions(struct turnhook *h)
{
	struct tiling *t = container_of(h, struct tiling, hook);

	if (prompt_tty_asking(t->conf.prompt))
		tiles_suspend(t->tiles);
	else
		tiles_resume(t->tiles);
}

static void told(void *arg, const char *line, size_t n)
{
	const struct tiling *t = arg;

	tiles_tell(t->tiles, line, n);
}

/* Shells that lines still wait for have begun all the same. */
static void take_begun(struct tiling *t)
{
	const struct shells *s = t->shells;

	for (size_t i = 0; i < s->set.n; i++)
		if (s->hosts[i].begun &&
		    s->set.hosts[i].state == SHELL_CONNECTING)
			tiling_begun(t, &t->conf.plan->targets.v[i]);
}

int tiling_show(struct tiling *t, struct err *err)
{
	struct shells *s = t->shells;

	aside_hold(&t->aside);
	if (tiles_open(t->tiles, err)) {
		aside_let_go(&t->aside);
		return -1;
	}
	s->look = &tiling_look;
	s->look_arg = t;
	if (t->conf.prompt)
		prompt_tty_set_box(t->conf.prompt, tiles_questions(t->tiles));
	turnhook_start(t->conf.loop, &t->hook, look_for_questions);
	take_begun(t);
	return 0;
}

static void open_tiles(struct timer *timer)
{
	struct tiling *t = container_of(timer, struct tiling, open);
	struct err err = { 0 };

	/* Not over a question: what is typed there would be lost. */
	if (prompt_tty_standing(t->conf.prompt)) {
		timer_start(t->conf.loop, timer, AGAIN_MS, open_tiles);
		return;
	}
	if (!tiling_show(t, &err))
		return;
	log_error("--tiled: %s", err.msg);
	err_release(&err);
	shells_quit(t->shells, false);
}

void tiling_start(struct tiling *t)
{
	t->shells->look = &tiling_look;
	t->shells->look_arg = t;
	tiles_begin(t->tiles);
	timer_start(t->conf.loop, &t->open, 0, open_tiles);
}

void tiling_leave(struct tiling *t)
{
	tiles_leave(t->tiles);
}

bool tiling_hide(struct tiling *t)
{
	tiling_close(t);
	return aside_is_written(&t->aside);
}

bool tiling_is_open(const struct tiling *t)
{
	return t && tiles_is_open(t->tiles);
}

void tiling_input(struct tiling *t, const char *p, size_t n)
{
	tiles_typed(t->tiles, p, n);
}

void tiling_resized(struct tiling *t, const struct drv_size *size)
{
	tiles_follow(t->tiles, size->lines, size->columns);
}

void tiling_tail(const struct tiling *t, size_t rank, struct strbuf *out)
{
	if (tiles_has_other(t->tiles, rank))
		(void)strbuf_addstr(out, "\033[?1049h");
	else if (!tiles_is_taken(t->tiles, rank))
		tiles_tail(t->tiles, rank, out);
}

/* ---- what was before ---- */

/* A program that has all of the screen draws it anew, for its new size. */
static void give_modes(struct tiling *t, size_t rank)
{
	const struct vtfilter *f = &t->shells->hosts[rank].modes;
	struct strbuf text = STRBUF_INIT(STRBUF_MAX_TEXT);

	if (f->other)
		(void)strbuf_addstr(&text, "\033[?1049h\033[2J");
	if (f->cursor_keys)
		(void)strbuf_addstr(&text, "\033[?1h");
	if (f->paste)
		(void)strbuf_addstr(&text, "\033[?2004h");
	if (text.len)
		tiles_recall(t->tiles, rank, text.buf, text.len);
	strbuf_release(&text);
}

/* A line that was cut is left out, as its sequences are not whole. */
static void give_recent(struct tiling *t, size_t rank)
{
	struct strbuf *recent = &t->shells->hosts[rank].recent;
	const char *p = recent->buf;
	const char *lf = memchr(p, '\n', recent->len);
	size_t n = recent->len;

	if (n >= SHELLS_RECENT && lf) {
		n -= (size_t)(lf + 1 - p);
		p = lf + 1;
	}
	if (n)
		tiles_recall(t->tiles, rank, p, n);
	strbuf_reset(recent);
}

/* It has heard of nothing yet. */
static void catch_up(struct tiling *t)
{
	const struct shells *s = t->shells;
	struct observer *o = tiles_observer(t->tiles);

	for (size_t i = 0; i < s->set.n; i++) {
		const struct target *target = &t->conf.plan->targets.v[i];
		uint64_t since;
		const struct result *r = &job_results(t->conf.job)[i];

		o->ops->phase(o, target, job_phase(t->conf.job, i, &since));
		give_recent(t, i);
		give_modes(t, i);
		if (s->set.hosts[i].state == SHELL_GONE)
			o->ops->done(o, target, r);
	}
}

struct tiling *tiling_new(struct shells *s)
{
	const struct front_run *conf = &s->conf;
	struct tiling *t = xcalloc(1, sizeof(*t));
	const struct drv_size size = terminal_window();
	const struct tiles_conf tiles = {
		.rows = size.lines,
		.cols = size.columns,
		.loop = conf->loop,
		.targets = &conf->plan->targets,
		.colour = conf->style->colour[STREAM_OUT],
		.set = &s->set,
		.history = &s->commands,
		.prefix = (unsigned char)s->shell->conf.keys[SHELL_KEY_PREFIX]
				  .code,
		.prefix_name = s->shell->conf.prefix_name,
		.calls = &calls,
		.arg = t,
	};

	t->shells = s;
	t->conf = *conf;
	t->tiles = tiles_new(&tiles);
	aside_init(&t->aside, conf->loop, conf->pool, conf->sinks, told, t);
	catch_up(t);
	job_add_observer(conf->job, tiles_observer(t->tiles));
	return t;
}

void tiling_close(struct tiling *t)
{
	if (!t)
		return;
	timer_stop(t->conf.loop, &t->open);
	if (!tiles_is_open(t->tiles))
		return;
	turnhook_stop(&t->hook);
	if (t->conf.prompt)
		prompt_tty_set_box(t->conf.prompt, NULL);
	tiles_close(t->tiles);
	aside_let_go(&t->aside);
}

void tiling_flush(struct tiling *t)
{
	if (t)
		aside_flush(&t->aside);
}

void tiling_free(struct tiling *t)
{
	if (!t)
		return;
	tiling_close(t);
	aside_release(&t->aside);
	tiles_free(t->tiles);
	free(t);
}

void tiling_stop(struct tiling *t)
{
	tiles_suspend(t->tiles);
	tty_stop();
	tiles_resume(t->tiles);
}
