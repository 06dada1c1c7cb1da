/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_UI_TILES_INTERNAL_H
#define RSH_UI_TILES_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "io/timer.h"
#include "model/result.h"
#include "model/shellset.h"
#include "ui/cutoff.h"
#include "ui/grid.h"
#include "ui/keys.h"
#include "ui/screencanvas.h"
#include "ui/textbox.h"
#include "ui/tiles.h"
#include "ui/typed.h"

/* What tiles.c, which hears of hosts, tilekeys.c, which hears of keys, and
   tiledraw.c share. */

struct edit;
struct pane;
struct screen;
struct viewask;

struct tile {
	const struct target *target;
	struct pane *pane;
	struct strbuf backlog; /* what its pane has not taken yet; then the */
	bool paused;	       /* host is asked for no more */
	uint64_t paused_ns;    /* it was last; 0: never */
	struct cutoff cut;     /* what it sends is left out */
	enum phase phase;
	char *end;		 /* what became of it, or NULL */
	unsigned int rows, cols; /* as the host was told */
};

enum tiles_asking {
	TILES_NOTHING,
	TILES_COMMAND, /* the prefix was typed */
	TILES_HELP,
	TILES_QUIT, /* y or n */
	TILES_PASTE,
	TILES_LINE, /* the line of a command is typed */
};

struct tiles {
	struct observer o;
	struct tiles_conf conf;
	struct tile *tiles; /* by rank */
	size_t n;
	struct shellset *set; /* of the configuration */
	struct grid grid;
	size_t current; /* the marked one */
	bool zoomed;	/* it has the whole screen */
	bool only; /* nobody else gets what is typed, also when it is gone */
	bool only_before;      /* it had the whole screen */
	struct screen *screen; /* NULL: closed */
	struct timer work, tell, escape, cut, back;
	size_t left; /* of the work of this turn */
	size_t next; /* whose turn it is */
	struct typed typed;
	enum tiles_asking asking;
	struct strbuf paste; /* what is pasted, for several hosts */
	bool pasting;
	struct strbuf message;
	uint64_t message_ns;
	struct edit *edit;  /* the line of a command */
	struct keys keys;   /* for it, and the box */
	uint64_t line_ns;   /* it was opened */
	struct textbox box; /* what commands have answered */
	bool boxed;	    /* it is shown, and keys are for it */
	bool answering;	    /* a command is carried out */
	bool completing;    /* words of it are told */
	bool words;	    /* the box has these */
	bool typed_since;   /* ... and hosts were typed at */
	bool behind;	    /* another has the hosts */
	bool leaving;	    /* no more is typed */
	struct screencanvas canvas;
	struct viewask *questions;
	size_t ncut;	    /* hosts whose output is left out */
	uint64_t cut_bytes; /* that were left out so far */
};

/** Rows of the screen beside the grid. */
#define TILES_HEADER	 1
#define TILES_FOOTER	 1
#define TILES_MESSAGE_NS 5000000000ull

/** Where a tile is; false: on another page, or behind the one that is zoomed.
 */
bool tiles_place(const struct tiles *t, size_t rank, struct grid_place *at);

/** Whether a host gets what is typed now. */
bool tiles_takes(const struct tiles *t, size_t rank);

/** Whether it gets a key that is no text: shellset_takes_signal(). */
bool tiles_takes_signal(const struct tiles *t, size_t rank);

/** What was changed is drawn. */
void tiles_dirty(struct tiles *t);

/** Show this in the last line for a while. */
void tiles_say(struct tiles *t, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/** A key that ends what runs is sent to hosts: what is on its way of those
 *  that print more than is seen is left out. */
void tiles_cut(struct tiles *t);

/** Places and sizes anew; hosts are told of theirs a little later. */
void tiles_layout(struct tiles *t);

/** Whether keys are for the line of a command, or its answer. */
bool tiles_reads_keys(const struct tiles *t);

/** While that is so: how much of what was typed they were. */
size_t tiles_take_keys(struct tiles *t, const char *p, size_t n);
void tiles_flush_keys(struct tiles *t);

void tiles_open_line(struct tiles *t);

/** Show what the last command has answered. */
void tiles_open_box(struct tiles *t);

/** The last row, and what is above it. */
void tiles_draw_line(struct tiles *t);
void tiles_draw_box(struct tiles *t);

void tiles_line_init(struct tiles *t);
void tiles_line_release(struct tiles *t);

/** Questions of the program, and a key that is typed while one stands. */
void tiles_ask_init(struct tiles *t);
void tiles_ask_release(struct tiles *t);
void tiles_question_key(struct tiles *t, const struct key *k);

/** The marked one has the whole screen, and all keys; or no longer. */
void tiles_zoom(struct tiles *t);
void tiles_leave_zoom(struct tiles *t);

/** Another one is marked. */
void tiles_mark(struct tiles *t, size_t rank);

/** An ESC that was held is a key by itself. */
void tiles_typed_over(struct tiles *t);

/** What was begun is not gone on with: the rest may have been thrown away. */
void tiles_forget_input(struct tiles *t);

/** Everything that is seen. */
void tiles_draw(struct tiles *t);

#endif /* RSH_UI_TILES_INTERNAL_H */
