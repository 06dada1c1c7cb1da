/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_UI_VIEWLIST_H
#define RSH_UI_VIEWLIST_H

#include <stddef.h>
#include <stdint.h>

struct copysum;
struct hosttable;
struct hostrow;
struct panel_rect;
struct progress_rules;
struct result;
struct screen;
struct strbuf;

/** Rows of viewlist_header(). */
#define VIEWLIST_HEADER 3

/** What the header and the list of a view are drawn from; all borrowed. */
struct viewlist {
	struct screen *screen;
	struct hosttable *hosts;
	struct progress_rules *rules;
	const char *command; /* or NULL */
	/* Of copies: by rank, as they are now, and of all; else NULL. */
	const struct result *copies;
	const struct copysum *sum;
	uint64_t begin_ns, now_ns;
};

/** The command and the time, counts, and a bar: the first rows. */
void viewlist_header(const struct viewlist *l);

/** The names of the columns, and as many hosts as there is place for. */
void viewlist_draw(const struct viewlist *l, const struct panel_rect *at);

/**
 * Which of the hosts there are, and in which order: "3/12 failed, name, 2
 * marked". Pure.
 */
void viewlist_where(const struct hosttable *t, struct strbuf *out);

/**
 * What a host has copied and how fast: "41.2M of 100.0M, 5.1M/s, 11s left", or
 * in no more than `width` columns the last two of these; of one that has ended
 * "3 files, 100.0M".  Nothing of one that has not begun.  Pure.
 */
void viewlist_copied(const struct hostrow *row, const struct result *r,
		     uint64_t now_ns, size_t width, struct strbuf *out);

#endif /* RSH_UI_VIEWLIST_H */
