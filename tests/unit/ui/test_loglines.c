/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/loglines.h"

#include "lib/test.h"

#include "lib/fake_canvas.h"

static bool type(struct loglines *l, char c)
{
	struct key k = { .kind = KEY_CHAR, .code = (unsigned char)c };

	return loglines_key(l, &k);
}

static void is(struct loglines *l, const char *want)
{
	static struct fake_canvas c;
	struct canvas_area a = fake_canvas_init(&c, 4, 30);

	loglines_draw(l, &a);
	assert_string_equal(fake_canvas_show(&c, &a), want);
}

static void add(struct loglines *l, int i)
{
	char line[40];

	(void)snprintf(line, sizeof(line), "rsh: message %d\n", i);
	loglines_add(l, line, strlen(line), 3600 + i);
}

static void messages_are_shown_and_scrolled(void **state)
{
	struct loglines *l = loglines_new();

	(void)state;
	assert_int_equal(loglines_want(l, 24), 0);
	assert_false(type(l, 'j'));
	assert_true(type(l, 'l'));
	is(l, "[ log  j k move  + - size      ]\nno messages yet\n\n\n");
	for (int i = 1; i < 6; i++)
		add(l, i);
	is(l, "[ log  j k move  + - size      ]\n"
	      "rsh: message 3\n"
	      "rsh: message 4\n"
	      "rsh: message 5\n");
	assert_true(type(l, 'k'));
	add(l, 6);
	is(l, "[ log  j k move  + - size      ]\n"
	      "rsh: message 2\n"
	      "rsh: message 3\n"
	      "rsh: message 4\n");
	assert_true(type(l, 'j'));
	assert_true(type(l, 'j'));
	add(l, 7);
	is(l, "[ log  j k move  + - size      ]\n"
	      "rsh: message 5\n"
	      "rsh: message 6\n"
	      "rsh: message 7\n");
	assert_true(type(l, 't'));
	is(l, "[ log  j k move  + - size      ]\n"
	      "01:00:05 rsh: message 5\n"
	      "01:00:06 rsh: message 6\n"
	      "01:00:07 rsh: message 7\n");
	assert_false(type(l, 'x'));
	assert_true(type(l, 'l'));
	assert_int_equal(loglines_want(l, 24), 0);
	loglines_free(l);
	loglines_free(NULL);
}

static void only_the_newest_are_kept(void **state)
{
	struct loglines *l = loglines_new();

	(void)state;
	(void)type(l, 'l');
	for (int i = 0; i < 3 * LOGLINES_MAX; i++)
		add(l, i);
	is(l, "[ log  j k move  + - size      ]\n"
	      "rsh: message 2997\n"
	      "rsh: message 2998\n"
	      "rsh: message 2999\n");
	/* What is looked at moves up with its lines. */
	for (int i = 0; i < 10; i++)
		(void)type(l, 'k');
	add(l, 3000);
	add(l, 3001);
	is(l, "[ log  j k move  + - size      ]\n"
	      "rsh: message 2987\n"
	      "rsh: message 2988\n"
	      "rsh: message 2989\n");
	loglines_free(l);
}

static void what_has_no_place_takes_no_keys(void **state)
{
	struct loglines *l = loglines_new();

	(void)state;
	assert_true(type(l, 'l'));
	assert_int_equal(loglines_want(l, 3), 0);
	assert_false(type(l, 'k'));
	assert_false(type(l, 't'));
	assert_int_equal(loglines_want(l, 6), 3);
	assert_true(type(l, 'k'));
	assert_true(type(l, 'l'));
	assert_false(type(l, 'k'));
	loglines_free(l);
}

static void its_size_is_bounded(void **state)
{
	static const struct {
		size_t rows;
		size_t less, usual, more;
	} rows[] = {
		{ 0, 0, 0, 0 },	  { 3, 0, 0, 0 },
		{ 4, 2, 2, 2 },	  { 6, 3, 3, 3 }, /* of the smallest screen */
		{ 10, 3, 5, 5 },  { 12, 3, 6, 7 },
		{ 20, 3, 6, 15 }, { 100, 3, 6, 30 },
	};
	struct loglines *l = loglines_new();

	(void)state;
	(void)type(l, 'l');
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(loglines_want(l, rows[i].rows), rows[i].usual);
	for (int i = 0; i < 50; i++)
		(void)type(l, '-');
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(loglines_want(l, rows[i].rows), rows[i].less);
	for (int i = 0; i < 50; i++)
		(void)type(l, '+');
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(loglines_want(l, rows[i].rows), rows[i].more);
	loglines_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_are_shown_and_scrolled),
		cmocka_unit_test(only_the_newest_are_kept),
		cmocka_unit_test(what_has_no_place_takes_no_keys),
		cmocka_unit_test(its_size_is_bounded),
	};

	(void)setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
