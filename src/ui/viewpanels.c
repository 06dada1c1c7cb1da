/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between the panels, the screen and the run.
 */
#include "ui/viewpanels.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/list.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "io/loop.h"
#include "io/timer.h"
#include "ui/canvas.h"
#include "ui/helppage.h"
#include "ui/hosttable.h"
#include "ui/loglines.h"
#include "ui/panels.h"
#include "ui/screen.h"
#include "ui/screencanvas.h"
#include "ui/scrollback.h"
#include "ui/view.h"
#include "ui/viewlist.h"
#include "base/banned.h"

#define NS_PER_MS 1000000u

struct viewpanels {
	struct panel panel;
	struct screencanvas canvas;
	const struct panel_world *world;
	struct hosttable *hosts;
	struct loglines *log;
	struct helppage help;
	struct scrollback *output;
	struct panel_model model;
	struct panels *panels;
	struct timer work; /* goes on with what takes long */
};

/* ---- what hosts print ---- */

static void tell(struct err *err)
{
	if (err->code != ERR_NONE)
		log_error("%s", err->msg);
	err_release(err);
}

void viewpanels_data(struct viewpanels *vp, const struct target *t,
		     enum stream s, const void *buf, size_t n)
{
	struct err err = { 0 };

	(void)scrollback_add(vp->output, t->rank, s, buf, n, &err);
	tell(&err);
}

void viewpanels_done(struct viewpanels *vp, const struct target *t)
{
	struct err err = { 0 };

	(void)scrollback_end(vp->output, t->rank, &err);
	tell(&err);
}

void viewpanels_again(struct viewpanels *vp, const struct target *t)
{
	scrollback_clear(vp->output, t->rank);
}

/* ---- what panels ask ---- */

static const char *name(void *arg, size_t rank)
{
	const struct viewpanels *vp = arg;

	return hosttable_row(vp->hosts, rank)->target->label;
}

static const char *why(void *arg, size_t rank)
{
	const struct viewpanels *vp = arg;
	const struct result *r = hosttable_row(vp->hosts, rank)->result;

	return r ? r->err.msg : NULL;
}

static void add_title(void *arg, size_t rank, struct strbuf *out)
{
	const struct viewpanels *vp = arg;
	const struct hostrow *row = hosttable_row(vp->hosts, rank);
	const struct result *copies = vp->world->copies;
	uint64_t ns = hostrow_time_ns(row, loop_now(vp->world->loop));
	char class[48];

	(void)strbuf_addf(
		out, "%s: %s, ", row->target->label,
		row->result ? result_class(row->result, class, sizeof(class))
			    : phase_name(row->phase));
	if (row->result && row->begin_ns)
		text_span(out, ns / NS_PER_MS);
	else if (row->begin_ns)
		text_seconds(out, ns / NS_PER_MS);
	if (row->begin_ns)
		strbuf_addstr(out, ", ");
	if (copies) {
		viewlist_copied(row, &copies[rank], loop_now(vp->world->loop),
				SIZE_MAX, out);
		return;
	}
	(void)strbuf_addf(
		out,
		ngettext("%llu line", "%llu lines",
			 (unsigned long)scrollback_lines(vp->output, rank)),
		(unsigned long long)scrollback_lines(vp->output, rank));
}

static bool is_done(void *arg, size_t rank)
{
	const struct viewpanels *vp = arg;
	const struct result *r = hosttable_row(vp->hosts, rank)->result;

	return r && r->outcome != OUTCOME_SKIPPED;
}

/* As the list has them, and its cursor with it. */
static size_t other(void *arg, size_t rank, int by)
{
	const struct viewpanels *vp = arg;
	size_t n = hosttable_shown(vp->hosts);
	size_t at;

	for (size_t i = 0; i < n; i++) {
		if (hosttable_rank(vp->hosts, i) != rank)
			continue;
		if ((by < 0 && !i) || (by > 0 && i + 1 == n))
			return rank;
		at = by > 0 ? i + 1 : i - 1;
		hosttable_move(vp->hosts,
			       (long)at - (long)hosttable_cursor(vp->hosts));
		return hosttable_rank(vp->hosts, at);
	}
	return rank;
}

/* The cursor of the list goes there, too. */
static bool nth(void *arg, size_t i, size_t *rank)
{
	const struct viewpanels *vp = arg;

	return hosttable_in_sight(vp->hosts, i, rank) &&
	       hosttable_go(vp->hosts, *rank);
}

/* ---- the screen ---- */

static struct canvas_area area_of(struct viewpanels *vp,
				  const struct panel_rect *at)
{
	return (struct canvas_area){ .canvas = &vp->canvas.canvas,
				     .row = at->row,
				     .col = at->col,
				     .rows = at->rows,
				     .cols = at->cols };
}

/* A turn of the loop for each step: hosts are heard in between. */
static void work(struct timer *t)
{
	struct viewpanels *vp = container_of(t, struct viewpanels, work);

	panels_work(vp->panels);
	if (panels_busy(vp->panels))
		timer_start(vp->world->loop, t, 0, work);
	else if (vp->world->screen)
		screen_dirty(vp->world->screen);
}

static void go_on(struct viewpanels *vp)
{
	if (panels_busy(vp->panels) && !timer_armed(&vp->work))
		timer_start(vp->world->loop, &vp->work, 0, work);
}

static void draw(struct panel *p, const struct panel_rect *at)
{
	struct viewpanels *vp = container_of(p, struct viewpanels, panel);
	const struct canvas_area area = area_of(vp, at);

	panels_draw(vp->panels, &area);
	go_on(vp);
}

