/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client of ssh-agent on the event loop.
 *
 * Requests wait in one queue and are sent in order; those sent wait in a
 * second one, as an agent answers in order.  A request given up after it was
 * sent leaves a stand-in there that takes its answer.
 *
 * An agent may need a person (a touch, a confirmation), so an answer may take
 * long; after a minute the connection is given up with all that wait.  The
 * next request makes a new one.  One that has yet to show that it lives may be
 * given less time: the list of its keys, asked for first, takes none.
 */
#include "ssh/agent.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/be32.h"
#include "base/gettext.h"
#include "base/log.h"
#include "io/timer.h"

#include "base/banned.h"

#define IN_FLIGHT_MAX 8
#define ANSWER_MS     60000
#define RETRY_MS      50 /* when the agent has too many waiting */
#define KEYS_MAX      1024

/* OpenSSH's limit; larger is no agent. */
#define MESSAGE_MAX ((size_t)256 << 10)

/* Read at once; a list of a few keys and a signature fit. */
#define READ_SIZE 4096

enum {
	FAILURE = 5,
	IDENTITIES_ANSWER = 12,
};

struct agent {
	struct loop *loop;
	char *path;
	int fd; /* -1: not connected */
	struct watch watch;
	struct timer deadline, retry;
	struct defer start; /* a request came in */
	struct list queued, sent;
	unsigned int nsent;
	uint32_t first_ms; /* to answer for the first time */
	bool spoke;
	size_t written; /* of the first queued one */
	unsigned char *in;
	size_t in_len, in_cap;
};

static struct agent_req *first_of(const struct list *head)
{
	/* The analyser does not see that a freed one was taken out. */
	/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc) */
	return container_of(head->next, struct agent_req, node);
}

static bool idle(const struct agent *a)
{
	return list_empty(&a->queued) && list_empty(&a->sent);
}

/* Hand `r` back; a stand-in (without a function) just goes. */
static void finish(struct agent_req *r, const void *reply, size_t n,
		   const struct err *err)
{
	agent_fn *fn = r->fn;

	list_remove(&r->node);
	free(r->buf);
	r->buf = NULL;
	r->fn = NULL;
	if (fn)
		fn(r, reply, n, err);
	else
		free(r);
}

static void disconnect(struct agent *a)
{
	timer_stop(a->loop, &a->deadline);
	timer_stop(a->loop, &a->retry);
	watch_stop(&a->watch);
	if (a->fd >= 0)
		close(a->fd);
	a->fd = -1;
	a->written = 0;
	a->nsent = 0;
	free(a->in);
	a->in = NULL;
	a->in_len = a->in_cap = 0;
}

/*
 * All that wait now fail, and only those: what their functions ask anew is
 * for a new connection.
 */
static void give_up(struct agent *a, struct err *err)
{
	struct list lost;

	disconnect(a);
	list_init(&lost);
	while (!list_empty(&a->sent)) {
		struct agent_req *r = first_of(&a->sent);

		list_remove(&r->node);
		list_append(&lost, &r->node);
	}
	while (!list_empty(&a->queued)) {
		struct agent_req *r = first_of(&a->queued);

		list_remove(&r->node);
		list_append(&lost, &r->node);
	}
	while (!list_empty(&lost))
		finish(first_of(&lost), NULL, 0, err);
	err_release(err);
}

static void fail(struct agent *a, struct err *err)
{
	log_verbose("%s", err->msg);
	give_up(a, err);
}

static void on_deadline(struct timer *t)
{
	struct agent *a = container_of(t, struct agent, deadline);
	struct err err = { 0 };

	err_set(&err, ERR_AUTH, _("agent '%s' does not answer"), a->path);
	log_warn("%s", err.msg);
	give_up(a, &err);
}

/* The clock runs while an answer is due, from the last sign of life. */
static void watch_clock(struct agent *a)
{
	if (idle(a))
		timer_stop(a->loop, &a->deadline);
	else
		timer_start(a->loop, &a->deadline,
			    a->spoke ? ANSWER_MS : a->first_ms, on_deadline);
}

/* An idle connection wants nothing, or the loop would never run dry. */
static void want(struct agent *a)
{
	unsigned int events = 0;

	if (!idle(a))
		events |= WATCH_IN;
	if (!list_empty(&a->queued) && a->nsent < IN_FLIGHT_MAX)
		events |= WATCH_OUT;
	watch_want(&a->watch, events);
}

