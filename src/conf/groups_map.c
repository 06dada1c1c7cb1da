/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What "@NAME" and "@SOURCE:NAME" in a host list stand for, or why nothing.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/text.h"
#include "conf/groups_internal.h"
#include "conf/options.h" /* options_nearest() */
#include "base/banned.h"

/* Whether an item of a host list may begin after `c`. */
static bool ends_item(char c)
{
	return strchr(", \t\r\n&^", c) != NULL;
}

/* Length of the name of a group at `p`, as far as brackets and all. */
static size_t name_length(const char *p, size_t left)
{
	bool inside = false;
	size_t n = 0;

	while (n < left && p[n] &&
	       (inside || (!ends_item(p[n]) && p[n] != '!'))) {
		inside = p[n] == '[' || (inside && p[n] != ']');
		n++;
	}
	return n;
}

/* Whether the unqualified `name` in a text of `s` means a group of `s`. */
static int is_own(struct groups *g, struct source *s, const char *name,
		  bool *own, struct err *err)
{
	const struct answer *a;

	*own = !strchr(name, ':') &&
	       (!*name || strchr(name, '[') || !strcmp(name, "*"));
	if (*own || strchr(name, ':') || group_name_check(name, NULL))
		return 0;
	if (groups_ask(g, s, name, &a, err))
		return -1;
	*own = a->known;
	return 0;
}

/* One "@NAME" or "@@" at `p`, `n` bytes with what leads it. */
static int add_reference(struct groups *g, struct source *s, const char *p,
			 size_t n, struct strbuf *out, struct err *err)
{
	bool names = n > 1 && p[1] == '@';
	size_t lead = names ? 2 : 1;
	char *name = xmemdup(p + lead, n - lead);
	bool own = false;
	int rc = 0;

	if (!names || !*name)
		rc = is_own(g, s, name, &own, err);
	if (own)
		strbuf_addf(out, names ? "@@%s%s" : "@%s:%s", s->name, name);
	else
		strbuf_add(out, p, n);
	free(name);
	return rc;
}

/*
 * Append an answer of `s`: a group of it named without its source is one of
 * this source, whoever reads on; and it is all one line.
 */
static int add_qualified(struct groups *g, struct source *s,
			 const struct strbuf *text, struct strbuf *out,
			 struct err *err)
{
	bool start = true;
	size_t i = 0;

	while (i < text->len) {
		const char *p = text->buf + i;
		size_t n = 1;

		if (start && *p == '@') {
			n = name_length(p, text->len - i);
			if (add_reference(g, s, p, n, out, err))
				return -1;
			start = false;
		} else {
			strbuf_addch(out, *p == '\n' || *p == '\r' ? ' ' : *p);
			start = ends_item(*p) || *p == '!' ||
				(start && *p == '-');
		}
		i += n;
	}
	if (out->full)
		return err_set(err, ERR_CONFIG,
			       _("group '%s' is longer than there is room for"),
			       s->name);
	return 0;
}

/* ", did you mean" for the nearest of `names`, or nothing. */
static void add_nearest(struct strbuf *out, const char *typed,
			const char *prefix, const struct strvec *names)
{
	const char *near =
		options_nearest(typed, (const char *const *)names->v, names->n);
	char *vis;

	if (!near)
		return;
	vis = text_vis_dup(near, strlen(near), GROUPS_MAX_NAME);
	strbuf_addf(out, _("; did you mean '%s%s'?"), prefix, vis);
	free(vis);
}

static int unknown_source(struct groups *g, const char *source, struct err *err)
{
	struct strbuf tail = STRBUF_INIT(STRBUF_MAX_TEXT);
	char *vis = text_vis_dup(source, strlen(source), GROUPS_MAX_NAME);
	struct strvec names = { 0 };
	char *all;

	if (!groups_sources(g, &names, err)) {
		add_nearest(&tail, source, "", &names);
		all = strvec_join(&names, ", ");
		err_set(err, ERR_CONFIG,
			_("unknown source of groups '%s': there are %s%s"), vis,
			names.n ? all : _("none"), tail.buf);
		free(all);
	}
	strvec_release(&names);
	strbuf_release(&tail);
	free(vis);
	return -1;
}

