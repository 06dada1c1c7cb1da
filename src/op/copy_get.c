/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files of one host to a folder of ours.
 *
 * A source is a path, whose last parts may be patterns.  What is found there
 * is an item, until it is known what it is: a file, which is got, or a folder,
 * which goes on the stack of those that are being read.  Only the top of the
 * stack is read, and only when few files are under way, so that a folder of a
 * million entries takes no memory.
 */
#include "op/copy.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "op/copy_get_internal.h"

#include "base/banned.h"

#define SOURCES_MORE 4096 /* that patterns in the middle of a path make */

static struct sftp_bytes bytes(const char *s)
{
	return (struct sftp_bytes){ s, strlen(s) };
}

/* ---- folders ---- */

static void pop(struct copy_walk *w)
{
	struct frame *f = w->top;

	w->top = f->under;
	w->nopen -= f->begun;
	place_put(f->place);
	free(f->path);
	free(f->here);
	free(f->pattern);
	free(f->rest);
	free(f->batch);
	free(f);
}

static void frame_failed(struct frame *f, const struct sftp_reply *reply)
{
	copy_fail_reply(f->w->c, f->path, reply);
	f->failed = true;
	f->w->seen[f->of].told |= f->pattern != NULL;
}

static void on_names(struct xfer_call *call, struct sftp_reply *reply)
{
	struct frame *f = container_of(call, struct frame, call);

	if (reply->type == SFTP_NAME && reply->count) {
		f->batch = xmemdup(reply->names.p, reply->names.n);
		f->names = *reply;
		f->names.names.p = f->batch;
	} else if (reply->type == SFTP_STATUS && reply->code == SFTP_EOF) {
		f->eof = true;
	} else {
		frame_failed(f, reply);
	}
}

static void on_folder_opened(struct xfer_call *call, struct sftp_reply *reply)
{
	struct frame *f = container_of(call, struct frame, call);

	if (reply->type == SFTP_HANDLE) {
		memcpy(f->handle, reply->data.p, reply->data.n);
		f->handle_len = reply->data.n;
	} else if (f->found && reply->type == SFTP_STATUS &&
		   reply->code == SFTP_NO_SUCH_FILE) {
		f->failed = true; /* it is no folder: nothing matches in it */
	} else {
		frame_failed(f, reply);
	}
}

static void on_folder_closed(struct xfer_call *call, struct sftp_reply *reply)
{
	struct frame *f = container_of(call, struct frame, call);

	(void)reply;
	f->closed = true; /* another may stand above it: a late answer's */
}

struct frame *copy_get_push(struct copy_walk *w, char *path,
			    struct place *place, const struct item *it)
{
	struct frame *f = xcalloc(1, sizeof(*f));

	f->w = w;
	f->path = path;
	f->place = place;
	f->depth = it ? it->depth + 1 : 0;
	f->below = it ? it->top ? strlen(it->path) : it->below : 0;
	f->under = w->top;
	w->top = f;
	return f;
}

/* Not before it is the top: only those that are read have a handle. */
static void open_folder(struct frame *f)
{
	const struct sftp_request rq = { .type = SFTP_OPENDIR,
					 .path = bytes(f->path) };

	f->begun = true;
	f->w->nopen++;
	if (!xfer_call(&f->w->c->x, &f->call, &rq, on_folder_opened))
		return;
	copy_fail_path(f->w->c, f->path, _("its name is too long"));
	f->failed = true;
}

/* ---- sources ---- */

static void take_path(struct copy_walk *w, const char *path, size_t of,
		      bool quiet)
{
	struct item *it = copy_get_item_new(w, xstrdup(path),
					    copy_name_here(w->c, path), NULL);

	it->top = true;
	it->of = of;
	it->quiet = quiet;
	copy_get_look(it, SFTP_STAT);
}

static void add_source(struct copy_walk *w, char *path, size_t literal,
		       size_t of)
{
	struct wanted *s = xcalloc(1, sizeof(*s));

	s->path = path;
	s->literal = literal;
	s->of = of;
	list_append(&w->sources, &s->node);
	w->nsources++;
}

static void source_free(struct copy_walk *w, struct wanted *s)
{
	list_remove(&s->node);
	w->nsources--;
	free(s->path);
	free(s);
}

