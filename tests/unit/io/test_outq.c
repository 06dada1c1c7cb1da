/* SPDX-License-Identifier: Apache-2.0 */
#include "io/outq.h"

#include "lib/test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/list.h"

#define HIGH  ((size_t)256 << 10)
#define TOTAL ((size_t)1 << 20)

struct fixture {
	struct loop *loop;
	struct bufpool pool;
	struct outq q;
	unsigned int drained;
	int in, out; /* read end, write end */
};

static void on_drained(struct outq *q)
{
	struct fixture *f = container_of(q, struct fixture, q);

	assert_true(bufq_low(&q->q));
	f->drained++;
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct err err = { 0 };

	if (!f)
		return -1;
	f->loop = loop_new(&err);
	f->in = f->out = -1;
	bufpool_init(&f->pool, 4);
	*state = f;
	return f->loop ? 0 : -1;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	outq_release(&f->q);
	outq_release(&f->q);
	bufpool_release(&f->pool);
	loop_free(f->loop);
	if (f->in >= 0)
		close(f->in);
	if (f->out >= 0)
		close(f->out);
	free(f);
	return 0;
}

static unsigned char byte_at(size_t i)
{
	return (unsigned char)(i * 31 + (i >> 8));
}

static void queue_pattern(struct fixture *f, size_t n)
{
	unsigned char *p = malloc(n);

	assert_non_null(p);
	for (size_t i = 0; i < n; i++)
		p[i] = byte_at(i);
	outq_write(&f->q, p, n);
	free(p);
}

/* Read what is there now; `*at` is how much was read before. */
static void read_pattern(struct fixture *f, size_t *at)
{
	unsigned char buf[8192];
	ssize_t n;

	while ((n = read(f->in, buf, sizeof(buf))) > 0) {
		for (ssize_t i = 0; i < n; i++)
			assert_int_equal(buf[i], byte_at((*at)++));
	}
}

static void nonblocking(int fd)
{
	assert_int_equal(fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK),
			 0);
}

static void make_pipe(struct fixture *f)
{
	int fds[2];

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	f->in = fds[0];
	f->out = fds[1];
	nonblocking(f->in);
}

static void make_socket(struct fixture *f)
{
	int fds[2];

	assert_int_equal(
		socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
	f->in = fds[0];
	f->out = fds[1];
	nonblocking(f->in);
}

static void start_plain(struct fixture *f)
{
	outq_init(&f->q, f->loop, &f->pool, f->out, HIGH, on_drained);
}

static void open_fifo(struct fixture *f, const char *path, bool to_write)
{
	f->in = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	assert_true(f->in >= 0);
	if (to_write)
		f->out = open(path, O_WRONLY | O_CLOEXEC);
	assert_true(f->out >= 0);
}

/* Without a reader it cannot be opened again: as on systems without /proc. */
static void start_without_own_opening(struct fixture *f)
{
	char dir[] = "/tmp/test_outq.XXXXXX";
	char path[64];

	assert_non_null(mkdtemp(dir));
	(void)snprintf(path, sizeof(path), "%s/fifo", dir);
	assert_int_equal(mkfifo(path, 0600), 0);
	open_fifo(f, path, true);
	close(f->in);
	start_plain(f);
	open_fifo(f, path, false);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(dir), 0);
}

static void make_nothing(struct fixture *f)
{
	(void)f;
}

static const struct {
	const char *name;
	void (*make)(struct fixture *f);
	void (*start)(struct fixture *f);
	enum outq_way way;
} kinds[] = {
	{ "pipe", make_pipe, start_plain, OUTQ_NONBLOCK },
	{ "fifo, asked", make_nothing, start_without_own_opening, OUTQ_ASK },
	{ "socket", make_socket, start_plain, OUTQ_SOCKET },
};

static void slow_reader_blocks_nobody(void **state)
{
	for (size_t i = 0; i < COUNT(kinds); i++) {
		struct fixture *f;
		size_t at = 0;

		assert_int_equal(setup(state), 0);
		f = *state;
		kinds[i].make(f);
		kinds[i].start(f);
		ROW(f->q.way == kinds[i].way, kinds[i].name);
		queue_pattern(f, TOTAL);
		ROW(outq_full(&f->q), kinds[i].name);
		/* The reader sleeps: the queue fills what there is room for. */
		ROW(loop_turn(f->loop, false, NULL) == 1, kinds[i].name);
		ROW(bufq_len(&f->q.q) < TOTAL, kinds[i].name);
		ROW(outq_full(&f->q) && !f->drained, kinds[i].name);
		for (int turn = 0; at < TOTAL && turn < 10000; turn++) {
			read_pattern(f, &at);
			(void)loop_turn(f->loop, false, NULL);
		}
		ROW(at == TOTAL, kinds[i].name);
		ROW(f->drained == 1, kinds[i].name);
		ROW(!outq_full(&f->q) && !outq_errno(&f->q), kinds[i].name);
		ROW(!(fcntl(f->out, F_GETFL) & O_NONBLOCK), kinds[i].name);
		teardown(state);
	}
}

