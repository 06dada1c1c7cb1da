/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One file to the server.
 *
 *   [FINDING ->] OPENING -> [OWNING -> PROVING ->] WRITING -> [VERIFYING ->]
 * CLOSING
 *       -> [CLEARING ->] RENAMING -> DONE
 *
 * and from each of them, when it fails, REMOVING -> DONE.  What was left by an
 * earlier run and is another's, or no beginning of ours, goes: from OWNING and
 * PROVING back to FINDING.
 *
 * An answer moves it on only when no other is awaited, so that whatever order
 * a server has, nothing overtakes: writes are confirmed before mode and times
 * are set, and all before the name is given.
 */
#include "op/xfer_put.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/list.h"
#include "base/text.h"

#include "base/banned.h"

#define MODE_KEPT  01777u /* nothing runs as somebody else by a copy */
#define MODE_PLAIN 0777u
#define ROOM_MIN   ((uint64_t)256 << 10) /* less is none */

static struct sftp_bytes bytes(const char *s)
{
	return (struct sftp_bytes){ s, strlen(s) };
}

static struct sftp_bytes handle_of(const struct xfer_put *p)
{
	return (struct sftp_bytes){ p->handle, p->handle_len };
}

/* The first failure counts. */
static void note(struct xfer_put *p, const char *reason)
{
	char *path;

	if (p->err.code)
		return;
	path = text_vis_dup(p->path, strlen(p->path), SIZE_MAX);
	err_set(&p->err, ERR_COPY, _("cannot write '%s': %s"), path, reason);
	free(path);
}

static void note_reply(struct xfer_put *p, const struct sftp_reply *reply)
{
	char *reason = xfer_reason(reply);

	if (!p->err.code)
		p->blunt = xfer_is_blunt(reply);
	note(p, reason);
	free(reason);
}

static void call_on(struct xfer_put *p, struct xfer *x, struct xfer_call *c,
		    const struct sftp_request *rq, xfer_reply_fn *fn)
{
	if (xfer_call(x, c, rq, fn))
		note(p, _("its name is too long"));
	else
		p->busy++;
}

static void call(struct xfer_put *p, struct xfer_call *c,
		 const struct sftp_request *rq, xfer_reply_fn *fn)
{
	call_on(p, p->x, c, rq, fn);
}

static bool is_busy(const struct xfer_put *p)
{
	return p->busy || (p->stripes && p->stripes->busy);
}

/* Whether that is not over. */
static bool end_stripes(struct xfer_put *p)
{
	if (!p->stripes || p->stripes->ended)
		return false;
	stripes_end(p->stripes);
	return true;
}

static void advance(struct xfer_put *p);

/* ---- the end ---- */

static void finish(struct xfer_put *p)
{
	p->state = XFER_PUT_DONE;
	p->done(p, p->err.code ? &p->err : NULL); /* may free it */
}

/* Whatever came of it: there is nothing more to be done. */
static void on_removed(struct xfer_call *c, struct sftp_reply *reply)
{
	struct xfer_put *p = container_of(c, struct xfer_put, open);

	(void)reply;
	p->busy--;
	advance(p);
}

/* It may have been there, and is not any more. */
static void on_cleared(struct xfer_call *c, struct sftp_reply *reply)
{
	struct xfer_put *p = container_of(c, struct xfer_put, open);

	p->cleared = xfer_ok(reply);
	on_removed(c, reply);
}

static void on_close_failed(struct xfer_call *c, struct sftp_reply *reply)
{
	struct xfer_put *p = container_of(c, struct xfer_put, close);

	(void)reply;
	p->busy--;
	advance(p);
}

/* Others have given back by now what made this one fail. */
static void on_room(struct xfer_call *c, struct sftp_reply *reply)
{
	struct xfer_put *p = container_of(c, struct xfer_put, open);
	struct sftp_room room;

	p->busy--;
	if (reply->type == SFTP_EXTENDED_REPLY &&
	    sftp_room_parse(reply, &room) &&
	    (room.bytes < ROOM_MIN || !room.files))
		p->x->full = true;
	if (p->x->full) {
		err_release(&p->err);
		note(p, _("no space is left there"));
	}
	advance(p);
}

