/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A screen, for those who draw on any canvas.
 */
#include "ui/screencanvas.h"

#include "base/list.h"
#include "ui/screen.h"

#include "base/banned.h"

static void put(struct canvas *c, size_t row, size_t col, const char *text,
		size_t n, const struct sgr_style *style)
{
	static const struct {
		unsigned int of, is;
	} attrs[] = {
		{ SGR_BOLD, SCREEN_BOLD },
		{ SGR_DIM, SCREEN_DIM },
		{ SGR_ITALIC, SCREEN_ITALIC },
		{ SGR_UNDERLINE, SCREEN_UNDERLINE },
		{ SGR_REVERSE, SCREEN_REVERSE },
	};
	struct screencanvas *sc = container_of(c, struct screencanvas, canvas);
	struct screen_style look = { .fg = style->fg, .bg = style->bg };

	for (size_t i = 0; i < sizeof(attrs) / sizeof(attrs[0]); i++)
		if (style->attrs & attrs[i].of)
			look.attrs |= attrs[i].is;
	strbuf_reset(&sc->run);
	(void)strbuf_add(&sc->run, text, n);
	(void)screen_text(*sc->screen, (unsigned int)row, (unsigned int)col,
			  sc->run.buf, &look);
}

static const struct canvas_ops ops = { .put = put };

void screencanvas_init(struct screencanvas *c, struct screen *const *screen)
{
	*c = (struct screencanvas){ .canvas = { &ops }, .screen = screen };
	strbuf_init(&c->run, STRBUF_MAX_TEXT);
}

void screencanvas_release(struct screencanvas *c)
{
	strbuf_release(&c->run);
}
