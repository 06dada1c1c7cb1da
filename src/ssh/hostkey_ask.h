/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_SSH_HOSTKEY_ASK_H
#define RSH_SSH_HOSTKEY_ASK_H

#include "base/err.h"
#include "base/list.h"
#include "model/prompter.h"
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
};

/**
 * Ask a person whether the unknown `key` is that of the target: yes, no or its
 * fingerprint (StrictHostKeyChecking ask, ssh_config(5)).  One question for
 * each name and key of a run, however many ask.  `address` (may be empty) is
 * told with it.  `err` (ERR_HOSTKEY) is filled for HOSTKEY_NO only.
 *
 * `hk` borrows `prompter` until all waiters are answered or cancelled.
 */
enum hostkey_answer hostkey_ask(struct hostkeys *hk, const struct target *t,
				const struct kh_key *key, const char *address,
				struct prompter *prompter,
				struct hostkey_waiter *w, struct err *err);

/** Wait no longer; the last one takes the question back.  Idle is fine. */
void hostkey_ask_cancel(struct hostkeys *hk, struct hostkey_waiter *w);

/** Free the questions of a run: hostkeys_free() does it. */
void hostkey_questions_free(struct list *questions);

#endif /* RSH_SSH_HOSTKEY_ASK_H */