/* Why did it fail?  Asked while what was written is there; whether that is. */
static bool ask_room(struct xfer_put *p)
{
	const char *slash = strrchr(p->path, '/');
	struct sftp_request rq = { .type = SFTP_X_STATVFS, .path = bytes(".") };

	if (!p->blunt || p->state > XFER_PUT_CLOSING ||
	    !xfer_has(p->x, SFTP_X_STATVFS))
		return false;
	p->blunt = false;
	if (slash)
		rq.path = (struct sftp_bytes){ p->path,
					       (size_t)(slash - p->path) + 1 };
	call(p, &p->open, &rq, on_room);
	return p->busy;
}

static void take_back(struct xfer_put *p)
{
	const struct sftp_request close = { .type = SFTP_CLOSE,
					    .handle = handle_of(p) };
	const struct sftp_request remove = { .type = SFTP_REMOVE,
					     .path = bytes(p->temp) };
	bool made = p->handle_len || p->state > XFER_PUT_VERIFYING;
	bool stays = p->cleared || (p->resume && (p->sent || p->left) &&
				    p->state <= XFER_PUT_WRITING);

	p->state = XFER_PUT_REMOVING;
	(void)end_stripes(p);
	if (p->handle_len)
		call(p, &p->close, &close, on_close_failed);
	p->handle_len = 0;
	if (made && !stays)
		call(p, &p->open, &remove, on_removed);
}

/* ---- the name ---- */

/* What was there is gone: what came is all there is. */
static void note_left(struct xfer_put *p, const struct sftp_reply *reply)
{
	char *temp = text_vis_dup(p->temp, strlen(p->temp), SIZE_MAX);
	char *why = xfer_reason(reply);
	char *reason = xasprintf(_("%s; it is complete in '%s'"), why, temp);

	note(p, reason);
	free(reason);
	free(why);
	free(temp);
}

static void on_renamed(struct xfer_call *c, struct sftp_reply *reply)
{
	struct xfer_put *p = container_of(c, struct xfer_put, open);

	p->busy--;
	if (!xfer_ok(reply) && p->cleared)
		note_left(p, reply);
	else if (!xfer_ok(reply))
		note_reply(p, reply);
	advance(p);
}

static void give_name(struct xfer_put *p)
{
	const struct sftp_request rename = {
		.type = xfer_has(p->x, SFTP_X_POSIX_RENAME)
				? SFTP_X_POSIX_RENAME
				: SFTP_RENAME,
		.path = bytes(p->temp),
		.to = bytes(p->path),
	};

	p->state = XFER_PUT_RENAMING;
	call(p, &p->open, &rename, on_renamed);
}

/* Version 3 by itself renames onto nothing. */
static void clear(struct xfer_put *p)
{
	const struct sftp_request remove = { .type = SFTP_REMOVE,
					     .path = bytes(p->path) };

	p->state = XFER_PUT_CLEARING;
	if (p->is_there && !xfer_has(p->x, SFTP_X_POSIX_RENAME))
		call(p, &p->open, &remove, on_cleared);
}

/* ---- mode, times, close ---- */

static void on_set(struct xfer_call *c, struct sftp_reply *reply)
{
	struct xfer_put *p = container_of(c, struct xfer_put, set);

	p->busy--;
	if (!xfer_ok(reply))
		note_reply(p, reply);
	advance(p);
}

static void on_closed(struct xfer_call *c, struct sftp_reply *reply)
{
	struct xfer_put *p = container_of(c, struct xfer_put, close);

	p->busy--;
	if (!xfer_ok(reply))
		note_reply(p, reply);
	advance(p);
}

