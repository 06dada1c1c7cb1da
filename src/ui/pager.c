/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows of lines: wrapped, scrolled, followed, searched.
 *
 * Where it stands is a line and a column in it, never a row from the
 * beginning: nobody knows how many rows a gigabyte makes.
 */
#include "ui/pager.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/anycase.h"
#include "base/banned.h"

#define NO_LINE UINT64_MAX

/* A row: its line, and the column where it begins. */
struct place {
	uint64_t line;
	size_t column;
};

void pager_init(struct pager *p, const struct pager_source *source, void *arg)
{
	*p = (struct pager){ .height = 1, .width = 80 };
	sgr_line_init(&p->line);
	strbuf_init(&p->bytes, 2 * SGR_LINE_MAX);
	strbuf_init(&p->sought, SGR_LINE_MAX);
	strbuf_init(&p->plain, 16 * SGR_LINE_MAX);
	pager_show(p, source, arg);
}

void pager_release(struct pager *p)
{
	if (!p->source)
		return;
	sgr_line_release(&p->line);
	strbuf_release(&p->bytes);
	strbuf_release(&p->sought);
	strbuf_release(&p->plain);
	*p = (struct pager){ 0 };
}

void pager_show(struct pager *p, const struct pager_source *source, void *arg)
{
	p->source = source;
	p->arg = arg;
	p->top = 0;
	p->column = 0;
	p->found = NO_LINE;
	p->seeking = NO_LINE;
	p->loaded = NO_LINE;
}

static uint64_t count(const struct pager *p)
{
	return p->source->lines(p->arg);
}

static size_t columns(const struct pager *p)
{
	return p->width - p->marks;
}

/*
 * Make `line` the line `number`, if there is one: of those that were there all
 * may be gone.  Those at the end may still grow.
 */
static int load(struct pager *p, uint64_t number, struct err *err)
{
	p->loaded = NO_LINE;
	strbuf_reset(&p->bytes);
	if (number >= count(p))
		return -1;
	if (p->source->read(p->arg, number, &p->bytes, &p->kind, err))
		return -1;
	sgr_line_set(&p->line, p->bytes.buf, p->bytes.len);
	p->loaded = number;
	return 0;
}

/* A line that cannot be read has one row. */
static size_t row_end(struct pager *p, struct place at)
{
	if (p->loaded != at.line && load(p, at.line, NULL))
		return 0;
	return at.column < p->line.ncells
		       ? sgr_line_wrap(&p->line, at.column, columns(p))
		       : at.column;
}

/* The row after `at`; false at the last. */
static bool next_row(struct pager *p, struct place *at)
{
	size_t end = row_end(p, *at);

	if (p->loaded == at->line && end < p->line.ncells) {
		at->column = end;
		return true;
	}
	if (at->line + 1 >= count(p))
		return false;
	*at = (struct place){ .line = at->line + 1 };
	return true;
}

/* The last row of a line that begins before column `limit`. */
static struct place last_row(struct pager *p, uint64_t line, size_t limit)
{
	struct place at = { .line = line };

	for (;;) {
		size_t end = row_end(p, at);

		if (p->loaded != line || end >= p->line.ncells || end >= limit)
			return at;
		at.column = end;
	}
}

static bool previous_row(struct pager *p, struct place *at)
{
	if (at->column) {
		*at = last_row(p, at->line, at->column);
		return true;
	}
	if (!at->line)
		return false;
	*at = last_row(p, at->line - 1, SIZE_MAX);
	return true;
}

/* Where the first row is when the last one of all is at the bottom. */
static struct place bottom(struct pager *p)
{
	uint64_t lines = count(p);
	struct place at = { 0 };

	if (!lines)
		return at;
	at = last_row(p, lines - 1, SIZE_MAX);
	for (size_t i = 1; i < p->height && previous_row(p, &at); i++)
		continue;
	return at;
}

static bool is_before(struct place a, struct place b)
{
	return a.line < b.line || (a.line == b.line && a.column < b.column);
}

static struct place here(const struct pager *p)
{
	return (struct place){ .line = p->top, .column = p->column };
}

static void go(struct pager *p, struct place at)
{
	p->top = at.line;
	p->column = at.column;
}

/* What is kept of a line may have changed: its end came. */
static void forget(struct pager *p)
{
	p->loaded = NO_LINE;
}

/* Not further than where the last row is at the bottom. */
static void clamp(struct pager *p)
{
	struct place last;

	forget(p);
	last = bottom(p);
	if (p->follow || is_before(last, here(p)))
		go(p, last);
}

void pager_size(struct pager *p, size_t height, size_t width)
{
	if (height == p->height && width == p->width)
		return;
	p->height = height ? height : 1;
	p->width = width > 2 ? width : 3;
	forget(p);
	/* A row begins elsewhere now. */
	if (p->top < count(p))
		go(p, last_row(p, p->top, p->column + 1));
}

