/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A host's terminal, through libtsm.
 */
#include "ui/pane.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include <libtsm.h>

#include "base/alloc.h"
#include "base/text.h"
#include "ui/glyphs.h"
#include "ui/vtfilter.h"

#include "base/banned.h"

#define LINE_ROWS     8	 /* above the cursor's that a line may begin in */
#define DEFAULT_CODES 16 /* and above: libtsm's names of its own colours */
#define ESC	      '\033'
#define REPLACEMENT   0xfffdu

/* The last character, while nothing but marks came after it. */
struct last {
	uint32_t chars[GLYPHS_CHARS];
	unsigned int n; /* 0: there is none */
	unsigned int col, width;
};

struct pane {
	struct tsm_screen *screen;
	struct tsm_vte *vte;
	struct glyphs glyphs; /* in it */
	struct last last;
	bool draws[2];		/* ASCII in G0, G1 is for drawing */
	struct vtfilter filter; /* before it */
	unsigned int rows, cols;
	struct pane_cell *cells;
	tsm_age_t age; /* of these */
	bool stale;    /* something was written since */
	/* While cells are taken over. */
	bool cursor_shown, turned;
	unsigned int cursor_row, cursor_col;
	struct strbuf answers;
};

/* ---- what libtsm tells ---- */

/* Nothing that could end a line there, or mean something to a shell. */
static bool is_harmless(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c != ESC && (c < ' ' || c > '~'))
			return false;
	}
	return true;
}

static void on_answer(struct tsm_vte *vte, const char *s, size_t n, void *arg)
{
	struct pane *p = arg;

	(void)vte;
	if (is_harmless(s, n))
		(void)strbuf_add(&p->answers, s, n);
}

static unsigned int distance(int a, int b)
{
	return (unsigned int)((a - b) * (a - b));
}

/* The nearest of the cube and the greys of the 256. */
static int16_t nearest(int r, int g, int b)
{
	static const int levels[] = { 0, 95, 135, 175, 215, 255 };
	const int parts[] = { r, g, b };
	int index = 16, grey = (r + g + b) / 3;
	unsigned int cube = 0, greys;

	for (size_t i = 0; i < 3; i++) {
		int best = 0;

		for (int k = 1; k < 6; k++)
			if (distance(levels[k], parts[i]) <
			    distance(levels[best], parts[i]))
				best = k;
		cube += distance(levels[best], parts[i]);
		index += best * (i == 0 ? 36 : i == 1 ? 6 : 1);
	}
	grey = grey < 8 ? 0 : grey > 238 ? 23 : (grey - 3) / 10;
	greys = distance(8 + grey * 10, r) + distance(8 + grey * 10, g) +
		distance(8 + grey * 10, b);
	return (int16_t)(greys < cube ? 232 + grey : index);
}

static int16_t colour(int code, int r, int g, int b)
{
	if (code >= DEFAULT_CODES)
		return PANE_COLOUR;
	return code >= 0 ? (int16_t)code : nearest(r, g, b);
}

/* Controls of both kinds, halves of pairs, what turns the direction of text
 * and parts lines. */
static bool is_printable(uint32_t c)
{
	return c >= ' ' && !(c >= 0x7f && c < 0xa0) &&
	       !(c >= 0xd800 && c < 0xe000) && c <= 0x10ffff &&
	       !(c >= 0x200e && c <= 0x200f) && !(c >= 0x2028 && c <= 0x202e) &&
	       !(c >= 0x2066 && c <= 0x2069);
}

/* What a character or a name of libtsm's stands for. */
static void set_chars(const struct pane *p, struct pane_cell *cell, uint32_t ch)
{
	const uint32_t *chars = glyphs_chars(&p->glyphs, ch);
	uint32_t base = chars ? chars[0] : ch;

	if (!is_printable(base))
		return;
	cell->ch = base;
	if (chars)
		memcpy(cell->marks, chars + 1, sizeof(cell->marks));
}

/*
 * What was erased keeps the colour behind it, and nothing else of the look of
 * that time: so do xterm and its like.  libtsm keeps all of it.  All of the
 * screen may be turned.
 */
static unsigned char attrs_of(const struct pane *p, bool erased,
			      const struct tsm_screen_attr *a)
{
	if (erased)
		return p->turned ? PANE_REVERSE : 0;
	return (unsigned char)((a->bold ? PANE_BOLD : 0) |
			       (a->underline ? PANE_UNDERLINE : 0) |
			       (a->italic ? PANE_ITALIC : 0) |
			       (a->inverse ? PANE_REVERSE : 0));
}

