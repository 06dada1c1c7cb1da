/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/test.h"

#include "base/logsys.h"
#include "base/strbuf.h"

static char dir[] = "/tmp/test_log_XXXXXX";
static char path[sizeof(dir) + 8];
static uint64_t now_ns;

static uint64_t test_clock(void)
{
	return now_ns;
}

static int make_dir(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	(void)snprintf(path, sizeof(path), "%s/log", dir);
	return 0;
}

static int remove_dir(void **state)
{
	(void)state;
	return rmdir(dir);
}

static int open_log(void **state)
{
	(void)state;
	log_init("rsh", LOG_INFO);
	log_set_clock(test_clock);
	return log_open(path, NULL);
}

static int close_log(void **state)
{
	(void)state;
	log_close();
	log_set_clock(NULL);
	return unlink(path);
}

/* The log is this, whole. */
static void assert_logged(const char *want)
{
	struct strbuf sb = STRBUF_INIT(1 << 20);
	char buf[4096];
	ssize_t n;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	assert_int_not_equal(fd, -1);
	while ((n = read(fd, buf, sizeof(buf))) > 0)
		strbuf_add(&sb, buf, (size_t)n);
	(void)close(fd);
	assert_string_equal(sb.buf, want);
	strbuf_release(&sb);
}

static void log_one_of_each(void)
{
	log_fatal("fatal");
	log_error("error");
	log_warn("warn");
	log_info("info");
	log_verbose("verbose");
	log_debug("debug");
	TRACE("trace");
}

static void level_decides_what_is_shown(void **state)
{
	/* clang-format off */
	static const struct {
		enum log_level level;
		const char *want;
	} rows[] = {
		{ LOG_QUIET, "" },
		{ LOG_FATAL, "rsh: fatal\n" },
		{ LOG_ERROR, "rsh: fatal\nrsh: error\n" },
		{ LOG_WARN,  "rsh: fatal\nrsh: error\nrsh: warn\n" },
		{ LOG_INFO,  "rsh: fatal\nrsh: error\nrsh: warn\n"
			     "rsh: info\n" },
		{ LOG_VERBOSE, "rsh: fatal\nrsh: error\nrsh: warn\n"
			     "rsh: info\nrsh: verbose\n" },
		{ LOG_DEBUG, "rsh: fatal\nrsh: error\nrsh: warn\n"
			     "rsh: info\nrsh: verbose\nrsh: debug: debug\n" },
		{ LOG_TRACE, "rsh: fatal\nrsh: error\nrsh: warn\n"
			     "rsh: info\nrsh: verbose\nrsh: debug: debug\n"
			     "rsh: trace: trace\n" },
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(truncate(path, 0), 0);
		log_init("rsh", rows[i].level);
		assert_int_equal(log_level(), rows[i].level);
		log_one_of_each();
		assert_logged(rows[i].want);
	}
}

static void lines_look_as_those_of_ssh(void **state)
{
	(void)state;
	log_init("rsh", LOG_TRACE);
	log_as_ssh(true);
	assert_true(log_is_ssh());
	log_one_of_each();
	log_as_ssh(false);
	log_verbose("authenticated");
	assert_logged("fatal\r\nerror\r\nwarn\r\ninfo\r\nverbose\r\n"
		      "debug1: debug\r\ndebug3: trace\r\n"
		      "rsh: authenticated\n");
}

static void take_text(void *arg, const char *line, size_t n)
{
	strbuf_add(arg, line, n);
}

static void text_keeps_its_lines(void **state)
{
	struct strbuf sb = STRBUF_INIT(1024);

	(void)state;
	log_set_writer(take_text, &sb);
	log_text("");
	assert_int_equal(sb.len, 0);
	log_text("a\n\tb\r\nc\rd\033[1m");
	assert_string_equal(sb.buf, "a\n\tb\r\nc\\015d\\033[1m");
	/* What the terminal does not do by itself. */
	strbuf_reset(&sb);
	log_set_crlf(true);
	log_text("a\nb\r\nc\rd");
	log_set_crlf(false);
	log_set_writer(NULL, NULL);
	assert_string_equal(sb.buf, "a\r\nb\r\nc\\015d");
	assert_logged("");
	strbuf_release(&sb);
}

static void trace_does_not_evaluate_unheard(void **state)
{
	int count = 0;

	(void)state;
	TRACE("%d", ++count);
	assert_int_equal(count, 0);
	log_init("rsh", LOG_TRACE);
	TRACE("%d", ++count);
	assert_int_equal(count, 1);
}

static void message_stays_one_line(void **state)
{
	(void)state;
	log_warn("banner '%s'", "x\nrsh: forged\033[2J");
	assert_logged("rsh: banner 'x\\012rsh: forged\\033[2J'\n");
}

static void raw_line_has_no_name(void **state)
{
	(void)state;
	log_set_level(LOG_QUIET);
	log_raw("as\x1b it is");
	log_set_level(LOG_INFO);
	assert_logged("as\\033 it is\n");
}

