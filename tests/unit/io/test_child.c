/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every test runs twice: with pidfds and, syscall() being wrapped by the
 * linker, as on a kernel without them.
 */
#include "io/child.h"

#include "lib/test.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io/timer.h"

#define DEADLINE_MS 20000

long __real_syscall(long nr, long a, long b, long c, long d, long e, long f);
long __wrap_syscall(long nr, long a, long b, long c, long d, long e, long f);

static bool no_pidfd;

long __wrap_syscall(long nr, long a, long b, long c, long d, long e, long f)
{
	if (nr == SYS_pidfd_open && no_pidfd) {
		errno = ENOSYS;
		return -1;
	}
	return __real_syscall(nr, a, b, c, d, e, f);
}

struct fixture {
	struct loop *loop;
	struct timer deadline;
	struct child child;
	unsigned int calls;
	int status;
};

static void too_late(struct timer *t)
{
	(void)t;
	fail_msg("deadline passed");
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	if (!f)
		return -1;
	f->loop = loop_new(NULL);
	*state = f;
	return f->loop ? 0 : -1;
}

static int setup_without_pidfd(void **state)
{
	no_pidfd = true;
	return setup(state);
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	no_pidfd = false;
	child_release(&f->child);
	child_release(&f->child);
	loop_free(f->loop);
	free(f);
	return 0;
}

static void on_end(struct child *c, int status)
{
	struct fixture *f = container_of(c, struct fixture, child);

	f->calls++;
	f->status = status;
	timer_stop(f->loop, &f->deadline);
}

static void start(struct fixture *f, const char *script, enum child_fd in,
		  enum child_fd out, enum child_fd err_fd)
{
	char *argv[] = { (char[]){ "sh" }, (char[]){ "-c" }, strdup(script),
			 NULL };
	struct child_spec spec = {
		.file = "sh", .argv = argv, .in = in, .out = out, .err = err_fd
	};
	struct err err = { 0 };

	assert_int_equal(child_spawn(f->loop, &f->child, &spec, on_end, &err),
			 0);
	assert_true(f->child.pidfd < 0 || !no_pidfd);
	free(argv[2]);
}

static void run(struct fixture *f)
{
	timer_start(f->loop, &f->deadline, DEADLINE_MS, too_late);
	assert_int_equal(loop_run(f->loop, NULL), 0);
	assert_int_equal(f->calls, 1);
	assert_int_equal(f->child.pid, 0);
}

/* All bytes up to the end, as a string. */
static void read_all(int fd, char *buf, size_t size)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	size_t len = 0;
	ssize_t n;

	do {
		assert_int_equal(poll(&pfd, 1, DEADLINE_MS), 1);
		n = read(fd, buf + len, size - 1 - len);
		assert_true(n >= 0);
		len += (size_t)n;
	} while (n > 0);
	buf[len] = '\0';
}

static void close_end(int *fd)
{
	close(*fd);
	*fd = -1;
}

static void end_is_told(void **state)
{
	static const struct {
		const char *script;
		bool exited;
		int value; /* exit code or signal */
	} rows[] = {
		{ "exit 0", true, 0 },
		{ "exit 42", true, 42 },
		{ "kill -TERM $$", false, SIGTERM },
		{ "kill -KILL $$", false, SIGKILL },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		f->calls = 0;
		start(f, rows[i].script, CHILD_NULL, CHILD_NULL, CHILD_NULL);
		run(f);
		ROW(!!WIFEXITED(f->status) == rows[i].exited, rows[i].script);
		ROW(rows[i].value == (rows[i].exited ? WEXITSTATUS(f->status)
						     : WTERMSIG(f->status)),
		    rows[i].script);
	}
}

