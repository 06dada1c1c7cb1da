/* SPDX-License-Identifier: Apache-2.0 */
#include "io/loop.h"

#include "lib/test.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "io/timer.h"

/* A pipe and a watcher on its read end. */
struct end {
	struct watch watch;
	int in, out;
	unsigned int calls;
	unsigned int events; /* of the last call */
	struct end *other;
};

static struct loop *new_loop(void)
{
	struct err err = { 0 };
	struct loop *loop = loop_new(&err);

	assert_non_null(loop);
	return loop;
}

static void note(struct watch *w, unsigned int events)
{
	struct end *e = container_of(w, struct end, watch);

	e->calls++;
	e->events = events;
}

static void end_start(struct loop *loop, struct end *e, watch_fn *fn)
{
	struct err err = { 0 };
	int fds[2];

	*e = (struct end){ 0 };
	assert_int_equal(pipe2(fds, O_CLOEXEC | O_NONBLOCK), 0);
	e->in = fds[0];
	e->out = fds[1];
	assert_int_equal(
		watch_start(loop, &e->watch, e->in, WATCH_IN, fn, &err), 0);
	assert_true(watch_active(&e->watch));
}

static void end_stop(struct end *e)
{
	watch_stop(&e->watch);
	close(e->in);
	close(e->out);
}

static void make_ready(struct end *e)
{
	assert_int_equal(write(e->out, "x", 1), 1);
}

static void tells_what_is_ready_until_it_is_read(void **state)
{
	struct loop *loop = new_loop();
	struct end e;
	char c;

	(void)state;
	end_start(loop, &e, note);
	assert_int_equal(loop_turn(loop, false, NULL), 0);
	make_ready(&e);
	for (unsigned int turn = 1; turn <= 2; turn++) {
		assert_int_equal(loop_turn(loop, true, NULL), 1);
		assert_int_equal(e.calls, turn);
		assert_int_equal(e.events, WATCH_IN);
	}
	assert_int_equal(read(e.in, &c, 1), 1);
	assert_int_equal(loop_turn(loop, false, NULL), 0);
	end_stop(&e);
	assert_false(watch_active(&e.watch));
	watch_stop(&e.watch);
	loop_free(loop);
}

static void hang_up_comes_with_what_is_wanted(void **state)
{
	struct loop *loop = new_loop();
	struct end e;

	(void)state;
	end_start(loop, &e, note);
	close(e.out);
	assert_int_equal(loop_turn(loop, true, NULL), 1);
	assert_int_equal(e.events, WATCH_IN | WATCH_HUP);
	watch_want(&e.watch, WATCH_OUT);
	assert_int_equal(loop_turn(loop, true, NULL), 1);
	assert_int_equal(e.events, WATCH_OUT | WATCH_HUP);
	watch_stop(&e.watch);
	close(e.in);
	loop_free(loop);
}

static void hung_up_and_unwanted_does_not_spin(void **state)
{
	struct loop *loop = new_loop();
	struct end e;

	(void)state;
	end_start(loop, &e, note);
	close(e.out);
	watch_want(&e.watch, 0);
	assert_int_equal(loop_turn(loop, false, NULL), 0);
	assert_int_equal(e.calls, 0);
	/* ... and does not keep the loop. */
	assert_int_equal(loop_run(loop, NULL), 0);
	watch_want(&e.watch, WATCH_IN);
	assert_int_equal(loop_turn(loop, false, NULL), 1);
	watch_stop(&e.watch);
	close(e.in);
	loop_free(loop);
}

static void unwant(struct watch *w, unsigned int events)
{
	note(w, events);
	watch_want(w, 0);
}

