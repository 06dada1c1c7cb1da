/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A run on the whole screen.
 *
 * Notes: a frame costs the rows that are seen; an event costs O(1) and asks
 * for a frame, of which there are at most 20 a second.  Times go on without
 * events, so there is a frame every half second at least.
 */
#include "ui/view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/list.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "conf/progress.h"
#include "io/loop.h"
#include "io/timer.h"
#include "ui/hosttable.h"
#include "ui/panel.h"
#include "ui/screen.h"
#include "ui/sgr.h"
#include "ui/viewpanels.h"

#include "base/banned.h"

#define CLOCK_MS    500
#define MESSAGE_NS  5000000000ull
#define NS_PER_MS   1000000u
#define NS_PER_S    1000000000ull
#define HEADER_ROWS 4 /* title, counts, bar, names of the columns */
#define TYPED_MAX   127
#define NAME_MAX_W  32
#define STATE_W	    14
#define TIME_W	    8
#define PERCENT_W   5

enum colour {
	RED = 1,
	GREEN = 2,
	YELLOW = 3,
	BLUE = 4
};

/* What the last line is for. */
enum asking {
	ASK_NOTHING,
	ASK_SEARCH, /* a text is typed */
	ASK_FILTER,
	ASK_STOP, /* y or n */
	ASK_LEAVE,
};

struct view {
	struct observer o;
	struct view_conf conf;
	struct hosttable *hosts;
	struct screen *screen;	    /* NULL: closed */
	struct progress_rules *own; /* if it was given none */
	struct progress_rules *rules;
	struct panel_world world;
	struct panel *panel; /* over the list, or NULL */
	struct viewpanels *panels;
	struct timer clock;
	uint64_t begin_ns;
	unsigned int list_rows; /* of the last frame */
	bool help, backward;
	enum asking asking;
	size_t asked; /* ASK_STOP: the rank */
	char typed[TYPED_MAX + 1];
	size_t ntyped;
	char *sought;
	struct strbuf message;
	uint64_t message_ns;
};

static const struct screen_style bold = { SCREEN_COLOUR, SCREEN_COLOUR,
					  SCREEN_BOLD };
static const struct screen_style dim = { SCREEN_COLOUR, SCREEN_COLOUR,
					 SCREEN_DIM };
static const struct screen_style bar = { SCREEN_COLOUR, SCREEN_COLOUR,
					 SCREEN_REVERSE };

static uint64_t now_ns(const struct view *v)
{
	return loop_now(v->conf.loop);
}

static void dirty(struct view *v)
{
	if (v->screen)
		screen_dirty(v->screen);
}

/* ---- the run ---- */

static struct view *view_of(struct observer *o)
{
	return container_of(o, struct view, o);
}

static void on_phase(struct observer *o, const struct target *t, enum phase p)
{
	struct view *v = view_of(o);

	hosttable_phase(v->hosts, t->rank, p, now_ns(v));
	dirty(v);
}

static enum flow on_data(struct observer *o, const struct target *t,
			 enum stream s, const void *buf, size_t n)
{
	struct view *v = view_of(o);

	viewpanels_data(v->panels, t, s, buf, n);
	hosttable_data(v->hosts, t->rank, buf, n);
	dirty(v);
	return FLOW_GO;
}

static void on_done(struct observer *o, const struct target *t,
		    const struct result *r)
{
	struct view *v = view_of(o);

	viewpanels_done(v->panels, t);
	hosttable_done(v->hosts, t->rank, r, now_ns(v));
	dirty(v);
}

static const struct observer_ops view_ops = {
	.name = "view",
	.phase = on_phase,
	.data = on_data,
	.done = on_done,
};

/* ---- the header ---- */

