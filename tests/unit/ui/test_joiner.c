/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines of many hosts that came at about the same time.
 */
#include "ui/joiner.h"

#include <string.h>

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
	assert_string_equal(out.buf, "0 1 4 a\n0 4 b\n3 \n");
	assert_int_equal(joiner_total(j), 0);
	assert_int_equal(joiner_held(j, 4), 0);
	joiner_free(j);
	strbuf_release(&out);
}

static const struct row {
	const char *texts[4];
	const char *told;
} rows[] = {
	{ { "a\nb\n", "a\nb\n", "a\nb\n" }, "0 1 2 a\nb\n" },
	{ { "h\n1\nt\n", "h\n2\nt\n", "h\n3\nt\n" },
	  "0 1 2 h\n0 1\n1 2\n2 3\n0 1 2 t\n" },
	{ { "h\n1\nt\n", "h\nt\n", "h\n1\nt\n" }, "0 1 2 h\n0 2 1\n0 1 2 t\n" },
	{ { "x\ny\nz\n", "other\n", "x\nw\nz\n" },
	  "0 2 x\n0 y\n2 w\n0 2 z\n1 other\n" },
	{ { "y\ny\ny\n", "y\n" }, "0 1 y\n0 y\ny\n" },
	{ { "ab\n", "b\n" }, "0 ab\n1 b\n" },
	{ { "\n\n", "\n" }, "0 1 \n0 \n" },
	{ { "a\n1\n", "a\n2\n", "b\n1\n", "b\n2\n" },
	  "0 1 a\n0 1\n1 2\n2 3 b\n2 1\n3 2\n" },
};

static void add_lines(struct joiner *j, size_t rank, const char *text)
{
	while (text && *text) {
		size_t n = strcspn(text, "\n");

		joiner_add(j, rank, text, n);
		text += n + 1;
	}
}

static void hosts_that_differ_share_the_rest(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct strbuf out = STRBUF_INIT(1000);
		struct joiner *j = joiner_new(4);

		for (size_t k = 0; k < 4; k++)
			add_lines(j, k, rows[i].texts[k]);
		joiner_flush(j, take, &out);
		assert_string_equal(out.buf, rows[i].told);
		assert_int_equal(joiner_total(j), 0);
		joiner_free(j);
		strbuf_release(&out);
	}
}

/* Each host has one line less than the one before: no group twice. */
static void what_differs_without_end_is_told_all_the_same(void **state)
{
	enum {
		N = 100
	};
	struct strbuf out = STRBUF_INIT(1 << 20);
	struct joiner *j = joiner_new(N);
	size_t nlines = 0;

	(void)state;
	for (size_t i = 0; i < N; i++)
		for (size_t k = i; k < N; k++)
			joiner_add(j, i, "a", 1);
	joiner_flush(j, take, &out);
	for (size_t i = 0; i < out.len; i++)
		nlines += out.buf[i] == '\n';
	assert_in_range(nlines, N, N * N);
	assert_int_equal(joiner_total(j), 0);
	joiner_free(j);
	strbuf_release(&out);
}

static void who_is_behind_by_a_moment_is_waited_for(void **state)
{
	struct strbuf out = STRBUF_INIT(1000);
	struct joiner *j = joiner_new(3);

	(void)state;
	joiner_flush_old(j, take, &out);
	add_lines(j, 0, "1\n2\n");
	add_lines(j, 1, "1\n");
	joiner_flush_old(j, take, &out);
	assert_string_equal(out.buf, "");
	joiner_age(j);
	add_lines(j, 0, "3\n");
	add_lines(j, 1, "2\n");
	joiner_flush_old(j, take, &out);
	assert_string_equal(out.buf, "0 1 1\n2\n");
	assert_int_equal(joiner_held(j, 0), 2);
	assert_int_equal(joiner_total(j), 2);
	add_lines(j, 1, "3\n");
	joiner_flush(j, take, &out);
	assert_string_equal(out.buf, "0 1 1\n2\n0 1 3\n");
	assert_int_equal(joiner_total(j), 0);
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
		cmocka_unit_test(hosts_that_differ_share_the_rest),
		cmocka_unit_test(what_differs_without_end_is_told_all_the_same),
		cmocka_unit_test(who_is_behind_by_a_moment_is_waited_for),
		cmocka_unit_test(one_can_be_told_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
