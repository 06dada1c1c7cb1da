/* SPDX-License-Identifier: Apache-2.0 */
#include "out/sink_text.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/test.h"

#include "base/strbuf.h"
#include "io/outq.h"
#include "out/sink.h"

/* Some targets, and a flow control that counts. */
struct fixture {
	struct loop *loop;
	struct bufpool pool;
	struct target targets[3];
	struct sink_text_conf conf;
	struct observer *sink;
	struct flow_control flow;
	unsigned int resumed[3];
	unsigned int failures;
	bool gone;
	char failure[100];
};

static void count_resume(struct flow_control *fc, const struct target *t)
{
	struct fixture *f = container_of(fc, struct fixture, flow);

	f->resumed[t->rank]++;
}

static void count_failure(void *arg, const char *text, bool gone)
{
	struct fixture *f = arg;

	f->failures++;
	f->gone = gone;
	(void)snprintf(f->failure, sizeof(f->failure), "%s", text);
}

static void set_up(struct fixture *f)
{
	static char labels[3][4] = { "n0", "n1", "n2" };

	*f = (struct fixture){ .loop = loop_new(NULL) };
	assert_non_null(f->loop);
	bufpool_init(&f->pool, 4);
	for (unsigned int i = 0; i < 3; i++)
		f->targets[i] =
			(struct target){ .label = labels[i], .rank = i };
	f->flow.resume = count_resume;
	f->conf = (struct sink_text_conf){
		.loop = f->loop,
		.pool = &f->pool,
		.ntargets = 3,
		.labels = true,
		.failed = count_failure,
		.arg = f,
	};
	for (unsigned int i = 0; i < NSTREAMS; i++) {
		f->conf.fds[i] = memfd_create("out", MFD_CLOEXEC);
		assert_int_not_equal(f->conf.fds[i], -1);
	}
}

static void start(struct fixture *f)
{
	f->sink = sink_text_new(&f->conf);
	f->sink->flow = &f->flow;
}

static void tear_down(struct fixture *f)
{
	sink_text_free(f->sink);
	for (unsigned int i = 0; i < NSTREAMS; i++)
		(void)close(f->conf.fds[i]);
	bufpool_release(&f->pool);
	loop_free(f->loop);
}

/* Put descriptor `fd` in the place of the stream's file. */
static void replace(struct fixture *f, enum stream s, int fd)
{
	(void)close(f->conf.fds[s]);
	f->conf.fds[s] = fd;
}

static enum flow feed_bytes(struct fixture *f, unsigned int rank, enum stream s,
			    const char *p, size_t n)
{
	return f->sink->ops->data(f->sink, &f->targets[rank], s, p, n);
}

static void feed(struct fixture *f, unsigned int rank, enum stream s,
		 const char *text)
{
	assert_int_equal(feed_bytes(f, rank, s, text, strlen(text)), FLOW_GO);
}

static void done(struct fixture *f, unsigned int rank)
{
	const struct result r = { .outcome = OUTCOME_EXIT };

	f->sink->ops->done(f->sink, &f->targets[rank], &r);
}

/* What reached the stream's file is `want`, whole. */
static void assert_wrote_bytes(struct fixture *f, enum stream s,
			       const char *want, size_t n)
{
	char got[4096];

	assert_int_equal(sink_text_flush(f->sink), 0);
	assert_int_equal(pread(f->conf.fds[s], got, sizeof(got), 0), n);
	assert_memory_equal(got, want, n);
}

static void assert_wrote(struct fixture *f, enum stream s, const char *want)
{
	assert_wrote_bytes(f, s, want, strlen(want));
}

static void hosts_do_not_share_lines(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	start(&f);
	feed(&f, 0, STREAM_OUT, "one ");
	feed(&f, 1, STREAM_OUT, "uno\ndos");
	feed(&f, 0, STREAM_ERR, "oops\n");
	feed(&f, 0, STREAM_OUT, "line\ntwo\nrest");
	feed(&f, 1, STREAM_ERR, "ay");
	done(&f, 1);
	feed(&f, 2, STREAM_OUT, "x\n");
	done(&f, 2);
	done(&f, 0);
	assert_wrote(&f, STREAM_OUT,
		     "n1: uno\nn0: one line\nn0: two\nn1: dos\nn2: x\n"
		     "n0: rest\n");
	assert_wrote(&f, STREAM_ERR, "n0: oops\nn1: ay\n");
	tear_down(&f);
}

