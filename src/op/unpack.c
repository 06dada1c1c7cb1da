/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files of one host, from archives to a folder of ours.
 *
 *   RECORD   a line of the host's, or NULs in front of one
 *   PEEK     where an archive should begin: a tar that failed sends none
 *   ARCHIVE  it
 *   OVER
 */
#include "op/unpack.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/text.h"
#include "op/unpack_internal.h"

#include "base/banned.h"

#define RECORD_MAX ((size_t)8 << 10) /* more than a path may have */

static int senseless(struct err *err, const char *why)
{
	return err_set(err, ERR_PROTOCOL,
		       _("the host sends what was not asked for: %s"), why);
}

/* ---- records ---- */

/* "I REST": of which source. */
static char *source_of(struct unpack *u, char *rest)
{
	size_t n = strspn(rest, "0123456789");
	uint64_t i = 0;

	if (rest[n] != ' ')
		return NULL;
	rest[n] = '\0';
	if (parse_uint(rest, 1, unpack_spec(u)->sources.n, &i))
		return NULL;
	u->of = (size_t)i - 1;
	return rest + n + 1;
}

static int begin_archive(struct unpack *u, enum unpack_kind kind)
{
	u->kind = kind;
	u->wants_end = true;
	tar_reader_release(&u->tar);
	tar_reader_init(&u->tar);
	u->state = PEEK;
	return 0;
}

static int begin_files(struct unpack *u, const char *front)
{
	unpack_end_tree(u);
	free(u->front);
	u->front = xstrdup(front);
	return begin_archive(u, OF_FILES);
}

static int begin_tree(struct unpack *u, const char *path, struct err *err)
{
	const char *why = NULL;
	char *name;

	unpack_end_tree(u);
	if (!unpack_asked_for(u, path) || !unpack_spec(u)->recursive)
		return senseless(err, _("a folder"));
	free(u->front);
	u->front = xstrdup(path);
	u->kind = OF_TREE;
	name = copy_name_here(u->c, path);
	if (u->mixes && *name)
		why = namesakes_take(&u->names, name, path);
	if (why) {
		copy_fail_path(u->c, path, why);
		u->seen[u->of].told = true;
		u->no_top = true;
	} else if (u->c->placed) {
		strvec_push(&u->c->placed->there, path);
		strvec_push(&u->c->placed->here, name);
	}
	free(name);
	return 0;
}

static int found_only(struct unpack *u, const char *path, const char *why)
{
	u->seen[u->of].told = true;
	copy_fail_path(u->c, path, why);
	return 0;
}

static int end_archive(struct unpack *u, const char *status)
{
	u->wants_end = false;
	if (strcmp(status, "0") != 0) {
		u->unwell = true;
		u->seen[u->of].told = true;
	}
	return 0;
}

static int take_tree_word(struct unpack *u, const char *word, struct err *err)
{
	static const struct {
		const char *word;
		enum unpack_kind kind;
	} words[] = {
		{ "tree", OF_TREE },
		{ "file", OF_LINKED },
		{ "hard", OF_HARD },
		{ "dir", OF_LINKS_TO_FOLDERS },
		{ "other", OF_LINKS_TO_OTHERS },
		{ "gone", OF_LINKS_TO_NOTHING },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strcmp(word, words[i].word))
			return begin_archive(u, words[i].kind);
	return senseless(err, _("a record"));
}

static int take_source_word(struct unpack *u, const char *word, char *rest,
			    struct err *err)
{
	const char *path = source_of(u, rest);

	if (!path)
		return senseless(err, _("a source"));
	if (!strcmp(word, "in"))
		return begin_files(u, path);
	if (!strcmp(word, "of"))
		return begin_tree(u, path, err);
	if (!strcmp(word, "none"))
		return found_only(u, path, _("nothing is called so"));
	if (!strcmp(word, "folder"))
		return found_only(u, path, _("it is a folder; -r gets it"));
	if (!strcmp(word, "odd"))
		return found_only(u, path, _("it is no regular file"));
	if (!strcmp(word, "shut"))
		return found_only(u, path,
				  sftp_code_text(SFTP_PERMISSION_DENIED));
	if (!strcmp(word, "lost"))
		return found_only(u, path, sftp_code_text(SFTP_NO_SUCH_FILE));
	return senseless(err, _("a record"));
}

/* All of it is here, as a string. */
static int take_record(struct unpack *u, struct err *err)
{
	char *word = u->record.buf + strlen(u->key);
	char *rest;

	u->state = RECORD;
	if (strncmp(u->record.buf, u->key, strlen(u->key)) != 0 ||
	    *word++ != ' ')
		return senseless(err, _("something between its archives"));
	rest = word + strcspn(word, " ");
	if (*rest)
		*rest++ = '\0';
	if (!strcmp(word, "end") && u->wants_end)
		return end_archive(u, rest);
	if (u->wants_end)
		return senseless(err, _("a record"));
	if (!strcmp(word, "done")) {
		unpack_end_tree(u);
		u->state = OVER;
		return 0;
	}
	if (*rest)
		return take_source_word(u, word, rest, err);
	if (u->kind == NO_ARCHIVE || u->kind == OF_FILES)
		return senseless(err, _("a record"));
	return take_tree_word(u, word, err);
}

