/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The process's own safety and limits.
 */
#include "cmd/harden.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/gettext.h"

#include "base/banned.h"

/* libssh keeps 16 bits of a descriptor's number. */
#define FD_LIMIT 65535

#ifdef SANITIZED
/* The leak checker traces the process. */
static void no_dumps(void)
{
}
#else
static void no_dumps(void)
{
	const struct rlimit none = { 0, 0 };

	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	(void)setrlimit(RLIMIT_CORE, &none);
}
#endif

/* A socket of ours must never become descriptor 1. */
static int open_standard_fds(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
		if (fd < 0)
			return -1;
	} while (fd <= STDERR_FILENO && fcntl(fd, F_SETFD, 0) == 0);
	close(fd);
	return 0;
}

int harden_process(struct err *err)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct sigaction standard = { .sa_handler = SIG_DFL };

	if (getauxval(AT_SECURE))
		return err_set(err, ERR_LOCAL,
			       _("refusing to run setuid or setgid"));
	if (open_standard_fds())
		return err_set_errno(err, ERR_LOCAL, _("cannot open '%s'"),
				     "/dev/null");
	no_dumps();
	(void)sigaction(SIGPIPE, &ignore, NULL);
	/* Inherited as ignored, it would hide how children ended. */
	(void)sigaction(SIGCHLD, &standard, NULL);
	return 0;
}

unsigned int harden_sessions_max(unsigned int each, unsigned int spare)
{
	struct rlimit r;
	rlim_t limit;

	if (getrlimit(RLIMIT_NOFILE, &r))
		return 1;
	limit = r.rlim_cur;
	if (r.rlim_cur < r.rlim_max) {
		r.rlim_cur = r.rlim_max;
		if (!setrlimit(RLIMIT_NOFILE, &r))
			limit = r.rlim_max;
	}
	if (limit > FD_LIMIT)
		limit = FD_LIMIT;
	/* Under a tight limit the spare ones may take no more than half. */
	if (spare > limit / 2)
		spare = (unsigned int)limit / 2;
	return limit - spare > each ? (unsigned int)(limit - spare) / each : 1;
}
