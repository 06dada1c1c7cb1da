/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: atterminal STEP... -- COMMAND [ARGUMENT...]
 *
 * Run a command as the job of a shell, in the foreground of a terminal of 24
 * lines and 80 columns whose user goes by a script.  A step is
 *
 *   +TEXT     wait until TEXT has come since what was waited for last
 *   -TEXT     type TEXT; \r, \n, \\ and \ooo (octal) as in C
 *   @L,C      the terminal has L lines and C columns now
 *   %SIGNAL   send the signal with that number to the job
 *   ~N        type N lines of 63 bytes, as a paste does
 *   =FILE     make that file, for which the job may wait
 *   stopped   wait until the job is stopped
 *   fg, bg    let it go on in the foreground, or in the background, and wait
 *             until it does
 *
 * and, before all others,
 *
 *   back      the job starts in the background
 *   tostop    ... of a terminal that stops who writes from there
 *
 * All that came goes to standard output.  The status is the job's, 128 and the
 * signal it died of, 124 when something waited for did not come in 20 s, and
 * 125 when at the end or at a stop the terminal's mode is not what it was.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE_MS 20000
#define HEARD_MAX   ((size_t)8 << 20)
#define LATE	    124
#define CHANGED	    125

static int master, slave;
static char *heard;
static size_t nheard, matched;
static struct termios before;
static bool changed; /* the mode, seen at a stop or at the end */

/* Who waits for the job, a process of its own, and what it has told. */
static struct {
	int tell, hear; /* descriptors of ours */
	pid_t pid, job;
	int status;
	bool over;
	unsigned int told; /* how often it has changed */
} shell;

struct news {
	pid_t job;
	int status;
};

__attribute__((noreturn)) static void give_up(const char *what)
{
	fprintf(stderr, "atterminal: %s: %s\n", what, strerror(errno));
	exit(99);
}

static long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* ---- the shell ---- */

static void to_front(pid_t group)
{
	const struct sigaction ignore = { .sa_handler = SIG_IGN };

	(void)sigaction(SIGTTOU, &ignore, NULL);
	if (tcsetpgrp(STDIN_FILENO, group))
		give_up("tcsetpgrp");
}

static pid_t start_job(char **argv, bool back)
{
	const struct sigaction standard = { .sa_handler = SIG_DFL };
	pid_t job = fork();

	if (job < 0)
		give_up("fork");
	if (!job)
		(void)setpgid(0, 0);
	else
		(void)setpgid(job, job);
	if (!back)
		to_front(job ? job : getpid());
	if (job)
		return job;
	/* Who started us may have ignored some. */
	for (int signo = 1; signo < SIGRTMIN; signo++)
		(void)sigaction(signo, &standard, NULL);
	execvp(argv[0], argv);
	_exit(127);
}

static void tell(int out, const struct news *news)
{
	if (write(out, news, sizeof(*news)) != (ssize_t)sizeof(*news))
		give_up("pipe");
}

/* Whether the job that runs behind is to come to the front, not changed. */
static bool is_called(int in, pid_t job, int *status)
{
	struct pollfd pfd = { .fd = in, .events = POLLIN };
	char how;

	for (;;) {
		if (waitpid(job, status, WNOHANG | WUNTRACED) == job)
			return false;
		if (poll(&pfd, 1, 20) == 1 && read(in, &how, 1) == 1)
			return true;
	}
}

/* Until the job is over; at each stop wait for 'f' or 'b'. */
__attribute__((noreturn)) static void be_shell(int in, int out, char **argv,
					       bool back)
{
	struct news news = { .job = start_job(argv, back) };
	bool behind = false;
	char how = 'f';

	tell(out, &news);
	for (;;) {
		if (behind && is_called(in, news.job, &news.status)) {
			behind = false;
			to_front(news.job);
			(void)kill(-news.job, SIGCONT);
			tell(out, &news); /* as it was: it goes on */
			continue;
		}
		if (!behind && waitpid(news.job, &news.status,
				       WUNTRACED | WCONTINUED) != news.job)
			give_up("waitpid");
		if (WIFSTOPPED(news.status))
			to_front(getpgrp());
		tell(out, &news);
		if (WIFCONTINUED(news.status)) {
			behind = how == 'b';
			continue;
		}
		if (!WIFSTOPPED(news.status) || read(in, &how, 1) != 1)
			_exit(0);
		if (how == 'f')
			to_front(news.job);
		(void)kill(-news.job, SIGCONT);
		behind = false;
	}
}

