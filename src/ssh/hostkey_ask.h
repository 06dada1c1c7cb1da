/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_SSH_HOSTKEY_ASK_H
#define RSH_SSH_HOSTKEY_ASK_H

#include <stdbool.h>

#include "base/err.h"
#include "base/list.h"
#include "io/loop.h"
#include "model/prompter.h"
#include "model/target.h"
#include "ssh/hostkey.h"

/** Zero means refuse. */
enum hostkey_answer {
	HOSTKEY_UNANSWERED = 0, /* nobody could say */
	HOSTKEY_NO,
	HOSTKEY_YES,
	HOSTKEY_WAIT, /* the waiter is woken when there is an answer */
};

/** Who waits; embedded in who asks.  Zeroed is idle. */
struct hostkey_waiter {
	struct list node;
	void (*wake)(void *arg); /* must not ask or cancel in there */
	void *arg;
	struct hostkey_question *question; /* private */
};

/**
 * Asks a person whether new keys are those of their hosts
 * (StrictHostKeyChecking ask, ssh_config(5)).  One prompt stands at a time.
 *
 * One host: yes, no or the key's fingerprint, at once.
 *
 * Many: what comes in is gathered until none came for a moment, or for a while
 * at most, and put as one list to review: yes or no to all of it, or each by
 * itself.  A single one is asked about as with one host.  What comes while a
 * prompt stands is gathered for the next.
 */
struct hostkey_asker;

/** `prompter` is borrowed; `many`: more than one host. */
struct hostkey_asker *hostkey_asker_new(struct loop *loop,
					struct prompter *prompter, bool many);

/** Nobody may wait any more.  NULL is fine. */
void hostkey_asker_free(struct hostkey_asker *a);

/**
 * Ask about the unknown key of the target.  One question for each name and key
 * of a run, however many ask; an answer holds for the run.  The address (may be
 * empty) is told with it; or `doubt`, if not NULL, and then the question is on
 * no list.  `err` (ERR_HOSTKEY) is filled for HOSTKEY_NO only.  NULL as the
 * asker is nobody to ask.
 */
enum hostkey_answer hostkey_ask(struct hostkey_asker *a, const struct target *t,
				const struct hostkey_seen *seen,
				const char *doubt, struct hostkey_waiter *w,
				struct err *err);

/** Wait no longer; the last one takes the question back.  Idle is fine. */
void hostkey_ask_cancel(struct hostkey_asker *a, struct hostkey_waiter *w);

#endif /* RSH_SSH_HOSTKEY_ASK_H */
