/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading ssh_config files into blocks: Host, Match and Include.
 *
 * Notes: an unknown keyword is passed over when an IgnoreUnknown before it
 * fits, whichever block that stands in; ssh asks for one of an active block,
 * which is not known before there is a host.
 */
#include "conf/sshblock.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/log.h"
#include "base/match.h"
#include "conf/percent.h"
#include "conf/sshlex.h"
#include "base/banned.h"

#define USER_FOLDER "~/.ssh"
#define SYS_FOLDER  "/etc/ssh"
#define SYS_FILE    SYS_FOLDER "/ssh_config"

enum {
	MAX_DEPTH = 16,	  /* of Include, as in ssh */
	MAX_FILES = 1024, /* so that files which include each other end */
	MAX_NEAREST = 20, /* suggestions; a file that is none needs no more */
	MAX_PATH = 4096,
};

#define MAX_FILE ((size_t)16 << 20) /* bytes */

struct reader {
	const struct sshblock_input *in;
	struct sshblocks *blocks;
	struct strvec ignored; /* lists of IgnoreUnknown so far */
	size_t nfiles;
	size_t nbad;
};

/* A file being read, and where in it. */
struct place {
	const char *path; /* NULL: the command line */
	size_t line;
	bool user; /* of the user, not of the system */
	unsigned int depth;
	size_t parent; /* the block that Include stands in */
	size_t block;  /* the one that lines go to now */
};

static int read_file(struct reader *r, const char *path, bool check_perm,
		     const struct place *from, struct err *err);

static char *describe(const struct place *at, const char *text)
{
	if (!at->path)
		return xasprintf(_("command line: %s"), text);
	if (!at->line)
		return xasprintf("%s: %s", at->path, text);
	return xasprintf(_("%s line %zu: %s"), at->path, at->line, text);
}

/* The same without a text; there is a file. */
static char *place_name(const struct place *at)
{
	if (!at->line)
		return xstrdup(at->path);
	return xasprintf(_("%s line %zu"), at->path, at->line);
}

/* Tell what is wrong with a line, and go on to the next. */
static void report(struct reader *r, const struct place *at, struct err *err)
{
	char *text = describe(at, err->msg);

	if (r->in->bad)
		r->in->bad(r->in->arg, text);
	free(text);
	err_release(err);
	r->nbad++;
}

static size_t add_block(struct reader *r, size_t parent)
{
	struct sshblocks *bs = r->blocks;

	bs->v = grow_array(bs->v, &bs->cap, bs->n, sizeof(*bs->v));
	bs->v[bs->n] = (struct sshblock){ .parent = parent };
	return bs->n++;
}

static void add_line(struct reader *r, const struct place *at,
		     const struct sshopt *row, struct strvec *args)
{
	struct sshblock *b = &r->blocks->v[at->block];

	b->lines = grow_array(b->lines, &b->cap, b->nlines, sizeof(*b->lines));
	b->lines[b->nlines++] = (struct sshline){
		.row = row, .args = *args, .path = at->path, .line = at->line
	};
	*args = (struct strvec){ 0 };
}

static bool is_ignored(const struct reader *r, const char *keyword)
{
	for (size_t i = 0; i < r->ignored.n; i++)
		if (match_list(r->ignored.v[i], keyword, true) ==
		    MATCH_POSITIVE)
			return true;
	return false;
}

static int unknown_keyword(const struct reader *r, const char *keyword,
			   struct err *err)
{
	const char *near =
		r->nbad < MAX_NEAREST ? sshopt_nearest(keyword) : NULL;

	if (near)
		return err_set(err, ERR_CONFIG,
			       _("unknown keyword '%s', did you mean '%s'?"),
			       keyword, near);
	return err_set(err, ERR_CONFIG, _("unknown keyword '%s'"), keyword);
}

/* Move `*from` to where nothing is yet. */
static void keep_first(char **to, char **from)
{
	if (*to)
		return;
	*to = *from;
	*from = NULL;
}

