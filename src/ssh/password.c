/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Passwords, and the questions of keyboard-interactive.
 */
#include "ssh/password.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/log.h"
#include "base/text.h"
#include "ssh/ask.h"

#include "base/banned.h"

#define PASSWORD_MAX	1023 /* bytes */
#define PROMPTS_DEFAULT 3    /* ssh's NumberOfPasswordPrompts */
#define QUESTION_MAX	1024 /* bytes of a server's question that are shown */
#define QUESTIONS_MAX	16   /* in one request */

#define WHY_ELSEWHERE                                                          \
	N_("a host did not take the password, and it is tried nowhere else")
#define WHY_MORE N_("more is asked there than a password")

struct passwords {
	struct loop *loop;
	struct prompter *prompter;
	bool many;
	char *given;   /* the run's; a secret, or NULL */
	size_t nhosts; /* that may need it; 0: nobody counts them */
	bool wiped;    /* none did any more */
	enum {
		PROOF_NONE,
		PROOF_TESTING,
		PROOF_GOOD,
		PROOF_BAD,
	} proof;
	struct asker *prover; /* while testing */
	struct list waiting;  /* askers, for the proof */
};

struct passwords *passwords_new(struct loop *loop, struct prompter *prompter,
				bool many)
{
	struct passwords *pw = xcalloc(1, sizeof(*pw));

	pw->loop = loop;
	pw->prompter = prompter;
	pw->many = many;
	list_init(&pw->waiting);
	return pw;
}

void passwords_free(struct passwords *pw)
{
	if (!pw)
		return;
	secret_free(pw->given);
	free(pw);
}

int passwords_ask(struct passwords *pw, const char *text, struct err *err)
{
	pw->given = ask_and_wait(pw->loop, pw->prompter, PROMPT_PASSWORD, text,
				 err);
	return pw->given ? 0 : -1;
}

int passwords_read(struct passwords *pw, int fd, struct err *err)
{
	char *secret = secret_new(PASSWORD_MAX + 1);
	size_t len = 0;
	ssize_t n;

	/* Byte by byte: what follows the line is not ours. */
	do {
		n = read(fd, secret + len, 1);
	} while ((n < 0 && errno == EINTR) ||
		 (n == 1 && secret[len] != '\n' && ++len <= PASSWORD_MAX));
	if (n < 0) {
		err_set_errno(err, ERR_USAGE,
			      _("cannot read a password from descriptor %d"),
			      fd);
	} else if (len > PASSWORD_MAX) {
		err_set(err, ERR_USAGE,
			_("the password from descriptor %d is longer than %d bytes"),
			fd, PASSWORD_MAX);
	} else if (!len || memchr(secret, '\0', len)) {
		err_set(err, ERR_USAGE,
			_("there is no password on descriptor %d"), fd);
	} else {
		secret[len] = '\0';
		pw->given = secret;
		return 0;
	}
	secret_free(secret);
	return -1;
}

void passwords_expect(struct passwords *pw, size_t nhosts)
{
	pw->nhosts = nhosts;
}

void passwords_done(struct passwords *pw)
{
	if (!pw->nhosts || --pw->nhosts || !pw->given)
		return;
	secret_free(pw->given);
	pw->given = NULL;
	pw->wiped = true;
}

bool passwords_again(struct passwords *pw)
{
	if (pw->wiped)
		return false;
	pw->nhosts++;
	return true;
}

bool passwords_given(const struct passwords *pw)
{
	return pw && pw->given && *pw->given;
}

unsigned int passwords_tries(const struct passwords *pw,
			     const struct ssh_opts *opts, enum key_trust trust,
			     const char **why)
{
	*why = NULL;
	if (!pw || pw->wiped)
		return 0;
	if (trust == KEY_DISTRUSTED)
		*why = N_(
			"no password is sent to a host whose key did not pass the check");
	else if (pw->many && !pw->given)
		*why = N_("--password asks for one");
	else if (pw->many && trust != KEY_VERIFIED)
		*why = N_("the password is sent to no host whose key is new");
	if (*why || (!pw->given && (!pw->prompter || opts->batch_mode == 1)))
		return 0;
	if (pw->given)
		return 1;
	return opts->number_of_password_prompts >= 0
		       ? (unsigned int)opts->number_of_password_prompts
		       : PROMPTS_DEFAULT;
}

/* ---- the run's password ---- */

static void wait_for_proof(struct passwords *pw, struct asker *a)
{
	if (!a->node.next || list_empty(&a->node))
		list_append(&pw->waiting, &a->node);
}

static enum ask_rc get_given(struct passwords *pw, struct asker *a,
			     const char **secret, const char **why)
{
	if (a->given && !a->gave)
		return ASK_NEVER; /* once a host */
	switch (pw->proof) {
	case PROOF_BAD:
		*why = WHY_ELSEWHERE;
		return ASK_NEVER;
	case PROOF_TESTING:
		if (pw->prover == a)
			break;
		wait_for_proof(pw, a);
		return ASK_WAIT;
	case PROOF_NONE:
		pw->proof = PROOF_TESTING;
		pw->prover = a;
		break;
	case PROOF_GOOD:
		break;
	}
	a->gave = a->given = true;
	*secret = pw->given;
	return ASK_READY;
}

