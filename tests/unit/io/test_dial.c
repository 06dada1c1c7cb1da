/* SPDX-License-Identifier: Apache-2.0 */
#include "io/dial.h"

#include "lib/test.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

/* The clock is virtual: a stagger takes no time. */
struct fixture {
	struct loop *loop;
	struct resolved *addrs;
	struct dial dial;
	unsigned int calls;
	int fd;
	char text[128]; /* "127.0.0.1" of the peer, or "connect: why" */
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	if (!f)
		return -1;
	f->loop = loop_new_virtual(NULL);
	f->addrs = calloc(1, sizeof(*f->addrs) +
				     RESOLVED_MAX * sizeof(f->addrs->addr[0]));
	f->fd = -1;
	*state = f;
	return f->loop && f->addrs ? 0 : -1;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	dial_stop(&f->dial);
	dial_stop(&f->dial);
	if (f->fd >= 0)
		close(f->fd);
	loop_free(f->loop);
	free(f->addrs);
	free(f);
	return 0;
}

static void add_address(struct fixture *f, const char *host, uint16_t port)
{
	struct resolved_addr *a = &f->addrs->addr[f->addrs->n++];
	struct sockaddr_in in = { .sin_family = AF_INET,
				  .sin_port = htons(port) };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6,
				    .sin6_port = htons(port) };

	if (inet_pton(AF_INET, host, &in.sin_addr) == 1) {
		memcpy(&a->sa, &in, sizeof(in));
		a->len = sizeof(in);
	} else {
		assert_int_equal(inet_pton(AF_INET6, host, &in6.sin6_addr), 1);
		memcpy(&a->sa, &in6, sizeof(in6));
		a->len = sizeof(in6);
	}
}

/* A socket bound to a port of the kernel's choice. */
static int bound(uint16_t *port)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in in = { .sin_family = AF_INET };
	socklen_t len = sizeof(in);

	assert_true(fd >= 0);
	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(
		bind(fd, (const struct sockaddr *)(const void *)&in, len), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)(void *)&in, &len),
			 0);
	*port = ntohs(in.sin_port);
	return fd;
}

static int listener(uint16_t *port)
{
	int fd = bound(port);

	assert_int_equal(listen(fd, 16), 0);
	return fd;
}

/* A listener whose queue is full: connecting to it gets no answer. */
struct silent {
	int fd, fill[8];
	uint16_t port;
};

