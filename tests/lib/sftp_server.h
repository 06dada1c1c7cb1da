/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_TESTS_LIB_SFTP_SERVER_H
#define RSH_TESTS_LIB_SFTP_SERVER_H

#include <stdbool.h>
#include <sys/types.h>

/** The system's sftp-server, or a program in its place, behind a socket. */
struct sftp_server {
	pid_t pid;
	int fd;
};

/** The path of the system's, or NULL when it has none. */
char *sftp_server_path(void);

/**
 * Start `argv` in `dir` (NULL: here), with a socket as its input and output.
 * The test fails when that cannot be done.
 */
void sftp_server_start(struct sftp_server *s, const char *dir,
		       char *const argv[]);

/** Close the socket and wait for the program's end. */
void sftp_server_stop(struct sftp_server *s);

#endif /* RSH_TESTS_LIB_SFTP_SERVER_H */