static void end_handle(struct xfer_put *p)
{
	const struct sftp_request set = {
		.type = SFTP_FSETSTAT,
		.handle = handle_of(p),
		.attrs = { .has = SFTP_HAS_MODE | SFTP_HAS_TIMES,
			   .mode = (uint32_t)p->entry->mode & MODE_KEPT,
			   .atime = xfer_seconds(p->entry->atime),
			   .mtime = xfer_seconds(p->entry->mtime) },
	};
	const struct sftp_request close = { .type = SFTP_CLOSE,
					    .handle = handle_of(p) };

	p->state = XFER_PUT_CLOSING;
	if (p->keep)
		call(p, &p->set, &set, on_set);
	call(p, &p->close, &close, on_closed);
	p->handle_len = 0;
}

/* ---- the bytes ---- */

static void on_written(struct xfer_call *c, struct sftp_reply *reply)
{
	struct xfer_bulk *b = container_of(c, struct xfer_bulk, call);
	struct xfer_put *p = b->owner;

	p->busy--;
	if (xfer_ok(reply)) {
		p->arrived += b->len;
		p->x->through += b->len;
	} else {
		note_reply(p, reply);
	}
	advance(p);
}

/* A hole is not sent: nothing is there behind what was written. */
static bool skip_hole(struct xfer_put *p)
{
	uint64_t was = p->sent;

	if (!p->entry->file.sparse || p->sent < p->extent)
		return false;
	blocks_extent(p->blocks, &p->entry->file, &p->sent, &p->extent);
	p->holes += p->sent - was;
	if (p->sent > was && p->hole)
		p->hole(p, p->sent - was);
	return p->sent > was;
}

/* One slice; false when there is no room, or it failed. */
static bool write_slice(struct xfer_put *p, struct xfer *x,
			struct sftp_bytes handle)
{
	struct xfer_bulk *b = xfer_bulk(x);
	struct sftp_request rq = { .type = SFTP_WRITE,
				   .handle = handle,
				   .offset = p->sent };
	size_t n;

	if (!b)
		return false;
	if (skip_hole(p))
		return true;
	rq.data.p =
		blocks_read(p->blocks, &p->entry->file, p->sent, &n, &p->err);
	if (!rq.data.p)
		return false;
	rq.data.n = n < x->slice ? n : x->slice;
	if (p->entry->file.sparse && rq.data.n > p->extent - p->sent)
		rq.data.n = (size_t)(p->extent - p->sent);
	b->owner = p;
	b->len = rq.data.n;
	call_on(p, x, &b->call, &rq, on_written);
	p->sent += rq.data.n;
	return !p->err.code;
}

static void on_sized(struct xfer_call *c, struct sftp_reply *reply)
{
	struct xfer_put *p = container_of(c, struct xfer_put, size);

	p->busy--;
	if (!xfer_ok(reply))
		note_reply(p, reply);
	advance(p);
}

/* The last may be a hole. */
static void give_size(struct xfer_put *p)
{
	const struct sftp_request rq = {
		.type = SFTP_FSETSTAT,
		.handle = handle_of(p),
		.attrs = { .has = SFTP_HAS_SIZE, .size = p->entry->file.size },
	};

	p->sized = true;
	call(p, &p->size, &rq, on_sized);
}

/* ---- is it what ours is? ---- */

static const void *ours(struct xfer_check *k, uint64_t offset, size_t *n,
			struct err *err)
{
	struct xfer_put *p = container_of(k, struct xfer_put, check);
	size_t want = *n;
	const void *at =
		blocks_read(p->blocks, &p->entry->file, offset, n, err);

	if (*n > want)
		*n = want;
	return at;
}

static void on_checked(struct xfer_check *k)
{
	struct xfer_put *p = container_of(k, struct xfer_put, check);

	p->busy--;
	if (k->err.code == ERR_LOCAL && !p->err.code)
		err_move(&p->err, &k->err);
	else if (k->err.code)
		note(p, k->err.msg);
	advance(p);
}

