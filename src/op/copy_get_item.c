/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Something of theirs: what it is, and what is done with it.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/skip.h"
#include "op/copy_get_internal.h"

#include "base/banned.h"

#define DEPTH_MAX 64 /* folders inside each other */

static struct sftp_bytes bytes(const char *s)
{
	return (struct sftp_bytes){ s, strlen(s) };
}

static struct place_attrs attrs_of(const struct sftp_attrs *a, mode_t missing)
{
	return (struct place_attrs){
		.mode = a->has & SFTP_HAS_MODE ? (mode_t)a->mode : missing,
		.timed = a->has & SFTP_HAS_TIMES,
		.atime = a->atime,
		.mtime = a->mtime,
	};
}

static void on_place_fail(void *arg, const struct err *err)
{
	copy_fail(arg, err);
}

/* Made with the first thing there is for it. */
static struct place *root_of(struct copy_walk *w)
{
	struct err err = { 0 };

	if (w->root || w->no_root)
		return w->root;
	w->root = copy_open_here(w->c, true, &err);
	if (w->root) {
		place_on_fail(w->root, on_place_fail, w->c);
	} else {
		w->no_root = true;
		copy_fail(w->c, &err);
		err_release(&err);
	}
	return w->root;
}

/* ---- items ---- */

void copy_get_item_free(struct item *it)
{
	it->w->nbig -= it->big;
	it->w->nbare -= it->bare;
	it->w->nitems--;
	list_remove(&it->node);
	if (it->is_file)
		xfer_get_release(&it->get);
	free(it->path);
	free(it->name);
	free(it->in);
	place_put(it->place);
	free(it);
}

struct item *copy_get_item_new(struct copy_walk *w, char *path, char *name,
			       struct place *place)
{
	struct item *it = xcalloc(1, sizeof(*it));

	it->w = w;
	it->path = path;
	it->name = name;
	it->place = place ? place_get(place) : NULL;
	list_append(&w->items, &it->node);
	w->nitems++;
	return it;
}

static bool ask(struct item *it, enum sftp_type type, xfer_reply_fn *fn)
{
	const struct sftp_request rq = { .type = type,
					 .path = bytes(it->path) };

	if (!xfer_call(&it->w->c->x, &it->call, &rq, fn))
		return true;
	copy_fail_path(it->w->c, it->path, _("its name is too long"));
	it->w->seen[it->of].told |= it->top;
	copy_get_item_free(it);
	return false;
}

static void on_got(struct xfer_get *g, const struct err *err)
{
	struct item *it = container_of(g, struct item, get);
	struct copy *c = it->w->c;

	/* What was here already, or did not come. */
	c->copied->total -= g->said;
	c->copied->total += g->came;
	if (err) {
		copy_fail(c, err);
	} else {
		c->copied->files++;
		c->nverified += g->verify;
		c->copied->bytes += g->got;
	}
	copy_get_item_free(it);
}

static void tell_file(struct xfer_get *g, const char *text)
{
	struct copy *c = container_of(g, struct item, get)->w->c;

	c->tell(c, STREAM_ERR, text);
}

static void get_file(struct item *it, const struct sftp_attrs *a)
{
	struct copy_walk *w = it->w;

	if (w->c->spec->only_newer && copy_get_is_as_new(it, a)) {
		copy_get_item_free(it);
		return;
	}
	if (w->c->spec->dry_run) {
		copy_get_would(it);
		copy_get_item_free(it);
		return;
	}
	it->is_file = true;
	it->get = (struct xfer_get){
		.x = &w->c->x,
		.place = it->place,
		.name = xstrdup(it->name),
		.path = xstrdup(it->path),
		.attrs = attrs_of(a, 0666),
		.size = a->has & SFTP_HAS_SIZE ? a->size : 0,
		.listed = !it->top,
		.keep = w->c->spec->keep,
		.verify = w->c->spec->verify,
		.resume = w->c->spec->resume,
		.tell = tell_file,
		.done = on_got,
	};
	w->c->copied->total += it->get.size;
	it->big = it->get.size > w->c->x.slice;
	w->nbig += it->big;
	xfer_get_start(&it->get);
}

/* ---- folders ---- */

/* A source without a name is what is in it: the place itself is like it. */
static struct place *enter(const struct item *it,
			   const struct place_attrs *attrs, struct err *err)
{
	bool keep = it->w->c->spec->keep;

	if (*it->name)
		return place_enter(it->place, it->name, attrs, keep, err);
	if (keep)
		place_keep(it->place, attrs);
	return place_get(it->place);
}

