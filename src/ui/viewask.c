/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between the box of questions and a screen.
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
#include "ui/question.h"
#include "ui/screen.h"

#include "base/banned.h"

/* Between two keys; to read a question takes longer. */
#define BLIND_NS  UINT64_C(300000000)
#define NS_PER_MS 1000000u

struct viewask {
	struct viewask_conf conf;
	struct question_box *box;
	bool asking, drawn;
	bool entered;	  /* the question has its answer */
	bool blind;	  /* the last key was typed for something else */
	uint64_t last_ns; /* when that came; 0: what comes is not of it */
};

static void changed(void *arg)
{
	struct viewask *va = arg;
	struct screen *screen = *va->conf.screen;
	bool asking = question_box_asking(va->box);
	bool turns = asking != va->asking;

	if (asking && turns) {
		if (screen)
			screen_forget_input(screen);
		va->drawn = va->entered = false;
		va->blind = true;
	} else if (turns) {
		va->blind = !va->entered;
	}
	if (va->entered)
		va->last_ns = 0;
	va->asking = asking;
	if (turns && va->conf.changed)
		va->conf.changed(va->conf.arg, asking);
	if (screen)
		screen_dirty(screen);
}

struct viewask *viewask_new(const struct viewask_conf *conf)
{
	struct viewask *va = xcalloc(1, sizeof(*va));

	va->conf = *conf;
	va->box = question_box_new(conf->loop, changed, va);
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
	uint64_t now = loop_now(va->conf.loop);
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

void viewask_typed(struct viewask *va)
{
	va->last_ns = loop_now(va->conf.loop);
}

unsigned int viewask_blind_ms(const struct viewask *va)
{
	uint64_t since = loop_now(va->conf.loop) - va->last_ns;

	return va->blind && since < BLIND_NS
		       ? (unsigned int)((BLIND_NS - since) / NS_PER_MS) + 1
		       : 0;
}

void viewask_draw(struct viewask *va)
{
	struct screen *screen = *va->conf.screen;
	const struct canvas_area area = { .canvas = va->conf.canvas,
					  .rows = screen_rows(screen),
					  .cols = screen_cols(screen) };
	size_t row, col;

	if (!question_box_draw(va->box, &area, &row, &col))
		return;
	va->drawn = true;
	screen_cursor(screen, (unsigned int)row, (unsigned int)col);
}