/* NOLINTNEXTLINE(readability-function-size): libtsm decides its parameters */
static int on_cell(struct tsm_screen *screen, uint64_t id, const uint32_t *ch,
		   size_t len, unsigned int width, unsigned int col,
		   unsigned int row, const struct tsm_screen_attr *a,
		   tsm_age_t age, void *arg)
{
	struct pane *p = arg;
	struct pane_cell *cell;
	bool erased = !ch[0]; /* while `len` is 0 for a blank, too */

	(void)screen;
	(void)id;
	if (row >= p->rows || col >= p->cols || (age && age <= p->age))
		return 0;
	cell = &p->cells[(size_t)row * p->cols + col];
	*cell = (struct pane_cell){
		.fg = erased ? PANE_COLOUR
			     : colour(a->fccode, a->fr, a->fg, a->fb),
		.bg = colour(a->bccode, a->br, a->bg, a->bb),
		.width = (unsigned char)(width > 2 ? 1 : width),
		.attrs = attrs_of(p, erased, a),
	};
	if (len)
		set_chars(p, cell, ch[0]);
	/* libtsm shows the cursor as a cell that is turned. */
	if (!erased && p->cursor_shown && row == p->cursor_row &&
	    col == p->cursor_col)
		cell->attrs ^= PANE_REVERSE;
	return 0;
}

/* ---- what it is told ---- */

/* Behind the last column it waits for what is to wrap. */
static bool waits_to_wrap(const struct pane *p)
{
	return tsm_screen_get_cursor_x(p->screen) >= p->cols;
}

/* As hosts count them; libtsm's own table is an old one. */
static unsigned int columns_of(uint32_t c)
{
	int n = wcwidth((wchar_t)c);

	return n >= 0 ? (unsigned int)n : tsm_ucs4_get_width(c);
}

/* A mark that leaves the width of its character as it is, everywhere. */
static bool is_mark(uint32_t c)
{
	return is_printable(c) && !(c >= 0x200b && c <= 0x200f) &&
	       !(c >= 0x2060 && c <= 0x206f) && !(c >= 0xfe00 && c <= 0xfe0f) &&
	       c != 0xfeff && !(c >= 0xe0000 && c <= 0xe0fff);
}

static void put_code(struct pane *p, uint32_t c)
{
	char buf[4];

	tsm_vte_input(p->vte, buf, text_encode(c, buf));
}

static uint32_t last_name(struct pane *p)
{
	return glyphs_name(&p->glyphs, p->last.chars, p->last.width);
}

/* Write the last character once more, with one mark more. */
static void add_mark(struct pane *p, uint32_t mark)
{
	struct last *last = &p->last;
	bool drawn = last->chars[0] < 0x80 && (p->draws[0] || p->draws[1]);
	bool inserts = tsm_screen_get_flags(p->screen) & TSM_SCREEN_INSERT_MODE;
	uint32_t name;

	if (!last->n || last->n == GLYPHS_CHARS || drawn || !is_mark(mark))
		return;
	last->chars[last->n++] = mark;
	name = last_name(p);
	if (!name) {
		last->n = 0;
		return;
	}
	tsm_screen_move_line_home(p->screen);
	tsm_screen_move_right(p->screen, last->col);
	if (inserts)
		tsm_screen_reset_flags(p->screen, TSM_SCREEN_INSERT_MODE);
	put_code(p, name);
	if (inserts)
		tsm_screen_set_flags(p->screen, TSM_SCREEN_INSERT_MODE);
}

/*
 * A wide one does not fit into the last column, where libtsm would leave half
 * of it.  False: nor into a line that does not wrap.
 */
static bool make_room(struct pane *p, unsigned int width)
{
	unsigned int col = tsm_screen_get_cursor_x(p->screen);
	bool wraps = tsm_screen_get_flags(p->screen) & TSM_SCREEN_AUTO_WRAP;

	if (col + width <= p->cols || (wraps && col >= p->cols) || width == 1)
		return true;
	if (wraps)
		tsm_screen_newline(p->screen);
	return wraps;
}

static void put_char(struct pane *p, uint32_t c)
{
	unsigned int width = columns_of(c), col;
	bool wraps = tsm_screen_get_flags(p->screen) & TSM_SCREEN_AUTO_WRAP;
	uint32_t name = c;

	if (!width) {
		add_mark(p, c);
		return;
	}
	p->last.n = 0;
	if (!make_room(p, width))
		return;
	col = tsm_screen_get_cursor_x(p->screen);
	if (col >= p->cols)
		col = wraps ? 0 : p->cols - 1;
	p->last = (struct last){ { c }, 1, col, width };
	if (glyphs_is_name(c) || tsm_ucs4_get_width(c) != width)
		name = last_name(p);
	/* As many columns, at least. */
	for (unsigned int i = 0; !name && i < width; i++)
		put_code(p, REPLACEMENT);
	if (name)
		put_code(p, name);
	else
		p->last.n = 0;
}