/* Keep what Match asks about, out of the one line stored in `o`. */
static void keep_found(struct sshfound *f, struct ssh_opts *o)
{
	keep_first(&f->hostname, &o->hostname);
	keep_first(&f->user, &o->user);
	keep_first(&f->key_alias, &o->host_key_alias);
	keep_first(&f->tag, &o->tag);
	if (!f->port && o->port > 0)
		f->port = o->port;
}

/* Try the line on an empty set, then keep it for the hosts it is for. */
static int read_value(struct reader *r, const struct place *at,
		      const struct sshopt *row, struct sshlex *lex,
		      struct err *err)
{
	struct strbuf note = STRBUF_INIT(STRBUF_MAX_TEXT);
	struct ssh_opts scratch;
	int rc;

	if (sshopt_is_command(row)) {
		strvec_release(&lex->args);
		if (*lex->rest)
			strvec_push(&lex->args, lex->rest);
	}
	sshopts_init(&scratch);
	rc = sshopt_store(row, lex->args.v, lex->args.n, &scratch, err);
	if (rc == 0) {
		if (scratch.ignore_unknown)
			strvec_push(&r->ignored, scratch.ignore_unknown);
		if (sshopt_note(row, lex->args.v, lex->args.n, &note)) {
			char *text = describe(at, note.buf);

			log_verbose("%s", text);
			free(text);
		}
		add_line(r, at, row, &lex->args);
		keep_found(&r->blocks->v[at->block].found, &scratch);
	}
	sshopts_release(&scratch);
	strbuf_release(&note);
	return rc;
}

static int no_argument(const struct sshlex *lex, struct err *err)
{
	return err_set(err, ERR_CONFIG, _("'%s' needs an argument"),
		       lex->keyword);
}

static int check_words(const struct sshlex *lex, struct err *err)
{
	for (size_t i = 0; i < lex->args.n; i++)
		if (!*lex->args.v[i])
			return err_set(err, ERR_CONFIG,
				       _("empty argument for '%s'"),
				       lex->keyword);
	return lex->args.n ? 0 : no_argument(lex, err);
}

/*
 * Begin a block.  Even a bad line begins one, and one that never counts, so
 * that the lines after it are not taken for those of the block before.
 */
static int read_host(struct reader *r, struct place *at, struct sshlex *lex,
		     struct err *err)
{
	at->block = add_block(r, at->parent);
	if (check_words(lex, err))
		return -1;
	r->blocks->v[at->block].patterns = lex->args;
	lex->args = (struct strvec){ 0 };
	return 0;
}

static int read_match(struct reader *r, struct place *at, struct sshlex *lex,
		      struct err *err)
{
	char *where = place_name(at);
	struct sshmatches match;
	int rc;

	at->block = add_block(r, at->parent);
	rc = sshmatches_parse(lex->tail, where, &match, err);
	if (rc == 0)
		r->blocks->v[at->block].match = match;
	free(where);
	return rc;
}

/* The pattern of an Include as a path from the root. */
static int include_path(const struct reader *r, const struct place *at,
			const char *arg, struct strbuf *out, struct err *err)
{
	char *path;
	int rc;

	if (*arg == '~' && !at->user)
		return err_set(err, ERR_CONFIG,
			       _("'~' has no meaning here: '%s'"), arg);
	if (*arg == '/' || *arg == '~')
		path = xstrdup(arg);
	else
		path = xasprintf("%s/%s", at->user ? USER_FOLDER : SYS_FOLDER,
				 arg);
	rc = tilde_expand(path, r->in->home, out, err);
	free(path);
	return rc;
}