static void pipes_carry_all_three(void **state)
{
	struct fixture *f = *state;
	char buf[64];

	start(f, "cat; echo oops >&2", CHILD_PIPE, CHILD_PIPE, CHILD_PIPE);
	assert_true(fcntl(f->child.out, F_GETFL) & O_NONBLOCK);
	assert_true(fcntl(f->child.in, F_GETFD) & FD_CLOEXEC);
	assert_int_equal(write(f->child.in, "hello", 5), 5);
	close_end(&f->child.in);
	read_all(f->child.out, buf, sizeof(buf));
	assert_string_equal(buf, "hello");
	read_all(f->child.err, buf, sizeof(buf));
	assert_string_equal(buf, "oops\n");
	run(f);
}

static void socket_carries_both_ways(void **state)
{
	struct fixture *f = *state;
	char buf[64];

	start(f, "cat; echo .", CHILD_SOCKET, CHILD_SOCKET, CHILD_NULL);
	assert_int_equal(f->child.out, -1);
	assert_int_equal(write(f->child.in, "hello", 5), 5);
	assert_int_equal(shutdown(f->child.in, SHUT_WR), 0);
	read_all(f->child.in, buf, sizeof(buf));
	assert_string_equal(buf, "hello.\n");
	run(f);
}

static void null_is_empty_and_swallows(void **state)
{
	struct fixture *f = *state;

	start(f, "echo x && echo y >&2 && ! read z", CHILD_NULL, CHILD_NULL,
	      CHILD_NULL);
	run(f);
	assert_int_equal(f->status, 0);
}

/* The descriptors of the pipes must not collide with those they become. */
static void works_with_standard_input_closed(void **state)
{
	struct fixture *f = *state;
	int saved = fcntl(0, F_DUPFD_CLOEXEC, 10);
	char buf[64];

	close(0);
	start(f, "cat", CHILD_PIPE, CHILD_PIPE, CHILD_NULL);
	assert_true(dup3(saved, 0, 0) == 0 || saved < 0);
	close(saved);
	assert_true(f->child.in > 2 && f->child.out > 2);
	assert_int_equal(write(f->child.in, "hello", 5), 5);
	close_end(&f->child.in);
	read_all(f->child.out, buf, sizeof(buf));
	assert_string_equal(buf, "hello");
	run(f);
}

/*
 * posix_spawn(3) hears of a failed exec through memory shared with the child.
 * Emulators (valgrind, qemu-user) copy instead; there the child exits 127.
 */
static bool spawn_tells_of_failed_exec(void)
{
	char *argv[] = { (char[]){ "x" }, NULL };
	pid_t pid;

	if (posix_spawn(&pid, "/nonexistent", NULL, NULL, argv, environ))
		return true;
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	return false;
}

static void missing_program_is_told_at_once(void **state)
{
	struct fixture *f = *state;
	char *argv[] = { (char[]){ "/nosuch/program" }, NULL };
	struct child_spec spec = { .file = "/nosuch/program",
				   .argv = argv,
				   .in = CHILD_PIPE,
				   .out = CHILD_PIPE,
				   .err = CHILD_PIPE };
	struct err err = { 0 };
	int before = dup(0), after;

	close(before);
	if (!spawn_tells_of_failed_exec()) {
		assert_int_equal(
			child_spawn(f->loop, &f->child, &spec, on_end, &err),
			0);
		run(f);
		assert_int_equal(WEXITSTATUS(f->status), 127);
		return;
	}
	assert_int_equal(child_spawn(f->loop, &f->child, &spec, on_end, &err),
			 -1);
	assert_int_equal(err.code, ERR_LOCAL);
	assert_string_equal(err.msg, "cannot run '/nosuch/program': "
				     "No such file or directory");
	assert_int_equal(f->child.pid, 0);
	assert_int_equal(loop_run(f->loop, NULL), 0);
	after = dup(0);
	close(after);
	assert_int_equal(after, before);
	err_release(&err);
}

static void no_descriptors_left_is_told(void **state)
{
	struct fixture *f = *state;
	char *argv[] = { (char[]){ "true" }, NULL };
	struct child_spec spec = { .file = "true",
				   .argv = argv,
				   .in = CHILD_PIPE };
	struct err err = { 0 };
	struct rlimit old, small;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	small = old;
	small.rlim_cur = 3;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &small), 0);
	assert_int_equal(child_spawn(f->loop, &f->child, &spec, on_end, &err),
			 -1);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	assert_string_equal(err.msg, "cannot make a pipe for 'true': "
				     "Too many open files");
	err_release(&err);
}

