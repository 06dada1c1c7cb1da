/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is put, as an archive.
 *
 * The entries are those of the manifest, in its order: a run of files that are
 * for the same folder has a folder of its own in the archive, which is moved
 * there with few calls of mv(1).  The script comes last, when all is known of
 * which it tells.
 *
 * Notes: the script takes about a hundred bytes a folder, and has a ceiling.
 */
#include "op/pack.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "io/manifest.h"
#include "model/command.h"
#include "wire/tar.h"

#include "base/banned.h"

#define MODE_KEPT  01777u
#define MODE_PLAIN 0777u
#define MODE_OWNER 0700u
#define TOGETHER   ((size_t)32 << 10) /* bytes that are made at once */
#define SCRIPT_MAX ((size_t)64 << 20)
#define HEAD_MAX   (SCRIPT_MAX + ((size_t)64 << 10))

/* Words of the script: w fails, k makes a folder, m keeps the modes of what is
   replaced, v moves, p places a folder of files, d ends a folder.  No mode has
   more than the nine bits of it.  R is set when something failed, and L with
   the number of a folder that is none there: nothing is placed in it, nor in
   what it should hold, for a link may lead elsewhere; N with that of one that
   was made.  The environment may have variables of these names.  What p has
   left behind is told: all of it would be removed. */
static const char script_head[] =
	"H=$1 T=$2 R=0 L=\n"
	"w() { printf \"cannot write '%s': %s\\n\" \"$1\" \"$2\" >&2; R=1; }\n"
	"l() { [ -z \"$2\" ] && [ -L \"$1\" ]; }\n"
	"k() {\n"
	"	eval \"u=\\${L$5-} L$4= N$4=\"\n"
	"	if [ -n \"$u\" ]; then\n"
	"		eval \"L$4=1\"\n"
	"		return 1\n"
	"	elif l \"$1\" \"$3\"; then\n"
	"		w \"$1\" 'it is a link there, which is not followed'\n"
	"	elif [ -d \"$1\" ]; then\n"
	"		return 1\n"
	"	elif [ -e \"$1\" ] || [ -L \"$1\" ]; then\n"
	"		w \"$1\" 'it is there, and no folder'\n"
	"	else\n"
	"		mkdir -m \"$2\" -- \"$1\" && return 0\n"
	"		R=1\n"
	"	fi\n"
	"	eval \"L$4=1\"\n"
	"	return 1\n"
	"}\n"
	"s() {\n"
	"	stat -c '%a,%u:%g' -- \"$@\" 2>/dev/null ||\n"
	"		stat -f '%Lp,%u:%g' -- \"$@\" 2>/dev/null\n"
	"}\n"
	"m() {\n"
	"	[ -z \"$K\" ] || return 0\n"
	"	for f do\n"
	"		shift\n"
	"		[ ! -f \"$D/$f\" ] || [ -L \"$D/$f\" ] || set -- \"$@\" \"$f\"\n"
	"	done\n"
	"	[ $# -gt 0 ] || return 0\n"
	"	n=$(s \"$@\") && o=$(cd \"$D\" && s \"$@\") || return 0\n"
	"	[ \"$n\" != \"$o\" ] || return 0\n"
	"	for e in $o; do\n"
	"		a=${e%,*}\n"
	"		while [ ${#a} -gt 3 ]; do a=${a#?}; done\n"
	"		chown \"${e#*,}\" \"$1\" 2>/dev/null\n"
	"		chmod \"$a\" \"$1\" || R=1\n"
	"		shift\n"
	"	done\n"
	"}\n"
	"v() {\n"
	"	[ $# -gt 0 ] || return 0\n"
	"	m \"$@\"\n"
	"	mv -f -- \"$@\" \"$D/\" || R=1\n"
	"}\n"
	"p() {\n"
	"	G=$1 D=$2\n"
	"	eval \"u=\\${L$4-}\"\n"
	"	[ -z \"$u\" ] || return\n"
	"	cd \"$T/$1\" || { R=1; return; }\n"
	"	if l \"$D\" \"$3\" || [ ! -d \"$D\" ]; then\n"
	"		w \"$D\" 'it is no folder there'\n"
	"		return\n"
	"	fi\n"
	"	set --\n"
	"	for f in * .[!.]* ..?*; do\n"
	"		g=$D/$f\n"
	"		case $f in\n"
	"		'*' | '.[!.]*' | '..?*')\n"
	"			[ -e \"./$f\" ] || [ -L \"./$f\" ] || continue ;;\n"
	"		esac\n"
	"		if [ ! -e \"$g\" ] || [ -f \"$g\" ] || [ -L \"$g\" ]; then\n"
	"			set -- \"$@\" \"./$f\"\n"
	"			[ $# -lt 200 ] || { v \"$@\"; set --; }\n"
	"		elif [ -d \"$g\" ]; then\n"
	"			w \"$g\" 'it is a folder there'\n"
	"		else\n"
	"			w \"$g\" 'it is no regular file there'\n"
	"		fi\n"
	"	done\n"
	"	v \"$@\"\n"
	"	[ $R -eq 0 ] || return\n"
	"	cd \"$T\" && rmdir \"./$G\" 2>/dev/null ||\n"
	"		w \"$D\" 'not all of it could be put there'\n"
	"}\n"
	"d() {\n"
	"	eval \"u=\\${L$4-}\"\n"
	"	[ -z \"$u\" ] || return\n"
	"	[ -z \"$3\" ] || TZ=UTC0 touch -t \"$3\" -- \"$1\" || R=1\n"
	"	chmod \"$2\" \"$1\" || R=1\n"
	"}\n";

