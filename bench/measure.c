/* SPDX-License-Identifier: Apache-2.0 */
/*
 * measure - run a command and write down what it cost.
 *
 *	measure [-a] FILE COMMAND [ARGUMENT]...
 *
 * Appends one line to FILE: CPU milliseconds of the command and of all its
 * children that were waited for, wall milliseconds, the peak resident KiB of
 * the largest of these processes, and the exit status.  Exits with the same.
 * With -a what the command leaves behind is waited for, and its CPU counts:
 * ssh does not wait for those that take it through its jump hosts.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef HAVE_SYS_PRCTL_H
#	include <sys/prctl.h>
#endif
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/banned.h"

static double wall_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double cpu_ms(const struct rusage *u)
{
	return (double)(u->ru_utime.tv_sec + u->ru_stime.tv_sec) * 1e3 +
	       (double)(u->ru_utime.tv_usec + u->ru_stime.tv_usec) / 1e3;
}

static int fail(const char *what)
{
	fprintf(stderr, "measure: '%s': %s\n", what, strerror(errno));
	return 125;
}

int main(int argc, char **argv)
{
	double start = wall_ms();
	struct rusage usage;
	bool all = argc > 1 && !strcmp(argv[1], "-a");
	double wall;
	FILE *out;
	pid_t pid;
	int status;

	argc -= all;
	argv += all;
	if (argc < 3) {
		fprintf(stderr, "usage: measure [-a] FILE COMMAND...\n");
		return 125;
	}
#ifdef PR_SET_CHILD_SUBREAPER
	if (all && prctl(PR_SET_CHILD_SUBREAPER, 1))
		return fail("prctl");
#endif
	pid = fork();
	if (pid == 0) {
		execvp(argv[2], argv + 2);
		_exit(fail(argv[2]));
	}
	if (pid < 0 || wait4(pid, &status, 0, &usage) != pid)
		return fail("fork");
	wall = wall_ms() - start;
	if (all) {
		while (wait(NULL) > 0 || errno == EINTR)
			;
		getrusage(RUSAGE_CHILDREN, &usage);
	}
	out = fopen(argv[1], "ae");
	if (!out)
		return fail(argv[1]);
	status = WIFEXITED(status) ? WEXITSTATUS(status)
				   : 128 + WTERMSIG(status);
	fprintf(out, "%.1f %.1f %ld %d\n", cpu_ms(&usage), wall,
		usage.ru_maxrss, status);
	if (fclose(out))
		return fail(argv[1]);
	return status;
}
