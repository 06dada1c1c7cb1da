/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/question.h"

#include "lib/test.h"

#include "base/alloc.h"
#include "lib/fake_canvas.h"

struct asker {
	struct prompt prompt;
	char told[200];
	struct prompter *again; /* ask once more from inside */
};

struct rig {
	struct loop *loop;
	struct question_box *box;
	struct prompter *prompter;
	int changes;
};

static void answered(struct prompt *q, char *answer, const struct err *err)
{
	struct asker *a = container_of(q, struct asker, prompt);
	size_t n = strlen(a->told);

	(void)snprintf(a->told + n, sizeof(a->told) - n, "%s;",
		       answer ? answer : err->msg);
	secret_free(answer);
	if (a->again) {
		struct prompter *again = a->again;

		a->again = NULL;
		again->ops->ask(again, q);
	}
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
	rig->prompter = question_box_prompter(rig->box);
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

static void ask(struct rig *rig, struct asker *a, const char *text, bool echo)
{
	a->prompt.text = text;
	a->prompt.echo = echo;
	a->prompt.fn = answered;
	rig->prompter->ops->ask(rig->prompter, &a->prompt);
}

static void questions_are_asked_one_by_one(void **state)
{
	struct asker one = { 0 }, two = { 0 }, three = { 0 };
	struct rig rig;

	(void)state;
	set_up(&rig);
	assert_false(question_box_asking(rig.box));
	type(&rig, "lost");
	one.again = rig.prompter;
	ask(&rig, &one, "One: ", false);
	ask(&rig, &two, "Two: ", true);
	ask(&rig, &three, "Three: ", true);
	assert_true(question_box_asking(rig.box));
	type(&rig, "se");
	type(&rig, "cr\303\251");
	question_box_key(rig.box, QUESTION_BACKSPACE);
	type(&rig, "et");
	type(&rig, "\033[A");
	question_box_key(rig.box, QUESTION_ENTER);
	assert_string_equal(one.told, "");
	assert_false(question_box_asking(rig.box));
	type(&rig, "too late");
	turn(&rig);
	assert_string_equal(one.told, "secret;");
	assert_true(question_box_asking(rig.box));
	type(&rig, "x");
	question_box_key(rig.box, QUESTION_KILL);
	question_box_key(rig.box, QUESTION_BACKSPACE);
	question_box_key(rig.box, QUESTION_ENTER);
	turn(&rig);
	assert_string_equal(two.told, ";");
	question_box_key(rig.box, QUESTION_CANCEL);
	turn(&rig);
	assert_string_equal(three.told, "interrupted;");
	/* The one asked from inside comes last. */
	type(&rig, "y");
	question_box_key(rig.box, QUESTION_ENTER);
	turn(&rig);
	assert_string_equal(one.told, "secret;y;");
	assert_false(question_box_asking(rig.box));
	assert_true(rig.changes > 8);
	tear_down(&rig);
}

static void questions_can_be_taken_back(void **state)
{
	struct asker one = { 0 }, two = { 0 }, three = { 0 };
	struct rig rig;

	(void)state;
	set_up(&rig);
	ask(&rig, &one, "One: ", false);
	ask(&rig, &two, "Two: ", false);
	ask(&rig, &three, "Three: ", false);
	type(&rig, "for one");
	question_box_key(rig.box, QUESTION_ENTER);
	rig.prompter->ops->cancel(rig.prompter, &one.prompt);
	rig.prompter->ops->cancel(rig.prompter, &one.prompt);
	rig.prompter->ops->cancel(rig.prompter, &three.prompt);
	turn(&rig);
	assert_string_equal(one.told, "");
	type(&rig, "for two");
	question_box_key(rig.box, QUESTION_ENTER);
	turn(&rig);
	assert_string_equal(two.told, "for two;");
	assert_false(question_box_asking(rig.box));
	ask(&rig, &three, "Three: ", false);
	tear_down(&rig);
	assert_string_equal(three.told, "");
	question_box_free(NULL);
}

static void long_answers_are_bounded(void **state)
{
	struct asker one = { 0 };
	struct rig rig;

	(void)state;
	set_up(&rig);
	ask(&rig, &one, "One: ", false);
	for (int i = 0; i < 300; i++)
		type(&rig, "12345678");
	for (int i = 0; i < 1014; i++)
		question_box_key(rig.box, QUESTION_BACKSPACE);
	question_box_key(rig.box, QUESTION_ENTER);
	turn(&rig);
	assert_string_equal(one.told, "12;");
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
		{ .kind = KEY_PASTE, .paste = "1 2\nrm\n", .npaste = 7 },
		{ .kind = KEY_PASTE_END },
		{ .kind = KEY_ESC },
		{ .kind = KEY_ENTER },
	};
	static const struct key interrupt = { .kind = KEY_CHAR,
					      .code = 'C' & 0x1f };
	struct asker one = { 0 }, two = { 0 };
	struct rig rig;

	(void)state;
	set_up(&rig);
	ask(&rig, &one, "One: ", false);
	ask(&rig, &two, "Two: ", false);
	for (size_t i = 0; i < COUNT(keys); i++)
		question_box_take(rig.box, &keys[i]);
	turn(&rig);
	assert_string_equal(one.told, "a\303\251\360\237\230\2001 2;");
	question_box_take(rig.box, &interrupt);
	turn(&rig);
	assert_string_equal(two.told, "interrupted;");
	tear_down(&rig);
}

static void the_box_is_drawn_at_any_size(void **state)
{
	struct asker one = { 0 }, two = { 0 };
	struct fake_canvas c;
	struct canvas_area a = fake_canvas_init(&c, 7, 20);
	size_t row = 0, col = 0;
	struct rig rig;

	(void)state;
	set_up(&rig);
	question_box_draw(rig.box, &a, &row, &col);
	assert_int_equal(row + col, 0);
	ask(&rig, &one, "The host key of n1\nis new. Go on? ", true);
	type(&rig, "ye");
	question_box_draw(rig.box, &a, &row, &col);
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
	question_box_draw(rig.box, &a, &row, &col);
	assert_int_equal(col, 18);
	assert_non_null(
		strstr(fake_canvas_show(&c, &a), "[ and a long answer  ]\n"));
	question_box_key(rig.box, QUESTION_CANCEL);
	turn(&rig);
	/* Nothing of a secret, and the last rows where there are few. */
	ask(&rig, &two, "A passphrase that is asked for: ", false);
	type(&rig, "geheim");
	a = fake_canvas_init(&c, 4, 20);
	question_box_draw(rig.box, &a, &row, &col);
	assert_string_equal(fake_canvas_show(&c, &a),
			    "[                    ]\n"
			    "[ is asked for:      ]\n"
			    "[                    ]\n"
			    "[                    ]\n");
	assert_int_equal(row, 2);
	assert_int_equal(col, 1);
	a = fake_canvas_init(&c, 2, 3);
	question_box_draw(rig.box, &a, &row, &col);
	assert_string_equal(fake_canvas_show(&c, &a), "\n\n");
	tear_down(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(questions_are_asked_one_by_one),
		cmocka_unit_test(questions_can_be_taken_back),
		cmocka_unit_test(long_answers_are_bounded),
		cmocka_unit_test(keys_of_a_terminal_answer),
		cmocka_unit_test(the_box_is_drawn_at_any_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
