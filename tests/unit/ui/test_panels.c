/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/panels.h"

#include "lib/test.h"

#include "lib/fake_canvas.h"

enum {
	HOSTS = 5
};

static void add_title(void *arg, size_t rank, struct strbuf *out)
{
	(void)arg;
	(void)strbuf_addf(out, "n%zu: running", rank);
}

static bool is_done(void *arg, size_t rank)
{
	const bool *done = arg;

	return done[rank];
}

static size_t other(void *arg, size_t rank, int by)
{
	(void)arg;
	if ((rank == 0 && by < 0) || (rank + 1 == HOSTS && by > 0))
		return rank;
	return by > 0 ? rank + 1 : rank - 1;
}

/* Of three that are in sight. */
static bool nth(void *arg, size_t i, size_t *rank)
{
	(void)arg;
	*rank = i + 1;
	return i < 3;
}

static const char *name(void *arg, size_t rank)
{
	static const char *const names[] = { "n0", "n1", "n2", "n3", "n4" };

	(void)arg;
	return names[rank];
}

/* Of one. */
static const char *why(void *arg, size_t rank)
{
	(void)arg;
	return rank == 3 ? "Connection \033[2Jrefused" : NULL;
}

struct rig {
	struct panel_model model;
	struct panels *panels;
	struct fake_canvas canvas;
	bool done[HOSTS];
};

static void set_up(struct rig *rig)
{
	*rig = (struct rig){ .model = { .title = add_title,
					.is_done = is_done,
					.other = other,
					.nth = nth,
					.name = name,
					.output = scrollback_new(HOSTS),
					.nhosts = HOSTS,
					.arg = rig->done } };
	rig->panels = panels_new(&rig->model);
}

static void tear_down(struct rig *rig)
{
	panels_free(rig->panels);
	scrollback_free(rig->model.output);
}

static void add(struct rig *rig, size_t rank, enum stream s, const char *text)
{
	assert_int_equal(scrollback_add(rig->model.output, rank, s, text,
					strlen(text), NULL),
			 0);
}

static bool key(struct rig *rig, enum key_kind kind)
{
	struct key k = { .kind = kind };

	return panels_key(rig->panels, &k);
}

static bool type(struct rig *rig, const char *chars)
{
	bool taken = true;

	for (; *chars; chars++) {
		struct key k = { .kind = KEY_CHAR,
				 .code = (unsigned char)*chars };

		taken = panels_key(rig->panels, &k) && taken;
	}
	return taken;
}

static void is(struct rig *rig, size_t rows, size_t cols, const char *want)
{
	struct canvas_area a = fake_canvas_init(&rig->canvas, rows, cols);

	while (panels_busy(rig->panels))
		panels_work(rig->panels);
	panels_draw(rig->panels, &a);
	assert_string_equal(fake_canvas_show(&rig->canvas, &a), want);
}

static void detail_follows_scrolls_and_searches(void **state)
{
	static struct rig rig;

	(void)state;
	set_up(&rig);
	assert_false(panels_open(rig.panels));
	assert_false(key(&rig, KEY_ESC));
	for (int i = 1; i < 10; i++) {
		char line[32];

		(void)snprintf(line, sizeof(line), "line %d\n", i);
		add(&rig, 1, STREAM_OUT, line);
	}
	add(&rig, 1, STREAM_ERR, "\033]0;x\007oh \033[31mno\n");
	panels_detail(rig.panels, 1);
	is(&rig, 6, 40,
	   "[ n1: running [following]                ]\n"
	   " line 7\n"
	   " line 8\n"
	   " line 9\n"
	   "!oh no\n"
	   "Esc back  f follow  / search  Left Right\n");
	assert_true(key(&rig, KEY_PAGE_UP));
	assert_true(key(&rig, KEY_UP));
	is(&rig, 6, 40,
	   "[ n1: running                            ]\n"
	   " line 3\n"
	   " line 4\n"
	   " line 5\n"
	   " line 6\n"
	   "Esc back  f follow  / search  Left Right\n");
	assert_true(type(&rig, "/NE"));
	assert_true(key(&rig, KEY_BACKSPACE));
	assert_true(type(&rig, "o"));
	is(&rig, 4, 20,
	   "[ n1: running        ]\n"
	   " line 3\n"
	   " line 4\n"
	   "/No\n");
	assert_true(key(&rig, KEY_ENTER));
	is(&rig, 4, 20,
	   "[ n1: running        ]\n"
	   " line 9\n"
	   "!oh [no]\n"
	   "Esc back  f follow\n");
	assert_true(type(&rig, "n"));
	is(&rig, 4, 40,
	   "[ n1: running                            ]\n"
	   " line 9\n"
	   "!oh [no]\n"
	   "search hit the end, on at the top\n");
	assert_true(type(&rig, "N"));
	is(&rig, 4, 40,
	   "[ n1: running                            ]\n"
	   " line 9\n"
	   "!oh [no]\n"
	   "search hit the top, on at the end\n");
	/* The keys come back with the next one. */
	assert_true(key(&rig, KEY_UP));
	is(&rig, 4, 20,
	   "[ n1: running        ]\n"
	   " line 8\n"
	   " line 9\n"
	   "Esc back  f follow\n");
	assert_true(type(&rig, "/nowhere"));
	assert_true(key(&rig, KEY_ENTER));
	is(&rig, 4, 20,
	   "[ n1: running        ]\n"
	   " line 8\n"
	   " line 9\n"
	   "not found\n");
	assert_true(key(&rig, KEY_RIGHT));
	is(&rig, 4, 30,
	   "[ n2: running [following]      ]\n"
	   "\n"
	   "\n"
	   "Esc back  f follow  / search\n");
	assert_false(type(&rig, "x"));
	assert_false(key(&rig, KEY_ENTER));
	assert_true(key(&rig, KEY_ESC));
	assert_false(panels_open(rig.panels));
	tear_down(&rig);
}

