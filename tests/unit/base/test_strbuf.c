/* SPDX-License-Identifier: Apache-2.0 */
#include "base/strbuf.h"

#include "lib/test.h"

static void empty_is_printable(void **state)
{
	struct strbuf sb = STRBUF_INIT(10);

	(void)state;
	assert_string_equal(sb.buf, "");
	strbuf_reset(&sb);
	strbuf_truncate(&sb, 0);
	strbuf_release(&sb);
	strbuf_release(NULL);
}

static void append_keeps_nul_bytes(void **state)
{
	struct strbuf sb = STRBUF_INIT(100);

	(void)state;
	assert_int_equal(strbuf_add(&sb, "a\0b", 3), 0);
	assert_int_equal(strbuf_addf(&sb, "-%d", 42), 0);
	assert_int_equal(strbuf_addch(&sb, '!'), 0);
	assert_int_equal(sb.len, 7);
	assert_memory_equal(sb.buf, "a\0b-42!", 8);
	strbuf_consume(&sb, 3);
	assert_string_equal(sb.buf, "-42!");
	strbuf_truncate(&sb, 1);
	assert_string_equal(sb.buf, "-");
	strbuf_release(&sb);
}

static void ceiling_refuses_whole_appends(void **state)
{
	struct strbuf sb = STRBUF_INIT(5);

	(void)state;
	assert_int_equal(strbuf_addstr(&sb, "abc"), 0);
	assert_int_equal(strbuf_addstr(&sb, "def"), -1);
	assert_true(sb.full);
	assert_string_equal(sb.buf, "abc");
	assert_int_equal(strbuf_addf(&sb, "%d", 123), -1);
	assert_int_equal(strbuf_addstr(&sb, "de"), 0);
	assert_string_equal(sb.buf, "abcde");
	strbuf_reset(&sb);
	assert_false(sb.full);
	strbuf_release(&sb);
}

static void detach_gives_ownership(void **state)
{
	struct strbuf sb = STRBUF_INIT(50);
	size_t len;
	char *s;

	(void)state;
	strbuf_addstr(&sb, "mine");
	s = strbuf_detach(&sb, &len);
	assert_string_equal(s, "mine");
	assert_int_equal(len, 4);
	assert_string_equal(sb.buf, "");
	free(s);
	s = strbuf_detach(&sb, NULL);
	assert_string_equal(s, "");
	free(s);
}

static void split_and_join(void **state)
{
	struct strvec sv = { 0 };
	char *s;

	(void)state;
	strvec_split(&sv, ",a,,bc,", ",");
	assert_int_equal(sv.n, 2);
	assert_string_equal(sv.v[0], "a");
	assert_string_equal(sv.v[1], "bc");
	assert_null(sv.v[2]);
	strvec_push(&sv, "d");
	s = strvec_join(&sv, ", ");
	assert_string_equal(s, "a, bc, d");
	free(s);
	strvec_release(&sv);
	assert_int_equal(sv.n, 0);
}

static void extended_part_is_content(void **state)
{
	static const char tail[] = { 'd', 'e', 'f', 'g' };
	struct strbuf sb = STRBUF_INIT(10);
	char *p;

	(void)state;
	assert_int_equal(strbuf_addstr(&sb, "abc"), 0);
	p = strbuf_extend(&sb, 4);
	assert_ptr_equal(p, sb.buf + 3);
	memcpy(p, tail, sizeof(tail));
	assert_string_equal(sb.buf, "abcdefg");
	assert_int_equal(sb.len, 7);
	assert_null(strbuf_extend(&sb, 4));
	assert_true(sb.full);
	assert_string_equal(sb.buf, "abcdefg");
	strbuf_release(&sb);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(extended_part_is_content),
		cmocka_unit_test(empty_is_printable),
		cmocka_unit_test(append_keeps_nul_bytes),
		cmocka_unit_test(ceiling_refuses_whole_appends),
		cmocka_unit_test(detach_gives_ownership),
		cmocka_unit_test(split_and_join),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
