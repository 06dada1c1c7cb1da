/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The requests are understood by the system's sftp-server, whose replies are
 * understood here; the replies no server should send are refused.
 */
#include "wire/sftp.h"

#include "lib/sftp_server.h"
#include "lib/test.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/alloc.h"

#define DEADLINE_MS 20000

struct fixture {
	struct sftp_server server;
	struct sftp_reader reader;
	struct strbuf out;
	uint32_t id;
	char dir[64];
};

static struct sftp_bytes bytes(const char *s)
{
	return (struct sftp_bytes){ s, strlen(s) };
}

static void read_reply(struct fixture *f, struct sftp_reply *reply)
{
	struct err err = { 0 };
	int rc;

	while (!(rc = sftp_reader_next(&f->reader, reply, &err))) {
		struct pollfd pfd = { .fd = f->server.fd, .events = POLLIN };
		char buf[7]; /* so that packets come in pieces */
		ssize_t n;

		assert_int_equal(poll(&pfd, 1, DEADLINE_MS), 1);
		n = read(f->server.fd, buf, sizeof(buf));
		assert_true(n > 0);
		sftp_reader_add(&f->reader, buf, (size_t)n);
	}
	if (rc < 0)
		fail_msg("%s", err.msg);
}

/* Send, and have the reply, which is of that type. */
static struct sftp_reply ask(struct fixture *f, const struct sftp_request *rq,
			     enum sftp_type type)
{
	struct sftp_reply reply;

	strbuf_reset(&f->out);
	assert_int_equal(sftp_request_format(&f->out, ++f->id, rq), 0);
	assert_int_equal(write(f->server.fd, f->out.buf, f->out.len),
			 (ssize_t)f->out.len);
	read_reply(f, &reply);
	if (rq->type != SFTP_INIT)
		assert_int_equal(reply.id, f->id);
	assert_int_equal(reply.type, type);
	return reply;
}

static void ask_status(struct fixture *f, const struct sftp_request *rq,
		       uint32_t code)
{
	assert_int_equal(ask(f, rq, SFTP_STATUS).code, code);
}

static int setup(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));
	char *argv[] = { sftp_server_path(), NULL };

	*state = f;
	sftp_reader_init(&f->reader);
	strbuf_init(&f->out, SFTP_PACKET_MAX * 2);
	(void)snprintf(f->dir, sizeof(f->dir), "/tmp/test_sftp.XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	if (argv[0])
		sftp_server_start(&f->server, f->dir, argv);
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	struct dirent *e;
	DIR *d;

	sftp_server_stop(&f->server);
	sftp_reader_release(&f->reader);
	strbuf_release(&f->out);
	d = opendir(f->dir);
	while ((e = readdir(d))) {
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		if (unlinkat(dirfd(d), e->d_name, 0))
			(void)unlinkat(dirfd(d), e->d_name, AT_REMOVEDIR);
	}
	closedir(d);
	(void)rmdir(f->dir);
	free(f);
	return 0;
}

static struct sftp_reply greet(struct fixture *f)
{
	if (!f->server.pid)
		skip();
	return ask(f, &(struct sftp_request){ .type = SFTP_INIT },
		   SFTP_VERSION);
}

static void version_tells_of_extensions(void **state)
{
	struct sftp_reply reply = greet(*state);

	assert_int_equal(reply.version, 3);
	assert_true(reply.extensions & SFTP_X_BIT(SFTP_X_POSIX_RENAME));
	assert_true(reply.extensions & SFTP_X_BIT(SFTP_X_FSYNC));
	assert_true(reply.extensions & SFTP_X_BIT(SFTP_X_STATVFS));
}

static void limits_are_told(void **state)
{
	struct fixture *f = *state;
	struct sftp_reply reply = greet(f);
	struct sftp_limits limits;

	if (!(reply.extensions & SFTP_X_BIT(SFTP_X_LIMITS)))
		skip();
	reply = ask(f, &(struct sftp_request){ .type = SFTP_X_LIMITS },
		    SFTP_EXTENDED_REPLY);
	assert_true(sftp_limits_parse(&reply, &limits));
	assert_true(limits.packet >= 34000 && limits.read >= 32768 &&
		    limits.write >= 32768);
}

