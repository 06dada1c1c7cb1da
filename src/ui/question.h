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
 * A question in a box on a screen that is drawn: what ui/prompt.h asks there
 * instead of on the terminal.  What is typed is in memory for secrets and shown
 * only where the question says so; it is wiped when it is not handed on.
 */
struct question_box;

/**
 * The answer, a secret that is the receiver's; NULL: there is none, as at the
 * end of a file.  Called once, on a later turn of the loop.
 */
typedef void question_fn(void *arg, char *answer);

/** `changed` is called when there is something else to draw, or nothing. */
struct question_box *question_box_new(struct loop *loop,
				      void (*changed)(void *arg), void *arg);
void question_box_free(struct question_box *b);

/** Ask `q`, which is borrowed until it is answered or dropped. */
void question_box_ask(struct question_box *b, const struct prompt *q,
		      question_fn *fn, void *arg);

/** Forget the question, if there is one, and what was typed. */
void question_box_drop(struct question_box *b);

/** Whether a question stands, also when its answer is on its way. */
bool question_box_asking(const struct question_box *b);

enum question_key {
	QUESTION_ENTER,	    /* that is the answer */
	QUESTION_BACKSPACE, /* without the last character */
	QUESTION_KILL,	    /* without all */
	QUESTION_END,	    /* where nothing is typed: there is none */
};
void question_box_key(struct question_box *b, enum question_key key);

/** A character was typed or pasted; control characters are not taken. */
void question_box_type(struct question_box *b, const char *utf8, size_t n);

/**
 * The same by what a terminal sends: Enter, Backspace, Ctrl+U and Ctrl+D are
 * the keys above, characters are typed, and of what is pasted the first line,
 * which Enter still has to follow.  Arrows and pages scroll a question that has
 * more lines than there is room for.  All other keys do nothing.
 */
void question_box_take(struct question_box *b, const struct key *k);

/**
 * Draw the box in the middle of the area.  True: `*row` and `*col` are where
 * the cursor is to be, of the area; false: nothing was drawn.
 */
bool question_box_draw(struct question_box *b, const struct canvas_area *a,
		       size_t *row, size_t *col);

#endif /* RSH_UI_QUESTION_H */
