/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines of many hosts that came at about the same time.
 */
#include "ui/joiner.h"

#include "lib/test.h"

#include "base/strbuf.h"

static void take(void *arg, const size_t *ranks, size_t n, const char *lines,
		 size_t len)
{
	struct strbuf *out = arg;

	for (size_t i = 0; i < n; i++)
		assert_int_equal(strbuf_addf(out, "%zu ", ranks[i]), 0);
	assert_int_equal(strbuf_addf(out, "%.*s", (int)len, lines), 0);
}

static void equal_lines_are_told_once(void **state)
{
	struct strbuf out = STRBUF_INIT(1000);
	struct joiner *j = joiner_new(5);

	(void)state;
	joiner_flush(j, take, &out);
	assert_string_equal(out.buf, "");
	joiner_add(j, 1, "a", 1);
	joiner_add(j, 4, "a", 1);
	joiner_add(j, 0, "a", 1);
	joiner_add(j, 0, "b", 1);
	joiner_add(j, 4, "b", 1);
	joiner_add(j, 3, "", 0);
	assert_int_equal(joiner_held(j, 4), 4);
	assert_int_equal(joiner_total(j), 11);
	joiner_flush(j, take, &out);
	assert_string_equal(out.buf, "0 4 a\nb\n1 a\n3 \n");
	assert_int_equal(joiner_total(j), 0);
	assert_int_equal(joiner_held(j, 4), 0);
	joiner_free(j);
	strbuf_release(&out);
}

static void one_can_be_told_alone(void **state)
{
	struct strbuf out = STRBUF_INIT(1000);
	struct joiner *j = joiner_new(3);

	(void)state;
	joiner_add(j, 1, "x", 1);
	joiner_add(j, 2, "x", 1);
	joiner_flush_one(j, 2, take, &out);
	joiner_flush_one(j, 0, take, &out);
	assert_string_equal(out.buf, "2 x\n");
	assert_int_equal(joiner_total(j), 2);
	joiner_flush(j, take, &out);
	assert_string_equal(out.buf, "2 x\n1 x\n");
	joiner_add(j, 0, "y", 1);
	assert_int_equal(joiner_forget(j, 0), 2);
	assert_int_equal(joiner_forget(j, 0), 0);
	assert_int_equal(joiner_total(j), 0);
	joiner_flush(j, take, &out);
	assert_string_equal(out.buf, "2 x\n1 x\n");
	joiner_free(j);
	strbuf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_lines_are_told_once),
		cmocka_unit_test(one_can_be_told_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
