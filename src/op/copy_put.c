/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A manifest to one host.
 *
 *   LANDING    where does it go: is the destination a folder?
 *   FOLDERS    all are made, those above first: what is to be in one waits
 *              for it, or a link of its name would be followed
 *   FILES      many at once
 *   SWEEP      what is too much in the folders goes, when all was copied
 *   MODES      of the folders, those below first: all with -p, else of those
 *              that had to be made wider than theirs is
 */
#include "op/copy.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/text.h"
#include "op/copy_put_internal.h"
#include "op/landing.h"
#include "op/place.h"

#include "base/banned.h"

#define MODE_OWNER 0700u /* so that something can be put into it */
#define TEMP_SIZE  64

static const struct manifest *manifest_of(const struct copy_walk *w)
{
	return w->c->spec->manifest;
}

const struct manifest_entry *copy_put_entry(const struct step *s)
{
	return &manifest_of(s->w)->v[s->index];
}

static struct sftp_bytes bytes(const char *s)
{
	return (struct sftp_bytes){ s, strlen(s) };
}

char *copy_put_path(const struct copy_walk *w, const struct manifest_entry *e)
{
	return copy_join(w->roots[e->source], manifest_name(e));
}

/* In the same folder, so that it can be renamed.  Hosts may share that: each
   has a name of its own that is found again. */
char *copy_put_temp(struct copy_walk *w, const char *path, bool known)
{
	const char *slash = strrchr(path, '/');
	int n = slash ? (int)(slash - path + 1) : 0;
	char temp[PLACE_TEMP_SIZE];
	char *own;

	if (known) {
		own = xasprintf("%s:%s", w->c->host, path + n);
		place_known_temp(own, temp);
		free(own);
		return xasprintf("%.*s%s", n, path, temp);
	}
	return xasprintf("%.*s.rsh-%016llx-%llx.part", n, path,
			 (unsigned long long)w->temp_key,
			 (unsigned long long)w->temp_count++);
}

struct step *copy_put_step(struct copy_walk *w, size_t index)
{
	struct step *s = xcalloc(1, sizeof(*s));

	s->w = w;
	s->index = index;
	list_append(&w->steps, &s->node);
	w->nsteps++;
	return s;
}

void copy_put_step_free(struct step *s)
{
	s->w->nbig -= s->big;
	s->w->nsteps--;
	list_remove(&s->node);
	if (s->is_file)
		xfer_put_release(&s->put);
	if (s->is_sweep)
		sweep_put_release(&s->sweep);
	free(s->path);
	free(s->temp);
	err_release(&s->err);
	free(s);
}

/* Ask; a step whose name is too long is over. */
bool copy_put_ask(struct step *s, const struct sftp_request *rq,
		  xfer_reply_fn *fn)
{
	if (!xfer_call(&s->w->c->x, &s->call, rq, fn))
		return true;
	copy_fail_path(s->w->c, s->path, _("its name is too long"));
	copy_put_step_free(s);
	return false;
}

void copy_put_copied(struct copy_walk *w, const struct manifest_entry *e)
{
	w->c->copied->files++;
	if (e->kind == MANIFEST_FILE)
		w->c->copied->bytes += e->file.size;
}

/* ---- LANDING ---- */

static void no_folder(struct copy_walk *w)
{
	const char *dest = w->c->spec->dest;

	copy_fail_path(w->c, dest, _("it is no folder there"));
	w->stage = STAGE_OVER;
}

/* As scp has it. */
static void on_landing(struct xfer_call *call, struct sftp_reply *reply)
{
	struct copy_walk *w = container_of(call, struct copy_walk, landing);
	bool there = reply->type == SFTP_ATTRS;
	bool missing =
		reply->type == SFTP_STATUS && reply->code == SFTP_NO_SUCH_FILE;

	w->stage = STAGE_FOLDERS;
	if (there || missing) {
		w->roots =
			landing_paths(w->c->spec, missing ? LANDING_MISSING
						  : S_ISDIR(reply->attrs.mode)
							  ? LANDING_FOLDER
							  : LANDING_FILE);
		if (!w->roots)
			no_folder(w);
	} else {
		copy_fail_reply(w->c, w->c->spec->dest, reply);
		w->stage = STAGE_OVER;
	}
}

