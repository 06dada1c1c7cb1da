/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_UI_LOGLINES_H
#define RSH_UI_LOGLINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ui/canvas.h"
#include "ui/keys.h"
#include "ui/pager.h"

/** Messages kept; older ones are forgotten. */
#define LOGLINES_MAX 1000

/** Rows it has at first, at least and at most, its head among them. */
#define LOGLINES_ROWS	  6
#define LOGLINES_ROWS_MIN 3
#define LOGLINES_ROWS_MAX 30

/** The program's own messages, in a part of the screen. */
struct loglines {
	struct {
		char *text;
		int64_t when; /* seconds since 1970 */
	} v[LOGLINES_MAX];
	uint64_t n; /* there ever were; v[n % LOGLINES_MAX] is next */
	struct pager pager;
	size_t rows;
	bool shown, times;
	bool fits; /* private: there was place for it */
};

struct loglines *loglines_new(void);
void loglines_free(struct loglines *l);

/** A line came at `when`; its newline may be with it. */
void loglines_add(struct loglines *l, const char *line, size_t n, int64_t when);

/**
 * Take a key: l shows or hides it; while it is shown j and k scroll, + and -
 * change its size, t shows the times.  Whether it was one of these.
 */
bool loglines_key(struct loglines *l, const struct key *k);

/**
 * Rows it takes at the bottom of `rows` below the header; 0: it is hidden, or
 * has no place and takes no key but l.
 */
size_t loglines_want(struct loglines *l, size_t rows);

void loglines_draw(struct loglines *l, const struct canvas_area *a);

#endif /* RSH_UI_LOGLINES_H */
