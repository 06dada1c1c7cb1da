/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The set of forwardings and its connections, on the scripted driver in
 * virtual time.  Only the Unix sockets that clients connect to are real.
 */
#include "ssh/forwards.h"

#include "lib/test.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/session_rig.h"

struct fixture {
	struct session_rig rig;
	struct ssh_opts opts;
	struct forwards *fw;
	struct sshforward spec;
	enum sshforward_kind kind;
	char dir[32], path[64];
	unsigned int told, failed;
};

static void on_done(void *arg, int port, const struct err *err)
{
	struct fixture *f = arg;

	assert_int_equal(port, 0);
	f->told++;
	f->failed += err->code != ERR_NONE;
}

static void on_ready(void *arg)
{
	struct fixture *f = arg;

	f->fw = forwards_of(f->rig.session);
	forwards_add(f->fw, f->kind, &f->spec, on_done, f);
}

static const struct session_events events = {
	.ready = on_ready,
	.step = session_rig_nothing,
	.closing = session_rig_nothing,
	.closed = session_rig_nothing,
	SESSION_RIG_UNHEARD,
};

static void open_fixture(struct fixture *f, enum sshforward_kind kind,
			 const struct fake_row *script)
{
	*f = (struct fixture){ .kind = kind };
	(void)snprintf(f->dir, sizeof(f->dir), "/tmp/forwards.XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	(void)snprintf(f->path, sizeof(f->path), "%s/s", f->dir);
	f->spec.listen_path = f->path;
	if (kind != SSHFORWARD_DYNAMIC) {
		f->spec.connect_host = f->dir; /* any name will do */
		f->spec.connect_port = 80;
	}
	f->opts.stream_local_bind_mask = 0177;
	f->rig.target.opts = &f->opts;
	session_rig_open(&f->rig, script, &events, f);
}

static void close_fixture(struct fixture *f)
{
	session_rig_close(&f->rig);
	assert_int_equal(access(f->path, F_OK), -1);
	assert_int_equal(rmdir(f->dir), 0);
}

static int try_connect(const struct fixture *f)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	memcpy(sun.sun_path, f->path, strlen(f->path) + 1);
	if (!connect(fd, (struct sockaddr *)&sun, sizeof(sun)))
		return fd;
	close(fd);
	return -1;
}

/* A client, once it listens. */
static int enter(struct fixture *f)
{
	int fd;

	TURN_UNTIL(&f->rig, f->told);
	assert_int_equal(f->failed, 0);
	fd = try_connect(f);
	assert_true(fd >= 0);
	return fd;
}

static void both_ways_and_both_ends(void **state)
{
	static const struct fake_row script[] = {
		{ FAKE_OPEN, FAKE_AGAIN, 0, NULL },
		{ FAKE_OPEN, FAKE_OK, 0, NULL },
		{ FAKE_PUMP, FAKE_OUT, 0, "ping" },
		{ FAKE_PUMP, FAKE_EOF, 0, NULL },
		{ FAKE_PUMP, FAKE_WAIT, 100, NULL },
		{ FAKE_PUMP, FAKE_CLOSED, 0, NULL },
		{ FAKE_END, FAKE_OK, 0, NULL },
	};
	struct fixture f;
	char buf[8];
	int fd;

	(void)state;
	open_fixture(&f, SSHFORWARD_LOCAL, script);
	fd = enter(&f);
	assert_int_equal(send(fd, "pong", 4, 0), 4);
	TURN_UNTIL(&f.rig, f.rig.logs[0].written == 4);
	assert_int_equal(recv(fd, buf, 4, MSG_WAITALL), 4);
	assert_memory_equal(buf, "ping", 4);
	assert_int_equal(recv(fd, buf, 1, 0), 0);
	/* That was the end of one way: what the client says is heard. */
	assert_int_equal(send(fd, "on", 2, MSG_NOSIGNAL), 2);
	TURN_UNTIL(&f.rig, f.rig.logs[0].written == 6);
	assert_false(f.rig.logs[0].eof_sent);
	assert_int_equal(forwards_open(f.fw), 1);
	close(fd);
	TURN_UNTIL(&f.rig, f.rig.logs[0].eof_sent);
	/* It counts until the server has closed, too. */
	assert_int_equal(forwards_open(f.fw), 1);
	TURN_UNTIL(&f.rig, !forwards_open(f.fw));
	close_fixture(&f);
}

static void a_server_that_does_not_close_is_waited_for(void **state)
{
	static const struct fake_row script[] = {
		{ FAKE_PUMP, FAKE_EOF, 0, NULL },
		{ FAKE_PUMP, FAKE_HANG, 0, NULL },
	};
	struct fixture f;
	uint64_t begin;

	(void)state;
	open_fixture(&f, SSHFORWARD_LOCAL, script);
	begin = loop_now(f.rig.loop);
	close(enter(&f));
	TURN_UNTIL(&f.rig, f.rig.logs[0].eof_sent);
	TURN_UNTIL(&f.rig, !forwards_open(f.fw));
	assert_true(loop_now(f.rig.loop) - begin >= UINT64_C(10000000000));
	close_fixture(&f);
}

