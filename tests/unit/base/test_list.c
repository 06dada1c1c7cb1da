/* SPDX-License-Identifier: Apache-2.0 */
#include "base/list.h"

#include "lib/test.h"

struct item {
	int value;
	struct list node;
};

/* The values in order, as a decimal number. */
static int digits(struct list *head)
{
	int n = 0;

	list_for_each (pos, head)
		n = n * 10 + container_of(pos, struct item, node)->value;
	return n;
}

static void append_keeps_order(void **state)
{
	struct item a = { .value = 1 };
	struct item b = { .value = 2 };
	struct item c = { .value = 3 };
	struct list head;

	(void)state;
	list_init(&head);
	assert_true(list_empty(&head));
	list_append(&head, &a.node);
	list_append(&head, &b.node);
	list_append(&head, &c.node);
	assert_false(list_empty(&head));
	assert_int_equal(digits(&head), 123);
}

static void removing_twice_is_harmless(void **state)
{
	struct item a = { .value = 1 };
	struct item b = { .value = 2 };
	struct item c = { .value = 3 };
	struct list head;

	(void)state;
	list_init(&head);
	list_append(&head, &a.node);
	list_append(&head, &b.node);
	list_append(&head, &c.node);
	list_remove(&b.node);
	list_remove(&b.node);
	assert_int_equal(digits(&head), 13);
	list_append(&head, &b.node);
	assert_int_equal(digits(&head), 132);
}

static void walk_may_remove_the_current(void **state)
{
	struct item items[9];
	struct list head;

	(void)state;
	list_init(&head);
	for (int i = 0; i < 9; i++) {
		items[i].value = i + 1;
		list_append(&head, &items[i].node);
	}
	list_for_each_safe (pos, after, &head) {
		if (container_of(pos, struct item, node)->value % 2)
			list_remove(pos);
	}
	assert_int_equal(digits(&head), 2468);
}

static void take_leaves_nothing_behind(void **state)
{
	struct item items[3];
	struct list from, to;

	(void)state;
	list_init(&from);
	list_take(&to, &from);
	assert_true(list_empty(&to));
	for (int i = 0; i < 3; i++) {
		items[i].value = i + 1;
		list_append(&from, &items[i].node);
	}
	list_take(&to, &from);
	assert_true(list_empty(&from));
	assert_int_equal(digits(&to), 123);
	list_remove(&items[1].node);
	list_append(&from, &items[1].node);
	assert_int_equal(digits(&to), 13);
	assert_int_equal(digits(&from), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(append_keeps_order),
		cmocka_unit_test(removing_twice_is_harmless),
		cmocka_unit_test(walk_may_remove_the_current),
		cmocka_unit_test(take_leaves_nothing_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
