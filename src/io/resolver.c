/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names to addresses: getaddrinfo(3) on threads, a cache in front.
 *
 * An `entry` is a question and, once known, its answer; entries belong to the
 * loop's thread alone.  A `job` is the same question on its way through a
 * thread.  A look-up may hang for minutes and cannot be interrupted, so the
 * threads share nothing with the resolver but the `crew`, which lives until
 * the last of them has left.
 *
 * Notes: when every thread hangs, further questions wait for one of them.
 */
#include "io/resolver.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/hashmap.h"

#include "base/banned.h"

#define THREAD_STACK ((size_t)256 << 10)
#define IDLE_MAX     256 /* answers kept that nobody uses */

struct question {
	char *host;
	uint16_t port;
	int family;
	bool name; /* what counts is the name in full */
};

/* What all threads share, under `lock`. */
struct crew {
	pthread_mutex_t lock;
	pthread_cond_t more;
	struct loop *loop;
	struct list jobs; /* not begun */
	unsigned int njobs;
	unsigned int nidle; /* threads that will take the next one */
	unsigned int nrefs; /* the resolver, threads, jobs posted */
	bool closed;	    /* the resolver is gone */
};

/* `entry` and the post belong to the loop's thread. */
struct job {
	struct list node;
	struct post post;
	struct crew *crew;
	struct entry *entry;
	struct question q;
	struct resolved *answer;
	int gai, saved_errno; /* why there is none */
};

struct entry {
	struct hashmap_node node;
	struct resolver *resolver;
	struct question q;
	struct list queries; /* that wait for the answer */
	struct list idle;    /* in the resolver's, when known and not used */
	unsigned int nusers; /* queries, answered or not */
	bool known;
	bool absent;
	struct resolved *answer;
	struct err err;
};

struct resolver {
	struct loop *loop;
	struct crew *crew;
	struct hashmap entries;
	struct list idle; /* entries, the longest unused first */
	unsigned int nidle;
	unsigned int nthreads, max_threads;
	unsigned int nqueries; /* open */
};

/* ---- on any thread ---- */

static struct resolved *keep(const struct addrinfo *list)
{
	struct resolved *r;
	unsigned int n = 0;

	for (const struct addrinfo *ai = list; ai; ai = ai->ai_next)
		n++;
	if (n > RESOLVED_MAX)
		n = RESOLVED_MAX;
	r = xcalloc(1, sizeof(*r) + n * sizeof(r->addr[0]));
	for (const struct addrinfo *ai = list; r->n < n; ai = ai->ai_next) {
		struct resolved_addr *a = &r->addr[r->n++];

		assert(ai->ai_addrlen <= sizeof(a->sa));
		memcpy(&a->sa, ai->ai_addr, ai->ai_addrlen);
		a->len = ai->ai_addrlen;
	}
	if (list && list->ai_canonname)
		r->canonical = xstrdup(list->ai_canonname);
	return r;
}

/* 0 and `*answer`, or an EAI_ error. */
static int look_up(const struct question *q, int flags,
		   struct resolved **answer)
{
	struct addrinfo hints = { .ai_family = q->family,
				  .ai_socktype = SOCK_STREAM,
				  .ai_flags = flags | AI_NUMERICSERV };
	struct addrinfo *list = NULL;
	char port[8];
	int gai;

	(void)snprintf(port, sizeof(port), "%u", (unsigned int)q->port);
	gai = getaddrinfo(q->host, port, &hints, &list);
	if (gai)
		return gai;
	*answer = keep(list);
	freeaddrinfo(list);
	return 0;
}

static void resolved_free(struct resolved *r)
{
	if (r)
		free(r->canonical);
	free(r);
}

static void job_free(struct job *job)
{
	free(job->q.host);
	resolved_free(job->answer);
	free(job);
}

/* Let go of the crew's lock and of one reference. */
static void crew_unlock_put(struct crew *crew)
{
	bool last = --crew->nrefs == 0;

	pthread_mutex_unlock(&crew->lock);
	if (!last)
		return;
	pthread_cond_destroy(&crew->more);
	pthread_mutex_destroy(&crew->lock);
	free(crew);
}

/* ---- on the loop's thread ---- */

static void entry_free(struct entry *e)
{
	free(e->q.host);
	resolved_free(e->answer);
	err_release(&e->err);
	free(e);
}

static void entry_get(struct entry *e)
{
	e->nusers++;
	if (list_empty(&e->idle))
		return;
	list_remove(&e->idle);
	e->resolver->nidle--;
}