static void unfinished_lines_are_kept_where_nothing_follows(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	f.conf.keep_unfinished = true;
	start(&f);
	feed(&f, 0, STREAM_OUT, "a\nb");
	done(&f, 0);
	assert_wrote(&f, STREAM_OUT, "n0: a\nn0: b");
	/* Another host's line ends it first. */
	feed(&f, 1, STREAM_OUT, "c\n");
	assert_wrote(&f, STREAM_OUT, "n0: a\nn0: b\nn1: c\n");
	feed(&f, 1, STREAM_OUT, "d");
	feed(&f, 1, STREAM_ERR, "e");
	done(&f, 1);
	assert_wrote(&f, STREAM_OUT, "n0: a\nn0: b\nn1: c\nn1: d");
	assert_wrote(&f, STREAM_ERR, "n1: e");
	sink_text_log(f.sink, "told\n", 5);
	assert_wrote(&f, STREAM_ERR, "n1: e\ntold\n");
	tear_down(&f);

	/* So does one of the other stream, where both go to one file. */
	set_up(&f);
	replace(&f, STREAM_ERR, dup(f.conf.fds[STREAM_OUT]));
	f.conf.keep_unfinished = true;
	start(&f);
	feed(&f, 0, STREAM_OUT, "a");
	feed(&f, 0, STREAM_ERR, "b");
	done(&f, 0);
	assert_wrote(&f, STREAM_OUT, "n0: a\nn0: b");
	tear_down(&f);
}

/* A line that is longer than may be held comes out whole, with one label. */
static void long_line_has_one_label(void **state)
{
	static char line[LINES_MAX * 2 + 10];
	static char got[sizeof(line) + 10];
	struct fixture f;
	size_t n;

	(void)state;
	memset(line, 'x', sizeof(line));
	line[sizeof(line) - 1] = '\n';
	set_up(&f);
	f.conf.keep_unfinished = true;
	start(&f);
	for (size_t at = 0; at < sizeof(line); at += n) {
		n = sizeof(line) - at < 100000 ? sizeof(line) - at : 100000;
		(void)feed_bytes(&f, 0, STREAM_OUT, line + at, n);
		assert_int_equal(sink_text_flush(f.sink), 0);
	}
	done(&f, 0);
	assert_int_equal(sink_text_flush(f.sink), 0);
	assert_int_equal(pread(f.conf.fds[STREAM_OUT], got, sizeof(got), 0),
			 sizeof(line) + 4);
	assert_memory_equal(got, "n0: ", 4);
	assert_memory_equal(got + 4, line, sizeof(line));
	tear_down(&f);
}

static void lines_leave_as_the_loop_turns(void **state)
{
	struct fixture f;
	char got[10];
	int fds[2];

	(void)state;
	set_up(&f);
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	replace(&f, STREAM_OUT, fds[1]);
	start(&f);
	feed(&f, 0, STREAM_OUT, "now\nlater");
	for (int i = 0; i < 10; i++)
		assert_int_not_equal(loop_turn(f.loop, false, NULL), -1);
	assert_int_equal(read(fds[0], got, sizeof(got)), 8);
	assert_memory_equal(got, "n0: now\n", 8);
	tear_down(&f);
	(void)close(fds[0]);
}

static void file_gets_exact_bytes_after_the_label(void **state)
{
	struct strbuf want = STRBUF_INIT(1000);
	struct fixture f;
	char in[256];

	(void)state;
	strbuf_addstr(&want, "n0: ");
	for (size_t i = 0; i < sizeof(in); i++) {
		in[i] = (char)i;
		strbuf_addch(&want, in[i]);
		if (i == '\n')
			strbuf_addstr(&want, "n0: ");
	}
	strbuf_addch(&want, '\n');
	set_up(&f);
	start(&f);
	assert_int_equal(feed_bytes(&f, 0, STREAM_OUT, in, sizeof(in)),
			 FLOW_GO);
	done(&f, 0);
	assert_wrote_bytes(&f, STREAM_OUT, want.buf, want.len);
	tear_down(&f);
	strbuf_release(&want);
}

