/* SPDX-License-Identifier: Apache-2.0 */
#include "out/fold.h"

#include "lib/test.h"

#define ITEMS 12
#define TEXTS 2

/* Rows of two texts and a kind; the input of a fold. */
struct item {
	const char *texts[TEXTS];
	uint64_t kind;
};

struct input {
	const struct item *items;
	size_t reads_left; /* then reading fails */
	size_t bytes;	   /* read so far */
};

static uint64_t kind(void *arg, size_t item)
{
	return ((struct input *)arg)->items[item].kind;
}

static uint64_t length(void *arg, size_t item, unsigned int text)
{
	return strlen(((struct input *)arg)->items[item].texts[text]);
}

static int read_text(void *arg, size_t item, unsigned int text, uint64_t offset,
		     void *p, size_t n, struct err *err)
{
	struct input *in = arg;

	if (!in->reads_left--)
		return err_set(err, ERR_LOCAL, "no more");
	in->bytes += n;
	memcpy(p, in->items[item].texts[text] + offset, n);
	return 0;
}

/* "0,2 1 3": the items of each group. */
static char *shown(const struct fold *fold)
{
	static char text[256];
	size_t at = 0;

	text[0] = '\0';
	for (size_t g = 0; g < fold->ngroups; g++)
		for (size_t i = 0; i < fold->groups[g].n; i++)
			at += (size_t)snprintf(text + at, sizeof(text) - at,
					       "%s%zu",
					       i ? "," : (g ? " " : ""),
					       fold->groups[g].items[i]);
	return text;
}

static void equal_items_share_a_group(void **state)
{
	static const struct {
		const char *name;
		struct item items[ITEMS];
		size_t n;
		const char *groups;
	} rows[] = {
		{ "none", { { { "", "" }, 0 } }, 0, "" },
		{ "one", { { { "a", "" }, 0 } }, 1, "0" },
		{ "all equal",
		  { { { "a", "" }, 0 },
		    { { "a", "" }, 0 },
		    { { "a", "" }, 0 } },
		  3,
		  "0,1,2" },
		{ "groups by their first",
		  { { { "b", "" }, 0 },
		    { { "a", "" }, 0 },
		    { { "b", "" }, 0 },
		    { { "a", "" }, 0 },
		    { { "c", "" }, 0 } },
		  5,
		  "0,2 1,3 4" },
		{ "equal lengths, other bytes",
		  { { { "ab", "" }, 0 }, { { "ba", "" }, 0 } },
		  2,
		  "0 1" },
		{ "silent ones",
		  { { { "", "" }, 0 }, { { "x", "" }, 0 }, { { "", "" }, 0 } },
		  3,
		  "0,2 1" },
		{ "bytes move between the texts",
		  { { { "ab", "c" }, 0 }, { { "a", "bc" }, 0 } },
		  2,
		  "0 1" },
		{ "the same bytes in the other text",
		  { { { "ab", "cd" }, 0 }, { { "cd", "ab" }, 0 } },
		  2,
		  "0 1" },
		{ "other kinds",
		  { { { "a", "" }, 1 },
		    { { "a", "" }, 2 },
		    { { "a", "" }, 1 } },
		  3,
		  "0,2 1" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct input in = { .items = rows[i].items,
				    .reads_left = 1000 };
		const struct fold_source src = { .n = rows[i].n,
						 .ntexts = TEXTS,
						 .kind = kind,
						 .length = length,
						 .read = read_text,
						 .arg = &in };
		struct err err = { 0 };
		struct fold fold;

		ROW(!fold_items(&src, &fold, &err), rows[i].name);
		ROW(!strcmp(shown(&fold), rows[i].groups), rows[i].name);
		fold_release(&fold);
	}
	fold_release(NULL);
}

static void lengths_that_no_other_has_are_not_read(void **state)
{
	static const struct item items[] = {
		{ { "a", "" }, 0 },
		{ { "bb", "" }, 0 },
		{ { "a", "" }, 1 },
		{ { "a", "x" }, 0 },
	};
	struct input in = { .items = items, .reads_left = 1000 };
	const struct fold_source src = { .n = COUNT(items),
					 .ntexts = TEXTS,
					 .kind = kind,
					 .length = length,
					 .read = read_text,
					 .arg = &in };
	struct err err = { 0 };
	struct fold fold;

	(void)state;
	assert_int_equal(fold_items(&src, &fold, &err), 0);
	assert_int_equal(fold.ngroups, 4);
	assert_int_equal(in.bytes, 0);
	fold_release(&fold);
}

static void large_texts_differ_in_one_byte(void **state)
{
	enum {
		SIZE = 1000003
	};
	char *a = malloc(SIZE + 1), *b = malloc(SIZE + 1);
	struct item items[3] = { { { a, "" }, 0 },
				 { { b, "" }, 0 },
				 { { a, "" }, 0 } };
	struct input in = { .items = items, .reads_left = SIZE_MAX };
	const struct fold_source src = { .n = 3,
					 .ntexts = TEXTS,
					 .length = length,
					 .read = read_text,
					 .arg = &in };
	struct err err = { 0 };
	struct fold fold;

	(void)state;
	assert_true(a && b);
	memset(a, 'x', SIZE);
	memset(b, 'x', SIZE);
	a[SIZE] = b[SIZE] = '\0';
	b[SIZE - 1] = 'y';
	assert_int_equal(fold_items(&src, &fold, &err), 0);
	assert_string_equal(shown(&fold), "0,2 1");
	assert_true(in.bytes <= (size_t)3 * 3 * SIZE);
	fold_release(&fold);
	free(a);
	free(b);
}

static void error_of_reading_is_given(void **state)
{
	static const struct item items[] = {
		{ { "a", "" }, 0 },
		{ { "a", "" }, 0 },
		{ { "b", "" }, 0 },
	};

	(void)state;
	for (size_t left = 0; left < 5; left++) {
		struct input in = { .items = items, .reads_left = left };
		const struct fold_source src = { .n = 3,
						 .ntexts = TEXTS,
						 .kind = kind,
						 .length = length,
						 .read = read_text,
						 .arg = &in };
		struct err err = { 0 };
		struct fold fold;

		assert_int_equal(fold_items(&src, &fold, &err), -1);
		assert_string_equal(err.msg, "no more");
		err_release(&err);
		fold_release(&fold);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_items_share_a_group),
		cmocka_unit_test(lengths_that_no_other_has_are_not_read),
		cmocka_unit_test(large_texts_differ_in_one_byte),
		cmocka_unit_test(error_of_reading_is_given),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
