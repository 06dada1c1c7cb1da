/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading host lists: groups, and the wildcards that look through them.
 */
#include "conf/hostlist_parse.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/text.h"
#include "base/banned.h"

static int unknown_group(const struct scan *s, size_t at)
{
	return scan_fail(s, at,
			 _("no groups are known here, expected a host name"));
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static bool is_open(const struct parser *p, const struct frame *frame)
{
	for (const struct frame *f = p->frames; f; f = f->outer)
		if (same_text(f->source, frame->source) &&
		    !strcmp(f->group, frame->group))
			return true;
	return false;
}

/* The text of a group, read as the list at hand. */
static int read_group_text(struct parser *p, struct frame *frame,
			   const struct strbuf *text, struct err *err)
{
	const char *outer_source = p->group_source;
	const char *outer_file = p->file;
	int rc;

	p->bytes_left -=
		text->len > PARSER_FILE_COST ? text->len : PARSER_FILE_COST;
	frame->outer = p->frames;
	p->frames = frame;
	p->depth++;
	p->group_source = frame->source;
	p->file = NULL;
	rc = parser_read_text(p, text->buf, text->len, err);
	p->file = outer_file;
	p->group_source = outer_source;
	p->depth--;
	p->frames = frame->outer;
	if (rc)
		err_prefix(err, _("group '@%s%s%s': "),
			   frame->source ? frame->source : "",
			   frame->source ? ":" : "", frame->group);
	return rc;
}

/* Append the hosts of a group to `out`. */
static int read_group(struct parser *p, const struct scan *s, size_t at,
		      struct frame *frame, struct nameset *out)
{
	struct strbuf text = STRBUF_INIT(p->bytes_left);
	struct err why = { 0 };
	struct apart a;
	int rc = -1;

	if (is_open(p, frame))
		return scan_fail(s, at, _("the group '%s' is within itself"),
				 frame->group);
	if (p->depth == HOSTLIST_MAX_DEPTH)
		return scan_fail(s, at,
				 _("expected at most %d groups and files "
				   "within each other"),
				 HOSTLIST_MAX_DEPTH);
	if (p->bytes_left < PARSER_FILE_COST) {
		scan_fail(s, at, _("groups are larger than %zu bytes in all"),
			  HOSTLIST_MAX_FILES);
		goto out;
	}
	if (p->source->group(p->source->arg, frame->source, frame->group, &text,
			     &why)) {
		parser_fail(s, at, &why);
		goto out;
	}
	apart_begin(p, &a, false);
	rc = read_group_text(p, frame, &text, s->err);
	rc = apart_end(p, &a, rc, s->err);
	if (!rc && nameset_count(&a.hl.listed) >
			   HOSTLIST_MAX_HOSTS - nameset_count(out))
		rc = parser_too_many(s, at);
	if (!rc)
		nameset_add_set(out, &a.hl.listed);
	hostlist_release(&a.hl);
out:
	strbuf_release(&text);
	return rc;
}

/* "@@" and "@@SOURCE": the names of groups. */
static int read_group_names(struct parser *p, struct scan *s, size_t at,
			    struct nameset *out)
{
	size_t start = ++s->at;
	struct strvec names = { 0 };
	struct err why = { 0 };
	char *source;
	int rc = 0;

	while (!scan_item_end(s))
		s->at++;
	if (!p->source || !p->source->groups)
		return unknown_group(s, at);
	source = xmemdup(s->text + start, s->at - start);
	if (p->source->groups(p->source->arg,
			      *source ? source : p->group_source, &names, &why))
		rc = parser_fail(s, at, &why);
	for (size_t i = 0; i < names.n && !rc; i++) {
		size_t len = strlen(names.v[i]);

		rc = parser_check_name(s, at, names.v[i], len);
		if (!rc)
			nameset_add(out, names.v[i], len);
	}
	strvec_release(&names);
	free(source);
	return rc;
}

/* "SOURCE:GROUP" or "GROUP". */
static int read_named_group(struct parser *p, const struct scan *s, size_t at,
			    char *name, struct nameset *out)
{
	char *colon = strchr(name, ':');
	struct frame frame = { .source = p->group_source, .group = name };

	if (colon) {
		*colon = '\0';
		frame.source = name;
		frame.group = colon + 1;
	}
	if (!*frame.group || (frame.source && !*frame.source))
		return scan_fail(s, at + 1, _("expected the name of a group"));
	return read_group(p, s, at, &frame, out);
}

/* What "@..." stands for. */
static int read_groups(struct parser *p, struct scan *s, struct nameset *out)
{
	size_t at = s->at++;
	struct strvec names = { 0 };
	int rc = 0;

	if (scan_peek(s) == '@')
		return read_group_names(p, s, at, out);
	if (scan_item_end(s))
		return scan_fail(s, s->at, _("expected the name of a group"));
	if (parser_compile(p, s, HOSTLIST_MAX_TESTS))
		return -1;
	if (!p->source || !p->source->group)
		return unknown_group(s, at);
	/* Groups have patterns of their own: have these names first. */
	pattern_first(&p->pattern);
	do
		strvec_push_take(&names,
				 xmemdup(p->pattern.name, p->pattern.name_len));
	while (pattern_next(&p->pattern));
	for (size_t i = 0; i < names.n && !rc; i++)
		rc = read_named_group(p, s, at, names.v[i], out);
	strvec_release(&names);
	return rc;
}

/* "@GROUP" */
int parser_group(struct parser *p, struct scan *s, bool exclude)
{
	struct nameset names = { 0 };
	size_t at = s->at;
	int rc = read_groups(p, s, &names);

	if (!rc)
		rc = parser_add_apart(p, s, at, &names, exclude);
	nameset_release(&names);
	return rc;
}

/* All hosts that the source at hand knows. */
static int know_hosts(struct parser *p, const struct scan *s, size_t at)
{
	struct frame all = { .source = p->group_source, .group = "*" };

	/* Within a group another source may be meant. */
	if (p->known_read && !p->frames)
		return 0;
	nameset_release(&p->known);
	if (!p->source || !p->source->group)
		return scan_fail(s, at,
				 _("no hosts are known here that a wildcard "
				   "could stand for, expected a host name"));
	if (read_group(p, s, at, &all, &p->known))
		return -1;
	p->known_read = !p->frames;
	return 0;
}

/* The hosts that fit one of `globs`, added. */
static int add_known(struct parser *p, const struct scan *s, size_t at,
		     const struct strvec *globs)
{
	struct nameset found = { 0 };
	const char *const *names;
	size_t n;
	int rc;

	if (know_hosts(p, s, at))
		return -1;
	names = nameset_names(&p->known);
	n = nameset_count(&p->known);
	for (size_t i = 0; i < n; i++) {
		size_t g = 0;

		while (g < globs->n && !match_glob(globs->v[g], names[i]))
			g++;
		if (g < globs->n)
			nameset_add(&found, names[i], strlen(names[i]));
	}
	if (nameset_count(&found))
		rc = parser_add_apart(p, s, at, &found, false);
	else
		rc = scan_fail(s, at, _("none of %zu known hosts matches"), n);
	nameset_release(&found);
	return rc;
}

/* "web*", with or without brackets: what it expands to is in the pattern. */
int parser_wild(struct parser *p, const struct scan *s, size_t at, bool exclude)
{
	struct strvec globs = { 0 };
	int rc = 0;

	if (p->pattern.count > HOSTLIST_MAX_TESTS)
		return scan_fail(s, at, _("expected at most %u wildcards"),
				 HOSTLIST_MAX_TESTS);
	pattern_first(&p->pattern);
	do
		strvec_push_take(&globs,
				 xmemdup(p->pattern.name, p->pattern.name_len));
	while (pattern_next(&p->pattern));
	if (!exclude && !p->matcher) {
		rc = add_known(p, s, at, &globs);
	} else {
		for (size_t i = 0; i < globs.n && !rc; i++) {
			struct nametest t = { .glob = xstrdup(globs.v[i]) };

			rc = parser_add_test(p, s, at, t, exclude);
		}
	}
	strvec_release(&globs);
	return rc;
}
