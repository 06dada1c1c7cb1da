/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The header of a view, and its list of hosts.
 */
#include "ui/viewlist.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/gettext.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "conf/progress.h"
#include "ui/copysum.h"
#include "ui/hosttable.h"
#include "ui/panel.h"
#include "ui/screen.h"

#include "base/banned.h"

#define NS_PER_MS  1000000u
#define NAME_MIN_W 32
#define STATE_W	   14
#define TIME_W	   8
#define PERCENT_W  5
#define RATE_W	   30 /* beside the bar */
#define COPY_W	   40 /* the same of a copy */

enum colour {
	RED = 1,
	GREEN = 2,
	YELLOW = 3,
	BLUE = 4
};

static const struct screen_style bold = { SCREEN_COLOUR, SCREEN_COLOUR,
					  SCREEN_BOLD };
static const struct screen_style dim = { SCREEN_COLOUR, SCREEN_COLOUR,
					 SCREEN_DIM };
static const struct screen_style bar = { SCREEN_COLOUR, SCREEN_COLOUR,
					 SCREEN_REVERSE };

/* ---- the header ---- */

static void draw_title(const struct viewlist *l)
{
	struct strbuf text = STRBUF_INIT(STRBUF_MAX_TEXT);
	struct strbuf span = STRBUF_INIT(64);
	const char *command = l->command;
	unsigned int cols = screen_cols(l->screen);
	unsigned int width;

	text_seconds(&span, (l->now_ns - l->begin_ns) / NS_PER_MS);
	strbuf_addstr(&text, " rsh: ");
	if (command)
		text_vis(&text, command, strlen(command), VIS_LINE);
	(void)screen_put(l->screen, 0, 0, cols, text.buf, &bar);
	width = (unsigned int)span.len + 2;
	(void)screen_put(l->screen, 0, cols - width, width, " ", &bar);
	(void)screen_text(l->screen, 0, cols - width + 1, span.buf, &bar);
	strbuf_release(&text);
	strbuf_release(&span);
}

static void draw_counts(const struct viewlist *l)
{
	const struct hosttable *t = l->hosts;
	struct strbuf text = STRBUF_INIT(STRBUF_MAX_TEXT);

	strbuf_addf(
		&text,
		_("%zu/%zu done, %zu failed, %zu running, %zu connecting, %zu waiting"),
		hosttable_at(t, PHASE_DONE), hosttable_total(t),
		hosttable_failed(t), hosttable_at(t, PHASE_RUNNING),
		hosttable_at(t, PHASE_CONNECTING) +
			hosttable_at(t, PHASE_AUTHENTICATING),
		hosttable_at(t, PHASE_WAITING));
	(void)screen_put(l->screen, 1, 0, screen_cols(l->screen), text.buf,
			 &bold);
	strbuf_release(&text);
}

/* How many end in a second, and how long the rest takes at that rate. */
static void add_rate(const struct viewlist *l, struct strbuf *sb)
{
	size_t done = hosttable_at(l->hosts, PHASE_DONE);
	size_t left = hosttable_total(l->hosts) - done;
	uint64_t ms = (l->now_ns - l->begin_ns) / NS_PER_MS;

	if (!done || !ms)
		return;
	strbuf_addf(sb, "%.1f/s", (double)done * 1000 / (double)ms);
	if (!left)
		return;
	strbuf_addstr(sb, " ~");
	text_seconds(sb, ms * left / done);
}

/* Of bytes, where all that there are is known; else of hosts. */
static unsigned int percent_of_all(const struct viewlist *l)
{
	size_t total = hosttable_total(l->hosts);
	size_t done = hosttable_at(l->hosts, PHASE_DONE);

	if (l->sum && l->sum->all.all_known && l->sum->all.total)
		return (unsigned int)copied_percent(&l->sum->all);
	return total ? (unsigned int)(done * 100 / total) : 100;
}

/* What has been copied, how fast, and when it will be all; as it fits. */
static void add_sum(const struct viewlist *l, unsigned int width,
		    struct strbuf *sb)
{
	size_t before = sb->len;

	copied_text(sb, &l->sum->all, l->sum->per_s);
	if (text_width(sb->buf, sb->len) <= width)
		return;
	strbuf_truncate(sb, before);
	copied_pace(sb, &l->sum->all, l->sum->per_s);
}

