/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_UI_SCREENCANVAS_H
#define RSH_UI_SCREENCANVAS_H

#include "base/strbuf.h"
#include "ui/canvas.h"

struct screen;

/** A canvas that is all of a screen. */
struct screencanvas {
	struct canvas canvas;
	struct screen *const
		*screen;   /* borrowed; it may be another each time */
	struct strbuf run; /* private: what is put, ended by NUL */
};

void screencanvas_init(struct screencanvas *c, struct screen *const *screen);
void screencanvas_release(struct screencanvas *c);

#endif /* RSH_UI_SCREENCANVAS_H */
