/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What we have too much of.
 *
 * A folder here is read, and the host asked for each name in it.  What it says
 * it does not have goes: a file at once, a folder when all of it was read, and
 * so that no more than one folder is gone into at a time.
 */
#include "op/sweep_get.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/list.h"
#include "base/skip.h"

#include "base/banned.h"

#define DEPTH_MAX    64u  /* folders inside each other */
#define ASKED_MAX    64u  /* names at once */
#define SLICE_MAX    512u /* names read in one go */
#define ALL_TOO_MUCH 'a'  /* in front of a folder's name: not there */
#define THERE_TOO    't'

/* A folder of ours. */
struct level {
	struct level *under;
	struct place *place;
	DIR *dir;    /* being read; NULL: it was */
	char *there; /* its path; NULL: the host has it not */
	char *name;  /* below the source */
	char *own;   /* its name in the folder it is in */
	bool keeps;  /* something in it stays */
	unsigned int depth;
	struct strvec folders; /* to be gone into, a letter in front */
	size_t next;
};

struct question {
	struct list node;
	struct sweep_get *s;
	struct xfer_call call;
	char *name;
	bool folder;
};

struct sweep_get {
	struct copy *c;
	const struct strvec *there, *here;
	struct place *root;
	size_t next; /* of these */
	struct level *top;
	struct list questions;
	unsigned int nquestions;
};

static const struct copy_spec *spec_of(const struct sweep_get *s)
{
	return s->c->spec;
}

static void fail(struct sweep_get *s, struct err *err)
{
	copy_fail(s->c, err);
	err_release(err);
}

/* ---- removing ---- */

static void drop(struct sweep_get *s, struct place *in, const char *name,
		 bool folder)
{
	struct err err = { 0 };
	char *path;

	if (spec_of(s)->dry_run) {
		path = copy_join(place_path(in), name);
		copy_tell_deleted(s->c, path);
		free(path);
	} else if (place_remove(in, name, folder, &err)) {
		fail(s, &err);
	}
}

static void too_much(struct sweep_get *s, const char *name, bool folder)
{
	if (folder)
		strvec_push_take(&s->top->folders,
				 xasprintf("%c%s", ALL_TOO_MUCH, name));
	else
		drop(s, s->top->place, name, false);
}

/* ---- questions ---- */

static void question_free(struct question *q)
{
	q->s->nquestions--;
	list_remove(&q->node);
	free(q->name);
	free(q);
}

static void on_answer(struct xfer_call *call, struct sftp_reply *reply)
{
	struct question *q = container_of(call, struct question, call);
	struct sweep_get *s = q->s;
	bool missing =
		reply->type == SFTP_STATUS && reply->code == SFTP_NO_SUCH_FILE;
	char *reason, *path;

	if (missing) {
		too_much(s, q->name, q->folder);
	} else if (reply->type != SFTP_ATTRS) {
		reason = xfer_reason(reply);
		path = copy_join(s->top->there, q->name);
		copy_fail_path(s->c, path, reason);
		free(path);
		free(reason);
	} else if (q->folder && (reply->attrs.has & SFTP_HAS_MODE) &&
		   S_ISDIR(reply->attrs.mode)) {
		strvec_push_take(&s->top->folders,
				 xasprintf("%c%s", THERE_TOO, q->name));
	}
	question_free(q);
}

static void ask(struct sweep_get *s, const char *name, bool folder)
{
	char *path = copy_join(s->top->there, name);
	const struct sftp_request rq = { .type = SFTP_LSTAT,
					 .path = { path, strlen(path) } };
	struct question *q = xcalloc(1, sizeof(*q));

	q->s = s;
	q->name = xstrdup(name);
	q->folder = folder;
	list_append(&s->questions, &q->node);
	s->nquestions++;
	if (xfer_call(&s->c->x, &q->call, &rq, on_answer)) {
		copy_fail_path(s->c, path, _("its name is too long"));
		question_free(q);
	}
	free(path);
}

/* ---- levels ---- */

