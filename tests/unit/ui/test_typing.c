/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/typing.h"

#include "lib/test.h"

static enum typing type(struct strbuf *line, enum key_kind kind, uint32_t code)
{
	struct key k = { .kind = kind, .code = code };

	return typing_key(line, &k);
}

static void characters_are_added_and_dropped(void **state)
{
	struct strbuf line = STRBUF_INIT(TYPING_MAX);

	(void)state;
	assert_int_equal(type(&line, KEY_BACKSPACE, 0), TYPING_ON);
	assert_int_equal(type(&line, KEY_CHAR, 'a'), TYPING_ON);
	assert_int_equal(type(&line, KEY_CHAR, 0xe9), TYPING_ON);
	assert_int_equal(type(&line, KEY_CHAR, 0x1f600), TYPING_ON);
	assert_string_equal(line.buf, "a\303\251\360\237\230\200");
	assert_int_equal(type(&line, KEY_BACKSPACE, 0), TYPING_ON);
	assert_string_equal(line.buf, "a\303\251");
	assert_int_equal(type(&line, KEY_BACKSPACE, 0), TYPING_ON);
	assert_string_equal(line.buf, "a");
	assert_int_equal(type(&line, KEY_CHAR, 'U' - '@'), TYPING_ON);
	assert_int_equal(line.len, 0);
	strbuf_release(&line);
}

static void what_is_no_text_is_not_taken(void **state)
{
	static const uint32_t codes[] = { 0, 7, 0x1b, 0x7f, 0x80, 0x9b, 0x9f };
	const struct key alt = { .kind = KEY_CHAR,
				 .code = 'x',
				 .mods = KEY_ALT };
	struct strbuf line = STRBUF_INIT(TYPING_MAX);

	(void)state;
	for (size_t i = 0; i < COUNT(codes); i++)
		(void)type(&line, KEY_CHAR, codes[i]);
	(void)type(&line, KEY_UP, 0);
	(void)typing_key(&line, &alt);
	assert_int_equal(line.len, 0);
	for (int i = 0; i < 2 * TYPING_MAX; i++)
		(void)type(&line, KEY_CHAR, 0xe9);
	assert_true(line.len > TYPING_MAX / 2 && line.len <= TYPING_MAX);
	assert_int_equal(line.len % 2, 0);
	strbuf_release(&line);
}

static void enter_and_esc_end_it(void **state)
{
	struct strbuf line = STRBUF_INIT(TYPING_MAX);

	(void)state;
	(void)type(&line, KEY_CHAR, 'x');
	assert_int_equal(type(&line, KEY_ESC, 0), TYPING_LEFT);
	assert_int_equal(type(&line, KEY_ENTER, 0), TYPING_WHOLE);
	assert_string_equal(line.buf, "x");
	strbuf_release(&line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(characters_are_added_and_dropped),
		cmocka_unit_test(what_is_no_text_is_not_taken),
		cmocka_unit_test(enter_and_esc_end_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
