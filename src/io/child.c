/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Starting programs and hearing of their end.
 *
 * Notes: posix_spawn(3) does what fork() must not in a large process, and
 * tells of a failed exec without a pipe of ours; it holds the loop until the
 * program is loaded, some milliseconds.  A child is in the background of the
 * terminal: one that reads from it is stopped.
 */
#include "io/child.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/gettext.h"
#include "io/loop_internal.h"

#include "base/banned.h"

/* What a child whose status somebody else took is said to have ended with. */
#define STATUS_UNKNOWN (255 << 8)

#ifdef SYS_pidfd_open
static int open_pidfd(pid_t pid)
{
	return (int)syscall(SYS_pidfd_open, pid, 0);
}
#else
static int open_pidfd(pid_t pid)
{
	(void)pid;
	return -1;
}
#endif

#ifdef HAVE_POSIX_SPAWN_FILE_ACTIONS_ADDCLOSEFROM_NP
static int close_others(posix_spawn_file_actions_t *actions)
{
	return posix_spawn_file_actions_addclosefrom_np(actions, 3);
}
#else
/* Ours are all close-on-exec; what we have inherited is passed on. */
static int close_others(posix_spawn_file_actions_t *actions)
{
	(void)actions;
	return 0;
}
#endif

/* The child's descriptors while it is made; -1 where there is none. */
struct ends {
	int theirs[3];
	int ours[3];
};

static void close_all(int fds[3])
{
	for (int i = 0; i < 3; i++) {
		if (fds[i] >= 0)
			close(fds[i]);
		fds[i] = -1;
	}
}

/* Keep clear of 0-2, which are being replaced in the child. */
static int above_stdio(int fd)
{
	int saved;
	int moved;

	if (fd < 0 || fd > 2)
		return fd;
	moved = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	saved = errno;
	close(fd);
	errno = saved;
	return moved;
}

/* Two connected descriptors: fds[0] to read from, fds[1] to write to. */
static int make_pair(enum child_fd kind, int fds[2])
{
	int rc = kind == CHILD_SOCKET
			 ? socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
				      fds)
			 : pipe2(fds, O_CLOEXEC);

	if (rc) {
		fds[0] = fds[1] = -1;
		return -1;
	}
	fds[0] = above_stdio(fds[0]);
	fds[1] = above_stdio(fds[1]);
	return fds[0] < 0 || fds[1] < 0 ? -1 : 0;
}

static int nonblocking(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags < 0 ? -1 : fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

/* Descriptor `i` of the child; -1 with errno. */
static int make_end(struct ends *e, int i, enum child_fd kind)
{
	int fds[2];
	int rc;

	switch (kind) {
	case CHILD_INHERIT:
		return 0;
	case CHILD_NULL:
		e->theirs[i] =
			above_stdio(open("/dev/null", O_RDWR | O_CLOEXEC));
		return e->theirs[i] < 0 ? -1 : 0;
	case CHILD_PIPE:
	case CHILD_SOCKET:
		break;
	}
	rc = make_pair(kind, fds);
	e->theirs[i] = i == 0 ? fds[0] : fds[1];
	e->ours[i] = i == 0 ? fds[1] : fds[0];
	return rc ? -1 : nonblocking(e->ours[i]);
}

static int make_ends(struct ends *e, const struct child_spec *spec)
{
	assert((spec->in == CHILD_SOCKET) == (spec->out == CHILD_SOCKET));
	assert(spec->err != CHILD_SOCKET);
	if (make_end(e, 0, spec->in) || make_end(e, 2, spec->err))
		return -1;
	if (spec->out != CHILD_SOCKET)
		return make_end(e, 1, spec->out);
	e->theirs[1] = fcntl(e->theirs[0], F_DUPFD_CLOEXEC, 3);
	return e->theirs[1] < 0 ? -1 : 0;
}

/* 0 or an error number. */
static int set_actions(posix_spawn_file_actions_t *actions,
		       const struct ends *e)
{
	int rc = 0;

	for (int i = 0; i < 3 && !rc; i++) {
		if (e->theirs[i] >= 0)
			rc = posix_spawn_file_actions_adddup2(actions,
							      e->theirs[i], i);
	}
	return rc ? rc : close_others(actions);
}

/* 0 or an error number. */
static int set_attributes(posix_spawnattr_t *attr, bool own_session)
{
	/* The leader of a session leads a group, too. */
	short group = own_session ? POSIX_SPAWN_SETSID : POSIX_SPAWN_SETPGROUP;
	sigset_t all;
	sigset_t none;
	int rc;

	sigfillset(&all);
	sigemptyset(&none);
	rc = posix_spawnattr_setflags(attr,
				      (short)(group | POSIX_SPAWN_SETSIGDEF |
					      POSIX_SPAWN_SETSIGMASK));
	if (!rc)
		rc = posix_spawnattr_setpgroup(attr, 0);
	if (!rc)
		rc = posix_spawnattr_setsigdefault(attr, &all);
	if (!rc)
		rc = posix_spawnattr_setsigmask(attr, &none);
	return rc;
}

/* 0 and `*pid`, or an error number. */
static int spawn(const struct child_spec *spec, const struct ends *e,
		 pid_t *pid)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	int rc = posix_spawn_file_actions_init(&actions);

	if (rc)
		return rc;
	rc = posix_spawnattr_init(&attr);
	if (rc)
		goto out;
	rc = set_attributes(&attr, spec->own_session);
	if (!rc)
		rc = set_actions(&actions, e);
	if (!rc)
		rc = posix_spawnp(pid, spec->file, &actions, &attr, spec->argv,
				  spec->envp ? spec->envp : environ);
	(void)posix_spawnattr_destroy(&attr);
out:
	(void)posix_spawn_file_actions_destroy(&actions);
	return rc;
}

