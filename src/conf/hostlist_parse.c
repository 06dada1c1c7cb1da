/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading host lists: items, operators, files and groups.
 *
 * What stands for a set of its own - a group, what an operator or an exclusion
 * is followed by - is read into a list apart and then put together with the
 * one at hand.
 */
#include "conf/hostlist_parse.h"

#include <assert.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/text.h"
#include "conf/hostlist_pattern.h"
#include "conf/spec.h"
#include "base/banned.h"

/* No part of a name of so many bytes is too long. */
#define SAFE_LENGTH 253u

/* What an item is to its list. */
enum role {
	ROLE_ADD,
	ROLE_EXCLUDE,
	ROLE_AND,
	ROLE_XOR,
	ROLE_DIFFERENCE,
};

void apart_begin(struct parser *p, struct apart *a, bool matcher)
{
	*a = (struct apart){ .outer = p->hl,
			     .outer_hosts_left = p->hosts_left,
			     .outer_matcher = p->matcher };
	p->hl = &a->hl;
	p->hosts_left = HOSTLIST_MAX_HOSTS;
	p->matcher = matcher;
}

/* Back to the outer list; `rc` is what reading gave. */
int apart_end(struct parser *p, struct apart *a, int rc, struct err *err)
{
	if (!rc)
		rc = hostlist_settle(&a->hl, p->matcher, err);
	p->hl = a->outer;
	p->hosts_left = a->outer_hosts_left;
	p->matcher = a->outer_matcher;
	return rc;
}

int parser_too_many(const struct scan *s, size_t at)
{
	return scan_fail(s, at, _("expected at most %u hosts in all"),
			 HOSTLIST_MAX_HOSTS);
}

/* Put a list that was read apart into the one at hand. */
int parser_add_apart(struct parser *p, const struct scan *s, size_t at,
		     struct nameset *names, bool exclude)
{
	size_t n = nameset_count(names);

	if (exclude) {
		nameset_add_set(&p->hl->excluded, names);
		return 0;
	}
	if (n > p->hosts_left)
		return parser_too_many(s, at);
	p->hosts_left -= n;
	nameset_add_set(&p->hl->listed, names);
	return 0;
}

int parser_add_test(struct parser *p, const struct scan *s, size_t at,
		    struct nametest test, bool exclude)
{
	struct nametests *tests = exclude ? &p->hl->drops : &p->hl->keeps;

	tests->v =
		grow_array(tests->v, &tests->cap, tests->n, sizeof(*tests->v));
	tests->v[tests->n++] = test;
	if (tests->n <= HOSTLIST_MAX_TESTS)
		return 0;
	return scan_fail(s, at,
			 _("expected at most %u expressions and wildcards"),
			 HOSTLIST_MAX_TESTS);
}

/* A text that is not the user's own makes its errors those of the item. */
int parser_fail(const struct scan *s, size_t at, struct err *why)
{
	scan_fail(s, at, "%s", why->msg);
	err_release(why);
	return -1;
}

int parser_check_name(const struct scan *s, size_t start, const char *name,
		      size_t len)
{
	struct dest_view view;
	struct err why = { 0 };

	if (!dest_split(name, len, true, &view, &why))
		return 0;
	return parser_fail(s, start, &why);
}

static int check_names(const struct scan *s, size_t start,
		       struct pattern *names)
{
	pattern_first(names);
	do
		if (parser_check_name(s, start, names->name, names->name_len))
			return -1;
	while (pattern_next(names));
	return 0;
}

/* Read names from here on, and pay for them. */
int parser_compile(struct parser *p, struct scan *s, uint64_t max)
{
	size_t start = s->at;

	if (pattern_compile(&p->pattern, s, max))
		return -1;
	if (p->pattern.count > p->work_left)
		return scan_fail(s, start,
				 _("expected at most %llu hosts in all, with "
				   "those that are left out"),
				 (unsigned long long)HOSTLIST_MAX_WORK);
	p->work_left -= p->pattern.count;
	return 0;
}

/* What most names are made of, and nothing in a list is. */
static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
	       c == '-' || (c >= 'A' && c <= 'Z') || c == '_';
}

