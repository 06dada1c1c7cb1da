/* SPDX-License-Identifier: Apache-2.0 */
/* A master at a socket in a new folder, which says what a row has it say. */
#ifndef RSH_TESTS_UNIT_SSH_SCRIPTED_MASTER_H
#define RSH_TESTS_UNIT_SSH_SCRIPTED_MASTER_H

#include "lib/test.h"

#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "io/ctlsock.h"
#include "ssh/muxlink.h"

struct scripted_master {
	struct loop *loop;
	struct muxlink link;
	struct watch listening;
	const struct mux_msg *says; /* to what it hears, in turn */
	size_t nsays, heard;
	bool hangs_up; /* in place of an answer that is not there */
	char *host;    /* where a client would go to */
	uint32_t port;
};

static char master_folder[] = "/tmp/rsh-mux-XXXXXX";
static char *master_path;

/* Not more than three messages: a descriptor comes behind the third. */
static void master_hears(struct muxlink *l)
{
	struct scripted_master *s =
		container_of(l, struct scripted_master, link);
	struct mux_msg m;

	while (s->heard < 3 && muxlink_get(l, &m, NULL) == 1) {
		if (m.kind == MUX_NEW_STDIO) {
			s->host = xstrdup(m.connect_host);
			s->port = m.connect_port;
		}
		mux_msg_release(&m);
		if (s->heard < s->nsays)
			(void)muxlink_put(l, &s->says[s->heard], NULL, 0, NULL);
		else if (s->hangs_up)
			(void)shutdown(l->watch.fd, SHUT_RDWR);
		s->heard++;
	}
}

static void master_accepts(struct watch *watch, unsigned int events)
{
	struct scripted_master *s =
		container_of(watch, struct scripted_master, listening);
	int fd = accept4(watch->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	(void)events;
	assert_true(fd >= 0);
	assert_int_equal(
		muxlink_start(&s->link, s->loop, fd, master_hears, NULL), 0);
}

/* The loop is made, in virtual time, in any case. */
static void master_start(struct scripted_master *s, bool listens)
{
	bool taken;
	int fd;

	s->loop = loop_new_virtual(NULL);
	if (!listens)
		return;
	fd = ctlsock_listen(master_path, &taken, NULL);
	assert_true(fd >= 0);
	assert_int_equal(watch_start(s->loop, &s->listening, fd, WATCH_IN,
				     master_accepts, NULL),
			 0);
}

static void master_stop(struct scripted_master *s)
{
	int fd = s->listening.fd;

	muxlink_stop(&s->link);
	if (watch_active(&s->listening)) {
		watch_stop(&s->listening);
		close(fd);
		assert_int_equal(unlink(master_path), 0);
	}
	free(s->host);
	loop_free(s->loop);
}

static int master_folder_make(void **state)
{
	(void)state;
	if (!mkdtemp(master_folder))
		return -1;
	master_path = xasprintf("%s/s", master_folder);
	return 0;
}

static int master_folder_remove(void **state)
{
	(void)state;
	free(master_path);
	return rmdir(master_folder);
}

#endif /* RSH_TESTS_UNIT_SSH_SCRIPTED_MASTER_H */
