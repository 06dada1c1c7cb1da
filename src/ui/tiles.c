/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shells of many hosts on one screen: what hosts send, and where they are.
 *
 * Notes: a frame costs the cells that are seen, and there are at most 20 a
 * second, more while what is typed is echoed.  What a turn of the loop spends
 * on the terminals of hosts is bounded by TURN_WORK, in cells, which is a few
 * milliseconds.
 */
#include "ui/tiles.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/list.h"
#include "io/loop.h"
#include "ui/keys.h"
#include "ui/pane.h"
#include "ui/passprompt.h"
#include "ui/screen.h"
#include "ui/tiles_internal.h"
#include "ui/viewask.h"

#include "base/banned.h"

#define TURN_WORK   400000 /* of all */
#define SLICE_WORK  50000  /* of one of them */
#define BACKLOG_MAX ((size_t)1 << 20)
#define MUCH_NS	    250000000ull
#define ASK_NEAR    ((size_t)32)
#define TELL_MS	    20 /* sizes that follow each other are told once */
#define ROWS	    24 /* where there is no screen yet */
#define COLUMNS	    80

static struct tiles *tiles_of(struct observer *o)
{
	return container_of(o, struct tiles, o);
}

void tiles_dirty(struct tiles *t)
{
	if (t->screen)
		screen_dirty(t->screen);
}

void tiles_say(struct tiles *t, const char *fmt, ...)
{
	va_list ap;

	strbuf_reset(&t->message);
	va_start(ap, fmt);
	(void)strbuf_vaddf(&t->message, fmt, ap);
	va_end(ap);
	t->message_ns = loop_now(t->conf.loop);
	tiles_dirty(t);
}

void tiles_tell(struct tiles *t, const char *line, size_t n)
{
	while (n && (line[n - 1] == '\n' || line[n - 1] == '\r'))
		n--;
	strbuf_reset(&t->message);
	(void)strbuf_add(&t->message, line, n);
	t->message_ns = loop_now(t->conf.loop);
	tiles_dirty(t);
}

static bool is_only(const struct tiles *t, size_t rank)
{
	return rank == t->current && t->set->hosts[rank].state == SHELL_UP;
}

bool tiles_takes(const struct tiles *t, size_t rank)
{
	return t->only ? is_only(t, rank) : shellset_takes(t->set, rank);
}

bool tiles_takes_signal(const struct tiles *t, size_t rank)
{
	return t->only ? is_only(t, rank) : shellset_takes_signal(t->set, rank);
}

void tiles_tail(const struct tiles *t, size_t rank, struct strbuf *out)
{
	pane_line(t->tiles[rank].pane, out);
}

/* ---- places and sizes ---- */

static unsigned int body_rows(const struct tiles *t)
{
	unsigned int rows = t->screen ? screen_rows(t->screen) : t->conf.rows;

	return rows > TILES_HEADER + TILES_FOOTER
		       ? rows - TILES_HEADER - TILES_FOOTER
		       : 1;
}

static unsigned int body_cols(const struct tiles *t)
{
	return t->screen ? screen_cols(t->screen) : t->conf.cols;
}

bool tiles_place(const struct tiles *t, size_t rank, struct grid_place *at)
{
	if (t->zoomed && rank == t->current) {
		*at = (struct grid_place){ .row = TILES_HEADER,
					   .rows = body_rows(t),
					   .cols = body_cols(t) };
		return true;
	}
	grid_place(&t->grid, rank, at);
	at->row += TILES_HEADER;
	return !t->zoomed &&
	       grid_page(&t->grid, rank) == grid_page(&t->grid, t->current);
}

void tiles_size(const struct tiles *t, size_t rank, unsigned int *rows,
		unsigned int *cols)
{
	*rows = pane_rows(t->tiles[rank].pane);
	*cols = pane_cols(t->tiles[rank].pane);
}

static void tell_sizes(struct timer *timer)
{
	struct tiles *t = container_of(timer, struct tiles, tell);

	for (size_t i = 0; !t->behind && i < t->n; i++) {
		struct tile *tile = &t->tiles[i];
		unsigned int rows, cols;

		tiles_size(t, i, &rows, &cols);
		if (rows == tile->rows && cols == tile->cols)
			continue;
		tile->rows = rows;
		tile->cols = cols;
		t->conf.calls->resize(t->conf.arg, tile->target, rows, cols);
	}
}

void tiles_layout(struct tiles *t)
{
	grid_init(&t->grid, body_rows(t), body_cols(t), t->n);
	for (size_t i = 0; i < t->n; i++) {
		struct grid_place at;

		(void)tiles_place(t, i, &at);
		pane_resize(t->tiles[i].pane, at.rows, at.cols);
	}
	if (!timer_armed(&t->tell))
		timer_start(t->conf.loop, &t->tell, TELL_MS, tell_sizes);
	tiles_dirty(t);
}

