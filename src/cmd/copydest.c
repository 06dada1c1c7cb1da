/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The places of hosts that one form makes.
 */
#include "cmd/copydest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/text.h"
#include "conf/percent.h"
#include "op/place.h"
#include "out/outdir.h"

#include "base/banned.h"

#define DEST_MAX ((size_t)4096)

static char *as_name(const char *word, size_t index)
{
	struct strbuf sb = STRBUF_INIT(STRBUF_MAX_TEXT);

	outdir_name(&sb, word, strlen(word), index, false, "");
	return strbuf_detach(&sb, NULL);
}

static int expand(const char *form, const struct target *t, size_t index,
		  struct strbuf *out, struct err *err)
{
	char *host = as_name(t->host, index);
	char *name = as_name(t->alias, index);
	char *user = as_name(t->user ? t->user : "", index);
	char rank[16];
	const struct percent_token tokens[] = {
		{ 'h', host }, { 'n', name }, { 'u', user },
		{ 'r', rank }, { '%', "%" },  { 0 },
	};
	int rc;

	(void)snprintf(rank, sizeof(rank), "%u", t->rank);
	rc = percent_expand(form, tokens, out, err);
	if (rc)
		err_prefix(err, "--dest: ");
	free(user);
	free(name);
	free(host);
	return rc;
}

/* Names with one slash between them, and perhaps one at the end. */
static bool leads_below(const char *path)
{
	while (*path) {
		size_t n = strcspn(path, "/");

		if (!place_takes(path, n))
			return false;
		path += n + (path[n] == '/');
	}
	return true;
}

static int take(const char *form, const struct target *t, size_t index,
		struct strvec *dirs, struct err *err)
{
	struct strbuf path = STRBUF_INIT(DEST_MAX);
	int rc = expand(form, t, index, &path, err);

	if (!rc && (!path.len || !leads_below(path.buf)))
		rc = err_set(
			err, ERR_USAGE,
			_("--dest '%s' makes '%s' of host '%s', which is no path below DIR"),
			form, path.buf, t->name);
	if (!rc) {
		if (path.buf[path.len - 1] == '/')
			strbuf_truncate(&path, path.len - 1);
		strvec_push(dirs, path.buf);
	}
	strbuf_release(&path);
	return rc;
}

struct row {
	const char *dir, *name;
};

static int by_dir(const void *a, const void *b)
{
	return strcmp(((const struct row *)a)->dir,
		      ((const struct row *)b)->dir);
}

int copydest_expand(const char *form, const struct targets *ts,
		    struct strvec *dirs, struct err *err)
{
	struct row *rows = xcalloc(ts->n + 1, sizeof(*rows));
	int rc = 0;

	for (size_t i = 0; i < ts->n && !rc; i++)
		rc = take(form, &ts->v[i], i, dirs, err);
	for (size_t i = 0; i < ts->n && !rc; i++)
		rows[i] = (struct row){ dirs->v[i], ts->v[i].name };
	if (!rc)
		qsort(rows, ts->n, sizeof(*rows), by_dir);
	for (size_t i = 1; i < ts->n && !rc; i++)
		if (!strcmp(rows[i - 1].dir, rows[i].dir))
			rc = err_set(
				err, ERR_USAGE,
				_("--dest '%s' gives '%s' and '%s' the same place, '%s'; %%n, %%h, %%u and %%r tell hosts apart"),
				form, rows[i - 1].name, rows[i].name,
				rows[i].dir);
	free(rows);
	return rc;
}

/* A path that does not begin with a slash begins in the home folder. */
const char *copydest_theirs(const char *path, struct err *err)
{
	if (*path != '~')
		return path;
	if (!path[1])
		return path + 1;
	if (path[1] == '/')
		return path + 1 + strspn(path + 1, "/");
	err_set(err, ERR_USAGE,
		_("'%s' begins in somebody's home folder, which SFTP does not know; give the path in full, or './%s'"),
		path, path);
	return NULL;
}