static void starts_with_clean_signals_and_descriptors(void **state)
{
	static const struct {
		const char *script;
		int signo; /* ends by it, or exits with 0 */
	} rows[] = {
		{ "kill -USR1 $$; exit 1", SIGUSR1 },
		{ "kill -PIPE $$; exit 1", SIGPIPE },
		{ "test ! -e /proc/self/fd/50", 0 },
		{ "test -e /proc/self/fd/2", 0 },
	};
	struct fixture *f = *state;
	struct sigaction ign = { .sa_handler = SIG_IGN }, old;
	sigset_t usr1, mask;

	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	assert_int_equal(sigprocmask(SIG_BLOCK, &usr1, &mask), 0);
	assert_int_equal(sigaction(SIGPIPE, &ign, &old), 0);
	assert_int_equal(dup2(2, 50), 50);
	for (size_t i = 0; i < COUNT(rows); i++) {
		f->calls = 0;
		start(f, rows[i].script, CHILD_NULL, CHILD_NULL, CHILD_NULL);
		run(f);
		ROW(f->status == rows[i].signo, rows[i].script);
	}
	close(50);
	assert_int_equal(sigaction(SIGPIPE, &old, NULL), 0);
	assert_int_equal(sigprocmask(SIG_SETMASK, &mask, NULL), 0);
}

static void environment_can_be_replaced(void **state)
{
	struct fixture *f = *state;
	char *argv[] = { (char[]){ "sh" }, (char[]){ "-c" },
			 (char[]){ "echo \"$RSH_A-$HOME\"" }, NULL };
	char *envp[] = { (char[]){ "RSH_A=b" }, NULL };
	struct child_spec spec = {
		.file = "sh", .argv = argv, .envp = envp, .out = CHILD_PIPE
	};
	char buf[64];

	assert_int_equal(child_spawn(f->loop, &f->child, &spec, on_end, NULL),
			 0);
	read_all(f->child.out, buf, sizeof(buf));
	assert_string_equal(buf, "b-\n");
	run(f);
}

/* The pipe ends when the last of the group is gone. */
static void kill_reaches_the_whole_group(void **state)
{
	struct fixture *f = *state;
	char buf[64];

	start(f, "sleep 1000 & sleep 1000 & echo; wait", CHILD_NULL, CHILD_PIPE,
	      CHILD_NULL);
	assert_int_equal(
		poll(&(struct pollfd){ .fd = f->child.out, .events = POLLIN },
		     1, DEADLINE_MS),
		1);
	child_kill(&f->child, SIGTERM);
	run(f);
	assert_true(WIFSIGNALED(f->status));
	assert_int_equal(WTERMSIG(f->status), SIGTERM);
	read_all(f->child.out, buf, sizeof(buf));
	assert_string_equal(buf, "\n");
	child_kill(&f->child, SIGTERM);
}

static void never(struct timer *t)
{
	(void)t;
}

static void released_child_is_killed_and_collected(void **state)
{
	struct fixture *f = *state;
	struct timer tick = { 0 };
	pid_t pid;

	start(f, "sleep 1000", CHILD_PIPE, CHILD_PIPE, CHILD_PIPE);
	pid = f->child.pid;
	child_release(&f->child);
	timer_start(f->loop, &f->deadline, DEADLINE_MS, too_late);
	/* It is gone, not a zombie, once there is no such process. */
	while (kill(pid, 0) == 0) {
		timer_start(f->loop, &tick, 1, never);
		assert_true(loop_turn(f->loop, true, NULL) >= 0);
	}
	assert_int_equal(errno, ESRCH);
	timer_stop(f->loop, &tick);
	timer_stop(f->loop, &f->deadline);
	assert_int_equal(loop_run(f->loop, NULL), 0);
	assert_int_equal(f->calls, 0);
}