static int include_one(struct reader *r, const struct place *at,
		       const char *arg, struct err *err)
{
	struct strbuf pattern = STRBUF_INIT(MAX_PATH);
	struct strvec paths = { 0 };
	int rc;

	assert(r->in);
	rc = include_path(r, at, arg, &pattern, err);
	if (rc == 0)
		rc = r->in->source->glob(r->in->source->arg, pattern.buf,
					 &paths, err);
	for (size_t i = 0; rc >= 0 && i < paths.n; i++)
		rc = read_file(r, paths.v[i], true, at, err);
	strbuf_release(&pattern);
	strvec_release(&paths);
	return rc < 0 ? -1 : 0;
}

/* What follows an Include counts when what stands before it did. */
static int read_include(struct reader *r, struct place *at, struct sshlex *lex,
			struct err *err)
{
	struct place from = *at;
	int rc = check_words(lex, err);

	for (size_t i = 0; rc == 0 && i < lex->args.n; i++)
		rc = include_one(r, &from, lex->args.v[i], err);
	at->block = add_block(r, from.block);
	return rc;
}

static int read_line(struct reader *r, struct place *at, const char *text,
		     struct err *err)
{
	const struct sshopt *row;
	struct sshlex lex;
	int rc = -1;

	if (sshlex_split(text, &lex, err))
		return -1;
	if (!lex.keyword)
		return 0;
	row = sshopt_find(lex.keyword);
	if (!row) {
		if (!is_ignored(r, lex.keyword))
			rc = unknown_keyword(r, lex.keyword, err);
		else
			rc = *lex.rest ? 0 : no_argument(&lex, err);
	} else if (sshopt_block(row) != SSHOPT_VALUE && (!at->path || !r->in)) {
		(void)err_set(err, ERR_CONFIG, _("'%s' is for files only"),
			      sshopt_name(row));
	} else {
		switch (sshopt_block(row)) {
		case SSHOPT_VALUE:
			rc = read_value(r, at, row, &lex, err);
			break;
		case SSHOPT_HOST:
			rc = read_host(r, at, &lex, err);
			break;
		case SSHOPT_MATCH:
			rc = read_match(r, at, &lex, err);
			break;
		case SSHOPT_INCLUDE:
			rc = read_include(r, at, &lex, err);
			break;
		}
	}
	sshlex_release(&lex);
	return rc;
}

static void read_lines(struct reader *r, struct place *at, struct strbuf *text)
{
	char *line = text->buf, *end = text->buf + text->len;

	while (line < end) {
		char *stop = memchr(line, '\n', (size_t)(end - line));
		struct err err = { 0 };
		int rc;

		if (!stop)
			stop = end;
		*stop = '\0';
		at->line++;
		if (memchr(line, '\0', (size_t)(stop - line)))
			rc = err_set(&err, ERR_CONFIG, _("NUL byte"));
		else
			rc = read_line(r, at, line, &err);
		if (rc)
			report(r, at, &err);
		line = stop + 1;
	}
}

/* 1: read; 0: there is none; -1: err. */
static int read_file(struct reader *r, const char *path, bool check_perm,
		     const struct place *from, struct err *err)
{
	struct strbuf text = STRBUF_INIT(MAX_FILE);
	struct place at = *from;
	int rc;

	at.line = 0;
	at.depth++;
	if (at.depth > MAX_DEPTH + 1)
		return err_set(err, ERR_CONFIG,
			       _("'%s' is included over %d files deep"), path,
			       MAX_DEPTH);
	if (++r->nfiles > MAX_FILES)
		return err_set(err, ERR_CONFIG, _("more than %d files"),
			       MAX_FILES);
	rc = r->in->source->read(r->in->source->arg, path, MAX_FILE, check_perm,
				 &text, err);
	if (rc > 0) {
		struct strvec *paths = &r->blocks->paths;

		strvec_push(paths, path);
		at.path = paths->v[paths->n - 1];
		at.parent = from->block;
		at.block = add_block(r, at.parent);
		read_lines(r, &at, &text);
	}
	strbuf_release(&text);
	return rc;
}

static int read_user_file(struct reader *r, const struct place *top,
			  struct err *err)
{
	char *path;
	int rc;

