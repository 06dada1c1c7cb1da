/* SPDX-License-Identifier: Apache-2.0 */
#include "out/sink.h"

#include <sys/mman.h>
#include <unistd.h>

#include "lib/test.h"

#include "io/outq.h"

/* Gathers lines, each between < and >. */
static void gather(void *arg, const char *line, size_t n)
{
	struct strbuf *sb = arg;

	strbuf_addch(sb, '<');
	strbuf_add(sb, line, n);
	strbuf_addch(sb, '>');
}

static void lines_are_cut_however_bytes_arrive(void **state)
{
	static const struct {
		const char *in, *want;
	} rows[] = {
		/* clang-format off */
		{ "",          "" },
		{ "\n",        "<\n>" },
		{ "a\nb\n",    "<a\n><b\n>" },
		{ "a\n\nb\n",  "<a\n><\n><b\n>" },
		{ "a\nb",      "<a\n><b>" },
		{ "abc",       "<abc>" },
		{ "a\r\nb\r",  "<a\r\n><b\r>" },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t n = strlen(rows[i].in);

		for (size_t step = 1; step <= n + 1; step++) {
			struct strbuf got = STRBUF_INIT(1000);
			struct lines_budget budget = LINES_BUDGET_INIT;
			struct lines l;

			lines_init(&l, &budget);
			for (size_t at = 0; at < n; at += step)
				lines_feed(&l, rows[i].in + at,
					   step < n - at ? step : n - at,
					   gather, &got);
			lines_flush(&l, gather, &got);
			assert_string_equal(got.buf, rows[i].want);
			assert_int_equal(l.held.cap, 0);
			strbuf_release(&got);
		}
	}
}

static void nul_bytes_are_like_others(void **state)
{
	struct strbuf got = STRBUF_INIT(1000);
	struct lines_budget budget = LINES_BUDGET_INIT;
	struct lines l;

	(void)state;
	lines_init(&l, &budget);
	lines_feed(&l, "\0a", 2, gather, &got);
	lines_feed(&l, "\0\nb\0\n", 5, gather, &got);
	assert_int_equal(got.len, 11);
	assert_memory_equal(got.buf, "<\0a\0\n><b\0\n>", 11);
	lines_release(&l);
	strbuf_release(&got);
}

static void whole_lines_are_not_copied(void **state)
{
	static const char in[] = "one\ntwo\n";
	struct strbuf got = STRBUF_INIT(1000);
	struct lines_budget budget = LINES_BUDGET_INIT;
	struct lines l;

	(void)state;
	lines_init(&l, &budget);
	lines_feed(&l, in, strlen(in), gather, &got);
	assert_int_equal(l.held.cap, 0);
	lines_feed(&l, "part", 4, gather, &got);
	assert_int_not_equal(l.held.cap, 0);
	lines_feed(&l, "\n", 1, gather, &got);
	assert_int_equal(l.held.cap, 0);
	strbuf_release(&got);
}

/* What count_piece() saw. */
struct pieces {
	size_t sizes[8];
	bool ended[8];
	size_t n;
};

static void count_piece(void *arg, const char *line, size_t n)
{
	struct pieces *p = arg;

	assert_true(p->n < COUNT(p->sizes));
	p->sizes[p->n] = n;
	p->ended[p->n] = line[n - 1] == '\n';
	p->n++;
}

static void long_lines_come_in_pieces(void **state)
{
	/* clang-format off */
	static const struct {
		const char *name;
		size_t body;
		bool newline;
		struct pieces want;
	} rows[] = {
		{ "largest whole line", LINES_MAX, true,
		  { { LINES_MAX + 1 }, { true }, 1 } },
		{ "largest without newline", LINES_MAX, false,
		  { { LINES_MAX }, { false }, 1 } },
		{ "one byte more", LINES_MAX + 1, true,
		  { { LINES_MAX, 2 }, { false, true }, 2 } },
		{ "two pieces", 2 * LINES_MAX, true,
		  { { LINES_MAX, LINES_MAX + 1 }, { false, true }, 2 } },
		{ "two and a rest", 2 * LINES_MAX + 5, false,
		  { { LINES_MAX, LINES_MAX, 5 }, { false, false, false }, 3 } },
	};
	/* clang-format on */
	static const size_t steps[] = { 32768, 1000003, 3 * LINES_MAX };
	char *in = malloc(3 * LINES_MAX);

	(void)state;
	assert_non_null(in);
	for (size_t i = 0; i < COUNT(rows) * COUNT(steps); i++) {
		size_t row = i / COUNT(steps);
		size_t step = steps[i % COUNT(steps)];
		size_t n = rows[row].body + rows[row].newline;
		struct lines_budget budget = LINES_BUDGET_INIT;
		struct lines l;
		struct pieces got = { 0 };

		lines_init(&l, &budget);
		memset(in, 'x', n);
		if (rows[row].newline)
			in[n - 1] = '\n';
		for (size_t at = 0; at < n; at += step)
			lines_feed(&l, in + at, step < n - at ? step : n - at,
				   count_piece, &got);
		lines_flush(&l, count_piece, &got);
		ROW(!memcmp(&got, &rows[row].want, sizeof(got)),
		    rows[row].name);
	}
	free(in);
}

