/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/prompt.h"

#include "lib/test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/alloc.h"
#include "io/tty.h"
#include "lib/pty.h"
#include "ui/question.h"

#define FIRST  "First: "
#define SECOND "Second: "

/* ---- who asks: a process of its own ---- */

struct asker {
	struct prompt prompt;
	int report;
};

static void answered(struct prompt *q, char *answer, const struct err *err)
{
	const struct asker *a = container_of(q, struct asker, prompt);

	if (answer)
		(void)dprintf(a->report, "'%s' ", answer);
	else
		(void)dprintf(a->report, "%s: %s ", err_name(err->code),
			      err->msg);
	secret_free(answer);
}

static const char *first = FIRST;

static void run_asker(const struct pty *p, bool terminal, bool echo, int report)
{
	struct asker asker[2] = {
		{ .prompt = { .text = first, .echo = echo, .fn = answered },
		  .report = report },
		{ .prompt = { .text = SECOND, .fn = answered },
		  .report = report },
	};
	struct loop *loop = loop_new(NULL);
	struct prompt_tty *prompt = prompt_tty_new(loop);
	struct prompter *pr = prompt_tty_prompter(prompt);
	static const int signals[] = { SIGINT, SIGQUIT, SIGTERM, SIGHUP };

	for (size_t i = 0; i < COUNT(signals); i++)
		(void)sigaction(signals[i],
				&(struct sigaction){ .sa_handler = SIG_DFL },
				NULL);
	if (setsid() < 0 || (terminal && open(p->name, O_RDWR | O_CLOEXEC) < 0))
		_exit(100);
	pr->ops->ask(pr, &asker[0].prompt);
	pr->ops->ask(pr, &asker[1].prompt);
	if (loop_run(loop, NULL))
		_exit(101);
	(void)dprintf(report, "end");
	_exit(prompt_tty_signal(prompt));
}

static pid_t start_asker(const struct pty *p, bool terminal, bool echo,
			 int *report)
{
	int fds[2];
	pid_t pid;

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		run_asker(p, terminal, echo, fds[1]);
	close(fds[1]);
	*report = fds[0];
	return pid;
}

/* ---- at the terminal ---- */

static const struct row {
	const char *name;
	bool echo;
	const char *typed; /* NULL: 1100 letters and a newline */
	int signo;	   /* sent instead */
	const char *then;  /* a second question; NULL: it is not asked */
	const char *report;
	int status;
} rows[] = {
	/* clang-format off */
	{ "secrets",     false, "hunter2\n", 0, SECOND, "'hunter2' 'two' end", 0 },
	{ "with echo",   true,  "hunter2\n", 0, SECOND, "'hunter2' 'two' end", 0 },
	{ "empty",       false, "\n", 0, SECOND, "'' 'two' end", 0 },
	{ "corrected",   false, "humbug\025hunter2\n", 0, SECOND, "'hunter2' 'two' end", 0 },
	{ "end of file", false, "\004", 0, SECOND, "auth: no answer 'two' end", 0 },
	{ "too long",    false, NULL, 0, SECOND, "auth: the answer is longer than 1023 bytes 'two' end", 0 },
	{ "Ctrl+C",      false, "\003", 0, NULL, "cancelled: interrupted cancelled: interrupted end", SIGINT },
	{ "Ctrl+\\",     false, "\034", 0, NULL, "cancelled: interrupted cancelled: interrupted end", SIGQUIT },
	{ "terminated",  false, "x", SIGTERM, NULL, "cancelled: interrupted cancelled: interrupted end", SIGTERM },
	{ "hung up on",  true,  "x", SIGHUP, NULL, "cancelled: interrupted cancelled: interrupted end", SIGHUP },
	/* clang-format on */
};

