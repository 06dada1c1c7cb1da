/* SPDX-License-Identifier: Apache-2.0 */
#include "out/sink_json.h"

#include "unit/out/fixture.h"

#include <fcntl.h>

#include "out/sink.h"

#define START                                                                  \
	"{\"v\":1,\"event\":\"start\",\"hosts\":4,\"command\":\"id -u\"}\n"
#define OUT(host, index, stream)                                               \
	"{\"v\":1,\"event\":\"output\",\"host\":\"" host "\",\"index\":" index \
	",\"stream\":\"" stream "\","

static void start(struct fixture *f)
{
	const struct sink_json_conf conf = {
		.loop = f->loop,
		.pool = &f->pool,
		.ntargets = NTARGETS,
		.fd = f->fds[STREAM_OUT],
		.name = "stdout",
		.command = "id -u",
		.failed = note_failure,
		.arg = f,
	};

	f->sink = sink_json_new(&conf);
	f->sink->flow = &f->flow;
}

static void finish(struct fixture *f)
{
	sink_json_free(f->sink);
	tear_down(f);
}

static void lines_become_events(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	start(&f);
	feed(&f, 0, STREAM_OUT, "one ");
	feed(&f, 1, STREAM_OUT, "uno\nd\"s\t\nrest");
	feed(&f, 0, STREAM_OUT, "line\n\n");
	feed(&f, 1, STREAM_ERR, "\377\376\n\303\244\n");
	f.sink->ops->done(f.sink, &f.v[1],
			  &(struct result){ .outcome = OUTCOME_SIGNAL,
					    .signal = "KILL",
					    .attempts = 1,
					    .start_ns = 1000000,
					    .end_ns = 5500000,
					    .bytes_out = 13,
					    .bytes_err = 6 });
	assert_int_equal(sink_json_flush(f.sink), 0);
	assert_file(
		f.fds[STREAM_OUT],
		START OUT("n1", "1", "stdout") "\"data\":\"uno\\n\"}\n" OUT("n1", "1", "stdout") "\"data\":\"d\\\"s\\t\\n\"}\n" OUT("n0", "0", "stdout") "\"data\":\"one line\\n\"}\n" OUT(
			"n0", "0",
			"stdout") "\"data\":\"\\n\"}\n" OUT("n1", "1",
							    "stderr") "\"b64\":\"//4K\"}\n" OUT("n1",
												"1",
												"stderr") "\"data\":\"\303\244\\n\"}\n" OUT("n1",
																	    "1",
																	    "stdout") "\"data\":\"rest\"}\n"
																		      "{\"v\":1,\"event\":\"result\",\"host\":\"n1\",\"index\":1,"
																		      "\"class\":\"signal\",\"status\":null,\"signal\":\"KILL\","
																		      "\"error\":null,\"value\":137,\"attempts\":1,\"ms\":4,\"connect_ms\":null,\"exchange_ms\":null,\"login_ms\":null,"
																		      "\"stdout_bytes\":13,\"stderr_bytes\":6}\n");
	finish(&f);
}

static void who_is_begun_anew_is_told(void **state)
{
	struct fixture f;
	char text[2000];
	ssize_t n;

	(void)state;
	set_up(&f);
	start(&f);
	done(&f, 1, 3);
	f.sink->ops->again(f.sink, &f.v[1]);
	feed(&f, 1, STREAM_OUT, "now\n");
	done(&f, 1, 0);
	assert_int_equal(sink_json_flush(f.sink), 0);
	n = pread(f.fds[STREAM_OUT], text, sizeof(text) - 1, 0);
	assert_true(n > 0);
	text[n] = '\0';
	assert_non_null(strstr(
		text,
		"\"stderr_bytes\":0}\n"
		"{\"v\":1,\"event\":\"again\",\"host\":\"n1\",\"index\":1}\n" OUT(
			"n1", "1", "stdout") "\"data\":\"now\\n\"}\n"));
	finish(&f);
}

static void the_end_is_summed_up(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	start(&f);
	done(&f, 0, 0);
	done(&f, 1, 3);
	f.results[2].outcome = OUTCOME_ERROR;
	err_set(&f.results[2].err, ERR_CONNECT, "refused \"by\" n2");
	f.results[3].outcome = OUTCOME_SKIPPED;
	f.sink->ops->done(f.sink, &f.v[2], &f.results[2]);
	f.sink->ops->done(f.sink, &f.v[3], &f.results[3]);
	end(&f, SIGTERM);
	assert_int_equal(sink_json_flush(f.sink), 0);
	assert_file(
		f.fds[STREAM_OUT], START
		"{\"v\":1,\"event\":\"result\",\"host\":\"n0\",\"index\":0,"
		"\"class\":\"ok\",\"status\":0,\"signal\":null,"
		"\"error\":null,\"value\":0,\"attempts\":0,\"ms\":null,\"connect_ms\":null,\"exchange_ms\":null,\"login_ms\":null,"
		"\"stdout_bytes\":0,\"stderr_bytes\":0}\n"
		"{\"v\":1,\"event\":\"result\",\"host\":\"n1\",\"index\":1,"
		"\"class\":\"exit\",\"status\":3,\"signal\":null,"
		"\"error\":null,\"value\":3,\"attempts\":0,\"ms\":null,\"connect_ms\":null,\"exchange_ms\":null,\"login_ms\":null,"
		"\"stdout_bytes\":0,\"stderr_bytes\":0}\n"
		"{\"v\":1,\"event\":\"result\",\"host\":\"n2\",\"index\":2,"
		"\"class\":\"connect\",\"status\":null,\"signal\":null,"
		"\"error\":\"refused \\\"by\\\" n2\",\"value\":255,"
		"\"attempts\":0,\"ms\":null,\"connect_ms\":null,\"exchange_ms\":null,\"login_ms\":null,"
		"\"stdout_bytes\":0,\"stderr_bytes\":0}\n"
		"{\"v\":1,\"event\":\"result\",\"host\":\"n3\",\"index\":3,"
		"\"class\":\"skipped\",\"status\":null,\"signal\":null,"
		"\"error\":null,\"value\":130,\"attempts\":0,\"ms\":null,\"connect_ms\":null,\"exchange_ms\":null,\"login_ms\":null,"
		"\"stdout_bytes\":0,\"stderr_bytes\":0}\n"
		"{\"v\":1,\"event\":\"summary\",\"hosts\":4,\"ok\":1,"
		"\"failed\":3,\"classes\":{\"ok\":1,\"exit\":1,\"connect\":1,"
		"\"skipped\":1},\"signal\":\"TERM\"}\n");
	finish(&f);
}

