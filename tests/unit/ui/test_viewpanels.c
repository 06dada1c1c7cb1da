/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which hosts a key opens, without a screen.
 */
#include "ui/viewpanels.h"

#include "lib/test.h"

#include "io/loop.h"
#include "ui/hosttable.h"
#include "ui/keys.h"

#define N 8

struct rig {
	struct targets targets;
	struct panel_world world;
	struct viewpanels *vp;
	struct panel *panel; /* what the last key of the list opened */
};

static void set_up(struct rig *rig)
{
	*rig = (struct rig){ 0 };
	for (int i = 0; i < N; i++) {
		char name[8];

		(void)snprintf(name, sizeof(name), "n%d", i);
		assert_int_equal(targets_add(&rig->targets, name, NULL, NULL),
				 0);
	}
	rig->world.loop = loop_new_virtual(NULL);
	rig->world.hosts = hosttable_new(&rig->targets);
	hosttable_update(rig->world.hosts, 1);
	(void)hosttable_top(rig->world.hosts, 5);
	rig->vp = viewpanels_new(&rig->world);
}

static void tear_down(struct rig *rig)
{
	viewpanels_free(rig->vp);
	hosttable_free(rig->world.hosts);
	loop_free(rig->world.loop);
	targets_release(&rig->targets);
}

/* A key of the list; false: it opens nothing. */
static bool opens(struct rig *rig, enum key_kind kind, char c)
{
	const struct key k = { .kind = kind, .code = (unsigned char)c };

	rig->panel = viewpanels_key(rig->vp, &k);
	return rig->panel;
}

/* A key of what is open. */
static bool takes(struct rig *rig, enum key_kind kind, char c)
{
	const struct key k = { .kind = kind, .code = (unsigned char)c };

	return rig->panel->ops->key(rig->panel, &k);
}

static size_t host(struct rig *rig)
{
	size_t rank = 99;

	assert_true(rig->panel->ops->host(rig->panel, &rank));
	return rank;
}

/* The hosts that are side by side, as digits. */
static const char *side_by_side(struct rig *rig)
{
	static char ranks[N + 1];
	size_t first = host(rig);
	size_t n = 0;

	do {
		ranks[n++] = (char)('0' + host(rig));
		assert_true(takes(rig, KEY_TAB, 0));
	} while (host(rig) != first && n < N);
	ranks[n] = '\0';
	return ranks;
}

static void mark(struct rig *rig, size_t rank)
{
	assert_true(hosttable_go(rig->world.hosts, rank));
	hosttable_mark(rig->world.hosts);
}

static void enter_and_numbers_open_one(void **state)
{
	struct rig rig;

	(void)state;
	set_up(&rig);
	hosttable_move(rig.world.hosts, 2);
	assert_true(opens(&rig, KEY_ENTER, 0));
	assert_int_equal(host(&rig), 2);
	assert_true(takes(&rig, KEY_RIGHT, 0));
	assert_int_equal(host(&rig), 3);
	/* The cursor of the list goes with it. */
	assert_int_equal(hosttable_cursor(rig.world.hosts), 3);
	assert_true(opens(&rig, KEY_CHAR, '5'));
	assert_int_equal(host(&rig), 4);
	assert_int_equal(hosttable_cursor(rig.world.hosts), 4);
	assert_true(takes(&rig, KEY_CHAR, '1'));
	assert_int_equal(host(&rig), 0);
	assert_true(takes(&rig, KEY_LEFT, 0));
	assert_int_equal(host(&rig), 0);
	/* Five are in sight. */
	assert_false(opens(&rig, KEY_CHAR, '6'));
	assert_false(opens(&rig, KEY_CHAR, '0'));
	assert_false(opens(&rig, KEY_CHAR, 'x'));
	assert_false(opens(&rig, KEY_DOWN, 0));
	tear_down(&rig);
}

static void s_splits_those_below_or_marked(void **state)
{
	struct rig rig;

	(void)state;
	set_up(&rig);
	hosttable_move(rig.world.hosts, 1);
	assert_true(opens(&rig, KEY_CHAR, 's'));
	assert_string_equal(side_by_side(&rig), "1234");
	/* At the end of the list those above it. */
	hosttable_move(rig.world.hosts, N);
	assert_true(opens(&rig, KEY_CHAR, 's'));
	assert_string_equal(side_by_side(&rig), "4567");
	mark(&rig, 6);
	mark(&rig, 2);
	assert_true(opens(&rig, KEY_CHAR, 's'));
	assert_string_equal(side_by_side(&rig), "26");
	for (size_t i = 3; i < 6; i++)
		mark(&rig, i);
	assert_true(opens(&rig, KEY_CHAR, 's'));
	assert_string_equal(side_by_side(&rig), "2345");
	/* Marks of what is not shown count. */
	hosttable_set_text(rig.world.hosts, "n7");
	hosttable_update(rig.world.hosts, 2);
	assert_true(opens(&rig, KEY_CHAR, 's'));
	assert_string_equal(side_by_side(&rig), "2345");
	hosttable_unmark(rig.world.hosts);
	assert_true(opens(&rig, KEY_CHAR, 's'));
	assert_string_equal(side_by_side(&rig), "7");
	hosttable_set_text(rig.world.hosts, "nobody");
	hosttable_update(rig.world.hosts, 3);
	assert_false(opens(&rig, KEY_CHAR, 's'));
	assert_false(opens(&rig, KEY_ENTER, 0));
	tear_down(&rig);
}

static void d_compares_two_that_are_marked(void **state)
{
	struct rig rig;

	(void)state;
	set_up(&rig);
	assert_true(opens(&rig, KEY_CHAR, 'd'));
	assert_int_equal(host(&rig), 0);
	mark(&rig, 5);
	assert_true(opens(&rig, KEY_CHAR, 'd'));
	assert_int_equal(host(&rig), 5);
	mark(&rig, 3);
	hosttable_move(rig.world.hosts, -N);
	assert_true(opens(&rig, KEY_CHAR, 'd'));
	assert_int_equal(host(&rig), 5);
	mark(&rig, 1);
	assert_true(opens(&rig, KEY_CHAR, 'd'));
	assert_int_equal(host(&rig), 1);
	tear_down(&rig);
}

/* Esc and q are the view's, unless a text is typed. */
static void esc_and_q_are_left_to_the_view(void **state)
{
	struct rig rig;

	(void)state;
	set_up(&rig);
	assert_true(opens(&rig, KEY_ENTER, 0));
	assert_false(takes(&rig, KEY_ESC, 0));
	assert_false(takes(&rig, KEY_CHAR, 'q'));
	assert_false(takes(&rig, KEY_CHAR, 'k'));
	assert_true(takes(&rig, KEY_CHAR, '/'));
	assert_true(takes(&rig, KEY_CHAR, 'q'));
	assert_true(takes(&rig, KEY_CHAR, 'k'));
	assert_true(takes(&rig, KEY_ESC, 0));
	assert_false(takes(&rig, KEY_ESC, 0));
	rig.panel->ops->closed(rig.panel);
	tear_down(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(enter_and_numbers_open_one),
		cmocka_unit_test(s_splits_those_below_or_marked),
		cmocka_unit_test(d_compares_two_that_are_marked),
		cmocka_unit_test(esc_and_q_are_left_to_the_view),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
