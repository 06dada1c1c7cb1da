/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conversations with the system's sftp-server, and with one that says what the
 * test lets it say.
 */
#include "op/xfer.h"

#include "lib/sftp_server.h"
#include "lib/test.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/list.h"
#include "op/xfer_get.h"
#include "op/xfer_put.h"

#define DEADLINE_MS 20000
#define BIG	    ((size_t)300000)

struct fixture {
	struct xfer x;
	struct sftp_server server;
	struct blocks *blocks;
	char dir[64];
	bool over;
	struct err err;
};

static int setup(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));
	char *argv[] = { sftp_server_path(), NULL };

	*state = f;
	xfer_init(&f->x);
	f->blocks = blocks_new(4 * BLOCKS_SIZE);
	(void)snprintf(f->dir, sizeof(f->dir), "/tmp/test_xfer.XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	assert_int_equal(chdir(f->dir), 0);
	(void)umask(022);
	if (argv[0])
		sftp_server_start(&f->server, f->dir, argv);
	return 0;
}

static int teardown(void **state)
{
	static const char *const names[] = { "from", "to", "link" };
	struct fixture *f = *state;

	xfer_release(&f->x);
	blocks_free(f->blocks);
	sftp_server_stop(&f->server);
	err_release(&f->err);
	for (size_t i = 0; i < COUNT(names); i++)
		(void)unlink(names[i]);
	(void)rmdir("folder");
	assert_int_equal(chdir("/"), 0);
	/* no temporary file is left */
	assert_int_equal(rmdir(f->dir), 0);
	free(f);
	return 0;
}

/* One exchange of bytes, in small pieces, so that nothing comes at once. */
static void turn(struct fixture *f)
{
	struct pollfd pfd = { .fd = f->server.fd, .events = POLLIN };
	char buf[4099];
	size_t n;
	const void *p = xfer_output(&f->x, &n);
	ssize_t moved;

	if (n) {
		moved = write(f->server.fd, p, n < 5003 ? n : 5003);
		assert_true(moved > 0);
		xfer_sent(&f->x, (size_t)moved);
	}
	if (poll(&pfd, 1, n ? 0 : DEADLINE_MS) <= 0) {
		assert_true(n > 0);
		return;
	}
	moved = read(f->server.fd, buf, sizeof(buf));
	assert_true(moved > 0);
	assert_int_equal(xfer_input(&f->x, buf, (size_t)moved, NULL), 0);
}

static void greet(struct fixture *f)
{
	if (!f->server.pid)
		skip();
	xfer_start(&f->x);
	while (!f->x.ready)
		turn(f);
	/* One of OpenSSH before 8.5 has no limits to tell. */
	assert_int_equal(f->x.slice, xfer_has(&f->x, SFTP_X_LIMITS)
					     ? XFER_SLICE_MAX
					     : XFER_SLICE);
}

static void write_file(const char *name, size_t n, mode_t mode)
{
	char *p = xmalloc(n + 1);
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	for (size_t i = 0; i < n; i++)
		p[i] = (char)(i / 7 + i);
	assert_int_equal(write(fd, p, n), (ssize_t)n);
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
	free(p);
}

static void same_files(const char *a, const char *b)
{
	char *bytes[2];
	ssize_t n[2];
	const char *names[] = { a, b };

	for (int i = 0; i < 2; i++) {
		int fd = open(names[i], O_RDONLY | O_CLOEXEC);

		bytes[i] = xmalloc(BIG + 1);
		n[i] = read(fd, bytes[i], BIG + 1);
		close(fd);
	}
	assert_true(n[0] >= 0);
	assert_int_equal(n[0], n[1]);
	assert_memory_equal(bytes[0], bytes[1], (size_t)n[0]);
	free(bytes[0]);
	free(bytes[1]);
}

static mode_t mode_of(const char *name)
{
	struct stat st;

	assert_int_equal(lstat(name, &st), 0);
	return st.st_mode;
}

static void on_put(struct xfer_put *p, const struct err *err)
{
	struct fixture *f = p->arg;

	f->over = true;
	if (err)
		err_copy(&f->err, err);
}

static void put(struct fixture *f, const char *to, bool keep)
{
	struct manifest m = { 0 };
	const struct manifest_rules rules = { 0 };
	struct xfer_put p = { .x = &f->x,
			      .blocks = f->blocks,
			      .keep = keep,
			      .done = on_put,
			      .arg = f };

	assert_int_equal(manifest_add(&m, "from", &rules, NULL), 0);
	p.entry = m.v;
	p.path = xstrdup(to);
	p.temp = xstrdup(".temp");
	f->over = false;
	err_release(&f->err);
	xfer_put_start(&p);
	while (!f->over) {
		turn(f);
		xfer_put_pump(&p);
	}
	xfer_put_release(&p);
	manifest_release(&m);
}

