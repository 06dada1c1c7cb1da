/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shells of many hosts on one screen: what is seen.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "io/loop.h"
#include "ui/pane.h"
#include "ui/screen.h"
#include "ui/tiles_internal.h"
#include "ui/viewask.h"

#include "base/banned.h"

#define YELLOW 3
#define BLACK  0

/* ---- a terminal ---- */

static struct screen_style style_of(const struct pane_cell *c)
{
	return (struct screen_style){
		.fg = c->fg == PANE_COLOUR ? SCREEN_COLOUR : c->fg,
		.bg = c->bg == PANE_COLOUR ? SCREEN_COLOUR : c->bg,
		.attrs = (c->attrs & PANE_BOLD ? SCREEN_BOLD : 0u) |
			 (c->attrs & PANE_UNDERLINE ? SCREEN_UNDERLINE : 0u) |
			 (c->attrs & PANE_ITALIC ? SCREEN_ITALIC : 0u) |
			 (c->attrs & PANE_REVERSE ? SCREEN_REVERSE : 0u),
	};
}

static void set_chars(struct screen_cell *cell, const struct pane_cell *c)
{
	cell->chars[cell->nchars++] = c->ch;
	for (size_t i = 0; i < PANE_MARKS && c->marks[i]; i++)
		cell->chars[cell->nchars++] = c->marks[i];
}

/* A wide character that was cut in two is none. */
static void draw_row(struct tiles *t, const struct pane_cell *cells,
		     unsigned int row, unsigned int col, unsigned int cols)
{
	for (unsigned int i = 0; i < cols; i++) {
		const struct pane_cell *c = &cells[i];
		bool wide =
			c->width == 2 && i + 1 < cols && !cells[i + 1].width;
		struct screen_cell cell = {
			.style = style_of(c),
		};

		if (c->ch && (c->width == 1 || wide))
			set_chars(&cell, c);
		screen_cell(t->screen, row, col + i, &cell);
		if (wide)
			i++;
	}
}

/* Where the real cursor is not, a cell that is turned stands for it. */
static void draw_cursor(struct tiles *t, size_t rank,
			const struct grid_place *at)
{
	struct pane *p = t->tiles[rank].pane;
	unsigned int row, col;
	struct pane_cell c;

	if (tiles_reads_keys(t) || !pane_cursor(p, &row, &col) ||
	    !tiles_takes(t, rank) || row >= at->rows || col >= at->cols)
		return;
	if (rank == t->current) {
		screen_cursor(t->screen, at->row + row, at->col + col);
		return;
	}
	c = pane_row(p, row)[col];
	if (c.width != 1)
		return;
	c.attrs ^= PANE_REVERSE;
	draw_row(t, &c, at->row + row, at->col + col, 1);
}

static void draw_pane(struct tiles *t, size_t rank, const struct grid_place *at)
{
	struct pane *p = t->tiles[rank].pane;
	unsigned int cols = pane_cols(p) < at->cols ? pane_cols(p) : at->cols;

	for (unsigned int i = 0; i < at->rows && i < pane_rows(p); i++)
		draw_row(t, pane_row(p, i), at->row + i, at->col, cols);
	draw_cursor(t, rank, at);
}

/* ---- around it ---- */

/* NULL: nothing is to be said of it. */
static const char *state_of(const struct tiles *t, size_t rank)
{
	const struct tile *tile = &t->tiles[rank];

	if (tile->end)
		return tile->end;
	if (t->set->hosts[rank].state != SHELL_UP)
		return phase_name(tile->phase);
	if (t->set->hosts[rank].asks)
		return _("asks for a password");
	return t->set->hosts[rank].unverified ? _("key not known") : NULL;
}

static void draw_title(struct tiles *t, size_t rank,
		       const struct grid_place *at)
{
	const struct tile *tile = &t->tiles[rank];
	const char *state = state_of(t, rank);
	struct strbuf text = STRBUF_INIT(STRBUF_MAX_TEXT);
	struct screen_style style = screen_plain;
	unsigned int used;

	style.attrs = (tiles_takes(t, rank) ? SCREEN_BOLD : 0u) |
		      (rank == t->current ? SCREEN_REVERSE : 0u);
	strbuf_addf(&text, "%c%c%s%s%s ", rank == t->current ? '>' : ' ',
		    tiles_takes(t, rank) ? '*' : ' ', tile->target->label,
		    state ? ": " : "", state ? state : "");
	used = screen_put(t->screen, at->row - 1, at->col,
			  text_width(text.buf, text.len) < at->cols
				  ? (unsigned int)text_width(text.buf, text.len)
				  : at->cols,
			  text.buf, &style);
	if (used < at->cols)
		screen_draw(t->screen, at->row - 1, at->col + used,
			    at->cols - used, SCREEN_HLINE, &screen_plain);
	strbuf_release(&text);
}

static void draw_tile(struct tiles *t, size_t rank)
{
	struct grid_place at;

	if (!tiles_place(t, rank, &at))
		return;
	draw_pane(t, rank, &at);
	if (t->zoomed)
		return;
	if (at.row > TILES_HEADER)
		draw_title(t, rank, &at);
	if (at.col + at.cols < screen_cols(t->screen))
		screen_draw(t->screen, at.row - (at.row > TILES_HEADER),
			    at.col + at.cols, at.rows + (at.row > TILES_HEADER),
			    SCREEN_VLINE, &screen_plain);
}

/* ---- the first line: who gets what is typed ---- */

struct counts {
	size_t takes, up, gone;
};

static struct counts count(const struct tiles *t)
{
	struct counts c = { 0 };

	for (size_t i = 0; i < t->n; i++) {
		c.takes += tiles_takes(t, i);
		c.up += t->set->hosts[i].state == SHELL_UP;
		c.gone += t->set->hosts[i].state == SHELL_GONE;
	}
	return c;
}

