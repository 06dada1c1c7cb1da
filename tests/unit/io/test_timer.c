/* SPDX-License-Identifier: Apache-2.0 */
#include "io/timer.h"

#include "lib/test.h"

#include "base/list.h"
#include "io/loop.h"

/* A timer that notes when and in which order it fired. */
struct probe {
	struct timer timer;
	struct loop *loop;
	unsigned int *count; /* shared */
	unsigned int fired;  /* place in the order, from 1; 0 if not yet */
	uint64_t at_ms;
};

static uint64_t now_ms(const struct loop *loop)
{
	return loop_now(loop) / 1000000;
}

static void note(struct timer *t)
{
	struct probe *p = container_of(t, struct probe, timer);

	p->fired = ++*p->count;
	p->at_ms = now_ms(p->loop);
}

static struct loop *new_virtual(void)
{
	struct err err = { 0 };
	struct loop *loop = loop_new_virtual(&err);

	assert_non_null(loop);
	return loop;
}

static void run(struct loop *loop)
{
	struct err err = { 0 };

	assert_int_equal(loop_run(loop, &err), 0);
}

static void fire_by_deadline_then_by_order_of_arming(void **state)
{
	static const struct {
		uint64_t delay_ms;
		unsigned int place;
	} rows[] = {
		{ 30000, 6 }, { 10, 3 }, { 0, 1 },     { 10, 4 },
		{ 5, 2 },     { 10, 5 }, { 30000, 7 },
	};
	struct loop *loop = new_virtual();
	uint64_t start_ms = now_ms(loop);
	struct probe p[COUNT(rows)] = { 0 };
	unsigned int count = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		p[i].loop = loop;
		p[i].count = &count;
		timer_start(loop, &p[i].timer, rows[i].delay_ms, note);
		assert_true(timer_armed(&p[i].timer));
	}
	run(loop);
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(p[i].fired, rows[i].place);
		assert_int_equal(p[i].at_ms - start_ms, rows[i].delay_ms);
		assert_false(timer_armed(&p[i].timer));
	}
	loop_free(loop);
}

static void arming_again_moves(void **state)
{
	struct loop *loop = new_virtual();
	uint64_t start_ms = now_ms(loop);
	unsigned int count = 0;
	struct probe a = { .loop = loop, .count = &count };
	struct probe b = { .loop = loop, .count = &count };

	(void)state;
	timer_start(loop, &a.timer, 10, note);
	timer_start(loop, &b.timer, 20, note);
	timer_start(loop, &a.timer, 30, note);
	run(loop);
	assert_int_equal(b.fired, 1);
	assert_int_equal(a.fired, 2);
	assert_int_equal(a.at_ms - start_ms, 30);
	loop_free(loop);
}

static void stopped_does_not_fire(void **state)
{
	struct loop *loop = new_virtual();
	unsigned int count = 0;
	struct probe a = { .loop = loop, .count = &count };

	(void)state;
	timer_stop(loop, &a.timer);
	timer_start(loop, &a.timer, 10, note);
	timer_stop(loop, &a.timer);
	timer_stop(loop, &a.timer);
	assert_false(timer_armed(&a.timer));
	run(loop);
	assert_int_equal(a.fired, 0);
	loop_free(loop);
}

static void rearm_at_once(struct timer *t)
{
	struct probe *p = container_of(t, struct probe, timer);

	note(t);
	timer_start(p->loop, t, 0, rearm_at_once);
}

static void delay_of_zero_waits_for_the_next_turn(void **state)
{
	struct loop *loop = new_virtual();
	unsigned int count = 0;
	struct probe a = { .loop = loop, .count = &count };

	(void)state;
	timer_start(loop, &a.timer, 0, rearm_at_once);
	assert_int_equal(count, 0);
	for (unsigned int turn = 1; turn <= 3; turn++) {
		assert_int_equal(loop_turn(loop, true, NULL), 1);
		assert_int_equal(count, turn);
	}
	timer_stop(loop, &a.timer);
	loop_free(loop);
}