static void a_file_is_put(void **state)
{
	struct fixture *f = *state;

	greet(f);
	write_file("from", BIG, 0640);
	put(f, "to", false);
	assert_int_equal(f->err.code, ERR_NONE);
	same_files("from", "to");
	assert_int_equal(mode_of("to"), S_IFREG | 0640);
	assert_int_equal(f->x.ncalls, 0);
	write_file("from", 0, 0755);
	put(f, "to", false);
	same_files("from", "to");
	assert_int_equal(mode_of("to"), S_IFREG | 0640); /* as it was */
	put(f, "to", true);
	assert_int_equal(mode_of("to"), S_IFREG | 0755);
}

static void what_is_no_file_there_is_not_replaced(void **state)
{
	struct fixture *f = *state;

	greet(f);
	write_file("from", 10, 0600);
	assert_int_equal(mkdir("folder", 0700), 0);
	put(f, "folder", false);
	assert_int_equal(f->err.code, ERR_COPY);
	assert_string_equal(f->err.msg,
			    "cannot write 'folder': it is a folder there");
	put(f, "nosuch/file", false);
	assert_int_equal(f->err.code, ERR_COPY);
	assert_int_equal(symlink("nowhere", "link"), 0);
	put(f, "link", false);
	assert_int_equal(f->err.code, ERR_NONE);
	same_files("from", "link");
	assert_int_equal(mode_of("link") & S_IFMT, S_IFREG);
}

static void on_got(struct xfer_get *g, const struct err *err)
{
	struct fixture *f = g->arg;

	f->over = true;
	if (err)
		err_copy(&f->err, err);
}

static void get(struct fixture *f, const char *from, uint64_t size)
{
	struct xfer_get g = { .x = &f->x,
			      .place = place_open(".", NULL),
			      .name = xstrdup("to"),
			      .path = xstrdup(from),
			      .attrs = { .mode = 0644 },
			      .size = size,
			      .done = on_got,
			      .arg = f };

	f->over = false;
	err_release(&f->err);
	xfer_get_start(&g);
	while (!f->over) {
		turn(f);
		xfer_get_pump(&g);
	}
	xfer_get_release(&g);
	place_put(g.place);
}

static void a_file_is_got(void **state)
{
	struct fixture *f = *state;

	greet(f);
	write_file("from", BIG, 0600);
	get(f, "from", BIG);
	assert_int_equal(f->err.code, ERR_NONE);
	same_files("from", "to");
	get(f, "from", 0); /* to its end */
	assert_int_equal(f->err.code, ERR_NONE);
	same_files("from", "to");
	write_file("from", 0, 0600);
	get(f, "from", 0);
	assert_int_equal(f->err.code, ERR_NONE);
	same_files("from", "to");
	assert_int_equal(f->x.ncalls, 0);
}

static void a_file_that_is_shorter_than_it_was_is_not_kept(void **state)
{
	struct fixture *f = *state;

	greet(f);
	write_file("from", BIG, 0600);
	get(f, "from", BIG + 1);
	assert_int_equal(f->err.code, ERR_COPY);
	assert_string_equal(
		f->err.msg,
		"cannot read 'from': it ended after 300000 of 300001 bytes");
	assert_int_equal(access("to", F_OK), -1);
	get(f, "nosuch", 5);
	assert_string_equal(f->err.msg,
			    "cannot read 'nosuch': no such file or directory");
}

/* ---- a server of ours ---- */

#define PACKET(bytes) bytes, sizeof(bytes) - 1
#define VERSION_3     "\0\0\0\005\2\0\0\0\3"

static void say(struct fixture *f, const char *p, size_t n, int want)
{
	struct err err = { 0 };

	assert_int_equal(xfer_input(&f->x, p, n, &err), want);
	assert_int_equal(err.code, want ? ERR_PROTOCOL : ERR_NONE);
	err_release(&err);
}

static void count(struct xfer_call *call, struct sftp_reply *reply)
{
	struct fixture *f = container_of(call, struct fixture, x.bulk[0].call);

	(void)reply;
	f->over = true;
}

static void an_answer_to_nothing_ends_it(void **state)
{
	static const struct sftp_request rq = { .type = SFTP_STAT,
						.path = { "x", 1 } };
	struct fixture *f = *state;

	xfer_start(&f->x);
	say(f, PACKET(VERSION_3), 0);
	assert_true(f->x.ready);
	assert_int_equal(xfer_call(&f->x, &f->x.bulk[0].call, &rq, count), 0);
	say(f, PACKET("\0\0\0\011\145\0\0\2\0\0\0\0\2"), 0);
	assert_true(f->over);
	say(f, PACKET("\0\0\0\011\145\0\0\2\0\0\0\0\2"), -1);
}

