/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/background.h"

#include "lib/test.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static enum background_side start(struct background *bg, int *code)
{
	enum background_side side = BACKGROUND_ENDED;
	struct err err = { 0 };

	assert_int_equal(background_start(bg, &side, code, &err), 0);
	return side;
}

static void the_code_of_a_child_that_ends_is_ours(void **state)
{
	struct background bg = BACKGROUND_NONE;
	enum background_side side;
	int code = -1;

	(void)state;
	side = start(&bg, &code);
	if (side == BACKGROUND_CHILD)
		_exit(background_pending(&bg) ? 42 : 1);
	assert_int_equal(side, BACKGROUND_ENDED);
	assert_int_equal(code, 42);
	assert_false(background_pending(&bg));
}

static void a_child_that_is_killed_has_a_code(void **state)
{
	struct background bg = BACKGROUND_NONE;
	enum background_side side;
	int code = -1;

	(void)state;
	side = start(&bg, &code);
	if (side == BACKGROUND_CHILD) {
		(void)raise(SIGKILL);
		_exit(1);
	}
	assert_int_equal(side, BACKGROUND_ENDED);
	assert_int_equal(code, 128 + SIGKILL);
}

/* What the child found: its session is its own, its input and output. */
static char what_is_left(pid_t parent_sid, bool keep)
{
	char c;

	if (getsid(0) == parent_sid || getsid(0) != getpid())
		return 's';
	if (read(STDIN_FILENO, &c, 1) != 0)
		return 'i';
	if (!keep && lseek(STDOUT_FILENO, 0, SEEK_CUR) != 0)
		return 'o';
	return 'k';
}

static char detached(bool keep)
{
	struct background bg = BACKGROUND_NONE;
	const pid_t sid = getsid(0);
	int code = -1;
	int tell[2];
	char c = '?';

	assert_int_equal(pipe2(tell, O_CLOEXEC), 0);
	if (start(&bg, &code) == BACKGROUND_CHILD) {
		/* The parent is to have gone on when this is written. */
		background_detach(&bg, keep);
		background_detach(&bg, keep);
		c = what_is_left(sid, keep);
		_exit(write(tell[1], &c, 1) == 1 ? 0 : 1);
	}
	close(tell[1]);
	assert_int_equal(code, 0);
	assert_int_equal(read(tell[0], &c, 1), 1);
	close(tell[0]);
	while (wait(NULL) > 0)
		;
	return c;
}

static void a_child_that_detaches_lets_the_parent_go(void **state)
{
	(void)state;
	assert_int_equal(detached(true), 'k');
	assert_int_equal(detached(false), 'k');
}

static void on_term(int signo)
{
	(void)signo;
	_exit(7);
}

/* One that is sent to the parent alone reaches the child. */
static void signals_are_passed_on(void **state)
{
	struct background bg = BACKGROUND_NONE;
	struct sigaction act = { .sa_handler = on_term };
	enum background_side side;
	pid_t parent = getpid();
	int code = -1;

	(void)state;
	side = start(&bg, &code);
	if (side == BACKGROUND_CHILD) {
		sigaction(SIGTERM, &act, NULL);
		kill(parent, SIGTERM);
		(void)alarm(20);
		for (;;)
			(void)pause();
	}
	assert_int_equal(side, BACKGROUND_ENDED);
	assert_int_equal(code, 7);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_code_of_a_child_that_ends_is_ours),
		cmocka_unit_test(a_child_that_is_killed_has_a_code),
		cmocka_unit_test(a_child_that_detaches_lets_the_parent_go),
		cmocka_unit_test(signals_are_passed_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
