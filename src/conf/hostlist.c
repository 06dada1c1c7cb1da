/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Host lists: what is left of the names after exclusions and tests.
 */
#include "conf/hostlist.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/text.h"
#include "conf/hostlist_parse.h"
#include "conf/spec.h"
#include "base/banned.h"

#define SHOWN_MAX 100u

struct hostlist *hostlist_new(void)
{
	return xcalloc(1, sizeof(struct hostlist));
}

/* Forget the tests but the first `n`. */
static void nametests_truncate(struct nametests *t, size_t n)
{
	while (t->n > n) {
		t->n--;
		free(t->v[t->n].glob);
		regex_free(t->v[t->n].regex);
	}
}

static void release_tests(struct nametests *t)
{
	nametests_truncate(t, 0);
	free(t->v);
	*t = (struct nametests){ 0 };
}

/* Matchers have no exclusions of their own kind: this ends at once. */
void hostlist_release(struct hostlist *hl)
{
	nameset_release(&hl->listed);
	nameset_release(&hl->excluded);
	release_tests(&hl->keeps);
	release_tests(&hl->drops);
	for (size_t i = 0; i < hl->nexclusions; i++)
		hostlist_free(hl->exclusions[i]);
	free(hl->exclusions);
	*hl = (struct hostlist){ 0 };
}

void hostlist_free(struct hostlist *hl)
{
	if (!hl)
		return;
	hostlist_release(hl);
	free(hl);
}

size_t hostlist_count(const struct hostlist *hl)
{
	return nameset_count(&hl->listed);
}

void hostlist_add(struct hostlist *hl, const char *name)
{
	nameset_add(&hl->listed, name, strlen(name));
}

bool hostlist_has(struct hostlist *hl, const char *name)
{
	return nameset_has(&hl->listed, name, strlen(name));
}

const char *const *hostlist_names(struct hostlist *hl)
{
	return nameset_names(&hl->listed);
}

const char *hostlist_get(struct hostlist *hl, size_t i)
{
	assert(i < hostlist_count(hl));
	return hostlist_names(hl)[i];
}

/* A name as it is held against matchers. */
struct subject {
	const char *name;
	size_t len;
	char host[256]; /* "" where the name is all host */
	size_t host_len;
};

static void take_host(struct subject *s)
{
	struct dest_view view;

	if (!strpbrk(s->name, "@:[") ||
	    dest_split(s->name, s->len, true, &view, NULL) ||
	    view.host_len >= sizeof(s->host) || view.host_len == s->len)
		return;
	memcpy(s->host, view.host, view.host_len);
	s->host[view.host_len] = '\0';
	s->host_len = view.host_len;
}

/* 1: it fits, 0: it does not, -1: it took too long. */
static int fits(const struct nametest *t, const struct subject *s,
		struct err *err)
{
	if (t->glob)
		return match_glob(t->glob, s->name) ||
		       (s->host_len && match_glob(t->glob, s->host));
	return regex_match(t->regex, s->name, s->len, err);
}

/* The same for any of several. */
static int any_fits(const struct nametests *tests, const struct subject *s,
		    struct err *err)
{
	for (size_t i = 0; i < tests->n; i++) {
		int rc = fits(&tests->v[i], s, err);

		if (rc)
			return rc;
	}
	return 0;
}

static bool in_set(struct nameset *set, const struct subject *s, bool by_host)
{
	return nameset_has(set, s->name, s->len) ||
	       (by_host && s->host_len &&
		nameset_has(set, s->host, s->host_len));
}

static int matches(struct match_how *how, const struct subject *s)
{
	struct hostlist *m = how->matcher;
	int rc;

	if (in_set(&m->excluded, s, how->by_host))
		return 0;
	rc = any_fits(&m->drops, s, &how->err);
	if (rc)
		return rc < 0 ? -1 : 0;
	if (how->all_else && !nameset_count(&m->listed) && !m->keeps.n)
		return 1;
	if (in_set(&m->listed, s, how->by_host))
		return 1;
	return any_fits(&m->keeps, s, &how->err);
}

static bool is_kept(void *arg, const char *name, size_t len)
{
	struct match_how *how = arg;
	struct subject s = { .name = name, .len = len };
	int rc;

	if (how->err.code)
		return true;
	take_host(&s);
	rc = matches(how, &s);
	return rc < 0 || (rc > 0) != how->negated;
}

int hostlist_keep(struct nameset *names, size_t from, struct match_how *how,
		  struct err *err)
{
	nameset_filter(names, from, is_kept, how);
	if (!how->err.code)
		return 0;
	err_set(err, ERR_CONFIG, "%s", how->err.msg);
	err_release(&how->err);
	return -1;
}

/* Each of the expressions of a list has to hold. */
static int keep_all_of(struct hostlist *hl, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; i < hl->keeps.n && !rc; i++) {
		struct hostlist one = { .keeps = { .v = &hl->keeps.v[i],
						   .n = 1 } };
		struct match_how how = { .matcher = &one };

		rc = hostlist_keep(&hl->listed, 0, &how, err);
	}
	return rc;
}

