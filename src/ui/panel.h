/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_UI_PANEL_H
#define RSH_UI_PANEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hosttable;
struct key;
struct loop;
struct result;
struct screen;
struct view;

/** A part of the screen. */
struct panel_rect {
	unsigned int row, col, rows, cols;
};

/**
 * What the last line says there is to type, two blanks between keys; the brief
 * one fits into 40 columns.  While the log is shown j, k, + and - are its.
 */
struct panel_keys {
	const char *full, *brief;
	const char *log, *log_brief;
};

/** What all panels draw from; borrowed, and the same as long as the view. */
struct panel_world {
	struct screen *screen; /* NULL while the view is closed */
	struct hosttable *hosts;
	struct loop *loop;
	struct view *view;
	const struct result *copies; /* as of view_conf; or NULL */
};

struct panel;

/**
 * Something that fills the screen of a view below its header: the list of
 * hosts is one, what is opened over it are others.  A panel hears of the run
 * as an observer of its own, if it needs to.
 */
struct panel_ops {
	const char *name;
	/* The keys that matter most, for the last line; translated there. */
	const struct panel_keys *keys;
	/* Draw all of it; it is blank.  The rectangle may be another each
	   time. */
	void (*draw)(struct panel *p, const struct panel_rect *at);
	/* False: the key is none of its own, and the view's.  Esc closes. */
	bool (*key)(struct panel *p, const struct key *k);
	/* The host that keys of the view are about, such as k.  May be NULL:
	   none. */
	bool (*host)(struct panel *p, size_t *rank);
	/* It is not shown any more; it may be shown again. */
	void (*closed)(struct panel *p);
};

struct panel {
	const struct panel_ops *ops;
	const struct panel_world *world; /* set by view_show() */
};

#endif /* RSH_UI_PANEL_H */