static void add_takers(const struct tiles *t, const struct counts *c,
		       struct strbuf *sb)
{
	if (!c->takes)
		strbuf_addstr(sb, _("keys to nobody"));
	else if (t->only)
		strbuf_addf(sb, _("keys to %s only"),
			    t->tiles[t->current].target->label);
	else if (c->takes == c->up)
		strbuf_addf(sb,
			    ngettext("keys to the one host",
				     "keys to ALL %zu hosts", c->takes),
			    c->takes);
	else
		strbuf_addf(sb, _("keys to %zu of %zu hosts"), c->takes, c->up);
}

static void add_state(const struct tiles *t, struct strbuf *sb)
{
	struct strbuf state = STRBUF_INIT(STRBUF_MAX_TEXT);

	t->conf.calls->state(t->conf.arg, &state);
	if (state.len)
		strbuf_addf(sb, ", %s", state.buf);
	strbuf_release(&state);
}

static void draw_header(struct tiles *t)
{
	const struct counts c = count(t);
	struct strbuf text = STRBUF_INIT(STRBUF_MAX_TEXT);
	struct screen_style style = screen_plain;

	style.attrs = SCREEN_REVERSE;
	if (c.takes > 1)
		style = screen_colours(t->screen)
				? (struct screen_style){ BLACK, YELLOW, 0 }
				: (struct screen_style){ SCREEN_COLOUR,
							 SCREEN_COLOUR,
							 SCREEN_REVERSE |
								 SCREEN_BOLD };
	strbuf_addch(&text, ' ');
	add_takers(t, &c, &text);
	if (c.up + c.gone < t->n)
		strbuf_addf(&text, _(", %zu not there yet"),
			    t->n - c.up - c.gone);
	if (c.gone)
		strbuf_addf(&text, _(", %zu gone"), c.gone);
	add_state(t, &text);
	if (t->zoomed)
		strbuf_addf(&text, _("  %s on the whole screen"),
			    t->tiles[t->current].target->label);
	else if (t->grid.pages > 1)
		strbuf_addf(&text, _("  page %zu of %zu"),
			    grid_page(&t->grid, t->current) + 1, t->grid.pages);
	(void)screen_put(t->screen, 0, 0, screen_cols(t->screen), text.buf,
			 &style);
	strbuf_release(&text);
}

/* ---- the last line, and help ---- */

/* The keys that fit, the first ones first. */
static void draw_keys(struct tiles *t, char *keys)
{
	const unsigned int cols = screen_cols(t->screen);
	struct screen_style style = screen_plain;

	style.attrs = t->asking == TILES_COMMAND ? SCREEN_BOLD : 0;
	keys[text_items(keys, cols)] = '\0';
	(void)screen_put(t->screen, screen_rows(t->screen) - 1, 0, cols, keys,
			 &style);
	free(keys);
}

static void draw_footer(struct tiles *t)
{
	const uint64_t since = loop_now(t->conf.loop) - t->message_ns;
	const unsigned int last = screen_rows(t->screen) - 1;
	struct screen_style bold = screen_plain;

	bold.attrs = SCREEN_BOLD;
	switch (t->asking) {
	case TILES_COMMAND:
		draw_keys(
			t,
			xstrdup(_(
				"? help  a all  o one  s asking  x in/out  n p arrows  z zoom  : command  q quit")));
		break;
	case TILES_QUIT:
		(void)screen_message(t->screen, last,
				     _("end all shells? (y/n)"), &bold);
		break;
	case TILES_PASTE:
		(void)screen_message(
			t->screen, last,
			_("paste several lines to several hosts? (y/n)"),
			&bold);
		break;
	case TILES_HELP:
		(void)screen_message(t->screen, last, _("any key goes back"),
				     &screen_plain);
		break;
	case TILES_LINE:
		break;
	case TILES_NOTHING:
		if (t->message.len && since < TILES_MESSAGE_NS)
			(void)screen_message(t->screen, last, t->message.buf,
					     &screen_plain);
		else
			draw_keys(t, xasprintf(_("%s ? help  : command"),
					       t->conf.prefix_name));
		break;
	}
}

/* As many lines as the smallest screen has. */
static void draw_help(struct tiles *t)
{
	static const char *const lines[] = {
		N_("  a to all, o to the marked one only"),
		N_("  s to those that ask for a password"),
		N_("  x the marked one: in or out"),
		N_("  c connect it anew, if it failed"),
		N_("  n p Tab arrows PgUp PgDn: mark"),
		N_("  z Enter: whole screen; r draw anew"),
		N_("  : command, v answer, q end all shells"),
	};
	char *title = xasprintf(_("%s and then (again: that key)"),
				t->conf.prefix_name);

	(void)screen_put(t->screen, TILES_HEADER, 0, screen_cols(t->screen),
			 title, &screen_plain);
	free(title);
	for (unsigned int i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		(void)screen_put(t->screen, TILES_HEADER + 1 + i, 0,
				 screen_cols(t->screen), _(lines[i]),
				 &screen_plain);
}

void tiles_draw(struct tiles *t)
{
	/* Of a terminal that has become too small there is nothing left. */
	if (screen_rows(t->screen) <= TILES_HEADER + TILES_FOOTER)
		return;
	if (t->asking == TILES_HELP)
		draw_help(t);
	for (size_t i = 0; t->asking != TILES_HELP && i < t->n; i++)
		draw_tile(t, i);
	tiles_draw_box(t);
	draw_header(t);
	if (t->asking == TILES_LINE)
		tiles_draw_line(t);
	else
		draw_footer(t);
	viewask_draw(t->questions);
}