static void compare(struct xfer_put *p, enum xfer_put_state state, uint64_t len)
{
	p->state = state;
	p->busy++;
	p->check = (struct xfer_check){
		.x = p->x,
		.handle = handle_of(p),
		.len = len,
		.ours = ours,
		.done = on_checked,
	};
	xfer_check_start(&p->check);
}

/* What was left is gone on with, or it starts over. */
static void tell_resumed(struct xfer_put *p)
{
	char *path = text_vis_dup(p->path, strlen(p->path), SIZE_MAX);
	char *text;

	if (!p->whose.ours)
		text = xasprintf(
			_("'%s' starts over: what was left is not this user's"),
			path);
	else if (p->check.differs)
		text = xasprintf(
			_("'%s' starts over: what was left is not its beginning"),
			path);
	else
		text = xasprintf(_("'%s' goes on after %" PRIu64 " of %" PRIu64
				   " bytes"),
				 path, p->left, p->entry->file.size);
	p->tell(p, text);
	free(text);
	free(path);
}

/* Not before the mode is known to be right. */
static void send_slices(struct xfer_put *p)
{
	const uint64_t size = p->entry->file.size;

	if (p->set.fn || p->own.fn)
		return;
	while (p->sent < size && write_slice(p, p->x, handle_of(p)))
		;
	for (unsigned int i = 0; p->stripes && i < p->stripes->n; i++) {
		const struct stripe *v = &p->stripes->v[i];

		while (v->proven && p->sent < size &&
		       write_slice(p, v->x, stripe_handle(v)))
			;
	}
}

static void on_stripes(struct stripes *s)
{
	advance(s->owner);
}

/* A large file goes over several channels, where there are more. */
static void begin_stripes(struct xfer_put *p)
{
	if (p->stripes || p->resume || !p->lanes || !p->lanes->settled ||
	    !p->lanes->n || p->set.fn || p->own.fn ||
	    p->entry->file.size - p->sent < STRIPES_BYTES)
		return;
	p->stripes = xcalloc(1, sizeof(*p->stripes));
	p->stripes->x = p->x;
	p->stripes->handle = handle_of(p);
	p->stripes->path = p->temp;
	p->stripes->moved = on_stripes;
	p->stripes->owner = p;
	stripes_start(p->stripes, p->lanes);
}

/* ---- the beginning ---- */

static void on_owned(struct xfer_call *c, struct sftp_reply *reply)
{
	struct xfer_put *p = container_of(c, struct xfer_put, own);

	(void)reply; /* who may not give a file away keeps it */
	p->busy--;
	advance(p);
}

/* Before a byte is there to be read by others. */
static void be_like(struct xfer_put *p, const struct sftp_attrs *there)
{
	struct sftp_request rq = {
		.type = SFTP_FSETSTAT,
		.handle = handle_of(p),
		.attrs = *there,
	};

	rq.attrs.mode &= MODE_PLAIN;
	rq.attrs.has = there->has & SFTP_HAS_OWNER;
	if (rq.attrs.has)
		call(p, &p->own, &rq, on_owned);
	rq.attrs.has = SFTP_HAS_MODE;
	if (!p->keep)
		call(p, &p->set, &rq, on_set);
}

static void on_opened(struct xfer_call *c, struct sftp_reply *reply)
{
	struct xfer_put *p = container_of(c, struct xfer_put, open);

	p->busy--;
	if (reply->type == SFTP_HANDLE) {
		memcpy(p->handle, reply->data.p, reply->data.n);
		p->handle_len = reply->data.n;
	} else if (p->left) {
		p->left = 0; /* it goes, and a new one is made */
		p->state = XFER_PUT_FINDING;
	} else {
		note_reply(p, reply);
	}
	advance(p);
}

static void on_looked(struct xfer_call *c, struct sftp_reply *reply)
{
	struct xfer_put *p = container_of(c, struct xfer_put, look);

	p->busy--;
	if (reply->type == SFTP_ATTRS && (reply->attrs.has & SFTP_HAS_MODE)) {
		p->is_there = true;
		p->there = reply->attrs;
	}
	advance(p);
}