/* -1 with errno when the connection is lost. */
static int send_some(struct agent *a)
{
	while (!list_empty(&a->queued) && a->nsent < IN_FLIGHT_MAX) {
		struct agent_req *r = first_of(&a->queued);
		ssize_t n = send(a->fd, (const char *)r->buf + a->written,
				 r->len - a->written, MSG_NOSIGNAL);

		if (n < 0)
			return errno == EAGAIN || errno == EINTR ? 0 : -1;
		a->written += (size_t)n;
		if (a->written < r->len)
			continue;
		a->written = 0;
		a->nsent++;
		list_remove(&r->node);
		list_append(&a->sent, &r->node);
	}
	return 0;
}

/* 1: something came, 0: not now, -1 with errno (0 at the end). */
static int receive(struct agent *a)
{
	ssize_t n;

	if (a->in_cap - a->in_len < READ_SIZE) {
		a->in_cap = a->in_len + READ_SIZE;
		a->in = xreallocarray(a->in, a->in_cap, 1);
	}
	n = recv(a->fd, a->in + a->in_len, a->in_cap - a->in_len, 0);
	if (n > 0) {
		a->in_len += (size_t)n;
		return 1;
	}
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n == 0)
		errno = 0;
	return -1;
}

/* Give out whole answers.  -1: these bytes are no agent's. */
static int deliver(struct agent *a)
{
	while (a->in_len >= 4) {
		size_t n = be32_get(a->in);
		struct agent_req *r;
		unsigned char *reply;

		if (n == 0 || n > MESSAGE_MAX || list_empty(&a->sent))
			return -1;
		if (a->in_len < 4 + n)
			return 0;
		reply = xmemdup(a->in + 4, n);
		a->in_len -= 4 + n;
		memmove(a->in, a->in + 4 + n, a->in_len);
		r = first_of(&a->sent);
		a->nsent--;
		a->spoke = true;
		finish(r, reply, n, NULL);
		free(reply);
	}
	return a->in_len && list_empty(&a->sent) ? -1 : 0;
}

static void on_ready(struct watch *w, unsigned int events)
{
	struct agent *a = container_of(w, struct agent, watch);
	struct err err = { 0 };
	int rc = 0;

	if (events & WATCH_IN)
		rc = receive(a);
	if (rc > 0 && deliver(a)) {
		err_set(&err, ERR_AUTH, _("agent '%s' talks nonsense"),
			a->path);
		fail(a, &err);
		return;
	}
	if (rc < 0 && idle(a)) {
		disconnect(a);
		return;
	}
	if (rc < 0 && !errno) {
		err_set(&err, ERR_AUTH, _("agent '%s' hung up"), a->path);
		fail(a, &err);
		return;
	}
	if (rc < 0 || send_some(a)) {
		err_set_errno(&err, ERR_AUTH,
			      _("connection to agent '%s' lost"), a->path);
		fail(a, &err);
		return;
	}
	watch_clock(a);
	want(a);
}

static void dial(struct agent *a);

static void on_retry(struct timer *t)
{
	dial(container_of(t, struct agent, retry));
}

/* A local connection is made at once or not at all. */
static void dial(struct agent *a)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	struct err err = { 0 };

	if (strlen(a->path) >= sizeof(sun.sun_path)) {
		errno = ENAMETOOLONG;
		goto fail;
	}
	memcpy(sun.sun_path, a->path, strlen(a->path) + 1);
	if (a->fd < 0)
		a->fd = socket(AF_UNIX,
			       SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (a->fd < 0)
		goto fail;
	if (connect(a->fd, (const struct sockaddr *)&sun, sizeof(sun))) {
		if (errno != EAGAIN)
			goto fail;
		timer_start(a->loop, &a->retry, RETRY_MS, on_retry);
		return;
	}
	if (watch_start(a->loop, &a->watch, a->fd, WATCH_IN | WATCH_OUT,
			on_ready, &err)) {
		fail(a, &err);
		return;
	}
	return;
fail:
	err_set_errno(&err, ERR_AUTH, _("cannot reach agent '%s'"), a->path);
	fail(a, &err);
}

static void on_start(struct defer *d)
{
	struct agent *a = container_of(d, struct agent, start);

	if (idle(a))
		return;
	if (!timer_armed(&a->deadline))
		watch_clock(a);
	if (watch_active(&a->watch))
		want(a);
	else if (!timer_armed(&a->retry))
		dial(a);
}

struct agent *agent_new(struct loop *loop, const char *path)
{
	struct agent *a = xcalloc(1, sizeof(*a));

