/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A command in place of a TCP connection.
 *
 * The command has two pipes, as with ssh; the driver takes one descriptor only,
 * and gets a socket that stands for both.  It gets that at once, as some
 * servers let the client speak first.  That the command has failed then shows
 * there as a closed connection; proxy_fault() tells the one from the other.
 */
#include "ssh/proxy.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "io/child.h"
#include "io/pipesock.h"
#include "io/timer.h"
#include "model/result.h"
#include "ssh/chatter.h"

#include "base/banned.h"

#define COMMAND_MAX ((size_t)128 << 10) /* what Linux takes as one word */
#define FAULT_MS    1000
#define PASSED_MAX  8 /* descriptors in one message: one is used */

struct proxy {
	struct loop *loop;
	const struct target *target;
	proxy_fn *fn; /* NULL once called */
	void *arg;
	void (*wake)(void *arg); /* who waits in proxy_fault() */
	void *wake_arg;
	struct child child;
	struct pipesock pipes;
	struct watch passing; /* the socket a descriptor will come by */
	struct chatter chatter;
	struct timer patience;
	struct defer begun;
	struct err err;
	bool ended, waited;
	int status;
};

static bool fdpass(const struct proxy *p)
{
	return p->target->opts->proxy_use_fdpass == 1;
}

/* `p` may be gone afterwards. */
static void answer(struct proxy *p, int fd)
{
	proxy_fn *fn = p->fn;
	struct err err = { 0 };

	p->fn = NULL;
	err_move(&err, &p->err);
	fn(p->arg, fd, &err);
	err_release(&err);
}

static void begun(struct defer *d)
{
	struct proxy *p = container_of(d, struct proxy, begun);
	int fd = -1;

	if (p->err.code == ERR_NONE) {
		fd = pipesock_start(&p->pipes, p->loop, p->child.out,
				    p->child.in, &p->err);
		p->child.in = p->child.out = -1;
	}
	answer(p, fd);
}

/* ---- the end of the command ---- */

static int explain(const struct proxy *p, struct err *err)
{
	if (WIFSIGNALED(p->status))
		return err_set(
			err, ERR_CONNECT,
			_("the ProxyCommand was ended by signal %s before the server answered"),
			signal_name_of(WTERMSIG(p->status)));
	return err_set(
		err, ERR_CONNECT,
		_("the ProxyCommand ended with status %d before the server answered"),
		WEXITSTATUS(p->status));
}

/* It has ended, or we have waited for long enough. */
static void settled(struct proxy *p)
{
	void (*wake)(void *arg) = p->wake;

	timer_stop(p->loop, &p->patience);
	p->wake = NULL;
	if (wake) {
		wake(p->wake_arg); /* may free p */
		return;
	}
	if (!p->fn || !fdpass(p))
		return;
	if (p->ended && p->status)
		explain(p, &p->err);
	else
		err_set(&p->err, ERR_CONNECT,
			_("the ProxyCommand passed no descriptor"));
	answer(p, -1);
}

static void patience_over(struct timer *t)
{
	struct proxy *p = container_of(t, struct proxy, patience);

	p->waited = true;
	settled(p);
}

/* ---- ProxyUseFdpass ---- */

/* The first of the descriptors in a message, or -1; all others are closed. */
static int take_fd(struct msghdr *msg)
{
	struct cmsghdr *c;
	int fds[PASSED_MAX];
	int taken = -1;

	for (c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS ||
		    n > PASSED_MAX)
			continue;
		memcpy(fds, CMSG_DATA(c), n * sizeof(int));
		for (size_t i = 0; i < n; i++) {
			if (taken < 0)
				taken = fds[i];
			else
				close(fds[i]);
		}
	}
	return taken;
}

/* -1 with errno; -2: there is none. */
static int receive_fd(int from)
{
	union {
		char bytes[CMSG_SPACE(sizeof(int) * PASSED_MAX)];
		struct cmsghdr align;
	} control = { 0 };
	char byte;
	struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	int fd;

	if (recvmsg(from, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC) < 0)
		return -1;
	fd = take_fd(&msg);
	return fd < 0 ? -2 : fd;
}