static void hear_shell(void);

static void start(char **argv, const char *name, bool back)
{
	int to[2], from[2];
	int fd;

	if (pipe2(to, O_CLOEXEC) || pipe2(from, O_CLOEXEC))
		give_up("pipe");
	shell.pid = fork();
	if (shell.pid < 0)
		give_up("fork");
	if (!shell.pid) {
		(void)setsid();
		fd = open(name, O_RDWR | O_CLOEXEC);
		if (fd < 0 || ioctl(fd, TIOCSCTTY, 0) || dup2(fd, 0) < 0 ||
		    dup2(fd, 1) < 0 || dup2(fd, 2) < 0)
			give_up(name);
		close(to[1]);
		close(from[0]);
		be_shell(to[0], from[1], argv, back);
	}
	close(to[0]);
	close(from[1]);
	shell.tell = to[1];
	shell.hear = from[0];
	hear_shell();
}

/* ---- the person ---- */

static void look_at_mode(void)
{
	struct termios now;

	if (tcgetattr(slave, &now))
		give_up("terminal");
	if (now.c_iflag != before.c_iflag || now.c_oflag != before.c_oflag ||
	    now.c_cflag != before.c_cflag || now.c_lflag != before.c_lflag ||
	    memcmp(now.c_cc, before.c_cc, sizeof(now.c_cc)) != 0)
		changed = true;
}

static void hear_shell(void)
{
	struct news news;

	if (read(shell.hear, &news, sizeof(news)) != sizeof(news))
		give_up("the shell has gone");
	if (!shell.job) {
		shell.job = news.job;
		return;
	}
	shell.status = news.status;
	shell.told++;
	if (WIFCONTINUED(news.status))
		return;
	shell.over = !WIFSTOPPED(news.status);
	look_at_mode();
}

/* One read at most; false where there was nothing. */
static bool hear(int timeout_ms)
{
	struct pollfd pfds[] = {
		{ .fd = master, .events = POLLIN },
		{ .fd = shell.over ? -1 : shell.hear, .events = POLLIN },
	};
	ssize_t n;

	if (poll(pfds, 2, timeout_ms) <= 0)
		return false;
	if (pfds[1].revents)
		hear_shell();
	if (!pfds[0].revents)
		return true;
	n = read(master, heard + nheard, HEARD_MAX - nheard);
	if (n <= 0)
		return false;
	if (fwrite(heard + nheard, 1, (size_t)n, stdout) != (size_t)n ||
	    fflush(stdout))
		give_up("stdout");
	nheard += (size_t)n;
	return true;
}

static bool has_come(const char *text)
{
	const size_t len = strlen(text);
	const char *at = memmem(heard + matched, nheard - matched, text, len);

	if (at)
		matched = (size_t)(at - heard) + len;
	return at;
}

/* NULL: until the job is stopped. */
static int wait_for(const char *text)
{
	const long end = now_ms() + PATIENCE_MS;

	while (text ? !has_come(text)
		    : shell.over || !WIFSTOPPED(shell.status)) {
		if (now_ms() < end && (hear(100) || !shell.over))
			continue;
		fprintf(stderr, "atterminal: did not come: %s\n",
			text ? text : "a stop");
		return -1;
	}
	return 0;
}

/* The other side may be full, and want to be read first. */
static void type_bytes(const char *p, size_t n)
{
	while (n) {
		ssize_t done = write(master, p, n);

		if (done > 0) {
			p += done;
			n -= (size_t)done;
		} else if (errno != EAGAIN) {
			give_up("terminal");
		}
		if (n && !hear(10) && shell.over)
			return;
	}
}

static void type_text(const char *text)
{
	char *out = strdup(text);
	size_t n = 0;

	if (!out)
		give_up("memory");
	while (*text) {
		char digits[4] = { 0 };

		if (*text != '\\') {
			out[n++] = *text++;
			continue;
		}
		text++;
		if (*text >= '0' && *text <= '7') {
			memcpy(digits, text, strnlen(text, 3));
			out[n++] = (char)strtol(digits, NULL, 8);
			text += strlen(digits);
		} else {
			out[n++] = *text == 'r'	  ? '\r'
				   : *text == 'n' ? '\n'
						  : *text;
			text++;
		}
	}
	type_bytes(out, n);
	free(out);
}

