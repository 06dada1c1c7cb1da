/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/socks.h"

#include <string.h>

#include "lib/test.h"

#define BYTES(text) (text), sizeof(text) - 1

/* What a client sends, all at once or a byte at a time, and what comes of it.
 */
static const struct row {
	const char *name;
	const char *in;
	size_t n;
	enum socks_rc rc;
	size_t left; /* bytes that are the far end's */
	const char *host;
	unsigned int port;
	const char *out;
	size_t out_n;
} rows[] = {
	/* clang-format off */
	{ "5, address", BYTES("\5\1\0" "\5\1\0\1\177\0\0\1\0\120"), SOCKS_ASKED, 0, "127.0.0.1", 80, BYTES("\5\0") },
	{ "5, sixth", BYTES("\5\1\0" "\5\1\0\4\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\26"), SOCKS_ASKED, 0, "::1", 22, BYTES("\5\0") },
	{ "5, name", BYTES("\5\3\2\1\0" "\5\1\0\3\4host\1\273"), SOCKS_ASKED, 0, "host", 443, BYTES("\5\0") },
	{ "5, bytes behind", BYTES("\5\1\0" "\5\1\0\3\1h\0\1GET"), SOCKS_ASKED, 3, "h", 1, BYTES("\5\0") },
	{ "5, name of no length", BYTES("\5\1\0" "\5\1\0\3\0\0\1"), SOCKS_BAD, 0, NULL, 0, BYTES("\5\0\5\1\0\1\0\0\0\0\0\0") },
	{ "5, name with a NUL", BYTES("\5\1\0" "\5\1\0\3\3a\0b\0\1"), SOCKS_BAD, 0, NULL, 0, BYTES("\5\0\5\1\0\1\0\0\0\0\0\0") },
	{ "5, no method", BYTES("\5\0"), SOCKS_BAD, 0, NULL, 0, BYTES("\5\377") },
	{ "5, password only", BYTES("\5\1\2"), SOCKS_BAD, 0, NULL, 0, BYTES("\5\377") },
	{ "5, to listen", BYTES("\5\1\0" "\5\2\0\1\177"), SOCKS_BAD, 0, NULL, 0, BYTES("\5\0\5\7\0\1\0\0\0\0\0\0") },
	{ "5, odd type", BYTES("\5\1\0" "\5\1\0\2\177"), SOCKS_BAD, 0, NULL, 0, BYTES("\5\0\5\10\0\1\0\0\0\0\0\0") },
	{ "5, then 4", BYTES("\5\1\0" "\4\1\0\1\177"), SOCKS_BAD, 0, NULL, 0, BYTES("\5\0") },
	{ "5, not whole", BYTES("\5\1\0" "\5\1\0\1\177\0\0\1\0"), SOCKS_MORE, 0, NULL, 0, BYTES("\5\0") },
	{ "4", BYTES("\4\1\0\120\12\0\0\0me\0"), SOCKS_ASKED, 0, "10.0.0.0", 80, BYTES("") },
	{ "4, no user", BYTES("\4\1\0\120\12\0\0\0\0xy"), SOCKS_ASKED, 2, "10.0.0.0", 80, BYTES("") },
	{ "4a", BYTES("\4\1\0\26\0\0\0\7me\0host\0x"), SOCKS_ASKED, 1, "host", 22, BYTES("") },
	{ "4a, no name", BYTES("\4\1\0\26\0\0\0\7me\0\0"), SOCKS_BAD, 0, NULL, 0, BYTES("\0\133\0\0\0\0\0\0") },
	{ "4, to listen", BYTES("\4\2\0\26\12\0\0\1"), SOCKS_BAD, 0, NULL, 0, BYTES("\0\133\0\0\0\0\0\0") },
	{ "4, user without an end", BYTES("\4\1\0\120\12\0\0\1me"), SOCKS_MORE, 0, NULL, 0, BYTES("") },
	{ "HTTP", BYTES("GET"), SOCKS_BAD, 2, NULL, 0, BYTES("") },
	{ "nothing", BYTES(""), SOCKS_MORE, 0, NULL, 0, BYTES("") },
	/* clang-format on */
};

