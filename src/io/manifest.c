/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What there is to send.
 *
 * Notes: about 200 bytes a file, kept for the whole run.
 */
#include "io/manifest.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/skip.h"
#include "base/strbuf.h"
#include "base/text.h"

#include "base/banned.h"

#define SORTED_FOR_ONE ((size_t)64)

/* A folder that we are in. */
struct level {
	char *path;
	struct stat st;
	struct strvec names;
	size_t at; /* the next of them */
};

struct manifest_walk {
	struct manifest *m;
	const char *path;
	struct manifest_rules rules;
	size_t below; /* of each path */
	bool begun;
	DIR *dir;   /* of the level behind the last, whose names are read */
	bool sorts; /* these */
	struct strsort sort;
	struct level levels[MANIFEST_DEPTH];
	unsigned int depth;
};

static int cannot(const char *path, const char *why, struct err *err)
{
	char *shown = text_vis_dup(path, strlen(path), SIZE_MAX);

	err_set(err, ERR_USAGE, _("cannot read '%s': %s"), shown, why);
	free(shown);
	return -1;
}

static void leave_out(struct manifest_walk *w, const char *path,
		      const char *why)
{
	struct err err = { 0 };

	strvec_push(&w->m->left_out, path);
	cannot(path, why, &err);
	if (w->rules.tell)
		w->rules.tell(w->rules.arg, err.msg);
	err_release(&err);
}

/* The rest is sent without it, and that is a failure of the copy. */
static void note_unread(struct manifest_walk *w, const char *text)
{
	struct manifest *m = w->m;
	bool few = m->nunread++ < MANIFEST_UNREAD;

	if (few)
		strvec_push(&m->unread, text);
	else if (m->nunread > MANIFEST_UNREAD + 1)
		return;
	if (w->rules.tell)
		w->rules.tell(
			w->rules.arg,
			few ? text
			    : _("what else cannot be read is only counted"));
}

static struct manifest_entry *push(struct manifest_walk *w,
				   enum manifest_kind kind, const char *path,
				   const struct stat *st)
{
	struct manifest *m = w->m;
	struct manifest_entry *e;

	m->v = grow_array(m->v, &m->cap, m->n, sizeof(*m->v));
	e = &m->v[m->n++];
	*e = (struct manifest_entry){
		.kind = kind,
		.path = xstrdup(path),
		.below = w->below,
		.depth = w->depth,
		.source = m->nsources - 1,
		.mode = st->st_mode,
		.atime = st->st_atime,
		.mtime = st->st_mtime,
	};
	return e;
}

/* As files of /proc have. */
static bool has_bytes_without_size(const char *path)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;
	char byte;
	bool has = fd >= 0 && read(fd, &byte, 1) > 0 && !fstat(fd, &st) &&
		   !st.st_size;

	if (fd >= 0)
		close(fd);
	return has;
}

static int add_file(struct manifest_walk *w, const char *path,
		    const struct stat *st, struct err *err)
{
	struct manifest_entry *e;

	if (access(path, R_OK))
		return cannot(path, strerror(errno), err);
	if (!st->st_size && has_bytes_without_size(path))
		return cannot(
			path,
			_("it has no size, and yet bytes; a copy of it can be sent"),
			err);
	e = push(w, MANIFEST_FILE, path, st);
	e->file = (struct blocks_file){ .path = e->path,
					.dev = st->st_dev,
					.ino = st->st_ino,
					.size = (uint64_t)st->st_size,
					.sparse = blocks_sparse(st) };
	w->m->bytes += (uint64_t)st->st_size;
	return 0;
}

static int add_link(struct manifest_walk *w, const char *path,
		    const struct stat *st, struct err *err)
{
	char text[PATH_MAX];
	ssize_t n = readlink(path, text, sizeof(text));

	if (n < 0 || (size_t)n == sizeof(text))
		return cannot(path, strerror(n < 0 ? errno : ENAMETOOLONG),
			      err);
	push(w, MANIFEST_LINK, path, st)->link = xstrndup(text, (size_t)n);
	return 0;
}