static void why_it_failed_is_told_last(void **state)
{
	static struct rig rig;

	(void)state;
	set_up(&rig);
	rig.model.why = why;
	panels_detail(rig.panels, 3);
	is(&rig, 5, 40,
	   "[ n3: running [following]                ]\n"
	   "*Connection \\033[2Jrefused\n"
	   "\n"
	   "\n"
	   "Esc back  f follow  / search  Left Right\n");
	add(&rig, 3, STREAM_OUT, "one\ntwo");
	is(&rig, 5, 40,
	   "[ n3: running [following]                ]\n"
	   " one\n"
	   " two\n"
	   "*Connection \\033[2Jrefused\n"
	   "Esc back  f follow  / search  Left Right\n");
	/* It is begun again. */
	rig.model.why = NULL;
	scrollback_clear(rig.model.output, 3);
	is(&rig, 5, 40,
	   "[ n3: running [following]                ]\n"
	   "\n"
	   "\n"
	   "\n"
	   "Esc back  f follow  / search  Left Right\n");
	tear_down(&rig);
}

static void several_hosts_stand_beside_each_other(void **state)
{
	static const size_t ranks[] = { 0, 1, 2 };
	static struct rig rig;

	(void)state;
	set_up(&rig);
	add(&rig, 0, STREAM_OUT, "zero\n");
	add(&rig, 1, STREAM_OUT, "one\n");
	add(&rig, 2, STREAM_OUT, "two\n");
	panels_split(rig.panels, ranks, 3);
	is(&rig, 7, 30,
	   "[>n0: running [following]      ]\n"
	   " zero\n"
	   "[ n1: running [following]      ]\n"
	   " one\n"
	   "[ n2: running [following]      ]\n"
	   " two\n"
	   "Esc back  Tab next  f follow\n");
	assert_true(key(&rig, KEY_TAB));
	assert_true(type(&rig, "f"));
	is(&rig, 5, 80,
	   "[ n0: running [following]               ] [>n1: running                            ]\n"
	   " zero                                    one\n"
	   "[ n2: running [following]               ]\n"
	   " two\n"
	   "Esc back  Tab next  f follow  / search  n N\n");
	assert_int_equal(panels_host(rig.panels), 1);
	assert_true(key(&rig, KEY_BACKTAB));
	assert_true(key(&rig, KEY_BACKTAB));
	assert_int_equal(panels_host(rig.panels), 2);
	assert_true(key(&rig, KEY_LEFT));
	assert_true(type(&rig, "q"));
	assert_false(panels_open(rig.panels));
	tear_down(&rig);
}

static void what_has_no_place_is_reached_with_tab(void **state)
{
	static const size_t ranks[] = { 0, 1, 2, 3 };
	static struct rig rig;

	(void)state;
	set_up(&rig);
	for (size_t i = 0; i < 4; i++)
		add(&rig, i, STREAM_OUT, name(NULL, i));
	panels_split(rig.panels, ranks, 4);
	is(&rig, 6, 30,
	   "[>n0: running [following]      ]\n"
	   " n0\n"
	   "[ n1: running [following]      ]\n"
	   " n1\n"
	   "\n"
	   "Tab next, 1 of 4  Esc back\n");
	assert_true(key(&rig, KEY_TAB));
	assert_true(key(&rig, KEY_TAB));
	is(&rig, 6, 30,
	   "[ n1: running [following]      ]\n"
	   " n1\n"
	   "[>n2: running [following]      ]\n"
	   " n2\n"
	   "\n"
	   "Tab next, 3 of 4  Esc back\n");
	assert_true(key(&rig, KEY_BACKTAB));
	assert_true(key(&rig, KEY_BACKTAB));
	is(&rig, 3, 30,
	   "[>n0: running [following]      ]\n"
	   " n0\n"
	   "Tab next, 1 of 4  Esc back\n");
	is(&rig, 6, 80,
	   "[>n0: running [following]               ] [ n1: running [following]                ]\n"
	   " n0                                      n1\n"
	   "[ n2: running [following]               ] [ n3: running [following]                ]\n"
	   " n2                                      n3\n"
	   "\n"
	   "Esc back  Tab next  f follow  / search  n N\n");
	tear_down(&rig);
}