static void stop_watching(struct child *c)
{
	defer_cancel(&c->check);
	if (c->pidfd >= 0) {
		watch_stop(&c->watch);
		close(c->pidfd);
		c->pidfd = -1;
	} else if (c->sig.loop) {
		sigwatch_stop(&c->sig);
		loop_unhold(c->loop);
	}
}

/* As waitpid(2), with a status as it gives it; but the zombie stays. */
static pid_t look(pid_t pid, int *status)
{
	siginfo_t info = { 0 };

	if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT))
		return -1;
	if (info.si_code == CLD_EXITED)
		*status = (info.si_status & 0xff) << 8;
	else
		*status = info.si_status |
			  (info.si_code == CLD_DUMPED ? 0x80 : 0);
	return info.si_pid;
}

/* Tell of the end, if it has come. */
static void collect(struct child *c)
{
	int status = STATUS_UNKNOWN;
	pid_t pid = c->keep_group ? look(c->pid, &status)
				  : waitpid(c->pid, &status, WNOHANG);

	if (pid == 0)
		return;
	stop_watching(c);
	if (!c->keep_group || pid < 0)
		c->pid = 0;
	c->fn(c, status); /* may free it */
}

static void on_pidfd(struct watch *w, unsigned int events)
{
	(void)events;
	collect(container_of(w, struct child, watch));
}

static void on_sigchld(struct sigwatch *s, int signo)
{
	(void)signo;
	collect(container_of(s, struct child, sig));
}

static void on_check(struct defer *d)
{
	collect(container_of(d, struct child, check));
}

static int start_watching(struct child *c, struct err *err)
{
	c->pidfd = above_stdio(open_pidfd(c->pid));
	if (c->pidfd >= 0)
		return watch_start(c->loop, &c->watch, c->pidfd, WATCH_IN,
				   on_pidfd, err);
	if (sigwatch_start(c->loop, &c->sig, SIGCHLD, on_sigchld, err))
		return -1;
	loop_hold(c->loop);
	/* It may have ended before we listened. */
	defer_post(c->loop, &c->check, on_check);
	return 0;
}

int child_spawn(struct loop *loop, struct child *c,
		const struct child_spec *spec, child_fn *fn, struct err *err)
{
	struct ends e = { { -1, -1, -1 }, { -1, -1, -1 } };
	int rc;

	assert(fn);
	*c = (struct child){ .in = -1,
			     .out = -1,
			     .err = -1,
			     .pidfd = -1,
			     .keep_group = spec->keep_group,
			     .fn = fn };
	if (make_ends(&e, spec)) {
		err_set_errno(err, ERR_LOCAL, _("cannot make a pipe for '%s'"),
			      spec->file);
		goto fail;
	}
	rc = spawn(spec, &e, &c->pid);
	close_all(e.theirs);
	if (rc) {
		errno = rc;
		err_set_errno(err, ERR_LOCAL, _("cannot run '%s'"), spec->file);
		c->pid = 0;
		goto fail;
	}
	c->loop = loop;
	c->in = e.ours[0];
	c->out = e.ours[1];
	c->err = e.ours[2];
	if (start_watching(c, err)) {
		child_release(c);
		return -1;
	}
	return 0;
fail:
	close_all(e.theirs);
	close_all(e.ours);
	return -1;
}

void child_kill(struct child *c, int signo)
{
	if (c->pid > 0)
		(void)kill(-c->pid, signo);
}

/* All but the process. */
static void forget(struct child *c)
{
	int ours[3];

	ours[0] = c->in;
	ours[1] = c->out;
	ours[2] = c->err;
	close_all(ours);
	*c = (struct child){ .in = -1, .out = -1, .err = -1, .pidfd = -1 };
}

void child_release(struct child *c)
{
	if (!c || !c->loop)
		return;
	stop_watching(c);
	if (c->pid > 0) {
		child_kill(c, SIGKILL);
		loop_reap(c->loop, c->pid);
	}
	forget(c);
}

void child_end(struct child *c)
{
	if (!c || !c->loop)
		return;
	stop_watching(c);
	if (c->pid > 0)
		loop_end_group(c->loop, c->pid);
	forget(c);
}
