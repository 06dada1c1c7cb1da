/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a host prints, as cells.
 *
 * The sequences are those of ECMA-48; a string without end ends with the line,
 * so that no host can swallow what it prints later.
 */
#include "ui/sgr.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/banned.h"

#define NPARAMS	  32
#define PARAM_MAX 9999
#define MARKS_MAX 64 /* bytes of a character with its marks */

struct parser {
	struct sgr_line *line;
	const unsigned char *p, *end;
	size_t column;
	struct sgr_style style;
};

struct params {
	unsigned int v[NPARAMS];
	bool sub[NPARAMS]; /* parted by ':' from the one before */
	size_t n;
};

void sgr_line_init(struct sgr_line *line)
{
	*line = (struct sgr_line){ 0 };
	/* Each byte of input becomes four of text at most, and blanks. */
	strbuf_init(&line->text, 16 * SGR_LINE_MAX);
}

void sgr_line_release(struct sgr_line *line)
{
	strbuf_release(&line->text);
	free(line->cells);
	line->cells = NULL;
	line->ncells = line->cap = 0;
}

/* ---- cells ---- */

/* A blank; all of them are the first byte of the text. */
static struct sgr_cell blank(struct sgr_style style)
{
	return (struct sgr_cell){ .len = 1, .width = 1, .style = style };
}

/* Nothing but a terminal's own blanks up to `column`. */
static void fill(struct sgr_line *line, size_t column)
{
	while (line->ncells < column) {
		line->cells = grow_array(line->cells, &line->cap, line->ncells,
					 sizeof(*line->cells));
		line->cells[line->ncells++] = blank(SGR_PLAIN);
	}
}

/* Both halves of what is at `column` go. */
static void wipe(struct sgr_line *line, size_t column)
{
	struct sgr_cell *c = &line->cells[column];

	if (!c->len)
		c[-1] = blank(c[-1].style);
	if (c->width == 2)
		c[1] = blank(c->style);
	*c = blank(c->style);
}

static void put_wide(struct parser *ps, const char *s, size_t len,
		     unsigned int width)
{
	struct sgr_line *line = ps->line;
	struct sgr_cell cell = { .at = (uint32_t)line->text.len,
				 .len = (uint16_t)len,
				 .width = (uint16_t)width,
				 .style = ps->style };

	(void)strbuf_add(&line->text, s, len);
	fill(line, ps->column + width);
	for (unsigned int i = 0; i < width; i++)
		wipe(line, ps->column + i);
	line->cells[ps->column] = cell;
	if (width == 2)
		line->cells[ps->column + 1] =
			(struct sgr_cell){ .style = ps->style };
	ps->column += width;
}

/* A mark goes to the character before it, where that was just written. */
static void put_mark(struct parser *ps, const char *s, size_t len)
{
	struct sgr_line *line = ps->line;
	struct sgr_cell *c;

	if (!ps->column)
		return;
	c = &line->cells[ps->column - 1];
	if (!c->len)
		c--;
	if (c->at + c->len != line->text.len || c->len + len > MARKS_MAX)
		return;
	(void)strbuf_add(&line->text, s, len);
	c->len = (uint16_t)(c->len + len);
}

static void put(struct parser *ps, const unsigned char *p, size_t len)
{
	struct strbuf seen = STRBUF_INIT(64);
	size_t width;

	if (*p >= 0x20 && *p < 0x7f) {
		put_wide(ps, (const char *)p, 1, 1);
		return;
	}
	text_vis(&seen, p, len, VIS_LINE);
	if (seen.len != len) {
		for (size_t i = 0; i < seen.len; i++)
			put_wide(ps, seen.buf + i, 1, 1);
	} else {
		width = text_width(seen.buf, len);
		if (width)
			put_wide(ps, seen.buf, len, (unsigned int)width);
		else
			put_mark(ps, seen.buf, len);
	}
	strbuf_release(&seen);
}

static void tab(struct parser *ps)
{
	ps->column = (ps->column | 7) + 1;
	fill(ps->line, ps->column);
}

/* CSI K: 0 from here to the end, 1 from the beginning to here, 2 all. */
static void erase(struct parser *ps, unsigned int what)
{
	struct sgr_line *line = ps->line;
	size_t from = what == 0 ? ps->column : 0;
	size_t to = what == 1 ? ps->column + 1 : line->ncells;

	if (what > 2)
		return;
	for (size_t i = from; i < to && i < line->ncells; i++)
		wipe(line, i);
	if (what == 1)
		return;
	if (from < line->ncells)
		line->ncells = from;
	fill(line, ps->column);
}

/* ---- colours ---- */

static unsigned int square(unsigned int a, unsigned int b)
{
	return a > b ? (a - b) * (a - b) : (b - a) * (b - a);
}

/* The step of the colour cube, 0 to 5, that is nearest. */
static unsigned int nearest_step(unsigned int v)
{
	return v < 48 ? 0 : v < 115 ? 1 : (v - 35) / 40;
}

