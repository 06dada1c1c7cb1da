/* SPDX-License-Identifier: Apache-2.0 */
#include "base/bufq.h"

#include "lib/test.h"

static void fill(unsigned char *p, size_t n, unsigned int seed)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (unsigned char)((i + seed) * 31 >> 3);
}

static void empty_queue_holds_nothing(void **state)
{
	struct bufpool pool;
	struct bufq q;
	size_t n = 99;

	(void)state;
	bufpool_init(&pool, 4);
	bufq_init(&q, &pool, 10, 20);
	assert_null(bufq_peek(&q, &n));
	assert_int_equal(n, 0);
	assert_int_equal(bufq_len(&q), 0);
	assert_true(bufq_low(&q));
	assert_false(bufq_full(&q));
	bufq_write(&q, "", 0);
	assert_null(q.head);
	bufq_consume(&q, 0);
	bufq_release(&q);
	bufpool_release(&pool);
	bufq_release(NULL);
	bufpool_release(NULL);
}

static void bytes_come_out_as_they_went_in(void **state)
{
	enum {
		TOTAL = 5 * 16384 + 123
	};
	static unsigned char in[TOTAL];
	static unsigned char out[TOTAL];
	struct bufpool pool;
	struct bufq q;
	size_t wrote = 0;
	size_t got = 0;

	(void)state;
	fill(in, TOTAL, 1);
	bufpool_init(&pool, 4);
	bufq_init(&q, &pool, 0, 1000);
	/* Odd sizes in and out, so that every border of a chunk is crossed. */
	for (unsigned int turn = 1; got < TOTAL; turn++) {
		size_t n = turn * 977 % 40000;
		size_t want = turn * 613 % 30000;

		if (n > TOTAL - wrote)
			n = TOTAL - wrote;
		bufq_write(&q, in + wrote, n);
		wrote += n;
		while (want && bufq_len(&q)) {
			const void *p = bufq_peek(&q, &n);

			if (n > want)
				n = want;
			memcpy(out + got, p, n);
			bufq_consume(&q, n);
			got += n;
			want -= n;
		}
		assert_int_equal(bufq_len(&q), wrote - got);
	}
	assert_memory_equal(in, out, TOTAL);
	bufq_release(&q);
	bufpool_release(&pool);
}

static void consume_crosses_chunks(void **state)
{
	static unsigned char in[3 * 16384];
	struct bufpool pool;
	struct bufq q;
	const unsigned char *p;
	size_t n;

	(void)state;
	fill(in, sizeof(in), 2);
	bufpool_init(&pool, 4);
	bufq_init(&q, &pool, 0, 1);
	bufq_write(&q, in, sizeof(in));
	bufq_consume(&q, 2 * BUFQ_CHUNK + 5);
	p = bufq_peek(&q, &n);
	assert_int_equal(n, BUFQ_CHUNK - 5);
	assert_memory_equal(p, in + 2 * BUFQ_CHUNK + 5, n);
	bufq_release(&q);
	bufpool_release(&pool);
}

static void marks_tell_when_to_stop_and_go_on(void **state)
{
	struct bufpool pool;
	struct bufq q;

	(void)state;
	bufpool_init(&pool, 4);
	bufq_init(&q, &pool, 2, 4);
	bufq_write(&q, "abc", 3);
	assert_false(bufq_full(&q));
	assert_false(bufq_low(&q));
	bufq_write(&q, "d", 1);
	assert_true(bufq_full(&q));
	bufq_consume(&q, 1);
	assert_false(bufq_full(&q));
	assert_false(bufq_low(&q));
	bufq_consume(&q, 1);
	assert_true(bufq_low(&q));
	bufq_release(&q);
	bufpool_release(&pool);
}

static void pool_keeps_no_more_than_its_limit(void **state)
{
	static const unsigned char zeros[4 * 16384];
	struct bufpool pool;
	struct bufq q;
	struct bufchunk *spare;

	(void)state;
	bufpool_init(&pool, 2);
	bufq_init(&q, &pool, 0, 1);
	bufq_write(&q, zeros, sizeof(zeros));
	assert_int_equal(pool.nfree, 0);
	bufq_consume(&q, sizeof(zeros));
	assert_int_equal(pool.nfree, 2);
	assert_null(q.head);
	spare = pool.free;
	bufq_write(&q, "x", 1);
	assert_ptr_equal(q.head, spare);
	assert_int_equal(pool.nfree, 1);
	bufq_release(&q);
	assert_int_equal(bufq_len(&q), 0);
	bufpool_release(&pool);
	assert_int_equal(pool.nfree, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty_queue_holds_nothing),
		cmocka_unit_test(bytes_come_out_as_they_went_in),
		cmocka_unit_test(consume_crosses_chunks),
		cmocka_unit_test(marks_tell_when_to_stop_and_go_on),
		cmocka_unit_test(pool_keeps_no_more_than_its_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
