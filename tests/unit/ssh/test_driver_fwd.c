/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Channels that the server opens, where it was asked to: the same against a
 * real sshd and against the scripted driver.
 */
#include "ssh/driver.h"

#include "lib/test.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/fake_driver.h"
#include "lib/ssh_client.h"
#include "lib/sshd.h"

static struct sshd sshd;

/* One thing that is listened for, and the last channel that came for it. */
struct ear {
	struct drv_listener l;
	struct client *c;
	struct drv_channel *ch;
	unsigned int opened;
	char heard[64];
	size_t n;
	bool ended, full;
};

static size_t on_take(void *arg, const void *buf, size_t n)
{
	struct ear *e = arg;

	assert_true(e->c->pumping);
	if (e->full)
		return 0;
	assert_true(e->n + n < sizeof(e->heard));
	memcpy(e->heard + e->n, buf, n);
	e->n += n;
	return n;
}

static void on_end(void *arg)
{
	struct ear *e = arg;

	assert_true(e->c->pumping);
	e->ended = true;
}

static const struct drv_channel_events events = {
	.take = on_take,
	.eof = on_end,
	.closed = on_end,
};

static void on_opened(struct drv_listener *l, struct drv_channel *ch)
{
	struct ear *e = container_of(l, struct ear, l);

	assert_true(e->c->pumping);
	e->opened++;
	e->ch = ch;
	e->c->drv->chan_adopt(ch, &events, e);
}

static void ear_init(struct ear *e, struct client *c, uint16_t port)
{
	*e = (struct ear){
		.l = { .address = "127.0.0.1",
		       .port = port,
		       .most = 2,
		       .opened = on_opened },
		.c = c,
	};
}

static enum drv_rc try_listen(struct ear *e)
{
	struct client *c = e->c;
	enum drv_rc rc;

	while ((rc = c->drv->listen(c->conn, &e->l, &c->err)) == DRV_AGAIN)
		wait_wake(c);
	return rc;
}

static void listen_for(struct ear *e)
{
	assert_int_equal(try_listen(e), DRV_OK);
	assert_int_not_equal(e->l.port, 0);
}

static void unlisten(struct ear *e)
{
	struct client *c = e->c;
	enum drv_rc rc;

	while ((rc = c->drv->unlisten(c->conn, &e->l, &c->err)) == DRV_AGAIN)
		wait_wake(c);
	assert_int_equal(rc, DRV_OK);
}

/* Pump until a condition holds. */
#define PUMP_UNTIL(c, what)                                                    \
	do {                                                                   \
		while (true) {                                                 \
			assert_int_equal(client_pump(c), DRV_AGAIN);           \
			if (what)                                              \
				break;                                         \
			wait_wake(c);                                          \
		}                                                              \
	} while (0)

static int dial_port(uint16_t port)
{
	struct sockaddr_in sin = { .sin_family = AF_INET,
				   .sin_port = htons(port) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_true(fd >= 0);
	if (connect(fd, (const struct sockaddr *)&sin, sizeof(sin)) == 0)
		return fd;
	close(fd);
	return -1;
}

/* A port that nobody else can have; its socket lasts as long as the program. */
static uint16_t take_port(void)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };
	socklen_t n = sizeof(sin);
	static int fd = -1;

	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0) {
		fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		assert_int_equal(
			bind(fd, (const struct sockaddr *)&sin, sizeof(sin)),
			0);
		assert_int_equal(listen(fd, 1), 0);
	}
	assert_int_equal(getsockname(fd, (struct sockaddr *)&sin, &n), 0);
	return ntohs(sin.sin_port);
}

static void say(int fd, const char *text)
{
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
}

/* ---- the same on both ---- */

static void end_channel(struct ear *e)
{
	e->c->drv->chan_free(e->ch);
	e->ch = NULL;
}