static void paste(unsigned long lines)
{
	char line[80];

	for (unsigned long i = 0; i < lines; i++) {
		snprintf(line, sizeof(line), "%062lu\r", i);
		type_bytes(line, strlen(line));
	}
}

static void resize(const char *text)
{
	struct winsize ws = { 0 };
	char *comma;

	ws.ws_row = (unsigned short)strtoul(text, &comma, 10);
	ws.ws_col = (unsigned short)strtoul(comma + (*comma == ','), NULL, 10);
	if (ioctl(master, TIOCSWINSZ, &ws))
		give_up("size");
}

/* What is typed, or a signal, may otherwise find it stopped as yet. */
static int go_on(const char *how)
{
	const long end = now_ms() + PATIENCE_MS;
	const unsigned int told = shell.told;

	if (write(shell.tell, how, 1) != 1)
		give_up("pipe");
	while (shell.told == told) {
		if (now_ms() < end && (hear(100) || !shell.over))
			continue;
		fprintf(stderr, "atterminal: it does not go on\n");
		return -1;
	}
	return 0;
}

static void make_file(const char *name)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0)
		give_up(name);
	close(fd);
}

static int step(const char *word)
{
	if (!strcmp(word, "stopped"))
		return wait_for(NULL);
	if (!strcmp(word, "fg") || !strcmp(word, "bg"))
		return go_on(word);
	switch (*word) {
	case '+':
		return wait_for(word + 1);
	case '-':
		type_text(word + 1);
		return 0;
	case '@':
		resize(word + 1);
		return 0;
	case '%':
		(void)kill(-shell.job, (int)strtol(word + 1, NULL, 10));
		return 0;
	case '=':
		make_file(word + 1);
		return 0;
	case '~':
		paste(strtoul(word + 1, NULL, 10));
		return 0;
	default:
		fprintf(stderr, "atterminal: no such step: %s\n", word);
		return -1;
	}
}

/* Read on until the job is over, 20 s at most. */
static int end_of_job(void)
{
	const long end = now_ms() + PATIENCE_MS;

	while (!shell.over) {
		if (now_ms() >= end) {
			(void)kill(-shell.job, SIGKILL);
			(void)kill(shell.pid, SIGKILL);
			return LATE;
		}
		(void)hear(20);
	}
	(void)waitpid(shell.pid, NULL, 0);
	while (hear(50))
		continue;
	look_at_mode();
	return WIFEXITED(shell.status) ? WEXITSTATUS(shell.status)
				       : 128 + WTERMSIG(shell.status);
}

static void open_terminal(char *name, size_t size)
{
	heard = malloc(HEARD_MAX);
	master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (!heard || master < 0 || grantpt(master) || unlockpt(master) ||
	    ptsname_r(master, name, size))
		give_up("terminal");
	/* Held open, so that the mode outlives the job. */
	slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (slave < 0 || tcgetattr(slave, &before))
		give_up(name);
	resize("24,80");
	(void)fcntl(master, F_SETFL, O_NONBLOCK);
}

int main(int argc, char **argv)
{
	bool back = false;
	int dashes = 1, first = 1, rc = 0;
	char name[64];

	while (dashes < argc && strcmp(argv[dashes], "--") != 0)
		dashes++;
	if (dashes + 1 >= argc)
		give_up("no command");
	open_terminal(name, sizeof(name));
	for (; first < dashes; first++) {
		if (!strcmp(argv[first], "back"))
			back = true;
		else if (!strcmp(argv[first], "tostop"))
			before.c_lflag |= TOSTOP;
		else
			break;
	}
	if (tcsetattr(slave, TCSANOW, &before))
		give_up(name);
	start(argv + dashes + 1, name, back);
	for (int i = first; i < dashes && !rc; i++)
		rc = step(argv[i]);
	if (rc) {
		(void)kill(-shell.job, SIGHUP);
		(void)kill(-shell.job, SIGCONT);
		(void)end_of_job();
		return LATE;
	}
	rc = end_of_job();
	if (changed)
		fprintf(stderr, "atterminal: the mode has changed\n");
	return changed ? CHANGED : rc;
}