void pager_scroll(struct pager *p, long rows)
{
	struct place at;

	clamp(p);
	at = here(p);
	for (; rows < 0 && previous_row(p, &at); rows++)
		p->follow = false;
	for (; rows > 0 && next_row(p, &at); rows--)
		continue;
	go(p, at);
	clamp(p);
}

void pager_home(struct pager *p)
{
	p->follow = false;
	go(p, (struct place){ 0 });
}

void pager_end(struct pager *p)
{
	pager_set_follow(p, true);
}

void pager_set_follow(struct pager *p, bool follow)
{
	p->follow = follow;
	clamp(p);
}

bool pager_at_end(struct pager *p)
{
	forget(p);
	return !is_before(here(p), bottom(p));
}

/* Where the text stands in the line that is loaded, by columns. */
static bool find_in_line(struct pager *p, size_t *from, size_t *to)
{
	const struct sgr_line *line = &p->line;
	size_t i = 0;
	size_t n = 0;
	size_t at;
	size_t len;

	strbuf_reset(&p->plain);
	sgr_line_text(line, &p->plain);
	at = anycase_find(p->plain.buf, p->plain.len, p->sought.buf, &len);
	if (at == SIZE_MAX)
		return false;
	while (i < line->ncells && n + line->cells[i].len <= at)
		n += line->cells[i++].len;
	*from = i;
	while (i < line->ncells && n < at + len)
		n += line->cells[i++].len;
	*to = i;
	return true;
}

bool pager_key(struct pager *p, const struct key *k)
{
	const long page = (long)p->height - 1;
	uint32_t c = k->kind == KEY_CHAR && !k->mods ? k->code : 0;

	if (k->kind == KEY_UP)
		pager_scroll(p, -1);
	else if (k->kind == KEY_DOWN)
		pager_scroll(p, 1);
	else if (k->kind == KEY_PAGE_UP)
		pager_scroll(p, -page);
	else if (k->kind == KEY_PAGE_DOWN || c == ' ')
		pager_scroll(p, page);
	else if (k->kind == KEY_HOME || c == 'g')
		pager_home(p);
	else if (k->kind == KEY_END || c == 'G')
		pager_end(p);
	else
		return false;
	return true;
}

int pager_draw(struct pager *p, pager_row_fn *fn, void *arg, struct err *err)
{
	struct place at;
	size_t row = 0;

	clamp(p);
	at = here(p);
	if (!count(p))
		return 0;
	do {
		struct pager_row r = { .row = row, .number = at.line };

		if (p->loaded != at.line && load(p, at.line, err))
			return -1;
		r.kind = p->kind;
		r.line = &p->line;
		r.from = at.column;
		r.to = row_end(p, at);
		if (p->sought.len)
			(void)find_in_line(p, &r.match_from, &r.match_to);
		fn(arg, &r);
	} while (++row < p->height && next_row(p, &at));
	return 0;
}

void pager_search(struct pager *p, const char *text, bool backward)
{
	bool again = !text && p->found != NO_LINE;
	uint64_t from = again ? p->found : p->top;

	if (text) {
		strbuf_reset(&p->sought);
		anycase_fold(&p->sought, text, strlen(text));
	}
	if (again && backward)
		from = from ? from - 1 : NO_LINE;
	else if (again)
		from++;
	/* All of them may have gone. */
	if (from != NO_LINE && from >= count(p))
		from = backward && count(p) ? count(p) - 1 : NO_LINE;
	p->backward = backward;
	p->round = false;
	p->seeking = p->begun = from;
}

/* Whether there is no line in this direction, or it has been looked at. */
static bool is_past(const struct pager *p)
{
	if (p->seeking >= count(p))
		return true;
	if (!p->round || p->begun == NO_LINE)
		return false;
	return p->backward ? p->seeking <= p->begun : p->seeking >= p->begun;
}

/* Go on at the other end.  False: it comes from there. */
static bool go_round(struct pager *p)
{
	if (p->round || !count(p))
		return false;
	p->round = true;
	p->seeking = p->backward ? count(p) - 1 : 0;
	return true;
}

enum pager_found pager_search_step(struct pager *p, struct err *err)
{
	size_t looked = 0;

	if (!p->sought.len)
		return PAGER_NOT_FOUND;
	for (int i = 0; i < PAGER_STEP && looked < PAGER_STEP_BYTES; i++) {
		uint64_t number = p->seeking;
		size_t from, to;

		if (is_past(p)) {
			if (!go_round(p))
				return PAGER_NOT_FOUND;
			continue;
		}
		if (load(p, number, err))
			return PAGER_NOT_FOUND;
		looked += p->bytes.len;
		if (find_in_line(p, &from, &to)) {
			p->found = number;
			p->follow = false;
			go(p, last_row(p, number, from + 1));
			clamp(p);
			return p->round ? PAGER_FOUND_ROUND : PAGER_FOUND;
		}
		if (p->backward)
			p->seeking = number ? number - 1 : NO_LINE;
		else
			p->seeking = number + 1;
	}
	return PAGER_GO_ON;
}
