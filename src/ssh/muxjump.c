/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Through a jump host that has a master.
 *
 * The master gets one end of a pair of sockets, as input and as output.  Its
 * refusal is no end: the jump host is then logged in to, and says by itself
 * what is wrong.
 */
#include "ssh/muxjump.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/log.h"
#include "base/text.h"
#include "ssh/muxclient.h"

#include "base/banned.h"

#define REASON_MAX 256

struct muxjump {
	const struct target *target;
	muxjump_fn *fn; /* NULL once called */
	void *arg;
	struct muxclient *client;
	int fd; /* ours, until it is given away; or -1 */
};

static void tell(struct muxjump *j, bool connected)
{
	muxjump_fn *fn = j->fn;
	int fd = j->fd;

	if (!fn)
		return;
	j->fn = NULL;
	j->fd = -1;
	if (!connected && fd >= 0) {
		close(fd);
		fd = -1;
	}
	fn(j->arg, fd);
}

static int ask(struct muxjump *j, struct err *err)
{
	struct mux_msg m = { .kind = MUX_NEW_STDIO };
	int pair[2], fds[2];
	int rc;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		return err_set_errno(err, ERR_LOCAL, _("cannot make a socket"));
	j->fd = pair[0];
	fds[0] = fds[1] = pair[1];
	m.connect_host = xstrdup(j->target->host);
	m.connect_port = j->target->port;
	rc = muxclient_ask(j->client, &m, fds, 2, err);
	mux_msg_release(&m);
	close(pair[1]);
	return rc;
}

static void on_ready(void *arg)
{
	struct muxjump *j = arg;
	struct err err = { 0 };

	if (ask(j, &err)) {
		log_error("%s: %s", j->target->via->name, err.msg);
		tell(j, false);
	}
	err_release(&err);
}

static void on_heard(void *arg, const struct mux_msg *m)
{
	struct muxjump *j = arg;
	char *why;

	if (!j->fn || m->id != muxclient_last_id(j->client))
		return;
	if (m->kind == MUX_OPENED) {
		tell(j, true);
		return;
	}
	why = m->reason ? text_vis_dup(m->reason, strlen(m->reason), REASON_MAX)
			: xstrdup(_("an unexpected answer"));
	log_verbose(_("%s: master refused to connect to %s: %s"),
		    j->target->via->name, j->target->host, why);
	free(why);
	tell(j, false);
}

/* Once it is connected its end is that of the socket. */
static void on_ended(void *arg, enum muxclient_end end, const struct err *why)
{
	struct muxjump *j = arg;

	if (j->fn && end < MUXCLIENT_UNREAD)
		muxclient_pass_by(j->target->via->opts, end, why);
	tell(j, false);
}

static const struct muxclient_events events = {
	.ready = on_ready,
	.heard = on_heard,
	.ended = on_ended,
};

bool muxjump_wanted(const struct target *target)
{
	return target->via && muxclient_wanted(target->via->opts);
}

struct muxjump *muxjump_start(struct loop *loop, const struct target *target,
			      muxjump_fn *fn, void *arg)
{
	struct muxjump *j = xcalloc(1, sizeof(*j));

	j->target = target;
	j->fn = fn;
	j->arg = arg;
	j->fd = -1;
	log_verbose("%s: trying existing master at '%s'", target->via->name,
		    target->via->opts->control_path);
	j->client = muxclient_new(loop, target->via->opts->control_path,
				  &events, j);
	return j;
}

void muxjump_free(struct muxjump *j)
{
	if (!j)
		return;
	muxclient_free(j->client);
	if (j->fd >= 0)
		close(j->fd);
	free(j);
}