static void draw_bar(const struct viewlist *l)
{
	const struct screen_style green = { GREEN, SCREEN_COLOUR, 0 };
	const unsigned int beside = l->sum ? COPY_W : RATE_W;
	struct strbuf text = STRBUF_INIT(256);
	unsigned int cols = screen_cols(l->screen);
	unsigned int width = cols > 2 * beside ? cols - beside
			     : l->sum	       ? cols / 3
					       : cols / 2;
	unsigned int percent = percent_of_all(l);
	unsigned int full = percent * width / 100;

	screen_draw(l->screen, 2, 0, full, SCREEN_BLOCK, &green);
	screen_draw(l->screen, 2, full, width - full, SCREEN_SHADE, &dim);
	strbuf_addf(&text, " %u%% ", percent);
	if (l->sum)
		add_sum(l, cols - width, &text);
	else
		add_rate(l, &text);
	(void)screen_text(l->screen, 2, width, text.buf, &screen_plain);
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

/* As wide as the names are, within a quarter and a third of the screen. */
static unsigned int name_width(const struct viewlist *l)
{
	unsigned int cols = screen_cols(l->screen);
	unsigned int least = cols / 4 < NAME_MIN_W ? cols / 4 : NAME_MIN_W;
	size_t names = hosttable_label_width(l->hosts);

	if (names > cols / 3)
		return cols / 3;
	return names > least ? (unsigned int)names : least;
}

void viewlist_where(const struct hosttable *t, struct strbuf *out)
{
	size_t shown = hosttable_shown(t);
	size_t marked = hosttable_marked(t, NULL, 0);
	const char *text = hosttable_text(t);

	strbuf_addf(out, "%zu/%zu %s", shown ? hosttable_cursor(t) + 1 : 0,
		    shown, _(filter_names[hosttable_filter(t)]));
	if (text)
		strbuf_addf(out, " &%s", text);
	strbuf_addf(out, ", %s", _(sort_names[hosttable_sort(t)]));
	if (marked)
		strbuf_addf(out, _(", %zu marked"), marked);
}

static bool are_all(const struct hosttable *t)
{
	return hosttable_shown(t) == hosttable_total(t) &&
	       !hosttable_marked(t, NULL, 0);
}

/* Where they are not all, that is more than the names of columns. */
static void draw_columns(const struct viewlist *l, unsigned int row)
{
	struct strbuf text = STRBUF_INIT(512);
	unsigned int col = 2 + name_width(l) + 1;
	unsigned int cols = screen_cols(l->screen);
	unsigned int width;
	bool fits;

	viewlist_where(l->hosts, &text);
	width = (unsigned int)text_width(text.buf, text.len);
	fits = col + STATE_W + 1 + TIME_W + width + 1 < cols;
	(void)screen_put(l->screen, row, 0, cols, "", &dim);
	if (fits || are_all(l->hosts)) {
		(void)screen_text(l->screen, row, 2, _("HOST"), &dim);
		(void)screen_text(l->screen, row, col, _("STATE"), &dim);
		(void)screen_text(l->screen, row, col + STATE_W + 1, _("TIME"),
				  &dim);
	} else {
		fits = true;
		width = width < cols ? width : cols;
	}
	if (fits)
		(void)screen_text(l->screen, row, cols - width, text.buf, &dim);
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

static void add_why(const struct hostrow *row, struct strbuf *text)
{
	if (row->result && row->result->err.msg)
		text_vis(text, row->result->err.msg,
			 strlen(row->result->err.msg), VIS_LINE);
}

void viewlist_copied(const struct hostrow *row, const struct result *r,
		     uint64_t now_ns, size_t width, struct strbuf *out)
{
	const struct copied *c = &r->copied;
	size_t before = out->len;
	uint64_t per_s;

	if (!row->running_ns)
		return;
	if (row->phase == PHASE_DONE) {
		(void)strbuf_addf(out,
				  ngettext("%llu file, ", "%llu files, ",
					   (unsigned long)c->files),
				  (unsigned long long)c->files);
		text_size(out, c->bytes);
		return;
	}
	per_s = copied_per_s(c->moved, now_ns - row->running_ns);
	copied_text(out, c, per_s);
	if (text_width(out->buf + before, out->len - before) <= width)
		return;
	strbuf_truncate(out, before);
	copied_pace(out, c, per_s);
}

/* Why it failed, or what was left out; else how far it is. */
static int add_copy(const struct viewlist *l, const struct hostrow *row,
		    unsigned int width, struct strbuf *text)
{
	const struct result *r = &l->copies[row->target->rank];

	add_why(row, text);
	if (row->result && !text->len && row->line)
		lastline_text(row->line, text);
	if (!text->len)
		viewlist_copied(row, r, l->now_ns, width, text);
	return row->phase == PHASE_RUNNING ? copied_percent(&r->copied) : -1;
}

/* Its last line, and how far it has come if the line tells. */
static void draw_line(const struct viewlist *l, unsigned int at,
		      unsigned int col, const struct hostrow *row,
		      struct screen_style style)
{
	struct strbuf text = STRBUF_INIT(STRBUF_MAX_TEXT);
	unsigned int cols = screen_cols(l->screen);
	int percent = -1;
	char digits[16];

	if (l->copies) {
		unsigned int used = col + PERCENT_W;

		percent =
			add_copy(l, row, cols > used ? cols - used : 0, &text);
	} else if (row->line && row->line->len) {
		lastline_text(row->line, &text);
		percent = progress_find(l->rules, text.buf, text.len);
	} else {
		add_why(row, &text);
	}
	for (size_t i = 0; i < text.len; i++)
		if (text.buf[i] == '\t')
			text.buf[i] = ' ';
	(void)snprintf(digits, sizeof(digits), "%3d%%", percent);
	(void)screen_put(l->screen, at, col, PERCENT_W,
			 percent >= 0 && !row->result ? digits : "", &style);
	col += PERCENT_W;
	if (col < cols)
		(void)screen_put(l->screen, at, col, cols - col, text.buf,
				 &style);
	strbuf_release(&text);
}

/* And the column after it. */
static void draw_name(const struct viewlist *l, unsigned int at,
		      unsigned int col, const char *label,
		      const struct screen_style *style)
{
	unsigned int width = name_width(l);
	unsigned int used = 0;
	size_t skip = 0;

	if (text_width(label, strlen(label)) > width)
		skip = hosttable_label_skip(l->hosts, width);
	if (skip)
		used = screen_put(l->screen, at, col, 2, "..", style);
	(void)screen_put(l->screen, at, col + used, width - used, label + skip,
			 style);
	(void)screen_put(l->screen, at, col + width, 1, "", style);
}

static void draw_row(const struct viewlist *l, unsigned int at, size_t i)
{
	const struct hostrow *row =
		hosttable_row(l->hosts, hosttable_rank(l->hosts, i));
	bool here = i == hosttable_cursor(l->hosts);
	struct screen_style style = here ? bar : screen_plain;
	static const char *const marks[2][2] = { { "  ", " *" },
						 { "> ", ">*" } };
	struct screen_style state = style;
	struct strbuf span = STRBUF_INIT(64);
	uint64_t ns = hostrow_time_ns(row, l->now_ns);
	char buf[48];
	unsigned int col = 0;
	const char *word = state_of(row, buf, sizeof(buf), &state);

	(void)screen_put(l->screen, at, col, 2, marks[here][row->marked],
			 &style);
	col += 2;
	draw_name(l, at, col, row->target->label, &style);
	col += name_width(l) + 1;
	(void)screen_put(l->screen, at, col, STATE_W + 1, word, &state);
	col += STATE_W + 1;
	if (row->begin_ns)
		text_seconds(&span, ns / NS_PER_MS);
	(void)screen_put(l->screen, at, col, TIME_W,
			 row->begin_ns ? span.buf : "", &style);
	col += TIME_W;
	draw_line(l, at, col, row, style);
	strbuf_release(&span);
}

void viewlist_header(const struct viewlist *l)
{
	draw_title(l);
	draw_counts(l);
	draw_bar(l);
}

void viewlist_draw(const struct viewlist *l, const struct panel_rect *at)
{
	unsigned int rows = at->rows ? at->rows - 1 : 0;
	size_t top = hosttable_top(l->hosts, rows);

	draw_columns(l, at->row);
	for (unsigned int i = 0;
	     i < rows && top + i < hosttable_shown(l->hosts); i++)
		draw_row(l, at->row + 1 + i, top + i);
}
