/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hosts of a run as rows.
 */
#include "ui/hosttable.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/anycase.h"
#include "base/text.h"

#include "base/banned.h"

#define NS_PER_S 1000000000ull

struct hosttable {
	struct hostrow *rows; /* by rank */
	size_t n;
	size_t at[PHASE_DONE + 1], failed;
	size_t *order; /* ranks that are shown, in their order */
	size_t nshown;
	size_t cursor;	    /* rank of the host it is on */
	size_t place;	    /* where that is in `order` */
	size_t top, height; /* of what is in sight */
	size_t nmarked;
	size_t label_width;	 /* of the widest */
	size_t skip, skip_width; /* of labels wider than that */
	enum hosttable_sort sort;
	enum hosttable_filter filter;
	char *text;	      /* or NULL */
	struct strbuf folded; /* the same as it is searched */
	bool stale;	      /* `order` is not what it should be */
	uint64_t sorted_ns;   /* when it was made */
};

static size_t label_width(const struct target *target)
{
	return text_width(target->label, strlen(target->label));
}

struct hosttable *hosttable_new(const struct targets *targets)
{
	struct hosttable *t = xcalloc(1, sizeof(*t));

	t->n = targets->n;
	strbuf_init(&t->folded, STRBUF_MAX_TEXT);
	t->rows = xcalloc(t->n ? t->n : 1, sizeof(*t->rows));
	t->order = xcalloc(t->n ? t->n : 1, sizeof(*t->order));
	for (size_t i = 0; i < t->n; i++) {
		size_t width = label_width(&targets->v[i]);

		t->rows[i].target = &targets->v[i];
		if (width > t->label_width)
			t->label_width = width;
	}
	t->at[PHASE_WAITING] = t->n;
	t->stale = true;
	return t;
}

void hosttable_free(struct hosttable *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->n; i++)
		free(t->rows[i].line);
	free(t->rows);
	free(t->order);
	free(t->text);
	strbuf_release(&t->folded);
	free(t);
}

/* ---- events ---- */

static void set_phase(struct hosttable *t, struct hostrow *row, enum phase p)
{
	t->at[row->phase]--;
	t->at[p]++;
	row->phase = p;
	if (t->filter != HOSTS_ALL || t->sort > HOSTS_BY_NAME)
		t->stale = true;
}

void hosttable_phase(struct hosttable *t, size_t rank, enum phase p,
		     uint64_t now_ns)
{
	struct hostrow *row = &t->rows[rank];

	if (p != PHASE_WAITING && !row->begin_ns)
		row->begin_ns = now_ns;
	if (p == PHASE_RUNNING)
		row->running_ns = now_ns;
	set_phase(t, row, p);
}

void hosttable_data(struct hosttable *t, size_t rank, const void *p, size_t n)
{
	struct hostrow *row = &t->rows[rank];

	if (!n)
		return;
	if (!row->line)
		row->line = xcalloc(1, sizeof(*row->line));
	lastline_feed(row->line, p, n);
	row->looked = false;
	if (t->text)
		t->stale = true;
}

void hosttable_done(struct hosttable *t, size_t rank, const struct result *r,
		    uint64_t now_ns)
{
	struct hostrow *row = &t->rows[rank];

	row->result = r;
	row->end_ns = now_ns;
	if (!result_ok(r))
		t->failed++;
	set_phase(t, row, PHASE_DONE);
}

void hosttable_again(struct hosttable *t, size_t rank)
{
	struct hostrow *row = &t->rows[rank];

	if (row->result && !result_ok(row->result))
		t->failed--;
	row->result = NULL;
	row->begin_ns = row->running_ns = row->end_ns = 0;
	free(row->line);
	row->line = NULL;
	row->looked = false;
	set_phase(t, row, PHASE_WAITING);
	t->stale = true;
}

size_t hosttable_total(const struct hosttable *t)
{
	return t->n;
}

size_t hosttable_at(const struct hosttable *t, enum phase p)
{
	return t->at[p];
}

size_t hosttable_failed(const struct hosttable *t)
{
	return t->failed;
}

const struct hostrow *hosttable_row(const struct hosttable *t, size_t rank)
{
	return &t->rows[rank];
}

uint64_t hostrow_time_ns(const struct hostrow *row, uint64_t now_ns)
{
	if (!row->begin_ns)
		return 0;
	return (row->end_ns ? row->end_ns : now_ns) - row->begin_ns;
}

/* ---- labels ---- */

/* What some texts have in common: bytes at the beginning, and at the end. */
struct common {
	const char *first; /* of them; NULL: there is none */
	size_t n, longest, prefix, suffix;
};

