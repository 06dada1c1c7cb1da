/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_UI_PAGER_H
#define RSH_UI_PAGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "ui/keys.h"
#include "ui/sgr.h"

/** What is looked at by one step of a search: lines, and bytes of them. */
#define PAGER_STEP	 5000
#define PAGER_STEP_BYTES ((size_t)256 << 10)

/** What a line is, for who draws it. */
enum pager_kind {
	PAGER_PLAIN,
	PAGER_ERROR, /* of stderr */
	PAGER_ADDED, /* of a diff, as are those below */
	PAGER_REMOVED,
	PAGER_HUNK,
	PAGER_OURS, /* what no host has printed */
	PAGER_NKINDS
};

/**
 * Where lines come from.  Their number may grow, or all of them go; nothing
 * else changes.
 */
struct pager_source {
	uint64_t (*lines)(void *arg);
	/* Line `number` of those there are, at most SGR_LINE_MAX bytes. */
	int (*read)(void *arg, uint64_t number, struct strbuf *bytes,
		    enum pager_kind *kind, struct err *err);
};

/** One row of the screen: the columns [from, to) of a line. */
struct pager_row {
	size_t row; /* of those drawn, from 0 */
	uint64_t number;
	enum pager_kind kind;
	const struct sgr_line *line; /* borrowed for the call */
	size_t from, to;
	size_t match_from, match_to; /* what was searched; equal: nothing */
};

typedef void pager_row_fn(void *arg, const struct pager_row *row);

enum pager_found {
	PAGER_FOUND,
	PAGER_FOUND_ROUND, /* and it went on at the other end before that */
	PAGER_NOT_FOUND,
	PAGER_GO_ON, /* call again, when there is time */
};

/** A part of the screen that shows some of many lines.  Zeroed is none. */
struct pager {
	const struct pager_source *source; /* borrowed, as is `arg` */
	void *arg;
	size_t height, width; /* rows and columns, from pager_size() */
	uint64_t top;	      /* the first line shown */
	size_t column;	      /* and where in it the first row begins */
	bool follow;	      /* keep the last row in sight */
	bool marks;	      /* leave the first column free, for a mark */
	struct strbuf sought; /* private: what was searched last, folded */
	uint64_t found;	      /* the line it was found in, or UINT64_MAX */
	uint64_t seeking;     /* private: the next line to look at */
	uint64_t begun;	      /* private: the first it has looked at */
	bool backward;	      /* private: as it was searched */
	bool round;	      /* private: it goes on at the other end */
	uint64_t loaded; /* private: the line in `line`; UINT64_MAX: none */
	enum pager_kind kind; /* private */
	struct sgr_line line; /* private */
	struct strbuf bytes;  /* private */
	struct strbuf plain;  /* private: the text of `line` */
};

void pager_init(struct pager *p, const struct pager_source *source, void *arg);
void pager_release(struct pager *p);

/** Show another source, from its beginning, or its end if it is followed. */
void pager_show(struct pager *p, const struct pager_source *source, void *arg);

/** The place there is: at least 1 row of 2 columns.  What is seen stays. */
void pager_size(struct pager *p, size_t height, size_t width);

/** Move by rows, down if positive; not past the ends.  Up ends following. */
void pager_scroll(struct pager *p, long rows);

/** To the first row, or to the last, which is followed then. */
void pager_home(struct pager *p);
void pager_end(struct pager *p);

void pager_set_follow(struct pager *p, bool follow);

/**
 * Take a key that scrolls: arrows, pages, Home and End, Space, g and G.
 * False: it is none.
 */
bool pager_key(struct pager *p, const struct key *k);

/** Whether the last row is in sight. */
bool pager_at_end(struct pager *p);

/**
 * Call `fn` for each row there is something to show in.  A line that cannot
 * be read ends it: -1 with `err`.
 */
int pager_draw(struct pager *p, pager_row_fn *fn, void *arg, struct err *err);

/**
 * Search for a text, whatever the case of its letters: from the first line
 * shown on; a NULL `text` is the one before, from behind the line found last.
 * At the end, or the beginning, it goes on at the other one, up to where it
 * began.  Then pager_search_step() until it does not say PAGER_GO_ON: a line
 * found is shown, and followed no more.
 */
void pager_search(struct pager *p, const char *text, bool backward);
enum pager_found pager_search_step(struct pager *p, struct err *err);

#endif /* RSH_UI_PAGER_H */
