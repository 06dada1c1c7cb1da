/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/hostdiff.h"

#include "lib/test.h"

#include "out/diff.h"
#include "ui/sgr.h"

enum {
	HOSTS = 5
};

static void add(struct scrollback *sb, size_t rank, enum stream s,
		const char *text)
{
	assert_int_equal(scrollback_add(sb, rank, s, text, strlen(text), NULL),
			 0);
}

/* All lines of the source, each behind a letter for its kind. */
static const char *show(struct hostdiff *d)
{
	static const char letters[PAGER_NKINDS] = {
		[PAGER_PLAIN] = '.',   [PAGER_ERROR] = '!', [PAGER_ADDED] = 'a',
		[PAGER_REMOVED] = 'r', [PAGER_HUNK] = 'h',
	};
	static char text[4096];
	struct strbuf bytes = STRBUF_INIT(2 * SGR_LINE_MAX);
	size_t n = 0;

	text[0] = '\0';
	for (uint64_t i = 0; i < hostdiff_source.lines(d); i++) {
		enum pager_kind kind;

		strbuf_reset(&bytes);
		assert_int_equal(
			hostdiff_source.read(d, i, &bytes, &kind, NULL), 0);
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%c%s\n",
				      letters[kind], bytes.buf);
		assert_true(n < sizeof(text));
	}
	strbuf_release(&bytes);
	return text;
}

/* All of what was begun: 0, or -1 with `err`. */
static int end(struct hostdiff *d, struct err *err)
{
	enum hostdiff_step step;

	do
		step = hostdiff_step(d, err);
	while (step == HOSTDIFF_GO_ON);
	assert_null(d->work);
	return step == HOSTDIFF_DONE ? 0 : -1;
}

static int set(struct hostdiff *d, struct scrollback *sb, size_t a, size_t b,
	       struct err *err)
{
	hostdiff_begin(d, sb, a, b);
	return end(d, err);
}

static void both_streams_are_compared(void **state)
{
	struct scrollback *sb = scrollback_new(HOSTS);
	struct hostdiff d;

	(void)state;
	hostdiff_init(&d);
	add(sb, 0, STREAM_OUT, "a\nb\n");
	add(sb, 1, STREAM_OUT, "a\nc");
	add(sb, 1, STREAM_ERR, "oops\n");
	assert_int_equal(set(&d, sb, 0, 1, NULL), 0);
	assert_string_equal(show(&d), "h@@ -1,2 +1,2 @@\n. a\nr-b\na+c\n"
				      "h@@ -0,0 +1 @@\na+oops\n");
	/* The other way round, and a host with itself. */
	assert_int_equal(set(&d, sb, 1, 0, NULL), 0);
	assert_string_equal(show(&d), "h@@ -1,2 +1,2 @@\n. a\nr-c\na+b\n"
				      "h@@ -1 +0,0 @@\nr-oops\n");
	assert_int_equal(set(&d, sb, 1, 1, NULL), 0);
	assert_int_equal(hostdiff_source.lines(&d), 0);
	/* Who has printed nothing. */
	assert_int_equal(set(&d, sb, 3, 0, NULL), 0);
	assert_string_equal(show(&d), "h@@ -0,0 +1,2 @@\na+a\na+b\n");
	assert_int_equal(set(&d, sb, 3, 4, NULL), 0);
	assert_string_equal(show(&d), "");
	hostdiff_release(&d);
	scrollback_free(sb);
}

/* One that is kept in pieces is one line, shown as far as one can be. */
static void a_long_line_is_one(void **state)
{
	static char text[2 * SGR_LINE_MAX + 3];
	struct scrollback *sb = scrollback_new(HOSTS);
	struct strbuf bytes = STRBUF_INIT(2 * SGR_LINE_MAX);
	enum pager_kind kind;
	struct hostdiff d;

	(void)state;
	hostdiff_init(&d);
	memset(text, 'x', sizeof(text) - 2);
	text[sizeof(text) - 2] = '\n';
	add(sb, 0, STREAM_OUT, text);
	text[SGR_LINE_MAX] = 'y';
	add(sb, 1, STREAM_OUT, text);
	assert_true(scrollback_lines(sb, 0) > 1);
	assert_int_equal(set(&d, sb, 0, 1, NULL), 0);
	assert_int_equal(hostdiff_source.lines(&d), 3);
	assert_int_equal(hostdiff_source.read(&d, 2, &bytes, &kind, NULL), 0);
	assert_int_equal(kind, PAGER_ADDED);
	assert_int_equal(bytes.len, SGR_LINE_MAX);
	strbuf_release(&bytes);
	hostdiff_release(&d);
	scrollback_free(sb);
}

static void too_much_is_not_compared(void **state)
{
	static const char want[] =
		"more than 100000 lines or 4 MiB are not compared";
	static char text[100001];
	struct scrollback *sb = scrollback_new(HOSTS);
	struct err err = { 0 };
	struct hostdiff d;

	(void)state;
	hostdiff_init(&d);
	add(sb, 0, STREAM_OUT, "a\n");
	add(sb, 2, STREAM_OUT, "b\n");
	memset(text, '\n', sizeof(text) - 1);
	for (int i = 0; i < 3; i++)
		add(sb, 1, STREAM_OUT, text);
	assert_int_equal(set(&d, sb, 0, 1, &err), -1);
	assert_string_equal(err.msg, want);
	err_release(&err);
	assert_int_equal(hostdiff_source.lines(&d), 0);
	memset(text, 'x', sizeof(text) - 1);
	for (size_t n = 0; n <= DIFF_MAX_BYTES; n += sizeof(text) - 1)
		add(sb, 3, STREAM_ERR, text);
	assert_int_equal(set(&d, sb, 3, 0, &err), -1);
	assert_string_equal(err.msg, want);
	err_release(&err);
	/* The next is as if nothing had been. */
	assert_int_equal(set(&d, sb, 0, 2, &err), 0);
	assert_string_equal(show(&d), "h@@ -1 +1 @@\nr-a\na+b\n");
	hostdiff_release(&d);
	scrollback_free(sb);
}

