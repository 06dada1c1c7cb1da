/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a host has too much of.
 *
 * A folder is listed, then what is too much in it goes: files many at once,
 * folders one after the other, each of them swept first.  What is listed is
 * kept in memory, so a folder with more names than there is room for is listed
 * again when these are gone.
 */
#include "op/sweep_put.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/skip.h"
#include "base/text.h"
#include "op/place.h"

#include "base/banned.h"

#define DEPTH_MAX    64u	/* folders inside each other */
#define LISTED_MAX   16384u	/* names that are too much, of a folder */
#define LISTED_ALL   131072u	/* of all folders of the host */
#define LISTED_LEAST 64u	/* of a folder, however many others have */
#define NAMES_MAX    (1u << 26) /* of a folder in all; more has no end */
#define REMOVALS_MAX 32u	/* at once */

enum level_state {
	LEVEL_LOOKING,
	LEVEL_OPENING,
	LEVEL_LISTING,
	LEVEL_CLOSING,
	LEVEL_REMOVING,
	LEVEL_OVER,
};

/* A folder of theirs. */
struct sweep_level {
	struct sweep_level *under;
	enum level_state state;
	char *path;
	char *name; /* below the source */
	bool all;   /* it is too much itself */
	bool keeps; /* something in it stays */
	bool more;  /* than was listed */
	bool none;  /* it is no folder, or not there */
	unsigned int depth;
	size_t total;  /* names of earlier listings */
	size_t before; /* removed when it was listed */
	char handle[SFTP_HANDLE_MAX];
	size_t handle_len;
	struct strvec files, folders;
	size_t nfiles, nfolders; /* of these that were seen to */
};

struct removal {
	struct list node;
	struct sweep_put *s;
	struct xfer_call call;
	char *path;
};

static struct sftp_bytes bytes(const char *s)
{
	return (struct sftp_bytes){ s, strlen(s) };
}

static const struct copy_spec *spec_of(const struct sweep_put *s)
{
	return s->c->spec;
}

static void fail(struct sweep_put *s, const char *path, const char *reason)
{
	char *shown = text_vis_dup(path, strlen(path), SIZE_MAX);
	struct err err = { 0 };

	err_set(&err, ERR_COPY, _("cannot remove '%s': %s"), shown, reason);
	copy_fail(s->c, &err);
	err_release(&err);
	free(shown);
}

static void fail_reply(struct sweep_put *s, const char *path,
		       const struct sftp_reply *reply)
{
	char *reason = xfer_reason(reply);

	fail(s, path, reason);
	free(reason);
}

static void advance(struct sweep_put *s);

/* ---- removing ---- */

static void removal_free(struct removal *r)
{
	r->s->nremovals--;
	list_remove(&r->node);
	free(r->path);
	free(r);
}

static void on_removed(struct xfer_call *call, struct sftp_reply *reply)
{
	struct removal *r = container_of(call, struct removal, call);
	struct sweep_put *s = r->s;

	s->nremoved += xfer_ok(reply);
	/* A server may list a name twice. */
	if (!xfer_ok(reply) &&
	    !(reply->type == SFTP_STATUS && reply->code == SFTP_NO_SUCH_FILE))
		fail_reply(s, r->path, reply);
	removal_free(r);
	advance(s);
}

/* A file, or a folder with nothing in it. */
static void drop(struct sweep_put *s, const char *path, enum sftp_type how)
{
	const struct sftp_request rq = { .type = how, .path = bytes(path) };
	struct removal *r;

	if (spec_of(s)->dry_run) {
		copy_tell_deleted(s->c, path);
		return;
	}
	r = xcalloc(1, sizeof(*r));
	r->s = s;
	r->path = xstrdup(path);
	list_append(&s->removals, &r->node);
	s->nremovals++;
	if (!xfer_call(&s->c->x, &r->call, &rq, on_removed))
		return;
	fail(s, path, _("its name is too long"));
	removal_free(r);
}

/* ---- levels ---- */

static void push(struct sweep_put *s, char *path, char *name, bool all)
{
	struct sweep_level *l = xcalloc(1, sizeof(*l));

	l->under = s->top;
	l->path = path;
	l->name = name;
	l->all = all;
	l->depth = s->top ? s->top->depth + 1 : 0;
	l->before = s->nremoved;
	s->top = l;
}

