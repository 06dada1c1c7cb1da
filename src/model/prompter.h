/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_MODEL_PROMPTER_H
#define RSH_MODEL_PROMPTER_H

#include <stdbool.h>

#include "base/err.h"
#include "base/list.h"

enum prompt_kind {
	PROMPT_PASSPHRASE,
	PROMPT_PASSWORD,
	PROMPT_KBDINT,	/* a question of the server's */
	PROMPT_HOSTKEY, /* yes, no or a fingerprint */
	PROMPT_CONFIRM,
};

struct prompt;

/**
 * The answer: secret_new() memory that is the receiver's now, without its
 * newline; NULL when there is none, and `err` says why.  Called once, on a
 * later turn of the loop.
 */
typedef void prompt_fn(struct prompt *q, char *answer, const struct err *err);

/** A question; embedded in who asks.  Zeroed is idle. */
struct prompt {
	enum prompt_kind kind;
	const char *text; /* borrowed until answered; server text in it went
			     through text_vis() */
	bool echo;	  /* the answer may be seen while it is typed */
	prompt_fn *fn;
	struct list node; /* the prompter's */
};

struct prompter;

/**
 * Questions out, answers in.  They are asked one at a time, in the order they
 * came; nothing else waits meanwhile.  A terminal stands behind it, or a view.
 */
struct prompter_ops {
	void (*ask)(struct prompter *p, struct prompt *q);
	/* Forget the question; nothing if it is idle. */
	void (*cancel)(struct prompter *p, struct prompt *q);
};

struct prompter {
	const struct prompter_ops *ops;
};

#endif /* RSH_MODEL_PROMPTER_H */