static void room_is_told(void **state)
{
	struct fixture *f = *state;
	struct sftp_reply reply = greet(f);
	struct sftp_room room;
	struct statvfs vfs;

	reply = ask(f,
		    &(struct sftp_request){ .type = SFTP_X_STATVFS,
					    .path = bytes("/proc") },
		    SFTP_EXTENDED_REPLY);
	assert_int_equal(statvfs("/proc", &vfs), 0);
	assert_true(sftp_room_parse(&reply, &room));
	assert_int_equal(room.bytes, vfs.f_bavail * vfs.f_frsize);
	assert_int_equal(room.files, UINT64_MAX);
	reply.data.n = 8 * sizeof(uint64_t) - 1;
	assert_false(sftp_room_parse(&reply, &room));
}

/* Block size 2^60 with 2^60 blocks, and of 7 files 3 left. */
static void room_is_never_less_than_told(void **state)
{
	static const unsigned char told[] = {
		0,  0, 0, 0, 0, 0, 0, 1, 16, 0, 0, 0, 0, 0, 0, 0, /* blocks */
		0,  0, 0, 0, 0, 0, 0, 0, 0,  0, 0, 0, 0, 0, 0, 0,
		16, 0, 0, 0, 0, 0, 0, 0, 0,  0, 0, 0, 0, 0, 0, 7, /* files */
		0,  0, 0, 0, 0, 0, 0, 3, 0,  0, 0, 0, 0, 0, 0, 3,
	};
	const struct sftp_reply reply = { .data = { told, sizeof(told) } };
	struct sftp_room room;

	(void)state;
	assert_true(sftp_room_parse(&reply, &room));
	assert_true(room.bytes == UINT64_MAX && room.files == 3);
}

static struct sftp_request open_request(const char *path, uint32_t flags)
{
	return (struct sftp_request){
		.type = SFTP_OPEN,
		.path = bytes(path),
		.flags = flags,
		.attrs = { .has = SFTP_HAS_MODE, .mode = 0600 },
	};
}

static void a_file_is_written_and_read(void **state)
{
	struct fixture *f = *state;
	struct sftp_request rq;
	struct sftp_reply reply;
	char handle[SFTP_HANDLE_MAX];
	size_t n;

	(void)greet(f);
	rq = open_request("file", SFTP_FOR_READING | SFTP_FOR_WRITING |
					  SFTP_CREATE | SFTP_EXCLUSIVE);
	reply = ask(f, &rq, SFTP_HANDLE);
	n = reply.data.n;
	memcpy(handle, reply.data.p, n);

	rq = (struct sftp_request){ .type = SFTP_WRITE,
				    .handle = { handle, n },
				    .offset = 3,
				    .data = bytes("abcdef") };
	ask_status(f, &rq, SFTP_OK);
	assert_int_equal(f->out.len, sftp_write_overhead(n) + 6);
	rq = (struct sftp_request){
		.type = SFTP_FSETSTAT,
		.handle = { handle, n },
		.attrs = { .has = SFTP_HAS_MODE | SFTP_HAS_TIMES,
			   .mode = 0640,
			   .atime = 1000,
			   .mtime = 2000 },
	};
	ask_status(f, &rq, SFTP_OK);
	rq = (struct sftp_request){ .type = SFTP_READ,
				    .handle = { handle, n },
				    .offset = 4,
				    .len = 100 };
	reply = ask(f, &rq, SFTP_DATA);
	assert_int_equal(reply.data.n, 5);
	assert_memory_equal(reply.data.p, "bcdef", 5);
	rq.offset = 9;
	ask_status(f, &rq, SFTP_EOF);
	rq = (struct sftp_request){ .type = SFTP_X_FSYNC,
				    .handle = { handle, n } };
	ask_status(f, &rq, SFTP_OK);
	rq.type = SFTP_FSTAT;
	reply = ask(f, &rq, SFTP_ATTRS);
	assert_int_equal(reply.attrs.has, SFTP_HAS_SIZE | SFTP_HAS_OWNER |
						  SFTP_HAS_MODE |
						  SFTP_HAS_TIMES);
	assert_int_equal(reply.attrs.size, 9);
	assert_int_equal(reply.attrs.mode, S_IFREG | 0640);
	assert_int_equal(reply.attrs.mtime, 2000);
	rq.type = SFTP_CLOSE;
	ask_status(f, &rq, SFTP_OK);
}

