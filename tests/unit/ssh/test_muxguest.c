/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A channel for another program, on the scripted driver; the descriptors that
 * stand at its end are real.
 */
#include "ssh/muxguest.h"

#include "lib/test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/alloc.h"
#include "lib/session_rig.h"

#define LINE "012345\n"
#define STEP 9973 /* bytes read at a time */

struct fixture {
	struct session_rig rig;
	struct fake_row script[8];
	struct bufpool pool;
	struct muxguest *guest;
	int ends[2][2]; /* of the pipes for its output and errors */
	size_t got[2];
	unsigned int opened, refused, status, over;
};

static void on_opened(void *arg)
{
	struct fixture *f = arg;

	f->opened++;
}

static void on_refused(void *arg, const struct err *why)
{
	struct fixture *f = arg;

	(void)why;
	f->refused++;
}

static void on_no_terminal(void *arg)
{
	(void)arg;
	fail();
}

static void on_status(void *arg, uint32_t status)
{
	struct fixture *f = arg;

	f->status = status;
}

static void on_over(void *arg)
{
	struct fixture *f = arg;

	f->over++;
}

static const struct muxguest_events guest_events = {
	.opened = on_opened,
	.refused = on_refused,
	.no_terminal = on_no_terminal,
	.status = on_status,
	.over = on_over,
};

static void on_ready(void *arg)
{
	struct fixture *f = arg;
	struct mux_msg m = { .kind = MUX_NEW_SESSION };
	int fds[3] = { -1, f->ends[0][1], f->ends[1][1] };

	m.term = xstrdup("");
	m.command = xstrdup("x");
	f->guest = muxguest_new(f->rig.session, &f->pool, &m, fds,
				&guest_events, f);
	mux_msg_release(&m);
}

static void on_step(void *arg)
{
	struct fixture *f = arg;

	if (f->guest)
		muxguest_step(f->guest);
}

static void on_closing(void *arg)
{
	struct fixture *f = arg;

	muxguest_free(f->guest);
	f->guest = NULL;
}

static const struct session_events events = {
	.ready = on_ready,
	.step = on_step,
	.closing = on_closing,
	.closed = session_rig_nothing,
	SESSION_RIG_UNHEARD,
};

static void open_fixture(struct fixture *f, const struct fake_row *rows,
			 size_t n)
{
	*f = (struct fixture){ .rig.poll = true };
	assert_true(n < COUNT(f->script));
	memcpy(f->script, rows, n * sizeof(*rows));
	for (int i = 0; i < 2; i++) {
		assert_int_equal(pipe2(f->ends[i], O_CLOEXEC), 0);
		assert_int_equal(fcntl(f->ends[i][0], F_SETFL, O_NONBLOCK), 0);
	}
	bufpool_init(&f->pool, 4);
	session_rig_open(&f->rig, f->script, &events, f);
}

static void close_fixture(struct fixture *f)
{
	session_rig_close(&f->rig);
	bufpool_release(&f->pool);
	for (int i = 0; i < 2; i++)
		if (f->ends[i][0] >= 0)
			close(f->ends[i][0]);
}

static char *lines(size_t n)
{
	char *text = xmalloc(n + 1);

	for (size_t i = 0; i < n; i++)
		text[i] = LINE[i % strlen(LINE)];
	text[n] = '\0';
	return text;
}

/* What there is of one pipe, a step at most; whether it was something. */
static bool read_step(struct fixture *f, int i, const char *want)
{
	char buf[STEP];
	ssize_t n = read(f->ends[i][0], buf, sizeof(buf));

	if (n < 0)
		assert_int_equal(errno, EAGAIN);
	if (n <= 0)
		return false;
	assert_memory_equal(buf, want + f->got[i], n);
	f->got[i] += (size_t)n;
	return true;
}

/*
 * More than a pipe holds, and more than is kept for a guest: it is over when
 * all was written and not before, whatever the server has said.
 */
