/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What both directions of copying share.
 */
#include "op/copy.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/text.h"

#include "base/banned.h"

void copy_fail(struct copy *c, const struct err *err)
{
	if (!c->nfailed++)
		err_copy(&c->err, err);
	else
		c->tell(c, STREAM_ERR, err->msg);
}

void copy_fail_path(struct copy *c, const char *path, const char *reason)
{
	char *shown = text_vis_dup(path, strlen(path), SIZE_MAX);
	struct err err = { 0 };

	err_set(&err, ERR_COPY, _("cannot copy '%s': %s"), shown, reason);
	copy_fail(c, &err);
	err_release(&err);
	free(shown);
}

char *copy_join(const char *dir, const char *name)
{
	size_t n = strlen(dir);

	if (!*name)
		return xstrdup(n ? dir : ".");
	if (!n || !strcmp(dir, "."))
		return xstrdup(name);
	return xasprintf("%s%s%s", dir, dir[n - 1] == '/' ? "" : "/", name);
}
