/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What comes of the entries of an archive.
 *
 * Of a tree the folders that lead to the last entry are open, no others: tars
 * that come back to a folder find it again by its name, as it is then.
 */
#include <errno.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/skip.h"
#include "op/unpack_internal.h"

#include "base/banned.h"

#define SHUT_MAX      ((size_t)256) /* folders that nothing comes into */
#define HARD_KEY_SIZE ((size_t)17)

static void fail_by(struct unpack *u, struct err *err)
{
	copy_fail(u->c, err);
	err_release(err);
}

/* ---- the folders ---- */

static void drop_levels(struct unpack *u, size_t n)
{
	while (u->nlevels > n) {
		struct unpack_level *l = &u->levels[--u->nlevels];

		place_put(l->place);
		free(l->name);
	}
}

/* How many folders stand in front of the last name. */
static size_t depth_of(const char *inner)
{
	size_t n = 0;

	for (; *inner; inner++)
		n += *inner == '/';
	return n;
}

/* The open folder that is to hold what has the path `inner` in the tree; those
   on the way are there, or NULL. */
static struct place *descend(struct unpack *u, const char *inner,
			     struct err *err)
{
	struct place *in = u->top;
	size_t depth = 0;

	for (const char *slash; (slash = strchr(inner, '/'));
	     inner = slash + 1, depth++) {
		size_t n = (size_t)(slash - inner);
		struct unpack_level *l = &u->levels[depth];

		if (depth < u->nlevels && strlen(l->name) == n &&
		    !memcmp(l->name, inner, n)) {
			in = l->place;
			continue;
		}
		drop_levels(u, depth);
		l->name = xstrndup(inner, n);
		l->place =
			place_reenter(in, l->name, unpack_spec(u)->keep, err);
		if (!l->place) {
			free(l->name);
			return NULL;
		}
		u->nlevels++;
		in = l->place;
	}
	drop_levels(u, depth);
	return in;
}

static void on_place_fail(void *arg, const struct err *err)
{
	copy_fail(arg, err);
}

/* Made with the first thing there is for it. */
static int open_root(struct unpack *u, struct err *err)
{
	if (u->root)
		return 0;
	u->root = copy_open_here(u->c, true, err);
	if (!u->root)
		return -1;
	place_on_fail(u->root, on_place_fail, u->c);
	return 0;
}

/* The folders of it get their modes and times, and what should have come
   did. */
void unpack_end_tree(struct unpack *u)
{
	drop_levels(u, 0);
	place_put(u->top);
	u->top = NULL;
	u->no_top = false;
	if (u->nlinks)
		copy_fail_path(u->c, u->front,
			       _("not all that links in it lead to was sent"));
	if (u->nhard)
		copy_fail_path(u->c, u->front,
			       _("not all files with several names were sent"));
	u->nlinks = u->nhard = 0;
	namesakes_release(&u->hard);
	namesakes_init(&u->hard);
	strvec_release(&u->shut);
}

/* ---- paths ---- */

/* Whether `path` lies below one of those that nothing comes into. */
static bool is_shut(const struct unpack *u, const char *inner)
{
	for (size_t i = 0; i < u->shut.n; i++) {
		size_t n = strlen(u->shut.v[i]);

		if (!strncmp(inner, u->shut.v[i], n) &&
		    (inner[n] == '/' || !inner[n]))
			return true;
	}
	return false;
}

static void shut(struct unpack *u, const char *inner)
{
	if (u->shut.n < SHUT_MAX)
		strvec_push(&u->shut, inner);
}

/* A folder that is left out takes along what is in it. */
static bool is_skipped(const struct unpack *u, const char *inner, bool folder)
{
	const struct strvec *skip = &unpack_spec(u)->skip;
	bool is = false;

	if (!skip->n)
		return false;
	for (const char *at = inner; !is && (at = strchr(at, '/')); at++) {
		char *above = xstrndup(inner, (size_t)(at - inner));

		is = skip_takes(skip, above, true);
		free(above);
	}
	return is || skip_takes(skip, inner, folder);
}

/* Its names in one string, "" for the folder that the archive was made in; or
   NULL if one may not be made. */
static char *inner_path(const char *name)
{
	const char *p = name;
	size_t n;

	while (*p == '.' && (p[1] == '/' || !p[1]))
		for (p++; *p == '/'; p++)
			;
	n = strlen(p);
	while (n && p[n - 1] == '/')
		n--;
	if (*name == '/' || !*name)
		return NULL;
	for (size_t i = 0; i < n;) {
		size_t k = strcspn(p + i, "/");

		if (k > n - i)
			k = n - i;
		if (!place_takes(p + i, k))
			return NULL;
		i += k + 1;
	}
	return xstrndup(p, n);
}

/* Whether that is what the user asked for, or found by it. */
bool unpack_asked_for(const struct unpack *u, const char *path)
{
	const char *source = unpack_spec(u)->sources.v[u->of];

	return !strcmp(path, source) ||
	       (strpbrk(source, COPY_PATTERN) &&
		!fnmatch(source, path, FNM_PERIOD | FNM_PATHNAME));
}

