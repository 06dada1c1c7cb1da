/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/upcall.h"

#include "lib/test.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

#include "base/text.h"

#define LONG_MS 20000u

/* Run `text` with the shell. */
static int shell(const char *text, uint64_t max_ms, struct strbuf *out,
		 struct err *err)
{
	const char *const argv[] = { "/bin/sh", "-c", text, NULL };

	return upcall_run(argv, max_ms, out, err);
}

static void output_and_status_are_given(void **state)
{
	static const struct {
		const char *text, *out;
		int status;
	} rows[] = {
		{ "echo a; echo b", "a\nb\n", 0 },
		{ "printf x; exit 3", "x", 3 },
		{ "cat", "", 0 },
		/* No descriptor of ours but the three. */
		{ "for f in 3 4 5 6 7 8 9; do (: <&$f) 2>/dev/null && echo $f; "
		  "done; true",
		  "", 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct strbuf out = STRBUF_INIT(1000);
		struct err err = { 0 };

		ROW(shell(rows[i].text, LONG_MS, &out, &err) == rows[i].status,
		    rows[i].text);
		assert_string_equal(out.buf, rows[i].out);
		strbuf_release(&out);
	}
}

static void who_still_holds_the_output_is_not_waited_for(void **state)
{
	struct strbuf out = STRBUF_INIT(1000);
	uint64_t pid;

	(void)state;
	assert_int_equal(
		shell("sleep 300 2>/dev/null & printf $!", LONG_MS, &out, NULL),
		0);
	assert_int_equal(parse_uint(out.buf, 2, INT32_MAX, &pid), 0);
	assert_int_equal(kill((pid_t)pid, SIGKILL), 0);
	strbuf_release(&out);
}

static void what_goes_wrong_is_told(void **state)
{
	static const struct {
		const char *text, *why;
		uint64_t max_ms;
	} rows[] = {
		{ "sleep 30", "'/bin/sh' took longer than 50ms", 50 },
		{ "sleep 30 & wait", "'/bin/sh' took longer than 50ms", 50 },
		{ "trap '' TERM HUP INT; while :; do :; done",
		  "'/bin/sh' took longer than 50ms", 50 },
		{ "while echo 0123456789; do :; done",
		  "'/bin/sh' wrote more than 1000 bytes", LONG_MS },
		{ "kill -9 $$", "'/bin/sh' was ended by signal 9", LONG_MS },
	};
	static const char *const none[] = { "/no/such/program", NULL };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct strbuf out = STRBUF_INIT(1000);
		struct err err = { 0 };

		ROW(shell(rows[i].text, rows[i].max_ms, &out, &err) == -1,
		    rows[i].text);
		assert_int_equal(err.code, ERR_LOCAL);
		assert_string_equal(err.msg, rows[i].why);
		err_release(&err);
		strbuf_release(&out);
	}
	{
		struct strbuf out = STRBUF_INIT(1000);
		struct err err = { 0 };
		int rc = upcall_run(none, LONG_MS, &out, &err);

		/* Under an emulator the child finds out, and exits. */
		assert_true(rc == 127 ||
			    (rc == -1 && strstr(err.msg, "/no/such/program")));
		err_release(&err);
		strbuf_release(&out);
	}
	/* None is left behind, alive or dead. */
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(output_and_status_are_given),
		cmocka_unit_test(who_still_holds_the_output_is_not_waited_for),
		cmocka_unit_test(what_goes_wrong_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
