/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an ssh_config file may ask of the machine: Match exec, localnetwork.
 */
#include "cmd/machine.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/list.h"
#include "io/child.h"
#include "io/loop.h"

#include "base/banned.h"

struct run {
	struct child child;
	int status; /* as from waitpid(2) */
};

static void on_end(struct child *c, int status)
{
	struct run *r = container_of(c, struct run, child);

	r->status = status;
	loop_stop(c->loop);
}

static int exit_status(int status, struct err *err)
{
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	return err_set(err, ERR_LOCAL, _("ended by signal %d"),
		       WTERMSIG(status));
}

int machine_run(void *arg, const char *command, struct err *err)
{
	const char *env = getenv("SHELL");
	const char *shell = env && *env ? env : "/bin/sh";
	char *argv[] = { xstrdup(shell), xstrdup("-c"), xstrdup(command),
			 NULL };
	const struct child_spec spec = {
		.file = shell,
		.argv = argv,
		.in = CHILD_NULL,
		.out = CHILD_NULL,
		.err = CHILD_INHERIT,
	};
	struct loop *loop = loop_new(err);
	struct run r = { 0 };
	int rc = -1;

	(void)arg;
	if (loop && child_spawn(loop, &r.child, &spec, on_end, err) == 0) {
		rc = loop_run(loop, err);
		if (rc == 0)
			rc = exit_status(r.status, err);
		child_release(&r.child);
	}
	loop_free(loop);
	for (size_t i = 0; argv[i]; i++)
		free(argv[i]);
	return rc;
}

/* The address as a number in `text`, or NULL when it is of another kind. */
static const char *address_text(const struct sockaddr *sa,
				char text[INET6_ADDRSTRLEN])
{
	union {
		const struct sockaddr *any;
		const struct sockaddr_in *v4;
		const struct sockaddr_in6 *v6;
	} a = { .any = sa };

	if (sa && sa->sa_family == AF_INET)
		return inet_ntop(AF_INET, &a.v4->sin_addr, text,
				 INET6_ADDRSTRLEN);
	if (sa && sa->sa_family == AF_INET6)
		return inet_ntop(AF_INET6, &a.v6->sin6_addr, text,
				 INET6_ADDRSTRLEN);
	return NULL;
}

int machine_addresses(void *arg, struct strvec *out, struct err *err)
{
	struct ifaddrs *all;
	char text[INET6_ADDRSTRLEN];

	(void)arg;
	if (getifaddrs(&all))
		return err_set_errno(err, ERR_LOCAL,
				     _("cannot list the local addresses"));
	for (const struct ifaddrs *i = all; i; i = i->ifa_next)
		if ((i->ifa_flags & IFF_UP) && address_text(i->ifa_addr, text))
			strvec_push(out, text);
	freeifaddrs(all);
	return 0;
}