static void names_are_changed_and_removed(void **state)
{
	struct fixture *f = *state;
	const struct {
		struct sftp_request rq;
		uint32_t code;
	} rows[] = {
		{ { .type = SFTP_MKDIR,
		    .path = bytes("d"),
		    .attrs = { .has = SFTP_HAS_MODE, .mode = 0700 } },
		  SFTP_OK },
		{ { .type = SFTP_SYMLINK,
		    .path = bytes("target"),
		    .to = bytes("link") },
		  SFTP_OK },
		{ { .type = SFTP_RENAME,
		    .path = bytes("link"),
		    .to = bytes("link2") },
		  SFTP_OK },
		{ { .type = SFTP_X_POSIX_RENAME,
		    .path = bytes("link2"),
		    .to = bytes("link") },
		  SFTP_OK },
		{ { .type = SFTP_X_HARDLINK,
		    .path = bytes("link"),
		    .to = bytes("hard") },
		  SFTP_OK },
		{ { .type = SFTP_X_LSETSTAT,
		    .path = bytes("link"),
		    .attrs = { .has = SFTP_HAS_TIMES, .mtime = 5 } },
		  SFTP_OK },
		{ { .type = SFTP_SETSTAT,
		    .path = bytes("d"),
		    .attrs = { .has = SFTP_HAS_MODE, .mode = 0711 } },
		  SFTP_OK },
		{ { .type = SFTP_REMOVE, .path = bytes("hard") }, SFTP_OK },
		{ { .type = SFTP_RMDIR, .path = bytes("d") }, SFTP_OK },
		{ { .type = SFTP_RMDIR, .path = bytes("d") },
		  SFTP_NO_SUCH_FILE },
	};
	struct sftp_request rq = { .type = SFTP_READLINK,
				   .path = bytes("link") };
	struct sftp_reply reply;
	struct sftp_name name;

	(void)greet(f);
	for (size_t i = 0; i < COUNT(rows); i++)
		ask_status(f, &rows[i].rq, rows[i].code);
	reply = ask(f, &rq, SFTP_NAME);
	assert_int_equal(reply.count, 1);
	assert_true(sftp_name_next(&reply, &name));
	assert_int_equal(name.name.n, 6);
	assert_memory_equal(name.name.p, "target", 6);
	assert_false(sftp_name_next(&reply, &name));
	rq.type = SFTP_LSTAT;
	reply = ask(f, &rq, SFTP_ATTRS);
	assert_true(S_ISLNK(reply.attrs.mode));
	assert_int_equal(reply.attrs.mtime, 5);
	rq.type = SFTP_STAT;
	ask_status(f, &rq, SFTP_NO_SUCH_FILE);
	rq = (struct sftp_request){ .type = SFTP_REALPATH, .path = bytes(".") };
	reply = ask(f, &rq, SFTP_NAME);
	assert_true(sftp_name_next(&reply, &name));
	assert_int_equal(name.name.n, strlen(f->dir));
}

static void a_folder_is_listed(void **state)
{
	struct fixture *f = *state;
	struct sftp_request rq = { .type = SFTP_SYMLINK,
				   .path = bytes("x"),
				   .to = bytes("odd\nname\377") };
	struct sftp_reply reply;
	struct sftp_name name;
	char handle[SFTP_HANDLE_MAX];
	bool found = false;
	size_t n;

	(void)greet(f);
	ask_status(f, &rq, SFTP_OK);
	rq = (struct sftp_request){ .type = SFTP_OPENDIR, .path = bytes(".") };
	reply = ask(f, &rq, SFTP_HANDLE);
	n = reply.data.n;
	memcpy(handle, reply.data.p, n);
	rq = (struct sftp_request){ .type = SFTP_READDIR,
				    .handle = { handle, n } };
	reply = ask(f, &rq, SFTP_NAME);
	assert_int_equal(reply.count, 3);
	while (sftp_name_next(&reply, &name))
		found |= name.name.n == 9 &&
			 !memcmp(name.name.p, "odd\nname\377", 9);
	assert_true(found);
	ask_status(f, &rq, SFTP_EOF);
}

/* ---- what no server should send ---- */

#define PACKET(bytes) bytes, sizeof(bytes) - 1

