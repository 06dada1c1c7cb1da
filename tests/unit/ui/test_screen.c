/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/screen.h"

#include "lib/test.h"

#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "io/loop.h"
#include "lib/pty.h"

#define BUF ((size_t)64 << 10)

struct user {
	struct loop *loop;
	struct screen *screen;
	struct pty pty;
	struct termios before;
	unsigned int draws, resizes;
	struct key last;
	bool gone;
	char buf[BUF];
};

static void draw(void *arg)
{
	struct user *u = arg;

	u->draws++;
	(void)screen_put(u->screen, 0, 0, 20, "hello \033[31mworld",
			 &screen_plain);
	(void)screen_text(u->screen, 2, 0, "end-of-frame", &screen_plain);
}

static void key(void *arg, const struct key *k)
{
	struct user *u = arg;

	u->last = *k;
	loop_stop(u->loop);
}

static void resized(void *arg)
{
	struct user *u = arg;

	u->resizes++;
	loop_stop(u->loop);
}

static void gone(void *arg)
{
	struct user *u = arg;

	u->gone = true;
	loop_stop(u->loop);
}

static const struct screen_events events = {
	.draw = draw,
	.key = key,
	.resized = resized,
	.gone = gone,
};

static void set_size(const struct user *u, unsigned short rows,
		     unsigned short cols)
{
	const struct winsize ws = { .ws_row = rows, .ws_col = cols };

	assert_int_equal(ioctl(u->pty.slave, TIOCSWINSZ, &ws), 0);
}

static int begin(void **state)
{
	struct user *u = calloc(1, sizeof(*u));

	u->loop = loop_new(NULL);
	assert_int_equal(pty_open(&u->pty), 0);
	set_size(u, 24, 80);
	assert_int_equal(tcgetattr(u->pty.slave, &u->before), 0);
	assert_int_equal(setenv("TERM", "xterm-256color", 1), 0);
	*state = u;
	return 0;
}

static int end(void **state)
{
	struct user *u = *state;

	screen_free(u->screen);
	loop_free(u->loop);
	pty_close(&u->pty);
	free(u);
	return 0;
}

static void open_screen(struct user *u)
{
	const struct screen_conf conf = {
		.loop = u->loop,
		.events = &events,
		.arg = u,
		.colour = true,
		.signals = true,
		.path = u->pty.name,
	};

	u->screen = screen_new(&conf, NULL);
	assert_non_null(u->screen);
	for (unsigned int i = 0; i < 1000 && !u->draws; i++)
		assert_true(loop_turn(u->loop, true, NULL) >= 0);
	(void)loop_turn(u->loop, false, NULL);
	expect(u->pty.master, "end-of-frame", u->buf, sizeof(u->buf));
}

/* Milliseconds until the next frame, on a clock that jumps. */
static uint64_t next_frame(struct user *u)
{
	const unsigned int draws = u->draws;
	const uint64_t begun = loop_now(u->loop);

	screen_dirty(u->screen);
	while (u->draws == draws)
		assert_true(loop_turn(u->loop, true, NULL) >= 0);
	return (loop_now(u->loop) - begun) / 1000000;
}

static void echoes_are_drawn_sooner(void **state)
{
	struct user *u = *state;

	loop_free(u->loop);
	u->loop = loop_new_virtual(NULL);
	open_screen(u);
	assert_int_equal(next_frame(u), SCREEN_FRAME_MS);
	screen_dirty(u->screen);
	screen_hurry(u->screen);
	assert_int_equal(next_frame(u), SCREEN_ECHO_MS);
	for (int i = 0; i < 30; i++)
		(void)next_frame(u);
	assert_int_equal(next_frame(u), SCREEN_FRAME_MS);
}

/* Not the bytes between the members. */
static void is_as_before(const struct user *u)
{
	struct termios now;

	assert_int_equal(tcgetattr(u->pty.slave, &now), 0);
	assert_int_equal(now.c_iflag, u->before.c_iflag);
	assert_int_equal(now.c_oflag, u->before.c_oflag);
	assert_int_equal(now.c_cflag, u->before.c_cflag);
	assert_int_equal(now.c_lflag, u->before.c_lflag);
	assert_memory_equal(now.c_cc, u->before.c_cc, sizeof(now.c_cc));
}

static void draws_and_leaves_as_it_was(void **state)
{
	struct user *u = *state;
	struct termios now;

	open_screen(u);
	assert_non_null(strstr(u->buf, "\033[?1049h"));
	assert_non_null(strstr(u->buf, "hello ?[31mworld"));
	assert_null(strstr(u->buf, "\033[31m"));
	assert_int_equal(tcgetattr(u->pty.slave, &now), 0);
	assert_false(now.c_lflag & (ICANON | ECHO));
	assert_true(now.c_lflag & ISIG);
	screen_free(u->screen);
	u->screen = NULL;
	expect(u->pty.master, "\033[?1049l", u->buf, sizeof(u->buf));
	is_as_before(u);
}

#if defined(HAVE_MEMFD_CREATE)
/* A disk that is full of what hosts have printed is no reason to see nothing.
 */
static void needs_no_file(void **state)
{
	struct user *u = *state;

	assert_int_equal(setenv("TMPDIR", "/nonexistent", 1), 0);
	open_screen(u);
	assert_int_equal(unsetenv("TMPDIR"), 0);
}
#endif