static void all_is_written_before_it_is_over(void **state)
{
	static const struct {
		size_t out, errs;
		bool closes; /* with all of it taken and not read */
	} rows[] = {
		{ 1, 1, false },	   { 0, 100000, true },
		{ 100000, 0, true },	   { 100000, 110000, true },
		{ 1000000, 0, false },	   { 0, 2500000, false },
		{ 700000, 700001, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *out = lines(rows[i].out);
		char *errs = lines(rows[i].errs);
		const struct fake_row script[] = {
			{ FAKE_PUMP, FAKE_ERR, 0, errs },
			{ FAKE_PUMP, FAKE_OUT, 0, out },
			{ FAKE_PUMP, FAKE_EOF, 0, NULL },
			{ FAKE_PUMP, FAKE_STATUS, 5, NULL },
			{ FAKE_PUMP, FAKE_CLOSED, 0, NULL },
		};
		struct fixture f;

		open_fixture(&f, script, COUNT(script));
		TURN_UNTIL(&f.rig, f.opened);
		if (rows[i].closes)
			TURN_UNTIL(&f.rig, f.status == 5);
		for (int k = 0; k < 100; k++)
			session_rig_turn(&f.rig);
		assert_int_equal(f.over, rows[i].out == 1);
		for (int k = 0; !f.over; k++) {
			assert_true(k < SESSION_RIG_TURNS);
			(void)read_step(&f, 0, out);
			(void)read_step(&f, 1, errs);
			session_rig_turn(&f.rig);
		}
		while (read_step(&f, 0, out) || read_step(&f, 1, errs))
			;
		assert_int_equal(f.got[0], rows[i].out);
		assert_int_equal(f.got[1], rows[i].errs);
		assert_int_equal(f.status, 5);
		assert_int_equal(f.over, 1);
		close_fixture(&f);
		free(out);
		free(errs);
	}
}

static void who_hangs_up_has_no_more(void **state)
{
	char *out = lines(1000000);
	const struct fake_row script[] = {
		{ FAKE_PUMP, FAKE_OUT, 0, out },
		{ FAKE_PUMP, FAKE_HANG, 0, NULL },
	};
	struct fixture f;

	(void)state;
	open_fixture(&f, script, COUNT(script));
	TURN_UNTIL(&f.rig, f.opened);
	for (int k = 0; k < 100; k++)
		session_rig_turn(&f.rig);
	muxguest_hang_up(f.guest);
	TURN_UNTIL(&f.rig, f.over);
	assert_string_equal(f.rig.logs[0].signals, "TERM ");
	close_fixture(&f);
	free(out);
}

/* It ended with its program alive, whose terminal stood still till it left. */
static void who_hangs_up_at_the_end_is_not_waited_for(void **state)
{
	char *out = lines(100000);
	const struct fake_row script[] = {
		{ FAKE_PUMP, FAKE_OUT, 0, out },
		{ FAKE_PUMP, FAKE_STATUS, 5, NULL },
		{ FAKE_PUMP, FAKE_CLOSED, 0, NULL },
	};
	struct fixture f;

	(void)state;
	open_fixture(&f, script, COUNT(script));
	TURN_UNTIL(&f.rig, f.status == 5);
	for (int k = 0; k < 100; k++)
		session_rig_turn(&f.rig);
	assert_int_equal(f.over, 0);
	muxguest_hang_up(f.guest);
	TURN_UNTIL(&f.rig, f.over);
	close_fixture(&f);
	free(out);
}

/* A command whose output nobody can read any more is ended. */
static void who_does_not_read_is_closed(void **state)
{
	char *out = lines(1000000);
	const struct fake_row script[] = {
		{ FAKE_PUMP, FAKE_OUT, 0, out },
		{ FAKE_PUMP, FAKE_OUT, 0, out },
		{ FAKE_CLOSE, FAKE_AGAIN, 0, NULL },
		{ FAKE_PUMP, FAKE_CLOSED, 0, NULL },
	};
	struct fixture f;

	(void)state;
	open_fixture(&f, script, COUNT(script));
	TURN_UNTIL(&f.rig, f.opened);
	for (int k = 0; k < 100; k++)
		session_rig_turn(&f.rig);
	close(f.ends[0][0]);
	f.ends[0][0] = -1;
	TURN_UNTIL(&f.rig, f.over);
	close_fixture(&f);
	free(out);
}

static void what_is_refused_is_over(void **state)
{
	const struct fake_row script[] = {
		{ FAKE_OPEN, FAKE_ERROR, ERR_CHANNEL, "no" },
	};
	struct fixture f;

	(void)state;
	open_fixture(&f, script, COUNT(script));
	TURN_UNTIL(&f.rig, f.over);
	assert_int_equal(f.refused, 1);
	assert_int_equal(f.opened, 0);
	close_fixture(&f);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_is_written_before_it_is_over),
		cmocka_unit_test(who_hangs_up_has_no_more),
		cmocka_unit_test(who_hangs_up_at_the_end_is_not_waited_for),
		cmocka_unit_test(who_does_not_read_is_closed),
		cmocka_unit_test(what_is_refused_is_over),
	};

	alarm(60);
	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