/* ---- what comes of an entry ---- */

static void drop_file(struct unpack *u)
{
	if (u->fd >= 0)
		place_discard(u->place, u->temp, u->fd);
	u->fd = -1;
	free(u->name);
	u->name = NULL;
	u->place = NULL;
}

static void begin_file(struct unpack *u, struct place *place, const char *name,
		       const struct tar_entry *e)
{
	struct err err = { 0 };

	if (unpack_spec(u)->only_newer &&
	    place_is_as_new(place, name, e->mtime))
		return;
	u->attrs = (struct place_attrs){ .mode = (mode_t)e->mode,
					 .timed = true,
					 .atime = u->now,
					 .mtime = e->mtime };
	*u->temp = '\0';
	u->got = 0;
	u->hole = false;
	u->fd = place_create(place, name, &u->attrs, unpack_spec(u)->keep,
			     u->temp, &err);
	if (u->fd < 0) {
		fail_by(u, &err);
		return;
	}
	u->place = place;
	u->name = xstrdup(name);
	u->c->copied->total += e->size;
}

void unpack_bytes(struct unpack *u)
{
	struct err err = { 0 };

	if (u->fd < 0)
		return;
	u->c->copied->moved += u->tar.nbytes;
	if (place_write(u->fd, u->got, u->tar.bytes, u->tar.nbytes, &u->hole)) {
		place_cannot_write(u->place, u->name, errno, &err);
		fail_by(u, &err);
		drop_file(u);
		return;
	}
	u->got += u->tar.nbytes;
}

void unpack_end_file(struct unpack *u)
{
	struct err err = { 0 };
	int fd = u->fd;

	if (fd < 0)
		return;
	if (u->hole && ftruncate(fd, (off_t)u->got)) {
		place_cannot_write(u->place, u->name, errno, &err);
	} else {
		u->fd = -1;
		(void)place_finish(u->place, u->temp, fd, u->name, &u->attrs,
				   unpack_spec(u)->keep, &err);
	}
	if (err.code) {
		fail_by(u, &err);
	} else {
		u->c->copied->files++;
		u->c->copied->bytes += u->got;
	}
	drop_file(u);
}

static void add_link(struct unpack *u, struct place *place, const char *name,
		     const char *text)
{
	struct err err = { 0 };

	if (*text && !place_link(place, name, text, &err)) {
		u->c->copied->files++;
		return;
	}
	if (err.code)
		fail_by(u, &err);
	else
		copy_fail_path(u->c, u->path,
			       _("the host does not say where it leads"));
}

static void add_folder(struct unpack *u, struct place *in, const char *inner,
		       const char *name, const struct tar_entry *e)
{
	const struct place_attrs attrs = { .mode = (mode_t)e->mode,
					   .timed = true,
					   .atime = u->now,
					   .mtime = e->mtime };
	struct unpack_level *l = &u->levels[u->nlevels];
	struct err err = { 0 };
	struct place *place = NULL;

	if (u->nlevels + 1 == COPY_DEPTH)
		copy_fail_path(u->c, u->path,
			       _("too many folders inside each other"));
	else
		place = place_enter(in, name, &attrs, unpack_spec(u)->keep,
				    &err);
	if (err.code)
		fail_by(u, &err);
	if (!place) {
		shut(u, inner);
		return;
	}
	*l = (struct unpack_level){ .name = xstrdup(name), .place = place };
	u->nlevels++;
}

/* The folder of a source, which the others are in. */
static void add_top(struct unpack *u, const struct tar_entry *e)
{
	const struct place_attrs attrs = { .mode = (mode_t)e->mode,
					   .timed = true,
					   .atime = u->now,
					   .mtime = e->mtime };
	char *name = copy_name_here(u->c, u->front);
	struct err err = { 0 };

	if (!*name) {
		u->top = place_get(u->root);
		if (unpack_spec(u)->keep)
			place_keep(u->top, &attrs);
	} else {
		u->top = place_enter(u->root, name, &attrs,
				     unpack_spec(u)->keep, &err);
	}
	u->no_top = !u->top;
	if (err.code)
		fail_by(u, &err);
	free(name);
}

/* What is kept of a path, which may be long. */
static void hard_key(char key[HARD_KEY_SIZE], const char *inner)
{
	(void)snprintf(key, HARD_KEY_SIZE, "%016" PRIx64, hash_str(inner));
}

static void note_hard_link(struct unpack *u, const char *inner)
{
	char key[HARD_KEY_SIZE];

	hard_key(key, inner);
	if (namesakes_has(&u->hard, key))
		return;
	if (namesakes_take(&u->hard, key, inner))
		copy_fail_path(
			u->c, u->path,
			_("too many files here have several names for a tar that is not GNU's; without --archive, or --via, it is got"));
	else
		u->nhard++;
}

static void leave_out(const struct unpack *u, const char *why)
{
	copy_tell_left_out(u->c, u->path, why);
}

/* Links, and nothing else. */
static bool is_of_links(enum unpack_kind kind)
{
	return kind == OF_LINKS_TO_FOLDERS || kind == OF_LINKS_TO_OTHERS ||
	       kind == OF_LINKS_TO_NOTHING;
}