static void type(int fd, const char *text)
{
	char many[1100];

	if (!text) {
		memset(many, 'x', sizeof(many));
		many[sizeof(many) - 1] = '\n';
		assert_int_equal(write(fd, many, sizeof(many)), sizeof(many));
		return;
	}
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

static void ask_row(const struct row *row)
{
	struct termios before, during, after;
	char buf[2048];
	struct pty p;
	int report;
	int status;
	pid_t pid;

	assert_int_equal(pty_open(&p), 0);
	assert_int_equal(tcgetattr(p.slave, &before), 0);
	pid = start_asker(&p, true, row->echo, &report);
	expect(p.master, FIRST, buf, sizeof(buf));
	ROW(!strcmp(buf, FIRST), row->name);
	assert_int_equal(tcgetattr(p.slave, &during), 0);
	ROW(!!(during.c_lflag & ECHO) == row->echo, row->name);
	type(p.master, row->typed);
	if (row->signo)
		assert_int_equal(kill(pid, row->signo), 0);
	if (row->then) {
		expect(p.master, row->then, buf, sizeof(buf));
		ROW(!!strstr(buf, "hunter2") == row->echo, row->name);
		type(p.master, "two\n");
	}
	expect(report, NULL, buf, sizeof(buf));
	ROW(!strcmp(buf, row->report), row->name);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	ROW(WIFEXITED(status) && WEXITSTATUS(status) == row->status, row->name);
	assert_int_equal(tcgetattr(p.slave, &after), 0);
	ROW(after.c_lflag == before.c_lflag, row->name);
	ROW(after.c_iflag == before.c_iflag, row->name);
	close(report);
	pty_close(&p);
}

static void questions_are_asked_one_after_the_other(void **state)
{
	(void)state;
	assert_int_equal(setenv("SSH_ASKPASS_REQUIRE", "never", 1), 0);
	for (size_t i = 0; i < COUNT(rows); i++)
		ask_row(&rows[i]);
}

/* Stopped, the terminal is as it was; going on, the question is back. */
static void ctrl_z_gives_the_terminal_back(void **state)
{
	struct termios before, stopped;
	char buf[256];
	struct pty p;
	int report;
	int status;
	pid_t pid;

	(void)state;
	assert_int_equal(pty_open(&p), 0);
	assert_int_equal(tcgetattr(p.slave, &before), 0);
	pid = start_asker(&p, true, false, &report);
	expect(p.master, FIRST, buf, sizeof(buf));
	type(p.master, "\032");
	assert_int_equal(waitpid(pid, &status, WUNTRACED), pid);
	assert_true(WIFSTOPPED(status));
	assert_int_equal(tcgetattr(p.slave, &stopped), 0);
	assert_int_equal(stopped.c_lflag, before.c_lflag);
	assert_int_equal(kill(pid, SIGCONT), 0);
	expect(p.master, FIRST, buf, sizeof(buf));
	type(p.master, "one\n");
	expect(p.master, SECOND, buf, sizeof(buf));
	type(p.master, "two\n");
	expect(report, NULL, buf, sizeof(buf));
	assert_string_equal(buf, "'one' 'two' end");
	assert_int_equal(waitpid(pid, &status, 0), pid);
	close(report);
	pty_close(&p);
}

/* More than a terminal takes at once. */
static void a_long_question_arrives_whole(void **state)
{
	size_t len = (size_t)300 * 1024;
	char *text = xmalloc(len + sizeof(FIRST));
	char *buf = xmalloc(2 * len);
	char end[64];
	struct pty p;
	int report;
	int status;
	pid_t pid;

	(void)state;
	memset(text, 'x', len);
	memcpy(text + len, FIRST, sizeof(FIRST));
	first = text;
	assert_int_equal(pty_open(&p), 0);
	pid = start_asker(&p, true, true, &report);
	first = FIRST;
	expect(p.master, FIRST, buf, 2 * len);
	assert_string_equal(buf, text);
	type(p.master, "one\n");
	expect(p.master, SECOND, end, sizeof(end));
	type(p.master, "two\n");
	expect(report, NULL, end, sizeof(end));
	assert_string_equal(end, "'one' 'two' end");
	assert_int_equal(waitpid(pid, &status, 0), pid);
	close(report);
	pty_close(&p);
	free(buf);
	free(text);
}

/* ---- SSH_ASKPASS ---- */

static const struct program {
	const char *name;
	const char *script, *require, *display;
	bool terminal;
	const char *report;
} programs[] = {
	/* clang-format off */
	{ "forced",       "echo \"$1\"", "force", "", true, "'First: ' 'Second: ' end" },
	{ "preferred",    "echo \"$1\"", "prefer", ":0", true, "'First: ' 'Second: ' end" },
	{ "no terminal",  "echo \"$1\"", "", ":0", false, "'First: ' 'Second: ' end" },
	{ "no display",   "echo \"$1\"", "", "", false, "auth: there is no terminal to ask a question on auth: there is no terminal to ask a question on end" },
	{ "never",        "echo \"$1\"", "never", ":0", false, "auth: there is no terminal to ask a question on auth: there is no terminal to ask a question on end" },
	{ "in any case",  "echo \"$1\"", "Force", "", true, "'First: ' 'Second: ' end" },
	{ "refused",      "echo x; exit 1", "force", "", false, "auth: no answer auth: no answer end" },
	{ "first line",   "printf 'a\\nb\\n'", "force", "", false, "'a' 'a' end" },
	{ "no newline",   "printf a", "force", "", false, "'a' 'a' end" },
	{ "too long",     "printf %01100d 7", "force", "", false, "auth: the answer is longer than 1023 bytes auth: the answer is longer than 1023 bytes end" },
	/* clang-format on */
};

static void programs_answer_as_with_ssh(void **state)
{
	char path[] = "/tmp/rsh-askpass-XXXXXX";
	char file[64];
	struct pty p;

	(void)state;
	assert_non_null(mkdtemp(path));
	snprintf(file, sizeof(file), "%s/ask", path);
	assert_int_equal(pty_open(&p), 0);
	assert_int_equal(setenv("SSH_ASKPASS", file, 1), 0);
	assert_int_equal(unsetenv("WAYLAND_DISPLAY"), 0);
	for (size_t i = 0; i < COUNT(programs); i++) {
		const struct program *row = &programs[i];
		int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
			      0700);
		char buf[256];
		int report;
		int status;
		pid_t pid;

		assert_true(fd >= 0);
		assert_true(dprintf(fd, "#!/bin/sh\n%s\n", row->script) > 0);
		close(fd);
		setenv("SSH_ASKPASS_REQUIRE", row->require, 1);
		setenv("DISPLAY", row->display, 1);
		pid = start_asker(&p, row->terminal, false, &report);
		expect(report, NULL, buf, sizeof(buf));
		ROW(!strcmp(buf, row->report), row->name);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		ROW(status == 0, row->name);
		close(report);
	}
	assert_int_equal(unlink(file), 0);
	assert_int_equal(rmdir(path), 0);
	pty_close(&p);
}