static void a_connection_goes_both_ways(const struct ssh_driver *drv)
{
	static const struct fake_row script[] = {
		{ FAKE_LISTEN, FAKE_AGAIN, 0, NULL },
		{ FAKE_LISTEN, FAKE_OK, 4711, NULL },
		{ FAKE_PUMP, FAKE_OPENS, 4711, "forwarded-tcpip" },
		{ FAKE_THERE, FAKE_OUT, 0, "ping" },
		{ FAKE_WRITE, FAKE_TAKE, 4, NULL },
		{ FAKE_THERE, FAKE_EOF, 0, NULL },
		{ FAKE_THERE, FAKE_CLOSED, 0, NULL },
		{ FAKE_END, FAKE_OK, 0, NULL },
	};
	static struct fake_log logs[] = { { .name = "node", .script = script },
					  { .name = NULL } };
	const bool real = drv == &driver_libssh;
	struct client c;
	struct ear e;
	char buf[8];
	int fd = -1;

	fake_driver_use(logs);
	client_init(&c, drv, &sshd);
	client_login(&c);
	ear_init(&e, &c, 0);
	listen_for(&e);
	if (real) {
		fd = dial_port(e.l.port);
		assert_true(fd >= 0);
		say(fd, "ping");
	}
	PUMP_UNTIL(&c, e.n == 4);
	assert_int_equal(e.opened, 1);
	assert_int_equal(e.l.nopen, 1);
	assert_memory_equal(e.heard, "ping", 4);
	assert_int_equal(drv->chan_write(e.ch, "pong", 4), 4);
	if (real) {
		assert_int_equal(recv(fd, buf, 4, MSG_WAITALL), 4);
		assert_memory_equal(buf, "pong", 4);
		close(fd);
	}
	PUMP_UNTIL(&c, e.ended);
	end_channel(&e);
	assert_int_equal(e.l.nopen, 0);
	unlisten(&e);
	if (real)
		assert_int_equal(dial_port(e.l.port), -1);
	client_release(&c);
}

static void on_a_server(void **state)
{
	(void)state;
	a_connection_goes_both_ways(&driver_libssh);
}

static void on_the_fake(void **state)
{
	(void)state;
	a_connection_goes_both_ways(&driver_fake);
}

static void the_fake_refuses_the_rest(void **state)
{
	static const struct fake_row script[] = {
		{ FAKE_LISTEN, FAKE_OK, 4711, NULL },
		{ FAKE_PUMP, FAKE_OPENS, 4712, "forwarded-tcpip" },
		{ FAKE_PUMP, FAKE_OPENS, 4711, "x11" },
		{ FAKE_PUMP, FAKE_OPENS, 0, "auth-agent@openssh.com" },
		{ FAKE_PUMP, FAKE_OPENS, 4711, "session" },
		{ FAKE_LISTEN, FAKE_ERROR, ERR_CHANNEL, "no" },
		{ FAKE_END, FAKE_OK, 0, NULL },
	};
	static struct fake_log logs[] = { { .name = "node", .script = script },
					  { .name = NULL } };
	struct ear e, other;
	struct client c;

	(void)state;
	fake_driver_use(logs);
	client_init(&c, &driver_fake, &sshd);
	client_login(&c);
	ear_init(&e, &c, 0);
	listen_for(&e);
	assert_int_equal(client_pump(&c), DRV_AGAIN);
	assert_int_equal(e.opened, 0);
	assert_int_equal(logs[0].refused, 4);
	ear_init(&other, &c, 1);
	assert_int_equal(try_listen(&other), DRV_ERROR);
	assert_int_equal(c.err.code, ERR_CHANNEL);
	c.drv->forget(c.conn, &e.l);
	client_release(&c);
}

/* ---- a real server alone ---- */

static void a_refusal_is_told_and_may_be_tried_again(void **state)
{
	const uint16_t port = take_port();
	struct client c;
	struct ear e;

	(void)state;
	client_init(&c, &driver_libssh, &sshd);
	client_login(&c);
	ear_init(&e, &c, port);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(try_listen(&e), DRV_ERROR);
		assert_int_equal(c.err.code, ERR_CHANNEL);
		assert_string_equal(c.err.msg, "the server refused to listen");
	}
	e.l.port = 0;
	listen_for(&e);
	c.drv->forget(c.conn, &e.l);
	client_release(&c);
}