/* EL to the right, ECH, ICH, DCH: a sequence that the filter has made. */
static bool is_about_the_rest(const char *buf, size_t n)
{
	return n > 3 && buf[0] == ESC && buf[1] == '[' &&
	       (strchr("X@P", buf[n - 1]) ||
		(buf[n - 1] == 'K' && buf[n - 2] == '0'));
}

/*
 * Where a line is full there is no rest of it; libtsm would take the last
 * character.  Whoever colours a line up to the edge and then erases the rest,
 * as top and grep do, wants to keep it.
 */
static void put_control(struct pane *p, const char *buf, size_t n)
{
	p->last.n = 0;
	if (is_about_the_rest(buf, n) && waits_to_wrap(p))
		return;
	if (n == 3 && (buf[1] == '(' || buf[1] == ')'))
		p->draws[buf[1] == ')'] = buf[2] == '0';
	else if (n == 2 && buf[1] == 'c')
		p->draws[0] = p->draws[1] = false;
	tsm_vte_input(p->vte, buf, n);
}

/* One character, or controls: the filter parts them. */
static void on_filtered(void *arg, const char *buf, size_t n)
{
	struct pane *p = arg;
	uint32_t c = 0;

	if ((unsigned char)buf[0] < ' ')
		put_control(p, buf, n);
	else if (text_decode(buf, n, &c))
		put_char(p, c);
}

/* ---- life and size ---- */

static unsigned int within(unsigned int n, unsigned int min, unsigned int max)
{
	return n < min ? min : n > max ? max : n;
}

/* Anew, from all cells. */
static void forget_cells(struct pane *p)
{
	free(p->cells);
	p->cells = xcalloc((size_t)p->rows * p->cols, sizeof(*p->cells));
	p->age = 0;
	p->stale = true;
}

struct pane *pane_new(unsigned int rows, unsigned int cols)
{
	struct pane *p = xcalloc(1, sizeof(*p));

	p->rows = within(rows, PANE_ROWS_MIN, PANE_ROWS_MAX);
	p->cols = within(cols, PANE_COLS_MIN, PANE_COLS_MAX);
	strbuf_init(&p->answers, PANE_ANSWER_MAX);
	glyphs_init(&p->glyphs);
	if (tsm_screen_new(&p->screen, NULL, NULL) ||
	    tsm_screen_resize(p->screen, p->cols, p->rows) ||
	    tsm_vte_new(&p->vte, p->screen, on_answer, p, NULL, NULL))
		die("out of memory");
	vtfilter_init(&p->filter, p->rows, p->cols, on_filtered, p);
	forget_cells(p);
	return p;
}

void pane_free(struct pane *p)
{
	if (!p)
		return;
	tsm_vte_unref(p->vte);
	tsm_screen_unref(p->screen);
	strbuf_release(&p->answers);
	glyphs_release(&p->glyphs);
	free(p->cells);
	free(p);
}

bool pane_cursor(const struct pane *p, unsigned int *row, unsigned int *col)
{
	*row = tsm_screen_get_cursor_y(p->screen);
	*col = tsm_screen_get_cursor_x(p->screen);
	if (*row >= p->rows)
		*row = p->rows - 1;
	if (*col >= p->cols)
		*col = p->cols - 1;
	return !(tsm_screen_get_flags(p->screen) & TSM_SCREEN_HIDE_CURSOR);
}

/*
 * libtsm takes rows from the top when the screen shrinks, also where those
 * below the cursor are free: then everything is moved down before, by as many.
 */
static void keep_top(struct pane *p, unsigned int rows)
{
	unsigned int row, col, below;

	(void)pane_cursor(p, &row, &col);
	below = p->rows - 1 - row;
	if (rows >= p->rows || !below)
		return;
	if (below > p->rows - rows)
		below = p->rows - rows;
	(void)tsm_screen_set_margins(p->screen, 0, 0);
	tsm_screen_scroll_down(p->screen, below);
	tsm_screen_move_to(p->screen, col, row + below);
}

