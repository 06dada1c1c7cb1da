/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A host's terminal, through libvterm.
 */
#include "ui/pane.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vterm.h>

#include "base/alloc.h"
#include "ui/vtfilter.h"

#include "base/banned.h"

/* A row that left the screen, without the blanks at its end. */
struct back_row {
	VTermScreenCell *cells;
	size_t n;
};

struct pane {
	VTerm *vt;
	VTermScreen *screen;
	struct vtfilter filter; /* before it */
	unsigned int rows, cols;
	bool *changed; /* by row */
	bool any_changed;
	bool cursor_visible;
	bool alternate;
	bool pressing;		/* what comes out is a key, no answer */
	struct strbuf *pressed; /* where that goes */
	struct strbuf answers;
	struct back_row back[PANE_BACK_ROWS]; /* a ring */
	size_t back_first, back_n, back_bytes;
};

/* ---- rows above the screen ---- */

static struct back_row *back_at(struct pane *p, size_t i)
{
	return &p->back[(p->back_first + i) % PANE_BACK_ROWS];
}

static void back_forget(struct pane *p, struct back_row *row)
{
	p->back_bytes -= row->n * sizeof(*row->cells);
	free(row->cells);
	*row = (struct back_row){ 0 };
	p->back_n--;
}

static void back_drop_oldest(struct pane *p)
{
	back_forget(p, back_at(p, 0));
	p->back_first = (p->back_first + 1) % PANE_BACK_ROWS;
}

static bool is_blank(const VTermScreenCell *c)
{
	return (c->chars[0] == 0 || c->chars[0] == ' ') &&
	       VTERM_COLOR_IS_DEFAULT_BG(&c->bg) && !c->attrs.reverse &&
	       !c->attrs.underline && !c->attrs.strike;
}

static int on_push(int cols, const VTermScreenCell *cells, void *arg)
{
	struct pane *p = arg;
	size_t n = cols > 0 ? (size_t)cols : 0;
	struct back_row *row;

	while (n && is_blank(&cells[n - 1]))
		n--;
	if (p->back_n == PANE_BACK_ROWS)
		back_drop_oldest(p);
	while (p->back_n &&
	       p->back_bytes + n * sizeof(*cells) > PANE_BACK_BYTES)
		back_drop_oldest(p);
	row = back_at(p, p->back_n++);
	row->n = n;
	if (n) {
		row->cells = xmalloc(n * sizeof(*cells));
		memcpy(row->cells, cells, n * sizeof(*cells));
	}
	p->back_bytes += n * sizeof(*cells);
	return 1;
}

static void blank_cell(VTermScreenCell *c)
{
	memset(c, 0, sizeof(*c));
	c->width = 1;
	c->fg.type = VTERM_COLOR_DEFAULT_FG;
	c->bg.type = VTERM_COLOR_DEFAULT_BG;
}

/* The screen has grown: its first row is one that had left it, when it may
 * have been wider.  A wide character must not reach over the edge. */
static int on_pop(int cols, VTermScreenCell *cells, void *arg)
{
	struct pane *p = arg;
	struct back_row *row;

	if (!p->back_n)
		return 0;
	row = back_at(p, p->back_n - 1);
	for (int i = 0; i < cols; i++) {
		if ((size_t)i < row->n &&
		    (row->cells[i].width == 1 || i + 1 < cols))
			cells[i] = row->cells[i];
		else
			blank_cell(&cells[i]);
	}
	back_forget(p, row);
	return 1;
}

/* ---- what libvterm tells ---- */

static int on_damage(VTermRect rect, void *arg)
{
	struct pane *p = arg;

	for (int row = rect.start_row; row < rect.end_row; row++)
		if (row >= 0 && (unsigned int)row < p->rows)
			p->changed[row] = true;
	p->any_changed = true;
	return 1;
}

static int on_cursor(VTermPos pos, VTermPos old, int visible, void *arg)
{
	struct pane *p = arg;

	(void)pos;
	(void)old;
	(void)visible;
	p->any_changed = true;
	return 1;
}

static int on_property(VTermProp prop, VTermValue *val, void *arg)
{
	struct pane *p = arg;

	if (prop == VTERM_PROP_CURSORVISIBLE)
		p->cursor_visible = val->boolean;
	else if (prop == VTERM_PROP_ALTSCREEN)
		p->alternate = val->boolean;
	p->any_changed = true;
	return 1;
}

/* Nothing that could end a line there, or mean something to a shell. */
static bool is_harmless(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c != 033 && (c < ' ' || c > '~'))
			return false;
	}
	return true;
}

static void on_output(const char *s, size_t n, void *arg)
{
	struct pane *p = arg;

	if (p->pressing)
		(void)strbuf_add(p->pressed, s, n);
	else if (is_harmless(s, n))
		(void)strbuf_add(&p->answers, s, n);
}

static const VTermScreenCallbacks callbacks = {
	.damage = on_damage,
	.movecursor = on_cursor,
	.settermprop = on_property,
	.sb_pushline = on_push,
	.sb_popline = on_pop,
};