static const char script_tail[] = "exit $R\n";

struct pack {
	struct copy *c;
	char *const *paths;
	mode_t umask;
	struct strbuf head; /* bytes that are ready */
	size_t head_at;
	size_t next;			/* entry */
	const struct blocks_file *file; /* whose bytes follow the head; NULL */
	uint64_t file_at;
	struct strbuf script;
	char *folder; /* that the last group is for; NULL: none */
	size_t above[MANIFEST_DEPTH]; /* folders that we are in: entries */
	unsigned long ngroups;
	uint64_t files; /* and links, that are in it */
	uint64_t bytes; /* of these files */
	bool failed;	/* the script has a failure to tell */
	bool over;
};

static const struct copy_spec *spec_of(const struct pack *p)
{
	return p->c->spec;
}

static char *path_of(const struct pack *p, const struct manifest_entry *e)
{
	return copy_join(p->paths[e->source], manifest_name(e));
}

static mode_t mode_of(const struct pack *p, mode_t mode)
{
	if (spec_of(p)->keep)
		return mode & MODE_KEPT;
	return mode & MODE_PLAIN & ~p->umask;
}

/* A path of theirs as a word of the script, from where a log-in leads to. */
static void add_path(struct pack *p, const char *path)
{
	if (*path != '/')
		(void)strbuf_addstr(&p->script, "\"$H\"/");
	command_quote(&p->script, path);
}

static void add_entry(struct pack *p, const struct tar_entry *e)
{
	/* Its ceiling is above what an entry can take. */
	(void)tar_header(&p->head, e);
}

/* ---- folders ---- */

/* The user's destination itself may be a link; no folder below it may. */
static const char *may_be_link(bool is_dest)
{
	return is_dest ? "1" : "''";
}

static bool has_name(const struct pack *p, const struct manifest_entry *e)
{
	return *spec_of(p)->manifest->names[e->source];
}

/* The number of the folder that it is in; nothing: of none that is sent. */
static void add_above(struct pack *p, const struct manifest_entry *e)
{
	if (e->depth)
		(void)strbuf_addf(&p->script, "%zu ", p->above[e->depth - 1]);
}

