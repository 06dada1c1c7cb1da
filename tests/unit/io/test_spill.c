/* SPDX-License-Identifier: Apache-2.0 */
#include "io/spill.h"

#include "lib/test.h"

#include <signal.h>
#include <sys/resource.h>

static unsigned char byte_at(size_t text, uint64_t i)
{
	return (unsigned char)(text * 101 + i * 37 + (i >> 9));
}

/* Append the next `n` bytes of a text's own pattern. */
static int append(struct spill *sp, struct spill_text *t, size_t text, size_t n,
		  struct err *err)
{
	unsigned char *p = malloc(n + 1);
	uint64_t at = spill_length(t);
	int rc;

	assert_non_null(p);
	for (size_t i = 0; i < n; i++)
		p[i] = byte_at(text, at + i);
	rc = spill_add(sp, t, p, n, err);
	free(p);
	return rc;
}

static bool reads(struct spill *sp, const struct spill_text *t, size_t text,
		  size_t step)
{
	unsigned char *p = malloc(step);
	struct err err = { 0 };
	uint64_t end = spill_length(t);
	bool good = true;
	size_t n;

	assert_non_null(p);
	for (uint64_t at = 0; at < end && good; at += n) {
		n = end - at < step ? (size_t)(end - at) : step;
		good = !spill_read(sp, t, at, p, n, &err);
		for (size_t i = 0; i < n && good; i++)
			good = p[i] == byte_at(text, at + i);
	}
	free(p);
	return good;
}

#define TEXTS 50

static void reads_back_what_was_written(void **state)
{
	static const struct {
		const char *name;
		size_t text_max, total_max, write, times, read;
	} rows[] = {
		{ "in memory", 1 << 20, 64 << 20, 1000, 20, 777 },
		{ "a byte at a time", 64, 1000, 1, 300, 7 },
		{ "a text passes its limit", 5000, 1 << 20, 777, 50, 4096 },
		{ "all pass theirs", 1 << 20, 20000, 333, 50, 1000 },
		{ "writes larger than memory", 100, 500, 70000, 3, 65536 },
		{ "larger than what is gathered", 1 << 20, 1 << 20, 300000, 3,
		  100000 },
		{ "nothing", 10, 10, 0, 5, 10 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct spill *sp =
			spill_new(rows[i].text_max, rows[i].total_max);
		struct spill_text texts[TEXTS] = { 0 };
		struct err err = { 0 };

		for (size_t k = 0; k < rows[i].times * TEXTS; k++) {
			size_t t = k * 7 % TEXTS;

			ROW(!append(sp, &texts[t], t, rows[i].write, &err),
			    rows[i].name);
			ROW(spill_memory(sp) <= rows[i].total_max,
			    rows[i].name);
		}
		for (size_t t = 0; t < TEXTS; t++) {
			ROW(spill_length(&texts[t]) ==
				    rows[i].write * rows[i].times,
			    rows[i].name);
			ROW(reads(sp, &texts[t], t, rows[i].read),
			    rows[i].name);
			spill_release(sp, &texts[t]);
		}
		ROW(spill_memory(sp) == 0, rows[i].name);
		spill_free(sp);
	}
	spill_free(NULL);
}

static void a_lonely_text_has_one_extent(void **state)
{
	struct spill *sp = spill_new(4096, 1 << 20);
	struct spill_text t = { 0 };
	struct err err = { 0 };

	(void)state;
	for (size_t i = 0; i < 1000; i++)
		assert_int_equal(append(sp, &t, 3, 1000, &err), 0);
	assert_int_equal(t.nextents, 1);
	assert_true(reads(sp, &t, 3, 9999));
	spill_release(sp, &t);
	spill_release(sp, &t);
	assert_int_equal(spill_length(&t), 0);
	spill_free(sp);
}

/* A limit on file sizes stands for a full disk. */
static void full_disk_is_told(void **state)
{
	struct spill *sp = spill_new(1000, 1000000);
	struct spill_text t = { 0 };
	struct err err = { 0 };
	struct rlimit old, small;
	int rc = 0;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = old;
	small.rlim_cur = 4096;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	for (size_t i = 0; i < 1000 && !rc; i++)
		rc = append(sp, &t, 1, 999, &err);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_int_equal(rc, -1);
	assert_string_equal(err.msg,
			    "cannot write a temporary file: File too large");
	err_release(&err);
	spill_release(sp, &t);
	assert_int_equal(append(sp, &t, 1, 5000, &err), -1);
	err_release(&err);
	spill_release(sp, &t);
	spill_free(sp);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_back_what_was_written),
		cmocka_unit_test(a_lonely_text_has_one_extent),
		cmocka_unit_test(full_disk_is_told),
	};

	(void)sigaction(SIGXFSZ, &(struct sigaction){ .sa_handler = SIG_IGN },
			NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
