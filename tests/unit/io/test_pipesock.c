/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every test runs twice: with splice(2) and, that being wrapped by the linker,
 * as where there is none.  So is socketpair(2), to fail.
 */
#include "io/pipesock.h"

#include "lib/test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#define TURNS_MAX 10000
#define BIG	  ((size_t)3 << 20) /* more than sockets and pipes hold */

ssize_t __real_splice(int from, off_t *from_at, int to, off_t *to_at, size_t n,
		      unsigned int flags);
ssize_t __wrap_splice(int from, off_t *from_at, int to, off_t *to_at, size_t n,
		      unsigned int flags);

int __real_socketpair(int domain, int type, int protocol, int fds[2]);
int __wrap_socketpair(int domain, int type, int protocol, int fds[2]);

static bool no_splice, no_socket;

ssize_t __wrap_splice(int from, off_t *from_at, int to, off_t *to_at, size_t n,
		      unsigned int flags)
{
	if (no_splice) {
		errno = EINVAL;
		return -1;
	}
	return __real_splice(from, from_at, to, to_at, n, flags);
}

int __wrap_socketpair(int domain, int type, int protocol, int fds[2])
{
	if (no_socket) {
		errno = EMFILE;
		return -1;
	}
	return __real_socketpair(domain, type, protocol, fds);
}

struct fixture {
	struct loop *loop;
	struct pipesock p;
	int sock;
	int says;  /* the other end of the pipe that is read */
	int hears; /* that of the one that is written to */
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	int in[2];
	int out[2];

	if (!f)
		return -1;
	signal(SIGPIPE, SIG_IGN);
	f->loop = loop_new(NULL);
	if (!f->loop || pipe2(in, O_CLOEXEC | O_NONBLOCK) ||
	    pipe2(out, O_CLOEXEC | O_NONBLOCK))
		return -1;
	f->says = in[1];
	f->hears = out[0];
	f->sock = pipesock_start(&f->p, f->loop, in[0], out[1], NULL);
	*state = f;
	return f->sock < 0 ? -1 : 0;
}

static int setup_without_splice(void **state)
{
	no_splice = true;
	return setup(state);
}

static void close_end(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	no_splice = false;
	pipesock_stop(&f->p);
	pipesock_stop(&f->p);
	close_end(&f->sock);
	close_end(&f->says);
	close_end(&f->hears);
	loop_free(f->loop);
	free(f);
	return 0;
}

/* Turn until nothing moves; with a limit, for a loop that spins. */
static void settle(struct fixture *f)
{
	int turns = 0;

	while (loop_turn(f->loop, false, NULL) == 1)
		assert_true(++turns < TURNS_MAX);
}

/* The byte at place `at` of what is sent in bulk. */
static unsigned char byte_at(size_t at)
{
	return (unsigned char)((at * 31) ^ (at >> 8) ^ (at >> 16));
}

/* Write what follows on `*at` bytes, as far as there is room. */
static void write_bulk(int fd, size_t *at)
{
	unsigned char buf[5000];
	ssize_t n;

	do {
		size_t want = BIG - *at < sizeof(buf) ? BIG - *at : sizeof(buf);

		for (size_t i = 0; i < want; i++)
			buf[i] = byte_at(*at + i);
		n = want ? write(fd, buf, want) : 0;
		if (n > 0)
			*at += (size_t)n;
	} while (n > 0);
	assert_true(n == 0 || errno == EAGAIN);
}

/* Read what there is, up to `max`.  Whether the end was there. */
static bool read_bulk(int fd, size_t *at, size_t max)
{
	unsigned char buf[7000];
	size_t end = *at + max;

	while (*at < end) {
		size_t want = end - *at < sizeof(buf) ? end - *at : sizeof(buf);
		ssize_t n = read(fd, buf, want);

		if (n <= 0) {
			assert_true(n == 0 || errno == EAGAIN);
			return n == 0;
		}
		for (ssize_t i = 0; i < n; i++)
			assert_int_equal(buf[i], byte_at(*at + (size_t)i));
		*at += (size_t)n;
	}
	return false;
}

