/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What folders of a host get when all is in them.  Somebody may have put a link
 * in the place of one by then, which is not followed.
 */
#include <string.h>
#include <sys/stat.h>

#include "base/gettext.h"
#include "op/copy_put_internal.h"

#include "base/banned.h"

static struct sftp_bytes bytes(const char *s)
{
	return (struct sftp_bytes){ s, strlen(s) };
}

static void on_folder_set(struct xfer_call *call, struct sftp_reply *reply)
{
	struct step *s = container_of(call, struct step, call);

	if (!xfer_ok(reply))
		copy_fail_reply(s->w->c, s->path, reply);
	copy_put_step_free(s);
}

static void set_folder(struct step *s, enum sftp_type how, xfer_reply_fn *fn)
{
	const struct sftp_request rq = { .type = how,
					 .path = bytes(s->path),
					 .attrs = s->attrs };

	(void)copy_put_ask(s, &rq, fn);
}

/* That it is one still: SETSTAT would follow a link. */
static bool is_folder(struct step *s, const struct sftp_reply *reply)
{
	if (reply->type == SFTP_ATTRS && S_ISDIR(reply->attrs.mode))
		return true;
	if (reply->type == SFTP_ATTRS)
		copy_fail_path(
			s->w->c, s->path,
			_("it became something else while it was copied"));
	else
		copy_fail_reply(s->w->c, s->path, reply);
	copy_put_step_free(s);
	return false;
}

static void on_folder_again(struct xfer_call *call, struct sftp_reply *reply)
{
	struct step *s = container_of(call, struct step, call);

	if (is_folder(s, reply))
		set_folder(s, SFTP_SETSTAT, on_folder_set);
}

static void look_again(struct step *s, xfer_reply_fn *fn)
{
	const struct sftp_request rq = { .type = SFTP_LSTAT,
					 .path = bytes(s->path) };

	(void)copy_put_ask(s, &rq, fn);
}

/* Systems before 2020 cannot set a mode so, whatever it is of: what they say is
   what all say of a link. */
static void on_folder_lset(struct xfer_call *call, struct sftp_reply *reply)
{
	struct step *s = container_of(call, struct step, call);

	s->w->sets_links |= xfer_ok(reply);
	if (!xfer_ok(reply) && !s->w->sets_links)
		look_again(s, on_folder_again);
	else
		on_folder_set(call, reply);
}

static bool can_lset(const struct step *s)
{
	return xfer_has(&s->w->c->x, SFTP_X_LSETSTAT);
}

/* What the umask there has left of it, without what was added. */
static void on_narrow_seen(struct xfer_call *call, struct sftp_reply *reply)
{
	struct step *s = container_of(call, struct step, call);

	if (!is_folder(s, reply))
		return;
	s->attrs.has = SFTP_HAS_MODE;
	s->attrs.mode = reply->attrs.mode & COPY_PUT_PLAIN &
			(uint32_t)copy_put_entry(s)->mode;
	if (can_lset(s))
		set_folder(s, SFTP_X_LSETSTAT, on_folder_lset);
	else
		set_folder(s, SFTP_SETSTAT, on_folder_set);
}

void copy_put_narrow(struct copy_walk *w, size_t index)
{
	struct step *s = copy_put_step(w, index);

	s->path = copy_put_path(w, copy_put_entry(s));
	look_again(s, on_narrow_seen);
}

void copy_put_mode(struct copy_walk *w, size_t index)
{
	struct step *s = copy_put_step(w, index);
	const struct manifest_entry *e = copy_put_entry(s);

	s->path = copy_put_path(w, e);
	s->attrs = (struct sftp_attrs){
		.has = SFTP_HAS_MODE | SFTP_HAS_TIMES,
		.mode = (uint32_t)e->mode & COPY_PUT_KEPT,
		.atime = xfer_seconds(e->atime),
		.mtime = xfer_seconds(e->mtime),
	};
	if (copy_put_is_dest(s))
		set_folder(s, SFTP_SETSTAT, on_folder_set);
	else if (can_lset(s))
		set_folder(s, SFTP_X_LSETSTAT, on_folder_lset);
	else
		look_again(s, on_folder_again);
}