/* It is no reason to begin anew that the server cannot read today. */
static void what_was_left_stays_when_it_cannot_be_compared(void **state)
{
	struct fixture *f = *state;
	struct xfer_get g = { .x = &f->x,
			      .place = place_open(".", NULL),
			      .name = xstrdup("to"),
			      .path = xstrdup("from"),
			      .size = 10,
			      .resume = true,
			      .done = on_got,
			      .arg = f };
	char temp[PLACE_TEMP_SIZE];
	struct stat st;

	place_known_temp("to", temp);
	write_file(temp, 5, 0600);
	xfer_start(&f->x);
	say(f, PACKET(VERSION_3), 0);
	xfer_get_start(&g);
	say(f, PACKET("\0\0\0\012\146\0\0\2\0\0\0\0\1h"), 0);
	xfer_get_pump(&g);
	say(f, PACKET("\0\0\0\011\145\0\0\4\0\0\0\0\4"), 0);
	say(f, PACKET("\0\0\0\011\145\0\0\6\0\0\0\0\0"), 0);
	assert_true(f->over);
	assert_int_equal(f->err.code, ERR_COPY);
	assert_int_equal(stat(temp, &st), 0);
	assert_int_equal(st.st_size, 5);
	assert_int_equal(unlink(temp), 0);
	xfer_get_release(&g);
	place_put(g.place);
}

static void on_own(struct xfer_own *o)
{
	struct fixture *f = container_of(o->x, struct fixture, x);

	f->over = true;
}

/* As many transfers as there may be, of a server that holds answers back, have
   to find a place for each of their calls. */
static void an_owner_is_found_with_two_calls_open(void **state)
{
	static const char *const answers[] = {
		"\0\0\0\012\146\0\0\2\1\0\0\0\1h",	  /* OPEN: a handle */
		"\0\0\0\015\151\0\0\4\1\0\0\0\4\0\0\1\0", /* FSTAT */
		"\0\0\0\011\145\0\0\6\1\0\0\0\0",	  /* CLOSE */
		"\0\0\0\011\145\0\0\10\1\0\0\0\0",	  /* REMOVE */
	};
	struct fixture *f = *state;
	struct xfer_own own = { .x = &f->x,
				.handle = { "f", 1 },
				.probe = { "p", 1 },
				.done = on_own };

	xfer_start(&f->x);
	say(f, PACKET(VERSION_3), 0);
	xfer_own_start(&own);
	for (size_t i = 0; i < COUNT(answers); i++) {
		assert_int_equal(f->x.ncalls, 2);
		say(f, answers[i], 4 + (size_t)answers[i][3], 0);
	}
	assert_int_equal(f->x.ncalls, 1);
	say(f, PACKET("\0\0\0\015\151\0\0\2\0\0\0\0\4\0\0\1\0"), 0);
	assert_true(f->over);
	assert_false(own.ours);
}

static void an_answer_of_an_earlier_use_is_none(void **state)
{
	static const struct sftp_request rq = { .type = SFTP_STAT,
						.path = { "x", 1 } };
	struct fixture *f = *state;

	xfer_start(&f->x);
	say(f, PACKET(VERSION_3), 0);
	for (int i = 0; i < 2; i++) {
		f->over = false;
		assert_int_equal(
			xfer_call(&f->x, &f->x.bulk[0].call, &rq, count), 0);
		if (!i)
			say(f, PACKET("\0\0\0\011\145\0\0\2\0\0\0\0\2"), 0);
	}
	say(f, PACKET("\0\0\0\011\145\0\0\2\0\0\0\0\2"), -1);
	assert_false(f->over);
}

static void a_server_has_to_begin_with_its_version(void **state)
{
	struct fixture *f = *state;

	xfer_start(&f->x);
	say(f, PACKET("\0\0\0\011\145\0\0\2\0\0\0\0\2"), -1);
}

static void an_older_version_is_refused(void **state)
{
	struct fixture *f = *state;

	xfer_start(&f->x);
	say(f, PACKET("\0\0\0\005\2\0\0\0\2"), -1);
}

#define VERSION_LIMITS                                                         \
	"\0\0\0\040\2\0\0\0\3\0\0\0\022limits@openssh.com\0\0\0\0011"

static void put_u64(char *at, uint64_t v)
{
	for (int i = 7; i >= 0; i--, v >>= 8)
		at[i] = (char)(v & 0xff);
}

static bool may_not(struct xfer *x)
{
	(void)x;
	return false;
}