static bool counts(void *arg, size_t rank)
{
	const char *const *those = arg;

	return strchr(*those, (int)('0' + rank));
}

static int majority(struct scrollback *sb, const char *those, size_t *rank,
		    size_t *n, struct err *err)
{
	struct hostdiff d;
	int rc;

	hostdiff_init(&d);
	hostdiff_begin_most(&d, sb, HOSTS, counts, (void *)&those, 0);
	rc = end(&d, err);
	*rank = d.against;
	*n = d.most;
	hostdiff_release(&d);
	return rc;
}

static void most_have_printed_the_same(void **state)
{
	static const struct {
		const char *those;
		size_t rank, n;
	} rows[] = {
		{ "01234", 1, 3 }, { "0134", 1, 2 }, { "03", 0, 1 },
		{ "02", 0, 1 },	   { "4", 4, 1 },    { "30", 0, 1 },
	};
	struct scrollback *sb = scrollback_new(HOSTS);
	struct err err = { 0 };
	size_t rank, n;

	(void)state;
	for (size_t i = 0; i < HOSTS; i++) {
		add(sb, i, STREAM_OUT, i == 0 ? "odd\n" : "a\nb\n");
		add(sb, i, STREAM_ERR, i == 3 ? "a\n" : "");
	}
	for (size_t i = 0; i < COUNT(rows); i++) {
		rank = n = 99;
		assert_int_equal(majority(sb, rows[i].those, &rank, &n, NULL),
				 0);
		ROW(rank == rows[i].rank && n == rows[i].n, rows[i].those);
	}
	assert_int_equal(majority(sb, "", &rank, &n, &err), -1);
	assert_string_equal(err.msg, "no host is done yet");
	err_release(&err);
	scrollback_free(sb);
}

/* stdout of one and stderr of the other are not the same. */
static void streams_and_ends_of_lines_count(void **state)
{
	static const struct {
		enum stream s;
		const char *text;
	} rows[HOSTS] = {
		{ STREAM_OUT, "a\nb\n" }, { STREAM_ERR, "a\nb\n" },
		{ STREAM_OUT, "ab\n" },	  { STREAM_OUT, "a\n\nb\n" },
		{ STREAM_OUT, "a\nb\n" },
	};
	struct scrollback *sb = scrollback_new(HOSTS);
	size_t rank, n;

	(void)state;
	for (size_t i = 0; i < HOSTS; i++)
		add(sb, i, rows[i].s, rows[i].text);
	assert_int_equal(majority(sb, "43210", &rank, &n, NULL), 0);
	assert_int_equal(rank, 0);
	assert_int_equal(n, 2);
	scrollback_free(sb);
}

/* However much there is, a step does no more than a step. */
static void much_is_done_in_many_steps(void **state)
{
	enum {
		LINES = 90000
	};
	struct scrollback *sb = scrollback_new(HOSTS);
	const char *those = "012";
	struct hostdiff d;
	unsigned int steps = 0;

	(void)state;
	hostdiff_init(&d);
	for (size_t rank = 0; rank < 3; rank++)
		for (int i = 0; i < LINES; i++)
			add(sb, rank, STREAM_OUT,
			    rank == 2 && i == LINES / 2 ? "odd\n" : "even\n");
	hostdiff_begin_most(&d, sb, HOSTS, counts, (void *)&those, 2);
	while (hostdiff_step(&d, NULL) == HOSTDIFF_GO_ON)
		steps++;
	/* Each stream of five is all lines that are read. */
	assert_true(steps > 10 * LINES / 10000);
	assert_int_equal(d.against, 0);
	assert_int_equal(d.most, 2);
	assert_non_null(strstr(show(&d), "r-even\na+odd\n"));
	/* Given up in the middle: there is no difference, nor memory. */
	hostdiff_begin(&d, sb, 0, 2);
	assert_int_equal(hostdiff_source.lines(&d), 0);
	assert_int_equal(hostdiff_step(&d, NULL), HOSTDIFF_GO_ON);
	hostdiff_stop(&d);
	assert_int_equal(hostdiff_step(&d, NULL), HOSTDIFF_DONE);
	assert_int_equal(hostdiff_source.lines(&d), 0);
	/* A host that is begun anew meanwhile has no such line any more. */
	hostdiff_begin(&d, sb, 0, 2);
	assert_int_equal(hostdiff_step(&d, NULL), HOSTDIFF_GO_ON);
	scrollback_clear(sb, 0);
	assert_int_equal(end(&d, NULL), 0);
	hostdiff_release(&d);
	scrollback_free(sb);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_streams_are_compared),
		cmocka_unit_test(a_long_line_is_one),
		cmocka_unit_test(too_much_is_not_compared),
		cmocka_unit_test(most_have_printed_the_same),
		cmocka_unit_test(much_is_done_in_many_steps),
		cmocka_unit_test(streams_and_ends_of_lines_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
