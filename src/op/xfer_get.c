/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One file from the server.
 *
 * The file here is made with the first bytes of it, so that one which cannot
 * be read leaves nothing behind, and one of a single slice is open for the
 * length of a call.
 */
#include "op/xfer_get.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/list.h"
#include "base/text.h"

#include "base/banned.h"

#define BLIND_READS 4 /* at once, of a file whose size is not known */
#define BLIND_MAX   ((uint64_t)64 << 20) /* more has no end */

static struct sftp_bytes handle_of(const struct xfer_get *g)
{
	return (struct sftp_bytes){ g->handle, g->handle_len };
}

static void note(struct xfer_get *g, const char *reason)
{
	char *path;

	if (g->err.code)
		return;
	path = text_vis_dup(g->path, strlen(g->path), SIZE_MAX);
	err_set(&g->err, ERR_COPY, _("cannot read '%s': %s"), path, reason);
	free(path);
}

static void note_reply(struct xfer_get *g, const struct sftp_reply *reply)
{
	char *reason = xfer_reason(reply);

	note(g, reason);
	free(reason);
}

static int call(struct xfer_get *g, struct xfer_call *c,
		const struct sftp_request *rq, xfer_reply_fn *fn)
{
	if (xfer_call(g->x, c, rq, fn)) {
		note(g, _("its name is too long"));
		return -1;
	}
	g->busy++;
	return 0;
}

static void advance(struct xfer_get *g);

/* ---- here ---- */

static int make_file(struct xfer_get *g)
{
	char known[PLACE_TEMP_SIZE];

	if (g->fd >= 0)
		return 0;
	g->fd = place_create(g->place, g->name, &g->attrs, g->keep, g->temp,
			     &g->err);
	if (g->fd >= 0 && g->resume) {
		/* what is not found again is of no use later */
		place_known_temp(g->name, known);
		g->resume = !strcmp(g->temp, known);
	}
	return g->fd < 0 ? -1 : 0;
}

static void note_write(struct xfer_get *g, int saved)
{
	place_cannot_write(g->place, g->name, saved, &g->err);
}

/* The file here is whole before `offset` at the most. */
static void missed(struct xfer_get *g, uint64_t offset)
{
	if (offset < g->hole)
		g->hole = offset;
}

/* The length of a file whose last bytes were not written. */
static void end_hole(struct xfer_get *g)
{
	if (!g->err.code && g->skipped && ftruncate(g->fd, (off_t)g->got))
		note_write(g, errno);
	g->skipped = false;
}

/* It is new, or was cut where it goes on. */
static void write_at(struct xfer_get *g, uint64_t offset,
		     const struct sftp_bytes *data)
{
	if (g->err.code || make_file(g)) {
		missed(g, offset);
		return;
	}
	if (place_write(g->fd, offset, data->p, data->n, &g->skipped)) {
		note_write(g, errno);
		missed(g, offset);
		return;
	}
	g->got += data->n;
}

/* ---- is it what theirs is? ---- */

static const void *ours(struct xfer_check *k, uint64_t offset, size_t *n,
			struct err *err)
{
	struct xfer_get *g = container_of(k, struct xfer_get, check);
	size_t len = *n < XFER_SLICE ? *n : XFER_SLICE;
	ssize_t got;

	if (!g->ours)
		g->ours = xmalloc(XFER_SLICE);
	do {
		got = pread(g->fd, g->ours, len, (off_t)offset);
	} while (got < 0 && errno == EINTR);
	if (got <= 0) {
		err_set(err, ERR_LOCAL, "%s",
			got ? strerror(errno)
			    : _("it became shorter meanwhile"));
		return NULL;
	}
	*n = (size_t)got;
	return g->ours;
}

static void on_checked(struct xfer_check *k)
{
	struct xfer_get *g = container_of(k, struct xfer_get, check);

	g->busy--;
	if (k->err.code)
		note(g, k->err.msg);
	advance(g);
}

static void compare(struct xfer_get *g, enum xfer_get_state state, uint64_t len)
{
	g->state = state;
	g->busy++;
	g->check = (struct xfer_check){
		.x = g->x,
		.handle = handle_of(g),
		.len = len,
		.ours = ours,
		.done = on_checked,
	};
	xfer_check_start(&g->check);
}

static void tell_resumed(struct xfer_get *g, bool differs)
{
	char *path = text_vis_dup(g->path, strlen(g->path), SIZE_MAX);
	char *text =
		differs ? xasprintf(
				  _("'%s' starts over: what was left is not its beginning"),
				  path)
			: xasprintf(_("'%s' goes on after %" PRIu64
				      " of %" PRIu64 " bytes"),
				    path, g->left, g->size);

	g->tell(g, text);
	free(text);
	free(path);
}

