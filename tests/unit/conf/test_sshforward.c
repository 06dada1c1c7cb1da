/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/sshforward.h"

#include "lib/test.h"

#include <stdlib.h>

static void is_read_back(const char *shown, enum sshforward_kind kind)
{
	struct sshforward f;
	char *text;

	assert_int_equal(sshforward_read(shown, kind, &f, NULL), 0);
	text = sshforward_text(&f, kind);
	assert_string_equal(text, shown);
	free(text);
	sshforward_release(&f);
}

static void forwardings_are_taken_apart_as_ssh_does(void **state)
{
	static const struct {
		enum sshforward_kind kind;
		const char *text, *want; /* NULL: refused */
	} rows[] = {
		/* clang-format off */
		{ SSHFORWARD_DYNAMIC, "1080", "1080" },
		{ SSHFORWARD_DYNAMIC, "+01", "1" },
		{ SSHFORWARD_DYNAMIC, "http", "80" },
		{ SSHFORWARD_DYNAMIC, ":1080", "[]:1080" },
		{ SSHFORWARD_DYNAMIC, "*:1080", "[*]:1080" },
		{ SSHFORWARD_DYNAMIC, "[::1]:1080", "[::1]:1080" },
		{ SSHFORWARD_DYNAMIC, "/tmp/x", "/tmp/x" },
		{ SSHFORWARD_DYNAMIC, "[/x]", "/x" },
		{ SSHFORWARD_DYNAMIC, "a/1", "a/1" },
		{ SSHFORWARD_DYNAMIC, "", NULL },
		{ SSHFORWARD_DYNAMIC, "0", "0" },
		{ SSHFORWARD_DYNAMIC, "65536", NULL },
		{ SSHFORWARD_DYNAMIC, "0x1", NULL },
		{ SSHFORWARD_DYNAMIC, "a:b", NULL },
		{ SSHFORWARD_DYNAMIC, "a:1:b", NULL },
		{ SSHFORWARD_DYNAMIC, "::1/1080", NULL },
		{ SSHFORWARD_DYNAMIC, "[a", NULL },
		{ SSHFORWARD_DYNAMIC, "[a]b:1", NULL },
		{ SSHFORWARD_DYNAMIC, "1\\", NULL },
		{ SSHFORWARD_LOCAL, "1:a:2", "1 [a]:2" },
		{ SSHFORWARD_LOCAL, "a:1:b:2", "[a]:1 [b]:2" },
		{ SSHFORWARD_LOCAL, "1:[2001:db8::1]:22", "1 [2001:db8::1]:22" },
		{ SSHFORWARD_LOCAL, "1:/x", "1 /x" },
		{ SSHFORWARD_LOCAL, "a:1:/x", "[a]:1 /x" },
		{ SSHFORWARD_LOCAL, "/x:/y", "/x /y" },
		{ SSHFORWARD_LOCAL, "/x:a:2", "/x [a]:2" },
		{ SSHFORWARD_LOCAL, "1:a\\:b:2", "1 [a:b]:2" },
		{ SSHFORWARD_LOCAL, "1:a/b:3", "1 [a/b]:3" },
		{ SSHFORWARD_LOCAL, "1:\\/x", NULL },
		{ SSHFORWARD_LOCAL, "1", NULL },
		{ SSHFORWARD_LOCAL, "1:2", NULL },
		{ SSHFORWARD_LOCAL, "0:a:2", "0 [a]:2" },
		{ SSHFORWARD_LOCAL, "/x y:/z v", "/x y /z v" },
		{ SSHFORWARD_LOCAL, "/x y:a:2", "/x y [a]:2" },
		{ SSHFORWARD_LOCAL, "[::1]:1:/x y", "[::1]:1 /x y" },
		{ SSHFORWARD_LOCAL, "1:a:0", NULL },
		{ SSHFORWARD_LOCAL, "a:1:b:2:c", NULL },
		{ SSHFORWARD_REMOTE, "0:a:2", "0 [a]:2" },
		{ SSHFORWARD_REMOTE, "0:/x", "0 /x" },
		{ SSHFORWARD_REMOTE, "a:0:b:2", "[a]:0 [b]:2" },
		{ SSHFORWARD_REMOTE, "1", NULL },
		{ SSHFORWARD_REMOTE_DYNAMIC, "0", "0 [socks]:0" },
		{ SSHFORWARD_REMOTE_DYNAMIC, "/x:1", "[/x]:1 [socks]:0" },
		{ SSHFORWARD_REMOTE_DYNAMIC, "/x", "/x [socks]:0" },
		{ SSHFORWARD_REMOTE_DYNAMIC, "1:a:2", NULL },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct err err = { 0 };
		struct sshforward f;
		int rc = sshforward_parse(rows[i].text, rows[i].kind, &f, &err);
		char *text;

		ROW(rc == (rows[i].want ? 0 : -1), rows[i].text);
		if (rc) {
			assert_int_equal(err.code, ERR_CONFIG);
			err_release(&err);
			continue;
		}
		text = sshforward_text(&f, rows[i].kind);
		assert_string_equal(text, rows[i].want);
		free(text);
		sshforward_release(&f);
		is_read_back(rows[i].want, rows[i].kind);
	}
}