static void errno_survives(void **state)
{
	(void)state;
	errno = ENOTTY;
	log_warn("x");
	assert_int_equal(errno, ENOTTY);
}

static void flood_is_counted_and_told(void **state)
{
	struct strbuf want = STRBUF_INIT(1 << 20);

	(void)state;
	for (int i = 0; i < 250; i++)
		log_info("%d", i);
	log_verbose("not shown, not counted");
	log_warn("beside");
	now_ns += 1000000000;
	log_info("later");
	for (int i = 0; i < 200; i++)
		strbuf_addf(&want, "rsh: %d\n", i);
	strbuf_addstr(&want, "rsh: beside\nrsh: 50 more messages not shown\n"
			     "rsh: later\n");
	assert_logged(want.buf);
	strbuf_release(&want);
}

static void closing_tells_the_count(void **state)
{
	struct strbuf want = STRBUF_INIT(1 << 20);

	(void)state;
	for (int i = 0; i < 201; i++)
		log_info("x");
	log_close();
	for (int i = 0; i < 200; i++)
		strbuf_addstr(&want, "rsh: x\n");
	strbuf_addstr(&want, "rsh: 1 more message not shown\n");
	assert_logged(want.buf);
	strbuf_release(&want);
}

static void errors_are_no_flood(void **state)
{
	struct strbuf want = STRBUF_INIT(1 << 20);

	(void)state;
	for (int i = 0; i < 300; i++) {
		log_error("x");
		strbuf_addstr(&want, "rsh: x\n");
	}
	assert_logged(want.buf);
	strbuf_release(&want);
}

static void file_is_private_and_appended_to(void **state)
{
	struct stat st;

	(void)state;
	log_warn("one");
	assert_int_equal(log_open(path, NULL), 0);
	log_warn("two");
	assert_logged("rsh: one\nrsh: two\n");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void open_failure_keeps_the_log(void **state)
{
	struct err err = { 0 };

	(void)state;
	assert_int_equal(log_open("/nonexistent/log", &err), -1);
	assert_int_equal(err.code, ERR_LOCAL);
	assert_string_equal(
		err.msg,
		"cannot open '/nonexistent/log': No such file or directory");
	err_release(&err);
	log_warn("still here");
	assert_logged("rsh: still here\n");
}

static void stderr_is_the_default(void **state)
{
	char buf[100] = "";
	int saved = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
	int fds[2];
	ssize_t n;

	(void)state;
	log_close();
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	assert_int_not_equal(dup2(fds[1], STDERR_FILENO), -1);
	log_warn("here");
	assert_int_not_equal(dup2(saved, STDERR_FILENO), -1);
	(void)close(saved);
	(void)close(fds[1]);
	n = read(fds[0], buf, sizeof(buf) - 1);
	(void)close(fds[0]);
	assert_int_equal(n, strlen("rsh: here\n"));
	assert_string_equal(buf, "rsh: here\n");
}

static struct strbuf to_syslog = STRBUF_INIT(4096);

void __wrap_logsys_open(const char *ident, unsigned int facility);
void __wrap_logsys_write(enum logsys_severity severity, const char *text);
void __wrap_logsys_close(void);

void __wrap_logsys_open(const char *ident, unsigned int facility)
{
	strbuf_addf(&to_syslog, "[%s %u]", ident, facility);
}

void __wrap_logsys_write(enum logsys_severity severity, const char *text)
{
	strbuf_addf(&to_syslog, " %d:%s", (int)severity, text);
}

void __wrap_logsys_close(void)
{
	strbuf_addstr(&to_syslog, " closed");
}

static void syslog_gets_all_and_nobody_else(void **state)
{
	(void)state;
	log_init("rsh", LOG_TRACE);
	log_syslog(4);
	log_one_of_each();
	log_error("a\033b");
	log_close();
	assert_string_equal(to_syslog.buf,
			    "[rsh 4] 0:fatal 1:error 2:warn 3:info 3:verbose "
			    "4:debug 4:trace 1:a\\033b closed");
	strbuf_release(&to_syslog);
	assert_logged("");
}

#define LOG_TEST(f) cmocka_unit_test_setup_teardown(f, open_log, close_log)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LOG_TEST(level_decides_what_is_shown),
		LOG_TEST(lines_look_as_those_of_ssh),
		LOG_TEST(text_keeps_its_lines),
		LOG_TEST(trace_does_not_evaluate_unheard),
		LOG_TEST(message_stays_one_line),
		LOG_TEST(raw_line_has_no_name),
		LOG_TEST(errno_survives),
		LOG_TEST(flood_is_counted_and_told),
		LOG_TEST(closing_tells_the_count),
		LOG_TEST(errors_are_no_flood),
		LOG_TEST(file_is_private_and_appended_to),
		LOG_TEST(open_failure_keeps_the_log),
		LOG_TEST(stderr_is_the_default),
		LOG_TEST(syslog_gets_all_and_nobody_else),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
