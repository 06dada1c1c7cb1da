/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The log, as a panel.
 */
#include "ui/loglines.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/banned.h"

/* What is above it has to have so many rows, or half of a small screen. */
#define LIST_ROWS 5

static uint64_t source_lines(void *arg)
{
	const struct loglines *l = arg;

	return l->n < LOGLINES_MAX ? l->n : LOGLINES_MAX;
}

static int source_read(void *arg, uint64_t number, struct strbuf *bytes,
		       enum pager_kind *kind, struct err *err)
{
	const struct loglines *l = arg;
	uint64_t first = l->n < LOGLINES_MAX ? 0 : l->n;
	size_t i = (size_t)((first + number) % LOGLINES_MAX);
	time_t when = (time_t)l->v[i].when;
	char clock[16];
	struct tm tm;

	(void)err;
	*kind = PAGER_PLAIN;
	if (l->times && localtime_r(&when, &tm) &&
	    strftime(clock, sizeof(clock), "%H:%M:%S ", &tm))
		(void)strbuf_addstr(bytes, clock);
	(void)strbuf_addstr(bytes, l->v[i].text);
	return 0;
}

static const struct pager_source source = { .lines = source_lines,
					    .read = source_read };

struct loglines *loglines_new(void)
{
	struct loglines *l = xcalloc(1, sizeof(*l));

	l->rows = LOGLINES_ROWS;
	l->fits = true;
	pager_init(&l->pager, &source, l);
	pager_end(&l->pager);
	return l;
}

void loglines_free(struct loglines *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < LOGLINES_MAX; i++)
		free(l->v[i].text);
	pager_release(&l->pager);
	free(l);
}

void loglines_add(struct loglines *l, const char *line, size_t n, int64_t when)
{
	size_t i = (size_t)(l->n % LOGLINES_MAX);

	while (n && (line[n - 1] == '\n' || line[n - 1] == '\r'))
		n--;
	/* The time in front has room, too. */
	if (n > SGR_LINE_MAX - 16)
		n = SGR_LINE_MAX - 16;
	free(l->v[i].text);
	l->v[i].text = xstrndup(line, n);
	l->v[i].when = when;
	l->n++;
	/* The lines moved up by one; so does what is looked at. */
	if (l->n > LOGLINES_MAX && l->pager.top && !l->pager.follow)
		l->pager.top--;
}

static void resize(struct loglines *l, bool more)
{
	if (more && l->rows < LOGLINES_ROWS_MAX)
		l->rows++;
	if (!more && l->rows > LOGLINES_ROWS_MIN)
		l->rows--;
}

bool loglines_key(struct loglines *l, const struct key *k)
{
	if (k->kind != KEY_CHAR || k->mods)
		return false;
	if (k->code == 'l') {
		l->shown = !l->shown;
		return true;
	}
	if (!l->shown || !l->fits)
		return false;
	switch (k->code) {
	case 'j':
		pager_scroll(&l->pager, 1);
		l->pager.follow = pager_at_end(&l->pager);
		break;
	case 'k':
		pager_scroll(&l->pager, -1);
		break;
	case '+':
	case '-':
		resize(l, k->code == '+');
		break;
	case 't':
		l->times = !l->times;
		break;
	default:
		return false;
	}
	return true;
}

size_t loglines_want(struct loglines *l, size_t rows)
{
	size_t most = rows / 2 > LIST_ROWS ? rows - LIST_ROWS : rows / 2;
	size_t want = l->rows < most ? l->rows : most;

	l->fits = want >= 2;
	return l->shown && l->fits ? want : 0;
}

static void draw_line(void *arg, const struct pager_row *row)
{
	canvas_line(arg, 0, row);
}

void loglines_draw(struct loglines *l, const struct canvas_area *a)
{
	struct canvas_area body = *a;
	struct sgr_style bar = { .fg = -1, .bg = -1, .attrs = SGR_REVERSE };

	if (a->rows < 2)
		return;
	canvas_keys(a, 0, bar, _(" log  j k move  + - size  t time  l hide"));
	body.row++;
	body.rows--;
	for (size_t i = 0; i < body.rows; i++)
		canvas_blank(&body, i);
	if (!l->n)
		canvas_row(&body, 0, SGR_PLAIN, _("no messages yet"));
	pager_size(&l->pager, body.rows, body.cols);
	/* As at first: what is new is in sight until somebody scrolls up. */
	(void)pager_draw(&l->pager, draw_line, &body, NULL);
}
