/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: atterminal STEP... -- COMMAND [ARGUMENT...]
 *
 * Run a command at a terminal of 24 lines and 80 columns whose user goes by a
 * script.  A step is a word that begins with
 *
 *   +TEXT     wait until TEXT has come since what was waited for last
 *   -TEXT     type TEXT; \r, \n, \\ and \ooo (octal) as in C
 *   @L,C      the terminal has L lines and C columns now
 *   %SIGNAL   send the signal with that number to the command
 *   ~N        type N lines of 63 bytes, as a paste does
 *
 * All that came goes to standard output.  The status is the command's, 128 and
 * the signal it died of, 124 when something waited for did not come in 20 s,
 * and 125 when the terminal's mode is not what it was.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
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

static int master;
static char *heard;
static size_t nheard, matched;

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

/* One read at most; false at the end of the terminal. */
static int hear(int timeout_ms)
{
	struct pollfd pfd = { .fd = master, .events = POLLIN };
	ssize_t n;

	if (poll(&pfd, 1, timeout_ms) <= 0)
		return 1;
	n = read(master, heard + nheard, HEARD_MAX - nheard);
	if (n <= 0)
		return 0;
	if (fwrite(heard + nheard, 1, (size_t)n, stdout) != (size_t)n ||
	    fflush(stdout))
		give_up("stdout");
	nheard += (size_t)n;
	return 1;
}

static int wait_for(const char *text)
{
	const long end = now_ms() + PATIENCE_MS;
	const size_t len = strlen(text);

	for (;;) {
		const char *at =
			memmem(heard + matched, nheard - matched, text, len);

		if (at) {
			matched = (size_t)(at - heard) + len;
			return 0;
		}
		if (now_ms() >= end || !hear(100)) {
			fprintf(stderr, "atterminal: did not come: %s\n", text);
			return -1;
		}
	}
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
		if (n && !hear(10))
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

static int step(const char *word, pid_t child)
{
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
		(void)kill(child, (int)strtol(word + 1, NULL, 10));
		return 0;
	case '~':
		paste(strtoul(word + 1, NULL, 10));
		return 0;
	default:
		fprintf(stderr, "atterminal: no such step: %s\n", word);
		return -1;
	}
}

static pid_t start(char **argv, const char *name)
{
	pid_t child = fork();
	int fd;

	if (child)
		return child;
	setsid();
	fd = open(name, O_RDWR);
	if (fd < 0 || ioctl(fd, TIOCSCTTY, 0) || dup2(fd, 0) < 0 ||
	    dup2(fd, 1) < 0 || dup2(fd, 2) < 0)
		_exit(99);
	if (fd > 2)
		close(fd);
	execvp(argv[0], argv);
	_exit(127);
}

/* Read on until the command has ended, 20 s at most. */
static int end_of(pid_t child)
{
	const long end = now_ms() + PATIENCE_MS;
	int status;

	while (waitpid(child, &status, WNOHANG) == 0) {
		if (now_ms() >= end) {
			(void)kill(child, SIGKILL);
			(void)waitpid(child, &status, 0);
			return LATE;
		}
		(void)hear(20);
	}
	for (size_t before = nheard + 1; before != nheard;) {
		before = nheard;
		(void)hear(50);
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int same_mode(const struct termios *a, const struct termios *b)
{
	return a->c_iflag == b->c_iflag && a->c_oflag == b->c_oflag &&
	       a->c_cflag == b->c_cflag && a->c_lflag == b->c_lflag &&
	       !memcmp(a->c_cc, b->c_cc, sizeof(a->c_cc));
}

int main(int argc, char **argv)
{
	struct termios before, after;
	int dashes = 1, slave, rc = 0;
	char name[64];
	pid_t child;

	while (dashes < argc && strcmp(argv[dashes], "--") != 0)
		dashes++;
	heard = malloc(HEARD_MAX);
	master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (dashes + 1 >= argc || !heard || master < 0 || grantpt(master) ||
	    unlockpt(master) || ptsname_r(master, name, sizeof(name)))
		give_up("terminal");
	/* Held open, so that the mode outlives the command. */
	slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (slave < 0 || tcgetattr(slave, &before))
		give_up(name);
	resize("24,80");
	child = start(argv + dashes + 1, name);
	(void)fcntl(master, F_SETFL, O_NONBLOCK);
	for (int i = 1; i < dashes && !rc; i++)
		rc = step(argv[i], child);
	if (rc) {
		(void)kill(child, SIGHUP);
		(void)end_of(child);
		rc = LATE;
	} else {
		rc = end_of(child);
	}
	if (tcgetattr(slave, &after))
		give_up(name);
	if (!same_mode(&before, &after)) {
		fprintf(stderr, "atterminal: the mode has changed\n");
		return CHANGED;
	}
	return rc;
}