static void draw_title(struct view *v)
{
	struct strbuf text = STRBUF_INIT(STRBUF_MAX_TEXT);
	struct strbuf span = STRBUF_INIT(64);
	const char *command = v->conf.command;
	unsigned int cols = screen_cols(v->screen);
	unsigned int width;

	text_span(&span, (now_ns(v) - v->begin_ns) / NS_PER_S * 1000);
	strbuf_addstr(&text, " rsh: ");
	if (command)
		text_vis(&text, command, strlen(command), VIS_LINE);
	(void)screen_put(v->screen, 0, 0, cols, text.buf, &bar);
	width = (unsigned int)span.len + 2;
	(void)screen_put(v->screen, 0, cols - width, width, " ", &bar);
	(void)screen_text(v->screen, 0, cols - width + 1, span.buf, &bar);
	strbuf_release(&text);
	strbuf_release(&span);
}

static void draw_counts(struct view *v)
{
	const struct hosttable *t = v->hosts;
	char text[160];

	(void)snprintf(
		text, sizeof(text),
		_("%zu/%zu done, %zu failed, %zu running, %zu connecting, %zu waiting"),
		hosttable_at(t, PHASE_DONE), hosttable_total(t),
		hosttable_failed(t), hosttable_at(t, PHASE_RUNNING),
		hosttable_at(t, PHASE_CONNECTING) +
			hosttable_at(t, PHASE_AUTHENTICATING),
		hosttable_at(t, PHASE_WAITING));
	(void)screen_put(v->screen, 1, 0, screen_cols(v->screen), text, &bold);
}

/* How many end in a second, and how long the rest takes at that rate. */
static void add_rate(const struct view *v, struct strbuf *sb)
{
	size_t done = hosttable_at(v->hosts, PHASE_DONE);
	size_t left = hosttable_total(v->hosts) - done;
	uint64_t ms = (now_ns(v) - v->begin_ns) / NS_PER_MS;

	if (!done || !ms)
		return;
	strbuf_addf(sb, " %.1f/s", (double)done * 1000 / (double)ms);
	if (!left)
		return;
	strbuf_addstr(sb, " ~");
	text_span(sb, ms * left / done / 1000 * 1000);
}

static void draw_bar(struct view *v)
{
	const struct screen_style green = { GREEN, SCREEN_COLOUR, 0 };
	struct strbuf text = STRBUF_INIT(256);
	size_t total = hosttable_total(v->hosts);
	size_t done = hosttable_at(v->hosts, PHASE_DONE);
	unsigned int cols = screen_cols(v->screen);
	unsigned int width = cols > 60 ? cols - 30 : cols / 2;
	unsigned int full =
		total ? (unsigned int)(done * width / total) : width;

	screen_draw(v->screen, 2, 0, full, SCREEN_BLOCK, &green);
	screen_draw(v->screen, 2, full, width - full, SCREEN_SHADE, &dim);
	strbuf_addf(&text, " %zu%%", total ? done * 100 / total : 100);
	add_rate(v, &text);
	(void)screen_text(v->screen, 2, width, text.buf, &screen_plain);
	strbuf_release(&text);
}

/* ---- the list ---- */

static const char *const sort_names[HOSTS_NSORTS] = {
	N_("as given"), N_("name"), N_("state"), N_("time"), N_("exit"),
};

static const char *const filter_names[HOSTS_NFILTERS] = {
	N_("all"),
	N_("failed"),
	N_("running"),
	N_("ended"),
};

static unsigned int name_width(const struct view *v)
{
	unsigned int third = screen_cols(v->screen) / 4;

	return third < NAME_MAX_W ? third : NAME_MAX_W;
}

static void draw_columns(struct view *v)
{
	struct strbuf text = STRBUF_INIT(512);
	unsigned int col = 2 + name_width(v) + 1;
	unsigned int cols = screen_cols(v->screen);

	(void)screen_put(v->screen, 3, 0, cols, "", &dim);
	(void)screen_text(v->screen, 3, 2, _("HOST"), &dim);
	(void)screen_text(v->screen, 3, col, _("STATE"), &dim);
	col += STATE_W + 1;
	(void)screen_text(v->screen, 3, col, _("TIME"), &dim);
	strbuf_addf(&text, "%zu-%zu/%zu %s, %s",
		    hosttable_shown(v->hosts) ? hosttable_cursor(v->hosts) + 1
					      : 0,
		    hosttable_shown(v->hosts), hosttable_total(v->hosts),
		    _(filter_names[hosttable_filter(v->hosts)]),
		    _(sort_names[hosttable_sort(v->hosts)]));
	if (col + TIME_W + text.len + 1 < cols)
		(void)screen_text(v->screen, 3, cols - (unsigned int)text.len,
				  text.buf, &dim);
	strbuf_release(&text);
}