static void land(struct copy_walk *w)
{
	const char *dest = w->c->spec->dest;
	const struct sftp_request rq = { .type = SFTP_STAT,
					 .path = bytes(*dest ? dest : ".") };

	if (!xfer_call(&w->c->x, &w->landing, &rq, on_landing))
		return;
	copy_fail_path(w->c, dest, _("its name is too long"));
	w->stage = STAGE_OVER;
}

/* ---- FOLDERS ---- */

bool copy_put_is_dest(const struct step *s)
{
	return !*manifest_name(copy_put_entry(s)) &&
	       !*manifest_of(s->w)->names[copy_put_entry(s)->source];
}

/* All that is in it has nowhere to go; it stands behind it in the list. */
static void leave_out(struct copy_walk *w, size_t index)
{
	const struct manifest *m = manifest_of(w);
	const char *path = m->v[index].path;
	size_t n = strlen(path);

	for (size_t i = index + 1; i < m->n; i++) {
		const char *p = m->v[i].path;

		if (m->v[i].source != m->v[index].source ||
		    strncmp(p, path, n) != 0 ||
		    (p[n] != '/' && (!n || path[n - 1] != '/')))
			return;
		w->marks[i] = MARK_LEFT_OUT;
	}
}

static void folder_failed(struct step *s)
{
	copy_fail(s->w->c, &s->err);
	leave_out(s->w, s->index);
	copy_put_step_free(s);
}

static void on_folder_seen(struct xfer_call *call, struct sftp_reply *reply)
{
	struct step *s = container_of(call, struct step, call);

	if (reply->type == SFTP_ATTRS && S_ISDIR(reply->attrs.mode)) {
		copy_put_step_free(s);
		return;
	}
	if (reply->type == SFTP_ATTRS)
		err_set(&s->err, ERR_COPY, _("cannot make the folder '%s': %s"),
			s->temp,
			S_ISLNK(reply->attrs.mode)
				? _("it is a link there, which is not followed")
				: _("it is there, and no folder"));
	folder_failed(s);
}

/* "Failure" may mean that it is there. */
static void on_folder_made(struct xfer_call *call, struct sftp_reply *reply)
{
	struct step *s = container_of(call, struct step, call);
	struct sftp_request rq = { .type = SFTP_LSTAT, .path = bytes(s->path) };
	char *reason;

	if (xfer_ok(reply)) {
		if ((copy_put_entry(s)->mode & MODE_OWNER) != MODE_OWNER)
			s->w->marks[s->index] = MARK_NARROW;
		copy_put_step_free(s);
		return;
	}
	s->temp = text_vis_dup(s->path, strlen(s->path), SIZE_MAX);
	reason = xfer_reason(reply);
	err_set(&s->err, ERR_COPY, _("cannot make the folder '%s': %s"),
		s->temp, reason);
	free(reason);
	if (copy_put_is_dest(s))
		rq.type = SFTP_STAT;
	(void)copy_put_ask(s, &rq, on_folder_seen);
}

static void make_folder(struct copy_walk *w, size_t index)
{
	const struct manifest_entry *e = &manifest_of(w)->v[index];
	uint32_t mode = (uint32_t)e->mode & COPY_PUT_PLAIN;
	struct step *s = copy_put_step(w, index);
	struct sftp_request rq = {
		.type = SFTP_MKDIR,
		.attrs = { .has = SFTP_HAS_MODE,
			   .mode = w->c->spec->keep ? MODE_OWNER
						    : mode | MODE_OWNER },
	};

	s->path = copy_put_path(w, e);
	rq.path = bytes(s->path);
	(void)copy_put_ask(s, &rq, on_folder_made);
}

/* ---- FILES ---- */

static void on_put(struct xfer_put *p, const struct err *err)
{
	struct step *s = container_of(p, struct step, put);

	/* What was there already, or did not arrive. */
	s->w->c->copied->total -= p->entry->file.size - p->holes - p->arrived;
	if (err)
		copy_fail(s->w->c, err);
	else if (!p->skipped)
		copy_put_copied(s->w, p->entry);
	s->w->c->nverified += !err && p->verify && !p->skipped;
	copy_put_step_free(s);
}