/* The length of a name that needs no look at any part of it; 0: none here. */
static size_t plain_length(const struct scan *s)
{
	struct scan end = *s;

	if (scan_peek(s) == '-')
		return 0;
	while (end.at < end.len && is_plain(end.text[end.at]))
		end.at++;
	if (!scan_item_end(&end) || end.at - s->at > SAFE_LENGTH)
		return 0;
	return end.at - s->at;
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
	size_t plain = plain_length(s);

	if (plain && !exclude && p->hosts_left && p->work_left) {
		p->hosts_left--;
		p->work_left--;
		s->at += plain;
		nameset_add(set, s->text + start, plain);
		return 0;
	}
	if (parser_compile(p, s, exclude ? HOSTLIST_MAX_HOSTS : p->hosts_left))
		return -1;
	if (names->wild)
		return parser_wild(p, s, start, exclude);
	if (!exclude)
		p->hosts_left -= names->count;
	pattern_first(names);
	if (parser_check_name(s, start, names->name, names->name_len))
		return -1;
	if (names->count > 1 &&
	    (names->longest > SAFE_LENGTH ||
	     memchr(names->literals, ':', names->literals_len)) &&
	    check_names(s, start, names))
		return -1;
	nameset_add_pattern(set, names);
	return 0;
}

/* "/REGEX/", which may hold all but a "/" without a backslash. */
static int parse_regex(struct parser *p, struct scan *s, bool exclude)
{
	size_t start = s->at++;
	struct nametest test = { 0 };
	struct err why = { 0 };
	char *text;

	while (s->at < s->len && scan_peek(s) != '/')
		s->at += scan_peek(s) == '\\' ? 2 : 1;
	if (s->at >= s->len) {
		s->at = s->len;
		return scan_fail(s, s->at,
				 _("expected '/' at the end of the "
				   "regular expression"));
	}
	if (s->at == start + 1)
		return scan_fail(s, s->at, _("expected a regular expression"));
	text = xmemdup(s->text + start + 1, s->at - start - 1);
	s->at++;
	if (!scan_item_end(s)) {
		free(text);
		return scan_fail(s, s->at,
				 _("expected ',' (within a regular expression "
				   "'/' is written '\\/')"));
	}
	test.regex = regex_compile(text, &why);
	free(text);
	if (!test.regex)
		return parser_fail(s, start + 1, &why);
	return parser_add_test(p, s, start, test, exclude);
}

/* The names of a file are excluded: read them apart, then exclude them. */
static int read_file(struct parser *p, const char *name, size_t len,
		     struct err *err);

static int exclude_file(struct parser *p, const char *name, size_t len,
			struct err *err)
{
	struct apart a;
	int rc;

	apart_begin(p, &a, false);
	rc = read_file(p, name, len, err);
	rc = apart_end(p, &a, rc, err);
	if (!rc)
		nameset_add_set(&p->hl->excluded, &a.hl.listed);
	hostlist_release(&a.hl);
	return rc;
}

/* "^FILE" */
static int parse_file(struct parser *p, struct scan *s, bool exclude)
{
	size_t start = ++s->at;
	size_t len;

	while (!scan_word_end(s))
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
	int (*parse)(struct parser *p, struct scan *s, bool exclude);
	char lead;   /* 0: any other */
	bool is_set; /* and may stand to the left of an operator */
} kinds[] = {
	{ parse_file, '^', true },
	{ parser_group, '@', true },
	{ parse_regex, '/', false },
	{ parse_names, 0, true },
};

static const struct item_kind *kind_of(const struct scan *s)
{
	const struct item_kind *kind = kinds;

	while (kind->lead && kind->lead != scan_peek(s))
		kind++;
	return kind;
}

/* The left side of operators: what was read of the text at hand. */
struct left {
	size_t from;  /* its first name */
	bool is_set;  /* there is one */
	bool touches; /* nothing stands between it and the place */
};

/* What `sign` does with the list and the one that was read apart. */
static int apply(struct parser *p, enum role role, size_t from,
		 struct hostlist *right, struct err *err)
{
	static const enum nameset_op ops[] = {
		[ROLE_ADD] = NAMESET_UNION,
		[ROLE_EXCLUDE] = NAMESET_DIFFERENCE,
		[ROLE_AND] = NAMESET_INTERSECTION,
		[ROLE_XOR] = NAMESET_SYMMETRIC,
		[ROLE_DIFFERENCE] = NAMESET_DIFFERENCE,
	};
	struct match_how how = { .matcher = right,
				 .negated = role == ROLE_DIFFERENCE };

	if (right->keeps.n && role != ROLE_XOR)
		return hostlist_keep(&p->hl->listed, from, &how, err);
	nameset_combine(&p->hl->listed, from, ops[role], &right->listed);
	return 0;
}