static size_t listed(const struct sweep_level *l)
{
	return l->files.n + l->folders.n;
}

static bool has_room(const struct sweep_put *s)
{
	size_t n = listed(s->top);

	return n < LISTED_LEAST ||
	       (n < LISTED_MAX && s->c->nlisted < LISTED_ALL);
}

static void forget(struct sweep_put *s, struct sweep_level *l)
{
	s->c->nlisted -= listed(l);
	strvec_release(&l->files);
	strvec_release(&l->folders);
}

static void pop(struct sweep_put *s)
{
	struct sweep_level *l = s->top;

	s->top = l->under;
	forget(s, l);
	free(l->path);
	free(l->name);
	free(l);
}

/* What is in it is gone, or stays. */
static void leave(struct sweep_put *s)
{
	struct sweep_level *l = s->top;

	assert(!l->all || l->under); /* the user's folders are there */
	if (l->all && l->keeps)
		l->under->keeps = true;
	else if (l->all)
		drop(s, l->path, l->none ? SFTP_REMOVE : SFTP_RMDIR);
	pop(s);
}

/* ---- listing ---- */

static void keep(struct sweep_put *s, struct strvec *names, const char *name)
{
	strvec_push(names, name);
	s->c->nlisted++;
}

/* One that does not say what it is may be a folder: it is looked at. */
static void judge(struct sweep_put *s, const struct sftp_name *n)
{
	struct sweep_level *l = s->top;
	bool plain = (n->attrs.has & SFTP_HAS_MODE) && !S_ISDIR(n->attrs.mode);
	bool folder = (n->attrs.has & SFTP_HAS_MODE) && !plain;
	char *name = xstrndup(n->name.p, n->name.n);
	char *below = *l->name ? copy_join(l->name, name) : xstrdup(name);

	if (!l->all && manifest_knows(spec_of(s)->manifest, s->entry, name))
		; /* it is here, too */
	else if (skip_takes(&spec_of(s)->skip, below, folder))
		l->keeps = true;
	else if (!has_room(s))
		l->more = true;
	else
		keep(s, plain ? &l->files : &l->folders, name);
	free(below);
	free(name);
}

static void take_names(struct sweep_put *s, struct sftp_reply *reply)
{
	struct sftp_name n;

	while (sftp_name_next(reply, &n))
		if (copy_is_dots(&n.name))
			continue;
		else if (place_takes(n.name.p, n.name.n))
			judge(s, &n);
		else
			copy_refuse_name(s->c, s->top->path, &n.name);
}

static void on_names(struct xfer_call *call, struct sftp_reply *reply)
{
	struct sweep_put *s = container_of(call, struct sweep_put, call);
	struct sweep_level *l = s->top;

	if (reply->type == SFTP_NAME && reply->count) {
		take_names(s, reply);
	} else {
		if (reply->type != SFTP_STATUS || reply->code != SFTP_EOF) {
			fail_reply(s, l->path, reply);
			l->keeps = true;
		}
		l->state = LEVEL_CLOSING;
	}
	advance(s);
}

static void on_opened(struct xfer_call *call, struct sftp_reply *reply)
{
	struct sweep_put *s = container_of(call, struct sweep_put, call);
	struct sweep_level *l = s->top;

	if (reply->type == SFTP_HANDLE) {
		memcpy(l->handle, reply->data.p, reply->data.n);
		l->handle_len = reply->data.n;
		l->state = LEVEL_LISTING;
	} else {
		fail_reply(s, l->path, reply);
		l->keeps = true;
		l->state = LEVEL_OVER;
	}
	advance(s);
}

static void on_closed(struct xfer_call *call, struct sftp_reply *reply)
{
	struct sweep_put *s = container_of(call, struct sweep_put, call);

	(void)reply;
	s->top->state = LEVEL_REMOVING;
	advance(s);
}

static void on_looked(struct xfer_call *call, struct sftp_reply *reply)
{
	struct sweep_put *s = container_of(call, struct sweep_put, call);
	struct sweep_level *l = s->top;
	bool is =
		reply->type == SFTP_ATTRS && (reply->attrs.has & SFTP_HAS_MODE);

	l->none = !is || !S_ISDIR(reply->attrs.mode);
	l->state = l->none ? LEVEL_OVER : LEVEL_OPENING;
	/* A dry run has made no folder. */
	if (!is &&
	    !(reply->type == SFTP_STATUS && reply->code == SFTP_NO_SUCH_FILE)) {
		fail_reply(s, l->path, reply);
		l->keeps = true;
	} else if (l->none && !l->all && is) {
		fail(s, l->path, _("it is no folder there"));
	}
	l->all = l->all && (is || l->keeps);
	advance(s);
}