static void on_filtered(void *arg, const char *buf, size_t n)
{
	struct pane *p = arg;

	(void)vterm_input_write(p->vt, buf, n);
}

/* ---- life and size ---- */

static unsigned int within(unsigned int n, unsigned int min, unsigned int max)
{
	return n < min ? min : n > max ? max : n;
}

static void all_changed(struct pane *p)
{
	for (unsigned int i = 0; i < p->rows; i++)
		p->changed[i] = true;
	p->any_changed = true;
}

struct pane *pane_new(unsigned int rows, unsigned int cols)
{
	struct pane *p = xcalloc(1, sizeof(*p));

	p->rows = within(rows, PANE_ROWS_MIN, PANE_ROWS_MAX);
	p->cols = within(cols, PANE_COLS_MIN, PANE_COLS_MAX);
	p->changed = xcalloc(p->rows, sizeof(*p->changed));
	p->cursor_visible = true;
	strbuf_init(&p->answers, PANE_ANSWER_MAX);
	p->vt = vterm_new((int)p->rows, (int)p->cols);
	vterm_set_utf8(p->vt, 1);
	vterm_output_set_callback(p->vt, on_output, p);
	vtfilter_init(&p->filter, on_filtered, p);
	p->screen = vterm_obtain_screen(p->vt);
	vterm_screen_enable_altscreen(p->screen, 1);
	vterm_screen_set_callbacks(p->screen, &callbacks, p);
	vterm_screen_set_damage_merge(p->screen, VTERM_DAMAGE_ROW);
	vterm_screen_reset(p->screen, 1);
	all_changed(p);
	return p;
}

void pane_free(struct pane *p)
{
	if (!p)
		return;
	vterm_free(p->vt);
	while (p->back_n)
		back_drop_oldest(p);
	strbuf_release(&p->answers);
	free(p->changed);
	free(p);
}

bool pane_cursor(const struct pane *p, unsigned int *row, unsigned int *col)
{
	VTermPos pos;

	vterm_state_get_cursorpos(vterm_obtain_state(p->vt), &pos);
	*row = pos.row < 0 ? 0 : (unsigned int)pos.row;
	*col = pos.col < 0 ? 0 : (unsigned int)pos.col;
	if (*row >= p->rows)
		*row = p->rows - 1;
	if (*col >= p->cols)
		*col = p->cols - 1;
	return p->cursor_visible;
}

/*
 * libvterm moves the cursor up with the text when rows are lost, past the
 * first one where the text below it is longer than what is left; the next
 * sequence would write there.
 */
static void mend_cursor(struct pane *p)
{
	unsigned int row, col;
	char home[32];
	VTermPos pos;
	int n;

	vterm_state_get_cursorpos(vterm_obtain_state(p->vt), &pos);
	if (pos.row >= 0 && pos.row < (int)p->rows && pos.col >= 0 &&
	    pos.col < (int)p->cols)
		return;
	(void)pane_cursor(p, &row, &col);
	n = snprintf(home, sizeof(home), "\033[?6l\033[%u;%uH", row + 1,
		     col + 1);
	(void)vterm_input_write(p->vt, home, (size_t)n);
}