int groups_find_named(struct groups *g, const char *name, struct source **out,
		      struct err *err)
{
	if (groups_load_all(g, err))
		return -1;
	*out = groups_find_source(g, name);
	return *out ? 0 : unknown_source(g, name, err);
}

static int unknown_in(struct source *s, const char *group, struct err *err)
{
	struct strbuf tail = STRBUF_INIT(STRBUF_MAX_TEXT);
	char *vis = text_vis_dup(group, strlen(group), GROUPS_MAX_NAME);
	char *prefix = xasprintf("@%s:", s->name);

	if (!groups_list(s, NULL))
		add_nearest(&tail, group, prefix, &s->names);
	if (!strcmp(group, "*"))
		err_set(err, ERR_CONFIG, _("the source '%s' has no hosts"),
			s->name);
	else
		err_set(err, ERR_CONFIG, _("unknown group '@%s:%s'%s"), s->name,
			vis, tail.buf);
	free(prefix);
	free(vis);
	strbuf_release(&tail);
	return -1;
}

static int map_in(struct groups *g, struct source *s, const char *group,
		  struct strbuf *out, struct err *err)
{
	const struct answer *a;
	int rc = !strcmp(group, "*") ? groups_ask_all(g, s, &a, err)
				     : groups_ask(g, s, group, &a, err);

	if (rc)
		return -1;
	if (!a->known)
		return unknown_in(s, group, err);
	return add_qualified(g, s, &a->text, out, err);
}

/* Who was asked, and what there is that is like it. */
static int unknown_anywhere(struct groups *g, const char *group,
			    struct err *err)
{
	struct strbuf asked = STRBUF_INIT(STRBUF_MAX_TEXT);
	struct strbuf tail = STRBUF_INIT(STRBUF_MAX_TEXT);
	char *vis = text_vis_dup(group, strlen(group), GROUPS_MAX_NAME);
	struct strvec names = { 0 };
	struct source *s = NULL;

	while (!groups_next(g, s, &s, NULL) && s) {
		strbuf_addf(&asked, "%s%s", asked.len ? ", " : "", s->name);
		if (groups_list(s, NULL))
			continue;
		for (size_t i = 0; i < s->names.n; i++)
			strvec_push(&names, s->names.v[i]);
	}
	add_nearest(&tail, group, "@", &names);
	if (asked.len)
		err_set(err, ERR_CONFIG, _("unknown group '@%s': asked %s%s"),
			vis, asked.buf, tail.buf);
	else
		err_set(err, ERR_CONFIG,
			_("unknown group '@%s': there is no source of groups"),
			vis);
	strvec_release(&names);
	strbuf_release(&asked);
	strbuf_release(&tail);
	free(vis);
	return -1;
}

static int map_anywhere(struct groups *g, const char *group, struct strbuf *out,
			struct err *err)
{
	struct source *s = NULL;
	const struct answer *a;

	for (;;) {
		if (groups_next(g, s, &s, err))
			return -1;
		if (!s)
			break;
		if (groups_ask(g, s, group, &a, err))
			return -1;
		if (a->known)
			return add_qualified(g, s, &a->text, out, err);
	}
	if (groups_load_all(g, err))
		return -1;
	s = groups_find_source(g, group);
	return s ? map_in(g, s, "*", out, err)
		 : unknown_anywhere(g, group, err);
}

static int map_everything(struct groups *g, struct strbuf *out, struct err *err)
{
	struct source *s = NULL;
	const struct answer *a;
	bool any = false;

	for (;;) {
		if (groups_next(g, s, &s, err))
			return -1;
		if (!s)
			break;
		if (groups_find_source(g, s->name) != s)
			continue;
		if (groups_ask_all(g, s, &a, err))
			return -1;
		if (!a->known)
			continue;
		(void)strbuf_addf(out, "%s@%s:*", any ? "," : "", s->name);
		any = true;
	}
	return any ? 0 : unknown_anywhere(g, "*", err);
}

int groups_map(void *arg, const char *source, const char *group,
	       struct strbuf *out, struct err *err)
{
	struct groups *g = arg;
	struct source *s;

	if (strcmp(group, "*") != 0 && group_name_check(group, err))
		return -1;
	if (source)
		return groups_find_named(g, source, &s, err)
			       ? -1
			       : map_in(g, s, group, out, err);
	return strcmp(group, "*") != 0 ? map_anywhere(g, group, out, err)
				       : map_everything(g, out, err);
}
