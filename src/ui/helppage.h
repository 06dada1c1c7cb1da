/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_UI_HELPPAGE_H
#define RSH_UI_HELPPAGE_H

#include <stdbool.h>

#include "ui/canvas.h"
#include "ui/keys.h"
#include "ui/pager.h"

/** The keys of the view, wrapped and scrolled where there is little place. */
struct helppage {
	struct pager pager;
};

void helppage_init(struct helppage *h);
void helppage_release(struct helppage *h);

/** Whether it was a key that scrolls. */
bool helppage_key(struct helppage *h, const struct key *k);

void helppage_draw(struct helppage *h, const struct canvas_area *a);

#endif /* RSH_UI_HELPPAGE_H */
