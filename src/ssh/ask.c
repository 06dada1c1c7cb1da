/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A question asked before the run, and waited for.
 */
#include "ssh/ask.h"

#include "base/gettext.h"
#include "base/list.h"

#include "base/banned.h"

struct question {
	struct prompt prompt;
	char *answer;
	struct err err;
	bool done;
};

static void on_answer(struct prompt *q, char *answer, const struct err *err)
{
	struct question *question = container_of(q, struct question, prompt);

	question->answer = answer;
	if (!answer)
		err_copy(&question->err, err);
	question->done = true;
}

char *ask_and_wait(struct loop *loop, struct prompter *prompter,
		   enum prompt_kind kind, const char *text, struct err *err)
{
	struct question q = {
		.prompt = { .kind = kind, .text = text, .fn = on_answer },
	};

	if (!prompter) {
		err_set(err, ERR_AUTH, _("there is nobody to ask"));
		return NULL;
	}
	prompter->ops->ask(prompter, &q.prompt);
	while (!q.done && loop_turn(loop, true, err) >= 0)
		;
	if (!q.done)
		prompter->ops->cancel(prompter, &q.prompt);
	else if (!q.answer)
		err_copy(err, &q.err);
	err_release(&q.err);
	return q.answer;
}
