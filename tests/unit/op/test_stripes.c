/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who opens a file by its name writes to it only when it is proven to be the
 * one that the first conversation has.
 */
#include "op/stripes.h"

#include "lib/test.h"

#include <string.h>

#include "base/alloc.h"
#include "base/be32.h"

#define VERSION_3 "\0\0\0\005\2\0\0\0\3"
#define OURS	  1000
#define ID_AT	  5 /* of the first request behind the greeting */

struct fixture {
	struct xfer first, other;
	struct stripe_lanes lanes;
	struct stripes s;
	unsigned int moved;
};

static void on_moved(struct stripes *s)
{
	struct fixture *f = s->owner;

	f->moved++;
}

static void greet(struct xfer *x)
{
	size_t n;

	xfer_init(x);
	xfer_start(x);
	assert_int_equal(xfer_input(x, VERSION_3, sizeof(VERSION_3) - 1, NULL),
			 0);
	(void)xfer_output(x, &n);
	xfer_sent(x, n);
	assert_true(x->ready);
}

static int setup(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));

	greet(&f->first);
	greet(&f->other);
	f->lanes = (struct stripe_lanes){ { &f->other }, 1, true };
	f->s = (struct stripes){
		.x = &f->first,
		.handle = { "main", 4 },
		.path = "temp",
		.moved = on_moved,
		.owner = f,
	};
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	xfer_release(&f->first);
	xfer_release(&f->other);
	free(f);
	return 0;
}

/* The one request that `x` has to send is of that type; its id. */
static uint32_t asked(struct xfer *x, enum sftp_type type)
{
	size_t n;
	const unsigned char *p = xfer_output(x, &n);
	uint32_t id;

	assert_true(n > ID_AT + 4);
	assert_int_equal(p[4], type);
	assert_int_equal(be32_get(p) + 4, n);
	id = be32_get(p + ID_AT);
	xfer_sent(x, n);
	return id;
}

static void answer(struct xfer *x, uint32_t id, enum sftp_type type,
		   const void *body, size_t n)
{
	unsigned char p[64];

	assert_true(9 + n <= sizeof(p));
	be32_put(p, (uint32_t)(5 + n));
	p[4] = (unsigned char)type;
	be32_put(p + 5, id);
	memcpy(p + 9, body, n);
	assert_int_equal(xfer_input(x, p, 9 + n, NULL), 0);
}

static void answer_status(struct xfer *x, uint32_t id, uint32_t code)
{
	unsigned char body[12] = { 0 };

	be32_put(body, code);
	answer(x, id, SFTP_STATUS, body, sizeof(body));
}

static void answer_attrs(struct xfer *x, uint32_t id, uint32_t uid,
			 uint32_t atime)
{
	unsigned char body[20];

	be32_put(body, SFTP_HAS_OWNER | SFTP_HAS_TIMES);
	be32_put(body + 4, uid);
	be32_put(body + 8, 100);
	be32_put(body + 12, atime);
	be32_put(body + 16, 1000);
	answer(x, id, SFTP_ATTRS, body, sizeof(body));
}

static void answer_times(struct xfer *x, uint32_t id, uint32_t atime)
{
	unsigned char body[12];

	be32_put(body, SFTP_HAS_TIMES);
	be32_put(body + 4, atime);
	be32_put(body + 8, 1000);
	answer(x, id, SFTP_ATTRS, body, sizeof(body));
}

/* The id of the look at what the other one has opened. */
static uint32_t open_other(struct fixture *f)
{
	static const unsigned char handle[] = { 0, 0, 0, 1, 'h' };

	stripes_start(&f->s, &f->lanes);
	answer_attrs(&f->first, asked(&f->first, SFTP_FSTAT), OURS, 2000);
	answer_status(&f->first, asked(&f->first, SFTP_FSETSTAT), SFTP_OK);
	answer(&f->other, asked(&f->other, SFTP_OPEN), SFTP_HANDLE, handle,
	       sizeof(handle));
	assert_false(f->s.v[0].proven);
	return asked(&f->other, SFTP_FSTAT);
}

/* Closed, and the time of access as it was. */
static void end(struct fixture *f)
{
	size_t n;
	const char *p;

	stripes_end(&f->s);
	assert_false(f->s.v[0].proven);
	answer_status(&f->other, asked(&f->other, SFTP_CLOSE), SFTP_OK);
	p = xfer_output(&f->first, &n);
	assert_int_equal(be32_get(p + n - 8), 2000);
	answer_status(&f->first, asked(&f->first, SFTP_FSETSTAT), SFTP_OK);
	assert_int_equal(f->s.busy, 0);
}

static void the_same_file_is_written_to(void **state)
{
	struct fixture *f = *state;
	uint32_t id = open_other(f);

	answer_attrs(&f->other, id, OURS, f->s.mark);
	assert_true(f->s.v[0].proven);
	assert_int_equal(f->s.busy, 0);
	assert_int_equal(f->moved, 4);
	assert_int_equal(stripe_handle(&f->s.v[0]).n, 1);
	end(f);
}

static void another_file_is_not(void **state)
{
	struct fixture *f = *state;
	uint32_t id = open_other(f);

	answer_attrs(&f->other, id, OURS, 2000);
	assert_false(f->s.v[0].proven);
	end(f);
}

/* He has seen the time, and gives it to what he puts in its place. */
static void a_file_of_somebody_else_is_not(void **state)
{
	struct fixture *f = *state;
	uint32_t id = open_other(f);

	answer_attrs(&f->other, id, OURS + 1, f->s.mark);
	assert_false(f->s.v[0].proven);
	end(f);
}

static void a_file_of_nobody_is_not(void **state)
{
	struct fixture *f = *state;
	uint32_t id = open_other(f);

	answer_times(&f->other, id, f->s.mark);
	assert_false(f->s.v[0].proven);
	end(f);
}

static void without_the_mark_nothing_is_opened(void **state)
{
	struct fixture *f = *state;
	size_t n;

	stripes_start(&f->s, &f->lanes);
	answer_attrs(&f->first, asked(&f->first, SFTP_FSTAT), OURS, 2000);
	answer_status(&f->first, asked(&f->first, SFTP_FSETSTAT),
		      SFTP_PERMISSION_DENIED);
	(void)xfer_output(&f->other, &n);
	assert_int_equal(n, 0);
	stripes_end(&f->s);
	assert_int_equal(f->s.busy, 0);
	(void)xfer_output(&f->first, &n);
	assert_int_equal(n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_same_file_is_written_to,
						setup, teardown),
		cmocka_unit_test_setup_teardown(another_file_is_not, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_file_of_somebody_else_is_not,
						setup, teardown),
		cmocka_unit_test_setup_teardown(a_file_of_nobody_is_not, setup,
						teardown),
		cmocka_unit_test_setup_teardown(
			without_the_mark_nothing_is_opened, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
