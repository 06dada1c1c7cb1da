/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between the box of questions and the screen of a view.
 *
 * Notes: what is typed for one thing is to be no answer to another: a question
 * may come, or go, under the fingers of who types.  So keys count only from
 * when it was drawn, and of those that follow each other so fast that no eye
 * was between them, none counts when one did not.  Who answers by a program
 * types nothing before there is a question, and loses nothing.
 */
#include "ui/viewask.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "io/loop.h"
#include "ui/panel.h"
#include "ui/question.h"
#include "ui/screen.h"
#include "base/banned.h"

/* Between two keys; to read a question takes longer. */
#define BLIND_NS UINT64_C(300000000)

struct viewask {
	const struct panel_world *world;
	struct canvas *canvas;
	struct question_box *box;
	bool asking, drawn;
	bool entered;	  /* the question has its answer */
	bool blind;	  /* the last key was typed for something else */
	uint64_t last_ns; /* when that came; 0: what comes is not of it */
};

static void changed(void *arg)
{
	struct viewask *va = arg;
	bool asking = question_box_asking(va->box);

	if (asking && !va->asking) {
		if (va->world->screen)
			screen_forget_input(va->world->screen);
		va->drawn = va->entered = false;
		va->blind = true;
	} else if (!asking && va->asking) {
		va->blind = !va->entered;
	}
	if (va->entered)
		va->last_ns = 0;
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

/* Whether it was typed for what is not there any more. */
static bool is_blind(struct viewask *va)
{
	uint64_t now = loop_now(va->world->loop);
	bool at_once = now - va->last_ns < BLIND_NS;

	va->last_ns = now;
	va->blind = va->blind && at_once;
	return va->blind || (va->asking && !va->drawn);
}

bool viewask_key(struct viewask *va, const struct key *k)
{
	if (is_blind(va)) {
		va->blind = true;
		return true;
	}
	if (!va->asking)
		return false;
	va->entered = k->kind == KEY_ENTER;
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

	if (!question_box_draw(va->box, &area, &row, &col))
		return;
	va->drawn = true;
	screen_cursor(screen, (unsigned int)row, (unsigned int)col);
}