static void silent_open(struct silent *s)
{
	struct sockaddr_in in = { .sin_family = AF_INET };

	s->fd = bound(&s->port);
	assert_int_equal(listen(s->fd, 0), 0);
	in.sin_port = htons(s->port);
	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	for (size_t i = 0; i < COUNT(s->fill); i++) {
		s->fill[i] = socket(
			AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		assert_true(s->fill[i] >= 0);
		(void)connect(s->fill[i],
			      (const struct sockaddr *)(const void *)&in,
			      sizeof(in));
	}
}

static void silent_close(struct silent *s)
{
	for (size_t i = 0; i < COUNT(s->fill); i++)
		close(s->fill[i]);
	close(s->fd);
}

static void name_of(const struct sockaddr *addr, char *out, size_t size)
{
	socklen_t len = addr->sa_family == AF_INET
				? sizeof(struct sockaddr_in)
				: sizeof(struct sockaddr_in6);

	assert_int_equal(getnameinfo(addr, len, out, (socklen_t)size, NULL, 0,
				     NI_NUMERICHOST),
			 0);
}

static void on_dial(struct dial *d, int fd, const struct sockaddr *addr,
		    const struct err *err)
{
	struct fixture *f = container_of(d, struct fixture, dial);

	f->calls++;
	f->fd = fd;
	if (fd >= 0)
		name_of(addr, f->text, sizeof(f->text));
	else
		(void)snprintf(f->text, sizeof(f->text), "%s: %s",
			       err_name(err->code), err->msg);
}

static void dial_and_run(struct fixture *f, const char *from)
{
	struct err err = { 0 };

	assert_int_equal(
		dial_start(f->loop, &f->dial, f->addrs, from, on_dial, &err),
		0);
	assert_int_equal(f->calls, 0);
	assert_int_equal(loop_run(f->loop, NULL), 0);
	assert_int_equal(f->calls, 1);
}

static void connected_socket_is_as_promised(void **state)
{
	struct fixture *f = *state;
	uint16_t port;
	int server = listener(&port);
	int on = 0;
	socklen_t len = sizeof(on);

	add_address(f, "127.0.0.1", port);
	dial_and_run(f, NULL);
	assert_string_equal(f->text, "127.0.0.1");
	assert_int_equal(getsockopt(f->fd, IPPROTO_TCP, TCP_NODELAY, &on, &len),
			 0);
	assert_true(on);
	assert_true(fcntl(f->fd, F_GETFL) & O_NONBLOCK);
	assert_true(fcntl(f->fd, F_GETFD) & FD_CLOEXEC);
	assert_int_equal(write(f->fd, "x", 1), 1);
	close(server);
}

static void last_failure_is_told(void **state)
{
	struct fixture *f = *state;
	uint16_t closed;
	int unused = bound(&closed);

	/* Not even begun: no such local network. */
	add_address(f, "255.255.255.255", closed);
	add_address(f, "127.0.0.1", closed);
	dial_and_run(f, NULL);
	assert_string_equal(f->text, "connect: Connection refused");
	assert_int_equal(f->fd, -1);
	close(unused);
}

static void failure_goes_on_at_once(void **state)
{
	struct fixture *f = *state;
	uint64_t start_ns = loop_now(f->loop);
	uint16_t closed, port;
	int unused = bound(&closed);
	int server = listener(&port);

	/* Not even begun: no such local network. */
	add_address(f, "255.255.255.255", port);
	add_address(f, "127.0.0.1", closed);
	add_address(f, "127.0.0.1", port);
	dial_and_run(f, NULL);
	assert_string_equal(f->text, "127.0.0.1");
	assert_true(loop_now(f->loop) - start_ns < UINT64_C(250000000));
	close(server);
	close(unused);
}

static void silence_goes_on_after_a_quarter_second(void **state)
{
	struct fixture *f = *state;
	uint64_t start_ns = loop_now(f->loop);
	struct silent s;
	uint16_t port;
	int server = listener(&port);

	silent_open(&s);
	add_address(f, "127.0.0.1", s.port);
	add_address(f, "127.0.0.1", s.port);
	add_address(f, "127.0.0.1", port);
	dial_and_run(f, NULL);
	assert_string_equal(f->text, "127.0.0.1");
	assert_true(loop_now(f->loop) - start_ns >= UINT64_C(500000000));
	silent_close(&s);
	close(server);
}

static void stop_closes_every_attempt(void **state)
{
	struct fixture *f = *state;
	struct err err = { 0 };
	struct silent s;
	int before = dup(0), after;

	close(before);
	silent_open(&s);
	for (int i = 0; i < 6; i++)
		add_address(f, "127.0.0.1", s.port);
	assert_int_equal(
		dial_start(f->loop, &f->dial, f->addrs, NULL, on_dial, &err),
		0);
	/* Not more than that many race, however long they are silent. */
	for (int i = 0; i < 20 && timer_armed(&f->dial.stagger); i++)
		assert_true(loop_turn(f->loop, true, NULL) >= 0);
	assert_int_equal(f->dial.next, DIAL_RACERS);
	dial_stop(&f->dial);
	silent_close(&s);
	assert_int_equal(loop_run(f->loop, NULL), 0);
	assert_int_equal(f->calls, 0);
	after = dup(0);
	assert_int_equal(after, before);
	close(after);
}

static void families_take_turns(void **state)
{
	static const struct {
		const char *name;
		const char *addrs[6];
		unsigned char order[6];
		unsigned int n;
		const char *from;
	} rows[] = {
		{ "6 first",
		  { "::1", "::2", "::3", "127.0.0.1", "127.0.0.2" },
		  { 0, 3, 1, 4, 2 },
		  5,
		  NULL },
		{ "4 first",
		  { "127.0.0.1", "127.0.0.2", "127.0.0.3", "::1" },
		  { 0, 3, 1, 2 },
		  4,
		  NULL },
		{ "one family",
		  { "127.0.0.1", "127.0.0.2", "127.0.0.3" },
		  { 0, 1, 2 },
		  3,
		  NULL },
		{ "bound",
		  { "::1", "127.0.0.1", "::2", "127.0.0.2" },
		  { 1, 3 },
		  2,
		  "127.0.0.1" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture *f;

		assert_int_equal(setup(state), 0);
		f = *state;
		for (size_t k = 0; k < 6 && rows[i].addrs[k]; k++)
			add_address(f, rows[i].addrs[k], 1);
		ROW(!dial_start(f->loop, &f->dial, f->addrs, rows[i].from,
				on_dial, NULL),
		    rows[i].name);
		ROW(f->dial.norder == rows[i].n, rows[i].name);
		ROW(!memcmp(f->dial.order, rows[i].order, rows[i].n),
		    rows[i].name);
		teardown(state);
	}
}

static void connects_from_the_bind_address(void **state)
{
	struct fixture *f = *state;
	uint16_t port;
	int server = listener(&port);
	struct sockaddr_storage peer;
	socklen_t len = sizeof(peer);
	int fd;

	add_address(f, "::1", port);
	add_address(f, "127.0.0.1", port);
	dial_and_run(f, "127.0.0.7");
	fd = accept4(server, (struct sockaddr *)(void *)&peer, &len,
		     SOCK_CLOEXEC);
	assert_true(fd >= 0);
	name_of((const struct sockaddr *)(const void *)&peer, f->text,
		sizeof(f->text));
	assert_string_equal(f->text, "127.0.0.7");
	close(fd);
	close(server);
}

static void bad_bind_address_is_told_at_once(void **state)
{
	static const struct {
		const char *from, *msg;
	} rows[] = {
		{ "nowhere", "bad bind address 'nowhere'" },
		{ "::1", "no address can be reached from '::1'" },
	};
	struct fixture *f = *state;

	add_address(f, "127.0.0.1", 1);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct err err = { 0 };

		assert_int_equal(dial_start(f->loop, &f->dial, f->addrs,
					    rows[i].from, on_dial, &err),
				 -1);
		assert_int_equal(err.code, ERR_CONNECT);
		assert_string_equal(err.msg, rows[i].msg);
		err_release(&err);
	}
	assert_int_equal(loop_run(f->loop, NULL), 0);
	assert_int_equal(f->calls, 0);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(connected_socket_is_as_promised),
		CASE(last_failure_is_told),
		CASE(failure_goes_on_at_once),
		CASE(silence_goes_on_after_a_quarter_second),
		CASE(stop_closes_every_attempt),
		cmocka_unit_test(families_take_turns),
		CASE(connects_from_the_bind_address),
		CASE(bad_bind_address_is_told_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
