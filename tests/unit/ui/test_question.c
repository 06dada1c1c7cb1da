/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/question.h"

#include "lib/test.h"

#include "base/alloc.h"
#include "lib/fake_canvas.h"

struct rig {
	struct loop *loop;
	struct question_box *box;
	char told[200];
	const struct prompt *again; /* to be asked from inside */
	int changes;
};

static const struct prompt seen = { .text = "Seen: ", .echo = true };
static const struct prompt secret = { .text = "Secret: " };

static void answered(void *arg, char *answer)
{
	struct rig *rig = arg;
	size_t n = strlen(rig->told);

	(void)snprintf(rig->told + n, sizeof(rig->told) - n, "%s;",
		       answer ? answer : "none");
	secret_free(answer);
	if (rig->again)
		question_box_ask(rig->box, rig->again, answered, rig);
	rig->again = NULL;
}

static void changed(void *arg)
{
	struct rig *rig = arg;

	rig->changes++;
}

static void set_up(struct rig *rig)
{
	*rig = (struct rig){ .loop = loop_new(NULL) };
	rig->box = question_box_new(rig->loop, changed, rig);
}

static void tear_down(struct rig *rig)
{
	question_box_free(rig->box);
	loop_free(rig->loop);
}

/* Let what was deferred happen. */
static void turn(struct rig *rig)
{
	for (int i = 0; i < 4; i++)
		(void)loop_turn(rig->loop, false, NULL);
}

static void type(struct rig *rig, const char *text)
{
	question_box_type(rig->box, text, strlen(text));
}

static void ask(struct rig *rig, const struct prompt *q)
{
	question_box_ask(rig->box, q, answered, rig);
}

static void an_answer_comes_on_a_later_turn(void **state)
{
	struct rig rig;

	(void)state;
	set_up(&rig);
	assert_false(question_box_asking(rig.box));
	type(&rig, "lost");
	rig.again = &seen;
	ask(&rig, &secret);
	assert_true(question_box_asking(rig.box));
	type(&rig, "se");
	type(&rig, "cr\303\251");
	question_box_key(rig.box, QUESTION_BACKSPACE);
	type(&rig, "et");
	type(&rig, "\033[A");
	question_box_key(rig.box, QUESTION_ENTER);
	assert_string_equal(rig.told, "");
	/* What comes meanwhile is nobody else's. */
	assert_true(question_box_asking(rig.box));
	type(&rig, "too late");
	question_box_key(rig.box, QUESTION_ENTER);
	turn(&rig);
	assert_string_equal(rig.told, "secret;");
	assert_true(question_box_asking(rig.box));
	type(&rig, "x");
	question_box_key(rig.box, QUESTION_KILL);
	question_box_key(rig.box, QUESTION_BACKSPACE);
	question_box_key(rig.box, QUESTION_ENTER);
	turn(&rig);
	assert_string_equal(rig.told, "secret;;");
	assert_false(question_box_asking(rig.box));
	assert_true(rig.changes > 8);
	tear_down(&rig);
}

static void the_end_of_input_is_no_answer(void **state)
{
	struct rig rig;

	(void)state;
	set_up(&rig);
	ask(&rig, &secret);
	type(&rig, "x");
	question_box_key(rig.box, QUESTION_END);
	question_box_key(rig.box, QUESTION_BACKSPACE);
	question_box_key(rig.box, QUESTION_END);
	turn(&rig);
	assert_string_equal(rig.told, "none;");
	tear_down(&rig);
}

static void a_question_is_dropped_with_what_was_typed(void **state)
{
	struct rig rig;

	(void)state;
	set_up(&rig);
	question_box_drop(rig.box);
	assert_int_equal(rig.changes, 0);
	ask(&rig, &secret);
	type(&rig, "for one");
	question_box_key(rig.box, QUESTION_ENTER);
	question_box_drop(rig.box);
	turn(&rig);
	assert_string_equal(rig.told, "");
	assert_false(question_box_asking(rig.box));
	ask(&rig, &secret);
	type(&rig, "for two");
	question_box_key(rig.box, QUESTION_ENTER);
	turn(&rig);
	assert_string_equal(rig.told, "for two;");
	ask(&rig, &secret);
	tear_down(&rig);
	assert_string_equal(rig.told, "for two;");
	question_box_free(NULL);
}

static void long_answers_are_bounded(void **state)
{
	struct rig rig;

	(void)state;
	set_up(&rig);
	ask(&rig, &secret);
	for (int i = 0; i < 300; i++)
		type(&rig, "12345678");
	for (int i = 0; i < 1014; i++)
		question_box_key(rig.box, QUESTION_BACKSPACE);
	question_box_key(rig.box, QUESTION_ENTER);
	turn(&rig);
	assert_string_equal(rig.told, "12;");
	tear_down(&rig);
}