static void add_folder(struct pack *p, const struct manifest_entry *e)
{
	char *path = path_of(p, e);
	mode_t mode = spec_of(p)->keep ? MODE_OWNER
				       : mode_of(p, e->mode) | MODE_OWNER;

	(void)strbuf_addstr(&p->script, "k ");
	add_path(p, path);
	/* N is set for one that was made. */
	(void)strbuf_addf(&p->script, " %o %s %zu ", (unsigned int)mode,
			  may_be_link(!*manifest_name(e) && !has_name(p, e)),
			  p->next - 1);
	add_above(p, e);
	(void)strbuf_addf(&p->script, "&& N%zu=1\n", p->next - 1);
	p->above[e->depth] = p->next - 1;
	free(path);
}

/* Those below first, so that no time of one above changes any more.  When
   something is still to be removed from them they get them over SFTP. */
static void end_folders(struct pack *p)
{
	const struct manifest *m = spec_of(p)->manifest;
	bool keep = spec_of(p)->keep;
	bool later = keep && spec_of(p)->sweep;

	(void)strbuf_addstr(&p->script, later ? "[ $R -eq 0 ] || {\n:\n" : "");
	for (size_t i = m->n; i-- > 0;) {
		const struct manifest_entry *e = &m->v[i];
		char when[COPY_STAMP_SIZE];
		char *path;

		if (e->kind != MANIFEST_FOLDER ||
		    (!keep && (e->mode & MODE_OWNER) == MODE_OWNER))
			continue;
		path = path_of(p, e);
		copy_stamp(when, keep ? e->mtime : -1);
		if (!keep)
			(void)strbuf_addf(&p->script, "[ -z \"$N%zu\" ] || ",
					  i);
		(void)strbuf_addstr(&p->script, "d ");
		add_path(p, path);
		(void)strbuf_addf(&p->script, " %o '%s' %zu\n",
				  (unsigned int)mode_of(p, e->mode), when, i);
		free(path);
	}
	(void)strbuf_addstr(&p->script, later ? "}\n" : "");
}

/* ---- files ---- */

/* The folder that the path leads to, as long as others are for it. */
static void add_group(struct pack *p, const struct manifest_entry *e,
		      const char *path, size_t n)
{
	const char *inner = manifest_name(e);
	char *folder = xstrndup(path, n);
	char name[32];
	const struct tar_entry dir = { .type = TAR_FOLDER,
				       .name = name,
				       .mode = MODE_OWNER,
				       .mtime = e->mtime };

	if (p->folder && !strcmp(p->folder, folder)) {
		free(folder);
		return;
	}
	free(p->folder);
	p->folder = folder;
	p->ngroups++;
	(void)snprintf(name, sizeof(name), "%lu/", p->ngroups);
	add_entry(p, &dir);
	(void)strbuf_addf(&p->script, "p %lu ", p->ngroups);
	add_path(p, n ? folder : ".");
	/* A source that is a file has the user's folder above it. */
	(void)strbuf_addf(&p->script, " %s ",
			  may_be_link(!*inner || (!strchr(inner, '/') &&
						  !has_name(p, e))));
	add_above(p, e);
	(void)strbuf_addstr(&p->script, "\n");
}

static void add_file(struct pack *p, const struct manifest_entry *e)
{
	char *path = path_of(p, e);
	const char *slash = strrchr(path, '/');
	const char *base = slash ? slash + 1 : path;
	size_t n = !slash ? 0 : slash == path ? 1 : (size_t)(slash - path);
	char *name;

	add_group(p, e, path, n);
	name = xasprintf("%lu/%s", p->ngroups, base);
	add_entry(p, &(struct tar_entry){ .type = e->link ? TAR_LINK : TAR_FILE,
					  .name = name,
					  .link = e->link,
					  .mode = (uint32_t)mode_of(p, e->mode),
					  .mtime = e->mtime,
					  .size = e->link ? 0 : e->file.size });
	if (!e->link && e->file.size)
		p->file = &e->file;
	p->file_at = 0;
	p->files++;
	p->bytes += e->link ? 0 : e->file.size;
	free(name);
	free(path);
}

/* One that is gone, or another by now, is found out before it is told of. */
static bool is_readable(struct pack *p, const struct manifest_entry *e)
{
	struct err err = { 0 };
	size_t n;

	if (e->kind != MANIFEST_FILE || !e->file.size ||
	    blocks_read(spec_of(p)->blocks, &e->file, 0, &n, &err))
		return true;
	copy_fail(p->c, &err);
	err_release(&err);
	return false;
}

