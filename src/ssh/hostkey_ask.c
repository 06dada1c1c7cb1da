/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Questions about new host keys.
 *
 * A question is idle, then new (it waits for its turn), then shown, alone or in
 * a list, and then has its answer for the rest of the run.  `each` said to a
 * list makes its questions single ones.  All that stands in a prompt, and
 * nothing else, is in `shown`.
 */
#include "ssh/hostkey_ask.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/hashmap.h"
#include "conf/fingerprint.h"
#include "conf/hostlist.h"
#include "io/timer.h"

#include "base/banned.h"

#define BLANKS " \t\r\n"

/* A list is shown when nothing was added for so long, or after so long. */
#define QUIET_MS  200
#define GATHER_MS 2000

/* Keys on one list: what a person may look through, and an argument of
   SSH_ASKPASS may hold (128 KiB), with the longest names and pictures. */
#define REVIEW_MAX   200
#define REVIEW_BYTES ((size_t)120 * 1024)

/* A question, and what was answered: it is not asked again. */
struct hostkey_question {
	struct hashmap_node in_map;
	struct list node;    /* in one of the asker's lists, or in none */
	struct list waiters; /* struct hostkey_waiter */
	enum hostkey_answer answer;
	unsigned int rank; /* of the first target that asked */
	struct kh_key key; /* of the two below */
	char *type;
	void *blob;
	char *name;
	char *address;
	char *doubt; /* or NULL */
	char *print; /* the fingerprint */
	char *art;   /* its picture after a newline, or "" */
};

struct hostkey_asker {
	struct loop *loop;
	struct prompter *prompter;
	bool many;
	struct hashmap questions; /* of the run */
	struct list fresh;	  /* gathered for the next list */
	struct list single;	  /* to be asked one by one, before any list */
	struct list shown;	  /* in the prompt that stands */
	struct timer quiet, latest;
	struct prompt prompt;
	bool listed; /* the prompt is about a list */
	char *text;
};

/* ---- one question ---- */

struct question_key {
	const char *name;
	const struct kh_key *key;
};

static bool same_key(const struct kh_key *a, const struct kh_key *b)
{
	return a->len == b->len && !memcmp(a->blob, b->blob, a->len);
}

static bool is_question(const struct hashmap_node *node, const void *key)
{
	const struct hostkey_question *q =
		container_of_const(node, struct hostkey_question, in_map);
	const struct question_key *k = key;

	return !strcmp(q->name, k->name) && same_key(&q->key, k->key);
}

static char *fingerprint(const struct kh_key *key, enum fingerprint_hash hash)
{
	struct strbuf text = STRBUF_INIT(256);

	kh_fingerprint(key, hash, &text);
	return strbuf_detach(&text, NULL);
}

static char *picture(const struct kh_key *key, enum fingerprint_hash hash)
{
	struct strbuf text = STRBUF_INIT(1024);

	(void)strbuf_addch(&text, '\n');
	kh_randomart(key, hash, &text);
	return strbuf_detach(&text, NULL);
}

static struct hostkey_question *question_new(const struct question_key *k,
					     const struct target *t,
					     const struct hostkey_seen *seen,
					     const char *doubt)
{
	enum fingerprint_hash hash =
		(enum fingerprint_hash)t->opts->fingerprint_hash;
	struct hostkey_question *q = xcalloc(1, sizeof(*q));

	list_init(&q->node);
	list_init(&q->waiters);
	q->answer = HOSTKEY_WAIT;
	q->rank = t->rank;
	q->type = xstrdup(k->key->type);
	q->blob = xmemdup(k->key->blob, k->key->len);
	q->key = (struct kh_key){ q->type, q->blob, k->key->len };
	q->name = xstrdup(k->name);
	q->address = xstrdup(seen->address);
	q->doubt = doubt ? xstrdup(doubt) : NULL;
	q->print = fingerprint(k->key, hash);
	q->art = t->opts->visual_host_key == 1 ? picture(k->key, hash)
					       : xstrdup("");
	return q;
}

static void question_free(struct hostkey_question *q)
{
	free(q->type);
	free(q->blob);
	free(q->name);
	free(q->address);
	free(q->doubt);
	free(q->print);
	free(q->art);
	free(q);
}

static struct hostkey_question *question_at(struct list *node)
{
	return container_of(node, struct hostkey_question, node);
}

static void move_to(struct list *list, struct hostkey_question *q)
{
	list_remove(&q->node);
	list_append(list, &q->node);
}

static void settle(struct hostkey_question *q, enum hostkey_answer answer)
{
	q->answer = answer;
	list_remove(&q->node);
	while (!list_empty(&q->waiters)) {
		struct hostkey_waiter *w = container_of(
			q->waiters.next, struct hostkey_waiter, node);

		list_remove(&w->node);
		w->question = NULL;
		w->wake(w->arg);
	}
}

/* ---- what is shown ---- */

