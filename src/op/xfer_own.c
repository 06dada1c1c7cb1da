/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whose a file of theirs is.
 *
 * It is asked of the handle, not the name: what has the name may be another
 * file by then.
 */
#include "op/xfer_own.h"

#include <string.h>
#include <sys/stat.h>

#include "base/list.h"

#include "base/banned.h"

#define MODE_PROBE 0600u
#define NEEDED	   (SFTP_HAS_OWNER | SFTP_HAS_MODE | SFTP_HAS_SIZE)

static void call(struct xfer_own *o, struct xfer_call *c,
		 const struct sftp_request *rq, xfer_reply_fn *fn)
{
	if (!xfer_call(o->x, c, rq, fn))
		o->busy++;
}

/* All is answered: what is not known is not ours. */
static void answered(struct xfer_own *o)
{
	const struct sftp_attrs *a = o->attrs;

	if (--o->busy)
		return;
	o->ours = (a[0].has & NEEDED) == NEEDED &&
		  (a[1].has & SFTP_HAS_OWNER) && a[0].uid == a[1].uid &&
		  S_ISREG(a[0].mode) && a[0].size == o->size;
	o->done(o); /* may free it */
}

static void on_file(struct xfer_call *c, struct sftp_reply *reply)
{
	struct xfer_own *o = container_of(c, struct xfer_own, file);

	if (reply->type == SFTP_ATTRS)
		o->attrs[0] = reply->attrs;
	answered(o);
}

static void on_cleared(struct xfer_call *c, struct sftp_reply *reply)
{
	(void)reply;
	answered(container_of(c, struct xfer_own, made));
}

/* Not beside its close: a transfer has room for two calls, and the answer about
   the file may be one that never comes. */
static void on_closed(struct xfer_call *c, struct sftp_reply *reply)
{
	struct xfer_own *o = container_of(c, struct xfer_own, made);
	const struct sftp_request remove = { .type = SFTP_REMOVE,
					     .path = o->probe };

	(void)reply;
	call(o, &o->made, &remove, on_cleared);
	answered(o);
}

static void on_probe(struct xfer_call *c, struct sftp_reply *reply)
{
	struct xfer_own *o = container_of(c, struct xfer_own, made);
	const struct sftp_request close = {
		.type = SFTP_CLOSE, .handle = { o->opened, o->opened_len }
	};

	if (reply->type == SFTP_ATTRS)
		o->attrs[1] = reply->attrs;
	call(o, &o->made, &close, on_closed);
	answered(o);
}

static void on_made(struct xfer_call *c, struct sftp_reply *reply)
{
	struct xfer_own *o = container_of(c, struct xfer_own, made);
	struct sftp_request look = { .type = SFTP_FSTAT };

	if (reply->type == SFTP_HANDLE) {
		memcpy(o->opened, reply->data.p, reply->data.n);
		o->opened_len = reply->data.n;
		look.handle.p = o->opened;
		look.handle.n = o->opened_len;
		call(o, &o->made, &look, on_probe);
	}
	answered(o);
}

void xfer_own_start(struct xfer_own *o)
{
	const struct sftp_request look = { .type = SFTP_FSTAT,
					   .handle = o->handle };
	const struct sftp_request make = {
		.type = SFTP_OPEN,
		.path = o->probe,
		.flags = SFTP_FOR_WRITING | SFTP_CREATE | SFTP_EXCLUSIVE,
		.attrs = { .has = SFTP_HAS_MODE, .mode = MODE_PROBE },
	};

	call(o, &o->file, &look, on_file);
	call(o, &o->made, &make, on_made);
}