static const char *state_of(const struct hostrow *row, char *buf, size_t n,
			    struct screen_style *style)
{
	if (!row->result) {
		if (row->phase == PHASE_RUNNING)
			style->fg = BLUE;
		else if (row->phase != PHASE_WAITING)
			style->fg = YELLOW;
		return phase_name(row->phase);
	}
	style->fg = result_ok(row->result) ? GREEN : RED;
	return result_class(row->result, buf, n);
}

/* Its last line, and how far it has come if the line tells. */
static void draw_line(struct view *v, unsigned int at, unsigned int col,
		      const struct hostrow *row, struct screen_style style)
{
	struct strbuf text = STRBUF_INIT((size_t)8 * HOSTROW_LINE);
	unsigned int cols = screen_cols(v->screen);
	int percent = -1;
	char digits[8];

	if (row->line && row->len) {
		/* What a bar drew over is past. */
		const char *cr = memrchr(row->line, '\r', row->len - 1u);
		size_t from = cr ? (size_t)(cr - row->line) + 1 : 0;
		struct sgr_line line;

		sgr_line_init(&line);
		sgr_line_set(&line, row->line + from, row->len - from);
		sgr_line_text(&line, &text);
		sgr_line_release(&line);
		percent = progress_find(v->rules, text.buf, text.len);
	} else if (row->result && row->result->err.msg) {
		text_vis(&text, row->result->err.msg,
			 strlen(row->result->err.msg), VIS_LINE);
	}
	for (size_t i = 0; i < text.len; i++)
		if (text.buf[i] == '\t')
			text.buf[i] = ' ';
	(void)snprintf(digits, sizeof(digits), "%3d%%", percent);
	(void)screen_put(v->screen, at, col, PERCENT_W,
			 percent >= 0 && !row->result ? digits : "", &style);
	col += PERCENT_W;
	if (col < cols)
		(void)screen_put(v->screen, at, col, cols - col, text.buf,
				 &style);
	strbuf_release(&text);
}

static void draw_row(struct view *v, unsigned int at, size_t i)
{
	const struct hostrow *row =
		hosttable_row(v->hosts, hosttable_rank(v->hosts, i));
	bool here = i == hosttable_cursor(v->hosts);
	struct screen_style style = here ? bar : screen_plain;
	struct screen_style state = style;
	struct strbuf span = STRBUF_INIT(64);
	uint64_t ns = hostrow_time_ns(row, now_ns(v));
	char buf[48];
	unsigned int col = 0;
	const char *word = state_of(row, buf, sizeof(buf), &state);

	(void)screen_put(v->screen, at, col, 2, here ? "> " : "  ", &style);
	col += 2;
	(void)screen_put(v->screen, at, col, name_width(v) + 1,
			 row->target->label, &style);
	col += name_width(v) + 1;
	(void)screen_put(v->screen, at, col, STATE_W + 1, word, &state);
	col += STATE_W + 1;
	if (row->begin_ns)
		text_span(&span, ns / NS_PER_S * 1000);
	(void)screen_put(v->screen, at, col, TIME_W,
			 row->begin_ns ? span.buf : "", &style);
	col += TIME_W;
	draw_line(v, at, col, row, style);
	strbuf_release(&span);
}

static void draw_list(struct view *v, const struct panel_rect *at)
{
	size_t top = hosttable_top(v->hosts, at->rows);

	for (unsigned int i = 0;
	     i < at->rows && top + i < hosttable_shown(v->hosts); i++)
		draw_row(v, at->row + i, top + i);
}

/* ---- help and the last line ---- */

