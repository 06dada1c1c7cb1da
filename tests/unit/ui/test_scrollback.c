/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/scrollback.h"

#include <sys/resource.h>

#include "lib/test.h"
#include "ui/sgr.h"

static void add(struct scrollback *sb, size_t rank, enum stream s,
		const char *text)
{
	assert_int_equal(scrollback_add(sb, rank, s, text, strlen(text), NULL),
			 0);
}

/* All lines: "1:" stdout, "2:" stderr, "+" goes on. */
static void is(struct scrollback *sb, size_t rank, const char *want)
{
	struct strbuf all = STRBUF_INIT(STRBUF_MAX_TEXT);
	struct strbuf bytes = STRBUF_INIT(2 * SGR_LINE_MAX);
	struct scrollback_line line = { .bytes = &bytes };

	for (uint64_t i = 0; i < scrollback_lines(sb, rank); i++) {
		assert_int_equal(scrollback_read(sb, rank, i, &line, NULL), 0);
		(void)strbuf_addf(&all, "%s%u%s%s", i ? "|" : "",
				  (unsigned int)line.stream + 1,
				  line.goes_on ? "+" : ":", bytes.buf);
	}
	assert_string_equal(all.buf, want);
	strbuf_release(&all);
	strbuf_release(&bytes);
}

static void lines_come_in_the_order_they_end(void **state)
{
	struct scrollback *sb = scrollback_new(3);

	(void)state;
	is(sb, 1, "");
	add(sb, 1, STREAM_OUT, "one\ntw");
	is(sb, 1, "1:one|1:tw");
	add(sb, 1, STREAM_ERR, "oops\nhm");
	is(sb, 1, "1:one|2:oops|1:tw|2:hm");
	add(sb, 1, STREAM_OUT, "o\n\n");
	is(sb, 1, "1:one|2:oops|1:two|1:|2:hm");
	add(sb, 2, STREAM_OUT, "another\n");
	assert_int_equal(scrollback_end(sb, 0, NULL), 0);
	assert_int_equal(scrollback_end(sb, 1, NULL), 0);
	is(sb, 1, "1:one|2:oops|1:two|1:|2:hm");
	is(sb, 2, "1:another");
	scrollback_clear(sb, 1);
	is(sb, 1, "");
	add(sb, 1, STREAM_OUT, "again\n");
	is(sb, 1, "1:again");
	/* What was read last does not come back. */
	scrollback_clear(sb, 1);
	add(sb, 1, STREAM_OUT, "fresh\n");
	is(sb, 1, "1:fresh");
	add(sb, 1, STREAM_OUT, "more\n");
	is(sb, 1, "1:fresh|1:more");
	scrollback_free(sb);
	scrollback_free(NULL);
}

static void long_lines_are_pieces(void **state)
{
	struct scrollback *sb = scrollback_new(1);
	struct strbuf bytes = STRBUF_INIT(2 * SGR_LINE_MAX);
	struct scrollback_line line = { .bytes = &bytes };
	size_t n = 3 * SGR_LINE_MAX + 5;
	char *text = malloc(n);

	(void)state;
	memset(text, 'x', n);
	text[n - 2] = '\n';
	/* In odd parts, then at once. */
	for (size_t at = 0; at < n; at += 1000)
		assert_int_equal(scrollback_add(sb, 0, STREAM_ERR, text + at,
						n - at < 1000 ? n - at : 1000,
						NULL),
				 0);
	assert_int_equal(scrollback_add(sb, 0, STREAM_ERR, text, n, NULL), 0);
	assert_int_equal(scrollback_lines(sb, 0), 9);
	for (uint64_t i = 0; i < 9; i++) {
		static const size_t sizes[] = { SGR_LINE_MAX,
						SGR_LINE_MAX,
						SGR_LINE_MAX,
						3,
						SGR_LINE_MAX,
						SGR_LINE_MAX,
						SGR_LINE_MAX,
						4,
						1 };

		assert_int_equal(scrollback_read(sb, 0, i, &line, NULL), 0);
		assert_int_equal(bytes.len, sizes[i]);
		assert_int_equal(line.goes_on, sizes[i] == SGR_LINE_MAX);
		assert_int_equal(line.stream, STREAM_ERR);
	}
	strbuf_release(&bytes);
	scrollback_free(sb);
	free(text);
}