/* Up to the NUL behind it; NULs in front fill an archive. */
static int add_record(struct unpack *u, const char **p, size_t *n,
		      struct err *err)
{
	const char *end;
	size_t k;
	int rc;

	while (*n && !u->record.len && !**p) {
		++*p;
		--*n;
	}
	end = *n ? memchr(*p, '\0', *n) : NULL;
	k = end ? (size_t)(end - *p) : *n;
	if (k && strbuf_add(&u->record, *p, k))
		return senseless(err, _("too long a record"));
	*p += k + (end != NULL);
	*n -= k + (end != NULL);
	if (!end)
		return 0;
	rc = take_record(u, err);
	strbuf_reset(&u->record);
	return rc;
}

/* ---- archives ---- */

/*
 * A file gets its name when what stands behind it is an archive's, too: a tar
 * that is killed stops anywhere, and the next record would be taken for the
 * last bytes of the file.
 */
static int take_archive(struct unpack *u, const char **p, size_t *n,
			struct err *err)
{
	for (;;) {
		switch (tar_reader_next(&u->tar, p, n, err)) {
		case TAR_GOT_NOTHING:
			return 0;
		case TAR_GOT_ENTRY:
			unpack_end_file(u);
			if (unpack_entry(u, err))
				return -1;
			break;
		case TAR_GOT_BYTES:
			unpack_bytes(u);
			break;
		case TAR_GOT_WHOLE:
			break;
		case TAR_GOT_END:
			unpack_end_file(u);
			u->state = RECORD;
			return 0;
		case TAR_GOT_ERROR:
			return -1;
		}
	}
}

/* As many bytes as the key has. */
static int peek(struct unpack *u, const char **p, size_t *n, struct err *err)
{
	size_t size = strlen(u->key);
	size_t k = size - u->record.len;
	const char *at;

	if (k > *n)
		k = *n;
	(void)strbuf_add(&u->record, *p, k);
	*p += k;
	*n -= k;
	if (u->record.len < size)
		return 0;
	u->state = RECORD;
	if (!memcmp(u->record.buf, u->key, size))
		return 0; /* there is none */
	u->state = ARCHIVE;
	at = u->record.buf;
	if (take_archive(u, &at, &size, err))
		return -1;
	strbuf_reset(&u->record);
	return 0;
}

int unpack_take(struct unpack *u, const char *p, size_t n, struct err *err)
{
	int rc = 0;

	while (n && !rc) {
		switch (u->state) {
		case RECORD:
			rc = add_record(u, &p, &n, err);
			break;
		case PEEK:
			rc = peek(u, &p, &n, err);
			break;
		case ARCHIVE:
			rc = take_archive(u, &p, &n, err);
			break;
		case OVER:
			return 0;
		}
	}
	return rc;
}

/* ---- the end ---- */

bool unpack_is_over(const struct unpack *u)
{
	return u->state == OVER;
}

void unpack_end(struct unpack *u, const char *said)
{
	const struct strvec *v = &unpack_spec(u)->sources;
	struct err err = { 0 };

	u->c->copied->all_known = true;
	for (size_t i = 0; i < v->n; i++)
		if (!u->seen[i].found && !u->seen[i].told)
			copy_fail_path(u->c, v->v[i], _("nothing of it came"));
	place_put(u->root);
	u->root = NULL;
	if (!u->unwell)
		return;
	err_set(&err, ERR_COPY, _("tar of the host had trouble: %s"), said);
	copy_fail(u->c, &err);
	err_release(&err);
}

struct unpack *unpack_new(struct copy *c, const char *key)
{
	struct unpack *u = xcalloc(1, sizeof(*u));

	u->c = c;
	u->key = key;
	u->fd = -1;
	u->now = time(NULL);
	u->seen = xcalloc(c->spec->sources.n, sizeof(*u->seen));
	u->mixes = copy_mixes(c);
	u->front = xstrdup("");
	strbuf_init(&u->record, RECORD_MAX);
	tar_reader_init(&u->tar);
	namesakes_init(&u->names);
	namesakes_init(&u->hard);
	return u;
}

void unpack_free(struct unpack *u)
{
	if (!u)
		return;
	unpack_drop(u);
	strvec_release(&u->shut);
	namesakes_release(&u->hard);
	namesakes_release(&u->names);
	tar_reader_release(&u->tar);
	strbuf_release(&u->record);
	free(u->path);
	free(u->front);
	free(u->seen);
	free(u);
}
