/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Control sockets.
 */
#include "io/ctlsock.h"

#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"

#include "base/banned.h"

#define BACKLOG	 64
#define FDS_MOST 8 /* descriptors that one message brings */

static_assert(CTLSOCK_PATH_MAX + 1 ==
		      sizeof(((struct sockaddr_un *)NULL)->sun_path),
	      "the path of a socket");

int ctlsock_check(const char *path, struct err *err)
{
	if (strlen(path) > CTLSOCK_PATH_MAX)
		return err_set(err, ERR_CONFIG,
			       _("ControlPath too long ('%s' >= %d bytes)"),
			       path, CTLSOCK_PATH_MAX + 1);
	return 0;
}

static int address_of(const char *path, struct sockaddr_un *sa)
{
	size_t n = strlen(path);

	*sa = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (n >= sizeof(sa->sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(sa->sun_path, path, n + 1);
	return 0;
}

static int new_socket(void)
{
	return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

static void close_keeping_errno(int fd)
{
	int e = errno;

	close(fd);
	errno = e;
}

bool ctlsock_ours(int sock)
{
	struct ucred peer;
	socklen_t n = sizeof(peer);

	if (getsockopt(sock, SOL_SOCKET, SO_PEERCRED, &peer, &n))
		return false;
	return peer.uid == 0 || peer.uid == geteuid();
}

int ctlsock_connect(const char *path)
{
	struct sockaddr_un sa;
	int fd;

	if (address_of(path, &sa))
		return -1;
	fd = new_socket();
	if (fd < 0)
		return -1;
	if (connect(fd, (const struct sockaddr *)&sa, sizeof(sa))) {
		close_keeping_errno(fd);
		return -1;
	}
	if (ctlsock_ours(fd))
		return fd;
	close(fd);
	errno = EPERM;
	return -1;
}

/* A name beside `path` that nobody can foresee. */
static char *name_beside(const char *path)
{
	const char *slash = strrchr(path, '/');
	uint64_t random = 0;

	if (getrandom(&random, sizeof(random), 0) != sizeof(random))
		random = (uint64_t)getpid();
	return xasprintf("%.*s.rsh%012llx", slash ? (int)(slash - path + 1) : 0,
			 path, (unsigned long long)random & 0xffffffffffffu);
}

/* Others may neither take the socket away nor put theirs in its place. */
static int check_folder(const char *path, struct err *err)
{
	const char *slash = strrchr(path, '/');
	char *folder = !slash	       ? xstrdup(".")
		       : slash == path ? xstrdup("/")
				       : xstrndup(path, (size_t)(slash - path));
	struct stat st;
	int rc = 0;

	if (stat(folder, &st))
		rc = err_set_errno(err, ERR_LOCAL,
				   _("cannot make the control socket '%s'"),
				   path);
	else if ((st.st_uid != geteuid() && st.st_uid != 0) ||
		 ((st.st_mode & 022) && !(st.st_mode & S_ISVTX)))
		rc = err_set(
			err, ERR_LOCAL,
			_("cannot make the control socket '%s': others may change its folder"),
			path);
	free(folder);
	return rc;
}

static int listen_at(const char *path)
{
	struct sockaddr_un sa;
	mode_t mask;
	int fd, rc;

	if (address_of(path, &sa))
		return -1;
	fd = new_socket();
	if (fd < 0)
		return -1;
	mask = umask(0177);
	rc = bind(fd, (const struct sockaddr *)&sa, sizeof(sa));
	(void)umask(mask);
	if (rc == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	close_keeping_errno(fd);
	return -1;
}

int ctlsock_listen(const char *path, bool *taken, struct err *err)
{
	char *temp;
	int fd;

	*taken = false;
	if (check_folder(path, err))
		return -1;
	temp = name_beside(path);
	fd = listen_at(temp);
	if (fd >= 0 && link(temp, path)) {
		*taken = errno == EEXIST;
		close_keeping_errno(fd);
		fd = -1;
	}
	if (fd < 0)
		err_set_errno(err, ERR_LOCAL,
			      _("cannot make the control socket '%s'"), path);
	(void)unlink(temp);
	free(temp);
	return fd;
}

/*
 * What is there is moved away first and asked once more: if it was made in
 * this moment it is alive, and put back.
 */
void ctlsock_clear(const char *path)
{
	char *away = name_beside(path);
	int fd;

	if (rename(path, away)) {
		free(away);
		return;
	}
	fd = ctlsock_connect(away);
	if ((fd < 0 && errno == ECONNREFUSED) || link(away, path) == 0 ||
	    errno == EEXIST)
		(void)unlink(away);
	if (fd >= 0)
		close(fd);
	free(away);
}

ssize_t ctlsock_send_fd(int sock, int fd)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	char byte = 0;
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control.room),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	return sendmsg(sock, &msg, MSG_DONTWAIT | MSG_NOSIGNAL);
}

/* Keep what there is room for; whether it was all. */
static bool keep_fds(const struct cmsghdr *c, int *fds, size_t max,
		     size_t *nfds)
{
	size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
	bool all = true;

	for (size_t i = 0; i < n; i++) {
		int fd;

		memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(fd));
		if (*nfds < max) {
			fds[(*nfds)++] = fd;
			continue;
		}
		close(fd);
		all = false;
	}
	return all;
}

ssize_t ctlsock_recv(int sock, void *buf, size_t n, int *fds, size_t max,
		     size_t *nfds)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(FDS_MOST * sizeof(int))];
	} control;
	struct iovec iov = { buf, n };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control.room),
	};
	bool all;
	ssize_t got;

	*nfds = 0;
	got = recvmsg(sock, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	if (got < 0)
		return got;
	all = !(msg.msg_flags & MSG_CTRUNC);
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&msg); c;
	     c = CMSG_NXTHDR(&msg, c))
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS)
			all &= keep_fds(c, fds, max, nfds);
	if (all)
		return got;
	while (*nfds)
		close(fds[--*nfds]);
	errno = EPROTO;
	return -1;
}