static void numbers_open_hosts(void **state)
{
	static const size_t ranks[] = { 4, 3 };
	static struct rig rig;

	(void)state;
	set_up(&rig);
	panels_split(rig.panels, ranks, 2);
	assert_true(type(&rig, "3"));
	assert_int_equal(panels_host(rig.panels), 4);
	assert_true(type(&rig, "2"));
	is(&rig, 3, 30,
	   "[ n3: running [following]      ]\n"
	   "\n"
	   "Esc back  f follow  / search\n");
	assert_true(type(&rig, "1"));
	assert_int_equal(panels_host(rig.panels), 1);
	assert_true(type(&rig, "9"));
	assert_int_equal(panels_host(rig.panels), 1);
	assert_false(type(&rig, "0"));
	panels_diff(rig.panels, 0, 1);
	assert_true(type(&rig, "3"));
	is(&rig, 3, 30,
	   "[ n3 against n0                ]\n"
	   "\n"
	   "the output is the same\n");
	tear_down(&rig);
}

static void differences_are_shown(void **state)
{
	static struct rig rig;

	(void)state;
	set_up(&rig);
	for (size_t i = 0; i < HOSTS; i++) {
		add(&rig, i, STREAM_OUT, i == 3 ? "a\nB\nc\n" : "a\nb\nc\n");
		add(&rig, i, STREAM_ERR, i == 3 ? "oops\n" : "");
	}
	panels_diff(rig.panels, SIZE_MAX, 3);
	is(&rig, 4, 50,
	   "[ n3                                               ]\n"
	   "\n"
	   "\n"
	   "no host is done yet\n");
	for (size_t i = 0; i < HOSTS; i++)
		rig.done[i] = true;
	panels_diff(rig.panels, SIZE_MAX, 3);
	is(&rig, 10, 50,
	   "[ n3 against n0, as which 4 have printed           ]\n"
	   " @@ -1,3 +1,3 @@\n"
	   "  a\n"
	   " -b\n"
	   " +B\n"
	   "  c\n"
	   " @@ -0,0 +1 @@\n"
	   " +oops\n"
	   "\n"
	   "Esc back  Left Right host  / search  n N\n");
	assert_true(key(&rig, KEY_RIGHT));
	is(&rig, 4, 50,
	   "[ n4 against n0, as which 4 have printed           ]\n"
	   "\n"
	   "\n"
	   "the output is the same\n");
	panels_diff(rig.panels, 3, 2);
	assert_true(key(&rig, KEY_END));
	is(&rig, 5, 30,
	   "[ n2 against n3                ]\n"
	   "  c\n"
	   " @@ -1 +0,0 @@\n"
	   " -oops\n"
	   "Esc back  Left Right host\n");
	/* Too much of it. */
	for (int i = 0; i < 100; i++) {
		static char text[100001];

		memset(text, 'x', 100000);
		add(&rig, 2, STREAM_OUT, text);
	}
	panels_diff(rig.panels, 3, 2);
	is(&rig, 3, 60,
	   "[ n2 against n3                                              ]\n"
	   "\n"
	   "more than 100000 lines or 4 MiB are not compared\n");
	tear_down(&rig);
}

static void a_comparison_that_takes_long_ends_with_any_key(void **state)
{
	static const struct key keys[] = {
		{ .kind = KEY_ESC },
		{ .kind = KEY_CHAR, .code = 'q' },
		{ .kind = KEY_CHAR, .code = 'x' },
		{ .kind = KEY_RIGHT },
	};
	struct rig rig;
	struct canvas_area a;

	(void)state;
	set_up(&rig);
	for (int i = 0; i < 20000; i++)
		add(&rig, 0, STREAM_OUT, "line\n");
	for (size_t i = 0; i < COUNT(keys); i++) {
		panels_diff(rig.panels, 0, 3);
		assert_true(panels_busy(rig.panels));
		assert_true(panels_takes_all(rig.panels));
		a = fake_canvas_init(&rig.canvas, 4, 40);
		panels_draw(rig.panels, &a);
		assert_non_null(strstr(fake_canvas_show(&rig.canvas, &a),
				       "working ... any key ends that"));
		panels_work(rig.panels);
		assert_true(panels_key(rig.panels, &keys[i]));
		assert_false(panels_open(rig.panels));
		assert_false(panels_busy(rig.panels));
	}
	panels_diff(rig.panels, 0, 3);
	while (panels_busy(rig.panels))
		panels_work(rig.panels);
	assert_true(panels_open(rig.panels));
	assert_false(panels_takes_all(rig.panels));
	tear_down(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(detail_follows_scrolls_and_searches),
		cmocka_unit_test(why_it_failed_is_told_last),
		cmocka_unit_test(several_hosts_stand_beside_each_other),
		cmocka_unit_test(what_has_no_place_is_reached_with_tab),
		cmocka_unit_test(numbers_open_hosts),
		cmocka_unit_test(differences_are_shown),
		cmocka_unit_test(
			a_comparison_that_takes_long_ends_with_any_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
