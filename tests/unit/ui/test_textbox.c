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
	is(&b, "\n\n[ :all   q closes        ]\none\ntwo\n");
	/* A line that is too wide has more rows. */
	add(&b, "1234567890 1234567890 1234567890\n");
	is(&b, "[ :all   q closes        ]\none\ntwo\n"
	       "1234567890 1234567890 12\n34567890\n");
	add(&b, "end\n");
	assert_true(type(&b, KEY_DOWN));
	is(&b, "[ :all   q closes        ]\ntwo\n"
	       "1234567890 1234567890 12\n34567890\nend\n");
	assert_false(type(&b, KEY_ESC));
	textbox_begin(&b, ":x");
	add(&b, "new");
	is(&b, "\n\n\n[ :x   q closes          ]\nnew\n");
	textbox_release(&b);
}

/* Of keys and a title that have no room together the title is cut. */
static void how_it_closes_is_always_told(void **state)
{
	static const struct {
		size_t cols;
		const char *title, *bar;
	} rows[] = {
		{ 48, ":put tree there",
		  "[ :put tree there   q closes  arrows Space scroll]" },
		{ 46, ":put tree there",
		  "[ :put tree there   q closes                   ]" },
		{ 27, ":put tree there", "[ :put tree there   q closes]" },
		{ 26, ":put tree there", "[ :put tree t...   q closes]" },
		{ 24, ":put a\033b there", "[ :put a\\03...   q closes]" },
		{ 15, ":put tree", "[ ...   q closes]" },
		{ 3, ":put tree", "[   ]" },
		{ 1, ":put tree", "[ ]" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		static struct fake_canvas c;
		struct canvas_area a = fake_canvas_init(&c, 2, rows[i].cols);
		struct textbox b;

		textbox_init(&b);
		textbox_begin(&b, rows[i].title);
		textbox_draw(&b, &a);
		ROW(!strncmp(fake_canvas_show(&c, &a) + 1, rows[i].bar,
			     strlen(rows[i].bar)),
		    rows[i].bar);
		textbox_release(&b);
	}
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
	   "\n[ :x   q closes          ]\n(lines before are forgot\nten)\nmore\n");
	textbox_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_takes_the_rows_it_needs),
		cmocka_unit_test(how_it_closes_is_always_told),
		cmocka_unit_test(what_is_too_much_is_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
