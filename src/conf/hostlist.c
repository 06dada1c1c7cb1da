/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Host lists: items, files, and what is left after exclusions.
 */
#include "conf/hostlist.h"

#include <assert.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/text.h"
#include "conf/hostlist_pattern.h"
#include "conf/hostlist_set.h"
#include "conf/spec.h"
#include "base/banned.h"

/* What a file costs at least of HOSTLIST_MAX_FILES, so that many small ones
   that include each other come to an end too. */
#define FILE_COST ((size_t)4 << 10)

/* No part of a name of so many bytes is too long. */
#define SAFE_LENGTH 253u

struct hostlist {
	struct nameset listed;
	struct nameset excluded;
};

/* One call of hostlist_parse(), with the files it reads. */
struct parser {
	struct hostlist *hl;
	const struct hostlist_source *source;
	struct pattern pattern; /* of the item at hand */
	uint64_t hosts_left;
	size_t bytes_left;
	unsigned int depth;
	const char *file; /* NULL: the command line */
};

struct hostlist *hostlist_new(void)
{
	return xcalloc(1, sizeof(struct hostlist));
}

void hostlist_free(struct hostlist *hl)
{
	if (!hl)
		return;
	nameset_release(&hl->listed);
	nameset_release(&hl->excluded);
	free(hl);
}

size_t hostlist_count(const struct hostlist *hl)
{
	return hl->listed.n;
}

const char *hostlist_get(const struct hostlist *hl, size_t i)
{
	assert(i < hl->listed.n);
	return hl->listed.v[i];
}

static void add_all(struct nameset *to, const struct nameset *from)
{
	for (size_t i = 0; i < from->n; i++)
		nameset_add(to, from->v[i], strlen(from->v[i]));
}

static int check_name(const struct scan *s, size_t start,
		      const struct pattern *names)
{
	struct dest_view view;
	struct err why = { 0 };

	if (!dest_split(names->name, names->name_len, true, &view, &why))
		return 0;
	scan_fail(s, start, "%s", why.msg);
	err_release(&why);
	return -1;
}

/*
 * Names, with or without brackets.  They differ in digits only, and those
 * make no good name bad, unless in an address or port, or by its length.
 */
static int parse_names(struct parser *p, struct scan *s, bool exclude)
{
	struct nameset *set = exclude ? &p->hl->excluded : &p->hl->listed;
	struct pattern *names = &p->pattern;
	size_t start = s->at;
	bool check_each;

	if (pattern_compile(names, s, p->hosts_left))
		return -1;
	p->hosts_left -= names->count;
	nameset_reserve(set, names->count);
	pattern_first(names);
	if (check_name(s, start, names))
		return -1;
	check_each = names->longest > SAFE_LENGTH ||
		     memchr(names->literals, ':', names->literals_len);
	do {
		if (check_each && check_name(s, start, names))
			return -1;
		nameset_add(set, names->name, names->name_len);
	} while (pattern_next(names));
	return 0;
}

/* Items stand in files and name files: the one place that goes round. */
static int read_file(struct parser *p, const char *name, size_t len,
		     struct err *err);

/* The names of a file are excluded: read them apart, then exclude them. */
static int exclude_file(struct parser *p, const char *name, size_t len,
			struct err *err)
{
	struct hostlist apart = { 0 };
	struct hostlist *hl = p->hl;
	int rc;

	p->hl = &apart;
	rc = read_file(p, name, len, err);
	p->hl = hl;
	nameset_subtract(&apart.listed, &apart.excluded);
	if (!rc)
		add_all(&hl->excluded, &apart.listed);
	nameset_release(&apart.listed);
	nameset_release(&apart.excluded);
	return rc;
}

/* "^FILE" */
static int parse_file(struct parser *p, struct scan *s, bool exclude)
{
	size_t start = ++s->at;
	size_t len;

	while (!scan_item_end(s))
		s->at++;
	len = s->at - start;
	if (!len)
		return scan_fail(s, start, _("expected a file name"));
	if (!p->source || !p->source->read)
		return scan_fail(s, start,
				 _("files are not read here, "
				   "expected a host name"));
	return exclude ? exclude_file(p, s->text + start, len, s->err)
		       : read_file(p, s->text + start, len, s->err);
}

/* What an item is, by its first character. */
static const struct item_kind {
	char lead; /* 0: any other */
	int (*parse)(struct parser *p, struct scan *s, bool exclude);
	const char *refusal; /* instead of `parse` */
} kinds[] = {
	{ '^', parse_file, NULL },
	{ '@', NULL, N_("groups are not supported, expected a host name") },
	{ '/', NULL,
	  N_("regular expressions are not supported, expected a host name") },
	{ 0, parse_names, NULL },
};

static int parse_item(struct parser *p, struct scan *s)
{
	const struct item_kind *kind = kinds;
	char sign = scan_peek(s);
	bool exclude = sign == '-' || sign == '!';

	if (exclude) {
		s->at++;
		if (scan_item_end(s))
			return scan_fail(s, s->at,
					 _("expected a name after '%c'"), sign);
	}
	while (kind->lead && kind->lead != scan_peek(s))
		kind++;
	if (!kind->parse)
		return scan_fail(s, s->at, "%s", _(kind->refusal));
	return kind->parse(p, s, exclude);
}