static void add_up(void *arg, const char *line, size_t n)
{
	size_t *sum = arg;

	(void)line;
	*sum += n;
}

/* Eight streams that hold little, and one that never ends its line. */
static void long_lines_give_way_when_memory_is_short(void **state)
{
	static char in[LINES_SHARE];
	struct lines_budget budget = { .max = 16 * LINES_SHARE };
	struct lines l[9];
	size_t sum = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(l); i++) {
		lines_init(&l[i], &budget);
		lines_feed(&l[i], in, 100, add_up, &sum);
	}
	for (size_t i = 0; i < 1000; i++) {
		lines_feed(&l[8], in, sizeof(in), add_up, &sum);
		assert_in_range(budget.used, 1, 33 * LINES_SHARE);
	}
	/* The others still have theirs. */
	assert_in_range(sum, 900 * LINES_SHARE, 1000 * LINES_SHARE + 100);
	for (size_t i = 0; i < COUNT(l) - 1; i++)
		assert_int_equal(l[i].held.len, 100);
	/* All spent: no line is held beyond its share. */
	budget.max = 0;
	for (size_t i = 0; i < 50 * COUNT(l); i++) {
		struct lines *at = &l[i % COUNT(l)];

		lines_feed(at, in, 1000, add_up, &sum);
		assert_true(at->held.len <= LINES_SHARE);
	}
	for (size_t i = 0; i < COUNT(l); i++)
		lines_flush(&l[i], add_up, &sum);
	assert_int_equal(sum, COUNT(l) * 50100 + 1000 * LINES_SHARE);
	assert_int_equal(budget.used, 0);
}

static void label_is_formatted(void **state)
{
	static const struct {
		const char *label;
		unsigned int rank;
		bool colour;
		const char *want;
	} rows[] = {
		/* clang-format off */
		{ "node01", 0, false, "node01: " },
		{ "node01", 0, true,  "\033[36mnode01\033[0m: " },
		{ "node02", 1, true,  "\033[32mnode02\033[0m: " },
		{ "node06", 5, true,  "\033[36mnode06\033[0m: " },
		{ "x\033[2J", 0, false, "x\\033[2J: " },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct strbuf sb = STRBUF_INIT(100);

		label_format(&sb, rows[i].label, rows[i].rank, rows[i].colour);
		assert_string_equal(sb.buf, rows[i].want);
		strbuf_release(&sb);
	}
}

static void line_is_written_labelled_and_ended(void **state)
{
	static const struct {
		const char *label, *line;
		bool vis;
		const char *want;
	} rows[] = {
		/* clang-format off */
		{ "a: ", "x\n",          false, "a: x\n" },
		{ "a: ", "x",            false, "a: x\n" },
		{ "",    "x\n",          false, "x\n" },
		{ "a: ", "\n",           false, "a: \n" },
		{ "a: ", "\033[2J\r\n",  false, "a: \033[2J\r\n" },
		{ "a: ", "\033[2J\r\n",  true,  "a: \\033[2J\n" },
		{ "a: ", "1%\r2%\r",     true,  "a: 1%\\0152%\n" },
		{ "a: ", "\tx\n",        true,  "a: \tx\n" },
		{ "a: ", "\r\n",         true,  "a: \n" },
		{ "a: ", "\303\251\n",   true,  "a: \303\251\n" },
		/* clang-format on */
	};
	struct strbuf label = STRBUF_INIT(100);
	struct loop *loop = loop_new(NULL);
	struct bufpool pool;

	(void)state;
	assert_non_null(loop);
	bufpool_init(&pool, 4);
	for (size_t i = 0; i < COUNT(rows); i++) {
		int fd = memfd_create("out", MFD_CLOEXEC);
		char got[100] = "";
		struct outq q;

		assert_int_not_equal(fd, -1);
		outq_init(&q, loop, &pool, fd, 1000, NULL);
		strbuf_reset(&label);
		strbuf_addstr(&label, rows[i].label);
		line_write(&q, &label, rows[i].vis, rows[i].line,
			   strlen(rows[i].line));
		assert_int_equal(outq_flush(&q), 0);
		assert_int_equal(pread(fd, got, sizeof(got) - 1, 0),
				 strlen(rows[i].want));
		assert_string_equal(got, rows[i].want);
		outq_release(&q);
		(void)close(fd);
	}
	bufpool_release(&pool);
	loop_free(loop);
	strbuf_release(&label);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_cut_however_bytes_arrive),
		cmocka_unit_test(nul_bytes_are_like_others),
		cmocka_unit_test(whole_lines_are_not_copied),
		cmocka_unit_test(long_lines_come_in_pieces),
		cmocka_unit_test(long_lines_give_way_when_memory_is_short),
		cmocka_unit_test(label_is_formatted),
		cmocka_unit_test(line_is_written_labelled_and_ended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
