/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The keys of the view.
 */
#include "ui/helppage.h"

#include "base/gettext.h"

#include "base/banned.h"

/* None is wider than the smallest screen. */
static const char *const help_lines[] = {
	N_("Up Down PgUp PgDn Home End  move"),
	N_("/ n N   search, next, previous"),
	N_("o a &   order, filter, filter by text"),
	N_("Enter   output of this host"),
	N_("1-9     output of that one in sight"),
	N_("Space * mark this host, all shown"),
	N_("u       take all marks away"),
	N_("s       side by side: marked, or below"),
	N_("d       diff of two marked, or to most"),
	N_("k       stop this host, or the marked"),
	N_("r       again where it failed, or those"),
	N_("l       the log; in it j k + - t"),
	N_("q       leave the view, go on"),
	N_("Ctrl+C  state; again: end the run"),
	N_("In output:"),
	N_("arrows Space g G    scroll"),
	N_("f / n N follow, search, next, previous"),
	N_("Tab Left Right 1-9  another; Esc back"),
};

static uint64_t count(void *arg)
{
	(void)arg;
	return sizeof(help_lines) / sizeof(help_lines[0]);
}

static int read_line(void *arg, uint64_t number, struct strbuf *bytes,
		     enum pager_kind *kind, struct err *err)
{
	(void)arg;
	(void)err;
	*kind = PAGER_PLAIN;
	(void)strbuf_addstr(bytes, _(help_lines[number]));
	return 0;
}

static const struct pager_source source = { .lines = count, .read = read_line };

void helppage_init(struct helppage *h)
{
	pager_init(&h->pager, &source, NULL);
	h->pager.marks = true;
}

void helppage_release(struct helppage *h)
{
	pager_release(&h->pager);
}

bool helppage_key(struct helppage *h, const struct key *k)
{
	return pager_key(&h->pager, k);
}

static void draw_row(void *arg, const struct pager_row *row)
{
	canvas_line(arg, 1, row);
}

void helppage_draw(struct helppage *h, const struct canvas_area *a)
{
	struct canvas_area area = *a;

	for (size_t i = 0; i < a->rows; i++)
		canvas_blank(a, i);
	pager_size(&h->pager, a->rows, a->cols);
	(void)pager_draw(&h->pager, draw_row, &area, NULL);
}
