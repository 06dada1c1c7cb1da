/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/tar.h"

#include "lib/test.h"

#include "base/alloc.h"

static struct strbuf out;

static int setup(void **state)
{
	(void)state;
	strbuf_init(&out, 1 << 20);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	strbuf_release(&out);
	return 0;
}

static void a_header_is_one_block(void **state)
{
	const struct tar_entry e = { .type = TAR_FILE,
				     .name = "0/a b",
				     .mode = 0644,
				     .mtime = 1000000000,
				     .size = 1234 };

	(void)state;
	assert_int_equal(tar_header(&out, &e), 0);
	assert_int_equal(out.len, TAR_BLOCK);
	assert_string_equal(out.buf, "0/a b");
	assert_string_equal(out.buf + 100, "0000644");
	assert_string_equal(out.buf + 124, "00000002322");
	assert_string_equal(out.buf + 136, "07346545000");
	/* as tar(1) has it */
	assert_memory_equal(out.buf + 148, "006452\0 0", 9);
	assert_memory_equal(out.buf + 257, "ustar  \0", 8);
}

static void long_names_stand_in_front(void **state)
{
	char name[251];
	struct tar_entry e = { .type = TAR_LINK, .name = name, .link = name };

	(void)state;
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(tar_header(&out, &e), 0);
	/* two names of a header and a block each */
	assert_int_equal(out.len, 5 * TAR_BLOCK);
	assert_int_equal(out.buf[156], 'K');
	assert_string_equal(out.buf + TAR_BLOCK, name);
	assert_int_equal(out.buf[2 * TAR_BLOCK + 156], 'L');
	assert_string_equal(out.buf + 3 * TAR_BLOCK, name);
	assert_int_equal(out.buf[4 * TAR_BLOCK + 156], '2');
	assert_memory_equal(out.buf + 4 * TAR_BLOCK, name, 100);
	assert_memory_equal(out.buf + 4 * TAR_BLOCK + 157, name, 100);
	/* one that just fits needs none */
	name[100] = '\0';
	e.link = "";
	strbuf_reset(&out);
	assert_int_equal(tar_header(&out, &e), 0);
	assert_int_equal(out.len, TAR_BLOCK);
}

static void a_size_has_as_many_bits_as_it_needs(void **state)
{
	static const char binary[] = {
		'\x80', 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 1
	};
	struct tar_entry e = { .type = TAR_FILE,
			       .name = "f",
			       .size = ((uint64_t)1 << 33) - 1 };

	(void)state;
	assert_int_equal(tar_header(&out, &e), 0);
	assert_string_equal(out.buf + 124, "77777777777");
	strbuf_reset(&out);
	e.size += 2;
	assert_int_equal(tar_header(&out, &e), 0);
	assert_memory_equal(out.buf + 124, binary, sizeof(binary));
}

static void times_that_have_no_digits_are_the_nearest(void **state)
{
	struct tar_entry e = { .type = TAR_FOLDER, .name = "d", .mtime = -1 };

	(void)state;
	assert_int_equal(tar_header(&out, &e), 0);
	assert_string_equal(out.buf + 136, "00000000000");
	strbuf_reset(&out);
	e.mtime = INT64_MAX;
	assert_int_equal(tar_header(&out, &e), 0);
	assert_string_equal(out.buf + 136, "77777777777");
}

static void what_follows_is_whole_blocks(void **state)
{
	static const struct {
		uint64_t size;
		size_t pad;
	} rows[] = {
		{ 0, 0 }, { 1, 511 }, { 511, 1 }, { 512, 0 }, { 513, 511 }
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		strbuf_reset(&out);
		assert_int_equal(tar_pad(&out, rows[i].size), 0);
		assert_int_equal(out.len, rows[i].pad);
	}
	strbuf_reset(&out);
	assert_int_equal(tar_end(&out), 0);
	assert_int_equal(out.len, 2 * TAR_BLOCK);
}

static void no_room_is_told(void **state)
{
	struct strbuf small = STRBUF_INIT(TAR_BLOCK - 1);
	const struct tar_entry e = { .type = TAR_FILE, .name = "f" };

	(void)state;
	assert_int_equal(tar_header(&small, &e), -1);
	assert_int_equal(tar_end(&small), -1);
	strbuf_release(&small);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_header_is_one_block, setup,
						teardown),
		cmocka_unit_test_setup_teardown(long_names_stand_in_front,
						setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_size_has_as_many_bits_as_it_needs, setup, teardown),
		cmocka_unit_test_setup_teardown(
			times_that_have_no_digits_are_the_nearest, setup,
			teardown),
		cmocka_unit_test_setup_teardown(what_follows_is_whole_blocks,
						setup, teardown),
		cmocka_unit_test(no_room_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