/* `text` is all there is to read from `fd`; then comes the end, or nothing. */
static void expect(int fd, const char *text, bool end)
{
	char buf[64];
	size_t len = strlen(text);
	ssize_t n = len ? read(fd, buf, sizeof(buf)) : 0;

	assert_int_equal(n, len);
	if (len)
		assert_memory_equal(buf, text, len);
	n = read(fd, buf, sizeof(buf));
	assert_int_equal(n, end ? 0 : -1);
	if (!end)
		assert_int_equal(errno, EAGAIN);
}

static void say(int fd, const char *text)
{
	size_t len = strlen(text);

	assert_int_equal(write(fd, text, len), len);
}

static void bytes_go_both_ways(void **state)
{
	struct fixture *f = *state;

	say(f->says, "from it");
	say(f->sock, "to it");
	settle(f);
	expect(f->sock, "from it", false);
	expect(f->hears, "to it", false);
	say(f->sock, "more");
	settle(f);
	expect(f->hears, "more", false);
}

static void socket_is_nonblocking_and_not_inherited(void **state)
{
	struct fixture *f = *state;

	assert_true(fcntl(f->sock, F_GETFL) & O_NONBLOCK);
	assert_true(fcntl(f->sock, F_GETFD) & FD_CLOEXEC);
	assert_true(fcntl(f->p.sock.fd, F_GETFD) & FD_CLOEXEC);
}

/* A reader that takes little at a time, and one that takes nothing for long. */
static void slow_readers_lose_nothing(void **state)
{
	struct fixture *f = *state;
	size_t said = 0, heard = 0, sent = 0, got = 0;

	while (heard < BIG || got < BIG) {
		write_bulk(f->says, &said);
		write_bulk(f->sock, &sent);
		settle(f);
		(void)read_bulk(f->sock, &heard, 90000);
		if (heard > BIG / 4)
			(void)read_bulk(f->hears, &got, 30000);
	}
}

static void who_does_not_read_stops_who_writes(void **state)
{
	struct fixture *f = *state;
	size_t said = 0, sent = 0, before;

	do {
		before = said + sent;
		write_bulk(f->says, &said);
		write_bulk(f->sock, &sent);
		settle(f);
	} while (said + sent > before);
	assert_true(said < BIG && sent < BIG);
}

static void end_of_the_command_is_that_of_the_socket(void **state)
{
	struct fixture *f = *state;

	say(f->says, "last");
	close_end(&f->says);
	settle(f);
	expect(f->sock, "last", true);
	/* The other way goes on. */
	say(f->sock, "still");
	settle(f);
	expect(f->hears, "still", false);
}

static void shutting_down_closes_the_pipe(void **state)
{
	struct fixture *f = *state;

	say(f->sock, "last");
	assert_int_equal(shutdown(f->sock, SHUT_WR), 0);
	settle(f);
	expect(f->hears, "last", true);
	say(f->says, "still");
	settle(f);
	expect(f->sock, "still", false);
}

static void both_ends_leave_nothing_to_wait_for(void **state)
{
	struct fixture *f = *state;

	close_end(&f->says);
	assert_int_equal(shutdown(f->sock, SHUT_WR), 0);
	/* It returns when nothing is left that could happen. */
	assert_int_equal(loop_run(f->loop, NULL), 0);
	expect(f->hears, "", true);
	expect(f->sock, "", true);
}

static void command_that_does_not_listen_ends_it_both_ways(void **state)
{
	struct fixture *f = *state;

	close_end(&f->hears);
	settle(f);
	say(f->says, "said");
	say(f->sock, "lost");
	settle(f);
	assert_int_equal(write(f->sock, "x", 1), -1);
	assert_int_equal(errno, EPIPE);
	expect(f->sock, "said", true);
}

/* More than the socket holds was said before. */
static void last_words_of_the_deaf_are_all_heard(void **state)
{
	struct fixture *f = *state;
	size_t said = 0, heard = 0;

	for (int i = 0; i < 10; i++) {
		write_bulk(f->says, &said);
		settle(f);
	}
	close_end(&f->hears);
	say(f->sock, "lost");
	settle(f);
	while (!read_bulk(f->sock, &heard, 10000))
		settle(f);
	assert_int_equal(heard, said);
}