static void regular_file_is_always_ready(void **state)
{
	struct loop *loop = new_loop();
	struct err err = { 0 };
	struct end e = { 0 };
	FILE *f = tmpfile();

	(void)state;
	assert_non_null(f);
	assert_int_equal(watch_start(loop, &e.watch, fileno(f),
				     WATCH_IN | WATCH_OUT, note, &err),
			 0);
	for (unsigned int turn = 1; turn <= 3; turn++) {
		assert_int_equal(loop_turn(loop, true, NULL), 1);
		assert_int_equal(e.calls, turn);
		assert_int_equal(e.events, WATCH_IN | WATCH_OUT);
	}
	watch_want(&e.watch, 0);
	assert_int_equal(loop_turn(loop, false, NULL), 0);
	watch_want(&e.watch, WATCH_OUT);
	assert_int_equal(loop_turn(loop, true, NULL), 1);
	assert_int_equal(e.events, WATCH_OUT);
	watch_stop(&e.watch);
	assert_int_equal(
		watch_start(loop, &e.watch, fileno(f), WATCH_IN, unwant, &err),
		0);
	assert_int_equal(loop_run(loop, NULL), 0);
	watch_stop(&e.watch);
	fclose(f);
	loop_free(loop);
}

static void stop_other(struct watch *w, unsigned int events)
{
	struct end *e = container_of(w, struct end, watch);

	note(w, events);
	watch_stop(&e->other->watch);
}

static void watcher_stopped_in_the_same_turn_is_not_called(void **state)
{
	struct loop *loop = new_loop();
	struct end a, b;

	(void)state;
	end_start(loop, &a, stop_other);
	end_start(loop, &b, stop_other);
	a.other = &b;
	b.other = &a;
	make_ready(&a);
	make_ready(&b);
	assert_int_equal(loop_turn(loop, true, NULL), 1);
	assert_int_equal(a.calls + b.calls, 1);
	end_stop(&a);
	end_stop(&b);
	loop_free(loop);
}

/* Give the other's descriptor number to a pipe that is not ready. */
static void replace_other(struct watch *w, unsigned int events)
{
	struct end *e = container_of(w, struct end, watch);
	struct end *o = e->other;
	struct loop *loop = w->loop;
	struct err err = { 0 };
	int fds[2];

	note(w, events);
	watch_stop(w);
	watch_stop(&o->watch);
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	assert_int_equal(dup3(fds[0], o->in, O_CLOEXEC), o->in);
	close(fds[0]);
	close(o->out);
	o->out = fds[1];
	assert_int_equal(
		watch_start(loop, &o->watch, o->in, WATCH_IN, note, &err), 0);
}

static void reused_descriptor_gets_no_old_event(void **state)
{
	struct loop *loop = new_loop();
	struct end a, b;

	(void)state;
	end_start(loop, &a, replace_other);
	end_start(loop, &b, replace_other);
	a.other = &b;
	b.other = &a;
	make_ready(&a);
	make_ready(&b);
	assert_int_equal(loop_turn(loop, true, NULL), 1);
	assert_int_equal(a.calls + b.calls, 1);
	assert_int_equal(loop_turn(loop, false, NULL), 0);
	end_stop(&a);
	end_stop(&b);
	loop_free(loop);
}

static void free_self(struct watch *w, unsigned int events)
{
	struct end *e = container_of(w, struct end, watch);

	(void)events;
	end_stop(e);
	free(e);
}

static void watcher_may_free_itself(void **state)
{
	struct loop *loop = new_loop();
	struct end *e = calloc(1, sizeof(*e));

	(void)state;
	assert_non_null(e);
	end_start(loop, e, free_self);
	make_ready(e);
	assert_int_equal(loop_run(loop, NULL), 0);
	loop_free(loop);
}

#define CROWD 400

