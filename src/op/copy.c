/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What both directions of copying share.
 */
#include "op/copy.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/text.h"
#include "io/manifest.h"
#include "op/op.h"
#include "op/place.h"

#include "base/banned.h"

#define LAST_STAMP ((int64_t)253402300799) /* of the year 9999 */

void copy_tell_line(struct op *op, enum stream s, const char *text)
{
	char *line = xasprintf("%s\n", text);

	op->client->data(op, s, line, strlen(line));
	free(line);
}

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

void copy_fail_unread(struct copy *c)
{
	const struct manifest *m = c->spec->manifest;
	struct err err = { 0 };

	if (!m->nunread)
		return;
	err_set(&err, ERR_COPY, "%s", m->unread.v[0]);
	copy_fail(c, &err);
	c->nfailed += m->nunread - 1;
	err_release(&err);
}

void copy_failure(const struct copy *c, struct err *err)
{
	size_t more = c->nfailed - 1;

	err_copy(err, &c->err);
	if (more)
		err_set(err, c->err.code,
			ngettext("%s; %zu more failed", "%s; %zu more failed",
				 more),
			c->err.msg, more);
}

void copy_too_late(uint64_t limit_ms, struct err *err)
{
	struct strbuf span = STRBUF_INIT(64);

	text_span(&span, limit_ms);
	err_set(err, ERR_TIMEOUT, _("not all was copied within %s"), span.buf);
	strbuf_release(&span);
}

void copy_stamp(char out[COPY_STAMP_SIZE], int64_t when)
{
	time_t t = (time_t)when;
	struct tm tm;

	*out = '\0';
	if (when >= 0 && when <= LAST_STAMP && gmtime_r(&t, &tm))
		(void)strftime(out, COPY_STAMP_SIZE, "%Y%m%d%H%M.%S", &tm);
}

void copy_fail_reply(struct copy *c, const char *path,
		     const struct sftp_reply *reply)
{
	char *reason = xfer_reason(reply);

	copy_fail_path(c, path, reason);
	free(reason);
}

void copy_tell_left_out(struct copy *c, const char *path, const char *why)
{
	char *shown = text_vis_dup(path, strlen(path), SIZE_MAX);
	char *line = xasprintf(_("'%s' is left out: %s"), shown, why);

	c->tell(c, STREAM_ERR, line);
	free(line);
	free(shown);
}

void copy_tell_deleted(struct copy *c, const char *path)
{
	char *shown = text_vis_dup(path, strlen(path), SIZE_MAX);
	char *line = xasprintf(_("deleting %s"), shown);

	c->tell(c, STREAM_OUT, line);
	free(line);
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

static const char *dir_of(const struct copy *c)
{
	const struct strvec *dirs = &c->spec->dirs;

	return dirs->n ? dirs->v[c->rank] : "";
}

char *copy_path_here(const struct copy *c)
{
	return copy_join(c->spec->into, dir_of(c));
}

struct place *copy_open_here(const struct copy *c, bool make, struct err *err)
{
	return place_descend(place_open(c->spec->into, err), dir_of(c), make,
			     err);
}

char *copy_name_here(const struct copy *c, const char *path)
{
	const struct copy_spec *spec = c->spec;
	const char *behind = spec->suffixes.n ? spec->suffixes.v[c->rank] : "";
	size_t end = strlen(path);
	size_t start;

	if (spec->as)
		return xstrdup(spec->as);
	while (end && path[end - 1] == '/')
		end--;
	start = end;
	while (start && path[start - 1] != '/')
		start--;
	if (!*behind && !place_takes(path + start, end - start))
		return xstrdup("");
	return xasprintf("%.*s%s", (int)(end - start), path + start, behind);
}

/* Matches of such a one are in several folders. */
static bool has_inner_pattern(const char *path)
{
	const char *wild = strpbrk(path, COPY_PATTERN);

	return wild && strchr(wild, '/');
}

bool copy_mixes(const struct copy *c)
{
	const struct strvec *v = &c->spec->sources;
	bool mixes = v->n > 1 || c->spec->as;

	for (size_t i = 0; i < v->n && !mixes; i++)
		mixes = has_inner_pattern(v->v[i]);
	return mixes;
}

bool copy_is_dots(const struct sftp_bytes *name)
{
	const char *s = name->p;

	return name->n && s[0] == '.' &&
	       (name->n == 1 || (name->n == 2 && s[1] == '.'));
}

void copy_refuse_name(struct copy *c, const char *dir,
		      const struct sftp_bytes *name)
{
	char *shown = text_vis_dup(name->p, name->n, PLACE_NAME_MAX);
	char *folder = text_vis_dup(dir, strlen(dir), SIZE_MAX);
	struct err err = { 0 };

	err_set(&err, ERR_COPY,
		_("the server names '%s' in '%s', which can be no file's name"),
		shown, folder);
	copy_fail(c, &err);
	err_release(&err);
	free(folder);
	free(shown);
}