/* More lines than 16 bits count, more bytes than memory holds. */
static void lines_are_found_by_number(void **state)
{
	enum {
		LINES = 500000
	};
	struct scrollback *sb = scrollback_new(2);
	struct strbuf bytes = STRBUF_INIT(2 * SGR_LINE_MAX);
	struct scrollback_line line = { .bytes = &bytes };
	struct strbuf text = STRBUF_INIT(STRBUF_MAX_TEXT);
	uint64_t number = 1;

	(void)state;
	for (int i = 0; i < LINES; i++) {
		(void)strbuf_addf(&text, "line %d%*s\n", i, i % 50, "");
		if (text.len < 100000 && i < LINES - 1)
			continue;
		assert_int_equal(scrollback_add(sb, 0, STREAM_OUT, text.buf,
						text.len, NULL),
				 0);
		add(sb, 1, STREAM_OUT, "between\n");
		strbuf_reset(&text);
	}
	assert_int_equal(scrollback_lines(sb, 0), LINES);
	for (int i = 0; i < 3000; i++) {
		uint64_t at = i % 3 ? (number + 1) % LINES : number;
		char want[32];

		number = (number * 48271 + 11) % LINES;
		assert_int_equal(scrollback_read(sb, 0, at, &line, NULL), 0);
		(void)snprintf(want, sizeof(want), "line %llu",
			       (unsigned long long)at);
		bytes.buf[strcspn(bytes.buf + 5, " ") + 5] = '\0';
		assert_string_equal(bytes.buf, want);
	}
	strbuf_release(&text);
	strbuf_release(&bytes);
	scrollback_free(sb);
}

/* Many unfinished lines do not take more than their budget. */
static void unfinished_lines_share_memory(void **state)
{
	enum {
		HOSTS = 3000
	};
	struct scrollback *sb = scrollback_new(HOSTS);
	char text[8000];
	size_t cut = 0;

	(void)state;
	memset(text, 'x', sizeof(text));
	for (size_t i = 0; i < HOSTS; i++)
		assert_int_equal(scrollback_add(sb, i, STREAM_OUT, text,
						sizeof(text), NULL),
				 0);
	for (size_t i = 0; i < HOSTS; i++) {
		struct strbuf bytes = STRBUF_INIT(2 * SGR_LINE_MAX);
		struct scrollback_line line = { .bytes = &bytes };

		assert_int_equal(scrollback_lines(sb, i), 1);
		assert_int_equal(scrollback_read(sb, i, 0, &line, NULL), 0);
		assert_int_equal(bytes.len, sizeof(text));
		cut += line.goes_on;
		strbuf_release(&bytes);
	}
	assert_true(cut > 0 && cut < HOSTS);
	scrollback_free(sb);
}

static void a_full_disk_is_told_once(void **state)
{
	struct scrollback *sb = scrollback_new(1);
	struct rlimit none = { .rlim_cur = 0, .rlim_max = RLIM_INFINITY };
	struct rlimit before;
	struct err err = { 0 };
	char *text = malloc(100000);
	int failed = 0;
	uint64_t lines;

	(void)state;
	memset(text, 'x', 100000);
	for (int i = 99; i < 100000; i += 100)
		text[i] = '\n';
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	none.rlim_max = before.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	for (int i = 0; i < 40; i++)
		failed += scrollback_add(sb, 0, STREAM_OUT, text, 100000,
					 &err) < 0;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_int_equal(failed, 1);
	assert_int_equal(err.code, ERR_LOCAL);
	err_release(&err);
	lines = scrollback_lines(sb, 0);
	assert_true(lines > 0 && lines < 40000);
	scrollback_free(sb);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_come_in_the_order_they_end),
		cmocka_unit_test(long_lines_are_pieces),
		cmocka_unit_test(lines_are_found_by_number),
		cmocka_unit_test(unfinished_lines_share_memory),
		cmocka_unit_test(a_full_disk_is_told_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
