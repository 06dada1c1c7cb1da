/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What keys make a view ask of the run.
 */
#include "ui/view.h"

#include "lib/test.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/list.h"
#include "base/strbuf.h"
#include "io/loop.h"
#include "io/timer.h"
#include "lib/pty.h"
#include "model/prompter.h"
#include "ui/question.h"

#define LIMIT_MS 20000
#define DOWN	 "\033[B"
#define RIGHT	 "\033[C"
#define LEAVE	 "qy" /* each row ends with it */

/* One that runs, one that failed, one that waits, one that is well. */
enum {
	N = 4
};

struct rig {
	struct loop *loop;
	struct targets targets;
	struct result results[N];
	struct pty pty;
	struct view *view;
	struct strbuf calls;
	struct timer limit;
};

/* NULL: it is written down. */
static void (*stop_instead)(void *arg, const struct target *t);

static void stop(void *arg, const struct target *t)
{
	struct rig *rig = arg;

	if (stop_instead)
		stop_instead(arg, t);
	else
		strbuf_addf(&rig->calls, "stop %u, ", t->rank);
}

static int retry(void *arg, const struct target *t, struct err *err)
{
	struct rig *rig = arg;

	strbuf_addf(&rig->calls, "retry %u, ", t->rank);
	return err_set(err, ERR_LOCAL, "not now");
}

static void leave(void *arg)
{
	struct rig *rig = arg;

	strbuf_addstr(&rig->calls, "leave");
	loop_stop(rig->loop);
}

static const struct view_calls calls = {
	.stop = stop,
	.retry = retry,
	.leave = leave,
};

static void too_late(struct timer *t)
{
	(void)t;
	fail_msg("the view was not left");
}

static void tell(struct rig *rig)
{
	struct observer *o = view_observer(rig->view);
	const struct target *v = rig->targets.v;

	for (size_t i = 0; i < N; i++)
		if (i != 2)
			o->ops->phase(o, &v[i], PHASE_RUNNING);
	assert_int_equal(o->ops->data(o, &v[1], STREAM_ERR, "oops\n", 5),
			 FLOW_GO);
	for (size_t i = 1; i < N; i += 2) {
		rig->results[i] = (struct result){ .outcome = OUTCOME_EXIT,
						   .status = i == 1 ? 3 : 0 };
		o->ops->phase(o, &v[i], PHASE_DONE);
		o->ops->done(o, &v[i], &rig->results[i]);
	}
}

static void set_up(struct rig *rig)
{
	const struct winsize ws = { .ws_row = 24, .ws_col = 80 };
	struct view_conf conf = {
		.calls = &calls,
		.arg = rig,
		.path = rig->pty.name,
		.targets = &rig->targets,
	};

	*rig = (struct rig){ 0 };
	rig->loop = loop_new(NULL);
	strbuf_init(&rig->calls, STRBUF_MAX_TEXT);
	assert_int_equal(pty_open(&rig->pty), 0);
	assert_int_equal(ioctl(rig->pty.slave, TIOCSWINSZ, &ws), 0);
	assert_int_equal(fcntl(rig->pty.master, F_SETFL, O_NONBLOCK), 0);
	assert_int_equal(setenv("TERM", "xterm-256color", 1), 0);
	for (int i = 0; i < N; i++) {
		char name[8];

		(void)snprintf(name, sizeof(name), "n%d", i);
		assert_int_equal(targets_add(&rig->targets, name, NULL, NULL),
				 0);
	}
	conf.loop = rig->loop;
	rig->view = view_new(&conf);
	timer_start(rig->loop, &rig->limit, LIMIT_MS, too_late);
}

static void tear_down(struct rig *rig)
{
	view_free(rig->view);
	timer_stop(rig->loop, &rig->limit);
	loop_free(rig->loop);
	pty_close(&rig->pty);
	targets_release(&rig->targets);
	strbuf_release(&rig->calls);
}

