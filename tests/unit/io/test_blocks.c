/* SPDX-License-Identifier: Apache-2.0 */
#include "io/blocks.h"

#include "lib/test.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/alloc.h"

#define CACHE (2 * BLOCKS_SIZE)

struct fixture {
	struct blocks *blocks;
	char path[64];
	struct blocks_file file;
};

/* A file whose bytes tell their place. */
static void write_file(struct fixture *f, size_t n)
{
	unsigned char *p = xmalloc(n ? n : 1);
	struct stat st;
	int fd = open(f->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	for (size_t i = 0; i < n; i++)
		p[i] = (unsigned char)(i / 251 + i);
	assert_int_equal(write(fd, p, n), (ssize_t)n);
	assert_int_equal(fstat(fd, &st), 0);
	close(fd);
	free(p);
	f->file = (struct blocks_file){
		.path = f->path, .dev = st.st_dev, .ino = st.st_ino, .size = n
	};
}

static int setup(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));
	int fd;

	(void)snprintf(f->path, sizeof(f->path), "/tmp/test_blocks.XXXXXX");
	fd = mkstemp(f->path);
	assert_true(fd >= 0);
	close(fd);
	f->blocks = blocks_new(CACHE);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	blocks_free(f->blocks);
	(void)unlink(f->path);
	free(f);
	return 0;
}

static void expect(struct fixture *f, uint64_t offset, size_t want)
{
	size_t n = 0;
	const unsigned char *p =
		blocks_read(f->blocks, &f->file, offset, &n, NULL);

	assert_non_null(p);
	assert_int_equal(n, want);
	assert_int_equal(p[0], (unsigned char)(offset / 251 + offset));
}

static void bytes_come_from_their_place(void **state)
{
	struct fixture *f = *state;

	write_file(f, 3 * BLOCKS_SIZE + 7);
	expect(f, 0, BLOCKS_SIZE);
	expect(f, 5, BLOCKS_SIZE - 5);
	expect(f, 3 * BLOCKS_SIZE + 6, 1);
	expect(f, BLOCKS_SIZE, BLOCKS_SIZE);
	expect(f, 2 * BLOCKS_SIZE - 1, 1);
	expect(f, 0, BLOCKS_SIZE);
}

/* A file that is gone is read on from what is kept, and from nothing else. */
static void what_was_read_is_kept(void **state)
{
	struct fixture *f = *state;
	struct err err = { 0 };
	size_t n;

	write_file(f, 1000);
	expect(f, 10, 990);
	assert_int_equal(unlink(f->path), 0);
	expect(f, 20, 980);
	blocks_free(f->blocks);
	f->blocks = blocks_new(CACHE);
	assert_null(blocks_read(f->blocks, &f->file, 0, &n, &err));
	assert_int_equal(err.code, ERR_LOCAL);
	assert_non_null(strstr(err.msg, "No such file"));
	err_release(&err);
}

static void another_file_of_the_name_is_not_read(void **state)
{
	struct fixture *f = *state;
	struct err err = { 0 };
	char moved[80];
	size_t n;

	write_file(f, 1000);
	(void)snprintf(moved, sizeof(moved), "%s.moved", f->path);
	assert_int_equal(rename(f->path, moved), 0);
	assert_int_equal(symlink(moved, f->path), 0);
	expect(f, 0, 1000); /* a link to the same file is the same file */
	blocks_free(f->blocks);
	f->blocks = blocks_new(CACHE);
	assert_int_equal(unlink(f->path), 0);
	close(open(f->path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	assert_null(blocks_read(f->blocks, &f->file, 0, &n, &err));
	assert_non_null(strstr(err.msg, "it was replaced meanwhile"));
	err_release(&err);
	assert_int_equal(unlink(moved), 0);
}

/* One that grew while it was found under two names. */
static void a_length_of_its_own_is_read_by_itself(void **state)
{
	struct fixture *f = *state;

	write_file(f, 100);
	expect(f, 0, 100);
	write_file(f, 300);
	expect(f, 0, 300);
	expect(f, 100, 200);
	f->file.size = 100;
	expect(f, 0, 100);
	expect(f, 99, 1);
}

static void a_file_that_shrank_is_an_error(void **state)
{
	struct fixture *f = *state;
	struct err err = { 0 };
	size_t n;

	write_file(f, BLOCKS_SIZE + 1000);
	assert_int_equal(truncate(f->path, (off_t)BLOCKS_SIZE), 0);
	expect(f, 0, BLOCKS_SIZE);
	assert_null(blocks_read(f->blocks, &f->file, BLOCKS_SIZE, &n, &err));
	assert_non_null(strstr(err.msg, "it became shorter meanwhile"));
	err_release(&err);
}

static void holes_are_found_where_they_are(void **state)
{
	struct fixture *f = *state;
	uint64_t start = 0, end = 0;
	struct stat st;
	int fd = open(f->path, O_WRONLY | O_CLOEXEC);

	assert_int_equal(ftruncate(fd, 9 << 20), 0);
	assert_int_equal(pwrite(fd, "x", 1, 4 << 20), 1);
	assert_int_equal(fsync(fd), 0);
	assert_int_equal(fstat(fd, &st), 0);
	close(fd);
	f->file = (struct blocks_file){ .path = f->path,
					.dev = st.st_dev,
					.ino = st.st_ino,
					.size = (uint64_t)st.st_size };
	if (!blocks_sparse(&st))
		return; /* no holes on this file system */
	blocks_extent(f->blocks, &f->file, &start, &end);
	assert_true(start > 0 && start <= 4 << 20);
	assert_true(end > 4 << 20 && end < 9 << 20);
	start = end;
	blocks_extent(f->blocks, &f->file, &start, &end);
	assert_int_equal(start, 9 << 20);
	assert_int_equal(end, 9 << 20);
	/* What was cut off is none: reading it fails. */
	assert_int_equal(truncate(f->path, 6 << 20), 0);
	start = 5 << 20;
	blocks_extent(f->blocks, &f->file, &start, &end);
	assert_int_equal(start, 5 << 20);
	assert_int_equal(end, 9 << 20);
	/* One that is gone has none: who reads it is told. */
	assert_int_equal(unlink(f->path), 0);
	f->file.ino++;
	start = 7;
	blocks_extent(f->blocks, &f->file, &start, &end);
	assert_int_equal(start, 7);
	assert_int_equal(end, 9 << 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(holes_are_found_where_they_are,
						setup, teardown),
		cmocka_unit_test_setup_teardown(bytes_come_from_their_place,
						setup, teardown),
		cmocka_unit_test_setup_teardown(what_was_read_is_kept, setup,
						teardown),
		cmocka_unit_test_setup_teardown(
			another_file_of_the_name_is_not_read, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_length_of_its_own_is_read_by_itself, setup, teardown),
		cmocka_unit_test_setup_teardown(a_file_that_shrank_is_an_error,
						setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
