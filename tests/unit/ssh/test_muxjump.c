/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A connection through the master of a jump host, which says what a row has it
 * say.
 */
#include "ssh/muxjump.h"

#include "lib/test.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/log.h"
#include "io/ctlsock.h"
#include "ssh/muxlink.h"

static char folder[] = "/tmp/rsh-muxjump-XXXXXX";
static char *path;

struct world {
	struct loop *loop;
	struct muxlink master;
	struct watch listening;
	const struct mux_msg *says; /* to what it hears, in turn */
	size_t nsays, heard;
	char *host;
	uint32_t port;
	unsigned int told;
	int fd;
};

static void master_hears(struct muxlink *l)
{
	struct world *w = container_of(l, struct world, master);
	struct mux_msg m;

	while (w->heard < 3 && muxlink_get(l, &m, NULL) == 1) {
		if (m.kind == MUX_NEW_STDIO) {
			w->host = xstrdup(m.connect_host);
			w->port = m.connect_port;
		}
		mux_msg_release(&m);
		if (w->heard < w->nsays)
			(void)muxlink_put(l, &w->says[w->heard], NULL, 0, NULL);
		else
			(void)shutdown(l->watch.fd, SHUT_RDWR);
		w->heard++;
	}
}

static void accepted(struct watch *watch, unsigned int events)
{
	struct world *w = container_of(watch, struct world, listening);
	int fd = accept4(watch->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	(void)events;
	assert_true(fd >= 0);
	assert_int_equal(
		muxlink_start(&w->master, w->loop, fd, master_hears, NULL), 0);
}

static void done(void *arg, int fd)
{
	struct world *w = arg;

	w->told++;
	w->fd = fd;
	loop_stop(w->loop);
}

/* The descriptor that comes behind the request is what goes to the target. */
static void both_ends_are_one(struct world *w)
{
	char byte = 0;
	int far = -1;

	for (int i = 0; muxlink_get_fd(&w->master, &far) == 0; i++) {
		assert_true(i < 1000);
		assert_true(loop_turn(w->loop, false, NULL) >= 0);
	}
	assert_true(far >= 0);
	assert_int_equal(write(w->fd, "x", 1), 1);
	assert_int_equal(read(far, &byte, 1), 1);
	assert_int_equal(byte, 'x');
	close(far);
	close(w->fd);
}

static void the_master_connects_or_is_passed_by(void **state)
{
	static char no[] = "no";
	const struct mux_msg hello = { .kind = MUX_HELLO,
				       .number = MUX_VERSION };
	const struct mux_msg alive = { .kind = MUX_ALIVE };
	const struct {
		struct mux_msg says[3];
		size_t nsays;
		bool listens, connects;
	} rows[] = {
		{ .listens = false },
		{ .listens = true, .nsays = 0 },
		{ { hello, alive }, 2, true, false },
		{ { hello, alive, { .kind = MUX_OPENED, .id = 1 } },
		  3,
		  true,
		  true },
		{ { hello,
		    alive,
		    { .kind = MUX_FAILURE, .id = 1, .reason = no } },
		  3,
		  true,
		  false },
		{ { hello, alive, { .kind = MUX_OK, .id = 1 } },
		  3,
		  true,
		  false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ssh_opts opts = { .control_path = path };
		const struct target via = { .name = no, .opts = &opts };
		const struct target target = {
			.name = no, .host = "far", .port = 7, .via = &via
		};
		struct world w = { .says = rows[i].says,
				   .nsays = rows[i].nsays,
				   .fd = -1 };
		struct muxjump *j;
		bool taken;
		int fd = -1;

		opts.control_master = ASK_NO;
		assert_true(muxjump_wanted(&target));
		w.loop = loop_new_virtual(NULL);
		if (rows[i].listens) {
			fd = ctlsock_listen(path, &taken, NULL);
			assert_true(fd >= 0);
			assert_int_equal(watch_start(w.loop, &w.listening, fd,
						     WATCH_IN, accepted, NULL),
					 0);
		}
		j = muxjump_start(w.loop, &target, done, &w);
		assert_int_equal(loop_run(w.loop, NULL), 0);
		assert_int_equal(w.told, 1);
		assert_int_equal(w.fd >= 0, rows[i].connects);
		if (rows[i].connects) {
			assert_string_equal(w.host, "far");
			assert_int_equal(w.port, 7);
			both_ends_are_one(&w);
		}
		muxjump_free(j);
		muxlink_stop(&w.master);
		if (fd >= 0) {
			watch_stop(&w.listening);
			close(fd);
			unlink(path);
		}
		free(w.host);
		loop_free(w.loop);
	}
}

static int make_folder(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	path = xasprintf("%s/s", folder);
	return 0;
}

static int remove_folder(void **state)
{
	(void)state;
	free(path);
	return rmdir(folder);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_master_connects_or_is_passed_by),
	};

	alarm(60);
	log_init("test", LOG_QUIET);
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