/* As a descriptor of our own making would be. */
static int adopt_fd(int fd)
{
	int flags = fcntl(fd, F_GETFL);
	int on = 1;

	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return flags < 0 ? -1 : fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

static void passing(struct watch *w, unsigned int events)
{
	struct proxy *p = container_of(w, struct proxy, passing);
	int fd = receive_fd(p->child.in);

	(void)events;
	if (fd == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	watch_stop(w);
	close(p->child.in);
	p->child.in = -1;
	if (fd >= 0 && !adopt_fd(fd)) {
		answer(p, fd);
		return;
	}
	if (fd >= 0)
		close(fd);
	if (p->ended)
		settled(p);
	else /* its status will say more, if it is about to end */
		timer_start(p->loop, &p->patience, FAULT_MS, patience_over);
}

static void ended(struct child *child, int status)
{
	struct proxy *p = container_of(child, struct proxy, child);

	p->ended = true;
	p->status = status;
	chatter_drain(&p->chatter);
	if (watch_active(&p->passing)) {
		/* What it passed last is still to be read. */
		passing(&p->passing, WATCH_IN);
		return;
	}
	settled(p);
}

enum transport_state proxy_fault(struct proxy *p, void (*wake)(void *arg),
				 void *arg, struct err *err)
{
	if (p->ended) {
		if (!p->status)
			return TRANSPORT_FINE;
		err_release(err);
		explain(p, err);
		return TRANSPORT_FAULT;
	}
	if (p->waited)
		return TRANSPORT_FINE;
	p->wake = wake;
	p->wake_arg = arg;
	if (!timer_armed(&p->patience))
		timer_start(p->loop, &p->patience, FAULT_MS, patience_over);
	return TRANSPORT_UNKNOWN;
}

/* ---- the beginning ---- */

static int spawn(struct proxy *p, bool share_output, struct err *err)
{
	struct strbuf command = STRBUF_INIT(COMMAND_MAX);
	const char *shell = getenv("SHELL");
	char *argv[4] = { NULL };
	/* What passes a descriptor does that by a socket. */
	const enum child_fd kind = fdpass(p) ? CHILD_SOCKET : CHILD_PIPE;
	struct child_spec spec = {
		.argv = argv,
		.in = kind,
		.out = kind,
		.err = share_output ? CHILD_INHERIT : CHILD_PIPE,
		.own_session = true,
		.keep_group = true,
	};
	int rc;

	strbuf_addstr(&command, "exec ");
	rc = target_expand(p->target, "ProxyCommand",
			   p->target->opts->proxy_command, &command, err);
	argv[0] = xstrdup(shell && *shell ? shell : "/bin/sh");
	argv[1] = xstrdup("-c");
	argv[2] = strbuf_detach(&command, NULL);
	spec.file = argv[0];
	if (!rc)
		rc = child_spawn(p->loop, &p->child, &spec, ended, err);
	for (int i = 0; i < 3; i++)
		free(argv[i]);
	return rc;
}

static int run(struct proxy *p, bool share_output, struct err *err)
{
	if (spawn(p, share_output, err))
		return -1;
	if (chatter_start(&p->chatter, p->loop, p->target->label, &p->child.err,
			  err))
		return -1;
	if (fdpass(p))
		return watch_start(p->loop, &p->passing, p->child.in, WATCH_IN,
				   passing, err);
	defer_post(p->loop, &p->begun, begun);
	return 0;
}

struct proxy *proxy_start(struct loop *loop, const struct target *target,
			  bool share_output, proxy_fn *fn, void *arg)
{
	struct proxy *p = xcalloc(1, sizeof(*p));

	p->loop = loop;
	p->target = target;
	p->fn = fn;
	p->arg = arg;
	if (run(p, share_output, &p->err))
		defer_post(loop, &p->begun, begun);
	return p;
}

void proxy_free(struct proxy *p)
{
	if (!p)
		return;
	defer_cancel(&p->begun);
	timer_stop(p->loop, &p->patience);
	watch_stop(&p->passing);
	chatter_stop(&p->chatter);
	pipesock_stop(&p->pipes);
	child_end(&p->child);
	err_release(&p->err);
	free(p);
}