/* Of a group whose leader has ended, and which is silent but holds a pipe. */
static void start_leaving(struct fixture *f, const char *script, bool session)
{
	char *argv[] = { (char[]){ "sh" }, (char[]){ "-c" }, strdup(script),
			 NULL };
	struct child_spec spec = { .file = "sh",
				   .argv = argv,
				   .out = CHILD_PIPE,
				   .own_session = session,
				   .keep_group = true };

	assert_int_equal(child_spawn(f->loop, &f->child, &spec, on_end, NULL),
			 0);
	free(argv[2]);
	timer_start(f->loop, &f->deadline, DEADLINE_MS, too_late);
	assert_int_equal(loop_run(f->loop, NULL), 0);
	assert_int_equal(f->calls, 1);
}

static void kept_group_can_be_ended_after_its_leader(void **state)
{
	static const struct {
		const char *script;
		int status;
	} rows[] = {
		{ "sleep 1000 & exit 3", 3 << 8 },
		{ "sleep 1000 & kill -9 $$", SIGKILL },
		{ "(trap '' HUP TERM; sleep 1000) & exit 0", 0 },
	};
	struct fixture *f = *state;
	char buf[64];

	for (size_t i = 0; i < COUNT(rows); i++) {
		int out;

		f->calls = 0;
		start_leaving(f, rows[i].script, i % 2);
		ROW(f->status == rows[i].status, rows[i].script);
		out = f->child.out;
		f->child.out = -1;
		child_end(&f->child);
		assert_int_equal(f->child.pid, 0);
		assert_int_equal(loop_run(f->loop, NULL), 0);
		/* Ends when the last of them is gone. */
		read_all(out, buf, sizeof(buf));
		close(out);
	}
}

static void end_is_polite_first(void **state)
{
	struct fixture *f = *state;
	char *argv[] = { (char[]){ "sh" }, (char[]){ "-c" },
			 (char[]){ "trap 'echo bye; exit' HUP; echo; "
				   "sleep 1000 & wait" },
			 NULL };
	struct child_spec spec = { .file = "sh",
				   .argv = argv,
				   .out = CHILD_PIPE,
				   .keep_group = true };
	char buf[64];
	int out;

	assert_int_equal(child_spawn(f->loop, &f->child, &spec, on_end, NULL),
			 0);
	out = f->child.out;
	f->child.out = -1;
	assert_int_equal(poll(&(struct pollfd){ .fd = out, .events = POLLIN },
			      1, DEADLINE_MS),
			 1);
	child_end(&f->child);
	assert_int_equal(loop_run(f->loop, NULL), 0);
	read_all(out, buf, sizeof(buf));
	close(out);
	assert_string_equal(buf, "\nbye\n");
	assert_int_equal(f->calls, 0);
}

static void own_session_has_no_terminal(void **state)
{
	struct fixture *f = *state;

	start_leaving(f,
		      "set -- $(cat /proc/self/stat); test $6 = $$ -a $7 = 0",
		      true);
	assert_int_equal(f->status, 0);
	child_end(&f->child);
}

#define TWICE(f)                                                               \
	{ #f, f, setup, teardown, NULL },                                      \
	{                                                                      \
#		f "_without_pidfd", f, setup_without_pidfd, teardown, NULL    \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TWICE(end_is_told),
		TWICE(pipes_carry_all_three),
		TWICE(socket_carries_both_ways),
		TWICE(null_is_empty_and_swallows),
		TWICE(works_with_standard_input_closed),
		TWICE(missing_program_is_told_at_once),
		TWICE(no_descriptors_left_is_told),
		TWICE(starts_with_clean_signals_and_descriptors),
		TWICE(environment_can_be_replaced),
		TWICE(kill_reaches_the_whole_group),
		TWICE(released_child_is_killed_and_collected),
		TWICE(kept_group_can_be_ended_after_its_leader),
		TWICE(end_is_polite_first),
		TWICE(own_session_has_no_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
