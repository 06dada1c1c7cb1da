/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A master on the scripted driver; its socket, and who talks to it there, are
 * real.
 */
#include "ssh/muxmaster.h"

#include "lib/test.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/ctlsock.h"
#include "lib/session_rig.h"
#include "ssh/forwards.h"
#include "ssh/muxlink.h"

struct fixture {
	struct session_rig rig;
	struct ssh_driver drv;
	struct ssh_opts opts;
	struct bufpool pool;
	struct muxmaster_maker maker;
	struct muxlink client;
	struct mux_msg said; /* by the master, last */
	unsigned int nsaid, closed;
	char dir[32], path[64];
};

/* What is local has no master: for the moment it is not. */
static void on_ready(void *arg)
{
	struct fixture *f = arg;
	struct companion *c;
	struct err err = { 0 };

	f->drv.local = false;
	c = f->maker.maker.make(&f->maker.maker, f->rig.session);
	f->drv.local = true;
	assert_non_null(c);
	session_attach(f->rig.session, c);
	assert_int_equal(session_begun(f->rig.session, &err), DRV_OK);
}

static void on_closed(void *arg)
{
	struct fixture *f = arg;

	f->closed++;
}

static const struct session_events events = {
	.ready = on_ready,
	.step = session_rig_nothing,
	.closing = session_rig_nothing,
	.closed = on_closed,
	SESSION_RIG_UNHEARD,
};

static void heard(struct muxlink *l)
{
	struct fixture *f = container_of(l, struct fixture, client);

	for (;;) {
		struct mux_msg m;

		if (muxlink_get(l, &m, NULL) != 1)
			return;
		mux_msg_release(&f->said);
		f->said = m;
		f->nsaid++;
	}
}

static void greet(struct fixture *f)
{
	struct mux_msg hello = { .kind = MUX_HELLO, .number = MUX_VERSION };
	int fd;

	TURN_UNTIL(&f->rig, access(f->path, F_OK) == 0);
	fd = ctlsock_connect(f->path);
	assert_true(fd >= 0);
	assert_int_equal(
		muxlink_start(&f->client, f->rig.loop, fd, heard, NULL), 0);
	assert_int_equal(muxlink_put(&f->client, &hello, NULL, 0, NULL), 0);
	TURN_UNTIL(&f->rig, f->nsaid == 1);
	assert_int_equal(f->said.kind, MUX_HELLO);
}

static void open_fixture(struct fixture *f, const struct fake_row *script)
{
	*f = (struct fixture){ .rig.poll = true, .drv = driver_fake_local };
	(void)snprintf(f->dir, sizeof(f->dir), "/tmp/muxmaster.XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	(void)snprintf(f->path, sizeof(f->path), "%s/s", f->dir);
	f->opts.control_path = f->path;
	f->opts.control_master = ASK_YES;
	f->opts.stream_local_bind_mask = 0177;
	bufpool_init(&f->pool, 4);
	muxmaster_maker_init(&f->maker, &f->pool, NULL, true);
	f->rig.target.host = "h";
	f->rig.target.opts = &f->opts;
	f->rig.env.drv = &f->drv;
	session_rig_open(&f->rig, script, &events, f);
	greet(f);
}

static void close_fixture(struct fixture *f)
{
	muxlink_stop(&f->client);
	mux_msg_release(&f->said);
	session_rig_close(&f->rig);
	bufpool_release(&f->pool);
	assert_int_equal(rmdir(f->dir), 0);
}

/* Ask, and hear an answer of that kind. */
static void ask(struct fixture *f, const struct mux_msg *m, enum mux_kind kind)
{
	unsigned int before = f->nsaid;

	assert_int_equal(muxlink_put(&f->client, m, NULL, 0, NULL), 0);
	TURN_UNTIL(&f->rig, f->nsaid > before);
	assert_int_equal(f->said.kind, kind);
}

static void ask_session(struct fixture *f)
{
	static char term[] = "", command[] = "x";
	const struct mux_msg m = { .kind = MUX_NEW_SESSION,
				   .term = term,
				   .command = command };
	const int fds[] = { 0, 1, 2 };

	assert_int_equal(muxlink_put(&f->client, &m, fds, 3, NULL), 0);
}

/* Its command is not run, either. */
static void who_goes_while_it_opens_leaves_no_channel(void **state)
{
	static const struct fake_row script[] = {
		{ FAKE_OPEN, FAKE_WAIT, 1000, NULL },
		{ FAKE_END, FAKE_OK, 0, NULL },
	};
	struct fixture f;

	(void)state;
	open_fixture(&f, script);
	ask_session(&f);
	for (int i = 0; i < 50; i++)
		session_rig_turn(&f.rig);
	muxlink_stop(&f.client);
	for (int i = 0; i < 50; i++)
		session_rig_turn(&f.rig);
	assert_int_equal(f.rig.logs[0].closes, 0);
	assert_true(session_busy(f.rig.session));
	for (int i = 0; !f.rig.logs[0].closes; i++) {
		assert_true(i < SESSION_RIG_TURNS);
		assert_true(loop_turn(f.rig.loop, true, NULL) >= 0);
	}
	TURN_UNTIL(&f.rig, !session_busy(f.rig.session));
	assert_string_equal(f.rig.logs[0].command, "");
	close_fixture(&f);
}

/* A port is a number of 16 bits: what is more is not cut to it. */
static void what_leads_nowhere_is_refused(void **state)
{
	static const struct fake_row script[] = { { FAKE_END, FAKE_OK, 0,
						    NULL } };
	static char host[] = "h", none[] = "";
	static const struct {
		char *host;
		uint32_t port;
	} rows[] = { { host, 0 },
		     { host, 65536 + 22 },
		     { none, 22 },
		     { none, MUX_PORT_PATH } };
	const int fds[] = { 0, 1 };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct mux_msg m = { .kind = MUX_NEW_STDIO,
					   .connect_host = rows[i].host,
					   .connect_port = rows[i].port };
		struct fixture f;

		open_fixture(&f, script);
		assert_int_equal(muxlink_put(&f.client, &m, fds, 2, NULL), 0);
		TURN_UNTIL(&f.rig, f.nsaid == 2);
		assert_int_equal(f.said.kind, MUX_FAILURE);
		TURN_UNTIL(&f.rig, f.client.ended);
		close_fixture(&f);
	}
}