/* A piece of 1 MiB at a time; nothing is lost, nothing is held for long. */
static void long_lines_come_in_pieces(void **state)
{
	static char text[3 * LINES_MAX];
	size_t newlines = 0, bytes = 0;
	struct fixture f;
	ssize_t n;

	(void)state;
	set_up(&f);
	start(&f);
	memset(text, 'x', sizeof(text));
	(void)feed_bytes(&f, 0, STREAM_OUT, text, sizeof(text));
	assert_int_equal(sink_json_flush(f.sink), 0);
	(void)feed_bytes(&f, 0, STREAM_OUT, "\001\n", 2);
	assert_int_equal(sink_json_flush(f.sink), 0);
	assert_int_equal(lseek(f.fds[STREAM_OUT], 0, SEEK_SET), 0);
	while ((n = read(f.fds[STREAM_OUT], text, sizeof(text))) > 0) {
		for (ssize_t i = 0; i < n; i++) {
			newlines += text[i] == '\n';
			bytes += text[i] == 'x';
		}
	}
	assert_int_equal(bytes, sizeof(text) + 4); /* "index" has one */
	assert_true(newlines >= 4);
	finish(&f);
}

/* One event, though it is written by pieces: no character is cut. */
static void a_long_line_to_escape_is_one_event(void **state)
{
	static char line[100002], got[300000];
	static const char unit[] = "\001\xf0\x9d\x84\x9e";
	const char *p;
	struct fixture f;
	ssize_t n;

	(void)state;
	set_up(&f);
	start(&f);
	for (size_t i = 0; i < sizeof(line) - 2; i++)
		line[1 + i] = unit[i % 5];
	line[0] = 'y';
	line[sizeof(line) - 1] = '\n';
	(void)feed_bytes(&f, 0, STREAM_OUT, line, sizeof(line));
	assert_int_equal(sink_json_flush(f.sink), 0);
	n = pread(f.fds[STREAM_OUT], got, sizeof(got) - 1, 0);
	assert_true(n > 0);
	p = strstr(got, "\"data\":\"y");
	assert_non_null(p);
	p += strlen("\"data\":\"y");
	for (size_t i = 0; i < (sizeof(line) - 2) / 5; i++, p += 10)
		assert_memory_equal(p, "\\u0001\xf0\x9d\x84\x9e", 10);
	assert_string_equal(p, "\\n\"}\n");
	finish(&f);
}

static void slow_reader_pauses_and_a_gone_one_is_told(void **state)
{
	struct fixture f;
	int fds[2];
	int n = 0;

	(void)state;
	set_up(&f);
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	replace(&f, STREAM_OUT, fds[1]);
	start(&f);
	while (feed_bytes(&f, 2, STREAM_OUT, "a line for nobody\n", 18) ==
	       FLOW_GO)
		assert_true(++n < 100000);
	assert_int_equal(f.resumed[2], 0);
	(void)close(fds[0]);
	for (int i = 0; i < 100 && !f.failures; i++)
		assert_int_not_equal(loop_turn(f.loop, false, NULL), -1);
	assert_int_equal(f.failures, 1);
	assert_true(f.gone);
	assert_int_equal(f.resumed[2], 1);
	feed(&f, 2, STREAM_OUT, "nobody reads this\n");
	assert_int_equal(sink_json_flush(f.sink), -1);
	assert_int_equal(f.failures, 1);
	finish(&f);
}

static void full_disk_is_told(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	replace(&f, STREAM_OUT, open("/dev/full", O_WRONLY | O_CLOEXEC));
	start(&f);
	assert_int_equal(sink_json_flush(f.sink), -1);
	assert_int_equal(f.failures, 1);
	assert_false(f.gone);
	assert_string_equal(f.failure, "cannot write to stdout: "
				       "No space left on device");
	finish(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_become_events),
		cmocka_unit_test(who_is_begun_anew_is_told),
		cmocka_unit_test(the_end_is_summed_up),
		cmocka_unit_test(long_lines_come_in_pieces),
		cmocka_unit_test(a_long_line_to_escape_is_one_event),
		cmocka_unit_test(slow_reader_pauses_and_a_gone_one_is_told),
		cmocka_unit_test(full_disk_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
