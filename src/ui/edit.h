/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_UI_EDIT_H
#define RSH_UI_EDIT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"
#include "ui/history.h"
#include "ui/keys.h"

#define EDIT_MAX   ((size_t)64 << 10) /* bytes of a line; more are not taken */
#define PASTE_MAX  ((size_t)1 << 20)  /* bytes pasted at once */
#define SECRET_MAX ((size_t)1000)     /* bytes of a secret line */

/**
 * A line that is being typed, with the keys of emacs and readline(3).  Pure:
 * keys come in, and what a terminal is to be sent goes out, so that neither
 * reading nor drawing waits for anybody.
 */
struct edit;

enum edit_event {
	EDIT_NOTHING,	/* the line is what it was */
	EDIT_CHANGED,	/* draw it */
	EDIT_ENTER,	/* it is complete: edit_text(), then edit_clear() */
	EDIT_TAB,	/* edit_complete(), if there is something */
	EDIT_PASTED,	/* several lines: edit_pasted() */
	EDIT_TOO_LONG,	/* what was pasted is */
	EDIT_END,	/* Ctrl+D in an empty line */
	EDIT_INTERRUPT, /* Ctrl+C */
	EDIT_QUIT,	/* Ctrl+\ */
	EDIT_SUSPEND,	/* Ctrl+Z */
	EDIT_REDRAW,	/* Ctrl+L */
};

/** The history is borrowed, and only read. */
struct edit *edit_new(const struct history *h);
void edit_free(struct edit *e);

enum edit_event edit_key(struct edit *e, const struct key *k);

/** What has been typed; borrowed, and valid until the next call. */
const char *edit_text(const struct edit *e, size_t *n);

/** The text in front of the cursor, where a word is completed: its bytes. */
size_t edit_cursor(const struct edit *e);

/** Put `text` in at the cursor, as if it had been typed. */
void edit_insert(struct edit *e, const char *text, size_t n);

/** Another text in its place, the cursor behind it. */
void edit_set(struct edit *e, const char *text, size_t n);

/** A new line. */
void edit_clear(struct edit *e);

/**
 * What is typed from here on is not to be seen, in memory for secrets, and
 * wiped by edit_clear(); the line begins anew.  Or is again.  Of several lines
 * that are pasted it takes the first.
 */
void edit_secret(struct edit *e, bool secret);

/** After EDIT_PASTED: the lines, and no longer the edit's; free() it. */
char *edit_pasted(struct edit *e, size_t *n);

/**
 * Append prompt and line as they are seen in one row of `columns`; the column
 * of the cursor.  What has no room is not shown.
 */
size_t edit_row(struct edit *e, const char *prompt, unsigned int columns,
		struct strbuf *out);

/**
 * Append what draws that row, whatever stands in it, with the cursor in its
 * place.
 */
void edit_draw(struct edit *e, const char *prompt, unsigned int columns,
	       struct strbuf *out);

#endif /* RSH_UI_EDIT_H */
