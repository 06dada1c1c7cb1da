/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_UI_PANE_H
#define RSH_UI_PANE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"

/**
 * A terminal that no one sees: the bytes of a host go in, cells come out.
 *
 * Nothing that a host sends passes through it to the real terminal: titles,
 * bells, the clipboard and the mouse end here, and a cell holds nothing but
 * printable characters.  What the terminal answers (what it is, where its
 * cursor stands) is kept for that host alone.  No I/O.
 */
struct pane;

enum {
	PANE_ROWS_MIN = 1,
	PANE_COLS_MIN = 2, /* libvterm has no place for a wide one in less */
	PANE_ROWS_MAX = 500,
	PANE_COLS_MAX = 1000,
	PANE_TEXT_MAX = 25,	/* bytes of a cell: six characters, and NUL */
	PANE_ANSWER_MAX = 1024, /* bytes that wait for the host */
	PANE_BACK_ROWS = 1000,	/* rows above the screen, */
	PANE_BACK_BYTES = 1 << 20, /* and what they may take */
};

enum {
	PANE_BOLD = 1,
	PANE_UNDERLINE = 2,
	PANE_ITALIC = 4,
	PANE_BLINK = 8,
	PANE_REVERSE = 16,
	PANE_STRIKE = 32,
};

enum {
	PANE_DEFAULT_COLOUR = -1
};

struct pane_cell {
	char text[PANE_TEXT_MAX]; /* UTF-8; " " where there is nothing */
	unsigned char width;	  /* columns; 0: the right half of a wide one */
	unsigned char attrs;	  /* PANE_BOLD ... */
	short fg, bg;		  /* of 256, or PANE_DEFAULT_COLOUR */
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

/** What the host sent. */
void pane_write(struct pane *p, const void *buf, size_t n);

/**
 * What the terminal answers to what was written: added to `out`, and
 * forgotten.  Never a line end or another control character but ESC, so that
 * a host cannot have a command typed.  What is over PANE_ANSWER_MAX is lost.
 */
void pane_answers(struct pane *p, struct strbuf *out);

/** The bytes of `key` as the host wants them now; none for a paste that it
 *  did not ask to be told of. */
void pane_key(struct pane *p, enum pane_key key, struct strbuf *out);

/** Outside of the screen: blank. */
void pane_cell(const struct pane *p, unsigned int row, unsigned int col,
	       struct pane_cell *cell);

/** How many rows are kept above the screen. */
size_t pane_back(const struct pane *p);

/** A cell of the row `up` rows above the first of the screen, from 1. */
void pane_back_cell(const struct pane *p, size_t up, unsigned int col,
		    struct pane_cell *cell);

/** Where the cursor stands; whether it is shown. */
bool pane_cursor(const struct pane *p, unsigned int *row, unsigned int *col);

/** Whether the screen is one that a program took for itself (vim, less). */
bool pane_alternate(const struct pane *p);

/** Whether `row`, or anything, has changed since pane_drawn(). */
bool pane_row_changed(const struct pane *p, unsigned int row);
bool pane_changed(const struct pane *p);
void pane_drawn(struct pane *p);

#endif /* RSH_UI_PANE_H */
