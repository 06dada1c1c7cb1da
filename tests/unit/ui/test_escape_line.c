/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/escape_line.h"

#include "lib/test.h"

#include <stdlib.h>

static const struct {
	const char *text;
	int rc;
	enum line_wish wish;
	enum sshforward_kind kind;
	const char *listens; /* the host, or NULL */
	int port;
	const char *connects;
} rows[] = {
	/* clang-format off */
	{ "",                   0,  LINE_NOTHING, 0, NULL, 0, NULL },
	{ " \t\r\n",            0,  LINE_NOTHING, 0, NULL, 0, NULL },
	{ "help",               0,  LINE_HELP, 0, NULL, 0, NULL },
	{ " ? ",                0,  LINE_HELP, 0, NULL, 0, NULL },
	{ "-L8080:a:80",        0,  LINE_ADD, SSHFORWARD_LOCAL, NULL, 8080, "a" },
	{ " -L  x:8080:a:80\r", 0,  LINE_ADD, SSHFORWARD_LOCAL, "x", 8080, "a" },
	{ "-D 1080",            0,  LINE_ADD, SSHFORWARD_DYNAMIC, NULL, 1080, NULL },
	{ "-R 0:b:22",          0,  LINE_ADD, SSHFORWARD_REMOTE, NULL, 0, "b" },
	{ "-R 1080",            0,  LINE_ADD, SSHFORWARD_REMOTE_DYNAMIC, NULL, 1080, NULL },
	{ "-KL 8080",           0,  LINE_CANCEL, SSHFORWARD_LOCAL, NULL, 8080, NULL },
	{ "-KR x:8080",         0,  LINE_CANCEL, SSHFORWARD_REMOTE, "x", 8080, NULL },
	{ "-KD1080",            0,  LINE_CANCEL, SSHFORWARD_DYNAMIC, NULL, 1080, NULL },
	{ "-L",                 -1, LINE_ADD, SSHFORWARD_LOCAL, NULL, 0, NULL },
	{ "-L 8080",            -1, LINE_ADD, SSHFORWARD_LOCAL, NULL, 0, NULL },
	{ "-K 8080",            -1, LINE_CANCEL, 0, NULL, 0, NULL },
	{ "-X",                 -1, LINE_ADD, 0, NULL, 0, NULL },
	{ "-",                  -1, LINE_ADD, 0, NULL, 0, NULL },
	{ "!ls",                -1, LINE_NOTHING, 0, NULL, 0, NULL },
	{ "ls",                 -1, LINE_NOTHING, 0, NULL, 0, NULL },
	/* clang-format on */
};

static bool equal(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static void lines_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct escape_line line;
		struct err err = { 0 };
		int rc = escape_line_read(rows[i].text, &line, &err);

		ROW(rc == rows[i].rc, rows[i].text);
		ROW(line.wish == rows[i].wish, rows[i].text);
		ROW((err.code != ERR_NONE) == (rc != 0), rows[i].text);
		if (!rc) {
			ROW(line.kind == rows[i].kind, rows[i].text);
			ROW(equal(line.forward.listen_host, rows[i].listens),
			    rows[i].text);
			ROW(line.forward.listen_port == rows[i].port,
			    rows[i].text);
			ROW(equal(line.forward.connect_host, rows[i].connects),
			    rows[i].text);
		}
		escape_line_release(&line);
		err_release(&err);
	}
}

static void the_help_names_each(void **state)
{
	struct strvec lines = { 0 };

	(void)state;
	escape_line_help(&lines);
	assert_int_equal(lines.n, 6);
	assert_true(
		!strncmp(lines.v[0], " -L[address:]port:host:hostport ", 32));
	assert_true(!strncmp(lines.v[5], " -KD[address:]port ", 19));
	strvec_release(&lines);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_read),
		cmocka_unit_test(the_help_names_each),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