static bool take_key(struct panel *p, const struct key *k)
{
	struct viewpanels *vp = container_of(p, struct viewpanels, panel);

	bool taken;

	/* Esc and q are the view's: what is open closes, or all of it. */
	if (!panels_takes_all(vp->panels) &&
	    (k->kind == KEY_ESC || (k->kind == KEY_CHAR && k->code == 'q')))
		return false;
	taken = panels_key(vp->panels, k);
	if (!panels_open(vp->panels))
		view_show(p->world->view, NULL);
	return taken;
}

static bool host(struct panel *p, size_t *rank)
{
	const struct viewpanels *vp = container_of(p, struct viewpanels, panel);

	*rank = panels_host(vp->panels);
	return true;
}

static void closed(struct panel *p)
{
	struct viewpanels *vp = container_of(p, struct viewpanels, panel);

	panels_close(vp->panels);
	timer_stop(vp->world->loop, &vp->work);
}

static const struct panel_keys panel_keys = {
	.full = N_("Esc list  arrows scroll  ? help  l log  k stop  q leave"),
	.brief = N_("Esc list  ? help  k stop  q leave"),
	.log = N_("Esc list  arrows scroll  ? help  l close log  q leave"),
	.log_brief = N_("Esc list  ? help  l close log  q leave"),
};

static const struct panel_ops panel_ops = {
	.name = "output",
	.keys = &panel_keys,
	.draw = draw,
	.key = take_key,
	.host = host,
	.closed = closed,
};

struct viewpanels *viewpanels_new(const struct panel_world *world)
{
	struct viewpanels *vp = xcalloc(1, sizeof(*vp));

	vp->panel.ops = &panel_ops;
	screencanvas_init(&vp->canvas, &world->screen);
	vp->world = world;
	vp->hosts = world->hosts;
	vp->log = loglines_new();
	helppage_init(&vp->help);
	vp->output = scrollback_new(hosttable_total(vp->hosts));
	vp->model = (struct panel_model){
		.title = add_title,
		.is_done = is_done,
		.other = other,
		.nth = nth,
		.name = name,
		.why = why,
		.output = vp->output,
		.nhosts = hosttable_total(vp->hosts),
		.arg = vp,
	};
	vp->panels = panels_new(&vp->model);
	return vp;
}

void viewpanels_free(struct viewpanels *vp)
{
	if (!vp)
		return;
	timer_stop(vp->world->loop, &vp->work);
	panels_free(vp->panels);
	loglines_free(vp->log);
	helppage_release(&vp->help);
	scrollback_free(vp->output);
	screencanvas_release(&vp->canvas);
	free(vp);
}

struct canvas *viewpanels_canvas(struct viewpanels *vp)
{
	return &vp->canvas.canvas;
}

/* ---- keys of the list ---- */

static void split(struct viewpanels *vp)
{
	size_t shown = hosttable_shown(vp->hosts);
	size_t at = hosttable_cursor(vp->hosts);
	size_t ranks[PANELS_SPLIT_MAX];
	size_t n = hosttable_marked(vp->hosts, ranks, PANELS_SPLIT_MAX);

	if (n) {
		panels_split(vp->panels, ranks, n);
		return;
	}
	/* At the end of the list those above it. */
	if (at + PANELS_SPLIT_MAX > shown)
		at = shown > PANELS_SPLIT_MAX ? shown - PANELS_SPLIT_MAX : 0;
	for (; n < PANELS_SPLIT_MAX && at + n < shown; n++)
		ranks[n] = hosttable_rank(vp->hosts, at + n);
	panels_split(vp->panels, ranks, n);
}

static void compare(struct viewpanels *vp, size_t rank)
{
	size_t ranks[2];

	if (hosttable_marked(vp->hosts, ranks, 2) == 2)
		panels_diff(vp->panels, ranks[0], ranks[1]);
	else
		panels_diff(vp->panels, SIZE_MAX, rank);
}

struct panel *viewpanels_key(struct viewpanels *vp, const struct key *k)
{
	uint32_t c = k->kind == KEY_CHAR ? k->code : 0;
	size_t rank;

	if (!hosttable_shown(vp->hosts) || k->mods)
		return NULL;
	rank = hosttable_rank(vp->hosts, hosttable_cursor(vp->hosts));
	if (k->kind == KEY_ENTER ||
	    (c >= '1' && c <= '9' && nth(vp, c - '1', &rank)))
		panels_detail(vp->panels, rank);
	else if (c == 's')
		split(vp);
	else if (c == 'd')
		compare(vp, rank);
	else
		return NULL;
	return &vp->panel;
}

/* ---- help ---- */

void viewpanels_help_draw(struct viewpanels *vp, const struct panel_rect *at)
{
	const struct canvas_area area = area_of(vp, at);

	helppage_draw(&vp->help, &area);
}

bool viewpanels_help_key(struct viewpanels *vp, const struct key *k)
{
	return helppage_key(&vp->help, k);
}

/* ---- the log ---- */

void viewpanels_log(struct viewpanels *vp, const char *line, size_t n)
{
	loglines_add(vp->log, line, n, (int64_t)time(NULL));
}

bool viewpanels_log_shown(const struct viewpanels *vp)
{
	return vp->log->shown && vp->log->fits;
}

bool viewpanels_log_key(struct viewpanels *vp, const struct key *k)
{
	return loglines_key(vp->log, k);
}

void viewpanels_log_draw(struct viewpanels *vp, struct panel_rect *at)
{
	unsigned int rows = (unsigned int)loglines_want(vp->log, at->rows);
	struct canvas_area area = area_of(vp, at);

	at->rows -= rows;
	area.row += at->rows;
	area.rows = rows;
	if (rows)
		loglines_draw(vp->log, &area);
}
