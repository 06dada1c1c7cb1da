/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_UI_PANELS_H
#define RSH_UI_PANELS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"
#include "ui/canvas.h"
#include "ui/keys.h"
#include "ui/scrollback.h"

/** Hosts beside each other at most. */
#define PANELS_SPLIT_MAX 4

/** What panels ask of the view that they stand in. */
struct panel_model {
	/* "node07: exit 1, 2.3s" */
	void (*title)(void *arg, size_t rank, struct strbuf *out);
	/* Its result is there. */
	bool (*is_done)(void *arg, size_t rank);
	/* The host so many further down the list, or `rank` at its ends. */
	size_t (*other)(void *arg, size_t rank, int by);
	/* The host that has number `i`, from 0, in the list; false: none. */
	bool (*nth)(void *arg, size_t i, size_t *rank);
	const char *(*name)(void *arg, size_t rank);
	/* Why it has failed, where it was not its command that did; or NULL.
	   May be NULL: it is not known. */
	const char *(*why)(void *arg, size_t rank);
	struct scrollback *output;
	size_t nhosts;
	void *arg;
};

/**
 * What is shown in place of the list: the output of one host, of two to four
 * of them, or how the output of one differs.  Draws on any canvas.
 */
struct panels;

/** `model` is borrowed. */
struct panels *panels_new(const struct panel_model *model);
void panels_free(struct panels *p);

void panels_detail(struct panels *p, size_t rank);
void panels_split(struct panels *p, const size_t *ranks, size_t n);

/** `b` compared with `a`; with `a` SIZE_MAX, with what most have printed. */
void panels_diff(struct panels *p, size_t a, size_t b);

/** Whether one is open; closed by its keys, or by panels_close(). */
bool panels_open(const struct panels *p);
void panels_close(struct panels *p);

/** While one is open: the host of the pane that has the keys. */
size_t panels_host(const struct panels *p);

/**
 * Take a key; false: it is not one of a panel's.  Any closes a comparison that
 * is not done yet.
 */
bool panels_key(struct panels *p, const struct key *k);

/** Whether all keys are its own, also Esc: something is typed, or compared. */
bool panels_takes_all(const struct panels *p);

/**
 * Whether panels_work() is to be called when there is time, for some ms at
 * most: for a search, or a comparison.
 */
bool panels_busy(const struct panels *p);
void panels_work(struct panels *p);

void panels_draw(struct panels *p, const struct canvas_area *a);

#endif /* RSH_UI_PANELS_H */
