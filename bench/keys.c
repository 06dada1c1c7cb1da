/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keys - type at a command, and see how long it takes to show each key.
 *
 *	keys [-p COPIES] [-k KEYS] [-s COLUMNSxLINES] MARKS COMMAND
 *[ARGUMENT]...
 *
 * Starts copies of the command, each on a terminal of its own and with its
 *number as COPY in the environment, and waits until they have shown the letter
 *'Q' MARKS times in all: then keys are typed at each of them, one after the
 *other, and each is to be shown as often.  Prints the median milliseconds of a
 *key, those that 95 of 100 keep below, and the milliseconds of CPU that all
 *copies took for one.
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

#include "base/banned.h"

#define PATIENCE_MS 60000
#define COPIES_MAX  256
#define KEYS_MAX    10000
#define ROW_KEYS    20 /* fewer than a row has, no multiple of 3 */

struct copy {
	int master;
	pid_t pid;
};

static struct copy copies[COPIES_MAX];
static unsigned int ncopies = 1;
static unsigned short columns = 200, lines = 50;

static void give_up(const char *what)
{
	fprintf(stderr, "keys: %s: %s\n", what, strerror(errno));
	exit(125);
}

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Of all copies so far; 0 where nobody says. */
static double cpu_ms(void)
{
	double sum = 0;

	for (unsigned int i = 0; i < ncopies; i++) {
		char name[64], text[64];
		FILE *f;

		(void)snprintf(name, sizeof(name), "/proc/%ld/schedstat",
			       (long)copies[i].pid);
		f = fopen(name, "re");
		if (!f)
			continue;
		if (fgets(text, sizeof(text), f))
			sum += strtod(text, NULL) / 1e6;
		(void)fclose(f);
	}
	return sum;
}

static void start(struct copy *c, char **argv)
{
	const struct winsize size = { .ws_row = lines, .ws_col = columns };
	char name[64];

	c->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (c->master < 0 || grantpt(c->master) || unlockpt(c->master) ||
	    ptsname_r(c->master, name, sizeof(name)) ||
	    ioctl(c->master, TIOCSWINSZ, &size))
		give_up("terminal");
	c->pid = fork();
	if (c->pid < 0)
		give_up("fork");
	if (c->pid > 0)
		return;
	(void)setsid();
	for (int fd = 0; fd < 3; fd++) {
		(void)close(fd);
		if (open(name, O_RDWR) != fd) /* NOLINT: it is to be kept */
			_exit(125);
	}
	(void)snprintf(name, sizeof(name), "%d", (int)(c - copies) + 1);
	(void)setenv("COPY", name, 1);
	execvp(argv[0], argv);
	_exit(127);
}

static unsigned int count(const char *p, size_t n, char mark)
{
	unsigned int found = 0;

	for (size_t i = 0; i < n; i++)
		found += p[i] == mark;
	return found;
}

/* Until `mark` was shown so often. */
static void wait_for(char mark, unsigned int marks)
{
	static char buf[65536];
	struct pollfd fds[COPIES_MAX];

	for (unsigned int i = 0; i < ncopies; i++)
		fds[i] = (struct pollfd){ .fd = copies[i].master,
					  .events = POLLIN };
	while (marks) {
		if (poll(fds, ncopies, PATIENCE_MS) <= 0) {
			errno = ETIMEDOUT;
			give_up("a key is not shown");
		}
		for (unsigned int i = 0; i < ncopies; i++) {
			unsigned int found;
			ssize_t n;

			if (!fds[i].revents)
				continue;
			n = read(fds[i].fd, buf, sizeof(buf));
			if (n <= 0)
				give_up("it has ended");
			found = count(buf, (size_t)n, mark);
			marks -= found < marks ? found : marks;
		}
	}
}

/* The row is written anew before it is full, with another letter each. */
static double type(unsigned int key, unsigned int marks)
{
	static const char letters[] = "VWY"; /* that end no sequence */
	const char text[] = { '\r', letters[key % 3] };
	const size_t n = key % ROW_KEYS ? 1 : 2;
	double begun = now_ms();

	for (unsigned int i = 0; i < ncopies; i++)
		if (write(copies[i].master, text + 2 - n, n) != (ssize_t)n)
			give_up("cannot type");
	wait_for(text[1], marks);
	return now_ms() - begun;
}

static int compare(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void measure(unsigned int nkeys, unsigned int marks)
{
	static double took[KEYS_MAX];
	double cpu;

	wait_for('Q', marks);
	for (unsigned int i = 0; i < ROW_KEYS; i++)
		(void)type(i, marks);
	cpu = cpu_ms();
	for (unsigned int i = 0; i < nkeys; i++)
		took[i] = type(ROW_KEYS + i, marks);
	cpu = cpu_ms() - cpu;
	qsort(took, nkeys, sizeof(*took), compare);
	printf("%.2f %.2f %.3f\n", took[nkeys / 2], took[nkeys * 95 / 100],
	       cpu / nkeys);
}

static void stop(void)
{
	for (unsigned int i = 0; i < ncopies; i++)
		if (copies[i].pid > 0)
			(void)kill(copies[i].pid, SIGTERM);
	while (wait(NULL) > 0 || errno == EINTR)
		;
}

int main(int argc, char **argv)
{
	unsigned int nkeys = 100;
	int opt;

	while ((opt = getopt(argc, argv, "+p:k:s:")) != -1) {
		char *end;

		if (opt == 'p') {
			ncopies = (unsigned int)strtoul(optarg, NULL, 10);
		} else if (opt == 'k') {
			nkeys = (unsigned int)strtoul(optarg, NULL, 10);
		} else if (opt == 's') {
			columns = (unsigned short)strtoul(optarg, &end, 10);
			lines = *end ? (unsigned short)strtoul(end + 1, NULL,
							       10)
				     : lines;
		} else {
			return 125;
		}
	}
	if (argc - optind < 2 || !ncopies || ncopies > COPIES_MAX || !nkeys ||
	    nkeys > KEYS_MAX) {
		fprintf(stderr, "usage: keys [-p COPIES] [-k KEYS] "
				"[-s COLUMNSxLINES] MARKS COMMAND...\n");
		return 125;
	}
	atexit(stop);
	for (unsigned int i = 0; i < ncopies; i++)
		start(&copies[i], argv + optind + 1);
	measure(nkeys, (unsigned int)strtoul(argv[optind], NULL, 10));
	return 0;
}
