/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One file, written by several conversations.
 *
 *   FSTAT, FSETSTAT by the first  -> each of the others: OPEN, FSTAT
 *
 * while the first writes, which does not change the time of access.
 */
#include "op/stripes.h"

#include <assert.h>
#include <string.h>
#include <sys/random.h>

#include "base/list.h"

#include "base/banned.h"

static void answered(struct stripes *s)
{
	s->busy--;
	s->moved(s); /* may free it */
}

static void ask(struct stripe *v, const struct sftp_request *rq,
		xfer_reply_fn *fn)
{
	if (!xfer_call(v->x, &v->call, rq, fn))
		v->all->busy++;
}

struct sftp_bytes stripe_handle(const struct stripe *v)
{
	return (struct sftp_bytes){ v->handle, v->handle_len };
}

static bool has_proof(const struct sftp_attrs *a)
{
	const uint32_t both = SFTP_HAS_TIMES | SFTP_HAS_OWNER;

	return (a->has & both) == both;
}

/* ---- the others ---- */

static void on_looked(struct xfer_call *c, struct sftp_reply *reply)
{
	struct stripe *v = container_of(c, struct stripe, call);

	v->proven = reply->type == SFTP_ATTRS && has_proof(&reply->attrs) &&
		    reply->attrs.uid == v->all->uid &&
		    reply->attrs.atime == v->all->mark;
	answered(v->all);
}

static void on_opened(struct xfer_call *c, struct sftp_reply *reply)
{
	struct stripe *v = container_of(c, struct stripe, call);
	struct sftp_request rq = { .type = SFTP_FSTAT };

	if (reply->type == SFTP_HANDLE) {
		memcpy(v->handle, reply->data.p, reply->data.n);
		v->handle_len = reply->data.n;
		rq.handle = stripe_handle(v);
		ask(v, &rq, on_looked);
	}
	answered(v->all);
}

static void open_all(struct stripes *s)
{
	const struct sftp_request rq = {
		.type = SFTP_OPEN,
		.path = { s->path, strlen(s->path) },
		.flags = SFTP_FOR_WRITING,
	};

	for (unsigned int i = 0; i < s->n; i++)
		ask(&s->v[i], &rq, on_opened);
}

static void on_closed(struct xfer_call *c, struct sftp_reply *reply)
{
	struct stripe *v = container_of(c, struct stripe, call);

	(void)reply; /* each write was confirmed */
	answered(v->all);
}

/* ---- the first ---- */

static void on_marked(struct xfer_call *c, struct sftp_reply *reply)
{
	struct stripes *s = container_of(c, struct stripes, call);

	s->marked = xfer_ok(reply);
	if (s->marked)
		open_all(s);
	answered(s);
}

static void on_unmarked(struct xfer_call *c, struct sftp_reply *reply)
{
	struct stripes *s = container_of(c, struct stripes, call);

	(void)reply; /* a time of access is no part of what is copied */
	answered(s);
}

static void set_times(struct stripes *s, uint32_t atime, xfer_reply_fn *fn)
{
	const struct sftp_request rq = {
		.type = SFTP_FSETSTAT,
		.handle = s->handle,
		.attrs = { .has = SFTP_HAS_TIMES,
			   .atime = atime,
			   .mtime = s->mtime },
	};

	if (!xfer_call(s->x, &s->call, &rq, fn))
		s->busy++;
}

static void on_seen(struct xfer_call *c, struct sftp_reply *reply)
{
	struct stripes *s = container_of(c, struct stripes, call);

	if (reply->type == SFTP_ATTRS && has_proof(&reply->attrs)) {
		s->uid = reply->attrs.uid;
		s->atime = reply->attrs.atime;
		s->mtime = reply->attrs.mtime;
		set_times(s, s->mark, on_marked);
	}
	answered(s);
}

/* ---- life ---- */

void stripes_start(struct stripes *s, const struct stripe_lanes *lanes)
{
	const struct sftp_request rq = { .type = SFTP_FSTAT,
					 .handle = s->handle };

	assert(lanes->n <= STRIPES_MAX && !s->n);
	if (getrandom(&s->mark, sizeof(s->mark), 0) != sizeof(s->mark))
		return;
	s->mark >>= 1; /* some file systems end in 2038 */
	s->n = lanes->n;
	for (unsigned int i = 0; i < s->n; i++)
		s->v[i] = (struct stripe){ .all = s, .x = lanes->v[i] };
	if (!xfer_call(s->x, &s->call, &rq, on_seen))
		s->busy++;
}

void stripes_end(struct stripes *s)
{
	assert(!s->busy && !s->ended);
	s->ended = true;
	for (unsigned int i = 0; i < s->n; i++) {
		struct stripe *v = &s->v[i];
		const struct sftp_request rq = { .type = SFTP_CLOSE,
						 .handle = stripe_handle(v) };

		v->proven = false;
		if (v->handle_len)
			ask(v, &rq, on_closed);
		v->handle_len = 0;
	}
	if (s->marked)
		set_times(s, s->atime, on_unmarked);
	s->marked = false;
}
