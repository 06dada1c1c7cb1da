/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How many sessions the descriptors are enough for.
 */
#include "cmd/descriptors.h"

#include <stdbool.h>

#include "base/gettext.h"
#include "base/log.h"
#include "cmd/harden.h"
#include "cmd/launch.h"
#include "cmd/shells.h"
#include "ssh/driver.h"
#include "ssh/muxclient.h"

#include "base/banned.h"

#define FDS_SPARE      64
#define FDS_LOCAL      4
#define FDS_PROGRAM    5
#define FDS_SSH	       1
#define FDS_PROXY      6
#define FDS_JUMP       3
#define FDS_CONNECTING 3
#define FDS_SHARED     7
#define FDS_FILES      2 /* of --output-dir */
#define FDS_TRANSCRIPT 1 /* of :log, at any time */
#define FDS_GET	       8 /* files that come, and their folders */

/*
 * Fewer sessions at once than asked for, rather than hosts that fail.  A
 * local command has three pipes and a handle, a program for SSH its log too; a
 * connection has its socket, and while it is made a race of several and two
 * for the agent; a ProxyCommand has two pipes, the other end of the socket, its
 * log and a handle besides, a LocalCommand two logs and a handle.  Behind a
 * jump host there are both ends of a pair of sockets; the host's own is counted
 * with them.  A shared one has its socket and, until they are handed over, both
 * ends of three pipes.
 */
static unsigned int connection_fds(const struct plan *plan)
{
	bool proxy = false;
	bool jump = false;
	bool local = false;
	bool shared = false;

	for (size_t i = 0; i < plan->targets.n; i++) {
		const struct ssh_opts *opts = plan->targets.v[i].opts;

		proxy |= opts && opts->proxy_command;
		jump |= plan->targets.v[i].via != NULL;
		local |= !opts || opts->local_command_line;
		shared |= muxclient_wanted(opts);
	}
	return (shared	? FDS_SHARED
		: proxy ? FDS_PROXY
		: jump	? FDS_JUMP
			: FDS_SSH) +
	       (local ? FDS_LOCAL : 0);
}

static unsigned int sessions_max(const struct plan *plan,
				 const struct launch_style *style)
{
	unsigned int files = (style->output_dir ? FDS_FILES : 0) +
			     (style->shell ? FDS_TRANSCRIPT : 0) +
			     (plan->spec.kind == OP_GET ? FDS_GET : 0);

	if (plan->program.n)
		return harden_sessions_max(FDS_PROGRAM + files, FDS_SPARE);
	if (driver_find(plan->driver)->local)
		return harden_sessions_max(FDS_LOCAL + files, FDS_SPARE);
	return harden_sessions_max(connection_fds(plan) + files,
				   FDS_SPARE + FDS_CONNECTING *
						       plan->limits.connecting);
}

int descriptors_fit(struct plan *plan, const struct launch_style *style,
		    struct err *err)
{
	unsigned int max = sessions_max(plan, style);
	unsigned int wanted = plan->limits.fanout;

	if (wanted > plan->targets.n)
		wanted = (unsigned int)plan->targets.n;
	if (wanted <= max)
		return 0;
	/* Its lines are for all at once. */
	if (style->shell && style->shell->plain)
		return err_set(
			err, ERR_LOCAL,
			_("descriptors are enough for %u shells at once, not %u: raise 'ulimit -n', or name fewer hosts"),
			max, wanted);
	if (style->shell)
		log_warn(
			_("descriptors are enough for %u shells at once, not %u: the others wait until one ends; 'ulimit -n' says how many there are"),
			max, wanted);
	else
		log_warn(
			_("descriptors are enough for %u sessions at once, not %u"),
			max, wanted);
	plan->limits.fanout = max;
	return 0;
}
