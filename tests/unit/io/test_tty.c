/* SPDX-License-Identifier: Apache-2.0 */
#include "io/tty.h"

#include "lib/test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/alloc.h"
#include "lib/pty.h"

#define PROMPT "Passphrase: "

static int setup(void **state)
{
	struct pty *p = calloc(1, sizeof(*p));

	if (!p)
		return -1;
	*state = p;
	return pty_open(p);
}

static int teardown(void **state)
{
	struct pty *p = *state;

	pty_close(p);
	free(p);
	return 0;
}

static void assert_same_mode(int fd, const struct termios *expected)
{
	struct termios t;

	assert_int_equal(tcgetattr(fd, &t), 0);
	assert_int_equal(t.c_iflag, expected->c_iflag);
	assert_int_equal(t.c_oflag, expected->c_oflag);
	assert_int_equal(t.c_cflag, expected->c_cflag);
	assert_int_equal(t.c_lflag, expected->c_lflag);
	assert_memory_equal(t.c_cc, expected->c_cc, sizeof(t.c_cc));
}

static void raw_mode_is_taken_back(void **state)
{
	struct pty *p = *state;
	struct termios before, raw;

	tty_restore();
	assert_int_equal(tcgetattr(p->slave, &before), 0);
	for (int round = 0; round < 2; round++) {
		assert_int_equal(tty_raw(p->slave, NULL), 0);
		assert_int_equal(tty_raw(p->slave, NULL), 0);
		assert_int_equal(tcgetattr(p->slave, &raw), 0);
		assert_int_equal(raw.c_lflag & (ICANON | ECHO | ISIG), 0);
		assert_int_equal(raw.c_oflag & OPOST, 0);
		tty_restore();
		assert_same_mode(p->slave, &before);
	}
}

static void what_is_no_terminal_is_told(void **state)
{
	struct err err = { 0 };
	unsigned int rows, cols;
	int fds[2];

	(void)state;
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	assert_int_equal(tty_raw(fds[0], &err), -1);
	assert_string_equal(err.msg, "cannot read the terminal's mode: "
				     "Inappropriate ioctl for device");
	assert_false(tty_size(fds[0], &rows, &cols));
	assert_false(tty_foreground(fds[0]));
	close(fds[0]);
	close(fds[1]);
	err_release(&err);
}

static void size_is_told_when_there_is_one(void **state)
{
	struct pty *p = *state;
	struct winsize ws = { .ws_row = 50, .ws_col = 132 };
	unsigned int rows = 0, cols = 0;

	assert_false(tty_size(p->slave, &rows, &cols));
	assert_int_equal(ioctl(p->master, TIOCSWINSZ, &ws), 0);
	assert_true(tty_size(p->slave, &rows, &cols));
	assert_int_equal(rows, 50);
	assert_int_equal(cols, 132);
}

/* In a process of its own, whose terminal is the slave: ask and report. */
static void asker(const struct pty *p, bool with_terminal, int report)
{
	struct err err = { 0 };
	char *secret;
	int fd;

	(void)sigaction(SIGINT, &(struct sigaction){ .sa_handler = SIG_DFL },
			NULL);
	if (setsid() < 0)
		_exit(1);
	fd = with_terminal ? open(p->name, O_RDWR | O_CLOEXEC) : p->slave;
	if (fd < 0 || (with_terminal && !tty_foreground(fd)))
		_exit(2);
	secret = tty_read_secret(PROMPT, &err);
	if (secret)
		(void)dprintf(report, "got '%s'", secret);
	else
		(void)dprintf(report, "%s: %s", err_name(err.code), err.msg);
	secret_free(secret);
	err_release(&err);
	_exit(0);
}

static const struct asked {
	const char *name;
	const char *typed; /* NULL: 1100 letters and a newline */
	const char *again; /* typed at a second prompt; NULL: there is none */
	const char *report;
	int status;
} asked[] = {
	{ "answer", "hunter2\n", NULL, "got 'hunter2'", 0 },
	{ "empty answer", "\n", NULL, "got ''", 0 },
	{ "corrected", "humbug\025hunter2\n", NULL, "got 'hunter2'", 0 },
	{ "end of file", "\004", NULL, "local: no answer", 0 },
	{ "Ctrl+C", "\003", NULL, "", SIGINT },
	{ "Ctrl+Z", "\032", "hunter2\n", "got 'hunter2'", 0 },
	{ "too long", NULL, NULL, "local: the answer is longer than 1023 bytes",
	  0 },
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

static void ask_once(const struct asked *row)
{
	struct termios before, during;
	char buf[256];
	int report[2];
	void *state;
	struct pty *p;
	int status;
	pid_t pid;

	assert_int_equal(setup(&state), 0);
	p = state;
	assert_int_equal(tcgetattr(p->slave, &before), 0);
	assert_int_equal(pipe2(report, O_CLOEXEC), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		asker(p, true, report[1]);
	close(report[1]);
	expect(p->master, PROMPT, buf, sizeof(buf));
	ROW(!strcmp(buf, PROMPT), row->name);
	assert_int_equal(tcgetattr(p->slave, &during), 0);
	ROW(!(during.c_lflag & ECHO), row->name);
	type(p->master, row->typed);
	if (row->again) {
		expect(p->master, PROMPT, buf, sizeof(buf));
		type(p->master, row->again);
	}
	expect(report[0], NULL, buf, sizeof(buf));
	ROW(!strcmp(buf, row->report), row->name);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	ROW(status == row->status, row->name);
	assert_same_mode(p->slave, &before);
	close(report[0]);
	teardown(&state);
}

static void secret_is_read_without_echo(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(asked); i++)
		ask_once(&asked[i]);
}

static void no_terminal_is_told(void **state)
{
	struct pty *p = *state;
	char buf[256];
	int report[2];
	int status;
	pid_t pid;

	assert_int_equal(pipe2(report, O_CLOEXEC), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		asker(p, false, report[1]);
	close(report[1]);
	expect(report[0], NULL, buf, sizeof(buf));
	assert_string_equal(buf, "local: cannot open the terminal: "
				 "No such device or address");
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	close(report[0]);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(raw_mode_is_taken_back),
		cmocka_unit_test(what_is_no_terminal_is_told),
		CASE(size_is_told_when_there_is_one),
		cmocka_unit_test(secret_is_read_without_echo),
		CASE(no_terminal_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
