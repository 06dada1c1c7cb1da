/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages of the sharing of connections, byte for byte as PROTOCOL.mux of
 * OpenSSH has them, and what is none.
 */
#include "wire/mux.h"

#include "lib/test.h"

#include "base/alloc.h"
#include "base/be32.h"

/* A packet in the table below: its bytes without the length. */
#define BYTES(s) s, sizeof(s) - 1

static char term[] = "xterm", command[] = "df -h /", host[] = "localhost",
	    db[] = "db1", why[] = "no";
static char *env[] = { (char[]){ "A=1" }, (char[]){ "LANG=C" }, NULL };

static const struct {
	const char *name;
	struct mux_msg m;
	const char *bytes;
	size_t n;
} table[] = {
	/* clang-format off */
	{ "hello", { .kind = MUX_HELLO, .number = 4 },
	  BYTES("\0\0\0\1" "\0\0\0\4") },
	{ "session", { .kind = MUX_NEW_SESSION, .id = 2, .tty = 1, .agent = 1, .escape = '~', .term = term, .command = command },
	  BYTES("\x10\0\0\2" "\0\0\0\2" "\0\0\0\0" "\0\0\0\1" "\0\0\0\0" "\0\0\0\1" "\0\0\0\0" "\0\0\0~"
	        "\0\0\0\5xterm" "\0\0\0\7df -h /") },
	{ "session with variables", { .kind = MUX_NEW_SESSION, .id = 2, .subsystem = 1, .escape = MUX_ESCAPE_NONE,
	                              .term = term, .command = db, .env = { env, 2, 0 } },
	  BYTES("\x10\0\0\2" "\0\0\0\2" "\0\0\0\0" "\0\0\0\0" "\0\0\0\0" "\0\0\0\0" "\0\0\0\1" "\xff\xff\xff\xff"
	        "\0\0\0\5xterm" "\0\0\0\3db1" "\0\0\0\3" "A=1" "\0\0\0\6LANG=C") },
	{ "alive?", { .kind = MUX_ALIVE_CHECK, .id = 0x01020304 },
	  BYTES("\x10\0\0\4" "\1\2\3\4") },
	{ "terminate", { .kind = MUX_TERMINATE, .id = 1 },
	  BYTES("\x10\0\0\5" "\0\0\0\1") },
	{ "open", { .kind = MUX_OPEN_FORWARD, .id = 1, .number = MUX_FORWARD_LOCAL, .listen_host = host, .listen_port = 8080,
	            .connect_host = db, .connect_port = 80 },
	  BYTES("\x10\0\0\6" "\0\0\0\1" "\0\0\0\1" "\0\0\0\x9localhost" "\0\0\x1f\x90" "\0\0\0\3db1" "\0\0\0\x50") },
	{ "close, a path", { .kind = MUX_CLOSE_FORWARD, .id = 1, .number = MUX_FORWARD_REMOTE, .listen_host = host,
	                     .listen_port = 1, .connect_host = db, .connect_port = MUX_PORT_PATH },
	  BYTES("\x10\0\0\7" "\0\0\0\1" "\0\0\0\2" "\0\0\0\x9localhost" "\0\0\0\1" "\0\0\0\3db1" "\xff\xff\xff\xfe") },
	{ "stdio", { .kind = MUX_NEW_STDIO, .id = 3, .connect_host = db, .connect_port = 22 },
	  BYTES("\x10\0\0\x8" "\0\0\0\3" "\0\0\0\0" "\0\0\0\3db1" "\0\0\0\x16") },
	{ "stop", { .kind = MUX_STOP, .id = 1 }, BYTES("\x10\0\0\x9" "\0\0\0\1") },
	{ "proxy", { .kind = MUX_PROXY, .id = 1 }, BYTES("\x10\0\0\xf" "\0\0\0\1") },
	{ "ok", { .kind = MUX_OK, .id = 9 }, BYTES("\x80\0\0\1" "\0\0\0\x9") },
	{ "denied", { .kind = MUX_DENIED, .id = 9, .reason = why }, BYTES("\x80\0\0\2" "\0\0\0\x9" "\0\0\0\2no") },
	{ "failure", { .kind = MUX_FAILURE, .id = 9, .reason = why }, BYTES("\x80\0\0\3" "\0\0\0\x9" "\0\0\0\2no") },
	{ "exit", { .kind = MUX_EXIT, .id = 5, .number = 255 }, BYTES("\x80\0\0\4" "\0\0\0\5" "\0\0\0\xff") },
	{ "alive", { .kind = MUX_ALIVE, .id = 5, .number = 256 }, BYTES("\x80\0\0\5" "\0\0\0\5" "\0\0\1\0") },
	{ "opened", { .kind = MUX_OPENED, .id = 5, .number = 1 }, BYTES("\x80\0\0\6" "\0\0\0\5" "\0\0\0\1") },
	{ "port", { .kind = MUX_REMOTE_PORT, .id = 5, .number = 65535 }, BYTES("\x80\0\0\7" "\0\0\0\5" "\0\0\xff\xff") },
	{ "no terminal", { .kind = MUX_TTY_FAILED, .id = 5 }, BYTES("\x80\0\0\x8" "\0\0\0\5") },
	{ "proxied", { .kind = MUX_PROXIED, .id = 5 }, BYTES("\x80\0\0\xf" "\0\0\0\5") },
	/* clang-format on */
};