void pane_resize(struct pane *p, unsigned int rows, unsigned int cols)
{
	rows = within(rows, PANE_ROWS_MIN, PANE_ROWS_MAX);
	cols = within(cols, PANE_COLS_MIN, PANE_COLS_MAX);
	if (rows == p->rows && cols == p->cols)
		return;
	keep_top(p, rows);
	if (tsm_screen_resize(p->screen, cols, rows))
		die("out of memory");
	p->rows = rows;
	p->cols = cols;
	p->last.n = 0;
	vtfilter_size(&p->filter, rows, cols);
	forget_cells(p);
}

unsigned int pane_rows(const struct pane *p)
{
	return p->rows;
}

unsigned int pane_cols(const struct pane *p)
{
	return p->cols;
}

/* ---- in and out ---- */

size_t pane_write(struct pane *p, const void *buf, size_t n, size_t *work)
{
	p->stale = true;
	return vtfilter_write(&p->filter, buf, n, work);
}

bool pane_is_taken(const struct pane *p)
{
	return p->filter.other || p->filter.cursor_keys;
}

bool pane_has_other(const struct pane *p)
{
	return p->filter.other;
}

void pane_answers(struct pane *p, struct strbuf *out)
{
	if (p->answers.len)
		(void)strbuf_add(out, p->answers.buf, p->answers.len);
	strbuf_reset(&p->answers);
}

void pane_key(const struct pane *p, enum pane_key key, struct strbuf *out)
{
	static const struct {
		const char *usual, *cursor; /* with DECCKM */
	} keys[PANE_NKEYS] = {
		[PANE_UP] = { "\033[A", "\033OA" },
		[PANE_DOWN] = { "\033[B", "\033OB" },
		[PANE_RIGHT] = { "\033[C", "\033OC" },
		[PANE_LEFT] = { "\033[D", "\033OD" },
		[PANE_HOME] = { "\033[H", "\033OH" },
		[PANE_END] = { "\033[F", "\033OF" },
		[PANE_INSERT] = { "\033[2~", NULL },
		[PANE_DELETE] = { "\033[3~", NULL },
		[PANE_PAGE_UP] = { "\033[5~", NULL },
		[PANE_PAGE_DOWN] = { "\033[6~", NULL },
		[PANE_PASTE_BEGIN] = { "\033[200~", NULL },
		[PANE_PASTE_END] = { "\033[201~", NULL },
	};

	if (key >= PANE_PASTE_BEGIN && !p->filter.paste)
		return;
	(void)strbuf_addstr(out, p->filter.cursor_keys && keys[key].cursor
					 ? keys[key].cursor
					 : keys[key].usual);
}

/* ---- cells ---- */

static void refresh(struct pane *p)
{
	p->cursor_shown = pane_cursor(p, &p->cursor_row, &p->cursor_col);
	p->turned = tsm_screen_get_flags(p->screen) & TSM_SCREEN_INVERSE;
	p->age = tsm_screen_draw(p->screen, on_cell, p);
	p->stale = false;
}

const struct pane_cell *pane_row(struct pane *p, unsigned int row)
{
	if (p->stale)
		refresh(p);
	return row < p->rows ? &p->cells[(size_t)row * p->cols] : NULL;
}

static void add_cells(const struct pane_cell *cells, unsigned int n,
		      struct strbuf *out)
{
	for (unsigned int i = 0; cells && i < n; i++) {
		uint32_t ch = cells[i].ch ? cells[i].ch : ' ';
		char buf[4];

		if (cells[i].width)
			(void)strbuf_add(out, buf, text_encode(ch, buf));
		for (size_t k = 0; k < PANE_MARKS && cells[i].marks[k]; k++)
			(void)strbuf_add(out, buf,
					 text_encode(cells[i].marks[k], buf));
	}
}

static bool is_filled(const struct pane_cell *c)
{
	return c->ch || !c->width;
}

/* It has text up to its end, where a blank may stand: libtsm has no blanks. */
static bool may_go_on(struct pane *p, unsigned int row)
{
	const struct pane_cell *cells = pane_row(p, row);

	return cells && (is_filled(&cells[p->cols - 1]) ||
			 is_filled(&cells[p->cols - 2]));
}

void pane_line(struct pane *p, struct strbuf *out)
{
	unsigned int row, col, from;

	(void)pane_cursor(p, &row, &col);
	if (waits_to_wrap(p))
		col++;
	from = row;
	while (from && row - from < LINE_ROWS && may_go_on(p, from - 1))
		from--;
	for (; from < row; from++)
		add_cells(pane_row(p, from), p->cols, out);
	add_cells(pane_row(p, row), col, out);
}