void tiles_follow(struct tiles *t, unsigned int rows, unsigned int cols)
{
	if (!t->behind)
		return;
	for (size_t i = 0; i < t->n; i++) {
		struct tile *tile = &t->tiles[i];

		pane_resize(tile->pane, rows, cols);
		tiles_size(t, i, &tile->rows, &tile->cols);
	}
}

/* ---- what hosts send ---- */

/* What the terminal answers is for the host that asked. */
static void give_answers(struct tiles *t, struct tile *tile)
{
	struct strbuf out = STRBUF_INIT(PANE_ANSWER_MAX);

	pane_answers(tile->pane, &out);
	if (out.len && !t->behind)
		t->conf.calls->send(t->conf.arg, tile->target, out.buf,
				    out.len);
	strbuf_release(&out);
}

static bool is_blank(const char *p, size_t n)
{
	while (n && p[n - 1] == ' ')
		n--;
	return !n;
}

/*
 * A host that asks for a password gets nothing that is for several.  Only what
 * has a colon near its end can ask: blanks may follow, and colours.
 */
static void look_for_question(struct tiles *t, const struct tile *tile,
			      const char *p, size_t n)
{
	struct shellset_host *host = &t->set->hosts[tile->target->rank];
	struct strbuf line = STRBUF_INIT(STRBUF_MAX_TEXT);

	if (n > ASK_NEAR) {
		p += n - ASK_NEAR;
		n = ASK_NEAR;
	}
	if (!host->asks && !memchr(p, ':', n) && !is_blank(p, n))
		return;
	pane_line(tile->pane, &line);
	shellset_asks(t->set, tile->target->rank,
		      passprompt_is(line.buf, line.len));
	strbuf_release(&line);
}

/* As much as one may have of this turn; the bytes taken. */
static size_t feed(struct tiles *t, struct tile *tile, const char *p, size_t n)
{
	size_t slice = t->left < SLICE_WORK ? t->left : SLICE_WORK;
	size_t work = slice, taken;

	if (!slice || !n)
		return 0;
	taken = pane_write(tile->pane, p, n, &work);
	t->left -= slice - work;
	give_answers(t, tile);
	if (taken == n && !t->behind) {
		look_for_question(t, tile, p, n);
		t->conf.calls->shown(t->conf.arg, tile->target);
	}
	return taken;
}

void tiles_recall(struct tiles *t, size_t rank, const char *p, size_t n)
{
	struct tile *tile = &t->tiles[rank];
	size_t work = SIZE_MAX;

	(void)pane_write(tile->pane, p, n, &work);
	give_answers(t, tile);
}

bool tiles_is_taken(const struct tiles *t, size_t rank)
{
	return pane_is_taken(t->tiles[rank].pane);
}

bool tiles_has_other(const struct tiles *t, size_t rank)
{
	return pane_has_other(t->tiles[rank].pane);
}

static void work_on(struct timer *timer);

static void want_turn(struct tiles *t)
{
	if (!timer_armed(&t->work))
		timer_start(t->conf.loop, &t->work, 0, work_on);
}

static void go_on(struct tiles *t, struct tile *tile)
{
	if (!tile->paused)
		return;
	tile->paused = false;
	if (t->o.flow)
		t->o.flow->resume(t->o.flow, tile->target);
}

static void work_off(struct tiles *t, struct tile *tile)
{
	size_t taken = feed(t, tile, tile->backlog.buf, tile->backlog.len);

	strbuf_consume(&tile->backlog, taken);
	if (!tile->backlog.len)
		go_on(t, tile);
}

static void work_on(struct timer *timer)
{
	struct tiles *t = container_of(timer, struct tiles, work);
	bool more = false;

	assert(t->n);
	t->left = TURN_WORK;
	for (size_t i = 0; i < t->n; i++) {
		struct tile *tile = &t->tiles[(t->next + i) % t->n];

		if (tile->backlog.len)
			work_off(t, tile);
		more = more || tile->backlog.len;
	}
	t->next = (t->next + 1) % t->n;
	if (more)
		want_turn(t);
	tiles_dirty(t);
}

/* ---- what is on its way when Ctrl+C is pressed ---- */

/* More than its pane takes; in between it may have caught up for a moment. */
static bool sends_much(const struct tile *tile, uint64_t now)
{
	return tile->backlog.len ||
	       (tile->paused_ns && now - tile->paused_ns < MUCH_NS);
}

static void end_cut(struct tiles *t)
{
	char *line;

	if (--t->ncut || !t->cut_bytes)
		return;
	line = xasprintf(
		_("%" PRIu64 " bytes that were on their way were left out\n"),
		t->cut_bytes);
	tiles_tell(t, line, strlen(line));
	free(line);
	t->cut_bytes = 0;
}