void pane_resize(struct pane *p, unsigned int rows, unsigned int cols)
{
	rows = within(rows, PANE_ROWS_MIN, PANE_ROWS_MAX);
	cols = within(cols, PANE_COLS_MIN, PANE_COLS_MAX);
	if (rows == p->rows && cols == p->cols)
		return;
	free(p->changed);
	p->changed = xcalloc(rows, sizeof(*p->changed));
	p->rows = rows;
	p->cols = cols;
	vterm_set_size(p->vt, (int)rows, (int)cols);
	mend_cursor(p);
	vterm_screen_flush_damage(p->screen);
	all_changed(p);
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

void pane_write(struct pane *p, const void *buf, size_t n)
{
	vtfilter_write(&p->filter, buf, n);
	vterm_screen_flush_damage(p->screen);
}

void pane_answers(struct pane *p, struct strbuf *out)
{
	if (p->answers.len)
		(void)strbuf_add(out, p->answers.buf, p->answers.len);
	strbuf_reset(&p->answers);
}

void pane_key(struct pane *p, enum pane_key key, struct strbuf *out)
{
	static const VTermKey keys[PANE_NKEYS] = {
		[PANE_UP] = VTERM_KEY_UP,
		[PANE_DOWN] = VTERM_KEY_DOWN,
		[PANE_RIGHT] = VTERM_KEY_RIGHT,
		[PANE_LEFT] = VTERM_KEY_LEFT,
		[PANE_HOME] = VTERM_KEY_HOME,
		[PANE_END] = VTERM_KEY_END,
		[PANE_INSERT] = VTERM_KEY_INS,
		[PANE_DELETE] = VTERM_KEY_DEL,
		[PANE_PAGE_UP] = VTERM_KEY_PAGEUP,
		[PANE_PAGE_DOWN] = VTERM_KEY_PAGEDOWN,
	};

	p->pressing = true;
	p->pressed = out;
	if (key == PANE_PASTE_BEGIN)
		vterm_keyboard_start_paste(p->vt);
	else if (key == PANE_PASTE_END)
		vterm_keyboard_end_paste(p->vt);
	else
		vterm_keyboard_key(p->vt, keys[key], VTERM_MOD_NONE);
	p->pressing = false;
	p->pressed = NULL;
}

/* ---- cells ---- */

static size_t put_utf8(char *to, uint32_t c)
{
	if (c < 0x80) {
		to[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		to[0] = (char)(0xc0 | c >> 6);
		to[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		to[0] = (char)(0xe0 | c >> 12);
		to[1] = (char)(0x80 | (c >> 6 & 0x3f));
		to[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	to[0] = (char)(0xf0 | c >> 18);
	to[1] = (char)(0x80 | (c >> 12 & 0x3f));
	to[2] = (char)(0x80 | (c >> 6 & 0x3f));
	to[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

/* Controls of both kinds, halves of pairs, what is no character. */
static bool is_printable(uint32_t c)
{
	return c >= ' ' && !(c >= 0x7f && c < 0xa0) &&
	       !(c >= 0xd800 && c < 0xe000) && c <= 0x10ffff &&
	       /* what turns the direction of text, and parts lines */
	       !(c >= 0x200e && c <= 0x200f) && !(c >= 0x2028 && c <= 0x202e) &&
	       !(c >= 0x2066 && c <= 0x2069);
}

static unsigned int distance(int a, int b)
{
	return (unsigned int)((a - b) * (a - b));
}

/* The nearest of the cube and the greys of the 256. */
static short nearest(int r, int g, int b)
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
	return (short)(greys < cube ? 232 + grey : index);
}

static short colour(const VTermColor *c, bool is_default)
{
	if (is_default)
		return PANE_DEFAULT_COLOUR;
	if (VTERM_COLOR_IS_INDEXED(c))
		return c->indexed.idx;
	return nearest(c->rgb.red, c->rgb.green, c->rgb.blue);
}

static void blank(struct pane_cell *cell)
{
	*cell = (struct pane_cell){ .text = " ",
				    .width = 1,
				    .fg = PANE_DEFAULT_COLOUR,
				    .bg = PANE_DEFAULT_COLOUR };
}

static void convert(const VTermScreenCell *from, struct pane_cell *to)
{
	size_t n = 0;

	blank(to);
	to->fg = colour(&from->fg, VTERM_COLOR_IS_DEFAULT_FG(&from->fg));
	to->bg = colour(&from->bg, VTERM_COLOR_IS_DEFAULT_BG(&from->bg));
	to->attrs =
		(unsigned char)((from->attrs.bold ? PANE_BOLD : 0) |
				(from->attrs.underline ? PANE_UNDERLINE : 0) |
				(from->attrs.italic ? PANE_ITALIC : 0) |
				(from->attrs.blink ? PANE_BLINK : 0) |
				(from->attrs.reverse ? PANE_REVERSE : 0) |
				(from->attrs.strike ? PANE_STRIKE : 0));
	if (from->chars[0] == (uint32_t)-1) {
		to->text[0] = '\0';
		to->width = 0;
		return;
	}
	for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && from->chars[i]; i++)
		if (is_printable(from->chars[i]))
			n += put_utf8(to->text + n, from->chars[i]);
		else if (!i)
			return;
	if (!n)
		return;
	to->text[n] = '\0';
	to->width = from->width == 2 ? 2 : 1;
}

void pane_cell(const struct pane *p, unsigned int row, unsigned int col,
	       struct pane_cell *cell)
{
	VTermScreenCell c;

	blank(cell);
	memset(&c, 0, sizeof(c));
	if (row < p->rows && col < p->cols &&
	    vterm_screen_get_cell(p->screen, (VTermPos){ (int)row, (int)col },
				  &c))
		convert(&c, cell);
}

size_t pane_back(const struct pane *p)
{
	return p->back_n;
}

void pane_back_cell(const struct pane *p, size_t up, unsigned int col,
		    struct pane_cell *cell)
{
	const struct back_row *row;

	blank(cell);
	if (!up || up > p->back_n)
		return;
	row = &p->back[(p->back_first + p->back_n - up) % PANE_BACK_ROWS];
	if (col < row->n)
		convert(&row->cells[col], cell);
}

bool pane_alternate(const struct pane *p)
{
	return p->alternate;
}

bool pane_row_changed(const struct pane *p, unsigned int row)
{
	return row < p->rows && p->changed[row];
}

bool pane_changed(const struct pane *p)
{
	return p->any_changed;
}

void pane_drawn(struct pane *p)
{
	memset(p->changed, 0, p->rows * sizeof(*p->changed));
	p->any_changed = false;
}
