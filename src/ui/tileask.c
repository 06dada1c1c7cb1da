/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shells of many hosts on one screen: questions of the program.
 *
 * While one stands keys are keys, and Ctrl+C and its kin are signals, as they
 * are where a question has the terminal.  A moment after one that is gone
 * without its answer they still are: the rest of a passphrase is for no host.
 */
#include "base/list.h"
#include "io/loop.h"
#include "ui/screen.h"
#include "ui/tiles_internal.h"
#include "ui/viewask.h"

#include "base/banned.h"

static void give_back(struct timer *timer)
{
	struct tiles *t = container_of(timer, struct tiles, back);
	unsigned int ms = viewask_blind_ms(t->questions);

	timer_stop(t->conf.loop, &t->back);
	if (ms)
		timer_start(t->conf.loop, &t->back, ms, give_back);
	else if (t->screen)
		(void)screen_raw(t->screen, true, NULL);
}

static void changed(void *arg, bool asking)
{
	struct tiles *t = arg;

	if (!asking) {
		give_back(&t->back);
		return;
	}
	timer_stop(t->conf.loop, &t->back);
	tiles_forget_input(t);
	if (t->screen)
		(void)screen_raw(t->screen, false, NULL);
}

void tiles_question_key(struct tiles *t, const struct key *k)
{
	(void)viewask_key(t->questions, k);
	if (timer_armed(&t->back))
		give_back(&t->back);
	tiles_dirty(t);
}

struct question_box *tiles_questions(struct tiles *t)
{
	return viewask_box(t->questions);
}

void tiles_ask_init(struct tiles *t)
{
	const struct viewask_conf conf = {
		.loop = t->conf.loop,
		.screen = &t->screen,
		.canvas = &t->canvas.canvas,
		.changed = changed,
		.arg = t,
	};

	t->questions = viewask_new(&conf);
}

void tiles_ask_release(struct tiles *t)
{
	timer_stop(t->conf.loop, &t->back);
	viewask_free(t->questions);
}
