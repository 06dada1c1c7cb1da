/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/shell.h"

#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int shell(const char *script, const char *arg)
{
	const char *srcdir = getenv("srcdir");
	const char *words[] = {
		"bash", "-c", script, "bash", arg, srcdir ? srcdir : ".",
	};
	enum {
		N = sizeof(words) / sizeof(words[0])
	};
	char *argv[N + 1] = { NULL };
	int status = -1;
	pid_t pid;

	for (size_t i = 0; i < N; i++)
		argv[i] = strdup(words[i]);
	if (!posix_spawnp(&pid, "bash", NULL, NULL, argv, environ) &&
	    waitpid(pid, &status, 0) != pid)
		status = -1;
	for (size_t i = 0; i < N; i++)
		free(argv[i]);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
