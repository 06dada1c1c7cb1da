/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_UI_PANE_H
#define RSH_UI_PANE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"

/**
 * A terminal that no one sees: the bytes of a host go in, cells come out.
 *
 * Nothing that a host sends passes through it to the real terminal: titles,
 * bells, the clipboard and the mouse end here, and a cell holds one character
 * that prints.  What the terminal answers (what it is, where its cursor
 * stands) is kept for that host alone.  No I/O.
 *
 * A character keeps the marks that follow it at once, PANE_MARKS of them, where
 * wcwidth(3) says that they take no column; joiners and selectors of variants,
 * which make terminals draw wider or narrower than that, are left out.
 *
 * Notes: libtsm has no dim or struck text, and no reports of the mouse.
 */
struct pane;

/** What the host is told that its terminal is: terminfo(5). */
#define PANE_TERM "xterm-256color"

enum {
	PANE_ROWS_MIN = 3,
	PANE_COLS_MIN = 8,
	PANE_ROWS_MAX = 500,
	PANE_COLS_MAX = 1000,
	PANE_ANSWER_MAX = 1024, /* bytes that wait for the host */
	PANE_COLOUR = -1,	/* the terminal's own */
	PANE_MARKS = 3,
};

enum pane_attr {
	PANE_BOLD = 1,
	PANE_UNDERLINE = 2,
	PANE_ITALIC = 4,
	PANE_REVERSE = 8,
};

struct pane_cell {
	uint32_t ch;		    /* 0 where there is nothing */
	uint32_t marks[PANE_MARKS]; /* that combine with it; 0: no more */
	int16_t fg, bg;		    /* of 256, or PANE_COLOUR */
	unsigned char width; /* columns; 0: the right half of a wide one */
	unsigned char attrs; /* enum pane_attr */
};

/** Keys whose bytes depend on what the host asked of its terminal. */
enum pane_key {
	PANE_UP,
	PANE_DOWN,
	PANE_RIGHT,
	PANE_LEFT,
	PANE_HOME,
	PANE_END,
	PANE_INSERT,
	PANE_DELETE,
	PANE_PAGE_UP,
	PANE_PAGE_DOWN,
	PANE_PASTE_BEGIN,
	PANE_PASTE_END,
	PANE_NKEYS
};

/** A size out of range is brought into it. */
struct pane *pane_new(unsigned int rows, unsigned int cols);

/** NULL is fine. */
void pane_free(struct pane *p);

void pane_resize(struct pane *p, unsigned int rows, unsigned int cols);
unsigned int pane_rows(const struct pane *p);
unsigned int pane_cols(const struct pane *p);

/**
 * Take of what the host sent as much as `*work` allows: vtfilter_write().
 * Returns the bytes taken.
 */
size_t pane_write(struct pane *p, const void *buf, size_t n, size_t *work);

/** Whether a program has all of the screen, as editors do. */
bool pane_is_taken(const struct pane *p);

/** Whether it has another screen than the shell's for that. */
bool pane_has_other(const struct pane *p);

/**
 * What the terminal answers to what was written: added to `out`, and
 * forgotten.  Never a line end or another control character but ESC, so that
 * a host cannot have a command typed.  What is over PANE_ANSWER_MAX is lost.
 */
void pane_answers(struct pane *p, struct strbuf *out);

/** The bytes of `key` as the host wants them now; none for a paste that it
 *  did not ask to be told of. */
void pane_key(const struct pane *p, enum pane_key key, struct strbuf *out);

/**
 * The cells of a row, pane_cols() of them, or NULL outside of the screen;
 * valid until the next call of another function here.  The first one after
 * something was written costs O(rows * cols).
 */
const struct pane_cell *pane_row(struct pane *p, unsigned int row);

/** Add the line in front of the cursor, as UTF-8, with rows above it where it
 *  seems to have been wrapped. */
void pane_line(struct pane *p, struct strbuf *out);

/** Where the cursor stands; whether it is shown. */
bool pane_cursor(const struct pane *p, unsigned int *row, unsigned int *col);

#endif /* RSH_UI_PANE_H */