/* The list is there with the first frame. */
static void show(struct rig *rig)
{
	char buf[8192];
	ssize_t n;

	assert_int_equal(view_open(rig->view, NULL), 0);
	for (int i = 0; i < 1000; i++) {
		assert_true(loop_turn(rig->loop, true, NULL) >= 0);
		n = read(rig->pty.master, buf, sizeof(buf));
		if (n > 0 && memmem(buf, (size_t)n, "HOST", 4))
			return;
	}
	fail_msg("there is no list");
}

static void type(struct rig *rig, const char *keys)
{
	assert_int_equal(write(rig->pty.master, keys, strlen(keys)),
			 strlen(keys));
	assert_int_equal(loop_run(rig->loop, NULL), 0);
}

static void keys_act_on_what_is_seen(void **state)
{
	static const struct {
		const char *keys;
		const char *calls;
	} rows[] = {
		{ "" LEAVE, "leave" },
		{ "qn" LEAVE, "leave" },
		/* k and r ask, and what cannot be is not asked */
		{ "ky" LEAVE, "stop 0, leave" },
		{ "kn" LEAVE, "leave" },
		{ "ry" LEAVE, "leave" },
		{ DOWN "ky" LEAVE, "leave" },
		{ DOWN "ry" LEAVE, "retry 1, leave" },
		{ DOWN "rn" LEAVE, "leave" },
		{ DOWN DOWN "kyry" LEAVE, "leave" },
		{ DOWN DOWN DOWN "kyry" LEAVE, "leave" },
		/* of the host that is looked at */
		{ "\r" RIGHT "ry" LEAVE, "retry 1, leave" },
		{ "2ry" LEAVE, "retry 1, leave" },
		{ "s\try\tkyry" LEAVE, "retry 1, leave" },
		{ "s\t\t\t\tky" LEAVE, "stop 0, leave" },
		/* the list is not there: its keys do nothing */
		{ "s" DOWN "aouky" LEAVE, "stop 0, leave" },
		{ "?" DOWN "kyryao?ky" LEAVE, "stop 0, leave" },
		/* j and k are the log's while that is shown */
		{ "lky" LEAVE, "leave" },
		{ "llky" LEAVE, "stop 0, leave" },
		/* what is typed is no key; a search ends at its host */
		{ "/kyr\rky" LEAVE, "stop 0, leave" },
		{ "/N1\rry" LEAVE, "retry 1, leave" },
		{ "/OOPS\rry" LEAVE, "retry 1, leave" },
		{ "&n1\rry&\177\r" LEAVE, "retry 1, leave" },
		/* filters: the failed one */
		{ "ary" LEAVE, "retry 1, leave" },
		/* marked ones side by side: 1 and 3 */
		{ DOWN " " DOWN " s\t\try" LEAVE, "retry 1, leave" },
		{ DOWN " us\try" LEAVE, "retry 1, leave" },
		/* of those marked the ones that k and r are for */
		{ "*ky" LEAVE, "stop 0, leave" },
		{ "*ry" LEAVE, "retry 1, leave" },
		{ "*kn" LEAVE, "leave" },
		{ " " DOWN DOWN "ry" LEAVE, "leave" },
		{ DOWN " ky" LEAVE, "leave" },
		{ "* ky" LEAVE, "leave" },
		{ "*ury" LEAVE, "leave" },
		{ "a*aary" LEAVE, "retry 1, leave" },
		/* of one that is looked at that one alone */
		{ "*1ry" LEAVE, "leave" },
		{ "*2ry" LEAVE, "retry 1, leave" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct rig rig;

		set_up(&rig);
		tell(&rig);
		show(&rig);
		type(&rig, rows[i].keys);
		if (strcmp(rig.calls.buf, rows[i].calls) != 0)
			fail_msg("row %zu: %s", i, rig.calls.buf);
		tear_down(&rig);
	}
}

/* A question that comes while its host is stopped, and what answers it. */
struct asking {
	struct rig rig;
	struct strbuf told;
	struct timer pause;
	const char *next; /* what is typed after the pause */
};

static const struct prompt really = { .text = "Really? ", .echo = true };

static void answered(void *arg, char *answer)
{
	struct asking *a = arg;

	strbuf_addf(&a->told, "%s;", answer ? answer : "none");
	secret_free(answer);
	loop_stop(a->rig.loop);
}

static void ask_instead(void *arg, const struct target *t)
{
	struct asking *a = container_of((struct rig *)arg, struct asking, rig);

	(void)t;
	strbuf_addstr(&a->rig.calls, "stop, ");
	if (!question_box_asking(view_questions(a->rig.view)))
		question_box_ask(view_questions(a->rig.view), &really, answered,
				 a);
}

static void write_next(struct timer *t)
{
	struct asking *a = container_of(t, struct asking, pause);

	assert_int_equal(write(a->rig.pty.master, a->next, strlen(a->next)),
			 strlen(a->next));
}

static void draw_nothing(struct timer *t)
{
	struct asking *a = container_of(t, struct asking, pause);

	loop_stop(a->rig.loop);
}

/* Type at once, and more after a pause that is longer than any eye needs. */
static void type_and_pause(struct asking *a, const char *keys, const char *next)
{
	a->next = next;
	assert_int_equal(write(a->rig.pty.master, keys, strlen(keys)),
			 strlen(keys));
	timer_start(a->rig.loop, &a->pause, 400, write_next);
	assert_int_equal(loop_run(a->rig.loop, NULL), 0);
}

static void what_is_typed_for_something_else_is_no_answer(void **state)
{
	struct asking a = { 0 };
	struct pollfd pollfd;

	(void)state;
	stop_instead = ask_instead;
	set_up(&a.rig);
	strbuf_init(&a.told, STRBUF_MAX_TEXT);
	tell(&a.rig);
	show(&a.rig);
	/* In one piece: before the question could be drawn. */
	type_and_pause(&a, "kyyes\r", "no\r");
	assert_string_equal(a.told.buf, "no;");
	assert_string_equal(a.rig.calls.buf, "stop, ");
	/* What follows an answer is the view's again. */
	strbuf_reset(&a.told);
	type_and_pause(&a, "kyyes\r", "maybe\r");
	assert_string_equal(a.told.buf, "maybe;");
	/* A question that goes by itself leaves no keys to the view. */
	strbuf_reset(&a.rig.calls);
	a.next = "ky";
	assert_int_equal(write(a.rig.pty.master, "ky", 2), 2);
	timer_start(a.rig.loop, &a.pause, 400, draw_nothing);
	assert_int_equal(loop_run(a.rig.loop, NULL), 0);
	assert_int_equal(write(a.rig.pty.master, "x", 1), 1);
	pollfd = (struct pollfd){ a.rig.pty.slave, POLLIN, 0 };
	assert_int_equal(poll(&pollfd, 1, LIMIT_MS), 1);
	assert_true(loop_turn(a.rig.loop, false, NULL) >= 0);
	question_box_drop(view_questions(a.rig.view));
	strbuf_reset(&a.rig.calls);
	type_and_pause(&a, "ky", LEAVE);
	assert_string_equal(a.rig.calls.buf, "leave");
	timer_stop(a.rig.loop, &a.pause);
	tear_down(&a.rig);
	strbuf_release(&a.told);
	stop_instead = NULL;
}

/* It may be opened late, closed, and opened again. */
static void it_hears_all_while_it_is_closed(void **state)
{
	struct rig rig;

	(void)state;
	set_up(&rig);
	view_tell(rig.view, "a message\n", 10);
	tell(&rig);
	assert_false(view_is_open(rig.view));
	view_suspend(rig.view);
	assert_int_equal(view_resume(rig.view, NULL), 0);
	assert_int_equal(view_open(rig.view, NULL), 0);
	assert_true(view_is_open(rig.view));
	view_close(rig.view);
	assert_false(view_is_open(rig.view));
	view_observer(rig.view)->ops->again(view_observer(rig.view),
					    &rig.targets.v[1]);
	show(&rig);
	type(&rig, DOWN "ry" LEAVE);
	assert_string_equal(rig.calls.buf, "leave");
	tear_down(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_act_on_what_is_seen),
		cmocka_unit_test(what_is_typed_for_something_else_is_no_answer),
		cmocka_unit_test(it_hears_all_while_it_is_closed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