/* Comparing two names is less than a look at a file. */
static bool sort_some(struct strsort *s, size_t *budget)
{
	const size_t had = *budget < SIZE_MAX / SORTED_FOR_ONE
				   ? *budget * SORTED_FOR_ONE
				   : SIZE_MAX;
	size_t left = had;
	const bool over = strsort_step(s, &left);

	*budget -= (had - left) / SORTED_FOR_ONE;
	return over;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* A folder that a link inside it leads back to is sent once. */
static bool is_circle(const struct manifest_walk *w, const struct stat *st)
{
	for (unsigned int i = 0; i < w->depth; i++)
		if (w->levels[i].st.st_dev == st->st_dev &&
		    w->levels[i].st.st_ino == st->st_ino)
			return true;
	return false;
}

static char *path_in(const char *folder, const char *name)
{
	size_t len = strlen(folder);
	bool slash = len && folder[len - 1] == '/';

	return xasprintf("%s%s%s", folder, slash ? "" : "/", name);
}

static void leave_level(struct manifest_walk *w, struct level *l)
{
	if (w->dir)
		closedir(w->dir);
	w->dir = NULL;
	strsort_release(&w->sort);
	free(l->path);
	strvec_release(&l->names);
	*l = (struct level){ 0 };
}

/* Its names come next. */
static int open_folder(struct manifest_walk *w, const char *path,
		       const struct stat *st, struct err *err)
{
	if (is_circle(w, st)) {
		leave_out(w, path, _("it leads back to a folder above it"));
		return 0;
	}
	if (w->depth == MANIFEST_DEPTH)
		return cannot(path, _("too many folders inside each other"),
			      err);
	w->dir = opendir(path);
	if (!w->dir)
		return cannot(path, strerror(errno), err);
	w->levels[w->depth].path = xstrdup(path);
	w->levels[w->depth].st = *st;
	return 0;
}

/* In the order of their names, so that each run does the same. */
static void enter(struct manifest_walk *w, size_t *budget)
{
	struct level *l = &w->levels[w->depth];

	if (!sort_some(&w->sort, budget))
		return;
	strsort_release(&w->sort);
	closedir(w->dir);
	w->dir = NULL;
	w->sorts = false;
	push(w, MANIFEST_FOLDER, l->path, &l->st);
	w->depth++;
}

static int read_name(struct manifest_walk *w, struct err *err)
{
	struct level *l = &w->levels[w->depth];
	const struct dirent *de;
	struct err why = { 0 };

	errno = 0;
	de = readdir(w->dir);
	if (de) {
		if (strcmp(de->d_name, ".") != 0 &&
		    strcmp(de->d_name, "..") != 0)
			strvec_push(&l->names, de->d_name);
		return 0;
	}
	if (!errno) {
		w->sorts = true;
		strsort_init(&w->sort, l->names.v, l->names.n);
		return 0;
	}
	cannot(l->path, strerror(errno), w->depth ? &why : err);
	leave_level(w, l);
	if (!w->depth)
		return -1;
	note_unread(w, why.msg);
	err_release(&why);
	return 0;
}

static const char *name_below(const char *path, size_t below)
{
	const char *name = path + below;

	return *name == '/' ? name + 1 : name;
}

/* As scp: a link that is named leads on, whatever is done with the others. */
static int add(struct manifest_walk *w, const char *path, bool top,
	       struct err *err)
{
	bool keep = w->rules.keep_links && !top;
	struct stat st = { 0 };
	bool fails = keep ? lstat(path, &st) : stat(path, &st);
	int saved = errno;

	if (!top && w->rules.skip &&
	    skip_takes(w->rules.skip, name_below(path, w->below),
		       S_ISDIR(st.st_mode)))
		return 0;
	if (fails && saved == ENOENT && !lstat(path, &st))
		return cannot(path, _("it is a link that leads nowhere"), err);
	if (fails)
		return cannot(path, strerror(saved), err);
	if (S_ISREG(st.st_mode))
		return add_file(w, path, &st, err);
	if (S_ISLNK(st.st_mode))
		return add_link(w, path, &st, err);
	if (S_ISDIR(st.st_mode) && w->rules.recursive)
		return open_folder(w, path, &st, err);
	if (S_ISDIR(st.st_mode))
		return cannot(path, _("it is a folder; -r sends it"), err);
	if (top)
		return cannot(path, _("it is no regular file"), err);
	leave_out(w, path, _("it is no regular file"));
	return 0;
}

static void add_inner(struct manifest_walk *w, const char *path)
{
	struct err err = { 0 };

	if (add(w, path, false, &err))
		note_unread(w, err.msg);
	err_release(&err);
}

/* What it is called there; "." and "/" have no name, what is in them has. */
static char *name_of(const char *path)
{
	size_t end = strlen(path);
	size_t start;

	while (end && path[end - 1] == '/')
		end--;
	start = end;
	while (start && path[start - 1] != '/')
		start--;
	if ((end - start == 1 && path[start] == '.') ||
	    (end - start == 2 && !memcmp(path + start, "..", 2)))
		start = end;
	return xstrndup(path + start, end - start);
}

struct manifest_walk *manifest_walk_new(struct manifest *m, const char *path,
					const struct manifest_rules *rules)
{
	struct manifest_walk *w = xcalloc(1, sizeof(*w));

	w->m = m;
	w->path = path;
	w->rules = *rules;
	w->below = strlen(path);
	m->names = xreallocarray(m->names, m->nsources + 1, sizeof(*m->names));
	m->names[m->nsources++] = name_of(path);
	return w;
}

/* The next name of the folder that we are in, which then is of no use any more;
   or out of it. */
static void go_on(struct manifest_walk *w)
{
	struct level *l = &w->levels[w->depth - 1];
	char *inner, *name;

	if (l->at == l->names.n) {
		leave_level(w, l);
		w->depth--;
		return;
	}
	name = l->names.v[l->at];
	l->names.v[l->at++] = NULL;
	inner = path_in(l->path, name);
	free(name);
	add_inner(w, inner);
	free(inner);
}

int manifest_walk_step(struct manifest_walk *w, size_t *budget, struct err *err)
{
	while (*budget) {
		int rc = 0;

		if (w->sorts) {
			enter(w, budget);
			continue;
		}
		--*budget;
		if (w->dir)
			rc = read_name(w, err);
		else if (!w->begun)
			rc = add(w, w->path, true, err);
		else if (w->depth)
			go_on(w);
		else
			return 0;
		if (rc)
			return -1;
		w->begun = true;
	}
	return 1;
}

void manifest_walk_free(struct manifest_walk *w)
{
	if (!w)
		return;
	if (w->dir)
		leave_level(w, &w->levels[w->depth]);
	while (w->depth)
		leave_level(w, &w->levels[--w->depth]);
	free(w);
}

int manifest_add(struct manifest *m, const char *path,
		 const struct manifest_rules *rules, struct err *err)
{
	struct manifest_walk *w = manifest_walk_new(m, path, rules);
	size_t all = SIZE_MAX;
	int rc = manifest_walk_step(w, &all, err);

	manifest_walk_free(w);
	return rc;
}

/* What it becomes at the other end, below the destination. */
static char *place_of(const struct manifest *m, const struct manifest_entry *e)
{
	const char *source = m->names[e->source];
	const char *name = manifest_name(e);

	if (!*source || !*name)
		return xstrdup(*source ? source : name);
	return path_in(source, name);
}

/* What each source has, where one has no name of its own: such are merged. */
static bool has_merged(const struct manifest *m)
{
	for (size_t i = 0; m->nsources > 1 && i < m->nsources; i++)
		if (!*m->names[i])
			return true;
	return false;
}

/* Folders may meet, and nothing else. */
static struct strvec list_places(const struct manifest *m)
{
	struct strvec places = { 0 };
	bool merged = has_merged(m);

	for (size_t i = 0; !merged && i < m->nsources; i++)
		strvec_push(&places, m->names[i]);
	for (size_t i = 0; merged && i < m->n; i++)
		if (m->v[i].kind != MANIFEST_FOLDER ||
		    !*manifest_name(&m->v[i]))
			strvec_push_take(&places, place_of(m, &m->v[i]));
	if (places.n)
		qsort(places.v, places.n, sizeof(*places.v), by_name);
	return places;
}

int manifest_check_names(const struct manifest *m, struct err *err)
{
	struct strvec places = list_places(m);
	char *twin = NULL;
	int rc = 0;

	for (size_t i = 1; i < places.n && !twin; i++)
		if (*places.v[i] && !strcmp(places.v[i - 1], places.v[i]))
			twin = text_vis_dup(places.v[i], strlen(places.v[i]),
					    SIZE_MAX);
	if (twin)
		rc = err_set(err, ERR_USAGE, _("two sources are called '%s'"),
			     twin);
	free(twin);
	strvec_release(&places);
	return rc;
}

void manifest_order(struct manifest *m)
{
	size_t start[MANIFEST_DEPTH + 1] = { 0 }; /* of each depth */

	m->nfolders = 0;
	for (size_t i = 0; i < m->n; i++)
		if (m->v[i].kind == MANIFEST_FOLDER) {
			m->nfolders++;
			start[m->v[i].depth + 1]++;
		}
	for (size_t d = 1; d < MANIFEST_DEPTH; d++)
		start[d] += start[d - 1];
	m->folders =
		xreallocarray(m->folders, m->nfolders + 1, sizeof(*m->folders));
	for (size_t i = 0; i < m->n; i++)
		if (m->v[i].kind == MANIFEST_FOLDER)
			m->folders[start[m->v[i].depth]++] = i;
}

static void begin_index(struct manifest *m)
{
	size_t n = 0;

	m->sorted = xreallocarray(m->sorted, m->n + m->left_out.n + 1,
				  sizeof(*m->sorted));
	for (size_t i = 0; i < m->n; i++)
		m->sorted[n++] = m->v[i].path;
	for (size_t i = 0; i < m->left_out.n; i++)
		m->sorted[n++] = m->left_out.v[i];
	m->nsorted = n;
	strsort_init(&m->sorting, m->sorted, n);
}

bool manifest_index_step(struct manifest *m, size_t *budget)
{
	if (!m->sorted)
		begin_index(m);
	if (!sort_some(&m->sorting, budget))
		return false;
	strsort_release(&m->sorting);
	return true;
}

void manifest_index(struct manifest *m)
{
	size_t all;

	do {
		all = SIZE_MAX;
	} while (!manifest_index_step(m, &all));
}

bool manifest_knows(const struct manifest *m, const struct manifest_entry *e,
		    const char *name)
{
	char *path = path_in(e->path, name);
	bool knows = m->nsorted && bsearch(&path, m->sorted, m->nsorted,
					   sizeof(*m->sorted), by_name);

	free(path);
	return knows;
}

const char *manifest_name(const struct manifest_entry *e)
{
	return name_below(e->path, e->below);
}

void manifest_release(struct manifest *m)
{
	for (size_t i = 0; i < m->n; i++) {
		free(m->v[i].path);
		free(m->v[i].link);
	}
	for (size_t i = 0; i < m->nsources; i++)
		free(m->names[i]);
	strvec_release(&m->left_out);
	strvec_release(&m->unread);
	free(m->folders);
	strsort_release(&m->sorting);
	free(m->sorted);
	free(m->v);
	free(m->names);
	*m = (struct manifest){ 0 };
}
