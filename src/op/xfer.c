/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A conversation over SFTP.
 *
 * A call has a place in a table; its id is the place and, above it, a count
 * that goes up with each use, so that an answer that comes twice, or was never
 * asked for, is told from one that was.
 */
#include "op/xfer.h"

#include <assert.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/list.h"
#include "base/text.h"

#include "base/banned.h"

#define HANDLES_DEFAULT 64 /* where the server sets no limit */
#define HANDLES_SPARE	8
#define SLICE_MIN	((size_t)1024)
#define LENGTH		((size_t)4) /* of a packet: that of its length */
#define REASON_SHOWN	((size_t)200)
#define SENT_SHARE	4 /* of what was sent; more of a rest is not moved */

void xfer_init(struct xfer *x)
{
	*x = (struct xfer){ .slice = XFER_SLICE,
			    .packet = SFTP_PACKET_MAX,
			    .handles = HANDLES_DEFAULT,
			    .flying_most = XFER_FLYING };
	sftp_reader_init(&x->in);
	strbuf_init(&x->out, (SENT_SHARE + 1) * (XFER_OUT + SFTP_PACKET_MAX));
	for (uint32_t i = 0; i < XFER_CALLS; i++)
		x->ids[i] = i;
}

void xfer_release(struct xfer *x)
{
	for (unsigned int i = 0; i < XFER_CALLS; i++)
		if (x->calls[i])
			x->calls[i]->fn = NULL;
	sftp_reader_release(&x->in);
	strbuf_release(&x->out);
	x->ncalls = 0;
}

bool xfer_has(const struct xfer *x, enum sftp_type extension)
{
	return x->extensions & SFTP_X_BIT(extension);
}

bool xfer_has_room(const struct xfer *x)
{
	return x->out.len - x->out_at < XFER_OUT && x->ncalls < XFER_CALLS / 2;
}

struct xfer_bulk *xfer_bulk(struct xfer *x)
{
	if (!xfer_has_room(x) || x->flying >= x->flying_most ||
	    (x->may && !x->may(x)))
		return NULL;
	for (unsigned int i = 0; i < XFER_BULK; i++) {
		struct xfer_bulk *b = &x->bulk[x->bulk_hint];

		if (!b->call.fn)
			return b;
		x->bulk_hint = (x->bulk_hint + 1) % XFER_BULK;
	}
	return NULL;
}

static unsigned int free_place(struct xfer *x)
{
	assert(x->ncalls < XFER_CALLS);
	while (x->calls[x->hint])
		x->hint = (x->hint + 1) % XFER_CALLS;
	return x->hint;
}

/* What was sent is dropped when the rest, which has to be moved, is small
   beside it: the less memory is gone through, the more of it is in a cache. */
static void compact(struct xfer *x)
{
	size_t rest = x->out.len - x->out_at;

	if (!x->out_at || rest > x->out_at / SENT_SHARE)
		return;
	strbuf_consume(&x->out, x->out_at);
	x->out_at = 0;
}

int xfer_call(struct xfer *x, struct xfer_call *call,
	      const struct sftp_request *rq, xfer_reply_fn *fn)
{
	unsigned int place = free_place(x);
	size_t start;

	assert(!call->fn && fn);
	compact(x);
	start = x->out.len;
	if (sftp_request_format(&x->out, x->ids[place] + XFER_CALLS, rq))
		return -1;
	if (x->out.len - start - LENGTH > x->packet) {
		strbuf_truncate(&x->out, start);
		return -1;
	}
	x->ids[place] += XFER_CALLS;
	call->fn = fn;
	x->sizes[place] =
		(uint32_t)(rq->type == SFTP_READ ? rq->len : rq->data.n);
	x->flying += x->sizes[place];
	x->moved += x->sizes[place];
	x->calls[place] = call;
	x->ncalls++;
	return 0;
}

const void *xfer_output(const struct xfer *x, size_t *n)
{
	*n = x->out.len - x->out_at;
	return x->out.buf + x->out_at;
}

void xfer_sent(struct xfer *x, size_t n)
{
	assert(n <= x->out.len - x->out_at);
	x->out_at += n;
	compact(x);
}

/* ---- the beginning ---- */

/* As long as both READ and WRITE may be, where the server says so; what is
   paced goes in small steps. */