static bool same_text(const char *a, const char *b)
{
	return !strcmp(a ? a : "", b ? b : "");
}

static bool same(const struct mux_msg *a, const struct mux_msg *b)
{
	if (a->env.n != b->env.n)
		return false;
	for (size_t i = 0; i < a->env.n; i++)
		if (strcmp(a->env.v[i], b->env.v[i]) != 0)
			return false;
	return a->kind == b->kind && a->id == b->id && a->number == b->number &&
	       a->tty == b->tty && a->x11 == b->x11 && a->agent == b->agent &&
	       a->subsystem == b->subsystem && a->escape == b->escape &&
	       same_text(a->term, b->term) &&
	       same_text(a->command, b->command) &&
	       same_text(a->listen_host, b->listen_host) &&
	       same_text(a->connect_host, b->connect_host) &&
	       a->listen_port == b->listen_port &&
	       a->connect_port == b->connect_port &&
	       same_text(a->reason, b->reason);
}

static void as_the_protocol_has_it(void **state)
{
	(void)state;
	assert_int_equal(COUNT(table), MUX_NKINDS);
	for (size_t i = 0; i < COUNT(table); i++) {
		struct strbuf out = STRBUF_INIT(MUX_PACKET_MAX);

		ROW(!mux_put(&out, &table[i].m), table[i].name);
		ROW(out.len == table[i].n + 4, table[i].name);
		ROW(be32_get(out.buf) == table[i].n, table[i].name);
		ROW(!memcmp(out.buf + 4, table[i].bytes, table[i].n),
		    table[i].name);
		strbuf_release(&out);
	}
}

/* Cut anywhere it is not whole; whole it is what it was. */
static void check_back(const char *name, const struct mux_msg *want)
{
	struct strbuf out = STRBUF_INIT(MUX_PACKET_MAX);
	struct mux_msg m;

	assert_int_equal(mux_put(&out, want), 0);
	assert_int_equal(strbuf_addstr(&out, "more"), 0);
	for (size_t n = 0; n < out.len - 4; n++) {
		ROW(mux_get(out.buf, n, &m, NULL) == 0, name);
		mux_msg_release(&m);
	}
	ROW(mux_get(out.buf, out.len, &m, NULL) == (ssize_t)out.len - 4, name);
	ROW(same(&m, want), name);
	mux_msg_release(&m);
	strbuf_release(&out);
}

static void there_and_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(table); i++)
		check_back(table[i].name, &table[i].m);
}

