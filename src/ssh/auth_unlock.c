/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The passphrases of keys.
 */
#include "ssh/auth.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/log.h"
#include "ssh/ask.h"
#include "ssh/auth_store.h"

#include "base/banned.h"

/* ssh's NumberOfPasswordPrompts where it is not set. */
#define PROMPTS_DEFAULT 3

static char *question_for(const struct identity *id)
{
	return xasprintf(_("Enter passphrase for key '%s': "), id->path);
}

static unsigned int prompts_of(const struct ssh_opts *opts)
{
	return opts->number_of_password_prompts >= 0
		       ? (unsigned int)opts->number_of_password_prompts
		       : PROMPTS_DEFAULT;
}

/*
 * What a passphrase opens: as key_load(), and -1 for none.  `secret` is taken.
 */
static int open_with(struct auth_store *st, struct identity *id, char *secret)
{
	struct err err = { 0 };
	struct drv_key *key = NULL;
	int rc = -1;

	/* An empty answer means "not this key", as in ssh. */
	if (secret && *secret)
		rc = st->drv->key_load(id->path, secret, &key, &err);
	if (err.msg)
		log_verbose("%s", err.msg);
	err_release(&err);
	if (rc == 1) {
		auth_identity_open(st, id, key);
		if (id->keep) {
			id->passphrase = secret;
			return rc;
		}
	} else if (key) {
		st->drv->key_free(key);
	}
	secret_free(secret);
	return rc;
}

/* ---- before the run ---- */

/* Only to spare the user a question.  The agent has a deadline, so this ends.
 */
static void await_list(struct keyring *k)
{
	while (!k->listed && loop_turn(k->store->loop, true, NULL) >= 0)
		;
}

static bool agent_has(const struct auth_store *st, const struct identity *id,
		      struct keyring *k)
{
	struct kh_key pub;

	if (!id->key || !k)
		return false;
	await_list(k);
	st->drv->key_public(id->key, &pub);
	return auth_keyring_holds(k, &pub);
}

static void ask_now(struct auth_store *st, struct identity *id,
		    unsigned int tries)
{
	char *text = question_for(id);
	struct err err = { 0 };
	int rc = 0;

	while (rc == 0 && tries-- > 0)
		rc = open_with(st, id,
			       ask_and_wait(st->loop, st->prompter,
					    PROMPT_PASSPHRASE, text, &err));
	if (err.msg)
		log_verbose("%s", err.msg);
	err_release(&err);
	if (rc == 0)
		log_warn(_("wrong passphrase for key '%s': not used"),
			 id->path);
	id->given_up = rc != 1;
	free(text);
}

static bool may_ask(const struct auth_store *st, const struct ssh_opts *opts)
{
	return st->prompter && opts->batch_mode != 1 && prompts_of(opts);
}

void auth_store_unlock(struct auth_store *st, const struct ssh_opts *opts)
{
	struct keyring *k = auth_keyring(st, opts);
	bool may = may_ask(st, opts);

	if (opts->pubkey_authentication == 0)
		return;
	for (size_t i = 0; i < opts->identity_files.n; i++) {
		struct identity *id =
			auth_identity(st, opts->identity_files.v[i]);

		if (!id || !id->locked || id->given_up || agent_has(st, id, k))
			continue;
		if (may)
			ask_now(st, id, prompts_of(opts));
		else
			log_debug(
				"key '%s' needs a passphrase, and nobody can be asked for this host",
				id->path);
	}
}

/* ---- when a key's turn comes ---- */

void auth_store_ask_in_turn(struct auth_store *st)
{
	st->in_turn = true;
}

bool auth_asks_in_turn(const struct auth_store *st, const struct ssh_opts *opts)
{
	return st->in_turn && may_ask(st, opts);
}

static void answered(struct prompt *prompt, char *answer, const struct err *err)
{
	struct auth_ladder *l =
		container_of(prompt, struct auth_ladder, prompt);
	struct identity *id = l->try.locked;
	int rc;

	if (!answer)
		log_verbose("%s", err->msg);
	l->asking = false;
	rc = open_with(l->store, id, answer);
	if (rc == 0 && id->prompts >= prompts_of(l->opts))
		log_warn(_("wrong passphrase for key '%s': not used"),
			 id->path);
	id->given_up =
		rc < 0 || (rc == 0 && id->prompts >= prompts_of(l->opts));
	l->wake(l->wake_arg);
}

static void ask_in_turn(struct auth_ladder *l)
{
	struct identity *id = l->try.locked;

	if (!l->question)
		l->question = question_for(id);
	l->prompt = (struct prompt){
		.kind = PROMPT_PASSPHRASE,
		.text = l->question,
		.fn = answered,
	};
	id->prompts++;
	l->asking = true;
	l->store->prompter->ops->ask(l->store->prompter, &l->prompt);
}

/* The try is made with what the passphrase has opened. */
static enum ask_rc take_opened(struct auth_ladder *l)
{
	const struct identity *id = l->try.locked;

	l->try.locked = NULL;
	free(l->question);
	l->question = NULL;
	if (id->given_up)
		return ASK_NEVER;
	l->try.key = l->offered ? l->offered->key : id->key;
	return l->try.key ? ASK_READY : ASK_NEVER;
}

enum ask_rc auth_ladder_unlock(struct auth_ladder *l, void (*wake)(void *arg),
			       void *arg)
{
	const struct identity *id = l->try.locked;

	if (!id || l->try.kind != AUTH_KEY)
		return ASK_READY;
	if (id->can_sign || id->given_up)
		return take_opened(l);
	if (!l->asking) {
		l->wake = wake;
		l->wake_arg = arg;
		ask_in_turn(l);
	}
	return ASK_WAIT;
}

void auth_ladder_hush(struct auth_ladder *l)
{
	if (l->asking)
		l->store->prompter->ops->cancel(l->store->prompter, &l->prompt);
	l->asking = false;
	free(l->question);
	l->question = NULL;
}