/* The place is the level's from here on, and so are the names. */
static void push(struct sweep_get *s, struct place *place, char *there,
		 char *name, char *own)
{
	struct level *l = xcalloc(1, sizeof(*l));
	struct err err = { 0 };

	l->under = s->top;
	l->place = place;
	l->there = there;
	l->name = name;
	l->own = own;
	l->depth = s->top ? s->top->depth + 1 : 0;
	l->dir = place_list(place, &err);
	l->keeps = !l->dir;
	s->top = l;
	if (!l->dir)
		fail(s, &err);
}

static void pop(struct sweep_get *s)
{
	struct level *l = s->top;

	s->top = l->under;
	if (l->dir)
		closedir(l->dir);
	place_put(l->place);
	strvec_release(&l->folders);
	free(l->there);
	free(l->name);
	free(l->own);
	free(l);
}

static void leave(struct sweep_get *s)
{
	struct level *l = s->top;

	assert(l->there || l->under); /* the user's folders are there */
	if (!l->there && l->keeps)
		l->under->keeps = true;
	else if (!l->there)
		drop(s, l->under->place, l->own, true);
	pop(s);
}

static void enter(struct sweep_get *s, const char *word)
{
	struct level *l = s->top;
	bool all = *word == ALL_TOO_MUCH;
	const char *name = word + 1;
	struct err err = { 0 };
	struct place *p = NULL;

	if (l->depth < DEPTH_MAX)
		p = place_below(l->place, name, !all && spec_of(s)->keep, &err);
	else
		err_set(&err, ERR_COPY, "%s",
			_("too many folders inside each other"));
	if (!p) {
		l->keeps = true;
		fail(s, &err);
		return;
	}
	push(s, p, all ? NULL : copy_join(l->there, name),
	     copy_join(l->name, name), xstrdup(name));
}

static void take(struct sweep_get *s, const char *name)
{
	struct level *l = s->top;
	bool folder = place_has_folder(l->place, name);
	char *below = *l->name ? copy_join(l->name, name) : xstrdup(name);

	if (skip_takes(&spec_of(s)->skip, below, folder))
		l->keeps = true;
	else if (l->there)
		ask(s, name, folder);
	else
		too_much(s, name, folder);
	free(below);
}

/* Names, some of them; false when that was enough for now. */
static bool read_names(struct sweep_get *s, unsigned int *budget)
{
	struct level *l = s->top;

	while (*budget && s->nquestions < ASKED_MAX &&
	       xfer_has_room(&s->c->x)) {
		const struct dirent *e = readdir(l->dir);

		if (!e) {
			closedir(l->dir);
			l->dir = NULL;
			return true;
		}
		--*budget;
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			take(s, e->d_name);
	}
	return false;
}

/* The next of the user's folders, where there is one here. */
static void begin(struct sweep_get *s)
{
	const char *there = s->there->v[s->next];
	const char *here = s->here->v[s->next++];
	struct err err = { 0 };
	struct place *p = NULL;

	if (!*here)
		p = place_get(s->root);
	else if (place_has_folder(s->root, here))
		p = place_below(s->root, here, spec_of(s)->keep, &err);
	if (p)
		push(s, p, xstrdup(there), xstrdup(""), xstrdup(here));
	else if (err.code)
		fail(s, &err);
}

bool sweep_get_pump(struct sweep_get *s)
{
	unsigned int budget = SLICE_MAX;

	while (s->root && budget) {
		struct level *l = s->top;

		if (!l && s->next == s->there->n)
			return false;
		if (!l)
			begin(s);
		else if (l->dir && !read_names(s, &budget))
			break;
		else if (s->nquestions)
			return true; /* an answer goes on */
		else if (l->next < l->folders.n)
			enter(s, l->folders.v[l->next++]);
		else
			leave(s);
	}
	if (s->root && !s->nquestions)
		s->c->wake(s->c); /* nothing else comes that would */
	return s->root;
}

struct sweep_get *sweep_get_new(struct copy *c, const struct strvec *there,
				const struct strvec *here, struct place *root)
{
	struct sweep_get *s = xcalloc(1, sizeof(*s));

	s->c = c;
	s->there = there;
	s->here = here;
	s->root = root;
	list_init(&s->questions);
	return s;
}

void sweep_get_free(struct sweep_get *s)
{
	if (!s)
		return;
	list_for_each_safe (pos, after, &s->questions)
		question_free(container_of(pos, struct question, node));
	while (s->top)
		pop(s);
	place_put(s->root);
	free(s);
}
