/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_UI_TEXTBOX_H
#define RSH_UI_TEXTBOX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"
#include "ui/canvas.h"
#include "ui/keys.h"
#include "ui/pager.h"

/** Lines kept; with more, all of them are forgotten but the new ones. */
#define TEXTBOX_MAX 50000

/** A title and lines to read below it, over what else is on the screen. */
struct textbox {
	char *title;
	struct strvec lines;
	struct pager pager;
};

void textbox_init(struct textbox *b);
void textbox_release(struct textbox *b);

/** Nothing is in it but a title. */
void textbox_begin(struct textbox *b, const char *title);

/** Lines follow, each with its newline. */
void textbox_add(struct textbox *b, const char *lines, size_t n);

/** Whether it was a key that scrolls. */
bool textbox_key(struct textbox *b, const struct key *k);

/** Draw it at the end of an area, of which it takes what it needs. */
void textbox_draw(struct textbox *b, const struct canvas_area *a);

#endif /* RSH_UI_TEXTBOX_H */
