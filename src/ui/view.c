/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A run on the whole screen.
 *
 * Notes: a frame costs the rows that are seen; an event costs O(1) and asks
 * for a frame, of which there are at most 20 a second.  Times go on without
 * events, so there is a frame every half second at least.
 */
#include "ui/view.h"

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
#include "ui/copysum.h"
#include "ui/hosttable.h"
#include "ui/panel.h"
#include "ui/panels.h"
#include "ui/screen.h"
#include "ui/typing.h"
#include "ui/viewask.h"
#include "ui/viewlist.h"
#include "ui/viewpanels.h"

#include "base/banned.h"

#define CLOCK_MS   500
#define MESSAGES   3 /* shown at once: a third of the screen each */
#define MESSAGE_NS 5000000000ull

#define MARKED SIZE_MAX

/* What the last line is for. */
enum asking {
	ASK_NOTHING,
	ASK_SEARCH, /* a text is typed */
	ASK_FILTER,
	ASK_STOP, /* y or n */
	ASK_RETRY,
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
	struct viewask *questions;
	struct timer clock;
	struct copysum sum; /* of a copy */
	uint64_t begin_ns;
	unsigned int list_rows; /* of the last frame */
	bool help, backward;
	enum asking asking;
	size_t asked; /* ASK_STOP, ASK_RETRY: the rank; MARKED: all these */
	struct strbuf typed;
	char *sought;
	struct strvec messages; /* of one turn */
	uint64_t message_ns;
};

static const struct screen_style bold = { SCREEN_COLOUR, SCREEN_COLOUR,
					  SCREEN_BOLD };
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

static void on_again(struct observer *o, const struct target *t)
{
	struct view *v = view_of(o);

	viewpanels_again(v->panels, t);
	hosttable_again(v->hosts, t->rank);
	dirty(v);
}

static const struct observer_ops view_ops = {
	.name = "view",
	.phase = on_phase,
	.data = on_data,
	.done = on_done,
	.again = on_again,
};

/* ---- the last line ---- */

/* Whether the host could be stopped: a command, or a log-in that takes long. */
static bool runs(const struct hostrow *row)
{
	return row->phase != PHASE_WAITING && row->phase != PHASE_DONE;
}

static bool failed(const struct hostrow *row)
{
	return row->result && !result_ok(row->result);
}

static bool is_for(const struct hostrow *row, enum asking what)
{
	return what == ASK_STOP ? runs(row) : failed(row);
}

static size_t count_marked(const struct view *v, enum asking what)
{
	size_t n = 0;

	for (size_t i = 0; i < hosttable_total(v->hosts); i++) {
		const struct hostrow *row = hosttable_row(v->hosts, i);

		n += row->marked && is_for(row, what);
	}
	return n;
}

static void add_what(const struct view *v, struct strbuf *sb)
{
	bool stop = v->asking == ASK_STOP;
	size_t n;

	if (v->asked != MARKED) {
		strbuf_addf(sb,
			    stop ? _("stop %s? (y/n)")
				 : _("run it again on %s? (y/n)"),
			    hosttable_row(v->hosts, v->asked)->target->label);
		return;
	}
	n = count_marked(v, v->asking);
	strbuf_addf(sb,
		    stop ? ngettext("stop %zu marked host? (y/n)",
				    "stop %zu marked hosts? (y/n)", n)
			 : ngettext("again on %zu that failed? (y/n)",
				    "again on %zu that failed? (y/n)", n),
		    n);
}

static void add_question(const struct view *v, struct strbuf *sb)
{
	switch (v->asking) {
	case ASK_SEARCH:
		strbuf_addf(sb, "/%s", v->typed.buf);
		break;
	case ASK_FILTER:
		strbuf_addf(sb, "&%s", v->typed.buf);
		break;
	case ASK_STOP:
	case ASK_RETRY:
		add_what(v, sb);
		break;
	case ASK_LEAVE:
		strbuf_addstr(sb, _("leave the view? the run goes on (y/n)"));
		break;
	case ASK_NOTHING:
		break;
	}
}