/* A few answers are kept that nobody uses: somebody may ask again. */
static void entry_put(struct entry *e)
{
	struct resolver *r = e->resolver;

	if (--e->nusers || !e->known)
		return;
	list_append(&r->idle, &e->idle);
	if (++r->nidle <= IDLE_MAX)
		return;
	e = container_of(r->idle.next, struct entry, idle);
	list_remove(&e->idle);
	r->nidle--;
	hashmap_remove(&r->entries, &e->node);
	entry_free(e);
}

static void query_finish(struct resolve_query *q)
{
	struct entry *e = q->entry;
	resolve_fn *fn = q->fn;

	q->fn = NULL;
	e->resolver->nqueries--;
	q->absent = e->absent;
	fn(q, e->answer, e->answer ? NULL : &e->err); /* may free it */
}

static void entry_finish(struct entry *e)
{
	struct loop *loop = e->resolver->loop;

	e->known = true;
	entry_get(e);
	while (!list_empty(&e->queries)) {
		struct list *first = e->queries.next;

		list_remove(first);
		loop_unhold(loop);
		query_finish(container_of(first, struct resolve_query, node));
	}
	entry_put(e);
}

static void entry_fail(struct entry *e, int gai, int saved_errno)
{
	const char *why =
		gai == EAI_SYSTEM ? strerror(saved_errno) : gai_strerror(gai);

	e->absent = gai == EAI_NONAME || gai == EAI_NODATA;
	err_set(&e->err, ERR_RESOLVE, _("could not resolve hostname %s: %s"),
		e->q.host, why);
	err_as_ssh(&e->err, "ssh: Could not resolve hostname %s: %s", e->q.host,
		   why);
}

static void on_answer(struct post *p)
{
	struct job *job = container_of(p, struct job, post);
	struct crew *crew = job->crew;
	struct entry *e = job->entry;
	bool closed;

	pthread_mutex_lock(&crew->lock);
	closed = crew->closed;
	crew_unlock_put(crew);
	if (!closed) {
		e->answer = job->answer;
		job->answer = NULL;
		if (!e->answer)
			entry_fail(e, job->gai, job->saved_errno);
		entry_finish(e);
	}
	job_free(job);
}

/* ---- a thread ---- */

/* Wait for a job; NULL when there will be none.  Called with the lock. */
static struct job *next_job(struct crew *crew)
{
	struct list *first;

	while (list_empty(&crew->jobs) && !crew->closed)
		pthread_cond_wait(&crew->more, &crew->lock);
	if (crew->closed)
		return NULL;
	first = crew->jobs.next;
	list_remove(first);
	crew->njobs--;
	crew->nidle--;
	return container_of(first, struct job, node);
}

static void *work(void *arg)
{
	struct crew *crew = arg;
	struct job *job;

	pthread_mutex_lock(&crew->lock);
	while ((job = next_job(crew))) {
		pthread_mutex_unlock(&crew->lock);
		job->gai = look_up(&job->q, job->q.name ? AI_CANONNAME : 0,
				   &job->answer);
		job->saved_errno = errno;
		pthread_mutex_lock(&crew->lock);
		crew->nidle++;
		if (crew->closed) {
			job_free(job);
			continue;
		}
		/* Under the lock, so the loop cannot be gone. */
		crew->nrefs++;
		loop_post(crew->loop, &job->post);
	}
	crew_unlock_put(crew);
	return NULL;
}

/* A detached thread that no signal is delivered to.  0 or an error number. */
static int start_thread(struct crew *crew)
{
	pthread_attr_t attr;
	pthread_t thread;
	sigset_t all;
	sigset_t old;
	int rc;

	sigfillset(&all);
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	(void)pthread_attr_setstacksize(&attr, THREAD_STACK);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	rc = pthread_create(&thread, &attr, work, crew);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	pthread_attr_destroy(&attr);
	return rc;
}

/* ---- entries ---- */

static bool same_question(const struct hashmap_node *node, const void *key)
{
	const struct entry *e = container_of_const(node, struct entry, node);
	const struct question *q = key;

	return e->q.port == q->port && e->q.family == q->family &&
	       e->q.name == q->name && !strcasecmp(e->q.host, q->host);
}

static struct entry *entry_new(struct resolver *r, const struct question *q)
{
	struct entry *e = xcalloc(1, sizeof(*e));

	e->resolver = r;
	e->q = *q;
	e->q.host = xstrdup(q->host);
	list_init(&e->queries);
	list_init(&e->idle);
	hashmap_put(&r->entries, &e->node, hash_strcase(q->host));
	return e;
}

