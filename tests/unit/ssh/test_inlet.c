/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Connections that the server makes, on the scripted driver in virtual time.
 * Only the Unix socket that they lead to is real.
 */
#include "ssh/inlet.h"

#include "lib/test.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/session_rig.h"

struct fixture {
	struct session_rig rig;
	struct inlet inlet;
	struct inlet_to to;
	struct strvec permit;
	struct strbuf greeting;
	char dir[32], path[64];
	int listener;
	bool ready;
};

static void on_ready(void *arg)
{
	struct fixture *f = arg;
	struct err err = { 0 };

	inlet_init(&f->inlet, f->rig.session, "localhost", 0, &f->to, 2);
	assert_int_equal(driver_fake_local.listen(session_conn(f->rig.session),
						  &f->inlet.listener, &err),
			 DRV_OK);
	assert_int_equal(f->inlet.listener.port, 4711);
	f->ready = true;
}

static void on_step(void *arg)
{
	struct fixture *f = arg;

	if (f->ready)
		inlet_step(&f->inlet);
}

static void on_closing(void *arg)
{
	struct fixture *f = arg;

	inlet_close(&f->inlet);
}

static const struct session_events events = {
	.ready = on_ready,
	.step = on_step,
	.closing = on_closing,
	.closed = session_rig_nothing,
	SESSION_RIG_UNHEARD,
};

static void open_fixture(struct fixture *f, const struct fake_row *script)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };

	*f = (struct fixture){ 0 };
	(void)snprintf(f->dir, sizeof(f->dir), "/tmp/inlet.XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	(void)snprintf(f->path, sizeof(f->path), "%s/s", f->dir);
	memcpy(sun.sun_path, f->path, strlen(f->path) + 1);
	f->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(
		bind(f->listener, (struct sockaddr *)&sun, sizeof(sun)), 0);
	assert_int_equal(listen(f->listener, 4), 0);
	f->to.path = f->path;
	f->to.permit = &f->permit;
	strbuf_init(&f->greeting, 64);
	session_rig_open(&f->rig, script, &events, f);
}

static void close_fixture(struct fixture *f)
{
	session_rig_close(&f->rig);
	strvec_release(&f->permit);
	strbuf_release(&f->greeting);
	close(f->listener);
	unlink(f->path);
	rmdir(f->dir);
}

#define NS_PER_S UINT64_C(1000000000)

static size_t conns(const struct inlet *in)
{
	size_t n = 0;

	list_for_each (pos, &in->conns)
		n++;
	return n;
}

static void both_ways_and_both_ends(void **state)
{
	static const struct fake_row script[] = {
		{ FAKE_LISTEN, FAKE_OK, 4711, NULL },
		{ FAKE_PUMP, FAKE_OPENS, 4711, "forwarded-tcpip" },
		{ FAKE_THERE, FAKE_OUT, 0, "ping" },
		{ FAKE_THERE, FAKE_EOF, 0, NULL },
		{ FAKE_THERE, FAKE_WAIT, 100, NULL },
		{ FAKE_THERE, FAKE_CLOSED, 0, NULL },
		{ FAKE_END, FAKE_OK, 0, NULL },
	};
	struct fixture f;
	char buf[8];
	int fd;

	(void)state;
	open_fixture(&f, script);
	TURN_UNTIL(&f.rig, f.ready && inlet_open(&f.inlet) == 1);
	fd = accept(f.listener, NULL, NULL);
	assert_true(fd >= 0);
	assert_int_equal(recv(fd, buf, 4, MSG_WAITALL), 4);
	assert_memory_equal(buf, "ping", 4);
	assert_int_equal(recv(fd, buf, 1, 0), 0);
	assert_int_equal(send(fd, "pong", 4, 0), 4);
	close(fd);
	TURN_UNTIL(&f.rig, f.rig.logs[0].eof_sent);
	assert_int_equal(f.rig.logs[0].written, 4);
	/* It counts until the far side has closed, too. */
	assert_int_equal(inlet_open(&f.inlet), 1);
	TURN_UNTIL(&f.rig, inlet_empty(&f.inlet));
	assert_int_equal(inlet_open(&f.inlet), 0);
	close_fixture(&f);
}

static void no_more_than_it_takes(void **state)
{
	static const struct fake_row script[] = {
		{ FAKE_LISTEN, FAKE_OK, 4711, NULL },
		{ FAKE_PUMP, FAKE_OPENS, 4711, "forwarded-tcpip" },
		{ FAKE_PUMP, FAKE_OPENS, 4712, "forwarded-tcpip" },
		{ FAKE_PUMP, FAKE_OPENS, 4711, "x11" },
		{ FAKE_END, FAKE_OK, 0, NULL },
	};
	struct fixture f;

	(void)state;
	open_fixture(&f, script);
	TURN_UNTIL(&f.rig, f.ready && inlet_open(&f.inlet) == 1);
	assert_int_equal(conns(&f.inlet), 1);
	assert_int_equal(f.rig.logs[0].refused, 2);
	close_fixture(&f);
}

