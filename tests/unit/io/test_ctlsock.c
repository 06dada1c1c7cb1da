/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Control sockets: made whole or not at all, closed to others, removed only
 * when dead; and descriptors through them.
 */
#include "io/ctlsock.h"

#include "lib/test.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"

static char folder[] = "/tmp/rsh-ctl-XXXXXX";
static char *path;

static int setup(void **state)
{
	(void)state;
	if (!path &&
	    (!mkdtemp(folder) || !(path = xasprintf("%s/socket", folder))))
		return -1;
	return chmod(folder, 0700);
}

static int teardown(void **state)
{
	(void)state;
	(void)unlink(path);
	return 0;
}

static int end(void **state)
{
	(void)state;
	(void)rmdir(folder);
	free(path);
	return 0;
}

static int must_listen(void)
{
	struct err err = { 0 };
	bool taken;
	int fd = ctlsock_listen(path, &taken, &err);

	assert_int_equal(err.code, ERR_NONE);
	assert_true(fd >= 0 && !taken);
	return fd;
}

static void made_private(void **state)
{
	mode_t mask = umask(0);
	int fd = must_listen();
	struct stat st;
	int other = ctlsock_connect(path);

	(void)state;
	assert_int_equal(umask(mask), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_true(S_ISSOCK(st.st_mode));
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(st.st_nlink, 1);
	assert_true(other >= 0);
	assert_true(ctlsock_ours(other));
	assert_true(fcntl(other, F_GETFL) & O_NONBLOCK);
	assert_true(fcntl(other, F_GETFD) & FD_CLOEXEC);
	close(other);
	close(fd);
}

/* The second leaves the first alone, and nothing behind. */
static void taken(void **state)
{
	int fd = must_listen();
	struct err err = { 0 };
	bool is_taken = false;

	(void)state;
	assert_int_equal(ctlsock_listen(path, &is_taken, &err), -1);
	assert_true(is_taken);
	assert_int_equal(err.code, ERR_LOCAL);
	err_release(&err);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(folder), 0); /* it is empty */
	assert_int_equal(mkdir(folder, 0700), 0);
	close(fd);
}

static void folder_of_others(void **state)
{
	struct err err = { 0 };
	bool is_taken;
	int fd;

	(void)state;
	assert_int_equal(chmod(folder, 0770), 0);
	assert_int_equal(ctlsock_listen(path, &is_taken, &err), -1);
	assert_false(is_taken);
	assert_non_null(strstr(err.msg, "others may change its folder"));
	err_release(&err);
	/* As /tmp is. */
	assert_int_equal(chmod(folder, 01777), 0);
	fd = must_listen();
	close(fd);
	assert_int_equal(chmod(folder, 0700), 0);
	assert_int_equal(ctlsock_listen("/nonexistent/x", &is_taken, &err), -1);
	assert_false(is_taken);
	err_release(&err);
}

static void cleared_when_dead(void **state)
{
	int fd = must_listen();

	(void)state;
	ctlsock_clear(path);
	assert_int_equal(access(path, F_OK), 0);
	close(fd);
	assert_int_equal(ctlsock_connect(path), -1);
	assert_int_equal(errno, ECONNREFUSED);
	ctlsock_clear(path);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(ctlsock_connect(path), -1);
	assert_int_equal(errno, ENOENT);
	ctlsock_clear(path);
	assert_int_equal(rmdir(folder), 0);
	assert_int_equal(mkdir(folder, 0700), 0);
}

static void long_paths(void **state)
{
	char text[CTLSOCK_PATH_MAX + 2];
	struct err err = { 0 };

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(ctlsock_check(text, &err), -1);
	assert_int_equal(err.code, ERR_CONFIG);
	assert_non_null(strstr(err.msg, ">= 108 bytes"));
	err_release(&err);
	assert_int_equal(ctlsock_connect(text), -1);
	assert_int_equal(errno, ENAMETOOLONG);
	text[CTLSOCK_PATH_MAX] = '\0';
	assert_int_equal(ctlsock_check(text, &err), 0);
}

/* What is written to the descriptor that came is read from the one sent. */
static void descriptors(void **state)
{
	int pair[2], pipes[2], fds[2];
	size_t nfds;
	char buf[8];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
	assert_int_equal(send(pair[0], "ab", 2, 0), 2);
	assert_int_equal(ctlsock_send_fd(pair[0], pipes[1]), 1);
	assert_int_equal(ctlsock_recv(pair[1], buf, 2, fds, 2, &nfds), 2);
	assert_int_equal(nfds, 0);
	assert_int_equal(ctlsock_recv(pair[1], buf, 8, fds, 2, &nfds), 1);
	assert_int_equal(nfds, 1);
	assert_true(fcntl(fds[0], F_GETFD) & FD_CLOEXEC);
	assert_int_equal(write(fds[0], "x", 1), 1);
	assert_int_equal(read(pipes[0], buf, 8), 1);
	assert_int_equal(buf[0], 'x');
	close(fds[0]);
	/* More than there is room for. */
	assert_int_equal(ctlsock_send_fd(pair[0], pipes[1]), 1);
	assert_int_equal(ctlsock_recv(pair[1], buf, 8, fds, 0, &nfds), -1);
	assert_int_equal(errno, EPROTO);
	assert_int_equal(ctlsock_recv(pair[1], buf, 8, fds, 2, &nfds), -1);
	assert_int_equal(errno, EAGAIN);
	close(pair[0]);
	assert_int_equal(ctlsock_recv(pair[1], buf, 8, fds, 2, &nfds), 0);
	close(pair[1]);
	close(pipes[0]);
	close(pipes[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(made_private, setup, teardown),
		cmocka_unit_test_setup_teardown(taken, setup, teardown),
		cmocka_unit_test_setup_teardown(folder_of_others, setup,
						teardown),
		cmocka_unit_test_setup_teardown(cleared_when_dead, setup,
						teardown),
		cmocka_unit_test(long_paths),
		cmocka_unit_test(descriptors),
	};

	return cmocka_run_group_tests(tests, NULL, end);
}