/* Give the question to a thread. */
static void entry_send(struct entry *e)
{
	struct resolver *r = e->resolver;
	struct crew *crew = r->crew;
	struct job *job;
	int rc = 0;

	pthread_mutex_lock(&crew->lock);
	if (crew->njobs >= crew->nidle && r->nthreads < r->max_threads) {
		rc = start_thread(crew);
		if (!rc) {
			r->nthreads++;
			crew->nrefs++;
			crew->nidle++;
		}
	}
	if (r->nthreads) {
		job = xcalloc(1, sizeof(*job));
		job->crew = crew;
		job->entry = e;
		job->post.fn = on_answer;
		job->q = e->q;
		job->q.host = xstrdup(e->q.host);
		list_append(&crew->jobs, &job->node);
		crew->njobs++;
		pthread_cond_signal(&crew->more);
	}
	pthread_mutex_unlock(&crew->lock);
	if (r->nthreads)
		return;
	e->known = true;
	errno = rc;
	err_set_errno(&e->err, ERR_LOCAL, _("cannot start a thread"));
}

/* ---- the interface ---- */

struct resolver *resolver_new(struct loop *loop, unsigned int max_threads)
{
	struct resolver *r = xcalloc(1, sizeof(*r));
	struct crew *crew = xcalloc(1, sizeof(*crew));

	assert(max_threads);
	r->loop = loop;
	r->max_threads = max_threads;
	r->crew = crew;
	hashmap_init(&r->entries, same_question);
	list_init(&r->idle);
	pthread_mutex_init(&crew->lock, NULL);
	pthread_cond_init(&crew->more, NULL);
	crew->loop = loop;
	crew->nrefs = 1;
	list_init(&crew->jobs);
	return r;
}

static void free_entries(struct resolver *r)
{
	struct hashmap_node *node = hashmap_walk(&r->entries, NULL);

	while (node) {
		struct entry *e = container_of(node, struct entry, node);

		node = hashmap_walk(&r->entries, node);
		entry_free(e);
	}
	hashmap_release(&r->entries);
}

void resolver_free(struct resolver *r)
{
	struct crew *crew;

	if (!r)
		return;
	assert(!r->nqueries);
	crew = r->crew;
	pthread_mutex_lock(&crew->lock);
	crew->closed = true;
	list_for_each_safe (pos, after, &crew->jobs) {
		list_remove(pos);
		job_free(container_of(pos, struct job, node));
	}
	pthread_cond_broadcast(&crew->more);
	crew_unlock_put(crew);
	free_entries(r);
	free(r);
}

static void on_known(struct defer *d)
{
	query_finish(container_of(d, struct resolve_query, defer));
}

static void ask(struct resolver *r, struct resolve_query *q,
		const struct question *question, resolve_fn *fn)
{
	struct hashmap_node *node;
	struct entry *e;

	assert(!q->fn && fn);
	resolver_cancel(r, q);
	node = hashmap_get(&r->entries, hash_strcase(question->host), question);
	if (node) {
		e = container_of(node, struct entry, node);
	} else {
		e = entry_new(r, question);
		if (!look_up(&e->q, AI_NUMERICHOST, &e->answer))
			e->known = true;
		else
			entry_send(e);
	}
	entry_get(e);
	*q = (struct resolve_query){ .fn = fn, .entry = e };
	list_init(&q->node);
	r->nqueries++;
	if (e->known) {
		defer_post(r->loop, &q->defer, on_known);
	} else {
		list_append(&e->queries, &q->node);
		loop_hold(r->loop);
	}
}

void resolver_query(struct resolver *r, struct resolve_query *q,
		    const char *host, uint16_t port, int family, resolve_fn *fn)
{
	struct question question = { xstrdup(host), port, family, false };

	ask(r, q, &question, fn);
	free(question.host);
}

void resolver_query_name(struct resolver *r, struct resolve_query *q,
			 const char *host, int family, resolve_fn *fn)
{
	struct question question = { xstrdup(host), 0, family, true };

	ask(r, q, &question, fn);
	free(question.host);
}

/* An open query has more to take back than its answer. */
static void close_query(struct resolver *r, struct resolve_query *q)
{
	q->fn = NULL;
	r->nqueries--;
	defer_cancel(&q->defer);
	if (list_empty(&q->node))
		return;
	list_remove(&q->node);
	loop_unhold(r->loop);
}

void resolver_cancel(struct resolver *r, struct resolve_query *q)
{
	struct entry *e = q->entry;

	if (q->fn)
		close_query(r, q);
	q->entry = NULL;
	if (e)
		entry_put(e);
}