struct writer {
	struct defer defer;
	struct fixture *f;
};

static void write_a_byte(struct defer *d)
{
	struct writer *w = container_of(d, struct writer, defer);

	outq_write(&w->f->q, "x", 1);
}

/* A packet socket keeps the writes apart, so they can be counted. */
static void writes_of_one_turn_leave_as_one(void **state)
{
	struct fixture *f = *state;
	struct writer w[3] = { 0 };
	char buf[16];
	int fds[2];

	assert_int_equal(
		socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), 0);
	f->in = fds[0];
	f->out = fds[1];
	start_plain(f);
	for (size_t i = 0; i < COUNT(w); i++) {
		w[i].f = f;
		defer_post(f->loop, &w[i].defer, write_a_byte);
	}
	assert_int_equal(loop_run(f->loop, NULL), 0);
	assert_int_equal(read(f->in, buf, sizeof(buf)), 3);
}

static void reader_gone_is_told_once(void **state)
{
	struct fixture *f = *state;

	make_pipe(f);
	start_plain(f);
	close(f->in);
	f->in = -1;
	outq_write(&f->q, "x", 1);
	assert_int_equal(loop_run(f->loop, NULL), 0);
	assert_int_equal(outq_errno(&f->q), EPIPE);
	assert_int_equal(f->drained, 1);
	queue_pattern(f, TOTAL);
	assert_false(outq_full(&f->q));
	assert_int_equal(loop_run(f->loop, NULL), 0);
	assert_int_equal(outq_flush(&f->q), -1);
	assert_int_equal(f->drained, 1);
}

static void full_disk_is_told(void **state)
{
	struct fixture *f = *state;

	f->out = open("/dev/full", O_WRONLY | O_CLOEXEC);
	assert_true(f->out >= 0);
	start_plain(f);
	queue_pattern(f, TOTAL);
	assert_int_equal(loop_run(f->loop, NULL), 0);
	assert_int_equal(outq_errno(&f->q), ENOSPC);
	assert_int_equal(f->drained, 1);
}

static void regular_file_takes_all_in_one_turn(void **state)
{
	struct fixture *f = *state;
	FILE *file = tmpfile();
	size_t at = 0;

	assert_non_null(file);
	f->out = dup(fileno(file));
	f->in = dup(fileno(file));
	fclose(file);
	start_plain(f);
	queue_pattern(f, TOTAL);
	assert_int_equal(loop_turn(f->loop, false, NULL), 1);
	assert_int_equal(lseek(f->in, 0, SEEK_SET), 0);
	read_pattern(f, &at);
	assert_int_equal(at, TOTAL);
	assert_int_equal(f->drained, 1);
}

static void flush_writes_without_the_loop(void **state)
{
	struct fixture *f = *state;
	size_t at = 0;

	make_pipe(f);
	start_plain(f);
	queue_pattern(f, 1000);
	assert_int_equal(outq_flush(&f->q), 0);
	read_pattern(f, &at);
	assert_int_equal(at, 1000);
	assert_int_equal(f->drained, 0);
	assert_int_equal(loop_run(f->loop, NULL), 0);
}

static void what_is_forgotten_does_not_leave(void **state)
{
	struct fixture *f = *state;
	size_t at = 0, left;

	make_pipe(f);
	start_plain(f);
	queue_pattern(f, TOTAL);
	assert_true(loop_turn(f->loop, false, NULL) >= 0);
	left = bufq_len(&f->q.q);
	assert_in_range(left, 1, TOTAL - 1);
	assert_int_equal(outq_forget(&f->q), left);
	assert_int_equal(outq_forget(&f->q), 0);
	assert_false(outq_full(&f->q));
	read_pattern(f, &at);
	assert_int_equal(at, TOTAL - left);
	/* Who waited for room goes on. */
	assert_int_equal(f->drained, 0);
	assert_int_equal(loop_run(f->loop, NULL), 0);
	assert_int_equal(f->drained, 1);
}

/* More than stays in memory. */
#define HELD ((size_t)3 << 20)

