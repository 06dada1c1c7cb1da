/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_OUT_SINK_H
#define RSH_OUT_SINK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"

struct outq;

/** Bytes of one line held at most, its newline not counted. */
#define LINES_MAX ((size_t)1 << 20)

/** And while the lines of all streams together hold LINES_BUDGET. */
#define LINES_SHARE  ((size_t)4 << 10)
#define LINES_BUDGET ((size_t)16 << 20)

/** What unfinished lines have in memory; shared by the streams of a sink. */
struct lines_budget {
	size_t used; /* bytes allocated */
	size_t max;
};

#define LINES_BUDGET_INIT                                                      \
	{                                                                      \
		.max = LINES_BUDGET                                            \
	}

/**
 * A whole line.  Its last byte is its newline, which may be missing: in the
 * last line of a stream and in a piece of a line over LINES_MAX, or over
 * LINES_SHARE while the budget is spent.  No other byte is a newline; any may
 * be NUL.  `line` is borrowed for the call.
 */
typedef void line_fn(void *arg, const char *line, size_t n);

/**
 * Cuts one stream of one target into lines.  Holds memory only while a line
 * is unfinished; lines that come whole are passed on where they are.
 */
struct lines {
	struct strbuf held;
	struct lines_budget *budget;
};

/** `budget` is borrowed. */
void lines_init(struct lines *l, struct lines_budget *budget);

/**
 * Take `n` bytes, and call `fn` for each line that they complete, and for each
 * piece of a line that does not end.  O(n).
 */
void lines_feed(struct lines *l, const void *bytes, size_t n, line_fn *fn,
		void *arg);

/** The stream ended: call `fn` for what is held, if anything is. */
void lines_flush(struct lines *l, line_fn *fn, void *arg);

/** Forget what is held. */
void lines_release(struct lines *l);

/**
 * Append "label: ", in one of a few colours by `rank` if `colour`.  What a
 * terminal could act on is made visible, whoever chose the name.
 */
void label_format(struct strbuf *sb, const char *label, unsigned int rank,
		  bool colour);

/**
 * Write a label as it was formatted (it may be empty) and a line, ended if it
 * is not.  Exact bytes, unless `vis`: then a CR before the newline is left
 * out, as it would do nothing, and the rest goes through text_vis().
 */
void line_write(struct outq *out, const struct strbuf *label, bool vis,
		const char *line, size_t n);

/**
 * How many of `n` bytes to show at once, so that no character is cut in two:
 * up to the last newline, or all where there is none or no more will come.
 */
size_t lines_whole(const char *p, size_t n, bool last);

/**
 * Append lines as a terminal may see them: text_vis(), newlines kept, a CR
 * before a newline left out.
 */
void lines_visible(struct strbuf *out, const char *p, size_t n);

#endif /* RSH_OUT_SINK_H */
