/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/fake_prompter.h"

#include <string.h>

#include "base/alloc.h"
#include "base/list.h"
#include "lib/test.h"

static void answer_now(struct timer *t)
{
	struct fake_prompter *fp = container_of(t, struct fake_prompter, later);
	struct prompt *q = fp->open;
	const char *text = *fp->answers;
	struct err err = { 0 };

	fp->open = NULL;
	if (text) {
		fp->answers++;
		q->fn(q, secret_dup(text, strlen(text)), NULL);
		return;
	}
	err_set(&err, ERR_AUTH, "no terminal");
	q->fn(q, NULL, &err);
	err_release(&err);
}

static void fake_ask(struct prompter *p, struct prompt *q)
{
	struct fake_prompter *fp =
		container_of(p, struct fake_prompter, prompter);

	assert_null(fp->open);
	assert_int_equal(q->kind, PROMPT_HOSTKEY);
	assert_true(q->echo);
	fp->asked++;
	strvec_push(&fp->texts, q->text);
	fp->open = q;
	timer_start(fp->loop, &fp->later, FAKE_THINKS_MS, answer_now);
}

static void fake_cancel(struct prompter *p, struct prompt *q)
{
	struct fake_prompter *fp =
		container_of(p, struct fake_prompter, prompter);

	assert_ptr_equal(fp->open, q);
	fp->open = NULL;
	fp->cancelled++;
	timer_stop(fp->loop, &fp->later);
}

static const struct prompter_ops fake_ops = { fake_ask, fake_cancel };

void fake_prompter_init(struct fake_prompter *fp, struct loop *loop,
			const char *const *answers)
{
	*fp = (struct fake_prompter){
		.prompter = { &fake_ops },
		.loop = loop,
		.answers = answers,
	};
}

void fake_prompter_release(struct fake_prompter *fp)
{
	assert_null(fp->open);
	strvec_release(&fp->texts);
}
