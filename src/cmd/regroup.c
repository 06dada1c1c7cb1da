/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From hosts back to groups.
 */
#include "cmd/regroup.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#include "base/banned.h"

/* A group of which all hosts are there. */
struct whole {
	const char *group; /* borrowed */
	size_t count;
};

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int by_size(const void *a, const void *b)
{
	const struct whole *x = a, *y = b;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return strcmp(x->group, y->group);
}

char *regroup_name(const struct hostlist_source *source, const char *group)
{
	if (source->default_source)
		return xasprintf("@%s:%s", source->default_source, group);
	return xasprintf("@%s", group);
}

/* The hosts of a group; NULL with err. */
static struct hostlist *hosts_of(const struct hostlist_source *source,
				 const char *group, struct err *err)
{
	struct hostlist *hl = hostlist_new();
	char *text = regroup_name(source, group);

	if (hostlist_parse(hl, text, source, err)) {
		hostlist_free(hl);
		hl = NULL;
	}
	free(text);
	return hl;
}

/* How many of the first list are in the second. */
static size_t count_common(struct hostlist *some, struct hostlist *all)
{
	size_t n = hostlist_count(some);
	size_t common = 0;

	for (size_t i = 0; i < n; i++)
		common += hostlist_has(all, hostlist_get(some, i));
	return common;
}

int regroup_names(const struct hostlist_source *source, struct hostlist *hosts,
		  struct strvec *out, struct err *err)
{
	struct strvec names = { 0 };
	int rc = source->groups(source->arg, source->default_source, &names,
				err);

	if (names.n)
		qsort(names.v, names.n, sizeof(*names.v), by_name);
	for (size_t i = 0; i < names.n && !rc; i++) {
		struct hostlist *hl;

		if (!hosts) {
			strvec_push(out, names.v[i]);
			continue;
		}
		hl = hosts_of(source, names.v[i], err);
		if (!hl)
			rc = -1;
		else if (count_common(hl, hosts))
			strvec_push(out, names.v[i]);
		hostlist_free(hl);
	}
	strvec_release(&names);
	return rc;
}

/* The groups that are wholly in `hosts`, those to be tried first in front. */
static int find_whole(const struct hostlist_source *source,
		      struct hostlist *hosts, const struct strvec *names,
		      struct whole *found, size_t *nfound, struct err *err)
{
	*nfound = 0;
	for (size_t i = 0; i < names->n; i++) {
		struct hostlist *hl = hosts_of(source, names->v[i], err);
		size_t count;

		if (!hl)
			return -1;
		count = hostlist_count(hl);
		if (count && count_common(hl, hosts) == count)
			found[(*nfound)++] =
				(struct whole){ names->v[i], count };
		hostlist_free(hl);
	}
	if (*nfound)
		qsort(found, *nfound, sizeof(*found), by_size);
	return 0;
}

/* Take a group's hosts from `rest`, if they are all still there. */
static int take(const struct hostlist_source *source, const struct whole *w,
		struct hostlist *rest, struct strvec *taken, struct err *err)
{
	struct hostlist *hl = hosts_of(source, w->group, err);
	int rc = 0;

	if (!hl)
		return -1;
	if (count_common(hl, rest) == w->count) {
		strvec_push_take(taken, regroup_name(source, w->group));
		rc = hostlist_combine(rest, HOSTLIST_DIFFERENCE, hl, err);
	}
	hostlist_free(hl);
	return rc;
}

int regroup(const struct hostlist_source *source, const char *const *names,
	    size_t n, struct strbuf *out, struct err *err)
{
	struct hostlist *rest = hostlist_new();
	struct strvec groups = { 0 };
	struct strvec taken = { 0 };
	struct whole *found = NULL;
	size_t nfound = 0;
	int rc;

	for (size_t i = 0; i < n; i++)
		hostlist_add(rest, names[i]);
	rc = regroup_names(source, NULL, &groups, err);
	found = xcalloc(groups.n, sizeof(*found));
	if (!rc)
		rc = find_whole(source, rest, &groups, found, &nfound, err);
	for (size_t i = 0; i < nfound && !rc; i++)
		rc = take(source, &found[i], rest, &taken, err);
	if (!rc) {
		hostlist_fold_set((const char *const *)taken.v, taken.n, out);
		if (taken.n && hostlist_count(rest))
			strbuf_addch(out, ',');
		hostlist_fold_set(hostlist_names(rest), hostlist_count(rest),
				  out);
	}
	free(found);
	strvec_release(&taken);
	strvec_release(&groups);
	hostlist_free(rest);
	return rc;
}
