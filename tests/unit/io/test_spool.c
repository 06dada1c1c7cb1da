/* SPDX-License-Identifier: Apache-2.0 */
#include "io/spool.h"

#include "lib/test.h"

#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/strbuf.h"

/* What was wiped, one after the other: the linker leads the calls here. */
static struct strbuf wiped;

void __real_secret_wipe(void *p, size_t n);
void __wrap_secret_wipe(void *p, size_t n);

void __wrap_secret_wipe(void *p, size_t n)
{
	if (wiped.max)
		(void)strbuf_add(&wiped, p, n);
	__real_secret_wipe(p, n);
}

static unsigned char byte_at(uint64_t i)
{
	return (unsigned char)(i * 37 + (i >> 9));
}

/* Append the next `n` bytes of the pattern. */
static int append(struct spool *sp, size_t n, struct err *err)
{
	unsigned char *p = malloc(n + 1);
	uint64_t at = spool_end(sp);
	int rc;

	assert_non_null(p);
	for (size_t i = 0; i < n; i++)
		p[i] = byte_at(at + i);
	rc = spool_write(sp, p, n, err);
	free(p);
	return rc;
}

/* Read all from `offset` on, `step` bytes at a time; the offset reached. */
static uint64_t check(struct spool *sp, uint64_t offset, size_t step)
{
	unsigned char *p = malloc(step);
	struct err err = { 0 };
	ssize_t n;

	assert_non_null(p);
	while ((n = spool_read(sp, offset, p, step, &err)) > 0) {
		for (ssize_t i = 0; i < n; i++)
			assert_int_equal(p[i], byte_at(offset++));
	}
	assert_int_equal(n, 0);
	free(p);
	return offset;
}

static void reads_back_what_was_written(void **state)
{
	static const struct {
		const char *name;
		size_t mem_max, write, times, read;
	} rows[] = {
		{ "in memory", 1 << 20, 1000, 100, 777 },
		{ "one byte at a time", 64, 1, 300, 1 },
		{ "spilled", 10000, 777, 200, 4096 },
		{ "writes larger than memory", 5000, 70000, 3, 65536 },
		{ "ring wraps", 100000, 30001, 20, 9999 },
		{ "nothing", 10, 0, 5, 10 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct spool *sp = spool_new(rows[i].mem_max);
		struct err err = { 0 };
		uint64_t total = rows[i].write * rows[i].times;

		for (size_t k = 0; k < rows[i].times; k++)
			ROW(!append(sp, rows[i].write, &err), rows[i].name);
		ROW(spool_end(sp) == total, rows[i].name);
		ROW(spool_memory(sp) <= rows[i].mem_max, rows[i].name);
		ROW(check(sp, 0, rows[i].read) == total, rows[i].name);
		ROW(check(sp, total / 2, rows[i].read) == total, rows[i].name);
		spool_free(sp);
	}
	spool_free(NULL);
}

static void trimming_gives_memory_and_file_back(void **state)
{
	struct spool *sp = spool_new((size_t)100 << 10);
	struct err err = { 0 };

	(void)state;
	for (uint64_t round = 1; round <= 20; round++) {
		uint64_t end = round * 300000;

		assert_int_equal(append(sp, 300000, &err), 0);
		assert_int_equal(check(sp, end - 300000, 50000), end);
		/* Sometimes inside the file, sometimes inside memory. */
		spool_trim(sp, end - (round % 2 ? 250000 : 1000));
		spool_trim(sp, 5); /* going back changes nothing */
		assert_int_equal(check(sp, end - 1000, 300), end);
	}
	assert_true(spool_begin(sp) < spool_end(sp));
	spool_trim(sp, spool_end(sp));
	assert_int_equal(spool_begin(sp), spool_end(sp));
	assert_int_equal(spool_memory(sp), 0);
	assert_int_equal(append(sp, 5, &err), 0);
	assert_int_equal(spool_memory(sp), 5);
	assert_int_equal(check(sp, 6000000, 10), 6000005);
	spool_free(sp);
}

static void what_is_not_wanted_any_more_is_wiped(void **state)
{
	struct spool *sp = spool_new(4096);

	(void)state;
	strbuf_init(&wiped, 1000);
	assert_int_equal(spool_write(sp, "secret and the rest", 19, NULL), 0);
	assert_int_equal(wiped.len, 0);
	spool_trim(sp, 6);
	assert_string_equal(wiped.buf, "secret");
	spool_free(sp);
	assert_string_equal(wiped.buf, "secret and the rest");
	strbuf_release(&wiped);
	wiped.max = 0; /* no more */
}

static void unusable_folder_is_named(void **state)
{
	struct spool *sp = spool_new(10);
	struct err err = { 0 };

	(void)state;
	assert_int_equal(setenv("TMPDIR", "/nonexistent", 1), 0);
	assert_int_equal(append(sp, 8, &err), 0);
	assert_int_equal(append(sp, 8, &err), -1);
	assert_int_equal(err.code, ERR_LOCAL);
	assert_string_equal(err.msg,
			    "cannot make a temporary file in '/nonexistent': "
			    "No such file or directory");
	/* What was there before is still there, whole. */
	assert_int_equal(spool_end(sp), 8);
	assert_int_equal(check(sp, 0, 3), 8);
	err_release(&err);
	assert_int_equal(unsetenv("TMPDIR"), 0);
	assert_int_equal(append(sp, 8, &err), 0);
	assert_int_equal(check(sp, 0, 3), 16);
	spool_free(sp);
}

/* A limit on file sizes stands for a full disk. */
static void full_disk_takes_all_or_nothing(void **state)
{
	struct spool *sp = spool_new(1000);
	struct err err = { 0 };
	struct rlimit old, small;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = old;
	small.rlim_cur = 4096;
	assert_int_equal(append(sp, 3000, &err), 0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	assert_int_equal(append(sp, 9000, &err), -1);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_string_equal(err.msg,
			    "cannot write a temporary file: File too large");
	assert_int_equal(spool_end(sp), 3000);
	assert_int_equal(check(sp, 0, 500), 3000);
	assert_int_equal(append(sp, 9000, &err), 0);
	assert_int_equal(check(sp, 0, 500), 12000);
	err_release(&err);
	spool_free(sp);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_back_what_was_written),
		cmocka_unit_test(trimming_gives_memory_and_file_back),
		cmocka_unit_test(what_is_not_wanted_any_more_is_wiped),
		cmocka_unit_test(unusable_folder_is_named),
		cmocka_unit_test(full_disk_takes_all_or_nothing),
	};

	(void)sigaction(SIGXFSZ, &(struct sigaction){ .sa_handler = SIG_IGN },
			NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
