/* SPDX-License-Identifier: Apache-2.0 */
#include "io/tty.h"

#include "lib/test.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "lib/pty.h"

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

static void between_two_keys_are_unseen_and_lines_whole(void **state)
{
	struct pty *p = *state;
	struct termios before, t;
	char buf[64];
	int other;

	tty_restore();
	assert_int_equal(tcgetattr(p->slave, &before), 0);
	assert_int_equal(tty_raw(p->slave, NULL), 0);
	assert_int_equal(tty_unseen(p->slave, NULL), 0);
	assert_int_equal(tcgetattr(p->slave, &t), 0);
	assert_int_equal(t.c_lflag & (ICANON | ECHO | ISIG), 0);
	assert_int_equal(t.c_iflag & ICRNL, 0);
	assert_int_equal(t.c_oflag, before.c_oflag);
	/* The next may have it by another descriptor, for what it leaves. */
	other = open(p->name, O_WRONLY | O_NOCTTY | O_CLOEXEC);
	assert_int_not_equal(other, -1);
	assert_int_equal(tty_keys(other, false, "left", 4, NULL), 0);
	close(p->slave);
	tty_restore();
	p->slave = open(p->name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_same_mode(p->slave, &before);
	close(other);
	expect(p->master, "left", buf, sizeof(buf));
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

static void nothing(int signo)
{
	(void)signo;
}

/* With a handler of its own, which it takes away while the mode is raw. */
static void die_unhandled(const struct pty *p, int signo)
{
	const struct sigaction own = { .sa_handler = nothing };
	const struct sigaction standard = { .sa_handler = SIG_DFL };

	if (sigaction(signo, &own, NULL) || tty_raw(p->slave, NULL) ||
	    sigaction(signo, &standard, NULL))
		_exit(1);
	tty_guard();
	(void)raise(signo);
	_exit(2);
}

static void death_by_a_signal_takes_it_back(void **state)
{
	static const int signals[] = { SIGTERM, SIGHUP, SIGINT, SIGUSR1 };
	struct pty *p = *state;
	struct termios before;
	int status;
	pid_t pid;

	assert_int_equal(tcgetattr(p->slave, &before), 0);
	for (size_t i = 0; i < COUNT(signals); i++) {
		pid = fork();
		assert_true(pid >= 0);
		if (pid == 0)
			die_unhandled(p, signals[i]);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(status, signals[i]);
		assert_same_mode(p->slave, &before);
	}
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(raw_mode_is_taken_back),
		CASE(between_two_keys_are_unseen_and_lines_whole),
		cmocka_unit_test(what_is_no_terminal_is_told),
		CASE(size_is_told_when_there_is_one),
		CASE(death_by_a_signal_takes_it_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