/* More than one wait of the kernel reports. */
static void crowd_is_served_whole(void **state)
{
	struct loop *loop = new_loop();
	struct err err = { 0 };
	struct end *e = calloc(CROWD, sizeof(*e));
	int fds[2];

	(void)state;
	assert_non_null(e);
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	assert_int_equal(write(fds[1], "x", 1), 1);
	for (size_t i = 0; i < CROWD; i++) {
		e[i].in = fcntl(fds[0], F_DUPFD_CLOEXEC, 3);
		assert_true(e[i].in >= 0);
		assert_int_equal(watch_start(loop, &e[i].watch, e[i].in,
					     WATCH_IN, unwant, &err),
				 0);
	}
	assert_int_equal(loop_run(loop, NULL), 0);
	for (size_t i = 0; i < CROWD; i++) {
		assert_int_equal(e[i].calls, 1);
		watch_stop(&e[i].watch);
		close(e[i].in);
	}
	close(fds[0]);
	close(fds[1]);
	free(e);
	loop_free(loop);
}

/* Everything that may be called in a turn, writing down its letter. */
struct diary {
	struct loop *loop;
	char text[16];
	size_t n;
	struct end end;
	struct timer timer;
	struct defer first, second;
	struct turnhook hook, leaving;
};

static void write_down(struct diary *d, char c)
{
	assert_true(d->n < sizeof(d->text) - 1);
	d->text[d->n++] = c;
}

static void diary_second(struct defer *d)
{
	write_down(container_of(d, struct diary, second), 's');
}

static void diary_first(struct defer *d)
{
	struct diary *di = container_of(d, struct diary, first);

	write_down(di, 'd');
	defer_post(di->loop, &di->second, diary_second);
	defer_post(di->loop, &di->second, diary_second);
}

static void diary_watch(struct watch *w, unsigned int events)
{
	struct diary *d = container_of(w, struct diary, end.watch);

	(void)events;
	write_down(d, 'w');
	watch_want(w, 0);
	defer_post(d->loop, &d->first, diary_first);
	defer_post(d->loop, &d->first, diary_first);
}

static void diary_timer(struct timer *t)
{
	write_down(container_of(t, struct diary, timer), 't');
}

static void diary_hook(struct turnhook *h)
{
	write_down(container_of(h, struct diary, hook), 'h');
}

static void diary_leaving(struct turnhook *h)
{
	write_down(container_of(h, struct diary, leaving), 'l');
	turnhook_stop(h);
}

static void a_turn_goes_in_the_order_the_header_says(void **state)
{
	struct loop *loop = new_loop();
	struct diary d = { .loop = loop };

	(void)state;
	end_start(loop, &d.end, diary_watch);
	turnhook_start(loop, &d.leaving, diary_leaving);
	turnhook_start(loop, &d.hook, diary_hook);
	assert_int_equal(loop_turn(loop, false, NULL), 0);
	assert_string_equal(d.text, "");
	timer_start(loop, &d.timer, 0, diary_timer);
	make_ready(&d.end);
	assert_int_equal(loop_turn(loop, true, NULL), 1);
	assert_string_equal(d.text, "wtdlh");
	assert_int_equal(loop_run(loop, NULL), 0);
	assert_string_equal(d.text, "wtdlhsh");
	turnhook_stop(&d.hook);
	end_stop(&d.end);
	loop_free(loop);
}

static void cancelled_defer_is_not_called(void **state)
{
	struct loop *loop = new_loop();
	struct diary d = { .loop = loop };

	(void)state;
	defer_cancel(&d.first);
	defer_post(loop, &d.first, diary_first);
	defer_cancel(&d.first);
	assert_int_equal(loop_run(loop, NULL), 0);
	assert_string_equal(d.text, "");
	loop_free(loop);
}

static void stop_from_watch(struct watch *w, unsigned int events)
{
	note(w, events);
	loop_stop(w->loop);
}

static void stop_ends_the_run(void **state)
{
	struct loop *loop = new_loop();
	struct end e;

	(void)state;
	end_start(loop, &e, stop_from_watch);
	make_ready(&e);
	for (unsigned int run = 1; run <= 2; run++) {
		assert_int_equal(loop_run(loop, NULL), 0);
		assert_int_equal(e.calls, run);
	}
	end_stop(&e);
	loop_free(loop);
}

struct caught {
	struct sigwatch sig;
	unsigned int calls;
	int signo;
	struct caught *other;
};