/* Nobody is there, and the far side does not close: in the end it goes. */
static void what_is_not_there_ends(void **state)
{
	static const struct fake_row script[] = {
		{ FAKE_LISTEN, FAKE_OK, 4711, NULL },
		{ FAKE_PUMP, FAKE_OPENS, 4711, "forwarded-tcpip" },
		{ FAKE_THERE, FAKE_OUT, 0, "lost" },
		{ FAKE_THERE, FAKE_HANG, 0, NULL },
		{ FAKE_END, FAKE_OK, 0, NULL },
	};
	struct fixture f;
	uint64_t begin;

	(void)state;
	open_fixture(&f, script);
	unlink(f.path);
	begin = loop_now(f.rig.loop);
	TURN_UNTIL(&f.rig, f.ready && conns(&f.inlet) == 1);
	assert_int_equal(inlet_open(&f.inlet), 0);
	TURN_UNTIL(&f.rig, inlet_empty(&f.inlet));
	assert_true(loop_now(f.rig.loop) - begin >= 10000000000);
	close_fixture(&f);
}

static void what_is_no_socks_is_closed(void **state)
{
	static const struct {
		const char *said, *permit;
		size_t written;
	} rows[] = {
		{ "G", "any", 0 },
		/* greeted, then no command of ours; or forbidden */
		{ "\005\001\001", "any", 2 },
		{ "\004\002", "any", 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fake_row script[24] = {
			{ FAKE_LISTEN, FAKE_OK, 4711, NULL },
			{ FAKE_PUMP, FAKE_OPENS, 4711, "forwarded-tcpip" },
		};
		char bytes[8][2] = { 0 };
		size_t n = 2;
		struct fixture f;

		/* A byte at a time, as much as is taken at least. */
		for (size_t k = 0; rows[i].said[k]; k++) {
			bytes[k][0] = rows[i].said[k];
			script[n++] = (struct fake_row){ FAKE_THERE, FAKE_OUT,
							 0, bytes[k] };
			script[n++] = (struct fake_row){ FAKE_THERE, FAKE_WAIT,
							 1, NULL };
		}
		script[n++] =
			(struct fake_row){ FAKE_THERE, FAKE_WAIT, 50, NULL };
		script[n++] =
			(struct fake_row){ FAKE_THERE, FAKE_CLOSED, 0, NULL };
		open_fixture(&f, script);
		f.to.path = NULL;
		strvec_push(&f.permit, rows[i].permit);
		TURN_UNTIL(&f.rig, f.ready && conns(&f.inlet) == 1);
		assert_int_equal(inlet_open(&f.inlet), 0);
		TURN_UNTIL(&f.rig, inlet_empty(&f.inlet));
		assert_int_equal(f.rig.logs[0].written, rows[i].written);
		close_fixture(&f);
	}
}

/* What the far side says waits, and the answer is not for it. */
static void greeting_comes_first_and_its_answer_stays_here(void **state)
{
	static const struct fake_row script[] = {
		{ FAKE_LISTEN, FAKE_OK, 4711, NULL },
		{ FAKE_PUMP, FAKE_OPENS, 4711, "forwarded-tcpip" },
		{ FAKE_THERE, FAKE_OUT, 0, "ping" },
		{ FAKE_THERE, FAKE_EOF, 0, NULL },
		{ FAKE_THERE, FAKE_WAIT, 100, NULL },
		{ FAKE_THERE, FAKE_CLOSED, 0, NULL },
		{ FAKE_END, FAKE_OK, 0, NULL },
	};
	static const char answer[] = "\0\0\0\3yes";
	struct fixture f;
	char buf[8];
	int fd;

	(void)state;
	open_fixture(&f, script);
	strbuf_addstr(&f.greeting, "hello");
	f.to.greeting = &f.greeting;
	TURN_UNTIL(&f.rig, f.ready && conns(&f.inlet) == 1);
	fd = accept(f.listener, NULL, NULL);
	assert_true(fd >= 0);
	assert_int_equal(recv(fd, buf, sizeof(buf), 0), 5);
	assert_memory_equal(buf, "hello", 5);
	/* In pieces, and the last with what is for the far side. */
	for (size_t i = 0; i < sizeof(answer) - 1; i++) {
		assert_int_equal(inlet_open(&f.inlet), 0);
		assert_int_equal(recv(fd, buf, sizeof(buf), MSG_DONTWAIT), -1);
		assert_int_equal(send(fd, answer + i, 1, 0), 1);
		if (i == sizeof(answer) - 2)
			assert_int_equal(send(fd, "pong", 4, 0), 4);
		session_rig_turn(&f.rig);
	}
	TURN_UNTIL(&f.rig, f.rig.logs[0].written == 4);
	assert_int_equal(recv(fd, buf, 4, MSG_WAITALL), 4);
	assert_memory_equal(buf, "ping", 4);
	close(fd);
	TURN_UNTIL(&f.rig, inlet_empty(&f.inlet));
	assert_int_equal(f.rig.logs[0].written, 4);
	close_fixture(&f);
}

static void what_answers_badly_is_not_led_to(void **state)
{
	static const struct {
		const char *answer;
		size_t n;
	} rows[] = {
		{ "", 0 },	    { "\0\0\0", 3 },
		{ "\0\0\0\0x", 5 }, { "\377\377\377\377x", 5 },
		{ "\0\0\4\0x", 5 },
	};
	static const struct fake_row script[] = {
		{ FAKE_LISTEN, FAKE_OK, 4711, NULL },
		{ FAKE_PUMP, FAKE_OPENS, 4711, "forwarded-tcpip" },
		{ FAKE_THERE, FAKE_OUT, 0, "lost" },
		{ FAKE_THERE, FAKE_WAIT, 100, NULL },
		{ FAKE_THERE, FAKE_CLOSED, 0, NULL },
		{ FAKE_END, FAKE_OK, 0, NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f;
		char buf[8];
		int fd;

		open_fixture(&f, script);
		strbuf_addstr(&f.greeting, "hello");
		f.to.greeting = &f.greeting;
		TURN_UNTIL(&f.rig, f.ready && conns(&f.inlet) == 1);
		fd = accept(f.listener, NULL, NULL);
		assert_int_equal(recv(fd, buf, sizeof(buf), 0), 5);
		assert_int_equal(send(fd, rows[i].answer, rows[i].n, 0),
				 rows[i].n);
		assert_int_equal(shutdown(fd, SHUT_WR), 0);
		TURN_UNTIL(&f.rig, inlet_empty(&f.inlet));
		assert_true(recv(fd, buf, sizeof(buf), 0) <= 0);
		assert_int_equal(f.rig.logs[0].written, 0);
		close(fd);
		close_fixture(&f);
	}
}

/* Neither it nor the far side holds us at the end. */
static void one_that_never_answers_ends_with_the_channel(void **state)
{
	static const struct fake_row script[] = {
		{ FAKE_LISTEN, FAKE_OK, 4711, NULL },
		{ FAKE_PUMP, FAKE_OPENS, 4711, "forwarded-tcpip" },
		{ FAKE_THERE, FAKE_WAIT, 100, NULL },
		{ FAKE_THERE, FAKE_CLOSED, 0, NULL },
		{ FAKE_END, FAKE_OK, 0, NULL },
	};
	struct fixture f;

	(void)state;
	open_fixture(&f, script);
	strbuf_addstr(&f.greeting, "hello");
	f.to.greeting = &f.greeting;
	TURN_UNTIL(&f.rig, f.ready && conns(&f.inlet) == 1);
	TURN_UNTIL(&f.rig, inlet_empty(&f.inlet));
	close_fixture(&f);
}

/* The end comes with the last bytes, and says that there are no more. */
static void who_ends_within_socks_is_closed(void **state)
{
	static const struct fake_row script[] = {
		{ FAKE_LISTEN, FAKE_OK, 4711, NULL },
		{ FAKE_PUMP, FAKE_OPENS, 4711, "forwarded-tcpip" },
		{ FAKE_THERE, FAKE_OUT, 0, "\004" },
		{ FAKE_THERE, FAKE_EOF, 0, NULL },
		{ FAKE_THERE, FAKE_WAIT, 1000000, NULL },
		{ FAKE_THERE, FAKE_CLOSED, 0, NULL },
	};
	struct fixture f;
	uint64_t began;

	(void)state;
	open_fixture(&f, script);
	f.to.path = NULL;
	strvec_push(&f.permit, "any");
	began = loop_now(f.rig.loop);
	TURN_UNTIL(&f.rig, f.ready && conns(&f.inlet) == 1);
	/* It does not close, and is left. */
	TURN_UNTIL(&f.rig, inlet_empty(&f.inlet));
	assert_true(loop_now(f.rig.loop) - began < 1000 * NS_PER_S);
	close_fixture(&f);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_ways_and_both_ends),
		cmocka_unit_test(no_more_than_it_takes),
		cmocka_unit_test(what_is_not_there_ends),
		cmocka_unit_test(what_is_no_socks_is_closed),
		cmocka_unit_test(who_ends_within_socks_is_closed),
		cmocka_unit_test(
			greeting_comes_first_and_its_answer_stays_here),
		cmocka_unit_test(what_answers_badly_is_not_led_to),
		cmocka_unit_test(one_that_never_answers_ends_with_the_channel),
	};

	alarm(60);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
