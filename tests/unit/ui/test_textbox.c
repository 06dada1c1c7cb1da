/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/textbox.h"

#include "lib/test.h"

#include "lib/fake_canvas.h"

static void is(struct textbox *b, const char *want)
{
	static struct fake_canvas c;
	struct canvas_area a = fake_canvas_init(&c, 5, 24);

	textbox_draw(b, &a);
	assert_string_equal(fake_canvas_show(&c, &a), want);
}

static void add(struct textbox *b, const char *lines)
{
	textbox_add(b, lines, strlen(lines));
}

static bool type(struct textbox *b, enum key_kind kind)
{
	struct key k = { .kind = kind };

	return textbox_key(b, &k);
}

static void it_takes_the_rows_it_needs(void **state)
{
	struct textbox b;

	(void)state;
	textbox_init(&b);
	textbox_begin(&b, ":all");
	add(&b, "one\n\033[31mtwo\n");
	is(&b, "\n\n[ :all   q closes  arrows]\none\ntwo\n");
	/* A line that is too wide has more rows. */
	add(&b, "1234567890 1234567890 1234567890\n");
	is(&b, "[ :all   q closes  arrows]\none\ntwo\n"
	       "1234567890 1234567890 12\n34567890\n");
	add(&b, "end\n");
	assert_true(type(&b, KEY_DOWN));
	is(&b, "[ :all   q closes  arrows]\ntwo\n"
	       "1234567890 1234567890 12\n34567890\nend\n");
	assert_false(type(&b, KEY_ESC));
	textbox_begin(&b, ":x");
	add(&b, "new");
	is(&b, "\n\n\n[ :x   q closes  arrows S]\nnew\n");
	textbox_release(&b);
}

static void what_is_too_much_is_forgotten(void **state)
{
	struct textbox b;

	(void)state;
	textbox_init(&b);
	textbox_begin(&b, ":x");
	for (int i = 0; i < TEXTBOX_MAX; i++)
		add(&b, "line\n");
	assert_int_equal(b.lines.n, TEXTBOX_MAX);
	add(&b, "more\n");
	is(&b,
	   "\n[ :x   q closes  arrows S]\n(lines before are forgot\nten)\nmore\n");
	textbox_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_takes_the_rows_it_needs),
		cmocka_unit_test(what_is_too_much_is_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