static void get_folder(struct item *it, const struct sftp_attrs *a)
{
	const struct place_attrs attrs = attrs_of(a, 0777);
	const struct copy_spec *spec = it->w->c->spec;
	struct place *place = NULL;
	struct err err = { 0 };

	if (it->top) {
		strvec_push(&it->w->tops_there, it->path);
		strvec_push(&it->w->tops_here, it->name);
	}
	if (!spec->recursive) {
		copy_fail_path(it->w->c, it->path,
			       _("it is a folder; -r gets it"));
	} else if (it->depth >= DEPTH_MAX) {
		copy_fail_path(it->w->c, it->path,
			       _("too many folders inside each other"));
	} else if (spec->dry_run) {
		copy_get_push(it->w, xstrdup(it->path), NULL, it)->here =
			copy_get_here(it);
	} else {
		place = enter(it, &attrs, &err);
		if (place)
			(void)copy_get_push(it->w, xstrdup(it->path), place,
					    it);
		else
			copy_fail(it->w->c, &err);
		err_release(&err);
	}
	copy_get_item_free(it);
}

/* ---- what an item is ---- */

static void on_link_read(struct xfer_call *call, struct sftp_reply *reply)
{
	struct item *it = container_of(call, struct item, call);
	struct err err = { 0 };
	struct sftp_name name;
	char *text = NULL;

	if (reply->type != SFTP_NAME || !sftp_name_next(reply, &name) ||
	    !name.name.n || memchr(name.name.p, '\0', name.name.n)) {
		copy_fail_reply(it->w->c, it->path, reply);
		copy_get_item_free(it);
		return;
	}
	text = xstrndup(name.name.p, name.name.n);
	if (it->w->c->spec->dry_run)
		copy_get_would(it);
	else if (place_link(it->place, it->name, text, &err))
		copy_fail(it->w->c, &err);
	else
		it->w->c->copied->files++;
	err_release(&err);
	free(text);
	copy_get_item_free(it);
}

static void leave_out(struct item *it, const char *why)
{
	/* the status of rpdcp tells of all that was not copied */
	if (it->w->c->spec->suffixes.n)
		copy_fail_path(it->w->c, it->path, why);
	else
		copy_tell_left_out(it->w->c, it->path, why);
	copy_get_item_free(it);
}

static void on_looked(struct xfer_call *call, struct sftp_reply *reply);

/* Of the path below the source, which may end in a slash. */
static bool is_skipped(const struct item *it, bool folder)
{
	const char *name = it->path + it->below;

	return !it->top && skip_takes(&it->w->c->spec->skip,
				      *name == '/' ? name + 1 : name, folder);
}

void copy_get_sort(struct item *it, const struct sftp_attrs *a)
{
	uint32_t mode = a->has & SFTP_HAS_MODE ? a->mode : S_IFREG | 0666;

	if (is_skipped(it, S_ISDIR(mode))) {
		copy_get_item_free(it);
	} else if (S_ISREG(mode)) {
		get_file(it, a);
	} else if (S_ISDIR(mode) && it->linked && !it->top &&
		   it->w->c->spec->suffixes.n) {
		/* what rpdcp follows, and this does not: its status tells */
		copy_fail_path(it->w->c, it->path,
			       _("it is a link to a folder"));
		copy_get_item_free(it);
	} else if (S_ISDIR(mode) && it->linked && !it->top) {
		leave_out(it, _("it is a link to a folder; --links keeps it"));
	} else if (S_ISDIR(mode)) {
		get_folder(it, a);
	} else if (S_ISLNK(mode) && it->w->c->spec->keep_links && !it->top) {
		(void)ask(it, SFTP_READLINK, on_link_read);
	} else if (S_ISLNK(mode) && !it->linked) {
		it->linked = true;
		(void)ask(it, SFTP_STAT, on_looked);
	} else if (it->top) {
		copy_fail_path(it->w->c, it->path, _("it is no regular file"));
		copy_get_item_free(it);
	} else {
		leave_out(it, _("it is no regular file"));
	}
}

/* The first that was found has the name, another would be put in its place:
   why it is not got, or NULL. */
static const char *why_not(const struct item *it)
{
	struct copy_walk *w = it->w;

	if (!it->top)
		return NULL;
	w->seen[it->of].found = true;
	if (!w->mixes || !*it->name)
		return NULL;
	return namesakes_take(&w->names, it->name, it->path);
}

/* A source that is there has the folder made that all goes into. */
static bool has_place(struct item *it)
{
	struct place *root;

	if (!it->top || it->place || it->w->c->spec->dry_run)
		return true;
	root = root_of(it->w);
	it->place = root ? place_get(root) : NULL;
	return root;
}

static void on_looked(struct xfer_call *call, struct sftp_reply *reply)
{
	struct item *it = container_of(call, struct item, call);
	bool missing =
		reply->type == SFTP_STATUS && reply->code == SFTP_NO_SUCH_FILE;
	const char *why = reply->type == SFTP_ATTRS ? why_not(it) : NULL;

	it->w->nbare -= it->bare;
	it->bare = false;
	if (why) {
		copy_fail_path(it->w->c, it->path, why);
	} else if (reply->type == SFTP_ATTRS) {
		if (has_place(it)) {
			copy_get_sort(it, &reply->attrs);
			return;
		}
	} else if (!missing || !it->quiet) {
		copy_fail_reply(it->w->c, it->path, reply);
		it->w->seen[it->of].told |= it->top;
	}
	copy_get_item_free(it);
}

void copy_get_look(struct item *it, enum sftp_type type)
{
	(void)ask(it, type, on_looked);
}