static const struct panel_keys list_keys = {
	.full = N_(
		"? help  / search  o order  a filter  k stop  r again  q leave"),
	.brief = N_("? help  / find  k stop  r again  q leave"),
	.log = N_(
		"? help  / search  o order  a filter  r again  l close log  q leave"),
	.log_brief = N_("? help  / find  l close log  q leave"),
};

static const struct panel_keys help_keys = {
	.full = N_("Esc back  Up Down scroll  q leave"),
	.brief = N_("Esc back  Up Down scroll  q leave"),
	.log = N_("Esc back  Up Down scroll  q leave"),
	.log_brief = N_("Esc back  Up Down scroll  q leave"),
};

/* What is true of the keys, as it fits; a translation may be longer. */
static void add_keys(const struct view *v, struct strbuf *sb)
{
	const struct panel_keys *keys = v->help	    ? &help_keys
					: !v->panel ? &list_keys
						    : v->panel->ops->keys;
	bool log = viewpanels_log_shown(v->panels);
	size_t cols = screen_cols(v->screen);
	const char *text = _(log ? keys->log : keys->full);

	if (text_items(text, cols) < strlen(text))
		text = _(log ? keys->log_brief : keys->brief);
	(void)strbuf_add(sb, text, text_items(text, cols));
}

static void draw_messages(struct view *v, unsigned int row)
{
	for (size_t i = v->messages.n; i; i--)
		row -= screen_message(v->screen, row, v->messages.v[i - 1],
				      &bold);
}

static void draw_last(struct view *v)
{
	struct strbuf text = STRBUF_INIT(STRBUF_MAX_TEXT);
	unsigned int row = screen_rows(v->screen) - 1;
	const struct screen_style *style = &bold;

	if (v->asking != ASK_NOTHING) {
		add_question(v, &text);
	} else if (v->messages.n && now_ns(v) - v->message_ns < MESSAGE_NS) {
		draw_messages(v, row);
		return;
	} else {
		style = &bar;
		add_keys(v, &text);
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
		.row = VIEWLIST_HEADER,
		.cols = screen_cols(v->screen),
		.rows = rows > VIEWLIST_HEADER + 1 ? rows - VIEWLIST_HEADER - 1
						   : 0,
	};
	const struct viewlist list = {
		.screen = v->screen,
		.hosts = v->hosts,
		.rules = v->rules,
		.command = v->conf.command,
		.copies = v->conf.copies,
		.sum = v->conf.copies ? &v->sum : NULL,
		.begin_ns = v->begin_ns,
		.now_ns = now_ns(v),
	};

	hosttable_update(v->hosts, now_ns(v));
	viewpanels_log_draw(v->panels, &at);
	v->list_rows = at.rows ? at.rows - 1 : 0;
	(void)hosttable_top(v->hosts, v->list_rows);
	viewlist_header(&list);
	if (v->help)
		viewpanels_help_draw(v->panels, &at);
	else if (v->panel)
		v->panel->ops->draw(v->panel, &at);
	else
		viewlist_draw(&list, &at);
	draw_last(v);
	viewask_draw(v->questions);
}

/* ---- keys ---- */

static void say(struct view *v, const char *text)
{
	strvec_release(&v->messages);
	strvec_push(&v->messages, text);
	v->message_ns = now_ns(v);
}

/* Of what is seen the host that keys are about; false: there is none. */
static bool here(const struct view *v, size_t *rank)
{
	if (v->panel)
		return v->panel->ops->host &&
		       v->panel->ops->host(v->panel, rank);
	if (!hosttable_shown(v->hosts))
		return false;
	*rank = hosttable_rank(v->hosts, hosttable_cursor(v->hosts));
	return true;
}

static void search_on(struct view *v, bool backward)
{
	if (v->sought && !hosttable_search(v->hosts, v->sought, backward))
		say(v, _("not found"));
}

/* At once: the next key may come before the next frame. */
static void reorder(struct view *v)
{
	hosttable_update(v->hosts, now_ns(v));
}