static void obey_lengths(struct xfer *x)
{
	const struct sftp_limits *l = &x->limits;
	const size_t head = sftp_write_overhead(SFTP_HANDLE_MAX) - LENGTH;
	uint64_t slice = x->may ? XFER_SLICE : XFER_SLICE_MAX;

	/* A smaller packet would hold no name, and next to nothing of a file */
	if (l->packet >= head + SLICE_MIN && l->packet < x->packet)
		x->packet = (size_t)l->packet;
	if (!l->read || !l->write)
		slice = XFER_SLICE;
	if (l->read && l->read < slice)
		slice = l->read;
	if (l->write && l->write < slice)
		slice = l->write;
	if (slice > x->packet - head)
		slice = x->packet - head;
	x->slice = slice < SLICE_MIN ? SLICE_MIN : (size_t)slice;
}

/* What is told counts as far as it makes sense. */
static void obey_limits(struct xfer *x)
{
	const struct sftp_limits *l = &x->limits;

	obey_lengths(x);
	if (l->handles > XFER_CALLS)
		x->handles = XFER_CALLS;
	else if (l->handles > HANDLES_SPARE)
		x->handles = (unsigned int)l->handles - HANDLES_SPARE;
	else if (l->handles)
		x->handles = 1;
}

static void on_limits(struct xfer_call *call, struct sftp_reply *reply)
{
	struct xfer *x = container_of(call, struct xfer, start);

	if (reply->type == SFTP_EXTENDED_REPLY &&
	    sftp_limits_parse(reply, &x->limits))
		obey_limits(x);
	x->ready = true;
}

static int greeted(struct xfer *x, const struct sftp_reply *reply,
		   struct err *err)
{
	const struct sftp_request limits = { .type = SFTP_X_LIMITS };

	if (reply->type != SFTP_VERSION)
		return err_set(err, ERR_PROTOCOL,
			       _("SFTP: the server did not say its version"));
	if (reply->version < SFTP_PROTOCOL)
		return err_set(err, ERR_PROTOCOL,
			       _("SFTP: the server speaks version %u, not %u"),
			       reply->version, (unsigned int)SFTP_PROTOCOL);
	x->greeted = true;
	x->extensions = reply->extensions;
	if (!xfer_has(x, SFTP_X_LIMITS))
		x->ready = true;
	else
		(void)xfer_call(x, &x->start, &limits, on_limits);
	return 0;
}

void xfer_start(struct xfer *x)
{
	const struct sftp_request init = { .type = SFTP_INIT };

	(void)sftp_request_format(&x->out, 0, &init);
}

/* ---- answers ---- */

static int answered(struct xfer *x, struct sftp_reply *reply, struct err *err)
{
	unsigned int place = reply->id % XFER_CALLS;
	struct xfer_call *call = x->calls[place];
	xfer_reply_fn *fn;

	if (!call || x->ids[place] != reply->id || reply->type == SFTP_VERSION)
		return err_set(err, ERR_PROTOCOL,
			       _("SFTP: an answer came that nobody asked for"));
	x->calls[place] = NULL;
	x->flying -= x->sizes[place];
	x->ncalls--;
	fn = call->fn;
	call->fn = NULL;
	fn(call, reply); /* may free it */
	return 0;
}

int xfer_input(struct xfer *x, const void *p, size_t n, struct err *err)
{
	const char *at = p;

	while (n) {
		size_t part = n < SFTP_PACKET_MAX ? n : SFTP_PACKET_MAX;
		struct sftp_reply reply;
		int rc;

		sftp_reader_add(&x->in, at, part);
		at += part;
		n -= part;
		while ((rc = sftp_reader_next(&x->in, &reply, err)) > 0) {
			if (x->greeted ? answered(x, &reply, err)
				       : greeted(x, &reply, err))
				return -1;
		}
		if (rc < 0)
			return -1;
	}
	return 0;
}

uint32_t xfer_seconds(int64_t t)
{
	return t < 0 ? 0 : t > UINT32_MAX ? UINT32_MAX : (uint32_t)t;
}

bool xfer_ok(const struct sftp_reply *reply)
{
	return reply->type == SFTP_STATUS && reply->code == SFTP_OK;
}

/* "Failure" is what OpenSSH's server says of most things. */
static bool is_plain(const struct sftp_bytes *m)
{
	return !m->n ||
	       (m->n == strlen("Failure") && !memcmp(m->p, "Failure", m->n));
}

bool xfer_is_blunt(const struct sftp_reply *reply)
{
	return reply->type == SFTP_STATUS && reply->code == SFTP_FAILURE &&
	       is_plain(&reply->message);
}

char *xfer_reason(const struct sftp_reply *reply)
{
	const struct sftp_bytes *m = &reply->message;

	if (reply->type != SFTP_STATUS || reply->code == SFTP_OK)
		return xstrdup(
			_("the server gave another answer than it should"));
	if (reply->code < SFTP_FAILURE || is_plain(m))
		return xstrdup(sftp_code_text(reply->code));
	return text_vis_dup(m->p, m->n, REASON_SHOWN);
}