static int parse_text(struct parser *p, const char *text, size_t len,
		      struct err *err)
{
	struct scan s = { .text = text, .len = len, .err = err };

	for (;;) {
		while (s.at < s.len && scan_item_end(&s))
			s.at++;
		if (s.at >= s.len)
			return 0;
		if (parse_item(p, &s))
			return -1;
	}
}

/* What follows "#include" in `line`, without blanks around; NULL: nothing. */
static const char *included(const char *line, size_t *len)
{
	static const char word[] = "#include";
	const char *end = line + *len;
	const char *name = line + sizeof(word) - 1;

	if (*len < sizeof(word) || memcmp(line, word, sizeof(word) - 1) != 0 ||
	    (*name != ' ' && *name != '\t'))
		return NULL;
	while (name < end && (*name == ' ' || *name == '\t'))
		name++;
	while (end > name && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	*len = (size_t)(end - name);
	return *len ? name : NULL;
}

static int parse_line(struct parser *p, const char *line, size_t len,
		      struct err *err)
{
	const char *comment, *name;

	if (len && line[len - 1] == '\r')
		len--;
	if (len > HOSTLIST_MAX_LINE)
		return err_set(err, ERR_CONFIG, _("longer than %zu bytes"),
			       HOSTLIST_MAX_LINE);
	if (memchr(line, '\0', len))
		return err_set(err, ERR_CONFIG, _("a NUL is in it"));
	name = included(line, &len);
	if (name)
		return read_file(p, name, len, err);
	comment = memchr(line, '#', len);
	return parse_text(p, line, comment ? (size_t)(comment - line) : len,
			  err);
}

static int parse_lines(struct parser *p, const struct strbuf *text,
		       const char *shown, struct err *err)
{
	const char *line = text->buf;
	const char *end = text->buf + text->len;

	for (size_t number = 1; line < end; number++) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));
		const char *stop = newline ? newline : end;

		if (parse_line(p, line, (size_t)(stop - line), err)) {
			err_prefix(err, _("%s line %zu: "), shown, number);
			return -1;
		}
		line = stop + 1;
	}
	return 0;
}

/* The path of a file as named in the file at hand. */
static char *path_of(const struct parser *p, const char *name, size_t len)
{
	const char *slash = p->file ? strrchr(p->file, '/') : NULL;
	char *given = xmemdup(name, len);
	char *path;

	if (!slash || given[0] == '/' || !strcmp(given, "-"))
		return given;
	path = xasprintf("%.*s/%s", (int)(slash - p->file), p->file, given);
	free(given);
	return path;
}

static int read_file(struct parser *p, const char *name, size_t len,
		     struct err *err)
{
	struct strbuf text = STRBUF_INIT(p->bytes_left);
	const char *outer = p->file;
	char *path = path_of(p, name, len);
	char *shown = text_vis_dup(path, strlen(path), PATH_MAX);
	size_t cost;
	int rc = -1;

	if (p->depth == HOSTLIST_MAX_DEPTH) {
		err_set(err, ERR_CONFIG,
			_("cannot include '%s': at most %d files within each "
			  "other"),
			shown, HOSTLIST_MAX_DEPTH);
		goto out;
	}
	if (p->source->read(p->source->arg, path, p->bytes_left, &text, err))
		goto out;
	cost = text.len > FILE_COST ? text.len : FILE_COST;
	if (cost > p->bytes_left) {
		err_set(err, ERR_CONFIG,
			_("cannot include '%s': files are larger than %zu "
			  "bytes in all"),
			shown, HOSTLIST_MAX_FILES);
		goto out;
	}
	p->bytes_left -= cost;
	p->depth++;
	p->file = path;
	rc = parse_lines(p, &text, shown, err);
	p->file = outer;
	p->depth--;
out:
	strbuf_release(&text);
	free(shown);
	free(path);
	return rc;
}

int hostlist_parse(struct hostlist *hl, const char *text,
		   const struct hostlist_source *source, struct err *err)
{
	struct parser p = { .hl = hl,
			    .source = source,
			    .hosts_left = HOSTLIST_MAX_HOSTS - hl->listed.n,
			    .bytes_left = HOSTLIST_MAX_FILES };
	size_t listed = hl->listed.n;
	size_t excluded = hl->excluded.n;
	size_t len = strlen(text);
	int rc;

	if (len > HOSTLIST_MAX_LINE)
		return err_set(err, ERR_CONFIG,
			       _("bad host list: longer than %zu bytes"),
			       HOSTLIST_MAX_LINE);
	rc = parse_text(&p, text, len, err);
	pattern_release(&p.pattern);
	if (rc) {
		nameset_truncate(&hl->listed, listed);
		nameset_truncate(&hl->excluded, excluded);
		return -1;
	}
	nameset_subtract(&hl->listed, &hl->excluded);
	return 0;
}

int hostlist_exclude(struct hostlist *hl, const char *text,
		     const struct hostlist_source *source, struct err *err)
{
	struct hostlist apart = { 0 };
	int rc = hostlist_parse(&apart, text, source, err);

	if (!rc) {
		add_all(&hl->excluded, &apart.listed);
		nameset_subtract(&hl->listed, &hl->excluded);
	}
	nameset_release(&apart.listed);
	nameset_release(&apart.excluded);
	return rc;
}
