/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_UI_QUESTION_H
#define RSH_UI_QUESTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "io/loop.h"
#include "model/prompter.h"
#include "ui/canvas.h"
#include "ui/keys.h"

/**
 * Questions in a box on a screen that is drawn: host keys, passphrases,
 * passwords.  One at a time, in the order they came.  What is typed is in
 * memory for secrets and shown only where the question says so; it is wiped
 * when it is not handed on.
 */
struct question_box;

/** `changed` is called when there is another question to draw, or none. */
struct question_box *question_box_new(struct loop *loop,
				      void (*changed)(void *arg), void *arg);

/** What still waits is forgotten.  NULL is fine. */
void question_box_free(struct question_box *b);

/** Valid as long as `b`. */
struct prompter *question_box_prompter(struct question_box *b);

/** Whether a question stands; keys are for it then. */
bool question_box_asking(const struct question_box *b);

/** A character was typed or pasted; control characters are not taken. */
void question_box_type(struct question_box *b, const char *utf8, size_t n);

enum question_key {
	QUESTION_ENTER,	    /* that is the answer */
	QUESTION_BACKSPACE, /* without the last character */
	QUESTION_KILL,	    /* without all */
	QUESTION_CANCEL,    /* there is none: ERR_CANCELLED */
};
void question_box_key(struct question_box *b, enum question_key key);

/**
 * The same by what a terminal sends: Enter, Backspace, Ctrl+U and Ctrl+C are
 * the keys above, characters are typed, and of what is pasted the first line,
 * which Enter still has to follow.  All other keys do nothing.
 */
void question_box_take(struct question_box *b, const struct key *k);

/**
 * Draw the box in the middle of the area.  `*row` and `*col` are where the
 * cursor is to be, of the area.
 */
void question_box_draw(const struct question_box *b,
		       const struct canvas_area *a, size_t *row, size_t *col);

#endif /* RSH_UI_QUESTION_H */