	if (!r->in->home || !*r->in->home)
		return 0;
	path = xasprintf("%s/.ssh/config", r->in->home);
	rc = read_file(r, path, true, top, err);
	free(path);
	return rc < 0 ? -1 : 0;
}

static int read_all(struct reader *r, struct err *err)
{
	struct place top = { .user = true, .parent = SSHBLOCK_NONE };
	const struct strvec *options = r->in->options;
	const char *file = r->in->user_file;
	int rc;

	top.block = add_block(r, SSHBLOCK_NONE);
	for (size_t i = 0; options && i < options->n; i++) {
		struct err bad = { 0 };

		if (read_line(r, &top, options->v[i], &bad))
			report(r, &top, &bad);
	}
	top.block = SSHBLOCK_NONE;
	if (file && strcasecmp(file, "none") == 0)
		return 0;
	if (file) {
		rc = read_file(r, file, false, &top, err);
		if (rc == 0)
			return err_set(err, ERR_CONFIG,
				       _("cannot read '%s': no such file"),
				       file);
		return rc < 0 ? -1 : 0;
	}
	if (read_user_file(r, &top, err))
		return -1;
	top.user = false;
	return read_file(r, SYS_FILE, false, &top, err) < 0 ? -1 : 0;
}

int sshblocks_read(struct sshblocks *blocks, const struct sshblock_input *in,
		   struct err *err)
{
	struct reader r = { .in = in, .blocks = blocks };
	int rc;

	*blocks = (struct sshblocks){ 0 };
	rc = read_all(&r, err);
	if (rc == 0 && r.nbad)
		rc = err_set(err, ERR_CONFIG,
			     ngettext("%zu bad line in the ssh configuration",
				      "%zu bad lines in the ssh configuration",
				      r.nbad),
			     r.nbad);
	strvec_release(&r.ignored);
	return rc;
}

static void release_block(struct sshblock *b)
{
	for (size_t i = 0; i < b->nlines; i++)
		strvec_release(&b->lines[i].args);
	free(b->lines);
	strvec_release(&b->patterns);
	sshmatches_release(&b->match);
	free(b->found.hostname);
	free(b->found.user);
	free(b->found.key_alias);
	free(b->found.tag);
}

int sshblocks_add(struct sshblocks *blocks, const struct sshconf_line *lines,
		  size_t n, struct err *err)
{
	struct reader r = { .blocks = blocks };
	struct place at = { .parent = SSHBLOCK_NONE };
	int rc = 0;

	at.block = add_block(&r, SSHBLOCK_NONE);
	for (size_t i = 0; i < n && rc == 0; i++) {
		strvec_push(&blocks->paths, lines[i].where);
		at.path = blocks->paths.v[blocks->paths.n - 1];
		rc = read_line(&r, &at, lines[i].text, err);
		if (rc)
			err_prefix(err, "%s: ", at.path);
	}
	strvec_release(&r.ignored);
	if (rc)
		release_block(&blocks->v[--blocks->n]);
	return rc;
}

void sshblocks_release(struct sshblocks *blocks)
{
	if (!blocks)
		return;
	for (size_t i = 0; i < blocks->n; i++)
		release_block(&blocks->v[i]);
	free(blocks->v);
	strvec_release(&blocks->paths);
	*blocks = (struct sshblocks){ 0 };
}

char *sshline_place(const struct sshline *l)
{
	const struct place at = { .path = l->path, .line = l->line };

	return at.path ? place_name(&at) : xstrdup(_("command line"));
}

int sshline_store(const struct sshline *l, struct ssh_opts *o, struct err *err)
{
	char *where;
	int rc;

	if (!sshopt_has_place(l->row))
		return sshopt_store(l->row, l->args.v, l->args.n, o, err);
	where = sshline_place(l);
	rc = sshopt_store_line(l->row, l->args.v, l->args.n, where, o, err);
	free(where);
	return rc;
}