/* It is proven, or of no use. */
static void go_on(struct xfer_get *g)
{
	bool differs = g->left > g->size || g->check.differs;

	tell_resumed(g, differs);
	if (differs)
		g->left = 0;
	if (differs && ftruncate(g->fd, 0))
		note_write(g, errno);
	g->asked = g->got = g->left;
	g->state = XFER_GET_READING;
}

/* What is here of it is looked at when theirs is open. */
static void begin_reading(struct xfer_get *g)
{
	g->state = XFER_GET_READING;
	if (!g->resume || !g->size)
		return;
	g->fd = place_again(g->place, g->name, &g->left);
	place_known_temp(g->name, g->temp);
	if (g->fd < 0 || !g->left)
		return;
	if (g->left <= g->size)
		compare(g, XFER_GET_PROVING, g->left);
	else
		go_on(g);
}

/* All bytes came: is it what it was said to be? */
static void complete(struct xfer_get *g)
{
	uint64_t whole = g->size ? g->size : g->end;
	char reason[128];

	if (g->got != whole) {
		(void)snprintf(
			reason, sizeof(reason),
			_("it ended after %" PRIu64 " of %" PRIu64 " bytes"),
			g->got, whole);
		note(g, reason);
	}
	if (g->err.code || make_file(g))
		return;
	(void)place_finish(g->place, g->temp, g->fd, g->name, &g->attrs,
			   g->keep, &g->err);
	g->fd = -1;
}

/* ---- there ---- */

static void on_closed(struct xfer_call *c, struct sftp_reply *reply)
{
	struct xfer_get *g = container_of(c, struct xfer_get, call);

	(void)reply; /* nothing of ours depends on it */
	g->busy--;
	advance(g);
}

/* It failed: what came without a gap is for a later --resume, or nothing. */
static void leave(struct xfer_get *g)
{
	/* What was here counts though it was not proven to its end. */
	uint64_t had = g->asked > g->left ? g->asked : g->left;
	uint64_t whole = g->hole < had ? g->hole : had;

	if (g->end < whole)
		whole = g->end;
	if (g->resume && g->size && whole && !g->check.differs &&
	    !ftruncate(g->fd, (off_t)whole))
		close(g->fd);
	else
		place_discard(g->place, g->temp, g->fd);
	g->fd = -1;
}

static void end_handle(struct xfer_get *g)
{
	const struct sftp_request rq = { .type = SFTP_CLOSE,
					 .handle = handle_of(g) };

	g->state = XFER_GET_CLOSING;
	if (!g->err.code)
		complete(g);
	if (g->err.code && g->fd >= 0)
		leave(g);
	if (g->handle_len)
		(void)call(g, &g->call, &rq, on_closed);
	g->handle_len = 0;
}

static void on_data(struct xfer_call *c, struct sftp_reply *reply);

static int ask(struct xfer_get *g, struct xfer_bulk *b, uint64_t offset,
	       size_t len)
{
	const struct sftp_request rq = { .type = SFTP_READ,
					 .handle = handle_of(g),
					 .offset = offset,
					 .len = len };

	b->owner = g;
	b->offset = offset;
	b->len = len;
	return call(g, &b->call, &rq, on_data);
}

/* A read may bring less than was asked for, and never nothing. */
static void take(struct xfer_get *g, struct xfer_bulk *b,
		 const struct sftp_bytes *data)
{
	if (!data->n)
		note(g, _("the server sent nothing in place of bytes"));
	else if (data->n > b->len)
		note(g, _("the server sent more than was asked for"));
	else if (b->offset >= g->end)
		note(g, _("the server sent bytes behind the file's end"));
	if (g->err.code) {
		missed(g, b->offset);
		return;
	}
	g->came += data->n;
	g->x->through += data->n;
	write_at(g, b->offset, data);
	if (!g->err.code && data->n < b->len)
		(void)ask(g, b, b->offset + data->n, b->len - data->n);
}

static void on_data(struct xfer_call *c, struct sftp_reply *reply)
{
	struct xfer_bulk *b = container_of(c, struct xfer_bulk, call);
	struct xfer_get *g = b->owner;

	g->busy--;
	if (reply->type == SFTP_DATA) {
		take(g, b, &reply->data);
	} else if (reply->type == SFTP_STATUS && reply->code == SFTP_EOF) {
		if (b->offset < g->end)
			g->end = b->offset;
	} else {
		note_reply(g, reply);
		missed(g, b->offset);
	}
	advance(g);
}