/* What would be lost, or is no place for a file, stays. */
static bool is_replaceable(struct xfer_put *p)
{
	uint32_t mode = p->there.mode;

	if (!p->is_there || S_ISREG(mode) || S_ISLNK(mode))
		return true;
	note(p, S_ISDIR(mode) ? _("it is a folder there")
			      : _("it is no regular file there"));
	return false;
}

/* What has the name cannot be had out of the way: another name, then. */
static void on_left_removed(struct xfer_call *c, struct sftp_reply *reply)
{
	struct xfer_put *p = container_of(c, struct xfer_put, open);

	p->busy--;
	if (!xfer_ok(reply)) {
		char *temp = p->temp;

		p->temp = p->spare;
		p->spare = temp;
		p->resume = false;
	}
	advance(p);
}

static void remove_left(struct xfer_put *p)
{
	const struct sftp_request remove = { .type = SFTP_REMOVE,
					     .path = bytes(p->temp) };

	p->state = XFER_PUT_FINDING;
	p->left = 0;
	p->is_left = false;
	call(p, &p->open, &remove, on_left_removed);
}

/* Nothing is written to it: who has it may have more names for it. */
static void start_over(struct xfer_put *p)
{
	const struct sftp_request close = { .type = SFTP_CLOSE,
					    .handle = handle_of(p) };

	call(p, &p->close, &close, on_close_failed);
	p->handle_len = 0;
	remove_left(p);
}

static void on_whose(struct xfer_own *o)
{
	struct xfer_put *p = container_of(o, struct xfer_put, whose);

	p->busy--;
	advance(p);
}

static void find_owner(struct xfer_put *p)
{
	p->state = XFER_PUT_OWNING;
	p->busy++;
	p->whose = (struct xfer_own){
		.x = p->x,
		.handle = handle_of(p),
		.probe = bytes(p->spare),
		.size = p->left,
		.done = on_whose,
	};
	xfer_own_start(&p->whose);
}

static void begin_writing(struct xfer_put *p)
{
	p->state = XFER_PUT_WRITING;
	if (is_replaceable(p) && p->is_there && S_ISREG(p->there.mode))
		be_like(p, &p->there);
}

static void go_on(struct xfer_put *p)
{
	tell_resumed(p);
	if (!p->whose.ours || p->check.differs) {
		start_over(p);
		return;
	}
	p->sent = p->left;
	begin_writing(p);
}

static void begin_opening(struct xfer_put *p)
{
	const struct sftp_request look = { .type = SFTP_LSTAT,
					   .path = bytes(p->path) };
	bool reads = p->verify || p->left;
	const struct sftp_request open = {
		.type = SFTP_OPEN,
		.path = bytes(p->temp),
		.flags = SFTP_FOR_WRITING | (reads ? SFTP_FOR_READING : 0) |
			 (p->left ? 0 : SFTP_CREATE | SFTP_EXCLUSIVE),
		.attrs = { .has = SFTP_HAS_MODE,
			   .mode = (uint32_t)p->entry->mode &
				   (p->keep ? 0600u : MODE_PLAIN) },
	};

	p->state = XFER_PUT_OPENING;
	call(p, &p->look, &look, on_looked);
	call(p, &p->open, &open, on_opened);
}

/* A file that could be a part of ours: that is proven once it is open. */
static void on_found(struct xfer_call *c, struct sftp_reply *reply)
{
	struct xfer_put *p = container_of(c, struct xfer_put, find);
	const struct sftp_attrs *a = &reply->attrs;

	p->busy--;
	p->is_left = reply->type == SFTP_ATTRS;
	if (p->is_left && (a->has & SFTP_HAS_SIZE) &&
	    (a->has & SFTP_HAS_MODE) && S_ISREG(a->mode) &&
	    a->size <= p->entry->file.size)
		p->left = a->size;
	advance(p);
}