/* What a link of the tree leads to. */
static void take_link(struct unpack *u, const char *inner,
		      const struct tar_entry *e)
{
	bool folder = u->kind == OF_LINKS_TO_FOLDERS;

	if (u->nlinks)
		u->nlinks--;
	if (e->type != TAR_LINK)
		copy_fail_path(u->c, u->path,
			       _("it became something else meanwhile"));
	else if (u->kind == OF_LINKS_TO_NOTHING)
		copy_fail_path(u->c, u->path,
			       sftp_code_text(SFTP_NO_SUCH_FILE));
	else if (folder && !is_skipped(u, inner, true))
		leave_out(u, _("it is a link to a folder; --links keeps it"));
	else if (!folder)
		leave_out(u, _("it is no regular file"));
}

/* Whether a file is one of those that its archive is for. */
static bool is_wanted(struct unpack *u, const char *inner)
{
	char key[HARD_KEY_SIZE];

	if (u->kind == OF_LINKED && u->nlinks)
		u->nlinks--;
	if (u->kind != OF_HARD)
		return true;
	hard_key(key, inner);
	if (!namesakes_has(&u->hard, key))
		return false; /* it came before, as the first of its names */
	if (u->nhard)
		u->nhard--;
	return true;
}

static void sort(struct unpack *u, struct place *in, const char *inner,
		 const struct tar_entry *e)
{
	const char *slash = strrchr(inner, '/');
	const char *name = slash ? slash + 1 : inner;
	bool tree = u->kind == OF_TREE;

	if (e->type == TAR_FILE && is_wanted(u, inner))
		begin_file(u, in, name, e);
	else if (e->type == TAR_FILE)
		return;
	else if (e->type == TAR_FOLDER && tree)
		add_folder(u, in, inner, name, e);
	else if (e->type == TAR_LINK && tree && unpack_spec(u)->keep_links)
		add_link(u, in, name, e->link);
	else if (e->type == TAR_LINK && tree)
		u->nlinks++;
	else if (e->type == TAR_HARD_LINK && tree)
		note_hard_link(u, inner);
	else if (e->type == TAR_SPECIAL && tree)
		leave_out(u, _("it is no regular file"));
	else if (e->type == TAR_SPARSE || e->type == TAR_OTHER)
		copy_fail_path(
			u->c, u->path,
			_("the host's tar sends it in a way that is not known here"));
	else
		copy_fail_path(u->c, u->path,
			       _("it became something else meanwhile"));
}

static void take_in_tree(struct unpack *u, const char *inner,
			 const struct tar_entry *e)
{
	struct err err = { 0 };
	struct place *in = NULL;

	if (!*inner) {
		if (u->kind == OF_TREE && e->type == TAR_FOLDER && !u->top &&
		    !u->no_top)
			add_top(u, e);
		return;
	}
	if (!u->top || is_shut(u, inner) ||
	    is_skipped(u, inner, e->type == TAR_FOLDER))
		return;
	if (is_of_links(u->kind)) {
		take_link(u, inner, e);
		return;
	}
	if (depth_of(inner) < COPY_DEPTH)
		in = descend(u, inner, &err);
	else
		err_set(&err, ERR_COPY, "%s",
			_("too many folders inside each other"));
	if (!in)
		fail_by(u, &err);
	else
		sort(u, in, inner, e);
}

/* A file that is a source. */
static void take_source(struct unpack *u, const char *inner,
			const struct tar_entry *e)
{
	char *name = copy_name_here(u->c, u->path);
	const char *why = NULL;

	if (!*inner || strchr(inner, '/') || !unpack_asked_for(u, u->path))
		why = _("it was not asked for");
	else if (e->type != TAR_FILE)
		why = _("it became something else meanwhile");
	else if (u->mixes)
		why = namesakes_take(&u->names, name, u->path);
	if (why)
		copy_fail_path(u->c, u->path, why);
	else
		begin_file(u, u->root, name, e);
	free(name);
}

static void refuse_name(struct unpack *u, const char *name)
{
	const struct sftp_bytes bytes = { name, strlen(name) };

	copy_refuse_name(u->c, u->front, &bytes);
}

int unpack_entry(struct unpack *u, struct err *err)
{
	const struct tar_entry *e = &u->tar.entry;
	char *inner = inner_path(e->name);

	if (!inner) {
		refuse_name(u, e->name);
		return 0;
	}
	if (open_root(u, err)) {
		free(inner);
		return -1;
	}
	u->seen[u->of].found = true;
	free(u->path);
	u->path = u->kind == OF_FILES ? xasprintf("%s%s", u->front, inner)
				      : copy_join(u->front, inner);
	if (u->kind == OF_FILES)
		take_source(u, inner, e);
	else
		take_in_tree(u, inner, e);
	free(inner);
	return 0;
}

void unpack_drop(struct unpack *u)
{
	if (u->root)
		place_on_fail(u->root, NULL, NULL);
	drop_file(u);
	drop_levels(u, 0);
	place_put(u->top);
	place_put(u->root);
	u->top = u->root = NULL;
}
