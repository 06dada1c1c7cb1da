/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Of something of theirs: where it would be here, and what is there.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/text.h"
#include "op/copy_get_internal.h"

#include "base/banned.h"

char *copy_get_here(const struct item *it)
{
	char *all = copy_path_here(it->w->c);
	char *path = copy_join(it->in ? it->in : all, it->name);

	free(all);
	return path;
}

void copy_get_would(struct item *it)
{
	char *path = copy_get_here(it);
	char *line = xasprintf("%s -> %s", it->path, path);
	char *shown = text_vis_dup(line, strlen(line), SIZE_MAX);

	it->w->c->tell(it->w->c, STREAM_OUT, shown);
	free(shown);
	free(line);
	free(path);
}

bool copy_get_is_as_new(const struct item *it, const struct sftp_attrs *a)
{
	char *path;
	struct stat st;
	bool is;

	if (!(a->has & SFTP_HAS_TIMES))
		return false;
	if (it->place)
		return place_is_as_new(it->place, it->name, a->mtime);
	path = copy_get_here(it);
	is = !lstat(path, &st) && S_ISREG(st.st_mode) &&
	     st.st_mtime >= a->mtime;
	free(path);
	return is;
}