/* Nothing of it will arrive. */
static void on_hole(struct xfer_put *p, uint64_t n)
{
	container_of(p, struct step, put)->w->c->copied->total -= n;
}

static void tell_file(struct xfer_put *p, const char *text)
{
	struct copy *c = container_of(p, struct step, put)->w->c;

	c->tell(c, STREAM_ERR, text);
}

static void put_file(struct copy_walk *w, size_t index)
{
	const struct manifest_entry *e = &manifest_of(w)->v[index];
	struct step *s = copy_put_step(w, index);

	s->is_file = true;
	s->big = e->file.size > w->c->x.slice;
	w->nbig += s->big;
	s->put = (struct xfer_put){
		.x = &w->c->x,
		.blocks = w->c->spec->blocks,
		.entry = e,
		.keep = w->c->spec->keep,
		.verify = w->c->spec->verify,
		.only_newer = w->c->spec->only_newer,
		.lanes = w->c->lanes,
		.resume = w->c->spec->resume,
		.path = copy_put_path(w, e),
		.tell = tell_file,
		.hole = on_hole,
		.done = on_put,
	};
	s->put.temp = copy_put_temp(w, s->put.path, s->put.resume);
	if (s->put.resume)
		s->put.spare = copy_put_temp(w, s->put.path, false);
	xfer_put_start(&s->put);
}

/* ---- SWEEP ---- */

static void on_swept(struct sweep_put *sweep)
{
	copy_put_step_free(container_of(sweep, struct step, sweep));
}

static void sweep(struct copy_walk *w, size_t index)
{
	struct step *s = copy_put_step(w, index);

	s->is_sweep = true;
	s->sweep = (struct sweep_put){
		.c = w->c,
		.entry = copy_put_entry(s),
		.path = copy_put_path(w, copy_put_entry(s)),
		.may_be_link = copy_put_is_dest(s),
		.done = on_swept,
	};
	sweep_put_start(&s->sweep); /* it may be gone */
}

/* ---- the walk ---- */

static void pump_files(struct copy_walk *w)
{
	list_for_each_safe (pos, after, &w->steps) {
		struct step *s = container_of(pos, struct step, node);

		if (s->is_file)
			xfer_put_pump(&s->put);
		else if (s->is_sweep)
			sweep_put_pump(&s->sweep);
	}
}

static void would_put(struct copy_walk *w, const struct manifest_entry *e)
{
	char *path = copy_put_path(w, e);
	char *shown = text_vis_dup(path, strlen(path), SIZE_MAX);

	w->c->tell(w->c, STREAM_OUT, shown);
	free(shown);
	free(path);
}

static void on_dry_seen(struct xfer_call *call, struct sftp_reply *reply)
{
	struct step *s = container_of(call, struct step, call);
	const struct sftp_attrs *a = &reply->attrs;
	const uint32_t both = SFTP_HAS_MODE | SFTP_HAS_TIMES;

	if (reply->type != SFTP_ATTRS || (a->has & both) != both ||
	    !S_ISREG(a->mode) || a->mtime < copy_put_entry(s)->mtime)
		would_put(s->w, copy_put_entry(s));
	copy_put_step_free(s);
}

/* A dry run, too, has to see what is there. */
static void look_whether_newer(struct copy_walk *w, size_t index)
{
	struct step *s = copy_put_step(w, index);
	struct sftp_request rq = { .type = SFTP_LSTAT };

	s->path = copy_put_path(w, copy_put_entry(s));
	rq.path = bytes(s->path);
	(void)copy_put_ask(s, &rq, on_dry_seen);
}