static void what_is_none(void **state)
{
	static const struct {
		const char *name, *bytes;
		size_t n;
	} bad[] = {
		/* clang-format off */
		{ "no type", BYTES("\0\0\0\0") },
		{ "half a type", BYTES("\0\0\0\3\0\0\0") },
		{ "a long one", BYTES("\0\4\0\1") },
		{ "the longest", BYTES("\xff\xff\xff\xff") },
		{ "hello without a version", BYTES("\0\0\0\4" "\0\0\0\1") },
		{ "half an extension", BYTES("\0\0\0\xe" "\0\0\0\1" "\0\0\0\4" "\0\0\0\4in") },
		{ "a request without its number", BYTES("\0\0\0\6" "\x10\0\0\4" "\0\0") },
		{ "a text past the end", BYTES("\0\0\0\x0e" "\x80\0\0\3" "\0\0\0\1" "\0\0\0\3no") },
		{ "the longest text", BYTES("\0\0\0\x0e" "\x80\0\0\3" "\0\0\0\1" "\xff\xff\xff\xffno") },
		{ "a text with a NUL", BYTES("\0\0\0\x0e" "\x80\0\0\3" "\0\0\0\1" "\0\0\0\2n\0") },
		{ "an unknown one without its number", BYTES("\0\0\0\4" "\x10\0\0\3") },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct err err = { 0 };
		struct mux_msg m;

		ROW(mux_get(bad[i].bytes, bad[i].n, &m, &err) == -1,
		    bad[i].name);
		ROW(err.code == ERR_PROTOCOL, bad[i].name);
		ROW(m.kind == MUX_UNKNOWN && !m.reason, bad[i].name);
		err_release(&err);
	}
}

static void what_is_passed_over(void **state)
{
	static const struct {
		const char *name;
		enum mux_kind kind;
		uint32_t id;
		const char *bytes;
		size_t n;
	} odd[] = {
		/* clang-format off */
		{ "an extension", MUX_HELLO, 0, BYTES("\0\0\0\x15" "\0\0\0\1" "\0\0\0\4" "\0\0\0\4info" "\0\0\0\1" "0") },
		{ "more at the end", MUX_OK, 7, BYTES("\0\0\0\xa" "\x80\0\0\1" "\0\0\0\7" "xy") },
		{ "a type of tomorrow", MUX_UNKNOWN, 7, BYTES("\0\0\0\xa" "\x20\0\0\1" "\0\0\0\7" "xy") },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(odd); i++) {
		struct mux_msg m;

		ROW(mux_get(odd[i].bytes, odd[i].n, &m, NULL) ==
			    (ssize_t)odd[i].n,
		    odd[i].name);
		ROW(m.kind == odd[i].kind && m.id == odd[i].id, odd[i].name);
		mux_msg_release(&m);
	}
}

static void too_long(void **state)
{
	struct strbuf out = STRBUF_INIT(2 * MUX_PACKET_MAX);
	char *text = xcalloc(1, MUX_PACKET_MAX + 2);
	struct mux_msg m = { .kind = MUX_FAILURE, .reason = text };
	struct mux_msg back;

	(void)state;
	assert_int_equal(strbuf_addstr(&out, "before"), 0);
	memset(text, 'x', MUX_PACKET_MAX + 1);
	assert_int_equal(mux_put(&out, &m), -1);
	assert_string_equal(out.buf, "before");
	text[MUX_PACKET_MAX - 12 + 1] = '\0';
	assert_int_equal(mux_put(&out, &m), -1);
	assert_string_equal(out.buf, "before");
	text[MUX_PACKET_MAX - 12] = '\0';
	assert_int_equal(mux_put(&out, &m), 0);
	assert_int_equal(mux_get(out.buf + 6, out.len - 6, &back, NULL),
			 MUX_PACKET_MAX + 4);
	assert_string_equal(back.reason, text);
	mux_msg_release(&back);
	strbuf_release(&out);
	/* A ceiling that is lower counts, too. */
	out = (struct strbuf)STRBUF_INIT(20);
	text[9] = '\0';
	assert_int_equal(mux_put(&out, &m), -1);
	assert_int_equal(out.len, 0);
	strbuf_release(&out);
	free(text);
}

static void many_variables(void **state)
{
	struct strbuf out = STRBUF_INIT(MUX_PACKET_MAX + 4);
	struct mux_msg m = { .kind = MUX_NEW_SESSION };
	struct mux_msg back;

	(void)state;
	for (size_t i = 0; i < MUX_ENV_MAX + 10; i++)
		strvec_push(&m.env, "A=1");
	assert_int_equal(mux_put(&out, &m), 0);
	assert_int_equal(mux_get(out.buf, out.len, &back, NULL), out.len);
	assert_int_equal(back.env.n, MUX_ENV_MAX);
	mux_msg_release(&m);
	mux_msg_release(&back);
	strbuf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_the_protocol_has_it),
		cmocka_unit_test(there_and_back),
		cmocka_unit_test(what_is_none),
		cmocka_unit_test(what_is_passed_over),
		cmocka_unit_test(too_long),
		cmocka_unit_test(many_variables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