static char *single_text(const struct hostkey_question *q)
{
	if (q->doubt)
		return xasprintf(
			_("WARNING: %s.%s\nIs that its key (yes/no/[fingerprint])? "),
			q->doubt, q->art);
	if (*q->address)
		return xasprintf(
			_("No key is known for '%s' (%s).\nIt shows the %s key %s.%s\nIs that its key (yes/no/[fingerprint])? "),
			q->name, q->address, q->key.type, q->print, q->art);
	return xasprintf(
		_("No key is known for '%s'.\nIt shows the %s key %s.%s\nIs that its key (yes/no/[fingerprint])? "),
		q->name, q->key.type, q->print, q->art);
}

static int by_rank(const void *a, const void *b)
{
	const struct hostkey_question *const *x = a, *const *y = b;

	return ((*x)->rank > (*y)->rank) - ((*x)->rank < (*y)->rank);
}

/*
 * One line for each key: its type, its fingerprint and who shows it; a picture
 * below.  What was written of `v` is NULL then.
 */
static int add_group(struct hostkey_question **v, size_t n, struct strbuf *text)
{
	const struct hostkey_question *first = v[0];
	const char *names[REVIEW_MAX];
	size_t count = 0, len = 0;

	for (size_t i = 0; i < n; i++) {
		if (!v[i] || !same_key(&v[i]->key, &first->key))
			continue;
		names[count++] = v[i]->name;
		len += strlen(v[i]->name) + 1;
		v[i] = NULL;
	}
	/* Folded they are never longer. */
	if (strbuf_addf(text, "  %s %s ", first->key.type, first->print) ||
	    len > REVIEW_BYTES - text->len)
		return -1;
	hostlist_fold(names, count, text);
	return strbuf_addf(text, "%s\n", first->art);
}

/* NULL: too long. */
static char *review_text(const struct list *shown)
{
	struct strbuf text = STRBUF_INIT(REVIEW_BYTES);
	struct hostkey_question *v[REVIEW_MAX] = { NULL };
	size_t n = 0;
	int rc;

	list_for_each (node, shown)
		v[n++] = question_at(node);
	qsort(v, n, sizeof(v[0]), by_rank);
	rc = strbuf_addf(
		&text,
		ngettext("No key is known for %zu host.  It shows:\n",
			 "No key is known for %zu hosts.  They show:\n", n),
		n);
	for (size_t i = 0; i < n && !rc; i++)
		if (v[i])
			rc = add_group(v + i, n - i, &text);
	if (!rc)
		rc = strbuf_addstr(&text,
				   _("Are these their keys (yes/no/each)? "));
	if (!rc)
		return strbuf_detach(&text, NULL);
	strbuf_release(&text);
	return NULL;
}

/* ---- answers ---- */

static void show_next(struct hostkey_asker *a);

static bool alone(const struct list *list)
{
	return !list_empty(list) && list->next->next == list;
}

/* The answer without blanks around it. */
static char *trimmed(char *answer)
{
	size_t n;

	answer += strspn(answer, BLANKS);
	n = strlen(answer);
	while (n && strchr(BLANKS, answer[n - 1]))
		n--;
	answer[n] = '\0';
	return answer;
}

/* HOSTKEY_WAIT: it makes no sense. */
static enum hostkey_answer meaning(const char *answer, const char *print)
{
	if (!*answer || !strcasecmp(answer, "no"))
		return HOSTKEY_NO;
	if (!strcasecmp(answer, "yes") || (print && !strcmp(answer, print)))
		return HOSTKEY_YES;
	return HOSTKEY_WAIT;
}

static void settle_shown(struct hostkey_asker *a, enum hostkey_answer answer)
{
	while (!list_empty(&a->shown))
		settle(question_at(a->shown.next), answer);
}

static void ask_each(struct hostkey_asker *a)
{
	while (!list_empty(&a->shown))
		move_to(&a->single, question_at(a->shown.next));
}

static void answered(struct prompt *prompt, char *answer, const struct err *err)
{
	struct hostkey_asker *a =
		container_of(prompt, struct hostkey_asker, prompt);
	bool list = a->listed;
	enum hostkey_answer what = HOSTKEY_UNANSWERED;
	const char *word = answer ? trimmed(answer) : NULL;
	bool each = word && list && !strcasecmp(word, "each");

	(void)err; /* the refusal says what to do instead */
	if (word && !each)
		what = meaning(word,
			       list ? NULL : question_at(a->shown.next)->print);
	secret_free(answer);
	if (each) {
		ask_each(a);
	} else if (what == HOSTKEY_WAIT) {
		prompt->text =
			list ? _("Please answer yes, no or each: ")
			     : _("Please answer yes, no or the fingerprint: ");
		a->prompter->ops->ask(a->prompter, prompt);
		return;
	} else {
		settle_shown(a, what);
	}
	show_next(a);
}

/* ---- what is asked when ---- */

static void put_prompt(struct hostkey_asker *a, char *text, bool list)
{
	free(a->text);
	a->text = text;
	a->listed = list;
	a->prompt = (struct prompt){
		.kind = PROMPT_HOSTKEY,
		.text = text,
		.echo = true,
		.fn = answered,
	};
	a->prompter->ops->ask(a->prompter, &a->prompt);
}