static void note_signal(struct sigwatch *s, int signo)
{
	struct caught *c = container_of(s, struct caught, sig);

	c->calls++;
	c->signo = signo;
	if (c->other)
		sigwatch_stop(&c->other->sig);
}

static void signals_reach_every_watcher(void **state)
{
	struct sigaction before, after;
	struct loop *loop = new_loop();
	struct err err = { 0 };
	struct caught a = { 0 }, b = { 0 }, c = { 0 };

	(void)state;
	assert_int_equal(sigaction(SIGUSR1, NULL, &before), 0);
	assert_int_equal(
		sigwatch_start(loop, &a.sig, SIGUSR1, note_signal, &err), 0);
	assert_int_equal(
		sigwatch_start(loop, &b.sig, SIGUSR1, note_signal, &err), 0);
	assert_int_equal(
		sigwatch_start(loop, &c.sig, SIGUSR2, note_signal, &err), 0);
	/* Signals alone keep no loop. */
	assert_int_equal(loop_run(loop, NULL), 0);
	assert_int_equal(raise(SIGUSR1), 0);
	assert_int_equal(loop_turn(loop, true, NULL), 1);
	assert_int_equal(a.calls, 1);
	assert_int_equal(a.signo, SIGUSR1);
	assert_int_equal(b.calls, 1);
	assert_int_equal(c.calls, 0);
	/* One stops the other within the same delivery. */
	a.other = &b;
	b.other = &a;
	assert_int_equal(raise(SIGUSR1), 0);
	assert_int_equal(loop_turn(loop, true, NULL), 1);
	assert_int_equal(a.calls + b.calls, 3);
	sigwatch_stop(&a.sig);
	sigwatch_stop(&b.sig);
	sigwatch_stop(&c.sig);
	assert_int_equal(sigaction(SIGUSR1, NULL, &after), 0);
	assert_ptr_equal(before.sa_handler, after.sa_handler);
	loop_free(loop);
}

static void uncatchable_signal_is_an_error(void **state)
{
	struct loop *loop = new_loop();
	struct err err = { 0 };
	struct caught a = { 0 };

	(void)state;
	assert_int_equal(
		sigwatch_start(loop, &a.sig, SIGKILL, note_signal, &err), -1);
	assert_int_equal(err.code, ERR_LOCAL);
	assert_string_equal(err.msg, "cannot catch signal 9: Invalid argument");
	sigwatch_stop(&a.sig);
	err_release(&err);
	loop_free(loop);
}

#define POSTERS	   4
#define POSTS_EACH 500

struct poster {
	struct loop *loop;
	pthread_t thread;
	unsigned int done;
	bool in_order;
	struct numbered {
		struct post post;
		struct poster *poster;
		unsigned int number;
	} posts[POSTS_EACH];
};

static void posted(struct post *p)
{
	struct numbered *n = container_of(p, struct numbered, post);

	if (n->number != n->poster->done)
		n->poster->in_order = false;
	if (++n->poster->done == POSTS_EACH)
		loop_unhold(n->poster->loop);
}

static void *post_all(void *arg)
{
	struct poster *p = arg;

	for (unsigned int i = 0; i < POSTS_EACH; i++)
		loop_post(p->loop, &p->posts[i].post);
	return NULL;
}

static void threads_post_without_loss_and_in_order(void **state)
{
	struct loop *loop = new_loop();
	struct poster *p = calloc(POSTERS, sizeof(*p));

	(void)state;
	assert_non_null(p);
	for (size_t i = 0; i < POSTERS; i++) {
		p[i].loop = loop;
		p[i].in_order = true;
		for (unsigned int k = 0; k < POSTS_EACH; k++) {
			p[i].posts[k].post.fn = posted;
			p[i].posts[k].poster = &p[i];
			p[i].posts[k].number = k;
		}
		loop_hold(loop);
		assert_int_equal(
			pthread_create(&p[i].thread, NULL, post_all, &p[i]), 0);
	}
	assert_int_equal(loop_run(loop, NULL), 0);
	for (size_t i = 0; i < POSTERS; i++) {
		pthread_join(p[i].thread, NULL);
		assert_int_equal(p[i].done, POSTS_EACH);
		assert_true(p[i].in_order);
	}
	free(p);
	loop_free(loop);
}