static void typed_whole(struct view *v)
{
	if (v->asking == ASK_FILTER) {
		hosttable_set_text(v->hosts, v->typed.buf);
		reorder(v);
	} else if (v->typed.len) {
		free(v->sought);
		v->sought = xstrdup(v->typed.buf);
		search_on(v, false);
	}
}

static void type(struct view *v, const struct key *k)
{
	enum typing typing = typing_key(&v->typed, k);

	if (typing == TYPING_WHOLE)
		typed_whole(v);
	if (typing != TYPING_ON)
		v->asking = ASK_NOTHING;
}

static void retry(struct view *v, const struct target *t)
{
	struct err err = { 0 };

	if (v->conf.calls->retry(v->conf.arg, t, &err))
		say(v, err.msg);
	err_release(&err);
}

static void act_on(struct view *v, size_t rank, enum asking what)
{
	const struct target *t = hosttable_row(v->hosts, rank)->target;

	if (what == ASK_STOP)
		v->conf.calls->stop(v->conf.arg, t);
	else
		retry(v, t);
}

/* Whoever has ended meanwhile, or is well, is left alone. */
static void act_on_marked(struct view *v, enum asking what)
{
	for (size_t i = 0; i < hosttable_total(v->hosts); i++) {
		const struct hostrow *row = hosttable_row(v->hosts, i);

		if (row->marked && is_for(row, what))
			act_on(v, i, what);
	}
}

static void decide(struct view *v, const struct key *k)
{
	bool yes = k->kind == KEY_CHAR && (k->code == 'y' || k->code == 'Y');
	enum asking what = v->asking;

	v->asking = ASK_NOTHING;
	if (!yes)
		return;
	if (what == ASK_LEAVE)
		v->conf.calls->leave(v->conf.arg);
	else if (v->asked == MARKED)
		act_on_marked(v, what);
	else
		act_on(v, v->asked, what);
}

static void begin_typing(struct view *v, enum asking what)
{
	v->asking = what;
	strbuf_reset(&v->typed);
}

/* Of the list all that are marked, if any are; else the one that is seen. */
static void ask(struct view *v, enum asking what)
{
	const bool stop = what == ASK_STOP;

	if (!v->panel && hosttable_marked(v->hosts, NULL, 0)) {
		v->asked = MARKED;
		if (count_marked(v, what))
			v->asking = what;
		else
			say(v, stop ? _("nothing runs on those marked")
				    : _("none of those marked has failed"));
		return;
	}
	if (!here(v, &v->asked))
		return;
	if (is_for(hosttable_row(v->hosts, v->asked), what))
		v->asking = what;
	else
		say(v, stop ? _("nothing runs there") : _("it has not failed"));
}

static void mark(struct view *v)
{
	hosttable_mark(v->hosts);
	hosttable_move(v->hosts, 1);
}

/* Keys of the list: of nothing that is over it. */
static void list_char(struct view *v, uint32_t c)
{
	switch (c) {
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
		reorder(v);
		break;
	case 'a':
		hosttable_set_filter(v->hosts, (hosttable_filter(v->hosts) +
						1) % HOSTS_NFILTERS);
		reorder(v);
		break;
	case ' ':
		mark(v);
		break;
	case '*':
		hosttable_mark_shown(v->hosts);
		break;
	case 'u':
		hosttable_unmark(v->hosts);
		break;
	default:
		break;
	}
}

static void list_move(struct view *v, enum key_kind kind)
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

static void list_key(struct view *v, const struct key *k)
{
	struct panel *p = viewpanels_key(v->panels, k);

	if (p) {
		view_show(v, p);
		if (k->kind == KEY_CHAR && k->code == 's' &&
		    hosttable_marked(v->hosts, NULL, 0) > PANELS_SPLIT_MAX)
			say(v, _("the first four of those marked"));
	} else if (k->kind == KEY_CHAR && !k->mods) {
		list_char(v, k->code);
	} else {
		list_move(v, k->kind);
	}
}

