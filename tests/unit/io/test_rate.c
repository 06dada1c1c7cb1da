/* SPDX-License-Identifier: Apache-2.0 */
#include "io/rate.h"

#include "lib/test.h"

#define MS    ((uint64_t)1000000)
#define START (5000 * MS)

/* Who wants `slice` bytes at a time, for ever. */
struct mover {
	struct rate_share share;
	uint64_t slice, moved;
	struct rate *rate;
	const uint64_t *now;
};

static void move(struct mover *m)
{
	while (!rate_waits(&m->share)) {
		m->moved += m->slice;
		rate_pay(m->rate, &m->share, m->slice, *m->now);
	}
}

static void on_wake(struct rate_share *s)
{
	move(container_of(s, struct mover, share));
}

static void start(struct mover *m, uint64_t slice, struct rate *r,
		  const uint64_t *now)
{
	*m = (struct mover){
		.share.wake = on_wake, .slice = slice, .rate = r, .now = now
	};
	rate_pay(r, &m->share, 0, *now);
	move(m);
}

/* Turns are given for so long, and `late` ms after they are due. */
static void run(struct rate *r, uint64_t *now, uint64_t ms, uint64_t late)
{
	uint64_t end = *now + ms * MS;

	while (*now < end) {
		uint64_t wait = rate_deal(r, *now);

		assert_true(wait);
		*now += (wait + late) * MS;
	}
}

static uint64_t alone(uint64_t per_s, uint64_t slice, uint64_t late)
{
	struct rate r = { .per_s = per_s };
	uint64_t now = START;
	struct mover m;

	start(&m, slice, &r, &now);
	run(&r, &now, 10000, late);
	rate_leave(&m.share);
	assert_int_equal(rate_deal(&r, now), 0);
	return m.moved;
}

static void a_second_moves_a_seconds_bytes(void **state)
{
	static const struct {
		const char *name;
		uint64_t per_s, slice, late;
	} rows[] = {
		{ "small slices", 100000, 1000, 0 },
		{ "slices of a third of a second", 100000, 32768, 0 },
		{ "woken late", 100000, 1000, 3 },
		{ "fast", 100000000, 32768, 1 },
		{ "slow", 2000, 512, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint64_t moved =
			alone(rows[i].per_s, rows[i].slice, rows[i].late);
		uint64_t want = rows[i].per_s * 10;
		uint64_t more = rows[i].per_s * RATE_BURST_MS / 1000 +
				RATE_TURN_MAX + rows[i].slice;

		ROW(moved <= want + more, rows[i].name);
		ROW(moved + more >= want, rows[i].name);
	}
}

/* Of those that move many bytes at a time, and few. */
static void all_move_the_same(void **state)
{
	static const uint64_t slices[] = { 32768, 100, 4096, 32768, 1 };
	struct rate r = { .per_s = 1000000 };
	struct mover m[COUNT(slices)];
	uint64_t now = START;

	(void)state;
	for (size_t i = 0; i < COUNT(m); i++)
		start(&m[i], slices[i], &r, &now);
	for (int s = 0; s < 5; s++) {
		run(&r, &now, 1000, 0);
		for (size_t i = 1; i < COUNT(m); i++)
			assert_in_range(m[i].moved,
					m[0].moved - 2 * RATE_TURN_MAX,
					m[0].moved + 2 * RATE_TURN_MAX);
	}
	assert_in_range(m[0].moved, 900000, 1100000);
}

static void who_comes_late_has_its_share_at_once(void **state)
{
	struct rate r = { .per_s = 1000000 };
	struct mover a, b;
	uint64_t now = START;
	uint64_t before;

	(void)state;
	start(&a, 32768, &r, &now);
	run(&r, &now, 3000, 0);
	before = a.moved;
	start(&b, 4096, &r, &now);
	run(&r, &now, 1000, 0);
	assert_in_range(b.moved, 430000, 570000);
	assert_in_range(a.moved - before, 430000, 570000);
}

static void a_pause_is_not_made_up_for(void **state)
{
	struct rate r = { .per_s = 1000000 };
	struct mover m;
	uint64_t now = START;

	(void)state;
	start(&m, 4096, &r, &now);
	run(&r, &now, 1000, 0);
	rate_leave(&m.share);
	now += 100000 * MS;
	start(&m, 4096, &r, &now);
	run(&r, &now, 1000, 0);
	rate_leave(&m.share);
	assert_in_range(m.moved, 950000,
			1000000 + 1000000 * RATE_BURST_MS / 1000 +
				RATE_TURN_MAX + 4096);
}

static void who_leaves_gives_its_share_to_the_others(void **state)
{
	struct rate r = { .per_s = 1000000 };
	struct mover a, b;
	uint64_t now = START;
	uint64_t before;

	(void)state;
	start(&a, 32768, &r, &now);
	start(&b, 32768, &r, &now);
	run(&r, &now, 1000, 0);
	rate_leave(&b.share);
	before = a.moved;
	run(&r, &now, 1000, 0);
	assert_in_range(a.moved - before, 900000, 1100000);
}

static void no_wake(struct rate_share *s)
{
	(void)s;
}

static void little_at_a_high_rate_waits_for_nothing(void **state)
{
	struct rate r = { .per_s = (uint64_t)1 << 40 };
	struct rate_share s = { .wake = no_wake };

	(void)state;
	rate_pay(&r, &s, 1000000, START);
	assert_int_equal(rate_deal(&r, START), 1);
	assert_int_equal(rate_deal(&r, START + MS), 0);
	for (int i = 0; i < 1000; i++) {
		rate_pay(&r, &s, 1000, START + MS);
		assert_false(rate_waits(&s));
	}
}

/* Not one of them moves before it was given a turn. */
static void many_start_no_faster_than_one(void **state)
{
	static struct mover m[1000];
	struct rate r = { .per_s = 1000000 };
	uint64_t now = START;
	uint64_t all = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(m); i++)
		start(&m[i], 32768, &r, &now);
	for (size_t i = 0; i < COUNT(m); i++)
		all += m[i].moved;
	assert_in_range(all, 1, 5 * 32768);
}

static void one_byte_a_second_and_a_large_debt_do_not_wrap(void **state)
{
	struct rate r = { .per_s = 1 };
	struct rate_share s = { 0 };
	uint64_t wait;

	(void)state;
	rate_pay(&r, &s, UINT32_MAX, 0);
	assert_true(rate_waits(&s));
	wait = rate_deal(&r, 0);
	assert_in_range(wait, 1000000, 2000000);
	assert_true(rate_deal(&r, wait * MS) >= 1000000);
	assert_true(rate_waits(&s));
	rate_leave(&s);
	rate_leave(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_second_moves_a_seconds_bytes),
		cmocka_unit_test(all_move_the_same),
		cmocka_unit_test(who_comes_late_has_its_share_at_once),
		cmocka_unit_test(a_pause_is_not_made_up_for),
		cmocka_unit_test(who_leaves_gives_its_share_to_the_others),
		cmocka_unit_test(little_at_a_high_rate_waits_for_nothing),
		cmocka_unit_test(many_start_no_faster_than_one),
		cmocka_unit_test(
			one_byte_a_second_and_a_large_debt_do_not_wrap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
