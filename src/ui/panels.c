/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Output of one host, of several, and differences.
 */
#include "ui/panels.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/gettext.h"
#include "base/text.h"
#include "ui/hostdiff.h"
#include "ui/pager.h"
#include "ui/typing.h"
#include "base/banned.h"

enum panel {
	PANEL_NONE,
	PANEL_HOSTS, /* one or more */
	PANEL_DIFF,
};

struct panel_pane {
	struct pager pager;
	struct panels *panels;
	size_t rank;
};

struct panels {
	const struct panel_model *model;
	enum panel panel;
	struct panel_pane panes[PANELS_SPLIT_MAX];
	size_t npanes, focus;
	size_t first; /* of those seen, where not all have place */
	struct hostdiff diff;
	size_t against; /* SIZE_MAX: the majority */
	char *head;	/* of a diff */
	char *note;	/* what there is to say instead of the help, or NULL */
	bool asking;	/* what to search is typed */
	bool seeking;
	struct strbuf sought;
};

/* ---- the lines of a host ---- */

static const char *why(const struct panel_pane *pane)
{
	const struct panel_model *m = pane->panels->model;

	return m->why ? m->why(m->arg, pane->rank) : NULL;
}

static uint64_t printed(const struct panel_pane *pane)
{
	return scrollback_lines(pane->panels->model->output, pane->rank);
}

/* Why it failed follows what it has printed. */
static uint64_t host_lines(void *arg)
{
	const struct panel_pane *pane = arg;

	return printed(pane) + (why(pane) ? 1 : 0);
}

static int host_read(void *arg, uint64_t number, struct strbuf *bytes,
		     enum pager_kind *kind, struct err *err)
{
	struct panel_pane *pane = arg;
	struct scrollback_line line = { .bytes = bytes };

	if (number >= printed(pane)) {
		const char *text = why(pane);

		*kind = PAGER_OURS;
		/* Four bytes for one at most. */
		text_vis(bytes, text, strnlen(text, SGR_LINE_MAX / 4),
			 VIS_LINE);
		return 0;
	}
	if (scrollback_read(pane->panels->model->output, pane->rank, number,
			    &line, err))
		return -1;
	*kind = line.stream == STREAM_ERR ? PAGER_ERROR : PAGER_PLAIN;
	return 0;
}

static const struct pager_source host_source = { .lines = host_lines,
						 .read = host_read };

/* ---- opening and closing ---- */

struct panels *panels_new(const struct panel_model *model)
{
	struct panels *p = xcalloc(1, sizeof(*p));

	p->model = model;
	for (size_t i = 0; i < PANELS_SPLIT_MAX; i++) {
		p->panes[i].panels = p;
		pager_init(&p->panes[i].pager, &host_source, &p->panes[i]);
		p->panes[i].pager.marks = true;
	}
	hostdiff_init(&p->diff);
	strbuf_init(&p->sought, TYPING_MAX);
	return p;
}

void panels_free(struct panels *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < PANELS_SPLIT_MAX; i++)
		pager_release(&p->panes[i].pager);
	hostdiff_release(&p->diff);
	strbuf_release(&p->sought);
	free(p->head);
	free(p->note);
	free(p);
}

static void set_note(struct panels *p, char *note)
{
	free(p->note);
	p->note = note;
}

/* Take what the error says as what there is to say. */
static void note_err(struct panels *p, struct err *err)
{
	if (err->code != ERR_NONE)
		set_note(p, xstrdup(err->msg));
	err_release(err);
}

static void begin(struct panels *p, enum panel panel)
{
	p->panel = panel;
	p->focus = p->first = 0;
	p->asking = p->seeking = false;
	hostdiff_stop(&p->diff);
	set_note(p, NULL);
}

static void show_host(struct panels *p, size_t i, size_t rank)
{
	struct panel_pane *pane = &p->panes[i];

	pane->rank = rank;
	pager_show(&pane->pager, &host_source, pane);
	pane->pager.follow = true;
}

void panels_split(struct panels *p, const size_t *ranks, size_t n)
{
	assert(n);
	begin(p, PANEL_HOSTS);
	p->npanes = n < PANELS_SPLIT_MAX ? n : PANELS_SPLIT_MAX;
	for (size_t i = 0; i < p->npanes; i++)
		show_host(p, i, ranks[i]);
}

void panels_detail(struct panels *p, size_t rank)
{
	panels_split(p, &rank, 1);
}

/* What it is compared with is known, or it failed. */
static void end_diff(struct panels *p, bool failed)
{
	const struct panel_model *m = p->model;
	const struct hostdiff *d = &p->diff;
	const char *name = m->name(m->arg, p->panes[0].rank);

	free(p->head);
	if (p->against != SIZE_MAX)
		p->head = xasprintf(_("%s against %s"), name,
				    m->name(m->arg, p->against));
	else if (d->most)
		p->head =
			xasprintf(_("%s against %s, as which %zu have printed"),
				  name, m->name(m->arg, d->against), d->most);
	else
		p->head = xstrdup(name);
	if (!failed && !d->nlines)
		set_note(p, xstrdup(_("the output is the same")));
	pager_show(&p->panes[0].pager, &hostdiff_source, &p->diff);
	pager_home(&p->panes[0].pager);
}

