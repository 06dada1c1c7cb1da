/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Patterns in paths of ours.
 *
 * Notes: as many folders are open as parts of the pattern are none that stand
 * for themselves.
 */
#include "io/globwalk.h"

#include <dirent.h>
#include <fnmatch.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"

#include "base/banned.h"

/* A folder that is read. */
struct level {
	struct level *under;
	DIR *dir;
	char *front;	  /* of each path in it */
	char *part;	  /* what names in it are to match */
	const char *rest; /* of the pattern, behind that */
};

struct globwalk {
	char *pattern;
	bool begun;
	struct level *top;
};

/* Whether a part of `n` bytes may match another name than its own. */
static bool is_wild(const char *part, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (part[i] == '\\')
			i++;
		else if (strchr("*?[", part[i]))
			return true;
	return false;
}

/* Up to the first part that is, or to the end. */
static size_t literal_length(const char *pattern)
{
	size_t start = 0;

	for (;;) {
		const size_t n = strcspn(pattern + start, "/");

		if (is_wild(pattern + start, n))
			return start;
		start += n;
		if (!pattern[start])
			return start;
		start++;
	}
}

/* Without backslashes, behind `front`; a new string. */
static char *unescaped(const char *front, const char *pattern, size_t n)
{
	char *path = xmalloc(strlen(front) + n + 1);
	size_t len = strlen(front);

	memcpy(path, front, len);
	for (size_t i = 0; i < n; i++) {
		if (pattern[i] == '\\' && i + 1 < n)
			i++;
		path[len++] = pattern[i];
	}
	path[len] = '\0';
	return path;
}

/* What matches `pattern` behind the path `front`. */
static void enter(struct globwalk *g, const char *front, const char *pattern,
		  struct strvec *found)
{
	const size_t literal = literal_length(pattern);
	const size_t n = strcspn(pattern + literal, "/");
	char *path = unescaped(front, pattern, literal);
	struct stat st;
	struct level *l;
	DIR *dir = NULL;

	if (n)
		dir = opendir(*path ? path : ".");
	else if (*path && !lstat(path, &st))
		strvec_push(found, path);
	if (!dir) {
		free(path);
		return;
	}
	l = xcalloc(1, sizeof(*l));
	l->under = g->top;
	l->dir = dir;
	l->front = path;
	l->part = xstrndup(pattern + literal, n);
	l->rest = pattern + literal + n;
	g->top = l;
}

static void leave(struct globwalk *g)
{
	struct level *l = g->top;

	g->top = l->under;
	closedir(l->dir);
	free(l->front);
	free(l->part);
	free(l);
}

static void read_name(struct globwalk *g, struct strvec *found)
{
	const struct level *l = g->top;
	const struct dirent *de = readdir(l->dir);
	char *path;

	if (!de) {
		leave(g);
		return;
	}
	if (fnmatch(l->part, de->d_name, FNM_PERIOD) != 0)
		return;
	path = xasprintf("%s%s", l->front, de->d_name);
	if (*l->rest)
		enter(g, path, l->rest, found);
	else
		strvec_push(found, path);
	free(path);
}

int globwalk_step(struct globwalk *g, struct strvec *found, size_t *budget)
{
	if (!g->begun)
		enter(g, "", g->pattern, found);
	g->begun = true;
	for (; *budget && g->top; --*budget)
		read_name(g, found);
	return g->top != NULL;
}

struct globwalk *globwalk_new(const char *pattern)
{
	struct globwalk *g = xcalloc(1, sizeof(*g));

	g->pattern = xstrdup(pattern);
	return g;
}

void globwalk_free(struct globwalk *g)
{
	if (!g)
		return;
	while (g->top)
		leave(g);
	free(g->pattern);
	free(g);
}