/* The folder before the first pattern is read, or there is none. */
static void begin_source(struct copy_walk *w, struct wanted *s)
{
	size_t wild = s->literal + strcspn(s->path + s->literal, COPY_PATTERN);
	size_t start = wild;
	size_t end;
	struct frame *f;

	if (!s->path[wild]) {
		take_path(w, s->path, s->of, s->literal > 0);
		return;
	}
	while (start && s->path[start - 1] != '/')
		start--;
	end = wild + strcspn(s->path + wild, "/");
	f = copy_get_push(w, start ? xstrndup(s->path, start) : xstrdup("."),
			  NULL, NULL);
	f->pattern = xstrndup(s->path + start, end - start);
	f->rest = s->path[end] ? xstrdup(s->path + end) : NULL;
	f->of = s->of;
	f->found = s->literal > 0;
}

/* ---- names ---- */

static char *path_in(const struct frame *f, const struct sftp_bytes *name)
{
	char *text = xstrndup(name->p, name->n);
	char *path = copy_join(f->path, text);

	free(text);
	return path;
}

static void match(struct frame *f, const struct sftp_name *n)
{
	struct copy_walk *w = f->w;
	char *text = xstrndup(n->name.p, n->name.n);
	char *path;

	if (!fnmatch(f->pattern, text, FNM_PERIOD)) {
		path = path_in(f, &n->name);
		if (!f->rest) {
			take_path(w, path, f->of, false);
			free(path);
		} else if (w->nsources < SOURCES_MORE) {
			size_t literal = strlen(path);
			char *whole = xasprintf("%s%s", path, f->rest);

			free(path);
			add_source(w, whole, literal, f->of);
		} else {
			copy_fail_path(w->c, path,
				       _("too many names for a pattern"));
			w->seen[f->of].told = true;
			free(path);
		}
	}
	free(text);
}

static void take_name(struct frame *f, const struct sftp_name *n)
{
	struct item *it;

	if (copy_is_dots(&n->name))
		return;
	if (!place_takes(n->name.p, n->name.n)) {
		copy_refuse_name(f->w->c, f->path, &n->name);
		return;
	}
	if (f->pattern) {
		match(f, n);
		return;
	}
	it = copy_get_item_new(f->w, path_in(f, &n->name),
			       xstrndup(n->name.p, n->name.n), f->place);
	it->depth = f->depth;
	it->below = f->below;
	it->in = f->here ? xstrdup(f->here) : NULL;
	if (n->attrs.has & SFTP_HAS_MODE) {
		copy_get_sort(it, &n->attrs);
		return;
	}
	it->bare = true;
	f->w->nbare++;
	copy_get_look(it, SFTP_LSTAT);
}

/* ---- the walk ---- */

static bool may_begin(const struct copy_walk *w)
{
	unsigned int handles = w->c->x.handles;
	unsigned int max = COPY_FILES;

	if (handles < max + w->nopen)
		max = handles > w->nopen ? handles - w->nopen : 1;
	return w->nitems < max && w->nbig < COPY_BIG && xfer_has_room(&w->c->x);
}

static void ask_frame(struct frame *f, enum sftp_type type, xfer_reply_fn *fn)
{
	const struct sftp_request rq = {
		.type = type, .handle = { f->handle, f->handle_len }
	};

	(void)xfer_call(&f->w->c->x, &f->call, &rq, fn);
}

/*
 * The top of the stack; false when it has to wait for an answer.  A name that
 * may turn out to be a folder is awaited, so that they do not pile up.
 */
static bool pump_top(struct copy_walk *w)
{
	struct frame *f = w->top;
	struct sftp_name n;

	if (f->call.fn || w->nbare)
		return false;
	if (!f->begun) {
		open_folder(f);
		return true;
	}
	if (f->closed) {
		pop(w);
		return true;
	}
	if (f->batch && sftp_name_next(&f->names, &n)) {
		take_name(f, &n);
		return true;
	}
	free(f->batch);
	f->batch = NULL;
	if (!f->failed && !f->eof) {
		ask_frame(f, SFTP_READDIR, on_names);
		return false;
	}
	if (f->handle_len) {
		ask_frame(f, SFTP_CLOSE, on_folder_closed);
		return false;
	}
	pop(w);
	return true;
}

/* Whether all that is under way are files. */
static bool pump_files(struct copy_walk *w)
{
	bool all = true;

	list_for_each_safe (pos, after, &w->items) {
		struct item *it = container_of(pos, struct item, node);

		if (it->is_file)
			xfer_get_pump(&it->get);
		else
			all = false;
	}
	return all;
}

/* Nothing was found for it, and nothing was said about that yet. */
static void check_found(struct copy_walk *w)
{
	const struct strvec *v = &w->c->spec->sources;

	for (size_t i = 0; i < v->n; i++)
		if (!w->seen[i].found && !w->seen[i].told)
			copy_fail_path(w->c, v->v[i],
				       _("nothing is called so"));
}

