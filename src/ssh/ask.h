/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_SSH_ASK_H
#define RSH_SSH_ASK_H

#include "base/err.h"
#include "io/loop.h"
#include "model/prompter.h"

/** Whether what a log-in asks of a person is there. */
enum ask_rc {
	ASK_NEVER, /* go on without */
	ASK_READY,
	ASK_WAIT, /* `wake` will be called, from the loop */
};

/**
 * Put a question before the run and turn the loop until it is answered.  The
 * answer, a secret that is the caller's, or NULL with `err`; a NULL `prompter`
 * is nobody to ask.
 */
char *ask_and_wait(struct loop *loop, struct prompter *prompter,
		   enum prompt_kind kind, const char *text, struct err *err);

#endif /* RSH_SSH_ASK_H */
