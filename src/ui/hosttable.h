/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_UI_HOSTTABLE_H
#define RSH_UI_HOSTTABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/result.h"
#include "model/target.h"
#include "ui/lastline.h"

struct strbuf;

/**
 * The hosts of a run as rows: what each is at, how it ended, its last line.
 * Pure: told of events, it says which rows are to be seen.
 *
 * Notes: an event costs O(1), and output what lastline_feed() does.
 * Sorting and filtering cost O(n log n), once a frame at most and only where
 * something changed that matters to them; otherwise a frame costs what it
 * shows.
 */
struct hosttable;

enum hosttable_sort {
	HOSTS_BY_RANK,
	HOSTS_BY_NAME,
	HOSTS_BY_STATE,
	HOSTS_BY_TIME, /* the longest first */
	HOSTS_BY_EXIT, /* the worst first */
	HOSTS_NSORTS
};

enum hosttable_filter {
	HOSTS_ALL,
	HOSTS_FAILED,
	HOSTS_RUNNING,
	HOSTS_ENDED,
	HOSTS_NFILTERS
};

struct hostrow {
	const struct target *target; /* borrowed */
	const struct result *result; /* NULL until it is done; borrowed */
	enum phase phase;
	uint64_t begin_ns, end_ns; /* of what was begun; 0: not yet */
	uint64_t running_ns;	   /* when it was logged in; 0: not yet */
	struct lastline *line;	   /* NULL: nothing was printed */
	bool looked, has; /* private: whether the filter's text is there */
	bool marked;	  /* by the user */
};

struct hosttable *hosttable_new(const struct targets *targets);
void hosttable_free(struct hosttable *t);

void hosttable_phase(struct hosttable *t, size_t rank, enum phase p,
		     uint64_t now_ns);
void hosttable_data(struct hosttable *t, size_t rank, const void *p, size_t n);
void hosttable_done(struct hosttable *t, size_t rank, const struct result *r,
		    uint64_t now_ns);

/** It is as if nothing had been told of it. */
void hosttable_again(struct hosttable *t, size_t rank);

/** Of all, whatever the filter. */
size_t hosttable_total(const struct hosttable *t);
size_t hosttable_at(const struct hosttable *t, enum phase p);
size_t hosttable_failed(const struct hosttable *t);

/** Columns of the longest label. */
size_t hosttable_label_width(const struct hosttable *t);

/**
 * How many bytes of a label wider than `width` columns are left out at its
 * beginning, and ".." stands for, so that labels still differ: 0, or a part
 * that all that are so wide have in common.  O(bytes of all labels) for another
 * `width` than before.
 */
size_t hosttable_label_skip(struct hosttable *t, size_t width);

const struct hostrow *hosttable_row(const struct hosttable *t, size_t rank);

/** What its time is: until its end, or until now; 0 for one not begun. */
uint64_t hostrow_time_ns(const struct hostrow *row, uint64_t now_ns);

/* ---- what is seen of it ---- */

void hosttable_set_sort(struct hosttable *t, enum hosttable_sort sort);
enum hosttable_sort hosttable_sort(const struct hosttable *t);
void hosttable_set_filter(struct hosttable *t, enum hosttable_filter filter);
enum hosttable_filter hosttable_filter(const struct hosttable *t);

/**
 * Only those with `text` in the name or the last line, whatever the case of
 * its letters; NULL or "": all.
 */
void hosttable_set_text(struct hosttable *t, const char *text);
const char *hosttable_text(const struct hosttable *t); /* or NULL */

/** Bring the order up to date: before the calls below, once a frame. */
void hosttable_update(struct hosttable *t, uint64_t now_ns);

/** How many pass the filter, and the rank of number `i` of them. */
size_t hosttable_shown(const struct hosttable *t);
size_t hosttable_rank(const struct hosttable *t, size_t i);

/**
 * The cursor stays on its host when the order changes.  Where it is among
 * those shown, and the first of `height` rows around it that are seen.
 */
size_t hosttable_cursor(const struct hosttable *t);
size_t hosttable_top(struct hosttable *t, size_t height);
void hosttable_move(struct hosttable *t, long by);

/** To this host; false: it is not shown.  O(n). */
bool hosttable_go(struct hosttable *t, size_t rank);

/** The rank of row `i` of those in sight since hosttable_top(); or false. */
bool hosttable_in_sight(const struct hosttable *t, size_t i, size_t *rank);

/**
 * Mark the host of the cursor, or no longer; mark all that are shown; take all
 * marks away.
 */
void hosttable_mark(struct hosttable *t);
void hosttable_mark_shown(struct hosttable *t);
void hosttable_unmark(struct hosttable *t);

/** How many are marked, also of those not shown; the first `max`, by rank. */
size_t hosttable_marked(const struct hosttable *t, size_t *ranks, size_t max);

/** The next (or last) host shown with `text` in it; false: there is none. */
bool hosttable_search(struct hosttable *t, const char *text, bool backward);

#endif /* RSH_UI_HOSTTABLE_H */
