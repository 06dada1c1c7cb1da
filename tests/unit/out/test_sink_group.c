/* SPDX-License-Identifier: Apache-2.0 */
#include "out/sink_group.h"

#include "unit/out/fixture.h"

#include <fcntl.h>

#define RULE "----------------\n"

static void start_as(struct fixture *f, bool diff, bool vis, bool colour)
{
	const struct sink_group_conf conf = {
		.loop = f->loop,
		.pool = &f->pool,
		.targets = &f->targets,
		.fds = { f->fds[STREAM_OUT], f->fds[STREAM_ERR] },
		.diff = diff,
		.vis = { vis, vis },
		.colour = { colour, colour },
		.failed = note_failure,
		.arg = f,
	};

	f->sink = sink_group_new(&conf);
	f->sink->flow = &f->flow;
}

static void finish(struct fixture *f)
{
	sink_group_free(f->sink);
	tear_down(f);
}

/* What each of four hosts prints and how it ends, and what is shown. */
static void equal_hosts_share_a_block(void **state)
{
	static const struct {
		const char *name;
		const char *out[NTARGETS], *err[NTARGETS];
		uint32_t status[NTARGETS];
		bool diff;
		const char *want_out, *want_err;
	} rows[] = {
		{ .name = "all equal",
		  .out = { "a\n", "a\n", "a\n", "a\n" },
		  .want_out = RULE "n[0-3] (4)\n" RULE "a\n" },
		{ .name = "by their first ones",
		  .out = { "b\n", "a\n", "b\n", "c\n" },
		  .want_out =
			  RULE "n[0,2] (2)\n" RULE "b\n" RULE "n1 (1)\n" RULE
			       "a\n" RULE "n3 (1)\n" RULE "c\n" },
		{ .name = "the end counts",
		  .out = { "a\n", "a\n", "a\n", "a\n" },
		  .status = { 0, 3, 0, 3 },
		  .want_out = RULE "n[0,2] (2)\n" RULE "a\n" RULE
				   "n[1,3] (2): exit 3\n" RULE "a\n" },
		{ .name = "streams apart",
		  .out = { "a\n", "a\n", "a\n", "" },
		  .err = { "", "e\n", "", "e\n" },
		  .want_out = RULE "n[0,2] (2)\n" RULE "a\n" RULE
				   "n1 (1)\n" RULE "a\n",
		  .want_err = RULE "n1 (1)\n" RULE "e\n" RULE "n3 (1)\n" RULE
				   "e\n" },
		{ .name = "silent ones",
		  .out = { "", "", "x\n", "" },
		  .status = { 0, 0, 0, 1 },
		  .want_out = RULE "n[0-1] (2): no output\n" RULE RULE
				   "n2 (1)\n" RULE "x\n" RULE
				   "n3 (1): exit 1: no output\n" RULE },
		{ .name = "unfinished lines are ended",
		  .out = { "a", "a", "a\n", "b" },
		  .want_out =
			  RULE "n[0-1] (2)\n" RULE "a\n" RULE "n2 (1)\n" RULE
			       "a\n" RULE "n3 (1)\n" RULE "b\n" },
		{ .name = "differences to the largest",
		  .out = { "1\nX\n3\n", "1\n2\n3\n", "1\n2\n3\n", "1\n2\n3\n" },
		  .err = { "", "", "", "e\n" },
		  .diff = true,
		  .want_out = RULE "n[1-2] (2)\n" RULE "1\n2\n3\n" RULE
				   "n0 (1)\n" RULE
				   "@@ -1,3 +1,3 @@\n 1\n-2\n+X\n 3\n",
		  .want_err = RULE "n3 (1)\n" RULE "@@ -0,0 +1 @@\n+e\n" },
		{ .name = "only the end is different",
		  .out = { "a\n", "a\n", "a\n", "a\n" },
		  .status = { 0, 0, 0, 7 },
		  .diff = true,
		  .want_out = RULE "n[0-2] (3)\n" RULE "a\n" RULE
				   "n3 (1): exit 7: the same output\n" RULE },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f;

		set_up(&f);
		start_as(&f, rows[i].diff, false, false);
		for (unsigned int t = 0; t < NTARGETS; t++) {
			feed(&f, t, STREAM_OUT, rows[i].out[t]);
			if (rows[i].err[t])
				feed(&f, t, STREAM_ERR, rows[i].err[t]);
			done(&f, t, rows[i].status[t]);
		}
		ROW(!sink_group_flush(f.sink), rows[i].name);
		print_message("%s\n", rows[i].name);
		assert_file(f.fds[STREAM_OUT], rows[i].want_out);
		assert_file(f.fds[STREAM_ERR],
			    rows[i].want_err ? rows[i].want_err : "");
		finish(&f);
	}
}