/* ---- the end ---- */

static void add_script(struct pack *p)
{
	struct strbuf whole = STRBUF_INIT(SCRIPT_MAX);
	struct tar_entry e = { .type = TAR_FILE,
			       .name = PACK_SCRIPT,
			       .mode = 0600 };

	end_folders(p);
	(void)strbuf_addf(&whole, "K=%s\n%s", spec_of(p)->keep ? "1" : "",
			  script_head);
	(void)strbuf_add(&whole, p->script.buf, p->script.len);
	(void)strbuf_addstr(&whole, script_tail);
	p->failed = p->script.full || whole.full;
	e.size = whole.len;
	add_entry(p, &e);
	(void)strbuf_add(&p->head, whole.buf, whole.len);
	(void)tar_pad(&p->head, whole.len);
	(void)tar_end(&p->head);
	p->failed = p->failed || p->head.full;
	p->over = true;
	strbuf_release(&whole);
}

static void add_next(struct pack *p)
{
	const struct manifest *m = spec_of(p)->manifest;
	const struct manifest_entry *e;

	if (p->next == m->n) {
		add_script(p);
		return;
	}
	e = &m->v[p->next++];
	if (e->kind == MANIFEST_FOLDER)
		add_folder(p, e);
	else if (is_readable(p, e))
		add_file(p, e);
}

/* A small file goes with what stands before and behind it. */
static int take_in(struct pack *p, struct err *err)
{
	while (p->file_at < p->file->size) {
		uint64_t left = p->file->size - p->file_at;
		size_t n;
		const void *at = blocks_read(spec_of(p)->blocks, p->file,
					     p->file_at, &n, err);

		if (!at)
			return -1;
		if (n > left)
			n = (size_t)left;
		(void)strbuf_add(&p->head, at, n);
		p->file_at += n;
	}
	(void)tar_pad(&p->head, p->file->size);
	p->file = NULL;
	return 0;
}

const void *pack_bytes(struct pack *p, size_t *n, struct err *err)
{
	const void *at;
	uint64_t left;

	*n = 0;
	if (p->head_at == p->head.len && !p->file) {
		strbuf_reset(&p->head);
		p->head_at = 0;
		while (!p->over && !p->file && p->head.len < TOGETHER) {
			add_next(p);
			if (p->file && p->file->size <= TOGETHER &&
			    take_in(p, err))
				return NULL;
		}
	}
	if (p->failed) {
		err_set(err, ERR_LOCAL, "%s",
			_("too many folders for one archive"));
		return NULL;
	}
	if (p->head_at < p->head.len) {
		*n = p->head.len - p->head_at;
		return p->head.buf + p->head_at;
	}
	if (!p->file)
		return NULL;
	at = blocks_read(spec_of(p)->blocks, p->file, p->file_at, n, err);
	left = p->file->size - p->file_at;
	if (at && *n > left)
		*n = (size_t)left;
	return at;
}

void pack_sent(struct pack *p, size_t n)
{
	if (p->head_at < p->head.len) {
		p->head_at += n;
		return;
	}
	p->file_at += n;
	if (p->file_at < p->file->size)
		return;
	strbuf_reset(&p->head);
	p->head_at = 0;
	(void)tar_pad(&p->head, p->file->size);
	p->file = NULL;
}

void pack_placed(const struct pack *p)
{
	p->c->copied->files = p->files;
	p->c->copied->bytes = p->bytes;
}

struct pack *pack_new(struct copy *c, char *const *paths, mode_t umask)
{
	struct pack *p = xcalloc(1, sizeof(*p));

	p->c = c;
	p->paths = paths;
	p->umask = umask;
	strbuf_init(&p->head, HEAD_MAX);
	strbuf_init(&p->script, SCRIPT_MAX);
	return p;
}

void pack_free(struct pack *p)
{
	if (!p)
		return;
	strbuf_release(&p->head);
	strbuf_release(&p->script);
	free(p->folder);
	free(p);
}