static void limits_are_obeyed_that_make_sense(void **state)
{
	static const struct {
		const char *name;
		struct sftp_limits told;
		size_t packet, slice;
		bool paced;
	} rows[] = {
		/* clang-format off */
		{ "OpenSSH's", { 262144, 261120, 261120, 1019 }, SFTP_PACKET_MAX, XFER_SLICE_MAX, false },
		{ "paced", { 262144, 261120, 261120, 1019 }, SFTP_PACKET_MAX, XFER_SLICE, true },
		{ "none", { 0, 0, 0, 0 }, SFTP_PACKET_MAX, XFER_SLICE, false },
		{ "of reads", { 0, 261120, 0, 0 }, SFTP_PACKET_MAX, XFER_SLICE, false },
		{ "the smaller", { 0, 65536, 4096, 0 }, SFTP_PACKET_MAX, 4096, false },
		{ "a byte", { 0, 1, 1, 0 }, SFTP_PACKET_MAX, 1024, false },
		{ "the draft's packet", { 34000, 261120, 261120, 0 }, 34000, 34000 - 277, false },
		{ "the least packet", { 1301, 261120, 261120, 0 }, 1301, 1024, false },
		{ "too small a packet", { 1300, 9000, 9000, 0 }, SFTP_PACKET_MAX, 9000, false },
		{ "without end", { UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX },
		  SFTP_PACKET_MAX, XFER_SLICE_MAX, false },
		/* clang-format on */
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		char reply[4 + 37] = "\0\0\0\045\311\0\0\2";
		struct fixture *f = *state;

		xfer_release(&f->x);
		xfer_init(&f->x);
		f->x.may = rows[i].paced ? may_not : NULL;
		xfer_start(&f->x);
		say(f, PACKET(VERSION_LIMITS), 0);
		ROW(!f->x.ready, rows[i].name);
		put_u64(reply + 9, rows[i].told.packet);
		put_u64(reply + 17, rows[i].told.read);
		put_u64(reply + 25, rows[i].told.write);
		put_u64(reply + 33, rows[i].told.handles);
		say(f, reply, sizeof(reply), 0);
		ROW(f->x.ready, rows[i].name);
		ROW(f->x.packet == rows[i].packet, rows[i].name);
		ROW(f->x.slice == rows[i].slice, rows[i].name);
	}
}

static void a_request_is_no_longer_than_the_server_takes(void **state)
{
	char name[2000];
	const struct sftp_request rq = { .type = SFTP_STAT,
					 .path = { name, sizeof(name) } };
	struct fixture *f = *state;
	size_t before, n;

	memset(name, 'x', sizeof(name));
	xfer_start(&f->x);
	say(f, PACKET(VERSION_3), 0);
	(void)xfer_output(&f->x, &before);
	f->x.packet = sizeof(name) + 1 + 4 + 4 - 1;
	assert_int_equal(xfer_call(&f->x, &f->x.bulk[0].call, &rq, count), -1);
	(void)xfer_output(&f->x, &n);
	assert_int_equal(n, before);
	f->x.packet++;
	assert_int_equal(xfer_call(&f->x, &f->x.bulk[0].call, &rq, count), 0);
}

static void no_more_is_under_way_than_the_owner_lets(void **state)
{
	struct fixture *f = *state;
	struct sftp_request rq = { .type = SFTP_READ, .handle = { "h", 1 } };
	struct xfer_bulk *b;
	unsigned int n;

	xfer_start(&f->x);
	say(f, PACKET(VERSION_3), 0);
	rq.len = f->x.slice;
	f->x.flying_most = 3 * f->x.slice;
	for (n = 0; (b = xfer_bulk(&f->x)); n++)
		assert_int_equal(xfer_call(&f->x, &b->call, &rq, count), 0);
	assert_int_equal(n, 3);
	f->x.flying_most = XFER_FLYING;
	assert_non_null(xfer_bulk(&f->x));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_file_is_put, setup, teardown),
		cmocka_unit_test_setup_teardown(
			what_is_no_file_there_is_not_replaced, setup, teardown),
		cmocka_unit_test_setup_teardown(
			what_was_left_stays_when_it_cannot_be_compared, setup,
			teardown),
		cmocka_unit_test_setup_teardown(a_file_is_got, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_file_that_is_shorter_than_it_was_is_not_kept, setup,
			teardown),
		cmocka_unit_test_setup_teardown(an_answer_to_nothing_ends_it,
						setup, teardown),
		cmocka_unit_test_setup_teardown(
			an_owner_is_found_with_two_calls_open, setup, teardown),
		cmocka_unit_test_setup_teardown(
			an_answer_of_an_earlier_use_is_none, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_server_has_to_begin_with_its_version, setup,
			teardown),
		cmocka_unit_test_setup_teardown(an_older_version_is_refused,
						setup, teardown),
		cmocka_unit_test_setup_teardown(
			limits_are_obeyed_that_make_sense, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_request_is_no_longer_than_the_server_takes, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			no_more_is_under_way_than_the_owner_lets, setup,
			teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