static struct mux_msg remote_forward(char *to)
{
	static char any[] = "";

	return (struct mux_msg){ .kind = MUX_OPEN_FORWARD,
				 .number = MUX_FORWARD_REMOTE,
				 .listen_host = any,
				 .connect_host = to,
				 .connect_port = 80 };
}

static void a_forward_asked_for_twice_is_there(void **state)
{
	static const struct fake_row script[] = {
		{ FAKE_LISTEN, FAKE_OK, 4711, NULL },
		{ FAKE_LISTEN, FAKE_ERROR, ERR_CHANNEL, "no" },
		{ FAKE_END, FAKE_OK, 0, NULL },
	};
	static char a[] = "a", b[] = "b";
	struct mux_msg m = remote_forward(a);
	struct fixture f;

	(void)state;
	open_fixture(&f, script);
	for (int i = 0; i < 2; i++) {
		ask(&f, &m, MUX_REMOTE_PORT);
		assert_int_equal(f.said.number, 4711);
	}
	/* To another place it is another. */
	m.connect_host = b;
	ask(&f, &m, MUX_FAILURE);
	close_fixture(&f);
}

static void a_local_one_asked_for_twice_is_there(void **state)
{
	static const struct fake_row script[] = { { FAKE_END, FAKE_OK, 0,
						    NULL } };
	static char a[] = "a", b[] = "b";
	struct mux_msg m = { .kind = MUX_OPEN_FORWARD,
			     .number = MUX_FORWARD_LOCAL,
			     .listen_port = MUX_PORT_PATH,
			     .connect_host = a,
			     .connect_port = 80 };
	struct fixture f;
	char path[80];

	(void)state;
	open_fixture(&f, script);
	(void)snprintf(path, sizeof(path), "%s/l", f.dir);
	m.listen_host = path;
	ask(&f, &m, MUX_OK);
	ask(&f, &m, MUX_OK);
	m.connect_host = b;
	ask(&f, &m, MUX_FAILURE);
	close_fixture(&f);
}

/* Nothing of it is left: the sanitizers look. */
static void the_session_ends_while_a_forward_is_asked_for(void **state)
{
	static const struct fake_row script[] = {
		{ FAKE_LISTEN, FAKE_HANG, 0, NULL },
		{ FAKE_END, FAKE_OK, 0, NULL },
	};
	static char a[] = "a";
	const struct mux_msg m = remote_forward(a);
	struct fixture f;

	(void)state;
	for (int stays = 0; stays < 2; stays++) {
		open_fixture(&f, script);
		assert_int_equal(muxlink_put(&f.client, &m, NULL, 0, NULL), 0);
		for (int i = 0; i < 50; i++)
			session_rig_turn(&f.rig);
		if (!stays)
			muxlink_stop(&f.client);
		for (int i = 0; i < 50; i++)
			session_rig_turn(&f.rig);
		session_close(f.rig.session);
		TURN_UNTIL(&f.rig, f.closed);
		close_fixture(&f);
	}
}

/* Who runs nothing himself goes with the last client, else nobody does. */
static void a_master_that_is_stopped_ends_with_its_clients(void **state)
{
	static const struct fake_row script[] = { { FAKE_END, FAKE_OK, 0,
						    NULL } };
	const struct mux_msg m = { .kind = MUX_STOP };
	struct fixture f;

	(void)state;
	for (int none = 0; none < 2; none++) {
		open_fixture(&f, script);
		f.opts.session_type =
			none ? SESSION_TYPE_NONE : SESSION_TYPE_DEFAULT;
		ask(&f, &m, MUX_OK);
		assert_int_equal(access(f.path, F_OK), -1);
		for (int i = 0; i < 50; i++)
			session_rig_turn(&f.rig);
		assert_int_equal(f.closed, 0);
		muxlink_stop(&f.client);
		for (int i = 0; i < 50; i++)
			session_rig_turn(&f.rig);
		assert_int_equal(f.closed, none);
		close_fixture(&f);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_goes_while_it_opens_leaves_no_channel),
		cmocka_unit_test(what_leads_nowhere_is_refused),
		cmocka_unit_test(a_forward_asked_for_twice_is_there),
		cmocka_unit_test(a_local_one_asked_for_twice_is_there),
		cmocka_unit_test(the_session_ends_while_a_forward_is_asked_for),
		cmocka_unit_test(
			a_master_that_is_stopped_ends_with_its_clients),
	};

	alarm(60);
	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
