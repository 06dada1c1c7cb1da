/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between the box of questions and the screen of a view.
 */
#include "ui/viewask.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "ui/panel.h"
#include "ui/question.h"
#include "ui/screen.h"
#include "base/banned.h"

struct viewask {
	const struct panel_world *world;
	struct canvas *canvas;
	struct question_box *box;
	bool asking;
};

/* As on a terminal: what was typed before the question is no answer to it. */
static void changed(void *arg)
{
	struct viewask *va = arg;
	bool asking = question_box_asking(va->box);

	if (va->world->screen && asking && !va->asking)
		screen_forget_input(va->world->screen);
	va->asking = asking;
	if (va->world->screen)
		screen_dirty(va->world->screen);
}

struct viewask *viewask_new(const struct panel_world *world,
			    struct canvas *canvas)
{
	struct viewask *va = xcalloc(1, sizeof(*va));

	va->world = world;
	va->canvas = canvas;
	va->box = question_box_new(world->loop, changed, va);
	return va;
}

void viewask_free(struct viewask *va)
{
	if (!va)
		return;
	question_box_free(va->box);
	free(va);
}

struct question_box *viewask_box(struct viewask *va)
{
	return va->box;
}

bool viewask_key(struct viewask *va, const struct key *k)
{
	if (!question_box_asking(va->box))
		return false;
	question_box_take(va->box, k);
	return true;
}

void viewask_draw(struct viewask *va)
{
	struct screen *screen = va->world->screen;
	const struct canvas_area area = { .canvas = va->canvas,
					  .rows = screen_rows(screen),
					  .cols = screen_cols(screen) };
	size_t row, col;

	if (question_box_draw(va->box, &area, &row, &col))
		screen_cursor(screen, (unsigned int)row, (unsigned int)col);
}