static int16_t nearest(unsigned int r, unsigned int g, unsigned int b)
{
	static const unsigned int steps[] = { 0, 95, 135, 175, 215, 255 };
	unsigned int sr = nearest_step(r);
	unsigned int sg = nearest_step(g);
	unsigned int sb = nearest_step(b);
	unsigned int mean = (r + g + b) / 3;
	unsigned int grey = mean < 8 ? 0 : mean > 238 ? 23 : (mean - 3) / 10;
	unsigned int level = 8 + 10 * grey;
	unsigned int cube = square(r, steps[sr]) + square(g, steps[sg]) +
			    square(b, steps[sb]);

	if (square(r, level) + square(g, level) + square(b, level) < cube)
		return (int16_t)(232 + grey);
	return (int16_t)(16 + 36 * sr + 6 * sg + sb);
}

/*
 * 38, 48 and 58 with what follows: "5;N" or "2;R;G;B", with colons "2:R:G:B"
 * or "2:ID:R:G:B".  `*i` is left at the last parameter that belongs to it.
 * Returns false if there is no such colour.
 */
static bool extended(const struct params *ps, size_t *i, int16_t *colour)
{
	size_t at = *i + 1;
	size_t last = at;
	bool colons = at < ps->n && ps->sub[at];
	const unsigned int *v = ps->v;

	while (colons && last < ps->n && ps->sub[last])
		last++;
	if (!colons)
		last = at < ps->n && v[at] == 2	  ? at + 4
		       : at < ps->n && v[at] == 5 ? at + 2
						  : at;
	*i = last - 1;
	if (last > ps->n || last < at + 2)
		return false;
	if (v[at] == 5) {
		*colour = (int16_t)v[at + 1];
		return v[at + 1] <= 255;
	}
	if (v[at] != 2 || last < at + 4)
		return false;
	at = last >= at + 5 ? at + 2 : at + 1;
	if (v[at] > 255 || v[at + 1] > 255 || v[at + 2] > 255)
		return false;
	*colour = nearest(v[at], v[at + 1], v[at + 2]);
	return true;
}

struct attr_row {
	unsigned int code;
	unsigned int set, clear; /* of enum sgr_attr */
};

static const struct attr_row attr_rows[] = {
	/* clang-format off */
	{ 1,  SGR_BOLD,      0 },
	{ 2,  SGR_DIM,       0 },
	{ 3,  SGR_ITALIC,    0 },
	{ 4,  SGR_UNDERLINE, 0 },
	{ 7,  SGR_REVERSE,   0 },
	{ 21, SGR_UNDERLINE, 0 },
	{ 22, 0, SGR_BOLD | SGR_DIM },
	{ 23, 0, SGR_ITALIC },
	{ 24, 0, SGR_UNDERLINE },
	{ 27, 0, SGR_REVERSE },
	/* clang-format on */
};

static void set_attr(struct sgr_style *style, unsigned int code)
{
	for (size_t i = 0; i < sizeof(attr_rows) / sizeof(attr_rows[0]); i++) {
		if (attr_rows[i].code != code)
			continue;
		style->attrs |= attr_rows[i].set;
		style->attrs &= ~attr_rows[i].clear;
	}
}

/* 30-37, 39, 90-97, and the same with 10 more behind: `base` is 30 or 90. */
static bool plain_colour(unsigned int code, int16_t *colour)
{
	if (code >= 30 && code <= 37)
		*colour = (int16_t)(code - 30);
	else if (code >= 90 && code <= 97)
		*colour = (int16_t)(code - 90 + 8);
	else if (code == 39)
		*colour = -1;
	else
		return false;
	return true;
}

static void set_code(struct sgr_style *style, unsigned int code)
{
	int16_t colour;

	if (!code)
		*style = SGR_PLAIN;
	else if (plain_colour(code, &colour))
		style->fg = colour;
	else if (code >= 40 && plain_colour(code - 10, &colour))
		style->bg = colour;
	else
		set_attr(style, code);
}

static void set_extended(struct sgr_style *style, const struct params *ps,
			 size_t *i)
{
	unsigned int code = ps->v[*i];
	int16_t colour;

	if (!extended(ps, i, &colour))
		return;
	if (code == 38)
		style->fg = colour;
	else if (code == 48)
		style->bg = colour;
}

/* Of codes with parts "4:0" is no underline, and "4:3" another kind of it. */
static void set_parts(struct sgr_style *style, const struct params *ps,
		      size_t *i)
{
	if (ps->v[*i] == 4)
		set_attr(style, ps->v[*i + 1] ? 4 : 24);
	while (*i + 1 < ps->n && ps->sub[*i + 1])
		++*i;
}

static void set_style(struct sgr_style *style, const struct params *ps)
{
	for (size_t i = 0; i < ps->n; i++) {
		unsigned int code = ps->v[i];

		if (code == 38 || code == 48 || code == 58)
			set_extended(style, ps, &i);
		else if (i + 1 < ps->n && ps->sub[i + 1])
			set_parts(style, ps, &i);
		else
			set_code(style, code);
	}
}

