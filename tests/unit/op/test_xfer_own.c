/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whose a file of theirs is: a server of a few lines, which answers the last
 * request first.
 */
#include "op/xfer_own.h"

#include "lib/test.h"

#include <sys/stat.h>

#include "base/be32.h"
#include "base/list.h"

#define SIZE	   ((uint64_t)1000)
#define NONE	   UINT32_MAX /* no owner is told */
#define REQUESTS   ((size_t)8)
#define OUR_HANDLE 'n'

/* A file as the server tells of it. */
struct told {
	uint32_t uid, mode;
	uint64_t size;
};

struct fixture {
	struct xfer x;
	struct xfer_own own;
	struct told file, probe;
	bool makes; /* the probe */
	unsigned int done, made, closed, removed;
};

static void on_done(struct xfer_own *o)
{
	container_of(o, struct fixture, own)->done++;
}

static void add32(struct strbuf *sb, uint32_t value)
{
	unsigned char bytes[4];

	be32_put(bytes, value);
	(void)strbuf_add(sb, bytes, sizeof(bytes));
}

static void add_attrs(struct strbuf *sb, const struct told *t)
{
	uint32_t has = SFTP_HAS_SIZE | SFTP_HAS_MODE;

	add32(sb, t->uid == NONE ? has : has | SFTP_HAS_OWNER);
	add32(sb, (uint32_t)(t->size >> 32));
	add32(sb, (uint32_t)t->size);
	if (t->uid != NONE) {
		add32(sb, t->uid);
		add32(sb, 0);
	}
	add32(sb, t->mode);
}

static void add_status(struct strbuf *sb, uint32_t code)
{
	add32(sb, code);
	add32(sb, 0);
	add32(sb, 0);
}

/* The body of the answer; what type it has. */
static enum sftp_type judge(struct fixture *f, const unsigned char *rq,
			    struct strbuf *body)
{
	switch (rq[4]) {
	case SFTP_OPEN:
		if (!f->makes)
			break;
		f->made++;
		add32(body, 1);
		(void)strbuf_addch(body, OUR_HANDLE);
		return SFTP_HANDLE;
	case SFTP_FSTAT:
		add_attrs(body, rq[13] == OUR_HANDLE ? &f->probe : &f->file);
		return SFTP_ATTRS;
	case SFTP_CLOSE:
		f->closed++;
		add_status(body, SFTP_OK);
		return SFTP_STATUS;
	case SFTP_REMOVE:
		f->removed++;
		add_status(body, SFTP_OK);
		return SFTP_STATUS;
	default:
		break;
	}
	add_status(body, SFTP_FAILURE);
	return SFTP_STATUS;
}

static void answer(struct fixture *f, const unsigned char *rq)
{
	struct strbuf body = STRBUF_INIT(1000);
	struct strbuf out = STRBUF_INIT(1000);
	enum sftp_type type = judge(f, rq, &body);

	add32(&out, (uint32_t)(5 + body.len));
	(void)strbuf_addch(&out, (char)type);
	(void)strbuf_add(&out, rq + 5, 4);
	(void)strbuf_add(&out, body.buf, body.len);
	assert_int_equal(xfer_input(&f->x, out.buf, out.len, NULL), 0);
	strbuf_release(&body);
	strbuf_release(&out);
}

static void ask(struct fixture *f)
{
	xfer_init(&f->x);
	f->x.greeted = f->x.ready = true;
	f->own = (struct xfer_own){ .x = &f->x,
				    .handle = { "h", 1 },
				    .probe = { "d/probe", 7 },
				    .size = SIZE,
				    .done = on_done };
	xfer_own_start(&f->own);
	for (int turn = 0; turn < 8 && !f->done; turn++) {
		unsigned char bytes[1000];
		size_t at[REQUESTS];
		size_t n, count = 0;
		const void *p = xfer_output(&f->x, &n);

		assert_true(n && n <= sizeof(bytes));
		memcpy(bytes, p, n);
		xfer_sent(&f->x, n);
		for (size_t i = 0; i < n; i += 4 + be32_get(bytes + i)) {
			assert_true(count < REQUESTS);
			at[count++] = i;
		}
		while (count)
			answer(f, bytes + at[--count]);
	}
	assert_int_equal(f->done, 1);
	assert_int_equal(f->x.ncalls, 0);
	xfer_release(&f->x);
}

static void only_a_file_of_our_own_is_ours(void **state)
{
	static const struct {
		const char *name;
		struct told file, probe;
		bool fails; /* to make the probe */
		bool ours;
	} rows[] = {
		{ "the same owner",
		  { 7, S_IFREG, SIZE },
		  { 7, S_IFREG, 0 },
		  false,
		  true },
		{ "root too",
		  { 0, S_IFREG, SIZE },
		  { 0, S_IFREG, 0 },
		  false,
		  true },
		{ "another's",
		  { 8, S_IFREG, SIZE },
		  { 7, S_IFREG, 0 },
		  false,
		  false },
		{ "no owner",
		  { NONE, S_IFREG, SIZE },
		  { 7, S_IFREG, 0 },
		  false,
		  false },
		{ "ours has none",
		  { 7, S_IFREG, SIZE },
		  { NONE, S_IFREG, 0 },
		  false,
		  false },
		{ "neither has",
		  { NONE, S_IFREG, SIZE },
		  { NONE, S_IFREG, 0 },
		  false,
		  false },
		{ "no file",
		  { 7, S_IFIFO, SIZE },
		  { 7, S_IFREG, 0 },
		  false,
		  false },
		{ "another by now",
		  { 7, S_IFREG, SIZE + 1 },
		  { 7, S_IFREG, 0 },
		  false,
		  false },
		{ "no probe",
		  { 0, S_IFREG, SIZE },
		  { 0, S_IFREG, 0 },
		  true,
		  false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f = { .file = rows[i].file,
				     .probe = rows[i].probe,
				     .makes = !rows[i].fails };

		ask(&f);
		ROW(f.own.ours == rows[i].ours, rows[i].name);
		/* what was made is taken away again */
		ROW(f.made == f.removed && f.made == f.closed, rows[i].name);
		ROW(f.made == !rows[i].fails, rows[i].name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_a_file_of_our_own_is_ours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