/* What stands over the list closes with Esc, and takes keys before others. */
static bool over_key(struct view *v, const struct key *k)
{
	bool esc = k->kind == KEY_ESC;

	if (v->help && esc) {
		v->help = false;
		return true;
	}
	if (v->help)
		return viewpanels_help_key(v->panels, k);
	if (!v->panel)
		return false;
	if (v->panel->ops->key(v->panel, k))
		return true;
	if (esc)
		view_show(v, NULL);
	return esc;
}

/* Keys that mean the same whatever is seen. */
static bool common_key(struct view *v, const struct key *k)
{
	if (viewpanels_log_key(v->panels, k))
		return true;
	if (k->kind != KEY_CHAR || k->mods)
		return false;
	switch (k->code) {
	case 'L' - '@':
		screen_redraw(v->screen);
		return true;
	case '?':
		v->help = !v->help;
		return true;
	case 'q':
		v->asking = ASK_LEAVE;
		return true;
	case 'k':
		if (!v->help)
			ask(v, ASK_STOP);
		return true;
	case 'r':
		if (!v->help)
			ask(v, ASK_RETRY);
		return true;
	default:
		return false;
	}
}

static void key(void *arg, const struct key *k)
{
	struct view *v = arg;

	dirty(v);
	if (viewask_key(v->questions, k))
		return;
	/* It has been read; messages are in the log, too. */
	strvec_release(&v->messages);
	if (v->asking == ASK_SEARCH || v->asking == ASK_FILTER)
		type(v, k);
	else if (v->asking != ASK_NOTHING)
		decide(v, k);
	else if (!over_key(v, k) && !common_key(v, k) && !v->help && !v->panel)
		list_key(v, k);
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

/* O(hosts), so not for each frame; and a rate is to be read. */
static void take_sum(struct view *v)
{
	struct copied all = { .all_known = true };

	for (size_t i = 0; v->conf.copies && i < hosttable_total(v->hosts);
	     i++) {
		const struct copied one =
			copysum_of(v->conf.spec, &v->conf.copies[i],
				   hosttable_row(v->hosts, i)->phase);

		copied_add(&all, &one);
	}
	if (v->conf.copies)
		copysum_take(&v->sum, &all, now_ns(v));
}

static void tick(struct timer *t)
{
	struct view *v = container_of(t, struct view, clock);

	take_sum(v);
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
	v->begin_ns = v->sum.taken_ns = loop_now(conf->loop);
	strbuf_init(&v->typed, TYPING_MAX);
	v->world = (struct panel_world){
		.hosts = v->hosts,
		.loop = conf->loop,
		.view = v,
		.copies = conf->copies,
	};
	v->panels = viewpanels_new(&v->world);
	v->questions = viewask_new(&(struct viewask_conf){
		.loop = conf->loop,
		.screen = &v->world.screen,
		.canvas = viewpanels_canvas(v->panels),
	});
	return v;
}

void view_free(struct view *v)
{
	if (!v)
		return;
	view_close(v);
	viewask_free(v->questions);
	viewpanels_free(v->panels);
	hosttable_free(v->hosts);
	progress_rules_free(v->own);
	strvec_release(&v->messages);
	strbuf_release(&v->typed);
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
		.path = v->conf.path,
	};

	v->screen = screen_new(&conf, err);
	v->world.screen = v->screen;
	if (!v->screen)
		return -1;
	tick(&v->clock);
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

int view_resume(struct view *v, struct err *err)
{
	return v->screen ? screen_resume(v->screen, err) : 0;
}

struct question_box *view_questions(struct view *v)
{
	return viewask_box(v->questions);
}

void view_tell(struct view *v, const char *line, size_t n)
{
	while (n && (line[n - 1] == '\n' || line[n - 1] == '\r'))
		n--;
	/* What belongs together is told in one turn. */
	if (v->message_ns != now_ns(v) || v->messages.n == MESSAGES)
		strvec_release(&v->messages);
	strvec_push_take(&v->messages, text_vis_dup(line, n, n));
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