static bool is_as_new(const struct xfer_put *p)
{
	return p->is_there && S_ISREG(p->there.mode) &&
	       (p->there.has & SFTP_HAS_TIMES) &&
	       p->there.mtime >= p->entry->mtime;
}

/* Whatever else has the temporary name is in the way. */
static void begin_finding(struct xfer_put *p)
{
	p->skipped = p->only_newer && is_as_new(p);
	if (p->skipped)
		p->state = XFER_PUT_RENAMING; /* with nothing to wait for */
	else if (!p->is_left || p->left)
		begin_opening(p);
	else
		remove_left(p);
}

void xfer_put_start(struct xfer_put *p)
{
	const struct sftp_request find = { .type = SFTP_LSTAT,
					   .path = bytes(p->temp) };
	const struct sftp_request look = { .type = SFTP_LSTAT,
					   .path = bytes(p->path) };

	assert(p->state == XFER_PUT_FINDING && !p->busy);
	if (p->resume)
		call(p, &p->find, &find, on_found);
	if (p->only_newer)
		call(p, &p->look, &look, on_looked);
	if (!p->resume && !p->only_newer)
		begin_opening(p);
	if (!p->busy)
		advance(p); /* it may be gone */
}

/* ---- what comes next ---- */

static void after(struct xfer_put *p)
{
	switch (p->state) {
	case XFER_PUT_FINDING:
		begin_finding(p);
		break;
	case XFER_PUT_OPENING:
		if (p->left)
			find_owner(p);
		else
			begin_writing(p);
		break;
	case XFER_PUT_OWNING:
		if (p->whose.ours)
			compare(p, XFER_PUT_PROVING, p->left);
		else
			go_on(p);
		break;
	case XFER_PUT_PROVING:
		go_on(p);
		break;
	case XFER_PUT_WRITING:
		if (p->sent < p->entry->file.size)
			break;
		if (end_stripes(p))
			break;
		if (p->entry->file.sparse && !p->sized)
			give_size(p);
		else if (p->verify && p->sent)
			compare(p, XFER_PUT_VERIFYING, p->sent);
		else
			end_handle(p);
		break;
	case XFER_PUT_VERIFYING:
		if (p->check.differs)
			note(p, _("read again, it is not what was sent"));
		else
			end_handle(p);
		break;
	case XFER_PUT_CLOSING:
		clear(p);
		break;
	case XFER_PUT_CLEARING:
		give_name(p);
		break;
	case XFER_PUT_RENAMING:
	case XFER_PUT_REMOVING:
	case XFER_PUT_DONE:
		finish(p);
		break;
	}
}

/*
 * Nothing is awaited: on to the next step, and the one after it where that
 * one needed nothing.
 */
static void advance(struct xfer_put *p)
{
	while (!is_busy(p) && p->state != XFER_PUT_DONE) {
		bool over = p->state == XFER_PUT_RENAMING ||
			    p->state == XFER_PUT_REMOVING;
		bool failed = p->err.code && p->state != XFER_PUT_REMOVING;

		if (failed && ask_room(p))
			return;
		if (failed)
			take_back(p);
		else
			after(p);
		if (over && !failed)
			return; /* it may be gone */
		if (p->state == XFER_PUT_WRITING && !p->err.code)
			send_slices(p);
		if (p->state == XFER_PUT_WRITING && !p->err.code &&
		    p->sent < p->entry->file.size)
			return; /* pump() goes on */
	}
}

void xfer_put_pump(struct xfer_put *p)
{
	if (p->state == XFER_PUT_PROVING || p->state == XFER_PUT_VERIFYING) {
		xfer_check_pump(&p->check); /* it may be gone */
		return;
	}
	if (p->state != XFER_PUT_WRITING || p->err.code)
		return;
	begin_stripes(p);
	send_slices(p);
	advance(p);
}

void xfer_put_release(struct xfer_put *p)
{
	free(p->path);
	free(p->temp);
	free(p->spare);
	free(p->stripes);
	xfer_check_release(&p->check);
	err_release(&p->err);
}