/* What this stage does with an entry. */
static void begin(struct copy_walk *w, size_t index)
{
	const struct manifest_entry *e = &manifest_of(w)->v[index];

	if (w->marks[index] == MARK_LEFT_OUT) {
		if (w->stage == STAGE_FILES && e->kind == MANIFEST_FILE)
			w->c->copied->total -= e->file.size;
		return;
	}
	if (w->stage == STAGE_SWEEP) {
		if (w->c->spec->sweep && !w->spoilt)
			sweep(w, index);
	} else if (w->c->spec->dry_run) {
		if (w->stage == STAGE_FILES && e->kind == MANIFEST_FILE &&
		    w->c->spec->only_newer)
			look_whether_newer(w, index);
		else if (w->stage == STAGE_FILES)
			would_put(w, e);
	} else if (w->stage == STAGE_FILES && e->kind == MANIFEST_FILE) {
		put_file(w, index);
	} else if (w->stage == STAGE_FILES && e->kind == MANIFEST_LINK) {
		copy_put_link(w, index);
	} else if (w->stage == STAGE_FOLDERS) {
		w->depth = e->depth;
		make_folder(w, index);
	} else if (w->stage == STAGE_MODES && w->c->spec->keep) {
		copy_put_mode(w, index);
	} else if (w->stage == STAGE_MODES && w->marks[index] == MARK_NARROW) {
		copy_put_narrow(w, index);
	}
}

/* Only one stage is about more than folders. */
static size_t number(const struct copy_walk *w)
{
	const struct manifest *m = manifest_of(w);

	return w->stage == STAGE_FILES ? m->n : m->nfolders;
}

static size_t entry_at(const struct copy_walk *w, size_t i)
{
	const struct manifest *m = manifest_of(w);

	switch (w->stage) {
	case STAGE_FOLDERS:
	case STAGE_SWEEP:
		return m->folders[i];
	case STAGE_MODES:
		return m->folders[m->nfolders - 1 - i];
	case STAGE_LANDING:
	case STAGE_FILES:
	case STAGE_OVER:
		break;
	}
	return i;
}

/* A folder's own is being made. */
static bool waits_for_folder(const struct copy_walk *w)
{
	return w->stage == STAGE_FOLDERS && w->nsteps &&
	       manifest_of(w)->v[entry_at(w, w->next)].depth > w->depth;
}

/* One may be begun: there is a place, and big ones do not crowd out others. */
static bool may_begin(const struct copy_walk *w)
{
	unsigned int max = COPY_FILES;

	if ((w->stage == STAGE_FILES || w->stage == STAGE_SWEEP) &&
	    w->c->x.handles < max)
		max = w->c->x.handles;
	return w->next < number(w) && w->nsteps < max && w->nbig < COPY_BIG &&
	       !waits_for_folder(w) && xfer_has_room(&w->c->x);
}

static bool pump(struct copy_walk *w)
{
	if (w->stage == STAGE_LANDING)
		return true;
	while (w->stage < STAGE_OVER) {
		pump_files(w);
		while (may_begin(w))
			begin(w, entry_at(w, w->next++));
		if (w->nsteps || w->next < number(w))
			return true;
		w->next = 0;
		w->stage++;
		if (w->stage != STAGE_SWEEP)
			continue;
		copy_fail_unread(w->c);
		w->spoilt = w->c->nfailed;
	}
	return w->nsteps;
}

static struct copy_walk *walk_new(struct copy *c)
{
	struct copy_walk *w = xcalloc(1, sizeof(*w));

	assert(c->spec->manifest->folders);
	w->c = c;
	if (!c->placed)
		c->copied->total =
			c->spec->dry_run ? 0 : c->spec->manifest->bytes;
	c->copied->all_known = true;
	list_init(&w->steps);
	w->marks = xcalloc(c->spec->manifest->n, sizeof(*w->marks));
	if (getrandom(&w->temp_key, sizeof(w->temp_key), 0) !=
	    sizeof(w->temp_key))
		w->temp_key = (uint64_t)(uintptr_t)w;
	if (!c->placed) {
		land(w);
		return w;
	}
	w->roots = landing_paths(c->spec, c->placed->landing);
	w->spoilt = c->nfailed;
	w->stage = w->roots ? STAGE_SWEEP : STAGE_OVER;
	return w;
}

static void walk_free(struct copy_walk *w)
{
	if (!w)
		return;
	list_for_each_safe (pos, after, &w->steps)
		copy_put_step_free(container_of(pos, struct step, node));
	landing_free(w->c->spec, w->roots);
	free(w->marks);
	free(w);
}

const struct copy_walk_ops copy_put = {
	.new = walk_new,
	.pump = pump,
	.free = walk_free,
};
