/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a file of theirs begins as ours does.
 */
#include "op/xfer_check.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/gettext.h"
#include "base/list.h"

#include "base/banned.h"

static void on_data(struct xfer_call *c, struct sftp_reply *reply);

static int ask(struct xfer_check *k, struct xfer_bulk *b, uint64_t offset,
	       size_t len)
{
	const struct sftp_request rq = { .type = SFTP_READ,
					 .handle = k->handle,
					 .offset = offset,
					 .len = len };

	b->owner = k;
	b->offset = offset;
	b->len = len;
	if (xfer_call(k->x, &b->call, &rq, on_data))
		return err_set(&k->err, ERR_COPY, "%s",
			       _("its name is too long"));
	k->busy++;
	return 0;
}

static void compare(struct xfer_check *k, uint64_t offset,
		    const struct sftp_bytes *data)
{
	const char *p = data->p;
	size_t left = data->n;

	while (left && !k->differs) {
		size_t n = left;
		const void *ours = k->ours(k, offset, &n, &k->err);

		if (!ours)
			return;
		k->differs = memcmp(ours, p, n) != 0;
		p += n;
		offset += n;
		left -= n;
	}
}

/* A read may bring less than was asked for, and never nothing. */
static void take(struct xfer_check *k, struct xfer_bulk *b,
		 const struct sftp_bytes *data)
{
	if (!data->n) {
		err_set(&k->err, ERR_COPY, "%s",
			_("the server sent nothing in place of bytes"));
		return;
	}
	if (data->n > b->len) {
		err_set(&k->err, ERR_COPY, "%s",
			_("the server sent more than was asked for"));
		return;
	}
	compare(k, b->offset, data);
	if (!k->err.code && !k->differs && data->n < b->len)
		(void)ask(k, b, b->offset + data->n, b->len - data->n);
}

static void advance(struct xfer_check *k)
{
	while (k->asked < k->len && !k->err.code && !k->differs) {
		uint64_t left = k->len - k->asked;
		size_t len = left < k->x->slice ? (size_t)left : k->x->slice;
		struct xfer_bulk *b = xfer_bulk(k->x);

		if (!b)
			return; /* pump() goes on */
		if (!ask(k, b, k->asked, len))
			k->asked += len;
	}
	if (k->busy)
		return;
	k->active = false;
	k->done(k); /* may free it */
}

static void on_data(struct xfer_call *c, struct sftp_reply *reply)
{
	struct xfer_bulk *b = container_of(c, struct xfer_bulk, call);
	struct xfer_check *k = b->owner;

	k->busy--;
	if (k->err.code || k->differs) {
		; /* what is still on its way changes nothing */
	} else if (reply->type == SFTP_DATA) {
		take(k, b, &reply->data);
	} else if (reply->type == SFTP_STATUS && reply->code == SFTP_EOF) {
		k->differs = true;
	} else {
		char *reason = xfer_reason(reply);

		err_set(&k->err, ERR_COPY, "%s", reason);
		free(reason);
	}
	advance(k);
}

void xfer_check_start(struct xfer_check *k)
{
	assert(!k->active && !k->busy);
	k->active = true;
	k->asked = 0;
	k->differs = false;
	err_release(&k->err);
}

void xfer_check_pump(struct xfer_check *k)
{
	if (k->active)
		advance(k);
}

void xfer_check_release(struct xfer_check *k)
{
	err_release(&k->err);
}