/* ---- sequences ---- */

static void add_digit(struct params *ps, unsigned int digit)
{
	unsigned int *v = &ps->v[ps->n - 1];

	*v = *v * 10 + digit;
	if (*v > PARAM_MAX)
		*v = PARAM_MAX;
}

/* What follows CSI.  A byte that has no place in it ends it. */
static void read_csi(struct parser *ps)
{
	struct params params = { .n = 1 };
	bool known = true;

	for (; ps->p < ps->end; ps->p++) {
		unsigned char c = *ps->p;

		if (c >= '0' && c <= '9') {
			add_digit(&params, c - '0');
		} else if (c == ';' || c == ':') {
			if (params.n == NPARAMS) {
				known = false;
				continue;
			}
			params.sub[params.n] = c == ':';
			params.n++;
		} else if (c >= 0x20 && c <= 0x3f) {
			known = false; /* private, or intermediate */
		} else {
			break;
		}
	}
	if (ps->p == ps->end || *ps->p < 0x40 || *ps->p > 0x7e)
		return;
	if (known && *ps->p == 'm')
		set_style(&ps->style, &params);
	else if (known && *ps->p == 'K')
		erase(ps, params.v[0]);
	ps->p++;
}

/* What follows OSC, DCS, SOS, PM or APC: all up to ST or BEL, CAN or SUB. */
static void skip_string(struct parser *ps)
{
	while (ps->p < ps->end) {
		unsigned char c = *ps->p++;
		bool more = ps->p < ps->end;

		if (c == 0x07 || c == 0x18 || c == 0x1a)
			return;
		if ((c == 0x1b && more && *ps->p == '\\') ||
		    (c == 0xc2 && more && *ps->p == 0x9c)) {
			ps->p++;
			return;
		}
		if (c == 0x1b && more) {
			ps->p--; /* another sequence begins */
			return;
		}
	}
}

static void skip_char(struct parser *ps)
{
	if (ps->p < ps->end)
		ps->p += text_char(ps->p, (size_t)(ps->end - ps->p));
}

/* A control of C1, as the byte it has in ESC's way of saying it. */
static void read_c1(struct parser *ps, unsigned char c)
{
	switch (c) {
	case '[':
		read_csi(ps);
		break;
	case ']':
	case 'P':
	case 'X':
	case '^':
	case '_':
		skip_string(ps);
		break;
	case 'N': /* the next character of another set */
	case 'O':
		skip_char(ps);
		break;
	default:
		break;
	}
}

static void read_escape(struct parser *ps)
{
	while (ps->p < ps->end && *ps->p >= 0x20 && *ps->p <= 0x2f)
		ps->p++;
	if (ps->p == ps->end || *ps->p < 0x30 || *ps->p > 0x7e)
		return;
	ps->p++;
	if (ps->p[-2] == 0x1b)
		read_c1(ps, ps->p[-1]);
}

static void read_char(struct parser *ps)
{
	size_t len = text_char(ps->p, (size_t)(ps->end - ps->p));
	const unsigned char *p = ps->p;

	ps->p += len;
	switch (*p) {
	case '\r':
		ps->column = 0;
		break;
	case '\b':
		ps->column -= ps->column > 0;
		break;
	case '\t':
		tab(ps);
		break;
	case 0x07:
	case 0x0e:
	case 0x0f:
		break;
	case 0x1b:
		read_escape(ps);
		break;
	default:
		if (len == 2 && p[0] == 0xc2 && p[1] < 0xa0)
			read_c1(ps, (unsigned char)(p[1] - 0x40));
		else
			put(ps, p, len);
		break;
	}
}

void sgr_line_set(struct sgr_line *line, const void *bytes, size_t n)
{
	struct parser ps = { .line = line, .p = bytes, .style = SGR_PLAIN };

	assert(n <= SGR_LINE_MAX);
	ps.end = ps.p + n;
	line->ncells = 0;
	strbuf_reset(&line->text);
	(void)strbuf_addch(&line->text, ' ');
	while (ps.p < ps.end)
		read_char(&ps);
}

void sgr_line_text(const struct sgr_line *line, struct strbuf *out)
{
	for (size_t i = 0; i < line->ncells; i++)
		(void)strbuf_add(out, line->text.buf + line->cells[i].at,
				 line->cells[i].len);
}

void sgr_see(const void *bytes, size_t n, struct strbuf *out)
{
	struct sgr_line line;

	sgr_line_init(&line);
	sgr_line_set(&line, bytes, n);
	sgr_line_text(&line, out);
	sgr_line_release(&line);
}

size_t sgr_line_wrap(const struct sgr_line *line, size_t from, size_t width)
{
	size_t to;

	assert(width >= 2);
	if (line->ncells - from <= width)
		return line->ncells;
	to = from + width;
	return line->cells[to].len ? to : to - 1;
}