static const struct {
	const char *name;
	const char *p;
	size_t n;
	const char *msg; /* NULL: it is only cut */
} bad[] = {
	{ "cut length", PACKET("\0\0\0"), NULL },
	{ "cut body", PACKET("\0\0\0\011\145\0\0\0\1\0\0\0"), NULL },
	{ "no bytes", PACKET("\0\0\0\0"), "of 0 bytes was announced" },
	{ "too long", PACKET("\0\4\0\1\145"), "of 262145 bytes was announced" },
	{ "text", PACKET("Hi\033[2J there"), "\"Hi\\033[2J there\"" },
	{ "request", PACKET("\0\0\0\011\4\0\0\0\1\0\0\0\0"), "unknown type 4" },
	{ "short status", PACKET("\0\0\0\5\145\0\0\0\1"), "damaged packet" },
	{ "long status", PACKET("\0\0\0\016\145\0\0\0\1\0\0\0\0\0\0\0\2x"),
	  "damaged packet" },
	{ "trailing bytes",
	  PACKET("\0\0\0\022\145\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0x"),
	  "damaged packet" },
	{ "empty handle", PACKET("\0\0\0\011\146\0\0\0\1\0\0\0\0"),
	  "damaged packet" },
	{ "data lies", PACKET("\0\0\0\011\147\0\0\0\1\377\377\377\377"),
	  "damaged packet" },
	{ "names lie", PACKET("\0\0\0\011\150\0\0\0\1\377\377\377\377"),
	  "damaged packet" },
	{ "attributes lie",
	  PACKET("\0\0\0\015\151\0\0\0\1\200\0\0\0\377\377\377\377"),
	  "damaged packet" },
	{ "attributes of another version",
	  PACKET("\0\0\0\011\151\0\0\0\1\0\0\0\020"), "damaged packet" },
	{ "half an extension", PACKET("\0\0\0\012\2\0\0\0\3\0\0\0\1x"),
	  "damaged packet" },
};

static void bad_packets_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct sftp_reader reader;
		struct sftp_reply reply;
		struct err err = { 0 };
		int rc;

		sftp_reader_init(&reader);
		sftp_reader_add(&reader, bad[i].p, bad[i].n);
		rc = sftp_reader_next(&reader, &reply, &err);
		ROW(rc == (bad[i].msg ? -1 : 0), bad[i].name);
		ROW(!bad[i].msg || strstr(err.msg, bad[i].msg), bad[i].name);
		err_release(&err);
		sftp_reader_release(&reader);
	}
}

static void a_status_without_a_message_is_one(void **state)
{
	static const char packet[] = "\0\0\0\011\145\0\0\0\1\0\0\0\377";
	struct sftp_reader reader;
	struct sftp_reply reply;

	(void)state;
	sftp_reader_init(&reader);
	sftp_reader_add(&reader, packet, sizeof(packet) - 1);
	assert_int_equal(sftp_reader_next(&reader, &reply, NULL), 1);
	assert_int_equal(reply.code, 255);
	assert_int_equal(reply.message.n, 0);
	assert_string_equal(sftp_code_text(reply.code),
			    "the server gives a reason that is not known");
	sftp_reader_release(&reader);
}

static void what_is_too_long_is_not_sent(void **state)
{
	struct strbuf out = STRBUF_INIT(SFTP_PACKET_MAX * 4);
	char *big = xcalloc(1, SFTP_PACKET_MAX);
	struct sftp_request rq = { .type = SFTP_WRITE,
				   .handle = bytes("h"),
				   .data = { big, SFTP_PACKET_MAX - 21 } };

	(void)state;
	assert_int_equal(sftp_request_format(&out, 1, &rq), -1);
	assert_int_equal(out.len, 0);
	rq.data.n -= 1;
	assert_int_equal(sftp_request_format(&out, 1, &rq), 0);
	assert_int_equal(out.len, SFTP_PACKET_MAX + 4);
	free(big);
	strbuf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(version_tells_of_extensions,
						setup, teardown),
		cmocka_unit_test_setup_teardown(room_is_told, setup, teardown),
		cmocka_unit_test(room_is_never_less_than_told),
		cmocka_unit_test_setup_teardown(limits_are_told, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_file_is_written_and_read,
						setup, teardown),
		cmocka_unit_test_setup_teardown(names_are_changed_and_removed,
						setup, teardown),
		cmocka_unit_test_setup_teardown(a_folder_is_listed, setup,
						teardown),
		cmocka_unit_test(bad_packets_are_refused),
		cmocka_unit_test(a_status_without_a_message_is_one),
		cmocka_unit_test(what_is_too_long_is_not_sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