/* Whichever is first: each has its own answer, and a keepalive as well. */
static void requests_have_their_turns(void **state)
{
	enum {
		N = 4
	};
	struct ear e[N], taken;
	unsigned int open = N;
	struct client c;
	bool refused = false;
	const uint16_t port = take_port();

	(void)state;
	client_init(&c, &driver_libssh, &sshd);
	client_login(&c);
	c.drv->keepalive(c.conn);
	ear_init(&taken, &c, port);
	for (int i = 0; i < N; i++)
		ear_init(&e[i], &c, 0);
	while (open) {
		for (int i = 0; i < N; i++) {
			enum drv_rc rc;

			if (e[i].l.port)
				continue;
			rc = c.drv->listen(c.conn, &e[i].l, &c.err);
			assert_int_not_equal(rc, DRV_ERROR);
			if (rc == DRV_OK)
				open--;
			c.drv->keepalive(c.conn);
		}
		if (!refused)
			refused = c.drv->listen(c.conn, &taken.l, &c.err) ==
				  DRV_ERROR;
		assert_int_equal(client_pump(&c), DRV_AGAIN);
		if (open)
			wait_wake(&c);
	}
	for (int i = 0; i < N; i++) {
		for (int k = 0; k < i; k++)
			assert_int_not_equal(e[i].l.port, e[k].l.port);
		close(dial_port(e[i].l.port));
		PUMP_UNTIL(&c, e[i].ended);
		end_channel(&e[i]);
		unlisten(&e[i]);
	}
	c.drv->forget(c.conn, &taken.l);
	client_release(&c);
}

/* One that is too many is closed; what nobody takes waits, and is bounded. */
static void channels_are_counted_and_wait(void **state)
{
	struct client c;
	struct ear e;
	int fds[3];
	char byte;

	(void)state;
	client_init(&c, &driver_libssh, &sshd);
	client_login(&c);
	ear_init(&e, &c, 0);
	listen_for(&e);
	e.full = true;
	e.l.most = 1;
	fds[0] = dial_port(e.l.port);
	say(fds[0], "first");
	PUMP_UNTIL(&c, e.opened == 1);
	fds[1] = dial_port(e.l.port);
	assert_true(fds[1] >= 0);
	while (recv(fds[1], &byte, 1, MSG_DONTWAIT) != 0) {
		assert_int_equal(client_pump(&c), DRV_AGAIN);
		usleep(1000);
		c.woken = false;
	}
	assert_int_equal(e.opened, 1);
	assert_int_equal(e.n, 0);
	e.full = false;
	c.drv->chan_more(e.ch);
	PUMP_UNTIL(&c, e.n == 5);
	end_channel(&e);
	/* Forgotten while one comes: it is closed, and nobody hears of it. */
	fds[2] = dial_port(e.l.port);
	c.drv->forget(c.conn, &e.l);
	while (recv(fds[2], &byte, 1, MSG_DONTWAIT) != 0) {
		assert_int_equal(client_pump(&c), DRV_AGAIN);
		usleep(1000);
		c.woken = false;
	}
	assert_int_equal(e.opened, 1);
	for (int i = 0; i < 3; i++)
		close(fds[i]);
	client_release(&c);
}

static int start(void **state)
{
	(void)state;
	return sshd_start(&sshd);
}

static int stop(void **state)
{
	(void)state;
	sshd_stop(&sshd);
	return 0;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(on_a_server),
		cmocka_unit_test(on_the_fake),
		cmocka_unit_test(the_fake_refuses_the_rest),
		cmocka_unit_test(a_refusal_is_told_and_may_be_tried_again),
		cmocka_unit_test(requests_have_their_turns),
		cmocka_unit_test(channels_are_counted_and_wait),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