static void work_on_diff(struct panels *p)
{
	struct err err = { 0 };
	enum hostdiff_step step = hostdiff_step(&p->diff, &err);

	if (step == HOSTDIFF_GO_ON)
		return;
	note_err(p, &err);
	end_diff(p, step == HOSTDIFF_FAILED);
}

void panels_diff(struct panels *p, size_t a, size_t b)
{
	const struct panel_model *m = p->model;

	begin(p, PANEL_DIFF);
	p->npanes = 1;
	p->against = a;
	p->panes[0].rank = b;
	if (a == SIZE_MAX)
		hostdiff_begin_most(&p->diff, m->output, m->nhosts, m->is_done,
				    m->arg, b);
	else
		hostdiff_begin(&p->diff, m->output, a, b);
	free(p->head);
	p->head = xstrdup(m->name(m->arg, b));
	pager_show(&p->panes[0].pager, &hostdiff_source, &p->diff);
	/* Most are done at once. */
	work_on_diff(p);
}

bool panels_open(const struct panels *p)
{
	return p->panel != PANEL_NONE;
}

void panels_close(struct panels *p)
{
	begin(p, PANEL_NONE);
}

/* ---- keys ---- */

static struct pager *focused(struct panels *p)
{
	return &p->panes[p->focus].pager;
}

static void search(struct panels *p, const char *text, bool backward)
{
	set_note(p, NULL);
	pager_search(focused(p), text, backward);
	p->seeking = true;
	panels_work(p);
}

static bool comparing(const struct panels *p)
{
	return p->panel == PANEL_DIFF && p->diff.work;
}

bool panels_takes_all(const struct panels *p)
{
	return p->asking || comparing(p);
}

bool panels_busy(const struct panels *p)
{
	return p->seeking || comparing(p);
}

void panels_work(struct panels *p)
{
	struct err err = { 0 };

	if (comparing(p))
		work_on_diff(p);
	if (!p->seeking)
		return;
	switch (pager_search_step(focused(p), &err)) {
	case PAGER_GO_ON:
		return;
	case PAGER_NOT_FOUND:
		set_note(p, xstrdup(_("not found")));
		break;
	case PAGER_FOUND_ROUND:
		set_note(
			p,
			xstrdup(focused(p)->backward
					? _("search hit the top, on at the end")
					: _("search hit the end, on at the top")));
		break;
	case PAGER_FOUND:
		break;
	}
	note_err(p, &err);
	p->seeking = false;
}

/* A key of the line in which is typed what to search. */
static void type_sought(struct panels *p, const struct key *k)
{
	switch (typing_key(&p->sought, k)) {
	case TYPING_ON:
		break;
	case TYPING_WHOLE:
		p->asking = false;
		search(p, p->sought.len ? p->sought.buf : NULL, false);
		break;
	case TYPING_LEFT:
		p->asking = false;
		break;
	}
}

/* To another host, in the same way. */
static void show_other(struct panels *p, size_t rank)
{
	if (p->panel == PANEL_DIFF)
		panels_diff(p, p->against, rank);
	else
		panels_detail(p, rank);
}

/* To number `i` of the panes, or of the hosts in the list. */
static void go_to(struct panels *p, size_t i)
{
	const struct panel_model *m = p->model;
	size_t rank;

	if (p->npanes > 1 && i < p->npanes)
		panels_detail(p, p->panes[i].rank);
	else if (p->npanes == 1 && m->nth(m->arg, i, &rank))
		show_other(p, rank);
}

/* To the host before or after, or to the pane. */
static void move(struct panels *p, int by)
{
	const struct panel_model *m = p->model;

	if (p->npanes > 1) {
		p->focus = (p->focus + p->npanes + (by > 0 ? 1 : 0) -
			    (by < 0 ? 1 : 0)) %
			   p->npanes;
		return;
	}
	show_other(p, m->other(m->arg, p->panes[0].rank, by));
}

static bool take_char(struct panels *p, uint32_t c)
{
	struct pager *pager = focused(p);

	switch (c) {
	case 'q':
		panels_close(p);
		break;
	case 'f':
		pager_set_follow(pager, !pager->follow);
		break;
	case '/':
		p->asking = true;
		strbuf_reset(&p->sought);
		break;
	case 'n':
	case 'N':
		search(p, NULL, c == 'N');
		break;
	default:
		if (c < '1' || c > '9')
			return false;
		go_to(p, c - '1');
		break;
	}
	return true;
}

bool panels_key(struct panels *p, const struct key *k)
{
	if (!panels_open(p))
		return false;
	if (comparing(p)) {
		panels_close(p);
		return true;
	}
	if (p->asking) {
		type_sought(p, k);
		return true;
	}
	set_note(p, NULL);
	if (pager_key(focused(p), k))
		return true;
	if (k->kind == KEY_CHAR)
		return !k->mods && take_char(p, k->code);
	if (k->kind == KEY_ESC)
		panels_close(p);
	else if (k->kind == KEY_LEFT || k->kind == KEY_BACKTAB)
		move(p, -1);
	else if (k->kind == KEY_RIGHT || k->kind == KEY_TAB)
		move(p, 1);
	else
		return false;
	return true;
}

