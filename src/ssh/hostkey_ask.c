/* SPDX-License-Identifier: Apache-2.0 */
/* Questions about new host keys. */
#include "ssh/hostkey_ask.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "conf/fingerprint.h"

#include "base/banned.h"

#define BLANKS " \t\r\n"

/* A question, and what was answered: it is not asked again. */
struct question {
	struct list node;
	struct prompt prompt;
	struct prompter *prompter;
	struct list waiters; /* struct hostkey_waiter */
	enum hostkey_answer answer;
	char *name;
	char *text;
	struct strbuf print;
	void *blob; /* of the key */
	size_t len;
};

static void question_free(struct question *q)
{
	list_remove(&q->node);
	strbuf_release(&q->print);
	free(q->name);
	free(q->text);
	free(q->blob);
	free(q);
}

static enum hostkey_answer meaning(const struct question *q, char *answer)
{
	size_t n;

	answer += strspn(answer, BLANKS);
	n = strlen(answer);
	while (n && strchr(BLANKS, answer[n - 1]))
		n--;
	answer[n] = '\0';
	if (!n || !strcasecmp(answer, "no"))
		return HOSTKEY_NO;
	if (!strcasecmp(answer, "yes") || !strcmp(answer, q->print.buf))
		return HOSTKEY_YES;
	return HOSTKEY_WAIT;
}

static void answered(struct prompt *prompt, char *answer, const struct err *err)
{
	struct question *q = container_of(prompt, struct question, prompt);

	(void)err; /* the refusal says what to do instead */
	q->answer = answer ? meaning(q, answer) : HOSTKEY_UNANSWERED;
	secret_free(answer);
	if (q->answer == HOSTKEY_WAIT) {
		prompt->text = _("Please answer yes, no or the fingerprint: ");
		q->prompter->ops->ask(q->prompter, prompt);
		return;
	}
	while (!list_empty(&q->waiters)) {
		struct hostkey_waiter *w = container_of(
			q->waiters.next, struct hostkey_waiter, node);

		list_remove(&w->node);
		w->wake(w->arg);
	}
}

static struct question *find(struct list *questions, const char *name,
			     const struct kh_key *key)
{
	list_for_each (node, questions) {
		struct question *q = container_of(node, struct question, node);

		if (!strcmp(q->name, name) && q->len == key->len &&
		    !memcmp(q->blob, key->blob, key->len))
			return q;
	}
	return NULL;
}

/* `name` is taken. */
static struct question *question_new(struct list *questions, char *name,
				     const struct target *t,
				     const struct kh_key *key,
				     const char *address, struct prompter *p)
{
	enum fingerprint_hash hash =
		(enum fingerprint_hash)t->opts->fingerprint_hash;
	struct question *q = xcalloc(1, sizeof(*q));
	struct strbuf art = STRBUF_INIT(1024);

	q->name = name;
	q->blob = xmemdup(key->blob, key->len);
	q->len = key->len;
	q->prompter = p;
	q->answer = HOSTKEY_WAIT;
	list_init(&q->waiters);
	strbuf_init(&q->print, 256);
	kh_fingerprint(key, hash, &q->print);
	if (t->opts->visual_host_key == 1) {
		(void)strbuf_addch(&art, '\n');
		kh_randomart(key, hash, &art);
	}
	if (*address)
		q->text = xasprintf(
			_("No key is known for '%s' (%s).\nIt shows the %s key %s.%s\nIs that its key (yes/no/[fingerprint])? "),
			name, address, key->type, q->print.buf, art.buf);
	else
		q->text = xasprintf(
			_("No key is known for '%s'.\nIt shows the %s key %s.%s\nIs that its key (yes/no/[fingerprint])? "),
			name, key->type, q->print.buf, art.buf);
	strbuf_release(&art);
	q->prompt = (struct prompt){
		.kind = PROMPT_HOSTKEY,
		.text = q->text,
		.echo = true,
		.fn = answered,
	};
	list_append(questions, &q->node);
	p->ops->ask(p, &q->prompt);
	return q;
}

enum hostkey_answer hostkey_ask(struct hostkeys *hk, const struct target *t,
				const struct kh_key *key, const char *address,
				struct prompter *prompter,
				struct hostkey_waiter *w, struct err *err)
{
	char *name = hostkey_name_and_port(t);
	struct list *questions = hostkeys_questions(hk);
	struct question *q = find(questions, name, key);

	if (!q)
		q = question_new(questions, name, t, key, address, prompter);
	else
		free(name);
	if (q->answer == HOSTKEY_NO)
		err_set(err, ERR_HOSTKEY,
			_("host key verification failed: the key of '%s' was not accepted"),
			q->name);
	if (q->answer == HOSTKEY_WAIT &&
	    (!w->node.next || list_empty(&w->node)))
		list_append(&q->waiters, &w->node);
	return q->answer;
}

void hostkey_ask_cancel(struct hostkeys *hk, struct hostkey_waiter *w)
{
	if (!w->node.next || list_empty(&w->node))
		return;
	list_remove(&w->node);
	list_for_each_safe (node, after, hostkeys_questions(hk)) {
		struct question *q = container_of(node, struct question, node);

		if (q->answer != HOSTKEY_WAIT || !list_empty(&q->waiters))
			continue;
		q->prompter->ops->cancel(q->prompter, &q->prompt);
		question_free(q);
	}
}

void hostkey_questions_free(struct list *questions)
{
	list_for_each_safe (node, after, questions)
		question_free(container_of(node, struct question, node));
}