static void what_is_refused_is_closed(void **state)
{
	static const struct fake_row script[] = {
		{ FAKE_OPEN, FAKE_AGAIN, 0, NULL },
		{ FAKE_OPEN, FAKE_ERROR, ERR_CHANNEL, "no" },
		{ FAKE_END, FAKE_OK, 0, NULL },
	};
	struct fixture f;
	char c;
	int fd;

	(void)state;
	open_fixture(&f, SSHFORWARD_LOCAL, script);
	fd = enter(&f);
	TURN_UNTIL(&f.rig, f.rig.logs[0].direct[0] && !forwards_open(f.fw));
	assert_int_equal(recv(fd, &c, 1, 0), 0);
	close(fd);
	close_fixture(&f);
}

static void a_client_of_socks_says_where_to(void **state)
{
	static const struct fake_row script[] = {
		{ FAKE_PUMP, FAKE_CLOSED, 0, NULL },
		{ FAKE_END, FAKE_OK, 0, NULL },
	};
	static const unsigned char said[] = { 5,   1, 0, 5, 1, 0, 1,
					      127, 0, 0, 1, 0, 80 };
	static const unsigned char heard[12] = { 5, 0, 5, 0, 0, 1 };
	unsigned char buf[16];
	struct fixture f;
	int fd;

	(void)state;
	open_fixture(&f, SSHFORWARD_DYNAMIC, script);
	fd = enter(&f);
	assert_int_equal(forwards_open(f.fw), 0);
	assert_int_equal(send(fd, said, sizeof(said), 0), sizeof(said));
	TURN_UNTIL(&f.rig, f.rig.logs[0].direct[0]);
	assert_string_equal(f.rig.logs[0].direct, "127.0.0.1 80");
	assert_int_equal(recv(fd, buf, sizeof(heard), MSG_WAITALL),
			 sizeof(heard));
	assert_memory_equal(buf, heard, sizeof(heard));
	TURN_UNTIL(&f.rig, !forwards_open(f.fw));
	close(fd);
	close_fixture(&f);
}

static void cancelled_it_listens_no_more(void **state)
{
	static const struct fake_row script[] = {
		{ FAKE_END, FAKE_OK, 0, NULL },
	};
	struct fixture f;
	struct err err = { 0 };
	int fd;

	(void)state;
	open_fixture(&f, SSHFORWARD_LOCAL, script);
	fd = enter(&f);
	TURN_UNTIL(&f.rig, forwards_open(f.fw) == 1);
	assert_int_equal(forwards_cancel(f.fw, f.kind, &f.spec, &err), 0);
	assert_int_equal(forwards_open(f.fw), 1);
	assert_int_equal(try_connect(&f), -1);
	assert_int_equal(forwards_cancel(f.fw, f.kind, &f.spec, &err), -1);
	assert_int_equal(err.code, ERR_USAGE);
	err_release(&err);
	assert_int_equal(send(fd, "more", 4, 0), 4);
	TURN_UNTIL(&f.rig, f.rig.logs[0].written == 4);
	close(fd);
	/* The session ends with the connection open. */
	close_fixture(&f);
}

static void where_it_cannot_listen_is_told(void **state)
{
	static const struct fake_row script[] = {
		{ FAKE_END, FAKE_OK, 0, NULL },
	};
	struct fixture f;

	(void)state;
	open_fixture(&f, SSHFORWARD_LOCAL, script);
	f.spec.listen_path = (char[]){ "/none/there" };
	TURN_UNTIL(&f.rig, f.told);
	assert_int_equal(f.failed, 1);
	assert_int_equal(forwards_open(f.fw), 0);
	close_fixture(&f);
}

/* And not asked for as a port that nobody named. */
static void a_server_listens_at_no_path(void **state)
{
	static const struct fake_row script[] = {
		{ FAKE_LISTEN, FAKE_OK, 4711, NULL },
		{ FAKE_END, FAKE_OK, 0, NULL },
	};
	struct fixture f;

	(void)state;
	open_fixture(&f, SSHFORWARD_REMOTE, script);
	TURN_UNTIL(&f.rig, f.told);
	assert_int_equal(f.failed, 1);
	close_fixture(&f);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_ways_and_both_ends),
		cmocka_unit_test(a_server_that_does_not_close_is_waited_for),
		cmocka_unit_test(what_is_refused_is_closed),
		cmocka_unit_test(a_client_of_socks_says_where_to),
		cmocka_unit_test(cancelled_it_listens_no_more),
		cmocka_unit_test(where_it_cannot_listen_is_told),
		cmocka_unit_test(a_server_listens_at_no_path),
	};

	alarm(60);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
