/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of files, as words that are typed.
 */
#include "ui/pathwords.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/text.h"

#include "base/banned.h"

/* No byte of it does anything to a terminal: hosts may have named it. */
static bool is_plain(const char *name)
{
	struct strbuf seen = STRBUF_INIT(STRBUF_MAX_TEXT);
	bool plain;

	text_vis(&seen, name, strlen(name), VIS_LINE);
	plain = !strchr(name, '\t') && !strcmp(seen.buf, name);
	strbuf_release(&seen);
	return plain;
}

/* How a name stands in a word; false: it cannot. */
static bool add_quoted(const char *name, struct strbuf *out)
{
	if (!is_plain(name))
		return false;
	for (; *name; name++) {
		if (strchr(" \t'\"\\", *name))
			(void)strbuf_addch(out, '\\');
		(void)strbuf_addch(out, *name);
	}
	return true;
}

/* What is typed of a folder, as its path; a new string. */
static char *folder_of(const char *word, size_t n, const char *home)
{
	struct strbuf path = STRBUF_INIT(STRBUF_MAX_TEXT);

	if (!n)
		return xstrdup(".");
	if (n > 1 && word[0] == '~' && word[1] == '/' && home) {
		(void)strbuf_addstr(&path, home);
		word++;
		n--;
	}
	for (size_t i = 0; i < n; i++) {
		if (word[i] == '\\' && i + 1 < n)
			i++;
		(void)strbuf_addch(&path, word[i]);
	}
	return strbuf_detach(&path, NULL);
}

static bool is_folder(DIR *d, const struct dirent *e)
{
	struct stat st;

	if (e->d_type == DT_DIR)
		return true;
	if (e->d_type != DT_LNK && e->d_type != DT_UNKNOWN)
		return false;
	return !fstatat(dirfd(d), e->d_name, &st, 0) && S_ISDIR(st.st_mode);
}

/* `word` up to `slash` is the folder; the rest begins the name. */
static void take_name(DIR *d, const struct dirent *e, const char *word,
		      size_t slash, size_t n, struct strvec *out)
{
	struct strbuf text = STRBUF_INIT(STRBUF_MAX_TEXT);

	if (e->d_name[0] == '.' && (n == slash || word[slash] != '.'))
		return;
	if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
		return;
	(void)strbuf_add(&text, word, slash);
	if (add_quoted(e->d_name, &text) && text.len >= n &&
	    !strncmp(text.buf, word, n)) {
		if (is_folder(d, e))
			(void)strbuf_addch(&text, '/');
		strvec_push(out, text.buf);
	}
	strbuf_release(&text);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Some kernels list a folder twice. */
static void sort(struct strvec *v, size_t from)
{
	size_t n = from;

	if (v->n == from)
		return;
	qsort(v->v + from, v->n - from, sizeof(*v->v), by_text);
	for (size_t i = from + 1; i < v->n; i++) {
		if (strcmp(v->v[n], v->v[i]) != 0)
			v->v[++n] = v->v[i];
		else
			free(v->v[i]);
	}
	v->n = n + 1;
	v->v[v->n] = NULL;
}

void pathwords(const char *word, size_t n, const char *home, struct strvec *out)
{
	const size_t before = out->n;
	const struct dirent *e;
	size_t slash = n;
	size_t seen = 0;
	char *path;
	DIR *d;

	if (memchr(word, '\'', n) || memchr(word, '"', n))
		return;
	while (slash && word[slash - 1] != '/')
		slash--;
	path = folder_of(word, slash, home);
	d = opendir(path);
	free(path);
	if (!d)
		return;
	while ((e = readdir(d)) && seen++ < PATHWORDS_SEEN &&
	       out->n - before < PATHWORDS_MAX)
		take_name(d, e, word, slash, n, out);
	(void)closedir(d);
	sort(out, before);
}