static void keys_of_a_terminal_answer(void **state)
{
	static const struct key keys[] = {
		{ .kind = KEY_CHAR, .code = 'x' },
		{ .kind = KEY_CHAR, .code = 'U' & 0x1f },
		{ .kind = KEY_CHAR, .code = 'a' },
		{ .kind = KEY_CHAR, .code = 0xe9 },
		{ .kind = KEY_CHAR, .code = 'b', .mods = KEY_ALT },
		{ .kind = KEY_CHAR, .code = 0x1f600 },
		{ .kind = KEY_UP },
		{ .kind = KEY_CHAR, .code = 'y' },
		{ .kind = KEY_BACKSPACE },
		{ .kind = KEY_CHAR, .code = 'D' & 0x1f },
		{ .kind = KEY_PASTE, .paste = "1 2\nrm\n", .npaste = 7 },
		{ .kind = KEY_PASTE_END },
		{ .kind = KEY_ESC },
		{ .kind = KEY_ENTER },
	};
	struct rig rig;

	(void)state;
	set_up(&rig);
	ask(&rig, &secret);
	for (size_t i = 0; i < COUNT(keys); i++)
		question_box_take(rig.box, &keys[i]);
	turn(&rig);
	assert_string_equal(rig.told, "a\303\251\360\237\230\2001 2;");
	tear_down(&rig);
}

static void take(struct rig *rig, enum key_kind kind)
{
	const struct key k = { .kind = kind };

	question_box_take(rig->box, &k);
}

static void a_question_that_does_not_fit_is_scrolled(void **state)
{
	static const struct prompt q = { .text = "1\n2\n3\n\n5\n6\nGo on? ",
					 .echo = true };
	struct fake_canvas c;
	struct canvas_area a = fake_canvas_init(&c, 6, 24);
	size_t row, col;
	struct rig rig;

	(void)state;
	set_up(&rig);
	ask(&rig, &q);
	assert_true(question_box_draw(rig.box, &a, &row, &col));
	assert_string_equal(fake_canvas_show(&c, &a),
			    "[ 4 more lines (Up)      ]\n"
			    "[ 5                      ]\n"
			    "[ 6                      ]\n"
			    "[ Go on?                 ]\n"
			    "[                        ]\n"
			    "[                        ]\n");
	take(&rig, KEY_PAGE_UP);
	take(&rig, KEY_UP);
	assert_true(question_box_draw(rig.box, &a, &row, &col));
	assert_string_equal(fake_canvas_show(&c, &a),
			    "[ 1 more line (Up)       ]\n"
			    "[ 2                      ]\n"
			    "[ 3                      ]\n"
			    "[                        ]\n"
			    "[                        ]\n"
			    "[ 3 more lines (Down)    ]\n");
	/* It ends at the ends. */
	for (int i = 0; i < 9; i++)
		take(&rig, KEY_UP);
	assert_true(question_box_draw(rig.box, &a, &row, &col));
	take(&rig, KEY_DOWN);
	assert_true(question_box_draw(rig.box, &a, &row, &col));
	assert_non_null(strstr(fake_canvas_show(&c, &a), "[ 1 more line"));
	for (int i = 0; i < 9; i++)
		take(&rig, KEY_PAGE_DOWN);
	assert_true(question_box_draw(rig.box, &a, &row, &col));
	assert_non_null(strstr(fake_canvas_show(&c, &a), "[ Go on?"));
	tear_down(&rig);
}

static void the_box_is_drawn_at_any_size(void **state)
{
	static const struct prompt one = {
		.text = "The host key of n1\nis new. Go on? ",
		.echo = true,
	};
	static const struct prompt two = {
		.text = "A passphrase that is asked for: ",
	};
	struct fake_canvas c;
	struct canvas_area a = fake_canvas_init(&c, 7, 20);
	size_t row = 0, col = 0;
	struct rig rig;

	(void)state;
	set_up(&rig);
	assert_false(question_box_draw(rig.box, &a, &row, &col));
	ask(&rig, &one);
	type(&rig, "ye");
	assert_true(question_box_draw(rig.box, &a, &row, &col));
	assert_string_equal(fake_canvas_show(&c, &a), "\n"
						      "[                    ]\n"
						      "[ The host key of n1 ]\n"
						      "[ is new. Go on?     ]\n"
						      "[ ye                 ]\n"
						      "[                    ]\n"
						      "\n");
	assert_int_equal(row, 4);
	assert_int_equal(col, 3);
	type(&rig, "s, and a long answer");
	assert_true(question_box_draw(rig.box, &a, &row, &col));
	assert_int_equal(col, 18);
	assert_non_null(
		strstr(fake_canvas_show(&c, &a), "[ and a long answer  ]\n"));
	question_box_drop(rig.box);
	/* Nothing of a secret, and the last rows where there are few. */
	ask(&rig, &two);
	type(&rig, "geheim");
	a = fake_canvas_init(&c, 4, 20);
	assert_true(question_box_draw(rig.box, &a, &row, &col));
	assert_string_equal(fake_canvas_show(&c, &a),
			    "[ 1 more line (Up)   ]\n"
			    "[ is asked for:      ]\n"
			    "[                    ]\n"
			    "[                    ]\n");
	assert_int_equal(row, 2);
	assert_int_equal(col, 1);
	a = fake_canvas_init(&c, 2, 3);
	assert_false(question_box_draw(rig.box, &a, &row, &col));
	assert_string_equal(fake_canvas_show(&c, &a), "\n\n");
	tear_down(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_comes_on_a_later_turn),
		cmocka_unit_test(the_end_of_input_is_no_answer),
		cmocka_unit_test(a_question_is_dropped_with_what_was_typed),
		cmocka_unit_test(long_answers_are_bounded),
		cmocka_unit_test(keys_of_a_terminal_answer),
		cmocka_unit_test(a_question_that_does_not_fit_is_scrolled),
		cmocka_unit_test(the_box_is_drawn_at_any_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