static const char *const help_lines[] = {
	N_("Up Down PgUp PgDn Home End  move"),
	N_("1-9     to that host of those seen"),
	N_("/ n N   search, next, previous"),
	N_("o a &   order, filter, filter by text"),
	N_("Enter   output of this host"),
	N_("s d     several side by side, differences"),
	N_("l       the log; j k + - t while it is shown"),
	N_("k       stop this host's command"),
	N_("q       leave the view, go on"),
	N_("Ctrl+C  state; again: end the run"),
};

static void draw_help(struct view *v, const struct panel_rect *at)
{
	for (unsigned int i = 0;
	     i < at->rows && i < sizeof(help_lines) / sizeof(help_lines[0]);
	     i++)
		(void)screen_text(v->screen, at->row + i, at->col + 2,
				  _(help_lines[i]), &screen_plain);
}

static void add_question(const struct view *v, struct strbuf *sb)
{
	switch (v->asking) {
	case ASK_SEARCH:
		strbuf_addf(sb, "/%s", v->typed);
		break;
	case ASK_FILTER:
		strbuf_addf(sb, "&%s", v->typed);
		break;
	case ASK_STOP:
		strbuf_addf(sb, _("stop %s? (y/n)"),
			    hosttable_row(v->hosts, v->asked)->target->label);
		break;
	case ASK_LEAVE:
		strbuf_addstr(sb, _("leave the view? the run goes on (y/n)"));
		break;
	case ASK_NOTHING:
		break;
	}
}

static void draw_last(struct view *v)
{
	struct strbuf text = STRBUF_INIT(STRBUF_MAX_TEXT);
	unsigned int row = screen_rows(v->screen) - 1;
	const struct screen_style *style = &bold;

	if (v->asking != ASK_NOTHING) {
		add_question(v, &text);
	} else if (v->message.len && now_ns(v) - v->message_ns < MESSAGE_NS) {
		strbuf_addstr(&text, v->message.buf);
	} else {
		style = &bar;
		strbuf_addstr(
			&text,
			v->panel && v->panel->ops->keys
				? _(v->panel->ops->keys)
				: _("? help  / search  o order  a filter  k stop  q leave"));
	}
	(void)screen_put(v->screen, row, 0, screen_cols(v->screen), text.buf,
			 style);
	if (v->asking == ASK_SEARCH || v->asking == ASK_FILTER)
		screen_cursor(v->screen, row,
			      (unsigned int)text_width(text.buf, text.len));
	strbuf_release(&text);
}

/* Of a terminal that has become too small for it there is nothing left. */
static void draw(void *arg)
{
	struct view *v = arg;
	unsigned int rows = screen_rows(v->screen);
	struct panel_rect at = {
		.row = HEADER_ROWS,
		.cols = screen_cols(v->screen),
		.rows = rows > HEADER_ROWS + 1 ? rows - HEADER_ROWS - 1 : 0,
	};

	hosttable_update(v->hosts, now_ns(v));
	viewpanels_log_draw(v->panels, &at);
	v->list_rows = at.rows;
	draw_title(v);
	draw_counts(v);
	draw_bar(v);
	if (v->help) {
		draw_help(v, &at);
	} else if (v->panel) {
		v->panel->ops->draw(v->panel, &at);
	} else {
		draw_columns(v);
		draw_list(v, &at);
	}
	draw_last(v);
}

/* ---- keys ---- */

static void say(struct view *v, const char *text)
{
	strbuf_reset(&v->message);
	strbuf_addstr(&v->message, text);
	v->message_ns = now_ns(v);
}

static bool has_cursor(const struct view *v)
{
	return hosttable_shown(v->hosts);
}

static size_t here(const struct view *v)
{
	return hosttable_rank(v->hosts, hosttable_cursor(v->hosts));
}

static void search_on(struct view *v, bool backward)
{
	if (v->sought && !hosttable_search(v->hosts, v->sought, backward))
		say(v, _("not found"));
}

