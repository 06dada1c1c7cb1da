/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A link to a host: it is made under a temporary name, which is then changed.
 *
 *   LSTAT -> [REMOVE what was left ->] SYMLINK -> [REMOVE ->] RENAME
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/gettext.h"
#include "op/copy_put_internal.h"

#include "base/banned.h"

static struct sftp_bytes bytes(const char *s)
{
	return (struct sftp_bytes){ s, strlen(s) };
}

static void on_link_removed(struct xfer_call *call, struct sftp_reply *reply)
{
	struct step *s = container_of(call, struct step, call);

	(void)reply;
	copy_put_step_free(s);
}

static void on_link_named(struct xfer_call *call, struct sftp_reply *reply)
{
	struct step *s = container_of(call, struct step, call);
	const struct sftp_request rq = { .type = SFTP_REMOVE,
					 .path = bytes(s->temp) };

	if (xfer_ok(reply)) {
		copy_put_copied(s->w, copy_put_entry(s));
		copy_put_step_free(s);
		return;
	}
	copy_fail_reply(s->w->c, s->path, reply);
	(void)copy_put_ask(s, &rq, on_link_removed);
}

static bool renames_onto(const struct step *s)
{
	return xfer_has(&s->w->c->x, SFTP_X_POSIX_RENAME);
}

static void name_link(struct step *s)
{
	const struct sftp_request rq = {
		.type = renames_onto(s) ? SFTP_X_POSIX_RENAME : SFTP_RENAME,
		.path = bytes(s->temp),
		.to = bytes(s->path),
	};

	(void)copy_put_ask(s, &rq, on_link_named);
}

/* If it is not, the next answer tells. */
static void on_link_cleared(struct xfer_call *call, struct sftp_reply *reply)
{
	(void)reply;
	name_link(container_of(call, struct step, call));
}

static void on_link_made(struct xfer_call *call, struct sftp_reply *reply)
{
	struct step *s = container_of(call, struct step, call);
	const struct sftp_request clear = { .type = SFTP_REMOVE,
					    .path = bytes(s->path) };

	if (!xfer_ok(reply)) {
		copy_fail_reply(s->w->c, s->path, reply);
		copy_put_step_free(s);
	} else if (s->is_there && !renames_onto(s)) {
		(void)copy_put_ask(s, &clear, on_link_cleared);
	} else {
		name_link(s);
	}
}

static void make_link(struct step *s)
{
	const struct sftp_request rq = { .type = SFTP_SYMLINK,
					 .path = bytes(copy_put_entry(s)->link),
					 .to = bytes(s->temp) };

	(void)copy_put_ask(s, &rq, on_link_made);
}

/* What has the name and stays is somebody else's: another one, then. */
static void on_left_link(struct xfer_call *call, struct sftp_reply *reply)
{
	struct step *s = container_of(call, struct step, call);

	if (!xfer_ok(reply) && reply->code != SFTP_NO_SUCH_FILE) {
		free(s->temp);
		s->temp = copy_put_temp(s->w, s->path, false);
	}
	make_link(s);
}

/* One that an earlier copy has left goes. */
static void remove_left_link(struct step *s)
{
	const struct sftp_request rq = { .type = SFTP_REMOVE,
					 .path = bytes(s->temp) };

	(void)copy_put_ask(s, &rq, on_left_link);
}

/* As a file: it takes the place of a file or a link, and of nothing else. */
static void on_link_looked(struct xfer_call *call, struct sftp_reply *reply)
{
	struct step *s = container_of(call, struct step, call);
	uint32_t mode = S_IFLNK;

	s->is_there =
		reply->type == SFTP_ATTRS && (reply->attrs.has & SFTP_HAS_MODE);
	if (s->is_there)
		mode = reply->attrs.mode;
	if (S_ISLNK(mode) || S_ISREG(mode)) {
		if (s->w->c->spec->resume)
			remove_left_link(s);
		else
			make_link(s);
		return;
	}
	copy_fail_path(s->w->c, s->path,
		       S_ISDIR(mode) ? _("it is a folder there")
				     : _("it is no regular file there"));
	copy_put_step_free(s);
}

void copy_put_link(struct copy_walk *w, size_t index)
{
	struct step *s = copy_put_step(w, index);
	struct sftp_request rq = { .type = SFTP_LSTAT };

	s->path = copy_put_path(w, copy_put_entry(s));
	s->temp = copy_put_temp(w, s->path, w->c->spec->resume);
	rq.path = bytes(s->path);
	(void)copy_put_ask(s, &rq, on_link_looked);
}
