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

#include "base/alloc.h"
#include "base/log.h"
#include "io/ctlsock.h"
#include "lib/fake_driver.h"
#include "ssh/muxlink.h"
#include "ssh/session.h"

#define TURNS 20000

struct fixture {
	struct loop *loop;
	struct ssh_driver drv;
	struct session_env env;
	struct ssh_opts opts;
	struct target target;
	struct fake_log logs[2];
	struct bufpool pool;
	struct muxmaster_maker maker;
	struct session *session;
	struct muxlink client;
	struct mux_msg said; /* by the master, last */
	unsigned int nsaid;
	char dir[32], path[64];
};

static void on_phase(void *arg, enum phase p)
{
	(void)arg;
	(void)p;
}

static void on_held(void *arg, bool held)
{
	(void)arg;
	(void)held;
}

/* What is local has no master: for the moment it is not. */
static void on_ready(void *arg)
{
	struct fixture *f = arg;
	struct companion *c;
	struct err err = { 0 };

	f->drv.local = false;
	c = f->maker.maker.make(&f->maker.maker, f->session);
	f->drv.local = true;
	assert_non_null(c);
	session_attach(f->session, c);
	assert_int_equal(session_begun(f->session, &err), DRV_OK);
}

static void nothing(void *arg)
{
	(void)arg;
}

static void on_lost(void *arg, const struct err *why)
{
	(void)arg;
	(void)why;
}

static const struct session_events events = {
	.phase = on_phase,
	.held = on_held,
	.ready = on_ready,
	.step = nothing,
	.lost = on_lost,
	.closing = nothing,
	.closed = nothing,
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

static void turn(struct fixture *f)
{
	assert_true(loop_turn(f->loop, false, NULL) >= 0);
}

#define TURN_UNTIL(f, what)                                                    \
	do {                                                                   \
		int turns = 0;                                                 \
		while (!(what)) {                                              \
			assert_true(turns++ < TURNS);                          \
			turn(f);                                               \
		}                                                              \
	} while (0)

static void greet(struct fixture *f)
{
	struct mux_msg hello = { .kind = MUX_HELLO, .number = MUX_VERSION };
	int fd;

	TURN_UNTIL(f, access(f->path, F_OK) == 0);
	fd = ctlsock_connect(f->path);
	assert_true(fd >= 0);
	assert_int_equal(muxlink_start(&f->client, f->loop, fd, heard, NULL),
			 0);
	assert_int_equal(muxlink_put(&f->client, &hello, NULL, 0, NULL), 0);
	TURN_UNTIL(f, f->nsaid == 1);
	assert_int_equal(f->said.kind, MUX_HELLO);
}

static void open_fixture(struct fixture *f, const struct fake_row *script)
{
	*f = (struct fixture){ .drv = driver_fake_local };
	log_init("test", LOG_QUIET);
	(void)snprintf(f->dir, sizeof(f->dir), "/tmp/muxmaster.XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	(void)snprintf(f->path, sizeof(f->path), "%s/s", f->dir);
	f->opts.control_path = f->path;
	f->opts.control_master = ASK_YES;
	f->opts.stream_local_bind_mask = 0177;
	f->loop = loop_new_virtual(NULL);
	bufpool_init(&f->pool, 4);
	muxmaster_maker_init(&f->maker, &f->pool, NULL, true);
	f->target.name = xstrdup("h");
	f->target.host = "h";
	f->target.opts = &f->opts;
	f->logs[0] = (struct fake_log){ .name = "h", .script = script };
	fake_driver_use(f->logs);
	f->env.loop = f->loop;
	f->env.drv = &f->drv;
	f->session = session_new(&f->env, &f->target, NULL, &events, f);
	greet(f);
}

static void close_fixture(struct fixture *f)
{
	muxlink_stop(&f->client);
	mux_msg_release(&f->said);
	session_free(f->session);
	bufpool_release(&f->pool);
	loop_free(f->loop);
	free(f->target.name);
	assert_int_equal(rmdir(f->dir), 0);
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
		turn(&f);
	muxlink_stop(&f.client);
	for (int i = 0; i < 50; i++)
		turn(&f);
	assert_int_equal(f.logs[0].closes, 0);
	assert_true(session_busy(f.session));
	for (int i = 0; !f.logs[0].closes; i++) {
		assert_true(i < TURNS);
		assert_true(loop_turn(f.loop, true, NULL) >= 0);
	}
	TURN_UNTIL(&f, !session_busy(f.session));
	assert_string_equal(f.logs[0].command, "");
	close_fixture(&f);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_goes_while_it_opens_leaves_no_channel),
	};

	alarm(60);
	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
