/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Groups of dsh: a folder of files, one a group.
 */
#include "conf/dshgroup.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/text.h"
#include "conf/groupfile.h"
#include "conf/groups.h"
#include "base/banned.h"

struct dsh {
	struct groups *groups;
	bool ready;
	struct strvec folders;
};

static int folders(struct dsh *d, struct err *err)
{
	const char *home = groups_env(d->groups)->home;
	const char *path = groups_getenv(d->groups, "DSHGROUP_PATH");

	if (d->ready)
		return 0;
	if (home)
		strvec_push_take(&d->folders, xasprintf("%s/.dsh/group", home));
	strvec_split(&d->folders, path ? path : DSHGROUP_PATH_DEFAULT, ":");
	if (d->folders.n > DSHGROUP_MAX_FOLDERS)
		return err_set(err, ERR_CONFIG,
			       _("DSHGROUP_PATH names more than %u folders"),
			       DSHGROUP_MAX_FOLDERS);
	d->ready = true;
	return 0;
}

/* Whether it could be the name of a file in a folder, and no more. */
static bool is_name(const char *name)
{
	return *name && *name != '.' && !strchr(name, '/');
}

/* The path of the first that is there, or NULL with or without err. */
static char *find(struct dsh *d, const char *name, struct err *err)
{
	for (size_t i = 0; i < d->folders.n; i++) {
		char *path = xasprintf("%s/%s", d->folders.v[i], name);
		const struct strbuf *text;
		int rc = groups_read(d->groups, path, &text, err);

		if (rc > 0)
			return path;
		free(path);
		if (rc < 0)
			return NULL;
	}
	return NULL;
}

static char *find_included(void *arg, const char *name, struct err *err)
{
	struct dsh *d = arg;
	struct err why = { 0 };
	char *path;

	if (strchr(name, '/'))
		return xstrdup(name);
	path = is_name(name) ? find(d, name, &why) : NULL;
	if (!path && why.code != ERR_NONE) {
		err_move(err, &why);
	} else if (!path) {
		char *all = strvec_join(&d->folders, ", ");
		char *vis = text_vis_dup(name, strlen(name), 256);

		err_set(err, ERR_CONFIG, _("there is no group '%s' in %s"), vis,
			all);
		free(vis);
		free(all);
	}
	err_release(&why);
	return path;
}

static int map(void *arg, const char *group, struct strbuf *out,
	       struct err *err)
{
	struct dsh *d = arg;
	const struct groupfile gf = { d->groups, find_included, d };
	struct err why = { 0 };
	char *path;
	int rc;

	if (!is_name(group))
		return 0;
	if (folders(d, err))
		return -1;
	path = find(d, group, &why);
	if (!path && why.code != ERR_NONE) {
		err_move(err, &why);
		return -1;
	}
	if (!path)
		return 0;
	rc = groupfile_read(&gf, path, out, err);
	free(path);
	return rc;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Files that a group cannot be called after, such as "web~1,old", are none. */
static int list(void *arg, struct strvec *out, struct err *err)
{
	struct dsh *d = arg;
	struct strvec names = { 0 };
	const struct groups_env *env = groups_env(d->groups);
	int rc = folders(d, err);

	for (size_t i = 0; !rc && env->folder && i < d->folders.n; i++)
		if (env->folder(env->arg, d->folders.v[i], &names, err) < 0)
			rc = -1;
	if (names.n)
		qsort(names.v, names.n, sizeof(*names.v), by_name);
	for (size_t i = 0; !rc && i < names.n; i++)
		if ((!i || strcmp(names.v[i - 1], names.v[i]) != 0) &&
		    is_name(names.v[i]) && !group_name_check(names.v[i], NULL))
			strvec_push(out, names.v[i]);
	strvec_release(&names);
	return rc;
}

static void release(void *arg)
{
	struct dsh *d = arg;

	strvec_release(&d->folders);
	free(d);
}

static const struct group_source_ops dsh_ops = {
	.name = "dsh",
	.map = map,
	.list = list,
	.order = GROUP_ORDER_DSH,
	.free = release,
};

void dshgroup_add(struct groups *g)
{
	struct dsh *d = xcalloc(1, sizeof(*d));

	d->groups = g;
	groups_add(g, &dsh_ops, d);
}