/* When it is over, a question is seen that it took. */
static void look_at_cut(struct tiles *t, struct tile *tile)
{
	const char *rest;
	size_t n;

	if (cutoff_on(&tile->cut))
		return;
	rest = cutoff_rest(&tile->cut, &n);
	(void)strbuf_add(&tile->backlog, rest, n);
	t->cut_bytes -= n;
	end_cut(t);
	want_turn(t);
}

static void tick_cuts(struct timer *timer)
{
	struct tiles *t = container_of(timer, struct tiles, cut);

	for (size_t i = 0; i < t->n; i++) {
		struct tile *tile = &t->tiles[i];

		if (!cutoff_on(&tile->cut))
			continue;
		cutoff_tick(&tile->cut, loop_now(t->conf.loop));
		look_at_cut(t, tile);
	}
	if (t->ncut)
		timer_start(t->conf.loop, timer, CUTOFF_TICK_MS, tick_cuts);
}

/*
 * Editors take the key as any other, and their screen is to stay whole.  Where
 * a sequence was cut its rest is none: CAN ends it.
 */
void tiles_cut(struct tiles *t)
{
	static const char end[] = "\030\033[m\017\r\n";
	const uint64_t now = loop_now(t->conf.loop);

	for (size_t i = 0; i < t->n; i++) {
		struct tile *tile = &t->tiles[i];

		if (!sends_much(tile, now) || !tiles_takes_signal(t, i) ||
		    pane_is_taken(tile->pane))
			continue;
		if (!cutoff_on(&tile->cut))
			t->ncut++;
		cutoff_begin(&tile->cut, now);
		cutoff_before(&tile->cut, tile->backlog.buf, tile->backlog.len);
		t->cut_bytes += tile->backlog.len;
		strbuf_reset(&tile->backlog);
		(void)strbuf_add(&tile->backlog, end, sizeof(end) - 1);
		look_at_cut(t, tile);
		want_turn(t);
	}
	if (t->ncut && !timer_armed(&t->cut))
		timer_start(t->conf.loop, &t->cut, CUTOFF_TICK_MS, tick_cuts);
}

static size_t cut_length(struct tiles *t, struct tile *tile, const char *buf,
			 size_t n)
{
	size_t len;

	if (!cutoff_on(&tile->cut))
		return 0;
	len = cutoff_length(&tile->cut, loop_now(t->conf.loop), buf, n);
	t->cut_bytes += len;
	look_at_cut(t, tile);
	return len;
}

static enum flow on_data(struct observer *o, const struct target *target,
			 enum stream s, const void *buf, size_t n)
{
	struct tiles *t = tiles_of(o);
	struct tile *tile = &t->tiles[target->rank];
	size_t taken = cut_length(t, tile, buf, n);

	(void)s;
	if (!tile->backlog.len)
		taken += feed(t, tile, (const char *)buf + taken, n - taken);
	want_turn(t);
	if (taken == n)
		return FLOW_GO;
	(void)strbuf_add(&tile->backlog, (const char *)buf + taken, n - taken);
	if (tile->paused)
		return FLOW_GO;
	tile->paused = true;
	tile->paused_ns = loop_now(t->conf.loop);
	return FLOW_PAUSE;
}

/* ---- what becomes of hosts ---- */

static void on_phase(struct observer *o, const struct target *target,
		     enum phase p)
{
	struct tiles *t = tiles_of(o);

	t->tiles[target->rank].phase = p;
	tiles_dirty(t);
}

/* Why there is no shell, or none any more, behind what its terminal shows. */
static void show_reason(struct tiles *t, struct tile *tile,
			const struct result *r)
{
	if (r->outcome != OUTCOME_ERROR)
		return;
	(void)strbuf_addstr(&tile->backlog, "\033[m\r\n");
	(void)strbuf_addstr(&tile->backlog, r->err.msg);
	(void)strbuf_addstr(&tile->backlog, "\r\n");
	want_turn(t);
}

static void on_done(struct observer *o, const struct target *target,
		    const struct result *r)
{
	struct tiles *t = tiles_of(o);
	struct tile *tile = &t->tiles[target->rank];
	char buf[32];

	tile->phase = PHASE_DONE;
	if (cutoff_on(&tile->cut))
		end_cut(t);
	tile->cut = (struct cutoff){ 0 };
	free(tile->end);
	tile->end = xstrdup(result_class(r, buf, sizeof(buf)));
	show_reason(t, tile, r);
	shellset_gone(t->set, target->rank);
	if (t->zoomed && target->rank == t->current) {
		t->zoomed = false;
		tiles_layout(t);
	}
	tiles_dirty(t);
}