static void one_header_where_both_are_one_file(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	replace(&f, STREAM_ERR, dup(f.fds[STREAM_OUT]));
	start_as(&f, false, false, false);
	feed(&f, 1, STREAM_ERR, "e\n");
	feed(&f, 1, STREAM_OUT, "o");
	done(&f, 1, 0);
	assert_int_equal(sink_group_flush(f.sink), 0);
	assert_file(f.fds[STREAM_OUT], RULE "n1 (1)\n" RULE "o\ne\n");
	finish(&f);
}

static void who_is_begun_anew_has_printed_nothing(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	start_as(&f, false, false, false);
	feed(&f, 1, STREAM_OUT, "no\n");
	feed(&f, 1, STREAM_ERR, "e\n");
	done(&f, 1, 3);
	feed(&f, 2, STREAM_OUT, "x\n");
	done(&f, 2, 3);
	f.sink->ops->again(f.sink, &f.v[1]);
	f.sink->ops->again(f.sink, &f.v[2]);
	feed(&f, 1, STREAM_OUT, "yes\n");
	done(&f, 1, 0);
	assert_int_equal(sink_group_flush(f.sink), 0);
	assert_file(f.fds[STREAM_OUT], RULE "n1 (1)\n" RULE "yes\n");
	assert_file(f.fds[STREAM_ERR], "");
	finish(&f);
}

static void a_terminal_is_shown_no_control_bytes(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	start_as(&f, false, true, true);
	feed(&f, 0, STREAM_OUT, "\033[2J\001\r\n\302\233\377ok");
	done(&f, 0, 1);
	assert_int_equal(sink_group_flush(f.sink), 0);
	assert_file(f.fds[STREAM_OUT],
		    RULE "\033[31mn0 (1): exit 1\033[0m\n" RULE
			 "\\033[2J\\001\n\\302\\233\\377ok\n");
	finish(&f);
}

static void coloured_differences_are_visible_too(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	start_as(&f, true, true, true);
	for (unsigned int t = 0; t < NTARGETS; t++) {
		feed(&f, t, STREAM_OUT, t ? "a\n" : "\033]0;x\007\n");
		done(&f, t, 0);
	}
	assert_int_equal(sink_group_flush(f.sink), 0);
	assert_file(f.fds[STREAM_OUT],
		    RULE "\033[36mn[1-3] (3)\033[0m\n" RULE "a\n" RULE
			 "\033[36mn0 (1)\033[0m\n" RULE
			 "\033[36m@@ -1 +1 @@\033[0m\n"
			 "\033[31m-a\033[0m\n"
			 "\033[32m+\\033]0;x\\007\033[0m\n");
	finish(&f);
}

static void those_that_are_not_over_are_left_out(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	start_as(&f, false, false, false);
	feed(&f, 0, STREAM_OUT, "x\n");
	feed(&f, 1, STREAM_OUT, "x\n");
	done(&f, 1, 0);
	assert_int_equal(sink_group_flush(f.sink), 0);
	assert_file(f.fds[STREAM_OUT], RULE "n1 (1)\n" RULE "x\n");
	finish(&f);
}

static void full_disks_are_told_once(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	replace(&f, STREAM_OUT, open("/dev/full", O_WRONLY | O_CLOEXEC));
	start_as(&f, false, false, false);
	feed(&f, 0, STREAM_OUT, "x\n");
	done(&f, 0, 0);
	done(&f, 1, 0);
	assert_int_equal(sink_group_flush(f.sink), -1);
	assert_int_equal(f.failures, 1);
	assert_string_equal(f.failure, "cannot write to stdout: "
				       "No space left on device");
	finish(&f);
}

static void what_cannot_be_kept_is_told(void **state)
{
	static char text[2 << 20];
	struct fixture f;

	(void)state;
	assert_int_equal(setenv("TMPDIR", "/nonexistent", 1), 0);
	set_up(&f);
	start_as(&f, false, false, false);
	memset(text, 'x', sizeof(text));
	(void)feed_bytes(&f, 0, STREAM_OUT, text, sizeof(text));
	assert_int_equal(f.failures, 1);
	assert_non_null(strstr(f.failure, "temporary file"));
	assert_int_equal(unsetenv("TMPDIR"), 0);
	finish(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_hosts_share_a_block),
		cmocka_unit_test(one_header_where_both_are_one_file),
		cmocka_unit_test(who_is_begun_anew_has_printed_nothing),
		cmocka_unit_test(a_terminal_is_shown_no_control_bytes),
		cmocka_unit_test(coloured_differences_are_visible_too),
		cmocka_unit_test(those_that_are_not_over_are_left_out),
		cmocka_unit_test(full_disks_are_told_once),
		cmocka_unit_test(what_cannot_be_kept_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
