/* SPDX-License-Identifier: Apache-2.0 */
#include "io/dial.h"

#include "lib/test.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include "base/alloc.h"

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

static void put_address(struct resolved_addr *a, const char *text)
{
	union {
		struct sockaddr_storage any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} sa = { 0 };
	bool v6 = strchr(text, ':');

	sa.any.ss_family = v6 ? AF_INET6 : AF_INET;
	assert_int_equal(inet_pton(v6 ? AF_INET6 : AF_INET, text,
				   v6 ? (void *)&sa.v6.sin6_addr
				      : (void *)&sa.v4.sin_addr),
			 1);
	a->sa = sa.any;
	a->len = v6 ? sizeof(sa.v6) : sizeof(sa.v4);
}

/* From an address, or from anywhere. */
static int start_from(struct fixture *f, const char *from, struct err *err)
{
	struct dial_source source = { .name = from, .tos = DIAL_TOS_NONE };

	if (from)
		put_address(&source.addr[0], from);
	return dial_start(f->loop, &f->dial, f->addrs, &source, on_dial, err);
}

static void dial_and_run(struct fixture *f, const char *from)
{
	struct err err = { 0 };

	assert_int_equal(start_from(f, from, &err), 0);
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
	assert_int_equal(start_from(f, NULL, &err), 0);
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
		ROW(!start_from(f, rows[i].from, NULL), rows[i].name);
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

static void source_without_the_family_is_told_at_once(void **state)
{
	struct fixture *f = *state;
	struct err err = { 0 };

	add_address(f, "127.0.0.1", 1);
	assert_int_equal(start_from(f, "::1", &err), -1);
	assert_int_equal(err.code, ERR_CONNECT);
	assert_string_equal(err.msg, "no address can be reached from '::1'");
	err_release(&err);
}

static void source_has_one_address_of_a_family(void **state)
{
	static const char *const texts[] = { "127.0.0.2", "127.0.0.3", "::2",
					     "::3" };
	struct resolved *r =
		xcalloc(1, sizeof(*r) + COUNT(texts) * sizeof(r->addr[0]));
	struct dial_source s = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++)
		put_address(&r->addr[r->n++], texts[i]);
	dial_source_addresses(&s, r);
	assert_memory_equal(&s.addr[0], &r->addr[0], sizeof(s.addr[0]));
	assert_memory_equal(&s.addr[1], &r->addr[2], sizeof(s.addr[1]));
	free(r);
}

static void interface_gives_its_addresses(void **state)
{
	struct dial_source s = { 0 };
	struct err err = { 0 };
	char text[64];

	(void)state;
	assert_int_equal(dial_source_interface(&s, "lo", AF_INET, &err), 0);
	name_of((const struct sockaddr *)(const void *)&s.addr[0].sa, text,
		sizeof(text));
	assert_string_equal(text, "127.0.0.1");
	assert_int_equal(s.addr[1].len, 0);
	s = (struct dial_source){ 0 };
	assert_int_equal(dial_source_interface(&s, "nosuch0", AF_UNSPEC, &err),
			 -1);
	assert_int_equal(err.code, ERR_CONNECT);
	assert_string_equal(err.msg, "the interface 'nosuch0' has no address "
				     "to connect from");
	err_release(&err);
}

static int tos_of(int fd)
{
	socklen_t len = sizeof(int);
	int tos = -1;

	assert_int_equal(getsockopt(fd, IPPROTO_IP, IP_TOS, &tos, &len), 0);
	return tos;
}

static int tclass_of(int fd)
{
	socklen_t len = sizeof(int);
	int tos = -1;

	assert_int_equal(getsockopt(fd, IPPROTO_IPV6, IPV6_TCLASS, &tos, &len),
			 0);
	return tos;
}

static void tos_is_set_by_family(void **state)
{
	int v4 = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int v6 = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int local = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)state;
	dial_set_tos(v4, 0x28);
	assert_int_equal(tos_of(v4), 0x28);
	dial_set_tos(v4, DIAL_TOS_NONE);
	assert_int_equal(tos_of(v4), 0x28);
	if (v6 >= 0) {
		dial_set_tos(v6, 0x28);
		assert_int_equal(tclass_of(v6), 0x28);
		close(v6);
	}
	dial_set_tos(local, 0x28);
	close(local);
	close(v4);
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
		CASE(source_without_the_family_is_told_at_once),
		CASE(source_has_one_address_of_a_family),
		CASE(interface_gives_its_addresses),
		CASE(tos_is_set_by_family),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