/* ---- in a box on a screen ---- */

struct boxed {
	struct prompt prompt;
	char told[100];
};

static void told(struct prompt *q, char *answer, const struct err *err)
{
	struct boxed *b = container_of(q, struct boxed, prompt);

	(void)snprintf(b->told, sizeof(b->told), "%s",
		       answer ? answer : err->msg);
	secret_free(answer);
}

static void no_matter(void *arg)
{
	(void)arg;
}

static void turn(struct loop *loop)
{
	for (int i = 0; i < 6; i++)
		(void)loop_turn(loop, false, NULL);
}

static void type_in(struct question_box *box, const char *text)
{
	question_box_type(box, text, strlen(text));
	question_box_key(box, QUESTION_ENTER);
}

static void a_screen_has_the_questions(void **state)
{
	struct boxed one = { .prompt = { .text = FIRST, .fn = told } };
	struct boxed two = { .prompt = { .text = SECOND, .fn = told } };
	struct boxed three = { .prompt = { .text = "Third: ", .fn = told } };
	struct loop *loop = loop_new(NULL);
	struct question_box *box = question_box_new(loop, no_matter, NULL);
	struct prompt_tty *prompt = prompt_tty_new(loop);
	struct prompter *pr = prompt_tty_prompter(prompt);

	(void)state;
	prompt_tty_set_box(prompt, box);
	pr->ops->ask(pr, &one.prompt);
	pr->ops->ask(pr, &two.prompt);
	pr->ops->ask(pr, &three.prompt);
	/* A program may want the terminal. */
	assert_int_equal(setenv("SSH_ASKPASS_REQUIRE", "force", 1), 0);
	assert_true(prompt_tty_asking(prompt));
	assert_int_equal(setenv("SSH_ASKPASS_REQUIRE", "never", 1), 0);
	assert_false(prompt_tty_asking(prompt));
	turn(loop);
	assert_true(question_box_asking(box));
	assert_false(prompt_tty_standing(prompt));
	type_in(box, "hunter2");
	turn(loop);
	assert_string_equal(one.told, "hunter2");
	/* It leaves with the screen, and comes back with it. */
	assert_true(question_box_asking(box));
	question_box_type(box, "lost", 4);
	prompt_tty_set_box(prompt, NULL);
	assert_false(question_box_asking(box));
	assert_true(prompt_tty_asking(prompt));
	prompt_tty_set_box(prompt, box);
	turn(loop);
	type_in(box, "two");
	turn(loop);
	assert_string_equal(two.told, "two");
	/* Whoever asked is gone. */
	assert_true(question_box_asking(box));
	pr->ops->cancel(pr, &three.prompt);
	assert_false(question_box_asking(box));
	pr->ops->ask(pr, &three.prompt);
	turn(loop);
	question_box_key(box, QUESTION_END);
	turn(loop);
	assert_string_equal(three.told, "no answer");
	/* A signal ends it, and those after it. */
	pr->ops->ask(pr, &one.prompt);
	pr->ops->ask(pr, &two.prompt);
	turn(loop);
	assert_true(question_box_asking(box));
	assert_int_equal(raise(SIGINT), 0);
	turn(loop);
	assert_string_equal(one.told, "interrupted");
	assert_string_equal(two.told, "interrupted");
	assert_int_equal(prompt_tty_signal(prompt), SIGINT);
	prompt_tty_free(prompt);
	question_box_free(box);
	loop_free(loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(questions_are_asked_one_after_the_other),
		cmocka_unit_test(ctrl_z_gives_the_terminal_back),
		cmocka_unit_test(a_long_question_arrives_whole),
		cmocka_unit_test(programs_answer_as_with_ssh),
		cmocka_unit_test(a_screen_has_the_questions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