int hostlist_settle(struct hostlist *hl, bool matcher, struct err *err)
{
	struct hostlist dropped = { .keeps = hl->drops };
	struct match_how how = { .matcher = &dropped, .negated = true };

	nameset_subtract(&hl->listed, &hl->excluded);
	if (hl->drops.n && hostlist_keep(&hl->listed, 0, &how, err))
		return -1;
	if (!matcher && keep_all_of(hl, err))
		return -1;
	for (size_t i = 0; i < hl->nexclusions; i++) {
		struct match_how left = { .matcher = hl->exclusions[i],
					  .negated = true };

		if (hostlist_keep(&hl->listed, 0, &left, err))
			return -1;
	}
	return 0;
}

static int check_length(size_t len, struct err *err)
{
	if (len <= HOSTLIST_MAX_LINE)
		return 0;
	return err_set(err, ERR_CONFIG,
		       _("bad host list: longer than %zu bytes"),
		       HOSTLIST_MAX_LINE);
}

int hostlist_parse(struct hostlist *hl, const char *text,
		   const struct hostlist_source *source, struct err *err)
{
	size_t listed = nameset_count(&hl->listed);
	size_t excluded = nameset_count(&hl->excluded);
	size_t keeps = hl->keeps.n;
	size_t drops = hl->drops.n;
	size_t len = strlen(text);

	if (check_length(len, err))
		return -1;
	if (!hostlist_read(hl, text, len, false, source, err))
		return hostlist_settle(hl, false, err);
	nameset_truncate(&hl->listed, listed);
	nameset_truncate(&hl->excluded, excluded);
	nametests_truncate(&hl->keeps, keeps);
	nametests_truncate(&hl->drops, drops);
	return -1;
}

/* Read `text` as a matcher: NULL with err. */
static struct hostlist *read_matcher(const char *text,
				     const struct hostlist_source *source,
				     struct err *err)
{
	struct hostlist *m = hostlist_new();
	size_t len = strlen(text);

	if (!check_length(len, err) &&
	    !hostlist_read(m, text, len, true, source, err) &&
	    !hostlist_settle(m, true, err))
		return m;
	hostlist_free(m);
	return NULL;
}

int hostlist_exclude(struct hostlist *hl, const char *text,
		     const struct hostlist_source *source, struct err *err)
{
	struct hostlist *m = read_matcher(text, source, err);

	if (!m)
		return -1;
	if (m->keeps.n) {
		hl->exclusions =
			grow_array(hl->exclusions, &hl->exclusions_cap,
				   hl->nexclusions, sizeof(*hl->exclusions));
		hl->exclusions[hl->nexclusions++] = m;
	} else {
		nameset_add_set(&hl->excluded, &m->listed);
		hostlist_free(m);
	}
	return hostlist_settle(hl, false, err);
}

int hostlist_filter(struct hostlist *hl, const char *text,
		    const struct hostlist_source *source, struct err *err)
{
	struct hostlist *m = read_matcher(text, source, err);
	struct match_how how = { .matcher = m,
				 .by_host = true,
				 .all_else = true };
	char *shown;
	int rc;

	if (!m)
		return -1;
	rc = hostlist_keep(&hl->listed, 0, &how, err);
	hostlist_free(m);
	if (rc || hostlist_count(hl))
		return rc;
	shown = text_vis_dup(text, strlen(text), SHOWN_MAX);
	err_set(err, ERR_CONFIG,
		_("no host of the list matches the filter '%s'"), shown);
	free(shown);
	return -1;
}

int hostlist_combine(struct hostlist *hl, enum hostlist_op op,
		     struct hostlist *other, struct err *err)
{
	static const enum nameset_op ops[] = {
		[HOSTLIST_UNION] = NAMESET_UNION,
		[HOSTLIST_INTERSECTION] = NAMESET_INTERSECTION,
		[HOSTLIST_DIFFERENCE] = NAMESET_DIFFERENCE,
		[HOSTLIST_SYMMETRIC] = NAMESET_SYMMETRIC,
	};

	nameset_combine(&hl->listed, 0, ops[op], &other->listed);
	if (hostlist_count(hl) <= HOSTLIST_MAX_HOSTS)
		return 0;
	return err_set(err, ERR_CONFIG, _("more than %u hosts in all"),
		       HOSTLIST_MAX_HOSTS);
}

void hostlist_sort(struct hostlist *hl)
{
	struct strbuf text = STRBUF_INIT(SIZE_MAX);
	struct hostlist sorted = { 0 };
	size_t n = hostlist_count(hl);
	int rc;

	if (n < 2)
		return;
	hostlist_fold_set(hostlist_names(hl), n, &text);
	rc = hostlist_read(&sorted, text.buf, text.len, false, NULL, NULL);
	assert(!rc && nameset_count(&sorted.listed) == n);
	nameset_release(&hl->listed);
	hl->listed = sorted.listed;
	strbuf_release(&text);
}