static void add_to_common(struct common *c, const char *s)
{
	size_t len = strlen(s), most, at = 0;

	if (!c->n++) {
		*c = (struct common){ s, 1, len, len, len };
		return;
	}
	most = strlen(c->first);
	most = len < most ? len : most;
	while (at < most && at < c->prefix && s[at] == c->first[at])
		at++;
	c->prefix = at;
	s += len;
	most -= at;
	for (at = 0; at < most && at < c->suffix; at++)
		if (s[-1 - (ptrdiff_t)at] !=
		    c->first[strlen(c->first) - 1 - at])
			break;
	c->suffix = at;
	if (len > c->longest)
		c->longest = len;
}

static size_t find_skip(const struct hosttable *t, size_t width)
{
	struct common c = { 0 };
	size_t end, skip;

	for (size_t i = 0; i < t->n; i++)
		if (label_width(t->rows[i].target) > width)
			add_to_common(&c, t->rows[i].target->label);
	end = c.longest - c.suffix;
	if (c.n < 2 || end <= width)
		return 0;
	skip = end - width + 2;
	if (skip > c.prefix)
		skip = c.prefix;
	while (skip && ((unsigned char)c.first[skip] & 0xc0) == 0x80)
		skip--;
	/* For less than that there would be more. */
	return skip > 2 ? skip : 0;
}

size_t hosttable_label_width(const struct hosttable *t)
{
	return t->label_width;
}

size_t hosttable_label_skip(struct hosttable *t, size_t width)
{
	if (t->label_width <= width)
		return 0;
	if (t->skip_width != width)
		t->skip = find_skip(t, width);
	t->skip_width = width;
	return t->skip;
}

/* ---- order ---- */

void hosttable_set_sort(struct hosttable *t, enum hosttable_sort sort)
{
	t->sort = sort;
	t->stale = true;
}

enum hosttable_sort hosttable_sort(const struct hosttable *t)
{
	return t->sort;
}

void hosttable_set_filter(struct hosttable *t, enum hosttable_filter filter)
{
	t->filter = filter;
	t->stale = true;
}

enum hosttable_filter hosttable_filter(const struct hosttable *t)
{
	return t->filter;
}

void hosttable_set_text(struct hosttable *t, const char *text)
{
	free(t->text);
	t->text = text && *text ? xstrdup(text) : NULL;
	strbuf_reset(&t->folded);
	if (t->text)
		anycase_fold(&t->folded, t->text, strlen(t->text));
	for (size_t i = 0; i < t->n; i++)
		t->rows[i].looked = false;
	t->stale = true;
}

const char *hosttable_text(const struct hosttable *t)
{
	return t->text;
}

static bool has_text(const struct hostrow *row, const char *folded)
{
	const char *name = row->target->name;
	const char *line;
	size_t n, len;

	if (anycase_find(name, strlen(name), folded, &len) != SIZE_MAX)
		return true;
	if (!row->line)
		return false;
	line = lastline_bytes(row->line, &n);
	return anycase_find(line, n, folded, &len) != SIZE_MAX;
}

/* Only what has changed since is looked at. */
static bool has_filter_text(const struct hosttable *t, struct hostrow *row)
{
	if (!row->looked)
		row->has = has_text(row, t->folded.buf);
	row->looked = true;
	return row->has;
}

static bool passes(const struct hosttable *t, struct hostrow *row)
{
	if (t->text && !has_filter_text(t, row))
		return false;
	switch (t->filter) {
	case HOSTS_FAILED:
		return row->result && !result_ok(row->result);
	case HOSTS_RUNNING:
		return row->phase == PHASE_RUNNING;
	case HOSTS_ENDED:
		return row->phase == PHASE_DONE;
	case HOSTS_ALL:
	case HOSTS_NFILTERS:
		break;
	}
	return true;
}

/* What runs first, then what is on its way, what ended, what waits. */
static int state_place(const struct hostrow *row)
{
	static const int places[] = {
		[PHASE_WAITING] = 4,	    [PHASE_CONNECTING] = 2,
		[PHASE_AUTHENTICATING] = 1, [PHASE_RUNNING] = 0,
		[PHASE_DONE] = 3,
	};

	return places[row->phase] * 2 +
	       (row->result && result_ok(row->result) ? 1 : 0);
}

static int exit_place(const struct hostrow *row)
{
	return row->result ? -result_value(row->result) : 1;
}

struct sorting {
	const struct hosttable *t;
	uint64_t now_ns;
};

/* Equal ones stay in the order of the plan. */
static int compare(const void *a, const void *b, void *arg)
{
	const struct sorting *s = arg;
	size_t i = *(const size_t *)a;
	size_t j = *(const size_t *)b;
	const struct hostrow *x = &s->t->rows[i];
	const struct hostrow *y = &s->t->rows[j];
	uint64_t tx, ty;
	int c = 0;

	switch (s->t->sort) {
	case HOSTS_BY_NAME:
		c = strverscmp(x->target->name, y->target->name);
		break;
	case HOSTS_BY_STATE:
		c = state_place(x) - state_place(y);
		break;
	case HOSTS_BY_TIME:
		tx = hostrow_time_ns(x, s->now_ns);
		ty = hostrow_time_ns(y, s->now_ns);
		c = (tx < ty) - (tx > ty);
		break;
	case HOSTS_BY_EXIT:
		c = exit_place(x) - exit_place(y);
		break;
	case HOSTS_BY_RANK:
	case HOSTS_NSORTS:
		break;
	}
	return c ? c : (i > j) - (i < j);
}