static void typed_whole(struct view *v)
{
	if (v->asking == ASK_FILTER) {
		hosttable_set_text(v->hosts, v->typed);
	} else if (v->ntyped) {
		free(v->sought);
		v->sought = xstrdup(v->typed);
		search_on(v, false);
	}
	v->asking = ASK_NOTHING;
}

static void type(struct view *v, const struct key *k)
{
	if (k->kind == KEY_ENTER) {
		typed_whole(v);
	} else if (k->kind == KEY_ESC) {
		v->asking = ASK_NOTHING;
	} else if (k->kind == KEY_BACKSPACE) {
		while (v->ntyped &&
		       ((unsigned char)v->typed[--v->ntyped] & 0xc0) == 0x80)
			;
		v->typed[v->ntyped] = '\0';
	} else if (k->kind == KEY_CHAR && !k->mods && k->code >= 0x20 &&
		   k->code < 0x7f && v->ntyped < TYPED_MAX) {
		v->typed[v->ntyped++] = (char)k->code;
		v->typed[v->ntyped] = '\0';
	}
}

static void decide(struct view *v, const struct key *k)
{
	bool yes = k->kind == KEY_CHAR && (k->code == 'y' || k->code == 'Y');
	enum asking what = v->asking;

	v->asking = ASK_NOTHING;
	if (yes && what == ASK_STOP)
		v->conf.calls->stop(v->conf.arg,
				    hosttable_row(v->hosts, v->asked)->target);
	else if (yes)
		v->conf.calls->leave(v->conf.arg);
}

static void begin_typing(struct view *v, enum asking what)
{
	v->asking = what;
	v->ntyped = 0;
	v->typed[0] = '\0';
}

static void ask_stop(struct view *v)
{
	if (!has_cursor(v))
		return;
	v->asked = here(v);
	if (hosttable_row(v->hosts, v->asked)->phase != PHASE_RUNNING)
		say(v, _("nothing runs there"));
	else
		v->asking = ASK_STOP;
}

static void key_char(struct view *v, uint32_t c)
{
	size_t top = hosttable_top(v->hosts, v->list_rows);

	switch (c) {
	case '?':
		v->help = !v->help;
		break;
	case 'q':
		v->asking = ASK_LEAVE;
		break;
	case '/':
		begin_typing(v, ASK_SEARCH);
		break;
	case '&':
		begin_typing(v, ASK_FILTER);
		break;
	case 'n':
	case 'N':
		search_on(v, c == 'N');
		break;
	case 'o':
		hosttable_set_sort(v->hosts, (hosttable_sort(v->hosts) + 1) %
						     HOSTS_NSORTS);
		break;
	case 'a':
		hosttable_set_filter(v->hosts, (hosttable_filter(v->hosts) +
						1) % HOSTS_NFILTERS);
		break;
	case 'k':
		ask_stop(v);
		break;
	default:
		if (c >= '1' && c <= '9')
			hosttable_move(v->hosts, (long)(top + c - '1') -
							 (long)hosttable_cursor(
								 v->hosts));
		break;
	}
}

static void key_move(struct view *v, enum key_kind kind)
{
	const long page = v->list_rows > 1 ? (long)v->list_rows - 1 : 1;
	const long all = (long)hosttable_total(v->hosts);
	const struct {
		enum key_kind kind;
		long by;
	} moves[] = {
		{ KEY_UP, -1 },		{ KEY_DOWN, 1 },
		{ KEY_PAGE_UP, -page }, { KEY_PAGE_DOWN, page },
		{ KEY_HOME, -all },	{ KEY_END, all },
	};

	for (size_t i = 0; i < sizeof(moves) / sizeof(moves[0]); i++)
		if (moves[i].kind == kind)
			hosttable_move(v->hosts, moves[i].by);
}

/* The log is below whatever is shown; the others are opened from the list. */
static bool opens_panel(struct view *v, const struct key *k)
{
	struct panel *p;

	if (viewpanels_log_key(v->panels, k))
		return true;
	p = v->panel || v->help ? NULL : viewpanels_key(v->panels, k);
	if (p)
		view_show(v, p);
	return p;
}