/* Whether there is anything left to be asked for. */
static bool wants_more(const struct xfer_get *g)
{
	if (g->state != XFER_GET_READING || g->err.code)
		return false;
	if (g->size)
		return g->asked < g->size && g->end == UINT64_MAX;
	return g->end == UINT64_MAX;
}

static void ask_more(struct xfer_get *g)
{
	while (wants_more(g)) {
		uint64_t left = g->size ? g->size - g->asked : UINT64_MAX;
		size_t len = left < g->x->slice ? (size_t)left : g->x->slice;
		struct xfer_bulk *b;

		if (!g->size && g->busy >= BLIND_READS)
			return;
		if (!g->size && g->asked >= BLIND_MAX) {
			note(g, _("it has no size, and no end"));
			return;
		}
		b = xfer_bulk(g->x);
		if (!b || ask(g, b, g->asked, len))
			return;
		g->asked += len;
	}
}

/* Another file may have got its name, or it has grown: all of it counts.  What
   became shorter is found out by reading. */
static void on_looked(struct xfer_call *c, struct sftp_reply *reply)
{
	struct xfer_get *g = container_of(c, struct xfer_get, look);
	const struct sftp_attrs *a = &reply->attrs;

	g->busy--;
	if (reply->type == SFTP_ATTRS && (a->has & SFTP_HAS_SIZE) &&
	    a->size > g->size) {
		g->size = a->size;
		if (a->has & SFTP_HAS_MODE)
			g->attrs.mode = (mode_t)a->mode;
		if (a->has & SFTP_HAS_TIMES) {
			g->attrs.atime = a->atime;
			g->attrs.mtime = a->mtime;
		}
	}
	advance(g);
}

static void look_again(struct xfer_get *g)
{
	const struct sftp_request rq = { .type = SFTP_FSTAT,
					 .handle = handle_of(g) };

	if (g->listed && g->size)
		(void)call(g, &g->look, &rq, on_looked);
}

static void on_opened(struct xfer_call *c, struct sftp_reply *reply)
{
	struct xfer_get *g = container_of(c, struct xfer_get, call);

	g->busy--;
	if (reply->type == SFTP_HANDLE) {
		memcpy(g->handle, reply->data.p, reply->data.n);
		g->handle_len = reply->data.n;
		look_again(g);
		begin_reading(g);
	} else {
		note_reply(g, reply);
	}
	advance(g);
}

static bool is_to_be_verified(const struct xfer_get *g)
{
	return g->verify && !g->err.code && g->fd >= 0 && g->got;
}

static void advance(struct xfer_get *g)
{
	if (g->state == XFER_GET_PROVING && !g->busy && !g->err.code)
		go_on(g);
	ask_more(g);
	if (g->busy || wants_more(g))
		return;
	end_hole(g);
	if (g->state == XFER_GET_READING && is_to_be_verified(g)) {
		compare(g, XFER_GET_VERIFYING, g->got);
		return;
	}
	if (g->state == XFER_GET_VERIFYING && g->check.differs)
		note(g, _("read again, it is not what came before"));
	if (g->state != XFER_GET_CLOSING)
		end_handle(g);
	if (g->busy)
		return;
	g->state = XFER_GET_DONE;
	g->done(g, g->err.code ? &g->err : NULL); /* may free it */
}

void xfer_get_start(struct xfer_get *g)
{
	const struct sftp_request rq = {
		.type = SFTP_OPEN,
		.path = { g->path, strlen(g->path) },
		.flags = SFTP_FOR_READING,
	};

	assert(g->state == XFER_GET_OPENING && !g->busy);
	g->fd = -1;
	g->said = g->size;
	g->end = g->hole = UINT64_MAX;
	if (call(g, &g->call, &rq, on_opened))
		advance(g);
}

void xfer_get_pump(struct xfer_get *g)
{
	if (g->state == XFER_GET_PROVING || g->state == XFER_GET_VERIFYING)
		xfer_check_pump(&g->check); /* it may be gone */
	else
		ask_more(g);
}

void xfer_get_release(struct xfer_get *g)
{
	if (g->fd >= 0 && g->resume && g->size)
		close(g->fd);
	else if (g->fd >= 0)
		place_discard(g->place, g->temp, g->fd);
	xfer_check_release(&g->check);
	free(g->ours);
	free(g->name);
	free(g->path);
	err_release(&g->err);
}