static void terminal_gets_no_control_bytes(void **state)
{
	struct fixture f;
	char in[256];
	char got[2000];
	ssize_t n;

	(void)state;
	for (size_t i = 0; i < sizeof(in); i++)
		in[i] = (char)i;
	set_up(&f);
	f.conf.vis[STREAM_OUT] = true;
	start(&f);
	assert_int_equal(feed_bytes(&f, 0, STREAM_OUT, in, sizeof(in)),
			 FLOW_GO);
	feed(&f, 0, STREAM_ERR, "\033[m\n");
	done(&f, 0);
	assert_wrote(&f, STREAM_ERR, "n0: \033[m\n");
	n = pread(f.conf.fds[STREAM_OUT], got, sizeof(got), 0);
	assert_true(n > 256);
	for (ssize_t i = 0; i < n; i++)
		assert_true(got[i] == '\t' || got[i] == '\n' ||
			    (got[i] >= 0x20 && got[i] < 0x7f));
	tear_down(&f);
}

static void labels_may_be_coloured_or_off(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	f.conf.colour[STREAM_ERR] = true;
	start(&f);
	feed(&f, 0, STREAM_OUT, "x\n");
	feed(&f, 0, STREAM_ERR, "x\n");
	assert_wrote(&f, STREAM_OUT, "n0: x\n");
	assert_wrote(&f, STREAM_ERR, "\033[36mn0\033[0m: x\n");
	tear_down(&f);

	set_up(&f);
	f.conf.labels = false;
	start(&f);
	feed(&f, 0, STREAM_OUT, "a");
	feed(&f, 1, STREAM_OUT, "b\n");
	done(&f, 0);
	assert_wrote(&f, STREAM_OUT, "b\na\n");
	tear_down(&f);
}

static void raw_passes_bytes_as_they_come(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	f.conf.raw = true;
	f.conf.ntargets = 1;
	start(&f);
	assert_int_equal(feed_bytes(&f, 0, STREAM_OUT, "a\0\033[2Jb", 7),
			 FLOW_GO);
	assert_wrote_bytes(&f, STREAM_OUT, "a\0\033[2Jb", 7);
	feed(&f, 0, STREAM_OUT, "\nc");
	done(&f, 0);
	assert_wrote_bytes(&f, STREAM_OUT, "a\0\033[2Jb\nc", 9);
	tear_down(&f);
}

static void one_file_for_both_keeps_the_order(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	replace(&f, STREAM_ERR,
		fcntl(f.conf.fds[STREAM_OUT], F_DUPFD_CLOEXEC, 0));
	start(&f);
	feed(&f, 0, STREAM_OUT, "1\n");
	feed(&f, 0, STREAM_ERR, "2\n");
	feed(&f, 1, STREAM_OUT, "3");
	feed(&f, 1, STREAM_ERR, "4\n");
	done(&f, 1);
	assert_wrote(&f, STREAM_OUT, "n0: 1\nn0: 2\nn1: 4\nn1: 3\n");
	tear_down(&f);
}

/* Feed lines of 1000 bytes until paused.  Returns how many. */
static size_t feed_until_paused(struct fixture *f, unsigned int rank)
{
	char line[1000];
	size_t n = 0;

	memset(line, 'a' + (int)rank, sizeof(line));
	line[sizeof(line) - 1] = '\n';
	do {
		assert_true(++n < 10000);
	} while (feed_bytes(f, rank, STREAM_OUT, line, sizeof(line)) ==
		 FLOW_GO);
	return n;
}

/* Turn the loop and read until all were resumed as often as in `want`. */
static size_t read_until_resumed(struct fixture *f, int fd,
				 const unsigned int *want)
{
	char buf[65536];
	size_t total = 0;

	for (int i = 0; i < 10000; i++) {
		ssize_t n;

		if (!memcmp(f->resumed, want, sizeof(f->resumed)))
			return total;
		assert_int_not_equal(loop_turn(f->loop, false, NULL), -1);
		n = read(fd, buf, sizeof(buf));
		if (n > 0)
			total += (size_t)n;
	}
	fail_msg("not resumed");
	return 0;
}