static void late_post_is_called_when_the_loop_is_freed(void **state)
{
	struct loop *loop = new_loop();
	struct poster *p = calloc(1, sizeof(*p));

	(void)state;
	assert_non_null(p);
	p->posts[0].post.fn = posted;
	p->posts[0].poster = p;
	loop_post(loop, &p->posts[0].post);
	loop_free(loop);
	assert_int_equal(p->done, 1);
	free(p);
}

static void nothing_left_ends_the_run(void **state)
{
	struct loop *loop = new_loop();

	(void)state;
	assert_int_equal(loop_run(loop, NULL), 0);
	assert_int_equal(loop_turn(loop, true, NULL), 0);
	loop_free(loop);
	loop_free(NULL);
}

static void virtual_clock_waits_for_what_is_ready(void **state)
{
	struct err err = { 0 };
	struct loop *loop = loop_new_virtual(&err);
	struct diary d = { .loop = loop };
	uint64_t start_ns;

	(void)state;
	assert_non_null(loop);
	start_ns = loop_now(loop);
	end_start(loop, &d.end, diary_watch);
	timer_start(loop, &d.timer, 60000, diary_timer);
	make_ready(&d.end);
	assert_int_equal(loop_turn(loop, false, NULL), 1);
	assert_string_equal(d.text, "wd");
	assert_int_equal(loop_turn(loop, true, NULL), 1);
	assert_string_equal(d.text, "wds");
	assert_int_equal(loop_now(loop) - start_ns, 0);
	assert_int_equal(loop_turn(loop, false, NULL), 0);
	assert_int_equal(loop_now(loop) - start_ns, 0);
	assert_int_equal(loop_turn(loop, true, NULL), 1);
	assert_string_equal(d.text, "wdst");
	assert_int_equal(loop_now(loop) - start_ns, UINT64_C(60000000000));
	end_stop(&d.end);
	loop_free(loop);
}

/* As where two programs read one pipe. */
static void input_that_another_took_is_not_there(void **state)
{
	struct watch w = { 0 };
	char byte;
	int fds[2];

	(void)state;
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	w.fd = fds[0];
	assert_false(watch_has_input(&w));
	assert_int_equal(write(fds[1], "x", 1), 1);
	assert_true(watch_has_input(&w));
	assert_int_equal(read(fds[0], &byte, 1), 1);
	assert_false(watch_has_input(&w));
	close(fds[1]);
	assert_true(watch_has_input(&w));
	close(fds[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(input_that_another_took_is_not_there),
		cmocka_unit_test(tells_what_is_ready_until_it_is_read),
		cmocka_unit_test(hang_up_comes_with_what_is_wanted),
		cmocka_unit_test(hung_up_and_unwanted_does_not_spin),
		cmocka_unit_test(regular_file_is_always_ready),
		cmocka_unit_test(
			watcher_stopped_in_the_same_turn_is_not_called),
		cmocka_unit_test(reused_descriptor_gets_no_old_event),
		cmocka_unit_test(watcher_may_free_itself),
		cmocka_unit_test(crowd_is_served_whole),
		cmocka_unit_test(a_turn_goes_in_the_order_the_header_says),
		cmocka_unit_test(cancelled_defer_is_not_called),
		cmocka_unit_test(stop_ends_the_run),
		cmocka_unit_test(signals_reach_every_watcher),
		cmocka_unit_test(uncatchable_signal_is_an_error),
		cmocka_unit_test(threads_post_without_loss_and_in_order),
		cmocka_unit_test(late_post_is_called_when_the_loop_is_freed),
		cmocka_unit_test(nothing_left_ends_the_run),
		cmocka_unit_test(virtual_clock_waits_for_what_is_ready),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
