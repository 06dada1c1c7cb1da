/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A command that runs here between the log-in and the remote command.
 */
#include "ssh/localcmd.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/list.h"
#include "base/log.h"
#include "io/child.h"
#include "ssh/chatter.h"

#include "base/banned.h"

struct localcmd {
	struct child child;
	struct chatter out, err;
	void (*wake)(void *arg);
	void *arg;
	bool ended;
};

static void ended(struct child *child, int status)
{
	struct localcmd *l = container_of(child, struct localcmd, child);

	(void)status;
	l->ended = true;
	chatter_drain(&l->out);
	chatter_drain(&l->err);
	l->wake(l->arg); /* may free it */
}

static int run(struct localcmd *l, struct loop *loop,
	       const struct target *target, bool share_output, struct err *err)
{
	const char *env = getenv("SHELL");
	const char *shell = env && *env ? env : "/bin/sh";
	char *argv[] = { xstrdup(shell), xstrdup("-c"),
			 xstrdup(target->opts->local_command_line), NULL };
	const struct child_spec spec = {
		.file = shell,
		.argv = argv,
		.in = CHILD_NULL,
		.out = share_output ? CHILD_INHERIT : CHILD_PIPE,
		.err = share_output ? CHILD_INHERIT : CHILD_PIPE,
		.own_session = true,
	};
	int rc = child_spawn(loop, &l->child, &spec, ended, err);

	for (size_t i = 0; argv[i]; i++)
		free(argv[i]);
	if (rc)
		return -1;
	return chatter_start(&l->out, loop, target->label, &l->child.out,
			     err) ||
			       chatter_start(&l->err, loop, target->label,
					     &l->child.err, err)
		       ? -1
		       : 0;
}

struct localcmd *localcmd_start(struct loop *loop, const struct target *target,
				bool share_output, void (*wake)(void *arg),
				void *arg)
{
	struct localcmd *l = xcalloc(1, sizeof(*l));
	struct err err = { 0 };

	l->wake = wake;
	l->arg = arg;
	if (!run(l, loop, target, share_output, &err))
		return l;
	log_error("%s: LocalCommand: %s", target->label, err.msg);
	err_release(&err);
	localcmd_free(l);
	return NULL;
}

bool localcmd_ended(const struct localcmd *l)
{
	return l->ended;
}

void localcmd_free(struct localcmd *l)
{
	if (!l)
		return;
	chatter_stop(&l->out);
	chatter_stop(&l->err);
	child_end(&l->child);
	free(l);
}