static void judge(struct passwords *pw, struct asker *a, bool good)
{
	a->gave = false;
	if (pw->prover == a)
		pw->prover = NULL;
	if (pw->proof != PROOF_BAD)
		pw->proof = good ? PROOF_GOOD : PROOF_BAD;
	while (!list_empty(&pw->waiting)) {
		struct asker *next =
			container_of(pw->waiting.next, struct asker, node);

		list_remove(&next->node);
		next->wake(next->arg);
	}
}

/* ---- asking a person ---- */

static void forget(struct asker *a)
{
	secret_free(a->answer);
	a->answer = NULL;
	free(a->text);
	a->text = NULL;
}

static void answered(struct prompt *q, char *answer, const struct err *err)
{
	struct asker *a = container_of(q, struct asker, prompt);

	if (!answer)
		log_verbose("%s", err->msg);
	a->asking = false;
	a->answer = answer;
	a->refused = !answer;
	a->wake(a->arg);
}

/* `text` is taken. */
static enum ask_rc get_typed(struct passwords *pw, struct asker *a,
			     enum prompt_kind kind, char *text, bool echo,
			     const char **secret)
{
	if (a->asking || a->answer || a->refused) {
		free(text);
		*secret = a->answer;
		return a->asking ? ASK_WAIT : a->answer ? ASK_READY : ASK_NEVER;
	}
	a->asking = true;
	a->text = text;
	a->prompt = (struct prompt){
		.kind = kind,
		.text = a->text,
		.echo = echo,
		.fn = answered,
	};
	pw->prompter->ops->ask(pw->prompter, &a->prompt);
	return ASK_WAIT;
}

enum ask_rc password_get(struct passwords *pw, struct asker *a,
			 const struct target *t, const char **secret,
			 const char **why)
{
	if (pw->given)
		return get_given(pw, a, secret, why);
	if (pw->wiped)
		return ASK_NEVER;
	/* As ssh: said before the next question, and not after the last. */
	if (a->wrong && !a->asking && !a->answer && !a->refused)
		log_error(_("Permission denied, please try again."));
	a->wrong = false;
	return get_typed(pw, a, PROMPT_PASSWORD,
			 xasprintf(_("%s@%s's password: "), t->user, t->host),
			 false, secret);
}

/* ---- keyboard-interactive ---- */

/* What the server wants to be read before its questions. */
static void show(const struct target *t, const char *text)
{
	char *visible;

	if (!text || !*text)
		return;
	visible = text_vis_dup(text, strlen(text), QUESTION_MAX);
	log_info("%s: %s", t->name, visible);
	free(visible);
}

static char *question_text(const struct target *t, const char *text)
{
	char *visible = text_vis_dup(text, strlen(text), QUESTION_MAX);
	char *whole = xasprintf("(%s@%s) %s", t->user, t->host, visible);

	free(visible);
	return whole;
}

static enum ask_rc get_answer(struct passwords *pw, struct asker *a,
			      const struct target *t, const char *text,
			      bool echo, const char **secret, const char **why)
{
	if (pw->wiped)
		return ASK_NEVER;
	if (!pw->given)
		return get_typed(pw, a, PROMPT_KBDINT, question_text(t, text),
				 echo, secret);
	/* Whatever comes after the password is no password. */
	if (echo || a->given) {
		*why = WHY_MORE;
		if (a->gave)
			judge(pw, a, false);
		return ASK_NEVER;
	}
	return get_given(pw, a, secret, why);
}

enum ask_rc kbdint_answer(struct passwords *pw, struct asker *a,
			  const struct target *t, const struct ssh_driver *drv,
			  struct drv_conn *conn, const char **why)
{
	struct auth_asked asked = { 0 };

	drv->asked(conn, &asked);
	if (asked.n > QUESTIONS_MAX || (pw->given && asked.n > 1)) {
		*why = WHY_MORE;
		return ASK_NEVER;
	}
	if (!a->next && !a->asking && !a->answer && !pw->given) {
		show(t, asked.name);
		show(t, asked.instruction);
	}
	for (; a->next < asked.n; a->next++) {
		const char *secret = NULL;
		bool echo = false;
		const char *text = drv->question(conn, a->next, &echo);
		enum ask_rc rc = get_answer(pw, a, t, text, echo, &secret, why);

		if (rc != ASK_READY)
			return rc;
		drv->answer(conn, a->next, secret);
		forget(a);
	}
	a->next = 0;
	return ASK_READY;
}

/* ---- what came of it ---- */

void password_told(struct passwords *pw, struct asker *a,
		   enum auth_answer answer)
{
	bool typed = a->text || a->answer;

	if (a->gave)
		judge(pw, a, answer != AUTH_DENIED);
	else if (typed && answer == AUTH_DENIED)
		a->wrong = true;
	a->next = 0;
	forget(a);
}

void password_cancel(struct passwords *pw, struct asker *a)
{
	if (a->node.next && !list_empty(&a->node))
		list_remove(&a->node);
	if (a->asking)
		pw->prompter->ops->cancel(pw->prompter, &a->prompt);
	a->asking = false;
	/* A server may hang up on a wrong one rather than say so. */
	if (a->gave)
		judge(pw, a, false);
	forget(a);
}