static void slow_reader_pauses_and_resumes_each(void **state)
{
	static const unsigned int none[3] = { 0 };
	static const unsigned int all[3] = { 2, 1, 0 };
	struct fixture f;
	size_t fed;
	size_t got;
	char buf[65536];
	ssize_t n;
	int fds[2];

	(void)state;
	set_up(&f);
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	assert_int_equal(fcntl(fds[0], F_SETFL, O_NONBLOCK), 0);
	replace(&f, STREAM_OUT, fds[1]);
	start(&f);
	fed = feed_until_paused(&f, 0);
	/* Still full: each answer is a pause of its own. */
	fed += feed_until_paused(&f, 0);
	fed += feed_until_paused(&f, 1);
	for (int i = 0; i < 20; i++)
		assert_int_not_equal(loop_turn(f.loop, false, NULL), -1);
	assert_memory_equal(f.resumed, none, sizeof(none));
	got = read_until_resumed(&f, fds[0], all);
	feed(&f, 2, STREAM_ERR, "stderr is not held up\n");
	/* All of it comes out, and nobody is resumed once more. */
	for (int i = 0; i < 10000 && got < fed * 1004; i++) {
		assert_int_not_equal(loop_turn(f.loop, false, NULL), -1);
		n = read(fds[0], buf, sizeof(buf));
		got += n > 0 ? (size_t)n : 0;
	}
	assert_int_equal(got, fed * 1004);
	assert_memory_equal(f.resumed, all, sizeof(all));
	tear_down(&f);
	(void)close(fds[0]);
}

static void broken_stdout_is_told_and_swallowed(void **state)
{
	static const unsigned int all[3] = { 1, 0, 0 };
	struct fixture f;
	int fds[2];

	(void)state;
	set_up(&f);
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	replace(&f, STREAM_OUT, fds[1]);
	start(&f);
	(void)feed_until_paused(&f, 0);
	(void)close(fds[0]);
	for (int i = 0; i < 100 && !f.failures; i++)
		assert_int_not_equal(loop_turn(f.loop, false, NULL), -1);
	assert_int_equal(f.failures, 1);
	assert_memory_equal(f.resumed, all, sizeof(all));
	assert_true(f.gone);
	assert_string_equal(f.failure, "cannot write to stdout: Broken pipe");
	/* Far more than would pause a working one. */
	for (int i = 0; i < 100000; i++)
		feed(&f, 0, STREAM_OUT, "nobody reads this, nobody waits\n");
	feed(&f, 0, STREAM_ERR, "but this\n");
	done(&f, 0);
	assert_int_equal(sink_text_flush(f.sink), -1);
	assert_int_equal(f.failures, 1);
	tear_down(&f);
}

static void full_disk_is_told(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	replace(&f, STREAM_ERR, open("/dev/full", O_WRONLY | O_CLOEXEC));
	assert_int_not_equal(f.conf.fds[STREAM_ERR], -1);
	start(&f);
	feed(&f, 0, STREAM_ERR, "x\n");
	feed(&f, 0, STREAM_OUT, "y\n");
	assert_int_equal(sink_text_flush(f.sink), -1);
	assert_int_equal(f.failures, 1);
	assert_false(f.gone);
	assert_string_equal(f.failure, "cannot write to stderr: "
				       "No space left on device");
	tear_down(&f);
}

static int ignore_sigpipe(void **state)
{
	const struct sigaction sa = { .sa_handler = SIG_IGN };

	(void)state;
	return sigaction(SIGPIPE, &sa, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hosts_do_not_share_lines),
		cmocka_unit_test(
			unfinished_lines_are_kept_where_nothing_follows),
		cmocka_unit_test(long_line_has_one_label),
		cmocka_unit_test(lines_leave_as_the_loop_turns),
		cmocka_unit_test(file_gets_exact_bytes_after_the_label),
		cmocka_unit_test(terminal_gets_no_control_bytes),
		cmocka_unit_test(labels_may_be_coloured_or_off),
		cmocka_unit_test(raw_passes_bytes_as_they_come),
		cmocka_unit_test(one_file_for_both_keeps_the_order),
		cmocka_unit_test(slow_reader_pauses_and_resumes_each),
		cmocka_unit_test(broken_stdout_is_told_and_swallowed),
		cmocka_unit_test(full_disk_is_told),
	};

	return cmocka_run_group_tests(tests, ignore_sigpipe, NULL);
}