static void one_frame_in_50_ms(void **state)
{
	struct user *u = *state;
	uint64_t begin_ns;
	unsigned int before;

	open_screen(u);
	before = u->draws;
	begin_ns = loop_now(u->loop);
	while (loop_now(u->loop) - begin_ns < 300000000u) {
		screen_dirty(u->screen);
		assert_true(loop_turn(u->loop, true, NULL) >= 0);
	}
	assert_true(u->draws > before);
	assert_true(u->draws - before <=
		    (loop_now(u->loop) - begin_ns) / 50000000u + 1);
}

static void keys_come_through_the_loop(void **state)
{
	struct user *u = *state;

	open_screen(u);
	assert_int_equal(write(u->pty.master, "\033[A", 3), 3);
	assert_int_equal(loop_run(u->loop, NULL), 0);
	assert_int_equal(u->last.kind, KEY_UP);
	/* Nothing follows, so it is the key. */
	assert_int_equal(write(u->pty.master, "\033", 1), 1);
	assert_int_equal(loop_run(u->loop, NULL), 0);
	assert_int_equal(u->last.kind, KEY_ESC);
}

static void size_is_told(void **state)
{
	struct user *u = *state;

	open_screen(u);
	set_size(u, 43, 132);
	assert_int_equal(raise(SIGWINCH), 0);
	assert_int_equal(loop_run(u->loop, NULL), 0);
	assert_int_equal(u->resizes, 1);
	assert_int_equal(screen_rows(u->screen), 43);
	assert_int_equal(screen_cols(u->screen), 132);
}

static void of_a_huge_one_a_part_is_used(void **state)
{
	struct user *u = *state;
	unsigned int draws;
	const char *part;

	set_size(u, 5000, 5000);
	open_screen(u);
	assert_int_equal(screen_rows(u->screen), SCREEN_ROWS_MAX);
	assert_int_equal(screen_cols(u->screen), SCREEN_COLS_MAX);
	/* Another size that is too large is no other one. */
	set_size(u, 4000, 4000);
	screen_suspend(u->screen);
	assert_int_equal(screen_resume(u->screen, NULL), 0);
	assert_int_equal(u->resizes, 0);
	/* All of it scrolls when we are gone. */
	draws = u->draws;
	while (u->draws == draws)
		assert_true(loop_turn(u->loop, true, NULL) >= 0);
	(void)loop_turn(u->loop, false, NULL);
	expect(u->pty.master, "\033[r", u->buf, sizeof(u->buf));
	part = strstr(u->buf, "\033[1;600r");
	assert_non_null(part);
	assert_true(strstr(u->buf, "\033[r") > part);
	set_size(u, 24, 4000);
	screen_suspend(u->screen);
	assert_int_equal(screen_resume(u->screen, NULL), 0);
	assert_int_equal(u->resizes, 1);
	assert_int_equal(screen_rows(u->screen), 24);
	assert_int_equal(screen_cols(u->screen), SCREEN_COLS_MAX);
}

static void steps_aside_and_comes_back(void **state)
{
	struct user *u = *state;
	unsigned int draws;

	open_screen(u);
	screen_suspend(u->screen);
	expect(u->pty.master, "\033[?1049l", u->buf, sizeof(u->buf));
	is_as_before(u);
	draws = u->draws;
	screen_dirty(u->screen);
	(void)loop_turn(u->loop, false, NULL);
	assert_int_equal(u->draws, draws);
	assert_int_equal(screen_resume(u->screen, NULL), 0);
	while (u->draws == draws)
		assert_true(loop_turn(u->loop, true, NULL) >= 0);
	(void)loop_turn(u->loop, false, NULL);
	expect(u->pty.master, "end-of-frame", u->buf, sizeof(u->buf));
	assert_non_null(strstr(u->buf, "\033[?1049h"));
}

static void a_terminal_that_goes_is_told(void **state)
{
	struct user *u = *state;

	open_screen(u);
	close(u->pty.master);
	u->pty.master = -1;
	assert_int_equal(loop_run(u->loop, NULL), 0);
	assert_true(u->gone);
}

static void refuses(const struct user *u, const char *type, const char *why)
{
	struct err err = { 0 };

	assert_int_equal(setenv("TERM", type, 1), 0);
	assert_int_equal(screen_check(u->pty.name, &err), -1);
	assert_non_null(strstr(err.msg, why));
	err_release(&err);
}

static void what_has_no_screen_is_refused(void **state)
{
	struct user *u = *state;

	refuses(u, "dumb", "has no screen");
	refuses(u, "no-such-thing", "'no-such-thing' is unknown");
	refuses(u, "", "TERM is not set");
	set_size(u, 9, 80);
	refuses(u, "xterm", "80 columns and 9 lines");
	set_size(u, 10, 40);
	assert_int_equal(screen_check(u->pty.name, NULL), 0);
}

int main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, begin, end)
	const struct CMUnitTest tests[] = {
		T(draws_and_leaves_as_it_was),
#if defined(HAVE_MEMFD_CREATE)
		T(needs_no_file),
#endif
		T(one_frame_in_50_ms),
		T(echoes_are_drawn_sooner),
		T(keys_come_through_the_loop),
		T(size_is_told),
		T(of_a_huge_one_a_part_is_used),
		T(steps_aside_and_comes_back),
		T(a_terminal_that_goes_is_told),
		T(what_has_no_screen_is_refused),
	};

	(void)setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests_name("screen", tests, NULL, NULL);
}