static void find_cursor(struct hosttable *t)
{
	for (size_t i = 0; i < t->nshown; i++) {
		if (t->order[i] != t->cursor)
			continue;
		t->place = i;
		return;
	}
	/* It is not shown any more: who stands in its place now. */
	if (t->place >= t->nshown)
		t->place = t->nshown ? t->nshown - 1 : 0;
	if (t->nshown)
		t->cursor = t->order[t->place];
}

void hosttable_update(struct hosttable *t, uint64_t now_ns)
{
	struct sorting s = { t, now_ns };

	/* Times go on by themselves. */
	if (t->sort == HOSTS_BY_TIME && now_ns - t->sorted_ns >= NS_PER_S)
		t->stale = true;
	if (!t->stale)
		return;
	t->stale = false;
	t->sorted_ns = now_ns;
	t->nshown = 0;
	for (size_t i = 0; i < t->n; i++)
		if (passes(t, &t->rows[i]))
			t->order[t->nshown++] = i;
	if (t->sort != HOSTS_BY_RANK)
		qsort_r(t->order, t->nshown, sizeof(*t->order), compare, &s);
	find_cursor(t);
}

size_t hosttable_shown(const struct hosttable *t)
{
	return t->nshown;
}

size_t hosttable_rank(const struct hosttable *t, size_t i)
{
	assert(i < t->nshown);
	return t->order[i];
}

/* ---- the cursor ---- */

size_t hosttable_cursor(const struct hosttable *t)
{
	return t->place;
}

size_t hosttable_top(struct hosttable *t, size_t height)
{
	t->height = height;
	if (t->place < t->top)
		t->top = t->place;
	else if (height && t->place >= t->top + height)
		t->top = t->place - height + 1;
	if (t->nshown <= height)
		t->top = 0;
	else if (t->top > t->nshown - height)
		t->top = t->nshown - height;
	return t->top;
}

static void put_cursor(struct hosttable *t, size_t place)
{
	t->place = place;
	t->cursor = t->order[place];
}

void hosttable_move(struct hosttable *t, long by)
{
	size_t last = t->nshown ? t->nshown - 1 : 0;
	size_t far = by < 0 ? (size_t)-by : (size_t)by;

	if (!t->nshown)
		return;
	if (by < 0)
		put_cursor(t, far > t->place ? 0 : t->place - far);
	else
		put_cursor(t, far > last - t->place ? last : t->place + far);
}

bool hosttable_go(struct hosttable *t, size_t rank)
{
	for (size_t i = 0; i < t->nshown; i++) {
		if (t->order[i] != rank)
			continue;
		put_cursor(t, i);
		return true;
	}
	return false;
}

bool hosttable_in_sight(const struct hosttable *t, size_t i, size_t *rank)
{
	if (i >= t->height || t->top + i >= t->nshown)
		return false;
	*rank = t->order[t->top + i];
	return true;
}

bool hosttable_search(struct hosttable *t, const char *text, bool backward)
{
	struct strbuf folded = STRBUF_INIT(STRBUF_MAX_TEXT);
	size_t n = t->nshown;
	bool found = false;

	anycase_fold(&folded, text, strlen(text));
	for (size_t i = 1; i <= n && !found; i++) {
		size_t place = (t->place + (backward ? n - i % n : i)) % n;

		found = has_text(&t->rows[t->order[place]], folded.buf);
		if (found)
			put_cursor(t, place);
	}
	strbuf_release(&folded);
	return found;
}

/* ---- marks ---- */

void hosttable_mark(struct hosttable *t)
{
	struct hostrow *row = &t->rows[t->cursor];

	if (!t->nshown)
		return;
	row->marked = !row->marked;
	if (row->marked)
		t->nmarked++;
	else
		t->nmarked--;
}

void hosttable_mark_shown(struct hosttable *t)
{
	for (size_t i = 0; i < t->nshown; i++) {
		struct hostrow *row = &t->rows[t->order[i]];

		t->nmarked += !row->marked;
		row->marked = true;
	}
}

void hosttable_unmark(struct hosttable *t)
{
	for (size_t i = 0; i < t->n && t->nmarked; i++) {
		t->nmarked -= t->rows[i].marked;
		t->rows[i].marked = false;
	}
}

size_t hosttable_marked(const struct hosttable *t, size_t *ranks, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n && n < max && n < t->nmarked; i++)
		if (t->rows[i].marked)
			ranks[n++] = i;
	return t->nmarked;
}
