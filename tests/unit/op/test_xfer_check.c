/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file of theirs compared with ours: a server of a few lines, which answers
 * the last request first.
 */
#include "op/xfer_check.h"

#include "lib/test.h"

#include "base/alloc.h"
#include "base/be32.h"
#include "base/list.h"

#define SIZE ((size_t)200000)

struct fixture {
	struct xfer x;
	struct xfer_check k;
	unsigned char *ours, *theirs;
	size_t their_size;
	size_t at_once;	 /* bytes that the server sends at most */
	uint32_t status; /* that it says in place of bytes, or 0 */
	unsigned int done;
};

static const void *ours(struct xfer_check *k, uint64_t offset, size_t *n,
			struct err *err)
{
	struct fixture *f = container_of(k, struct fixture, k);

	(void)err;
	if (*n > 7000)
		*n = 7000; /* it may give less */
	return f->ours + offset;
}

static void done(struct xfer_check *k)
{
	container_of(k, struct fixture, k)->done++;
}

static int setup(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));

	*state = f;
	xfer_init(&f->x);
	f->x.greeted = f->x.ready = true;
	f->ours = xmalloc(SIZE);
	f->theirs = xmalloc(SIZE);
	for (size_t i = 0; i < SIZE; i++)
		f->ours[i] = f->theirs[i] = (unsigned char)(i / 7 + i);
	f->their_size = SIZE;
	f->at_once = SIZE;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	xfer_release(&f->x);
	xfer_check_release(&f->k);
	free(f->ours);
	free(f->theirs);
	free(f);
	return 0;
}

/* Length, type, id; the handle "h"; offset and length. */
#define REQUEST ((size_t)26)

static void answer(struct fixture *f, const unsigned char *rq)
{
	struct strbuf out = STRBUF_INIT(2 * SIZE);
	uint64_t offset = (uint64_t)be32_get(rq + 14) << 32 | be32_get(rq + 18);
	size_t len = be32_get(rq + 22);
	unsigned char head[13] = { 0 };

	if (len > f->at_once)
		len = f->at_once;
	if (offset + len > f->their_size)
		len = offset < f->their_size ? f->their_size - offset : 0;
	head[4] = SFTP_DATA;
	memcpy(head + 5, rq + 5, 4);
	be32_put(head + 9, (uint32_t)len);
	if (f->status || offset >= f->their_size) {
		head[4] = SFTP_STATUS;
		be32_put(head + 9, f->status ? f->status : SFTP_EOF);
		len = 0;
	}
	be32_put(head, (uint32_t)(sizeof(head) - 4 + len));
	(void)strbuf_add(&out, head, sizeof(head));
	if (len)
		(void)strbuf_add(&out, f->theirs + offset, len);
	if (head[4] == SFTP_STATUS) { /* two empty texts */
		static const char none[8];

		strbuf_truncate(&out, 0);
		be32_put(head, 17);
		(void)strbuf_add(&out, head, sizeof(head));
		(void)strbuf_add(&out, none, sizeof(none));
	}
	assert_int_equal(xfer_input(&f->x, out.buf, out.len, NULL), 0);
	strbuf_release(&out);
}

static void check(struct fixture *f, uint64_t len)
{
	f->k = (struct xfer_check){ .x = &f->x,
				    .handle = { "h", 1 },
				    .len = len,
				    .ours = ours,
				    .done = done };
	xfer_check_start(&f->k);
	assert_int_equal(f->done, 0);
	while (f->k.active) {
		unsigned char rqs[XFER_BULK * REQUEST];
		const void *p;
		size_t n;

		xfer_check_pump(&f->k);
		p = xfer_output(&f->x, &n);
		assert_true(n > 0 || !f->k.active);
		assert_true(n <= sizeof(rqs));
		if (n)
			memcpy(rqs, p, n);
		xfer_sent(&f->x, n);
		assert_int_equal(n % REQUEST, 0);
		while (n) {
			n -= REQUEST;
			answer(f, rqs + n);
		}
	}
	assert_int_equal(f->done, 1);
	assert_int_equal(f->k.busy, 0);
}

static void what_is_the_same_is_found_so(void **state)
{
	struct fixture *f = *state;

	check(f, SIZE);
	assert_false(f->k.differs);
	assert_int_equal(f->k.err.code, ERR_NONE);
}

static void one_byte_is_enough_to_differ(void **state)
{
	static const size_t at[] = { 0, 1, 32768, 99999, SIZE - 1 };

	for (size_t i = 0; i < COUNT(at); i++) {
		struct fixture *f = *state;

		f->done = 0;
		f->theirs[at[i]] ^= 1;
		check(f, SIZE);
		assert_true(f->k.differs);
		f->theirs[at[i]] ^= 1;
	}
}

static void what_stands_behind_does_not_count(void **state)
{
	struct fixture *f = *state;

	f->theirs[1000] ^= 1;
	check(f, 1000);
	assert_false(f->k.differs);
}

static void short_answers_are_asked_on(void **state)
{
	struct fixture *f = *state;

	f->at_once = 3000;
	check(f, SIZE);
	assert_false(f->k.differs);
}

static void a_file_that_ends_early_differs(void **state)
{
	struct fixture *f = *state;

	f->their_size = 100000;
	check(f, SIZE);
	assert_true(f->k.differs);
	assert_int_equal(f->k.err.code, ERR_NONE);
}

static void nothing_in_place_of_bytes_is_an_error(void **state)
{
	struct fixture *f = *state;

	f->at_once = 0;
	check(f, SIZE);
	assert_string_equal(f->k.err.msg,
			    "the server sent nothing in place of bytes");
}

static void what_cannot_be_read_is_an_error(void **state)
{
	struct fixture *f = *state;

	f->status = SFTP_PERMISSION_DENIED;
	check(f, SIZE);
	assert_int_equal(f->k.err.code, ERR_COPY);
	assert_string_equal(f->k.err.msg, "permission denied");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_the_same_is_found_so),
		TEST(one_byte_is_enough_to_differ),
		TEST(what_stands_behind_does_not_count),
		TEST(short_answers_are_asked_on),
		TEST(a_file_that_ends_early_differs),
		TEST(nothing_in_place_of_bytes_is_an_error),
		TEST(what_cannot_be_read_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