static void show_single(struct hostkey_asker *a, struct list *from)
{
	struct hostkey_question *q = question_at(from->next);

	move_to(&a->shown, q);
	put_prompt(a, single_text(q), false);
}

static void show_list(struct hostkey_asker *a)
{
	char *text;

	for (size_t n = 0; n < REVIEW_MAX && !list_empty(&a->fresh); n++)
		move_to(&a->shown, question_at(a->fresh.next));
	text = review_text(&a->shown);
	if (text) {
		put_prompt(a, text, true);
		return;
	}
	ask_each(a);
	show_single(a, &a->single);
}

static void stop_gathering(struct hostkey_asker *a)
{
	timer_stop(a->loop, &a->quiet);
	timer_stop(a->loop, &a->latest);
}

static void gathered(struct hostkey_asker *a)
{
	stop_gathering(a);
	/* a doubt came in between; what was gathered is shown after it */
	if (!list_empty(&a->shown))
		return;
	if (alone(&a->fresh))
		show_single(a, &a->fresh);
	else
		show_list(a);
}

static void came_to_rest(struct timer *t)
{
	gathered(container_of(t, struct hostkey_asker, quiet));
}

static void long_enough(struct timer *t)
{
	gathered(container_of(t, struct hostkey_asker, latest));
}

/* Something was added, or a prompt is gone. */
static void show_next(struct hostkey_asker *a)
{
	if (!list_empty(&a->shown))
		return;
	if (!list_empty(&a->single)) {
		show_single(a, &a->single);
		return;
	}
	if (list_empty(&a->fresh)) {
		stop_gathering(a);
		return;
	}
	timer_start(a->loop, &a->quiet, QUIET_MS, came_to_rest);
	if (!timer_armed(&a->latest))
		timer_start(a->loop, &a->latest, GATHER_MS, long_enough);
}

static struct hostkey_question *find_question(struct hostkey_asker *a,
					      const struct target *t,
					      const struct hostkey_seen *seen,
					      const char *doubt)
{
	char *name = hostkey_name_and_port(t);
	struct question_key k = { name, seen->key };
	uint64_t hash = hash_str(name);
	struct hashmap_node *node = hashmap_get(&a->questions, hash, &k);
	struct hostkey_question *q;

	if (node) {
		q = container_of(node, struct hostkey_question, in_map);
	} else {
		q = question_new(&k, t, seen, doubt);
		hashmap_put(&a->questions, &q->in_map, hash);
	}
	free(name);
	return q;
}

enum hostkey_answer hostkey_ask(struct hostkey_asker *a, const struct target *t,
				const struct hostkey_seen *seen,
				const char *doubt, struct hostkey_waiter *w,
				struct err *err)
{
	struct hostkey_question *q;

	if (!a)
		return HOSTKEY_UNANSWERED;
	q = find_question(a, t, seen, doubt);
	if (q->answer == HOSTKEY_NO)
		err_set(err, ERR_HOSTKEY,
			_("host key verification failed: the key of '%s' was not accepted"),
			q->name);
	if (q->answer != HOSTKEY_WAIT)
		return q->answer;
	if (!w->question) {
		w->question = q;
		list_append(&q->waiters, &w->node);
	}
	if (list_empty(&q->node)) {
		list_append(a->many && !q->doubt ? &a->fresh : &a->single,
			    &q->node);
		show_next(a);
	}
	return HOSTKEY_WAIT;
}

/* Nobody waits for it any more. */
static void take_back(struct hostkey_asker *a, struct hostkey_question *q)
{
	bool stood = !list_empty(&a->shown);

	list_remove(&q->node);
	if (stood && list_empty(&a->shown))
		a->prompter->ops->cancel(a->prompter, &a->prompt);
	show_next(a);
}

void hostkey_ask_cancel(struct hostkey_asker *a, struct hostkey_waiter *w)
{
	struct hostkey_question *q = w->question;

	if (!q)
		return;
	list_remove(&w->node);
	w->question = NULL;
	if (list_empty(&q->waiters))
		take_back(a, q);
}

struct hostkey_asker *hostkey_asker_new(struct loop *loop,
					struct prompter *prompter, bool many)
{
	struct hostkey_asker *a = xcalloc(1, sizeof(*a));

	a->loop = loop;
	a->prompter = prompter;
	a->many = many;
	hashmap_init(&a->questions, is_question);
	list_init(&a->fresh);
	list_init(&a->single);
	list_init(&a->shown);
	return a;
}

void hostkey_asker_free(struct hostkey_asker *a)
{
	struct hashmap_node *node, *next;

	if (!a)
		return;
	stop_gathering(a);
	for (node = hashmap_walk(&a->questions, NULL); node; node = next) {
		next = hashmap_walk(&a->questions, node);
		question_free(
			container_of(node, struct hostkey_question, in_map));
	}
	hashmap_release(&a->questions);
	free(a->text);
	free(a);
}