	a->loop = loop;
	a->path = xstrdup(path);
	a->fd = -1;
	a->first_ms = ANSWER_MS;
	list_init(&a->queued);
	list_init(&a->sent);
	return a;
}

void agent_hurry(struct agent *a, uint64_t first_ms)
{
	if (first_ms < a->first_ms)
		a->first_ms = (uint32_t)first_ms;
}

/* The owners' requests become idle, their functions are not called. */
static void drop_all(struct list *head)
{
	while (!list_empty(head)) {
		struct agent_req *r = first_of(head);
		bool stand_in = !r->fn;

		list_remove(&r->node);
		free(r->buf);
		r->buf = NULL;
		r->fn = NULL;
		if (stand_in)
			free(r);
	}
}

void agent_free(struct agent *a)
{
	if (!a)
		return;
	disconnect(a);
	defer_cancel(&a->start);
	drop_all(&a->queued);
	drop_all(&a->sent);
	free(a->path);
	free(a);
}

void agent_send(struct agent *a, struct agent_req *r, const void *msg, size_t n,
		agent_fn *fn)
{
	unsigned char *buf = xmalloc(4 + n);

	assert(!r->fn && fn && n > 0 && n <= MESSAGE_MAX);
	be32_put(buf, (uint32_t)n);
	memcpy(buf + 4, msg, n);
	r->fn = fn;
	r->buf = buf;
	r->len = 4 + n;
	list_append(&a->queued, &r->node);
	defer_post(a->loop, &a->start, on_start);
}

static bool holds(const struct list *head, const struct agent_req *r)
{
	list_for_each (pos, head)
		if (pos == &r->node)
			return true;
	return false;
}

void agent_cancel(struct agent *a, struct agent_req *r)
{
	struct agent_req *stand_in;

	if (!r->fn)
		return;
	r->fn = NULL;
	if (holds(&a->sent, r) || (a->written && first_of(&a->queued) == r)) {
		stand_in = xcalloc(1, sizeof(*stand_in));
		stand_in->buf = r->buf;
		stand_in->len = r->len;
		/* In its place: a list is appended to before its head. */
		list_append(&r->node, &stand_in->node);
	} else {
		free(r->buf);
	}
	list_remove(&r->node);
	r->buf = NULL;
}

/* ---- the list of keys ---- */

struct reader {
	const unsigned char *p;
	size_t left;
};

static int get_string(struct reader *rd, const unsigned char **s, size_t *n)
{
	if (rd->left < 4)
		return -1;
	*n = be32_get(rd->p);
	if (*n > rd->left - 4)
		return -1;
	*s = rd->p + 4;
	rd->p += 4 + *n;
	rd->left -= 4 + *n;
	return 0;
}

static int get_keys(struct reader *rd, size_t count, struct agent_keys *keys)
{
	const unsigned char *blob, *comment;
	size_t blob_len, comment_len;

	keys->v = xcalloc(count, sizeof(*keys->v));
	for (size_t i = 0; i < count; i++) {
		if (get_string(rd, &blob, &blob_len) ||
		    get_string(rd, &comment, &comment_len))
			return -1;
		keys->v[i] = (struct agent_key){
			.blob = xmemdup(blob, blob_len),
			.len = blob_len,
			.comment = xmemdup(comment, comment_len),
		};
		keys->n++;
	}
	return rd->left ? -1 : 0;
}

int agent_parse_keys(const void *reply, size_t n, struct agent_keys *keys,
		     struct err *err)
{
	struct reader rd = { .p = reply, .left = n };
	size_t count;

	*keys = (struct agent_keys){ 0 };
	if (n == 1 && rd.p[0] == FAILURE)
		return err_set(err, ERR_AUTH,
			       _("the agent refused to list its keys"));
	if (n < 5 || rd.p[0] != IDENTITIES_ANSWER)
		goto bad;
	count = be32_get(rd.p + 1);
	if (count > KEYS_MAX)
		return err_set(err, ERR_AUTH,
			       _("the agent holds more than %d keys"),
			       KEYS_MAX);
	rd.p += 5;
	rd.left -= 5;
	if (!get_keys(&rd, count, keys))
		return 0;
bad:
	agent_keys_release(keys);
	return err_set(err, ERR_AUTH,
		       _("the agent's list of keys makes no sense"));
}

void agent_keys_release(struct agent_keys *keys)
{
	for (size_t i = 0; i < keys->n; i++) {
		free(keys->v[i].blob);
		free(keys->v[i].comment);
	}
	free(keys->v);
	*keys = (struct agent_keys){ 0 };
}
