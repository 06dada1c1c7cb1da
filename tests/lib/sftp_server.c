/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/sftp_server.h"

#include "lib/test.h"

#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

char *sftp_server_path(void)
{
	static char paths[][40] = {
		"/usr/lib/openssh/sftp-server",
		"/usr/libexec/openssh/sftp-server",
		"/usr/lib/ssh/sftp-server",
		"/usr/libexec/sftp-server",
		"/usr/libexec/ssh/sftp-server",
	};

	for (size_t i = 0; i < COUNT(paths); i++)
		if (!access(paths[i], X_OK))
			return paths[i];
	return NULL;
}

void sftp_server_start(struct sftp_server *s, const char *dir,
		       char *const argv[])
{
	int fds[2];

	assert_int_equal(
		socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
	s->pid = fork();
	assert_true(s->pid >= 0);
	if (!s->pid) {
		if ((dir && chdir(dir)) || dup2(fds[1], STDIN_FILENO) < 0 ||
		    dup2(fds[1], STDOUT_FILENO) < 0)
			_exit(126);
		execv(argv[0], argv);
		_exit(127);
	}
	close(fds[1]);
	s->fd = fds[0];
}

void sftp_server_stop(struct sftp_server *s)
{
	if (s->pid <= 0)
		return;
	close(s->fd);
	(void)waitpid(s->pid, NULL, 0);
	s->pid = 0;
}