static void what_is_held_can_have_a_limit(void **state)
{
	struct fixture *f = *state;

	make_pipe(f);
	start_plain(f);
	outq_hold_at_most(&f->q, HELD);
	outq_hold(&f->q, true);
	queue_pattern(f, HELD - 1);
	assert_false(outq_full(&f->q));
	outq_write(&f->q, "x", 1);
	assert_true(outq_full(&f->q));
	assert_int_equal(loop_run(f->loop, NULL), 0);
	assert_int_equal(f->drained, 0);
	assert_int_equal(outq_forget(&f->q), 0);
	/* It waits for the reader now, as what is queued does. */
	outq_hold(&f->q, false);
	assert_int_equal(outq_forget(&f->q), HELD);
	assert_false(outq_full(&f->q));
	outq_write(&f->q, "x", 1);
	assert_int_equal(loop_run(f->loop, NULL), 0);
	assert_int_equal(f->drained, 1);
}

static void what_is_held_leaves_later_in_order(void **state)
{
	struct fixture *f = *state;
	size_t at = 0;

	make_pipe(f);
	start_plain(f);
	outq_hold(&f->q, true);
	queue_pattern(f, HELD);
	assert_false(outq_full(&f->q));
	assert_int_equal(loop_run(f->loop, NULL), 0);
	read_pattern(f, &at);
	assert_int_equal(at, 0);
	outq_hold(&f->q, false);
	assert_true(outq_full(&f->q));
	while (bufq_len(&f->q.q)) {
		assert_true(loop_turn(f->loop, false, NULL) >= 0);
		read_pattern(f, &at);
	}
	assert_int_equal(loop_run(f->loop, NULL), 0);
	read_pattern(f, &at);
	assert_int_equal(at, HELD);
	assert_int_equal(f->drained, 0); /* nobody was stopped */
}

/* Else it would wait for as long as somebody else has the terminal. */
static void who_was_stopped_goes_on_when_it_is_held(void **state)
{
	struct fixture *f = *state;
	size_t at = 0;

	make_pipe(f);
	start_plain(f);
	queue_pattern(f, TOTAL);
	assert_true(outq_full(&f->q));
	assert_true(loop_turn(f->loop, false, NULL) >= 0);
	assert_int_equal(f->drained, 0);
	outq_hold(&f->q, true);
	assert_false(outq_full(&f->q));
	assert_int_equal(loop_run(f->loop, NULL), 0);
	assert_int_equal(f->drained, 1);
	outq_hold(&f->q, false);
	while (at < TOTAL) {
		assert_true(loop_turn(f->loop, false, NULL) >= 0);
		read_pattern(f, &at);
	}
	assert_int_equal(at, TOTAL);
}

static void
no_room_for_what_is_held_stops_writers_and_loses_nothing(void **state)
{
	struct fixture *f = *state;
	struct rlimit before, none;
	size_t at = 0;

	make_pipe(f);
	start_plain(f);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	none = (struct rlimit){ 0, before.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
	outq_hold(&f->q, true);
	queue_pattern(f, HELD);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(outq_cramped(&f->q), EFBIG);
	assert_true(outq_full(&f->q));
	assert_int_equal(loop_run(f->loop, NULL), 0);
	assert_int_equal(f->drained, 0);
	outq_hold(&f->q, false);
	assert_int_equal(outq_cramped(&f->q), 0);
	while (at < HELD) {
		assert_true(loop_turn(f->loop, false, NULL) >= 0);
		read_pattern(f, &at);
	}
	assert_int_equal(at, HELD);
	assert_int_equal(loop_run(f->loop, NULL), 0);
	assert_int_equal(f->drained, 1);
	assert_int_equal(outq_errno(&f->q), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slow_reader_blocks_nobody),
		cmocka_unit_test_setup_teardown(writes_of_one_turn_leave_as_one,
						setup, teardown),
		cmocka_unit_test_setup_teardown(reader_gone_is_told_once, setup,
						teardown),
		cmocka_unit_test_setup_teardown(full_disk_is_told, setup,
						teardown),
		cmocka_unit_test_setup_teardown(
			regular_file_takes_all_in_one_turn, setup, teardown),
		cmocka_unit_test_setup_teardown(
			what_is_forgotten_does_not_leave, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_held_can_have_a_limit,
						setup, teardown),
		cmocka_unit_test_setup_teardown(
			what_is_held_leaves_later_in_order, setup, teardown),
		cmocka_unit_test_setup_teardown(
			who_was_stopped_goes_on_when_it_is_held, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			no_room_for_what_is_held_stops_writers_and_loses_nothing,
			setup, teardown),
		cmocka_unit_test_setup_teardown(flush_writes_without_the_loop,
						setup, teardown),
	};

	const struct sigaction ignore = { .sa_handler = SIG_IGN };

	(void)sigaction(SIGPIPE, &ignore, NULL);
	(void)sigaction(SIGXFSZ, &ignore, NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