static void key(void *arg, const struct key *k)
{
	struct view *v = arg;

	dirty(v);
	if (v->asking == ASK_SEARCH || v->asking == ASK_FILTER) {
		type(v, k);
		return;
	}
	if (v->asking != ASK_NOTHING) {
		decide(v, k);
		return;
	}
	if (v->help && k->kind == KEY_ESC) {
		v->help = false;
		return;
	}
	if (v->panel && !v->help && v->panel->ops->key(v->panel, k))
		return;
	if (v->panel && k->kind == KEY_ESC)
		view_show(v, NULL);
	else if (opens_panel(v, k))
		return;
	else if (k->kind == KEY_CHAR && k->code == 'L' - '@')
		screen_redraw(v->screen);
	else if (k->kind == KEY_CHAR && !k->mods)
		key_char(v, k->code);
	else
		key_move(v, k->kind);
}

static void gone(void *arg)
{
	struct view *v = arg;

	v->conf.calls->leave(v->conf.arg);
}

static const struct screen_events events = {
	.draw = draw,
	.key = key,
	.gone = gone,
};

/* ---- begin and end ---- */

static void tick(struct timer *t)
{
	struct view *v = container_of(t, struct view, clock);

	timer_start(v->conf.loop, t, CLOCK_MS, tick);
	dirty(v);
}

struct view *view_new(const struct view_conf *conf)
{
	struct view *v = xcalloc(1, sizeof(*v));

	v->o.ops = &view_ops;
	v->conf = *conf;
	v->hosts = hosttable_new(conf->targets);
	v->own = conf->progress ? NULL : progress_rules_new();
	v->rules = conf->progress ? conf->progress : v->own;
	v->begin_ns = loop_now(conf->loop);
	strbuf_init(&v->message, STRBUF_MAX_TEXT);
	v->world = (struct panel_world){
		.hosts = v->hosts,
		.loop = conf->loop,
		.view = v,
	};
	v->panels = viewpanels_new(&v->world);
	return v;
}

void view_free(struct view *v)
{
	if (!v)
		return;
	view_close(v);
	viewpanels_free(v->panels);
	hosttable_free(v->hosts);
	progress_rules_free(v->own);
	strbuf_release(&v->message);
	free(v->sought);
	free(v);
}

struct observer *view_observer(struct view *v)
{
	return &v->o;
}

int view_open(struct view *v, struct err *err)
{
	const struct screen_conf conf = {
		.loop = v->conf.loop,
		.events = &events,
		.arg = v,
		.colour = v->conf.colour,
		.signals = true,
	};

	v->screen = screen_new(&conf, err);
	v->world.screen = v->screen;
	if (!v->screen)
		return -1;
	timer_start(v->conf.loop, &v->clock, CLOCK_MS, tick);
	return 0;
}

void view_close(struct view *v)
{
	if (!v->screen)
		return;
	timer_stop(v->conf.loop, &v->clock);
	view_show(v, NULL);
	screen_free(v->screen);
	v->screen = v->world.screen = NULL;
	v->asking = ASK_NOTHING;
}

bool view_is_open(const struct view *v)
{
	return v && v->screen;
}

void view_suspend(struct view *v)
{
	if (v->screen)
		screen_suspend(v->screen);
}

void view_resume(struct view *v)
{
	if (v->screen)
		(void)screen_resume(v->screen, NULL);
}

void view_tell(struct view *v, const char *line, size_t n)
{
	strbuf_reset(&v->message);
	while (n && (line[n - 1] == '\n' || line[n - 1] == '\r'))
		n--;
	text_vis(&v->message, line, n, VIS_LINE);
	v->message_ns = now_ns(v);
	viewpanels_log(v->panels, line, n);
	dirty(v);
}

void view_show(struct view *v, struct panel *p)
{
	if (v->panel && v->panel->ops->closed)
		v->panel->ops->closed(v->panel);
	v->panel = p;
	if (p)
		p->world = &v->world;
	dirty(v);
}