/* In one folder each source would remove what the others have brought. */
static bool may_sweep(struct copy_walk *w)
{
	const struct strvec *v = &w->tops_here;
	bool several = v->n > 1 || w->c->spec->sources.n > 1;

	if (!w->c->spec->sweep || w->c->nfailed)
		return false;
	for (size_t i = 0; several && i < v->n; i++)
		if (!*v->v[i]) {
			copy_fail_path(
				w->c, w->tops_there.v[i],
				_("several sources land in one folder, of which --delete removes nothing"));
			return false;
		}
	return true;
}

/* All was tried. */
static void end_walk(struct copy_walk *w)
{
	struct place *root;
	struct err none = { 0 };

	w->found = true;
	check_found(w);
	if (!may_sweep(w))
		return;
	root = w->root ? place_get(w->root)
		       : copy_open_here(w->c, false, &none);
	err_release(&none);
	w->sweep = sweep_get_new(w->c, &w->tops_there, &w->tops_here, root);
}

/* As with scp: what no name matches may be a name itself. */
static bool take_literally(struct copy_walk *w)
{
	const struct strvec *v = &w->c->spec->sources;

	for (size_t i = 0; !w->literally && i < v->n; i++)
		if (!w->seen[i].found && !w->seen[i].told &&
		    strpbrk(v->v[i], COPY_PATTERN))
			add_source(w, xstrdup(v->v[i]), strlen(v->v[i]), i);
	w->literally = true;
	return w->nsources;
}

/* What lands in one folder is got one source after the other: of two files of
   one name it is the last that stays. */
static bool may_begin_source(const struct copy_walk *w)
{
	return !list_empty(&w->sources) && !(w->merges && w->nitems);
}

static void go_on(struct copy_walk *w)
{
	w->c->copied->all_known = pump_files(w) && !w->top && !w->nsources;
	for (bool go = true; go && may_begin(w);) {
		if (w->top) {
			go = pump_top(w);
		} else if (may_begin_source(w)) {
			struct wanted *s = container_of(w->sources.next,
							struct wanted, node);

			begin_source(w, s);
			source_free(w, s);
		} else {
			break;
		}
	}
}

static bool is_busy(const struct copy_walk *w)
{
	return w->nitems || w->top || w->nsources;
}

static bool pump(struct copy_walk *w)
{
	go_on(w);
	if (!is_busy(w) && take_literally(w))
		go_on(w);
	if (is_busy(w))
		return true;
	if (!w->found)
		end_walk(w);
	if (w->sweep && sweep_get_pump(w->sweep))
		return true;
	sweep_get_free(w->sweep);
	w->sweep = NULL;
	place_put(w->root);
	w->root = NULL;
	return false;
}

/* An archive has brought all, or told what it has not. */
static void take_placed(struct copy_walk *w)
{
	const struct copy_placed *placed = w->c->placed;

	for (size_t i = 0; i < w->c->spec->sources.n; i++)
		w->seen[i].told = true;
	for (size_t i = 0; i < placed->there.n; i++) {
		strvec_push(&w->tops_there, placed->there.v[i]);
		strvec_push(&w->tops_here, placed->here.v[i]);
	}
}

static struct copy_walk *walk_new(struct copy *c)
{
	struct copy_walk *w = xcalloc(1, sizeof(*w));
	const struct strvec *v = &c->spec->sources;

	w->c = c;
	list_init(&w->sources);
	list_init(&w->items);
	w->seen = xcalloc(v->n, sizeof(*w->seen));
	namesakes_init(&w->names);
	w->mixes = copy_mixes(c);
	if (c->placed) {
		take_placed(w);
		return w;
	}
	for (size_t i = 0; i < v->n; i++) {
		char *name = copy_name_here(c, v->v[i]);

		w->merges |= v->n > 1 && !*name;
		add_source(w, xstrdup(v->v[i]), 0, i);
		free(name);
	}
	return w;
}

static void walk_free(struct copy_walk *w)
{
	if (!w)
		return;
	if (w->root)
		place_on_fail(w->root, NULL, NULL);
	list_for_each_safe (pos, after, &w->items)
		copy_get_item_free(container_of(pos, struct item, node));
	while (w->top)
		pop(w);
	list_for_each_safe (pos, after, &w->sources)
		source_free(w, container_of(pos, struct wanted, node));
	namesakes_release(&w->names);
	sweep_get_free(w->sweep);
	strvec_release(&w->tops_there);
	strvec_release(&w->tops_here);
	place_put(w->root);
	free(w->seen);
	free(w);
}

const struct copy_walk_ops copy_get = {
	.new = walk_new,
	.pump = pump,
	.free = walk_free,
};