/* ---- what comes next ---- */

static void ask(struct sweep_put *s, enum sftp_type type, xfer_reply_fn *fn)
{
	struct sweep_level *l = s->top;
	struct sftp_request rq = { .type = type };

	if (l->handle_len)
		rq.handle = (struct sftp_bytes){ l->handle, l->handle_len };
	else
		rq.path = bytes(l->path);
	if (!xfer_call(&s->c->x, &s->call, &rq, fn))
		return;
	fail(s, l->path, _("its name is too long"));
	l->keeps = true;
	l->state = LEVEL_OVER;
}

/* The next of what was listed; false when all was seen to. */
static bool remove_next(struct sweep_put *s)
{
	struct sweep_level *l = s->top;
	const struct strvec *v = &l->files;
	const char *name;

	if (l->nfiles < v->n) {
		char *path = copy_join(l->path, v->v[l->nfiles++]);

		drop(s, path, SFTP_REMOVE);
		free(path);
		return true;
	}
	if (l->nfolders == l->folders.n)
		return false;
	name = l->folders.v[l->nfolders++];
	if (l->depth >= DEPTH_MAX) {
		fail(s, l->path, _("too many folders inside each other"));
		l->keeps = true;
		return true;
	}
	push(s, copy_join(l->path, name), copy_join(l->name, name), true);
	return true;
}

/* Whether there may be names left that there was no room for. */
static bool list_again(struct sweep_put *s)
{
	struct sweep_level *l = s->top;

	if (!l->more || spec_of(s)->dry_run)
		return false;
	l->total += listed(l);
	if (l->total >= NAMES_MAX || s->nremoved == l->before) {
		fail(s, l->path,
		     l->total >= NAMES_MAX ? _("its names have no end")
					   : _("not all in it can be removed"));
		l->keeps = true;
		return false;
	}
	forget(s, l);
	l->nfiles = l->nfolders = 0;
	l->more = false;
	l->before = s->nremoved;
	l->state = LEVEL_LOOKING;
	return true;
}

static void step(struct sweep_put *s)
{
	struct sweep_level *l = s->top;

	switch (l->state) {
	case LEVEL_LOOKING:
		ask(s, s->may_be_link && !l->under ? SFTP_STAT : SFTP_LSTAT,
		    on_looked);
		break;
	case LEVEL_OPENING:
		ask(s, SFTP_OPENDIR, on_opened);
		break;
	case LEVEL_LISTING:
		ask(s, SFTP_READDIR, on_names);
		break;
	case LEVEL_CLOSING:
		ask(s, SFTP_CLOSE, on_closed);
		l->handle_len = 0;
		break;
	case LEVEL_REMOVING:
		/* What is in it is gone when it is removed itself. */
		if (!remove_next(s) && !s->nremovals && !list_again(s))
			l->state = LEVEL_OVER;
		break;
	case LEVEL_OVER:
		leave(s);
		break;
	}
}

static bool must_wait(const struct sweep_put *s)
{
	const struct sweep_level *l = s->top;

	if (s->call.fn || !xfer_has_room(&s->c->x))
		return true;
	if (l->state != LEVEL_REMOVING)
		return false;
	return s->nremovals >= REMOVALS_MAX ||
	       (s->nremovals && l->nfiles == l->files.n &&
		l->nfolders == l->folders.n);
}

static void advance(struct sweep_put *s)
{
	while (s->top && !must_wait(s))
		step(s);
	if (!s->top && !s->nremovals)
		s->done(s); /* may free it */
}

void sweep_put_start(struct sweep_put *s)
{
	list_init(&s->removals);
	push(s, xstrdup(s->path), xstrdup(manifest_name(s->entry)), false);
	advance(s);
}

void sweep_put_pump(struct sweep_put *s)
{
	if (s->top)
		advance(s);
}

void sweep_put_release(struct sweep_put *s)
{
	list_for_each_safe (pos, after, &s->removals)
		removal_free(container_of(pos, struct removal, node));
	while (s->top)
		pop(s);
	free(s->path);
}
