/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/script.h"

#include "lib/test.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "model/command.h"

static char path[] = "/tmp/rsh-script.XXXXXX";

static int make_file(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	if (fd < 0)
		return -1;
	return close(fd);
}

static int remove_file(void **state)
{
	(void)state;
	return unlink(path);
}

static void put(const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static void what_runs_a_script(void **state)
{
	static const struct {
		const char *text;
		const char *command; /* NULL: refused */
	} rows[] = {
		{ "", "sh -s --" },
		{ "echo\n", "sh -s --" },
		{ "#!/bin/sh\n", "/bin/sh -s --" },
		{ "#!/bin/sh", "/bin/sh -s --" },
		{ "#! /bin/bash -eu\n", "/bin/bash -eu -s --" },
		{ "#!/bin/bash +x -e\n", "/bin/bash +x -e -s --" },
		{ "#!/bin/dash\r\n", "/bin/dash -s --" },
		{ "#!/usr/bin/python3\n", "/usr/bin/python3 -" },
		{ "#!/usr/bin/python3.11 -u\n", "/usr/bin/python3.11 -u -" },
		{ "#!/usr/bin/env python\n", "python -" },
		{ "#!/usr/bin/env -S perl -w\n", "perl -w -" },
		{ "#!/usr/bin/env -S bash -e\nx\n", "bash -e -s --" },
		{ "#!/usr/bin/node\n", "/usr/bin/node -" },
		/* Not known to read one, or there is no saying what it does. */
		{ "#!/usr/bin/awk -f\n", NULL },
		{ "#!/bin/sh file\n", NULL },
		{ "#!/bin/bash2\n", NULL },
		{ "#!/usr/bin/pythonic\n", NULL },
		{ "#!/usr/bin/env\n", NULL },
		{ "#!\n", NULL },
		{ "#!", NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct err err = { 0 };
		struct plan plan;
		int rc;

		put(rows[i].text);
		plan_init(&plan);
		rc = script_plan(&plan, path, 0, NULL, &err);
		ROW(!rc == (rows[i].command != NULL), rows[i].text);
		if (rc) {
			ROW(err.code == ERR_USAGE, rows[i].text);
			ROW(strstr(err.msg, path), rows[i].text);
			ROW(plan.spec.input_fd < 0, rows[i].text);
		} else {
			ROW(!strcmp(plan.spec.command, rows[i].command),
			    rows[i].text);
			ROW(plan.spec.want_stdin, rows[i].text);
			close(plan.spec.input_fd);
		}
		err_release(&err);
		plan_release(&plan);
	}
}

static void a_bad_line_is_shown_but_not_obeyed(void **state)
{
	struct err err = { 0 };
	struct plan plan;

	(void)state;
	put("#!/bin/\033[2Jx\n");
	plan_init(&plan);
	assert_int_equal(script_plan(&plan, path, 0, NULL, &err), -1);
	assert_non_null(strstr(err.msg, "'#!/bin/\\033[2Jx'"));
	err_release(&err);
	plan_release(&plan);
}

/* Each word is one there, and the file is read from its beginning. */
static void words_are_arguments_as_they_are(void **state)
{
	char one[] = "a b", two[] = "-x", three[] = "$(c)", four[] = "";
	char *words[] = { one, two, three, four };
	struct err err = { 0 };
	struct plan plan;
	char buf[32];

	(void)state;
	put("#!/bin/sh\nexit 3\n");
	plan_init(&plan);
	assert_int_equal(script_plan(&plan, path, 4, words, &err), 0);
	assert_string_equal(plan.spec.command,
			    "/bin/sh -s -- 'a b' -x '$(c)' ''");
	assert_int_equal(plan.spec.argv.n, 7);
	assert_string_equal(plan.spec.argv.v[3], "a b");
	assert_int_equal(read(plan.spec.input_fd, buf, sizeof(buf)), 17);
	assert_memory_equal(buf, "#!/bin/sh\nexit 3\n", 17);
	close(plan.spec.input_fd);
	plan_release(&plan);
}

static void refuse(const char *what, int n, char **words, const char *why)
{
	struct err err = { 0 };
	struct plan plan;

	plan_init(&plan);
	assert_int_equal(script_plan(&plan, what, n, words, &err), -1);
	assert_int_equal(err.code, ERR_USAGE);
	assert_non_null(strstr(err.msg, why));
	assert_int_equal(plan.spec.input_fd, -1);
	err_release(&err);
	plan_release(&plan);
}

static void what_cannot_be_a_script(void **state)
{
	char *word = malloc(COMMAND_MAX + 2);

	(void)state;
	refuse("/nonexistent", 0, NULL, "No such file or directory");
	refuse("/tmp", 0, NULL, "it is no regular file");
	/* Nobody writes to it: that is not waited for. */
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	refuse(path, 0, NULL, "it is no regular file");
	assert_int_equal(unlink(path), 0);
	put("");
	assert_non_null(word);
	memset(word, 'x', COMMAND_MAX + 1);
	word[COMMAND_MAX + 1] = '\0';
	refuse(path, 1, &word, "the command is longer than");
	free(word);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_runs_a_script),
		cmocka_unit_test(a_bad_line_is_shown_but_not_obeyed),
		cmocka_unit_test(words_are_arguments_as_they_are),
		cmocka_unit_test(what_cannot_be_a_script),
	};

	return cmocka_run_group_tests(tests, make_file, remove_file);
}