/* The operator at the place and what it is followed by. */
static int parse_operation(struct parser *p, struct scan *s, enum role role,
			   const struct left *left)
{
	size_t at = s->at;
	char sign = scan_peek(s);
	struct apart a;
	int rc;

	if (!left->is_set)
		return scan_fail(s, at,
				 _("expected a name or group in front "
				   "of '%c'"),
				 sign);
	s->at++;
	while (scan_blank(s))
		s->at++;
	if (scan_item_end(s) && scan_peek(s) != '^')
		return scan_fail(s, s->at,
				 _("expected a name or group after '%c'"),
				 sign);
	if (role == ROLE_XOR && scan_peek(s) == '/')
		return scan_fail(s, s->at,
				 _("expected a name or group, as a "
				   "regular expression is no set"));
	apart_begin(p, &a, role != ROLE_XOR);
	rc = kind_of(s)->parse(p, s, false);
	rc = apart_end(p, &a, rc, s->err);
	if (!rc)
		rc = apply(p, role, left->from, &a.hl, s->err);
	hostlist_release(&a.hl);
	if (rc)
		return -1;
	if (nameset_count(&p->hl->listed) > HOSTLIST_MAX_HOSTS)
		return parser_too_many(s, at);
	p->hosts_left = HOSTLIST_MAX_HOSTS - nameset_count(&p->hl->listed);
	return 0;
}

/* What the sign at the place means. */
static enum role role_at(const struct scan *s, const struct left *left)
{
	struct scan next = *s;
	char sign = scan_peek(s);
	bool infix;

	next.at++;
	infix = left->touches || scan_blank(&next);
	switch (sign) {
	case '&':
		return ROLE_AND;
	case '^':
		return infix ? ROLE_XOR : ROLE_ADD;
	case '!':
		return infix ? ROLE_DIFFERENCE : ROLE_EXCLUDE;
	case '-':
		return ROLE_EXCLUDE;
	}
	return ROLE_ADD;
}

static int parse_item(struct parser *p, struct scan *s, struct left *left)
{
	enum role role = role_at(s, left);
	const struct item_kind *kind;
	char sign = scan_peek(s);

	if (role > ROLE_EXCLUDE)
		return parse_operation(p, s, role, left);
	if (role == ROLE_EXCLUDE) {
		s->at++;
		if (scan_word_end(s))
			return scan_fail(s, s->at,
					 _("expected a name after '%c'"), sign);
	}
	kind = kind_of(s);
	left->is_set = role == ROLE_ADD && kind->is_set;
	return kind->parse(p, s, role == ROLE_EXCLUDE);
}

int parser_read_text(struct parser *p, const char *text, size_t len,
		     struct err *err)
{
	struct scan s = { .text = text, .len = len, .err = err };
	struct left left = { .from = nameset_count(&p->hl->listed) };

	for (;;) {
		size_t tests = p->hl->keeps.n;

		while (s.at < s.len && scan_word_end(&s)) {
			left.touches = false;
			left.is_set &= scan_peek(&s) != ',';
			s.at++;
		}
		if (s.at >= s.len)
			return 0;
		if (parse_item(p, &s, &left))
			return -1;
		left.touches = true;
		/* A wildcard that names are held against is no set. */
		left.is_set &= tests == p->hl->keeps.n;
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
	return parser_read_text(p, line,
				comment ? (size_t)(comment - line) : len, err);
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
	char *shown = strcmp(path, "-")
			      ? text_vis_dup(path, strlen(path), PATH_MAX)
			      : xstrdup("stdin");
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
	cost = text.len > PARSER_FILE_COST ? text.len : PARSER_FILE_COST;
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

int hostlist_read(struct hostlist *hl, const char *text, size_t len,
		  bool matcher, const struct hostlist_source *source,
		  struct err *err)
{
	struct parser p = {
		.hl = hl,
		.matcher = matcher,
		.source = source,
		.hosts_left = HOSTLIST_MAX_HOSTS - nameset_count(&hl->listed),
		.work_left = HOSTLIST_MAX_WORK,
		.bytes_left = HOSTLIST_MAX_FILES,
		.group_source = source ? source->default_source : NULL
	};
	int rc = parser_read_text(&p, text, len, err);

	pattern_release(&p.pattern);
	nameset_release(&p.known);
	return rc;
}
