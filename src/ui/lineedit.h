/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_UI_LINEEDIT_H
#define RSH_UI_LINEEDIT_H

#include <stdbool.h>

#include "ui/history.h"

/**
 * Lines from a person: with editing and history where libedit was there when
 * the program was built (lineedit_libedit.c), else as the terminal gives them
 * (lineedit_plain.c).  From anything but a terminal: lines, without a prompt.
 */
struct lineedit;

/** Everything is borrowed. */
struct lineedit *lineedit_new(const char *progname, const struct history *h);
void lineedit_free(struct lineedit *le);

enum lineedit_end {
	LINEEDIT_LINE,
	LINEEDIT_INTERRUPTED, /* a signal came: what was typed is forgotten */
	LINEEDIT_OVER,	      /* the input has ended */
};

/**
 * Wait for a line, without its newline, and put it in `line`.  Blocks.  A
 * handler of SIGINT without SA_RESTART makes it give up.
 */
enum lineedit_end lineedit_read(struct lineedit *le, const char *prompt,
				struct strbuf *line);

/** Whether lines can be edited and earlier ones had back. */
bool lineedit_has_history(void);

#endif /* RSH_UI_LINEEDIT_H */