static void closing_the_socket_ends_both_ways(void **state)
{
	struct fixture *f = *state;

	say(f->sock, "last");
	close_end(&f->sock);
	settle(f);
	expect(f->hears, "last", true);
	say(f->says, "lost");
	settle(f);
	assert_int_equal(write(f->says, "x", 1), -1);
	assert_int_equal(errno, EPIPE);
	assert_int_equal(loop_run(f->loop, NULL), 0);
}

/* With what was said before, read by nobody: the kernel then resets. */
static void closing_with_bytes_unread_passes_on_what_was_said(void **state)
{
	struct fixture *f = *state;

	say(f->says, "unread");
	settle(f);
	say(f->sock, "last");
	settle(f);
	close_end(&f->sock);
	settle(f);
	expect(f->hears, "last", true);
}

static void full_pipe_ends_with_its_reader(void **state)
{
	struct fixture *f = *state;
	size_t sent = 0;

	for (int i = 0; i < 10; i++) {
		write_bulk(f->sock, &sent);
		settle(f);
	}
	close_end(&f->hears);
	settle(f);
	assert_int_equal(write(f->sock, "x", 1), -1);
	assert_int_equal(errno, EPIPE);
}

static void full_socket_ends_with_its_reader(void **state)
{
	struct fixture *f = *state;
	size_t said = 0;

	for (int i = 0; i < 10; i++) {
		write_bulk(f->says, &said);
		settle(f);
	}
	close_end(&f->sock);
	settle(f);
	assert_int_equal(write(f->says, "x", 1), -1);
	assert_int_equal(errno, EPIPE);
}

static void stopping_passes_on_what_was_said_last(void **state)
{
	struct fixture *f = *state;

	say(f->sock, "last");
	close_end(&f->sock);
	pipesock_stop(&f->p);
	expect(f->hears, "last", true);
	assert_int_equal(write(f->says, "x", 1), -1);
	assert_int_equal(errno, EPIPE);
}

/* Whoever reads nothing must not hold us at the end. */
static void stopping_does_not_wait_for_room(void **state)
{
	struct fixture *f = *state;
	size_t sent = 0, got = 0, before;

	do {
		before = sent;
		write_bulk(f->sock, &sent);
		settle(f);
	} while (sent > before);
	pipesock_stop(&f->p);
	assert_true(read_bulk(f->hears, &got, BIG));
	assert_true(got > 0 && got <= sent);
}

static void too_few_descriptors_are_told_and_nothing_stays_open(void **state)
{
	struct fixture *f = *state;
	struct pipesock other;
	struct err err = { 0 };
	int fds[2], next;

	assert_int_equal(pipe2(fds, O_CLOEXEC | O_NONBLOCK), 0);
	no_socket = true;
	assert_int_equal(pipesock_start(&other, f->loop, fds[0], fds[1], &err),
			 -1);
	no_socket = false;
	assert_int_equal(err.code, ERR_LOCAL);
	assert_string_equal(err.msg,
			    "cannot make a socket: Too many open files");
	err_release(&err);
	pipesock_stop(&other);
	next = dup(f->says);
	assert_int_equal(next, fds[0]);
	close(next);
}

#define TWICE(f)                                                               \
	{ #f, f, setup, teardown, NULL },                                      \
	{                                                                      \
#		f "_without_splice", f, setup_without_splice, teardown, NULL  \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TWICE(bytes_go_both_ways),
		TWICE(socket_is_nonblocking_and_not_inherited),
		TWICE(slow_readers_lose_nothing),
		TWICE(who_does_not_read_stops_who_writes),
		TWICE(end_of_the_command_is_that_of_the_socket),
		TWICE(shutting_down_closes_the_pipe),
		TWICE(both_ends_leave_nothing_to_wait_for),
		TWICE(command_that_does_not_listen_ends_it_both_ways),
		TWICE(last_words_of_the_deaf_are_all_heard),
		TWICE(closing_the_socket_ends_both_ways),
		TWICE(closing_with_bytes_unread_passes_on_what_was_said),
		TWICE(full_pipe_ends_with_its_reader),
		TWICE(full_socket_ends_with_its_reader),
		TWICE(stopping_passes_on_what_was_said_last),
		TWICE(stopping_does_not_wait_for_room),
		TWICE(too_few_descriptors_are_told_and_nothing_stays_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