struct killer {
	struct timer timer;
	struct loop *loop;
	struct probe *victim;
};

static void free_victim_and_self(struct timer *t)
{
	struct killer *k = container_of(t, struct killer, timer);

	timer_stop(k->loop, &k->victim->timer);
	free(k->victim);
	free(k);
}

static void callback_may_free_itself_and_others(void **state)
{
	struct loop *loop = new_virtual();
	struct killer *k = calloc(1, sizeof(*k));
	unsigned int count = 0;

	(void)state;
	assert_non_null(k);
	k->loop = loop;
	k->victim = calloc(1, sizeof(*k->victim));
	assert_non_null(k->victim);
	k->victim->loop = loop;
	k->victim->count = &count;
	timer_start(loop, &k->timer, 5, free_victim_and_self);
	timer_start(loop, &k->victim->timer, 5, note);
	run(loop);
	assert_int_equal(count, 0);
	loop_free(loop);
}

static void time_left_is_rounded_up(void **state)
{
	struct loop *loop = new_virtual();
	unsigned int count = 0;
	struct probe a = { .loop = loop, .count = &count };

	(void)state;
	assert_int_equal(timer_left_ms(loop, &a.timer), 0);
	timer_start(loop, &a.timer, 7, note);
	assert_int_equal(timer_left_ms(loop, &a.timer), 7);
	a.timer.due_ns -= 1;
	assert_int_equal(timer_left_ms(loop, &a.timer), 7);
	a.timer.due_ns = loop_now(loop) + 1;
	assert_int_equal(timer_left_ms(loop, &a.timer), 1);
	timer_start(loop, &a.timer, UINT64_MAX, note);
	assert_true(a.timer.due_ns == UINT64_MAX);
	timer_stop(loop, &a.timer);
	loop_free(loop);
}

static void real_clock_does_not_fire_early(void **state)
{
	struct err err = { 0 };
	struct loop *loop = loop_new(&err);
	unsigned int count = 0;
	struct probe a = { .loop = loop, .count = &count };
	uint64_t start_ns;

	(void)state;
	assert_non_null(loop);
	start_ns = loop_now(loop);
	timer_start(loop, &a.timer, 3, note);
	run(loop);
	assert_int_equal(a.fired, 1);
	assert_true(loop_now(loop) - start_ns >= 3000000);
	loop_free(loop);
}

#define MANY 100000

static struct {
	uint64_t last_ns, fired;
	bool sorted;
} many;

static void check_order(struct timer *t)
{
	if (t->due_ns < many.last_ns)
		many.sorted = false;
	many.last_ns = t->due_ns;
	many.fired++;
}

static void a_hundred_thousand_are_quick_and_in_order(void **state)
{
	struct loop *loop = new_virtual();
	struct timer *t = calloc(MANY, sizeof(*t));
	uint32_t random = 1;

	(void)state;
	assert_non_null(t);
	many.sorted = true;
	many.last_ns = many.fired = 0;
	for (size_t i = 0; i < MANY; i++) {
		random = random * 1664525 + 1013904223;
		timer_start(loop, &t[i], random >> 16, check_order);
	}
	for (size_t i = 0; i < MANY; i += 4)
		timer_stop(loop, &t[i]);
	for (size_t i = 1; i < MANY; i += 4)
		timer_start(loop, &t[i], i % 1000, check_order);
	run(loop);
	assert_true(many.sorted);
	assert_int_equal(many.fired, MANY / 4 * 3);
	free(t);
	loop_free(loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fire_by_deadline_then_by_order_of_arming),
		cmocka_unit_test(arming_again_moves),
		cmocka_unit_test(stopped_does_not_fire),
		cmocka_unit_test(delay_of_zero_waits_for_the_next_turn),
		cmocka_unit_test(callback_may_free_itself_and_others),
		cmocka_unit_test(time_left_is_rounded_up),
		cmocka_unit_test(real_clock_does_not_fire_early),
		cmocka_unit_test(a_hundred_thousand_are_quick_and_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