/* Its screen stays, below which the new shell begins. */
static void on_again(struct observer *o, const struct target *target)
{
	struct tiles *t = tiles_of(o);
	struct tile *tile = &t->tiles[target->rank];

	free(tile->end);
	tile->end = NULL;
	tile->phase = PHASE_WAITING;
	tile->paused = false;
	(void)strbuf_addstr(&tile->backlog, "\033[!p\r\n");
	want_turn(t);
}

static const struct observer_ops tiles_ops = {
	.name = "tiles",
	.phase = on_phase,
	.data = on_data,
	.done = on_done,
	.again = on_again,
};

struct observer *tiles_observer(struct tiles *t)
{
	return &t->o;
}

void tiles_up(struct tiles *t, size_t rank, bool verified)
{
	struct tile *tile = &t->tiles[rank];

	tiles_size(t, rank, &tile->rows, &tile->cols);
	shellset_up(t->set, rank, verified);
	tiles_dirty(t);
}

/* ---- the screen ---- */

static void draw(void *arg)
{
	tiles_draw(arg);
}

static void key(void *arg, const struct key *k)
{
	tiles_question_key(arg, k);
}

static void resized(void *arg)
{
	tiles_layout(arg);
}

static void gone(void *arg)
{
	const struct tiles *t = arg;

	t->conf.calls->quit(t->conf.arg);
}

static void escape_over(struct timer *timer)
{
	tiles_typed_over(container_of(timer, struct tiles, escape));
}

static void bytes(void *arg, const void *p, size_t n)
{
	struct tiles *t = arg;

	timer_stop(t->conf.loop, &t->escape);
	viewask_typed(t->questions);
	tiles_typed(t, p, n);
	if (typed_holding(&t->typed) || keys_pending(&t->keys))
		timer_start(t->conf.loop, &t->escape, keys_wait_ms(&t->keys),
			    escape_over);
}

static const struct screen_events events = {
	.draw = draw,
	.key = key,
	.resized = resized,
	.gone = gone,
	.bytes = bytes,
};

int tiles_open(struct tiles *t, struct err *err)
{
	const struct screen_conf conf = {
		.loop = t->conf.loop,
		.events = &events,
		.arg = t,
		.colour = t->conf.colour,
		.signals = true,
	};

	t->screen = screen_new(&conf, err);
	if (!t->screen)
		return -1;
	if (screen_raw(t->screen, true, err)) {
		tiles_close(t);
		return -1;
	}
	t->behind = t->leaving = false;
	tiles_layout(t);
	return 0;
}

void tiles_begin(struct tiles *t)
{
	t->behind = false;
}

void tiles_close(struct tiles *t)
{
	tiles_forget_input(t);
	screen_free(t->screen);
	t->screen = NULL;
	t->behind = true;
}

bool tiles_is_open(const struct tiles *t)
{
	return t->screen;
}

void tiles_suspend(struct tiles *t)
{
	if (!t->screen)
		return;
	screen_suspend(t->screen);
	tiles_forget_input(t);
}

void tiles_resume(struct tiles *t)
{
	if (t->screen)
		(void)screen_resume(t->screen, NULL);
}

/* ---- life ---- */

struct tiles *tiles_new(const struct tiles_conf *conf)
{
	struct tiles *t = xcalloc(1, sizeof(*t));

	t->o.ops = &tiles_ops;
	t->conf = *conf;
	if (!t->conf.rows || !t->conf.cols) {
		t->conf.rows = ROWS;
		t->conf.cols = COLUMNS;
	}
	t->n = conf->targets->n;
	t->left = TURN_WORK;
	t->behind = true;
	t->tiles = xcalloc(t->n, sizeof(*t->tiles));
	t->set = conf->set;
	typed_init(&t->typed, conf->prefix);
	tiles_line_init(t);
	tiles_ask_init(t);
	strbuf_init(&t->message, STRBUF_MAX_TEXT);
	strbuf_init(&t->paste, BACKLOG_MAX);
	for (size_t i = 0; i < t->n; i++) {
		t->tiles[i].target = &conf->targets->v[i];
		t->tiles[i].pane = pane_new(ROWS, COLUMNS);
		strbuf_init(&t->tiles[i].backlog, BACKLOG_MAX);
	}
	tiles_layout(t);
	return t;
}

void tiles_free(struct tiles *t)
{
	if (!t)
		return;
	tiles_close(t);
	timer_stop(t->conf.loop, &t->work);
	timer_stop(t->conf.loop, &t->tell);
	timer_stop(t->conf.loop, &t->cut);
	for (size_t i = 0; i < t->n; i++) {
		pane_free(t->tiles[i].pane);
		strbuf_release(&t->tiles[i].backlog);
		free(t->tiles[i].end);
	}
	free(t->tiles);
	tiles_ask_release(t);
	tiles_line_release(t);
	strbuf_release(&t->message);
	strbuf_release(&t->paste);
	free(t);
}
