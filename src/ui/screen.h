/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_UI_SCREEN_H
#define RSH_UI_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "ui/keys.h"

struct loop;

/**
 * The terminal as a grid of cells, and its keys as events.  The one file that
 * knows curses.
 *
 * Curses only works out what has changed: it writes to a file without a name,
 * and what it wrote goes to the controlling terminal through a queue, as far
 * as the terminal takes it.  So a terminal that stands still holds up nobody,
 * and standard input, output and error are not touched.
 *
 * The mode of the terminal is that of io/tty.h, with what leaves the screen,
 * so that every death but SIGKILL gives both back.
 */
struct screen;

#define SCREEN_ROWS_MIN 10
#define SCREEN_COLS_MIN 40
/* Of a larger one this much is used, from its upper left corner: cells are kept
   twice and gone through for each frame. */
#define SCREEN_ROWS_MAX 600
#define SCREEN_COLS_MAX 1200
#define SCREEN_FRAME_MS 50   /* between two frames, at least */
#define SCREEN_ECHO_MS	8    /* and after screen_hurry() */
#define SCREEN_COLOUR	(-1) /* the terminal's own */

enum screen_attr {
	SCREEN_PLAIN = 0,
	SCREEN_BOLD = 1,
	SCREEN_DIM = 2,
	SCREEN_UNDERLINE = 4,
	SCREEN_REVERSE = 8,
	SCREEN_ITALIC = 16,
};

/** Colours are 0-255 or SCREEN_COLOUR; fewer where the terminal has fewer. */
struct screen_style {
	int fg, bg;
	unsigned int attrs;
};

extern const struct screen_style screen_plain;

/** Who draws and who is told; all on the loop, never from inside a call. */
struct screen_events {
	/* A frame is due: put everything; what was there before is blank. */
	void (*draw)(void *arg);
	void (*key)(void *arg, const struct key *k);
	/* The size has changed; a frame follows.  May be NULL. */
	void (*resized)(void *arg);
	/* The terminal is gone: only screen_free() is of use now. */
	void (*gone)(void *arg);
	/* While screen_raw() is on: what is typed, as it comes.  May be NULL.
	 */
	void (*bytes)(void *arg, const void *p, size_t n);
};

struct screen_conf {
	struct loop *loop;
	const struct screen_events *events;
	void *arg;
	bool colour;	  /* may be used, where there is any */
	bool signals;	  /* Ctrl+C, Ctrl+Z and Ctrl+\ make signals, as ever */
	const char *path; /* of the terminal; NULL: the controlling one */
};

/**
 * Whether a screen could be had on this terminal (`path` as above): 0, or -1
 * with `err` that says why not: none, TERM unknown or dumb, too small.
 */
int screen_check(const char *path, struct err *err);

/** Whether the terminal is another job's now: to take it would stop us. */
bool screen_is_anothers(const char *path);

/** Take the terminal.  NULL with `err`. */
struct screen *screen_new(const struct screen_conf *conf, struct err *err);

/** Give it back as it was.  NULL is fine. */
void screen_free(struct screen *s);

/**
 * Step aside: the terminal is as it was until screen_resume(), which draws
 * all anew.  A second one of either does nothing, and no more does a
 * screen_resume() while the terminal is another job's.
 */
void screen_suspend(struct screen *s);
int screen_resume(struct screen *s, struct err *err);

/** What is typed goes to `bytes`, and no key makes a signal; or no longer. */
int screen_raw(struct screen *s, bool on, struct err *err);

/** Ask for a frame: one follows soon, however often it is asked for. */
void screen_dirty(struct screen *s);

/**
 * Something was typed that others are to echo: for a while frames follow each
 * other faster, as far as the size of the screen allows.
 */
void screen_hurry(struct screen *s);

/** Draw everything anew, also what should be there already. */
void screen_redraw(struct screen *s);

/** What was typed and not read is no key of anybody's. */
void screen_forget_input(struct screen *s);

unsigned int screen_rows(const struct screen *s);
unsigned int screen_cols(const struct screen *s);

/** Whether what is not ASCII can be shown. */
bool screen_utf8(const struct screen *s);
unsigned int screen_colours(const struct screen *s); /* 0: none */

/**
 * Put `text` at a place, in `width` columns: cut there, filled up with blanks
 * before.  Columns taken by the text.  Nothing outside the screen is drawn.
 * Control characters and invalid bytes come as '?', so nothing leaves its cell.
 */
unsigned int screen_put(struct screen *s, unsigned int row, unsigned int col,
			unsigned int width, const char *text,
			const struct screen_style *style);

/** The same with as many columns as the text takes, as far as the edge. */
unsigned int screen_text(struct screen *s, unsigned int row, unsigned int col,
			 const char *text, const struct screen_style *style);

/**
 * Put a message in as many rows as its words take, up to a third of the screen,
 * of which `row` is the last; what does not fit ends in "...".  Rows it took.
 */
unsigned int screen_message(struct screen *s, unsigned int row,
			    const char *text, const struct screen_style *style);

/** Columns of a character; -1: it is not to be drawn as it is. */
int screen_columns_of(const struct screen *s, uint32_t c);

/** One cell: a character, with those that combine with it; none: a blank. */
struct screen_cell {
	uint32_t chars[4];
	unsigned int nchars;
	struct screen_style style;
};
/** Put it; the columns that it takes. */
unsigned int screen_cell(struct screen *s, unsigned int row, unsigned int col,
			 const struct screen_cell *cell);

enum screen_line {
	SCREEN_HLINE,
	SCREEN_VLINE,
	SCREEN_CROSS,
	SCREEN_TEE_LEFT,
	SCREEN_TEE_RIGHT,
	SCREEN_BLOCK, /* the done part of a bar */
	SCREEN_SHADE, /* the rest of it */
	SCREEN_NLINES
};

/** `n` cells of a line to the right, or down for SCREEN_VLINE. */
void screen_draw(struct screen *s, unsigned int row, unsigned int col,
		 unsigned int n, enum screen_line line,
		 const struct screen_style *style);

/** Show the cursor there from this frame on; it is hidden where none asks. */
void screen_cursor(struct screen *s, unsigned int row, unsigned int col);

#endif /* RSH_UI_SCREEN_H */
