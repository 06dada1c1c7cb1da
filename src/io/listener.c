/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sockets that listen.
 */
#include "io/listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"

#include "base/banned.h"

#define PAUSE_MS 1000 /* after a lack of descriptors */
#define BURST	 64   /* taken in one turn */

static void want_all(struct listener *l, unsigned int events)
{
	for (size_t i = 0; i < l->n; i++)
		watch_want(&l->sockets[i].watch, events);
}

static void pause_over(struct timer *t)
{
	want_all(container_of(t, struct listener, pause), WATCH_IN);
}

static void starve(struct listener *l, int why)
{
	l->starved++;
	l->starved_by = why;
	want_all(l, 0);
	timer_start(l->loop, &l->pause, PAUSE_MS, pause_over);
}

static void ready(struct watch *w, unsigned int events)
{
	struct listener_socket *s =
		container_of(w, struct listener_socket, watch);
	struct listener *l = s->owner;

	(void)events;
	for (int i = 0; i < BURST && watch_active(w); i++) {
		struct sockaddr_storage peer = { 0 };
		socklen_t len = sizeof(peer);
		int fd = accept4(w->fd, (struct sockaddr *)&peer, &len,
				 SOCK_NONBLOCK | SOCK_CLOEXEC);
		int one = 1;

		if (fd < 0 && (errno == EMFILE || errno == ENFILE ||
			       errno == ENOBUFS || errno == ENOMEM)) {
			starve(l, errno);
			return;
		}
		if (fd < 0)
			return;
		if (!l->path)
			(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one,
					 sizeof(one));
		l->fn(l, fd, &peer);
	}
}

void listener_init(struct listener *l, struct loop *loop, listener_fn *fn)
{
	*l = (struct listener){ .loop = loop, .fn = fn };
}

static int begin(struct listener *l, int fd, struct err *err)
{
	struct listener_socket *s = &l->sockets[l->n];

	if (listen(fd, LISTENER_BACKLOG))
		return err_set_errno(err, ERR_LOCAL, _("cannot listen"));
	s->owner = l;
	if (watch_start(l->loop, &s->watch, fd, WATCH_IN, ready, err))
		return -1;
	l->n++;
	return 0;
}

static void set_port(struct sockaddr_storage *sa, uint16_t port)
{
	if (sa->ss_family == AF_INET6)
		((struct sockaddr_in6 *)sa)->sin6_port = htons(port);
	else
		((struct sockaddr_in *)sa)->sin_port = htons(port);
}

static uint16_t port_of(const struct sockaddr_storage *sa)
{
	if (sa->ss_family == AF_INET6)
		return ntohs(((const struct sockaddr_in6 *)sa)->sin6_port);
	return ntohs(((const struct sockaddr_in *)sa)->sin_port);
}

static int bind_port(struct listener *l, int fd, struct sockaddr_storage *sa,
		     socklen_t len)
{
	int one = 1;

	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (sa->ss_family == AF_INET6)
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one,
				 sizeof(one));
	if (!port_of(sa))
		set_port(sa, l->port);
	if (bind(fd, (const struct sockaddr *)sa, len) ||
	    getsockname(fd, (struct sockaddr *)sa, &len))
		return -1;
	return 0;
}

static int fail_port(const struct sockaddr_storage *sa, const char *what,
		     struct err *err)
{
	char text[INET6_ADDRSTRLEN] = "";
	const void *address =
		sa->ss_family == AF_INET6
			? (const void *)&((const struct sockaddr_in6 *)sa)
				  ->sin6_addr
			: &((const struct sockaddr_in *)sa)->sin_addr;
	int why = errno;

	(void)inet_ntop(sa->ss_family, address, text, sizeof(text));
	errno = why;
	return err_set_errno(err, ERR_LOCAL, "%s [%s]:%u", what, text,
			     port_of(sa));
}

int listener_add(struct listener *l, const struct sockaddr_storage *sa,
		 socklen_t len, struct err *err)
{
	struct sockaddr_storage at = *sa;
	int fd;

	if (l->n == LISTENER_MAX)
		return err_set(err, ERR_LOCAL,
			       _("more than %d addresses to listen on"),
			       LISTENER_MAX);
	fd = socket(at.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
		    0);
	if (fd < 0)
		return fail_port(&at, "socket", err);
	if (bind_port(l, fd, &at, len)) {
		(void)fail_port(&at, "bind", err);
		close(fd);
		return -1;
	}
	if (begin(l, fd, err)) {
		close(fd);
		return -1;
	}
	if (!l->port)
		l->port = port_of(&at);
	return 0;
}

static int bind_path(const char *path, mode_t mask, int fd)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	mode_t was;
	int rc;

	memcpy(sun.sun_path, path, strlen(path) + 1);
	/* The socket is born with its mode: no moment when it is open to all.
	 */
	was = umask(mask);
	rc = bind(fd, (const struct sockaddr *)&sun, sizeof(sun));
	(void)umask(was);
	return rc;
}

int listener_add_unix(struct listener *l, const char *path, mode_t mask,
		      bool replace, struct err *err)
{
	struct stat st;
	int fd;

	if (strlen(path) >= sizeof(((struct sockaddr_un *)0)->sun_path))
		return err_set(err, ERR_LOCAL,
			       _("'%s' is too long a name for a socket"), path);
	if (replace && unlink(path) && errno != ENOENT)
		return err_set_errno(err, ERR_LOCAL, _("cannot remove '%s'"),
				     path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return err_set_errno(err, ERR_LOCAL, _("cannot make a socket"));
	if (bind_path(path, mask, fd)) {
		(void)err_set_errno(err, ERR_LOCAL, _("cannot bind to path %s"),
				    path);
		close(fd);
		return -1;
	}
	if (begin(l, fd, err)) {
		(void)unlink(path);
		close(fd);
		return -1;
	}
	l->path = xstrdup(path);
	if (lstat(path, &st) == 0) {
		l->dev = st.st_dev;
		l->ino = st.st_ino;
	}
	return 0;
}

/* What stands there by now may be another's. */
static void remove_path(struct listener *l)
{
	struct stat st;

	if (l->path && lstat(l->path, &st) == 0 && S_ISSOCK(st.st_mode) &&
	    st.st_dev == l->dev && st.st_ino == l->ino)
		(void)unlink(l->path);
	free(l->path);
	l->path = NULL;
}

void listener_stop(struct listener *l)
{
	if (!l->loop)
		return;
	for (size_t i = 0; i < l->n; i++) {
		int fd = l->sockets[i].watch.fd;

		watch_stop(&l->sockets[i].watch);
		close(fd);
	}
	l->n = 0;
	timer_stop(l->loop, &l->pause);
	remove_path(l);
}
