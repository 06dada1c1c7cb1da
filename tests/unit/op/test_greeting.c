/* SPDX-License-Identifier: Apache-2.0 */
#include "op/greeting.h"

#include "lib/test.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"

static struct greeting g;

static int setup(void **state)
{
	(void)state;
	greeting_init(&g);
	for (size_t i = 0; i < GREETING_KEY_SIZE; i++)
		g.key[i] = "0123456789abcdef"[i];
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	greeting_release(&g);
	return 0;
}

static void add(const char *text)
{
	greeting_add(&g, text, strlen(text));
}

static void keys_differ(void **state)
{
	struct greeting a, b;

	(void)state;
	greeting_init(&a);
	greeting_init(&b);
	assert_int_equal(strlen(a.key), GREETING_KEY_SIZE - 1);
	assert_string_not_equal(a.key, b.key);
	greeting_release(&a);
	greeting_release(&b);
}

static void what_came_before_is_passed_over(void **state)
{
	const char *rest;
	char *line;
	size_t n;

	(void)state;
	add("welcome\nto this 0123");
	assert_int_equal(greeting_read(&g, &line, &rest, &n, NULL), 0);
	add("456789abcdef folder 0022");
	assert_int_equal(greeting_read(&g, &line, &rest, &n, NULL), 0);
	assert_false(g.is_over);
	/* what stands behind is not ours, whatever bytes it has */
	greeting_add(&g, "\nab\0c", 5);
	assert_int_equal(greeting_read(&g, &line, &rest, &n, NULL), 1);
	assert_string_equal(line, "folder 0022");
	assert_int_equal(n, 4);
	assert_memory_equal(rest, "ab\0c", 4);
	assert_true(g.is_over);
}

static void too_much_before_it_is_an_error(void **state)
{
	char blank[1024];
	struct err err = { 0 };
	const char *rest;
	char *line;
	size_t n;

	(void)state;
	memset(blank, ' ', sizeof(blank));
	for (int i = 0; i < 64; i++)
		greeting_add(&g, blank, sizeof(blank));
	assert_int_equal(greeting_read(&g, &line, &rest, &n, &err), 0);
	greeting_add(&g, blank, 1);
	assert_int_equal(greeting_read(&g, &line, &rest, &n, &err), -1);
	assert_int_equal(err.code, ERR_PROTOCOL);
	err_release(&err);
}

static void so_is_a_zero_byte(void **state)
{
	struct err err = { 0 };
	const char *rest;
	char *line;
	size_t n;

	(void)state;
	greeting_add(&g, "a\0", 2);
	add("0123456789abcdef folder 0022\n");
	assert_int_equal(greeting_read(&g, &line, &rest, &n, &err), -1);
	assert_int_equal(err.code, ERR_PROTOCOL);
	err_release(&err);
}

static void the_reason_is_the_first_line_with_something_in_it(void **state)
{
	char *reason = greeting_reason(&g);

	(void)state;
	assert_string_equal(reason, "it does not say why");
	free(reason);
	greeting_add_error(&g, "\n\nmv: can", 9);
	greeting_add_error(&g, "not\033\nmore\n", 10);
	reason = greeting_reason(&g);
	assert_string_equal(reason, "mv: cannot\\033");
	free(reason);
}

static void values_are_words_behind_the_script(void **state)
{
	const struct greeting_var vars[] = { { "a", "it's" }, { "b", "" } };
	char *command = greeting_command(vars, COUNT(vars), "echo \"$a\"");

	(void)state;
	assert_string_equal(command, "sh -c 'a=${1}; b=${2}; echo \"$a\"' sh "
				     "'it'\\''s' ''");
	free(command);
}

/* What a shell prints when it runs that. */
static char *output(const char *shell, const char *command)
{
	struct strbuf out = STRBUF_INIT(4096);
	char buf[256];
	int fds[2];
	ssize_t n;
	pid_t pid;

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		if (dup2(fds[1], STDOUT_FILENO) >= 0)
			execl(shell, shell, "-c", command, (char *)NULL);
		_exit(127);
	}
	close(fds[1]);
	while ((n = read(fds[0], buf, sizeof(buf))) > 0)
		(void)strbuf_add(&out, buf, (size_t)n);
	close(fds[0]);
	(void)waitpid(pid, NULL, 0);
	return strbuf_detach(&out, NULL);
}

/* Of those that are here, csh(1) among them. */
static void any_shell_keeps_the_values(void **state)
{
	static const char *const shells[] = { "/bin/sh", "/bin/bash",
					      "/bin/tcsh", "/usr/bin/fish" };
	const struct greeting_var vars[] = {
		{ "a", "it's \\n two\nlines\n\n" },
		{ "b", "!1 $HOME `x` \\ \"%s" },
		{ "c", "" },
		{ "d", "\n" },
	};
	char *command = greeting_command(vars, COUNT(vars),
					 "printf \"<%s>\" \"$a\" \"$b\" "
					 "\"$c\" \"$d\"");

	(void)state;
	for (size_t i = 0; i < COUNT(shells); i++) {
		char *got;

		if (access(shells[i], X_OK))
			continue;
		got = output(shells[i], command);
		ROW(!strcmp(got, "<it's \\n two\nlines\n\n>"
				 "<!1 $HOME `x` \\ \"%s><><\n>"),
		    shells[i]);
		free(got);
	}
	free(command);
}

static void any_shell_keeps_the_words(void **state)
{
	static const char *const shells[] = { "/bin/sh", "/bin/tcsh" };
	const struct greeting_var vars[] = { { "a", "x" } };
	struct strvec words = { 0 };
	char *command;

	(void)state;
	strvec_push(&words, "-n\\");
	strvec_push(&words, "two\nlines\n");
	strvec_push(&words, "");
	command = greeting_command_with(
		vars, COUNT(vars), "printf \"<%s>\" \"$a\" \"$@\"", &words);
	for (size_t i = 0; i < COUNT(shells); i++) {
		char *got;

		if (access(shells[i], X_OK))
			continue;
		got = output(shells[i], command);
		ROW(!strcmp(got, "<x><-n\\><two\nlines\n><>"), shells[i]);
		free(got);
	}
	free(command);
	strvec_release(&words);
}

static void no_path_is_an_option(void **state)
{
	static const char *const rows[][2] = {
		{ "", "." }, { "-r", "./-r" }, { "a/-r", "a/-r" }, { "/", "/" }
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *got = greeting_path(rows[i][0]);

		assert_string_equal(got, rows[i][1]);
		free(got);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_differ),
		cmocka_unit_test_setup_teardown(what_came_before_is_passed_over,
						setup, teardown),
		cmocka_unit_test_setup_teardown(too_much_before_it_is_an_error,
						setup, teardown),
		cmocka_unit_test_setup_teardown(so_is_a_zero_byte, setup,
						teardown),
		cmocka_unit_test_setup_teardown(
			the_reason_is_the_first_line_with_something_in_it,
			setup, teardown),
		cmocka_unit_test(values_are_words_behind_the_script),
		cmocka_unit_test(any_shell_keeps_the_values),
		cmocka_unit_test(any_shell_keeps_the_words),
		cmocka_unit_test(no_path_is_an_option),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
