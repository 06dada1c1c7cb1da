/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/helppage.h"

#include "lib/test.h"

#include "lib/fake_canvas.h"

static const char *show(struct helppage *h, size_t rows, size_t cols)
{
	static struct fake_canvas c;
	struct canvas_area a = fake_canvas_init(&c, rows, cols);

	helppage_draw(h, &a);
	return fake_canvas_show(&c, &a);
}

static bool type(struct helppage *h, enum key_kind kind, char c)
{
	struct key k = { .kind = kind, .code = (unsigned char)c };

	return helppage_key(h, &k);
}

static void it_is_scrolled_where_place_is_small(void **state)
{
	struct helppage h;

	(void)state;
	helppage_init(&h);
	assert_string_equal(show(&h, 2, 40),
			    " Up Down PgUp PgDn Home End  move\n"
			    " / n N   search, next, previous\n");
	assert_true(type(&h, KEY_DOWN, 0));
	assert_string_equal(show(&h, 2, 40),
			    " / n N   search, next, previous\n"
			    " o a &   order, filter, filter by text\n");
	assert_true(type(&h, KEY_END, 0));
	assert_string_equal(show(&h, 3, 40),
			    " arrows Space g G    scroll\n"
			    " f / n N follow, search, next, previous\n"
			    " Tab Left Right 1-9  another; Esc back\n");
	assert_true(type(&h, KEY_HOME, 0));
	assert_true(type(&h, KEY_CHAR, ' '));
	assert_false(type(&h, KEY_CHAR, 'k'));
	assert_false(type(&h, KEY_ESC, 0));
	helppage_release(&h);
}

static void no_line_is_cut_or_wrapped_at_40_columns(void **state)
{
	struct helppage h;
	char wide[8192];

	(void)state;
	helppage_init(&h);
	(void)snprintf(wide, sizeof(wide), "%s", show(&h, 30, 100));
	assert_non_null(strstr(wide, "Esc back\n"));
	assert_string_equal(show(&h, 30, 40), wide);
	helppage_release(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_scrolled_where_place_is_small),
		cmocka_unit_test(no_line_is_cut_or_wrapped_at_40_columns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
