/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_IO_CHILD_H
#define RSH_IO_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"
#include "io/loop.h"

struct child;

/** The process ended; `status` as from waitpid(2). */
typedef void child_fn(struct child *c, int status);

enum child_fd {
	CHILD_NULL,    /* /dev/null */
	CHILD_PIPE,    /* a pipe; our end in the matching member */
	CHILD_INHERIT, /* ours */
	CHILD_SOCKET,  /* `in` and `out`: one socket; our end in child.in */
};

struct child_spec {
	const char *file; /* looked up in PATH unless it has a slash */
	char *const *argv;
	char *const *envp; /* NULL: ours */
	enum child_fd in, out, err;
	/* A session of its own: who wants to ask on the terminal is told that
	   there is none, and not stopped. */
	bool own_session;
	/* Ended, the child is not collected before child_release(), so that
	   until then its number is its own, and signals reach its group. */
	bool keep_group;
};

/**
 * A process started in a process group of its own, with default signals, an
 * empty signal mask and no descriptor but 0-2.  Its end is told through a
 * pidfd, or through SIGCHLD where the kernel has none; nothing waits.
 *
 * Zeroed is "none".
 */
struct child {
	pid_t pid;	  /* 0 when none or reaped */
	int in, out, err; /* our ends, nonblocking, or -1; the owner closes */
	int pidfd;	  /* private */
	bool keep_group;  /* private */
	child_fn *fn;
	struct watch watch;  /* private */
	struct sigwatch sig; /* private */
	struct defer check;  /* private */
	struct loop *loop;
};

/** 0, or -1 with `err` class ERR_LOCAL; a missing program is told here too. */
int child_spawn(struct loop *loop, struct child *c,
		const struct child_spec *spec, child_fn *fn, struct err *err);

/** Send to the whole process group; a no-op once collected. */
void child_kill(struct child *c, int signo);

/**
 * Forget: kill with SIGKILL if it runs, close our ends, stop watching.  The
 * loop collects the dead on its later turns.  Zeroed is fine.
 */
void child_release(struct child *c);

/**
 * The same, politely: SIGHUP, and SIGKILL to what is left of the group when
 * its leader has ended, or after a second.  A group whose leader was collected
 * is left alone.
 */
void child_end(struct child *c);

#endif /* RSH_IO_CHILD_H */
