/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files that hold hosts, with what they include.
 */
#include "conf/groupfile.h"

#include <assert.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/text.h"
#include "conf/hostlist.h"
#include "base/banned.h"

/* A file that is being read, in the file that includes it. */
struct level {
	const struct level *outer;
	const char *path;
	const char *shown; /* the path, fit for a message */
	unsigned int depth;
};

struct reader {
	const struct groupfile *gf;
	struct strbuf *out;
	size_t start; /* of what is added to `out` */
	unsigned int files;
};

int groupfile_check(const char *hosts, struct err *err)
{
	struct hostlist *hl;
	int rc;

	if (strpbrk(hosts, "@^&!*?/"))
		return 0;
	hl = hostlist_new();
	rc = hostlist_parse(hl, hosts, NULL, err);
	hostlist_free(hl);
	return rc;
}

static char *beside(const char *path, const char *name)
{
	const char *slash = strrchr(path, '/');

	if (*name == '/' || !slash)
		return xstrdup(name);
	return xasprintf("%.*s/%s", (int)(slash - path), path, name);
}

/* "#include NAME" in `line`: the name, cut out of it; NULL: something else. */
static char *included(char *line)
{
	static const char word[] = "#include";
	static const char blanks[] = " \t";
	char *name = line + sizeof(word) - 1;

	if (strncmp(line, word, sizeof(word) - 1) != 0 || !*name ||
	    !strchr(blanks, *name))
		return NULL;
	name += strspn(name, blanks);
	for (char *end = name + strlen(name);
	     end > name && strchr(blanks, end[-1]); end--)
		end[-1] = '\0';
	return *name ? name : NULL;
}

/* An included file may include others: the one place that goes round. */
static int read_level(struct reader *r, const char *path,
		      const struct level *outer, struct err *err);

static int include(struct reader *r, const struct level *here, const char *name,
		   struct err *err)
{
	char *path = r->gf->find ? r->gf->find(r->gf->arg, name, err)
				 : beside(here->path, name);
	int rc;

	if (!path)
		return -1;
	rc = read_level(r, path, here, err);
	if (!rc) {
		char *vis = text_vis_dup(path, strlen(path), PATH_MAX);

		err_set(err, ERR_CONFIG, _("there is no file '%s'"), vis);
		free(vis);
	}
	free(path);
	return rc == 1 ? 0 : -1;
}

static int add_line(struct reader *r, const struct level *here, char *line,
		    struct err *err)
{
	char *name = included(line);

	if (name)
		return include(r, here, name, err);
	line[strcspn(line, "#")] = '\0';
	line += strspn(line, " \t");
	if (!*line)
		return 0;
	if (groupfile_check(line, err))
		return -1;
	if (r->out->len > r->start)
		(void)strbuf_addch(r->out, ',');
	if (strbuf_addstr(r->out, line))
		return err_set(err, ERR_CONFIG, _("longer than %zu bytes"),
			       r->out->max);
	return 0;
}

static int add_lines(struct reader *r, const struct level *here,
		     const struct strbuf *text, struct err *err)
{
	const char *end = text->buf + text->len;
	const char *line = text->buf;

	for (size_t number = 1; line < end; number++) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));
		const char *stop = newline ? newline : end;
		size_t len = (size_t)(stop - line);
		char *copy;
		int rc;

		len -= len && line[len - 1] == '\r';
		copy = xmemdup(line, len);
		if (strlen(copy) != len)
			rc = err_set(err, ERR_CONFIG, _("a NUL is in it"));
		else
			rc = add_line(r, here, copy, err);
		free(copy);
		if (rc) {
			err_prefix(err, "%s:%zu: ", here->shown, number);
			return -1;
		}
		line = stop + 1;
	}
	return 0;
}

static int check_level(struct reader *r, const struct level *here,
		       struct err *err)
{
	for (const struct level *l = here->outer; l; l = l->outer)
		if (!strcmp(l->path, here->path))
			return err_set(err, ERR_CONFIG,
				       _("'%s' includes itself"), here->shown);
	if (here->depth > GROUPFILE_MAX_DEPTH)
		return err_set(err, ERR_CONFIG,
			       _("cannot include '%s': at most %u files within "
				 "each other"),
			       here->shown, GROUPFILE_MAX_DEPTH);
	if (++r->files > GROUPFILE_MAX_FILES)
		return err_set(err, ERR_CONFIG,
			       _("cannot include '%s': at most %u files"),
			       here->shown, GROUPFILE_MAX_FILES);
	return 0;
}

static int read_level(struct reader *r, const char *path,
		      const struct level *outer, struct err *err)
{
	char *shown = text_vis_dup(path, strlen(path), PATH_MAX);
	struct level here = {
		.outer = outer,
		.path = path,
		.shown = shown,
		.depth = outer ? outer->depth + 1 : 1,
	};
	const struct strbuf *text = NULL;
	int rc = check_level(r, &here, err);

	if (!rc)
		rc = groups_read(r->gf->groups, path, &text, err);
	assert(rc <= 0 || text);
	if (rc > 0 && add_lines(r, &here, text, err))
		rc = -1;
	free(shown);
	return rc;
}

int groupfile_read(const struct groupfile *gf, const char *path,
		   struct strbuf *out, struct err *err)
{
	struct reader r = { .gf = gf, .out = out, .start = out->len };

	return read_level(&r, path, NULL, err);
}