static void long_names_are_refused(void **state)
{
	char text[1200] = "1:";
	struct err err = { 0 };
	struct sshforward f;

	(void)state;
	memset(text + 2, 'h', 1100);
	memcpy(text + 1102, ":2", 3);
	assert_int_equal(sshforward_parse(text, SSHFORWARD_LOCAL, &f, &err),
			 -1);
	err_release(&err);
	memset(text + 2, '/', 120);
	text[122] = '\0';
	assert_int_equal(sshforward_parse(text, SSHFORWARD_LOCAL, &f, &err),
			 -1);
	err_release(&err);
}

static void ports_have_numbers_or_names(void **state)
{
	(void)state;
	assert_int_equal(port_parse("22"), 22);
	assert_int_equal(port_parse("ssh"), 22);
	assert_int_equal(port_parse("0"), 0);
	assert_int_equal(port_parse("65536"), -1);
	assert_int_equal(port_parse("-1"), -1);
	assert_int_equal(port_parse(""), -1);
	assert_int_equal(port_parse("no such service"), -1);
}

static void remote_opens_are_permitted_as_ssh_does(void **state)
{
	static const struct {
		const char *words, *host;
		unsigned int port;
		bool want;
	} rows[] = {
		/* clang-format off */
		{ "", "a", 1, true },
		{ "any", "a", 1, true },
		{ "none", "a", 1, false },
		{ "a:1", "a", 1, true },
		{ "a:1", "a", 2, false },
		{ "a:1", "A", 1, false },
		{ "a:1", "ab", 1, false },
		{ "a:http", "a", 80, true },
		{ "b:2 a:1", "a", 1, true },
		{ "a:*", "a", 65535, true },
		{ "a:*", "b", 1, false },
		{ "*:1", "b", 1, true },
		{ "*:1", "b", 2, false },
		{ "*:*", "b", 2, true },
		{ "a*:1", "ab", 1, false },
		{ "[::1]:5", "::1", 5, true },
		{ "[::1]:5", "::2", 5, false },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct strvec permit = { 0 };

		strvec_split(&permit, rows[i].words, " ");
		ROW(sshforward_permits(&permit, rows[i].host, rows[i].port) ==
			    rows[i].want,
		    rows[i].words);
		strvec_release(&permit);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forwardings_are_taken_apart_as_ssh_does),
		cmocka_unit_test(long_names_are_refused),
		cmocka_unit_test(ports_have_numbers_or_names),
		cmocka_unit_test(remote_opens_are_permitted_as_ssh_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