static void check(const struct row *row, size_t piece)
{
	char out[64];
	size_t out_n = 0, at = 0;
	enum socks_rc rc = SOCKS_MORE;
	struct socks s = { 0 };

	while (rc == SOCKS_MORE && at < row->n) {
		size_t used, n = row->n - at < piece ? row->n - at : piece;

		rc = socks_feed(&s, row->in + at, n, &used);
		assert_true(out_n + s.out_n <= sizeof(out));
		memcpy(out + out_n, s.out, s.out_n);
		out_n += s.out_n;
		s.out_n = 0;
		at += used;
	}
	ROW(rc == row->rc, row->name);
	ROW(row->n - at == row->left, row->name);
	ROW(out_n == row->out_n && !memcmp(out, row->out, out_n), row->name);
	if (rc != SOCKS_ASKED)
		return;
	ROW(!strcmp(s.host, row->host), row->name);
	ROW(s.port == row->port, row->name);
}

static void clients_are_understood(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		check(&rows[i], 1);
		check(&rows[i], 2);
		check(&rows[i], SIZE_MAX);
	}
}

/* Who reads what is wanted never reads what is the far end's. */
static void no_more_is_wanted_than_the_request_has(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct socks s = { 0 };
		enum socks_rc rc = SOCKS_MORE;
		size_t at = 0, used;

		while (rc == SOCKS_MORE && at < rows[i].n) {
			size_t n = socks_want(&s);

			if (n > rows[i].n - at)
				break;
			rc = socks_feed(&s, rows[i].in + at, n, &used);
			at += used;
		}
		if (rows[i].rc == SOCKS_ASKED)
			ROW(rows[i].n - at == rows[i].left, rows[i].name);
		ROW(rows[i].rc != SOCKS_ASKED || rc == SOCKS_ASKED,
		    rows[i].name);
	}
}

static void endless_texts_are_refused(void **state)
{
	static const char heads[][12] = { "\4\1\0\120\12\0\0\1",
					  "\4\1\0\120\0\0\0\1" };

	(void)state;
	for (size_t i = 0; i < COUNT(heads); i++) {
		struct socks s = { 0 };
		enum socks_rc rc;
		size_t used, n = 0;

		rc = socks_feed(&s, heads[i], 8, &used);
		while (rc == SOCKS_MORE && n++ < 10000)
			rc = socks_feed(&s, "x", 1, &used);
		assert_int_equal(rc, SOCKS_BAD);
		assert_true(n <= SOCKS_IN_MAX);
		/* and stays so */
		assert_int_equal(socks_feed(&s, "x", 1, &used), SOCKS_BAD);
	}
}

static void answers_are_those_of_the_version(void **state)
{
	static const struct {
		unsigned int version;
		enum socks_answer answer;
		const char *bytes;
		size_t n;
	} answers[] = {
		{ 4, SOCKS_GRANTED, BYTES("\0\132\0\0\0\0\0\0") },
		{ 4, SOCKS_FORBIDDEN, BYTES("\0\133\0\0\0\0\0\0") },
		{ 5, SOCKS_GRANTED, BYTES("\5\0\0\1\0\0\0\0\0\0") },
		{ 5, SOCKS_FAILED, BYTES("\5\1\0\1\0\0\0\0\0\0") },
		{ 5, SOCKS_FORBIDDEN, BYTES("\5\2\0\1\0\0\0\0\0\0") },
		{ 5, SOCKS_UNREACHABLE, BYTES("\5\5\0\1\0\0\0\0\0\0") },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(answers); i++) {
		struct socks s = { .version = answers[i].version };

		socks_answer(&s, answers[i].answer);
		assert_int_equal(s.out_n, answers[i].n);
		assert_memory_equal(s.out, answers[i].bytes, s.out_n);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(clients_are_understood),
		cmocka_unit_test(no_more_is_wanted_than_the_request_has),
		cmocka_unit_test(endless_texts_are_refused),
		cmocka_unit_test(answers_are_those_of_the_version),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
