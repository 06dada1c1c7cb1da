/* SPDX-License-Identifier: Apache-2.0 */
#include "out/diff.h"

#include "lib/test.h"

#include "base/strbuf.h"

static void differences_are_hunks(void **state)
{
	static const struct {
		const char *name, *a, *b, *want;
	} rows[] = {
		{ "equal", "1\n2\n", "1\n2\n", "" },
		{ "both empty", "", "", "" },
		{ "all added", "", "1\n2\n", "@@ -0,0 +1,2 @@\n+1\n+2\n" },
		{ "all deleted", "1\n", "", "@@ -1 +0,0 @@\n-1\n" },
		{ "changed", "1\n2\n3\n", "1\nx\n3\n",
		  "@@ -1,3 +1,3 @@\n 1\n-2\n+x\n 3\n" },
		{ "three lines around", "1\n2\n3\n4\n5\n6\n7\n8\n9\n",
		  "1\n2\n3\n4\nx\n6\n7\n8\n9\n",
		  "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+x\n 6\n 7\n 8\n" },
		{ "two hunks", "a\n1\n2\n3\n4\n5\n6\n7\nb\n",
		  "A\n1\n2\n3\n4\n5\n6\n7\nB\n",
		  "@@ -1,4 +1,4 @@\n-a\n+A\n 1\n 2\n 3\n"
		  "@@ -6,4 +6,4 @@\n 5\n 6\n 7\n-b\n+B\n" },
		{ "near ones are one hunk", "a\n1\n2\n3\n4\n5\n6\nb\n",
		  "A\n1\n2\n3\n4\n5\n6\nB\n",
		  "@@ -1,8 +1,8 @@\n-a\n+A\n 1\n 2\n 3\n 4\n 5\n 6\n-b\n+B\n" },
		{ "the last line without newline", "1", "1\n", "" },
		{ "moved", "1\n2\n3\n", "2\n3\n1\n",
		  "@@ -1,3 +1,3 @@\n-1\n 2\n 3\n+1\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct strbuf out = STRBUF_INIT(10000);

		ROW(!diff_texts(rows[i].a, strlen(rows[i].a), rows[i].b,
				strlen(rows[i].b), &out),
		    rows[i].name);
		if (strcmp(out.buf, rows[i].want) != 0)
			print_error("%s", out.buf);
		ROW(!strcmp(out.buf, rows[i].want), rows[i].name);
		strbuf_release(&out);
	}
}

/* Apply hunks to `a`: what must come out is `b`. */
static void apply(const char *a, const char *hunks, struct strbuf *out)
{
	size_t line = 0;

	for (const char *h = hunks; *h;) {
		const char *next = strchr(h, '\n') + 1;
		size_t from, n = 1;

		if (*h == '@') {
			char *end;

			from = strtoul(h + 4, &end, 10);
			if (*end == ',')
				n = strtoul(end + 1, NULL, 10);
			for (from -= n != 0; line < from; line++) {
				const char *to = strchr(a, '\n') + 1;

				strbuf_add(out, a, (size_t)(to - a));
				a = to;
			}
		} else {
			if (*h != '+') {
				a = strchr(a, '\n') + 1;
				line++;
			}
			if (*h != '-')
				strbuf_add(out, h + 1, (size_t)(next - h - 1));
		}
		h = next;
	}
	strbuf_addstr(out, a);
}

static void applied_to_the_one_they_give_the_other(void **state)
{
	unsigned int seed = 1;

	(void)state;
	for (int round = 0; round < 500; round++) {
		struct strbuf a = STRBUF_INIT(100000), b = STRBUF_INIT(100000);
		struct strbuf hunks = STRBUF_INIT(1000000);
		struct strbuf got = STRBUF_INIT(1000000);
		unsigned int change = 2 + (unsigned int)round % 20;

		for (int i = 0; i < round % 60; i++) {
			seed = seed * 1103515245 + 12345;
			if ((seed >> 16) % change)
				strbuf_addf(&a, "%u\n", seed >> 16 & 3);
			if ((seed >> 20) % change)
				strbuf_addf(&b, "%u\n", seed >> 16 & 3);
		}
		assert_int_equal(diff_texts(a.buf, a.len, b.buf, b.len, &hunks),
				 0);
		apply(a.buf, hunks.buf, &got);
		assert_string_equal(got.buf, b.buf);
		strbuf_release(&a);
		strbuf_release(&b);
		strbuf_release(&hunks);
		strbuf_release(&got);
	}
}

static void far_apart_and_too_large_ones(void **state)
{
	struct strbuf a = STRBUF_INIT(1 << 20), b = STRBUF_INIT(1 << 20);
	struct strbuf hunks = STRBUF_INIT(4 << 20), got = STRBUF_INIT(4 << 20);
	char *large = calloc(1, DIFF_MAX_BYTES + 1);

	(void)state;
	assert_non_null(large);
	for (int i = 0; i < 3000; i++) {
		strbuf_addf(&a, "a%d\n", i);
		strbuf_addf(&b, "b%d\n", i);
	}
	assert_int_equal(diff_texts(a.buf, a.len, b.buf, b.len, &hunks), 0);
	apply(a.buf, hunks.buf, &got);
	assert_string_equal(got.buf, b.buf);
	assert_int_equal(diff_texts(large, DIFF_MAX_BYTES + 1, "", 0, &got),
			 -1);
	memset(large, '\n', DIFF_MAX_LINES + 1);
	assert_int_equal(diff_texts("", 0, large, DIFF_MAX_LINES + 1, &got),
			 -1);
	strbuf_release(&a);
	strbuf_release(&b);
	strbuf_release(&hunks);
	strbuf_release(&got);
	free(large);
}

/* Few lines are equal, so there is no end to the search for them. */
static void what_takes_long_is_done_in_steps(void **state)
{
	struct strbuf a = STRBUF_INIT(DIFF_MAX_BYTES);
	struct strbuf b = STRBUF_INIT(DIFF_MAX_BYTES);
	struct strbuf whole = STRBUF_INIT(4 * DIFF_MAX_BYTES);
	struct strbuf parts = STRBUF_INIT(4 * DIFF_MAX_BYTES);
	struct diff *d;
	unsigned int steps = 1;

	(void)state;
	for (int i = 0; i < 3000; i++) {
		strbuf_addf(&a, "a%d\nsame\n", i);
		strbuf_addf(&b, "b%d\nsame\n", i);
	}
	assert_int_equal(diff_texts(a.buf, a.len, b.buf, b.len, &whole), 0);
	d = diff_new(a.buf, a.len, b.buf, b.len);
	assert_non_null(d);
	while (diff_step(d))
		steps++;
	assert_true(steps > 3);
	assert_false(diff_step(d));
	diff_put(d, &parts);
	diff_free(d);
	assert_string_equal(parts.buf, whole.buf);
	/* Left in the middle. */
	d = diff_new(a.buf, a.len, b.buf, b.len);
	assert_true(diff_step(d));
	diff_free(d);
	diff_free(NULL);
	strbuf_release(&a);
	strbuf_release(&b);
	strbuf_release(&whole);
	strbuf_release(&parts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_takes_long_is_done_in_steps),
		cmocka_unit_test(differences_are_hunks),
		cmocka_unit_test(applied_to_the_one_they_give_the_other),
		cmocka_unit_test(far_apart_and_too_large_ones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