size_t panels_host(const struct panels *p)
{
	return p->panes[p->focus].rank;
}

/* ---- drawing ---- */

static void draw_line(void *arg, const struct pager_row *row)
{
	canvas_line(arg, 1, row);
}

/* The head and the lines of a pane. */
static void draw_pane(struct panels *p, struct panel_pane *pane,
		      const char *head, const struct canvas_area *a)
{
	struct sgr_style bar = { .fg = -1, .bg = -1, .attrs = SGR_REVERSE };
	struct canvas_area body = *a;
	struct err err = { 0 };

	if (p->npanes > 1 && pane == &p->panes[p->focus])
		bar.attrs |= SGR_BOLD;
	canvas_row(a, 0, bar, "%s%s%s",
		   p->npanes == 1		 ? " "
		   : pane == &p->panes[p->focus] ? ">"
						 : " ",
		   head,
		   pane->pager.follow && p->panel == PANEL_HOSTS
			   ? _(" [following]")
			   : "");
	body.row++;
	body.rows--;
	for (size_t i = 0; i < body.rows; i++)
		canvas_blank(&body, i);
	pager_size(&pane->pager, body.rows, body.cols);
	(void)pager_draw(&pane->pager, draw_line, &body, &err);
	note_err(p, &err);
}

/* A head and a line, and two beside each other where there are so many columns.
 */
#define PANE_ROWS 2
#define BESIDE	  80

/* Two beside each other where there is room, four as two rows of two. */
static struct canvas_area place(const struct canvas_area *a, size_t i, size_t n)
{
	struct canvas_area part = *a;
	bool beside = a->cols >= BESIDE;
	size_t across = n > 1 && beside ? 2 : 1;
	size_t down = (n + across - 1) / across;
	size_t row = i / across;
	size_t col = i % across;

	part.row += a->rows * row / down;
	part.rows = a->rows * (row + 1) / down - a->rows * row / down;
	part.col += a->cols * col / across;
	part.cols = a->cols * (col + 1) / across - a->cols * col / across;
	/* A column parts them. */
	if (col + 1 < across)
		part.cols--;
	return part;
}

/* How many panes have place; the one that has the keys is among them. */
static size_t seen(struct panels *p, const struct canvas_area *a)
{
	size_t most = (a->cols >= BESIDE ? 2 : 1) * (a->rows / PANE_ROWS);

	if (most > p->npanes)
		most = p->npanes;
	if (p->first + most > p->npanes)
		p->first = p->npanes - most;
	if (p->focus < p->first)
		p->first = p->focus;
	else if (p->focus >= p->first + most)
		p->first = p->focus + 1 - most;
	return most;
}

static void draw_hosts(struct panels *p, const struct canvas_area *a)
{
	const struct panel_model *m = p->model;
	size_t n = seen(p, a);

	for (size_t i = 0; i < n; i++) {
		struct panel_pane *pane = &p->panes[p->first + i];
		struct canvas_area part = place(a, i, n);
		struct strbuf head = STRBUF_INIT(STRBUF_MAX_TEXT);

		m->title(m->arg, pane->rank, &head);
		draw_pane(p, pane, head.buf, &part);
		strbuf_release(&head);
	}
}

/* What there is to type, of `n` panes that have place. */
static void draw_keys(const struct panels *p, const struct canvas_area *a,
		      size_t n)
{
	const char *keys =
		p->npanes > 1 ? _("Esc back  Tab next  f follow  / search  n N")
		: p->panel == PANEL_DIFF
			? _("Esc back  Left Right host  / search  n N")
			: _("Esc back  f follow  / search  Left Right");
	char *some = NULL;

	if (p->npanes > 1 && n < p->npanes)
		keys = some = xasprintf(
			_("Tab next, %zu of %zu  Esc back  f follow  / search"),
			p->focus + 1, p->npanes);
	canvas_keys(a, a->rows - 1, SGR_PLAIN, keys);
	free(some);
}

static void draw_help(struct panels *p, const struct canvas_area *a)
{
	struct sgr_style plain = SGR_PLAIN;
	struct canvas_area body = *a;
	size_t row = a->rows - 1;

	body.rows = row;
	if (p->asking)
		canvas_row(a, row, plain, "/%s", p->sought.buf);
	else if (p->seeking)
		canvas_row(a, row, plain, _("searching ..."));
	else if (comparing(p))
		canvas_row(a, row, plain, _("working ... any key ends that"));
	else if (p->note)
		canvas_row(a, row, plain, "%s", p->note);
	else
		draw_keys(p, a, seen(p, &body));
}

void panels_draw(struct panels *p, const struct canvas_area *a)
{
	struct canvas_area body = *a;

	if (!panels_open(p) || a->rows < 3)
		return;
	body.rows--;
	if (p->panel == PANEL_DIFF)
		draw_pane(p, &p->panes[0], p->head, &body);
	else
		draw_hosts(p, &body);
	draw_help(p, a);
}
