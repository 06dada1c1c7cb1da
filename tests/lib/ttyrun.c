/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ttyrun - a person at a terminal, with a shell that knows jobs.
 *
 *	ttyrun [STEP]... -- COMMAND [ARGUMENT]...
 *
 * For stops and signals; tests/lib/atterminal is for what is typed and shown.
 * Runs the command on a terminal of its own, as a job in the foreground, does
 * the steps, and waits for its end.  A step waits for 30 s at most.
 *
 *	back           the job starts in the background
 *	tostop         ... of a terminal that stops who writes from there
 *	expect=TEXT    wait until the terminal has shown it, behind what was
 *	               expected before
 *	type=TEXT      type it; \r and \NNN as in C
 *	kill=NUMBER    send a signal to the job
 *	stopped        wait until the job is stopped
 *	fg, bg         let it go on in the foreground, or in the background
 *
 * Prints what the terminal showed and then, in lines of their own, "status N"
 * (128 and the signal's number) and "modes same" or "modes changed": those of
 * the terminal at the end beside those at the start, and at each stop.
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

#include "base/strbuf.h"

#include "base/banned.h"

#define STEP_S 30

struct terminal {
	int master;
	struct termios modes; /* at the start */
	struct strbuf shown;
	size_t expected; /* of `shown`, passed by */
	bool changed;	 /* a stop found other modes */
};

/* What the shell tells, and is told. */
struct shell {
	int tell, hear; /* descriptors of ours */
	pid_t pid, job;
	int status; /* of the job, once `over` */
	bool over;
};

/* From the shell: how the job is. */
struct news {
	pid_t job;
	int status;
};

static void die(const char *what)
{
	fprintf(stderr, "ttyrun: %s: %s\n", what, strerror(errno));
	exit(125);
}

/* ---- the shell, a process of its own ---- */

static void to_front(pid_t group)
{
	const struct sigaction ignore = { .sa_handler = SIG_IGN };

	(void)sigaction(SIGTTOU, &ignore, NULL);
	if (tcsetpgrp(STDIN_FILENO, group))
		die("tcsetpgrp");
}

static pid_t start_job(char **argv, bool back)
{
	const struct sigaction standard = { .sa_handler = SIG_DFL };
	pid_t job = fork();

	if (job < 0)
		die("fork");
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
	die(argv[0]);
	return -1;
}

/* Until the job is over; at each stop wait for 'f' or 'b'. */
static void shell_run(int hear, int tell, char **argv, bool back)
{
	struct news news = { .job = start_job(argv, back) };

	if (write(tell, &news, sizeof(news)) != sizeof(news))
		die("pipe");
	for (;;) {
		char how;

		if (waitpid(news.job, &news.status, WUNTRACED) != news.job)
			die("waitpid");
		if (WIFSTOPPED(news.status))
			to_front(getpgrp());
		if (write(tell, &news, sizeof(news)) != sizeof(news))
			die("pipe");
		if (!WIFSTOPPED(news.status) || read(hear, &how, 1) != 1)
			_exit(0);
		if (how == 'f')
			to_front(news.job);
		(void)kill(-news.job, SIGCONT);
	}
}

static void shell_start(struct shell *sh, struct terminal *t, char **argv,
			bool back)
{
	int to[2], from[2];
	char name[64];

	if (pipe2(to, O_CLOEXEC) || pipe2(from, O_CLOEXEC) ||
	    ptsname_r(t->master, name, sizeof(name)))
		die("pipe");
	sh->pid = fork();
	if (sh->pid < 0)
		die("fork");
	if (!sh->pid) {
		int fd;

		(void)setsid();
		fd = open(name,
			  O_RDWR | O_CLOEXEC); /* becomes the controlling one */
		if (fd < 0 || ioctl(fd, TIOCSCTTY, 0))
			die(name);
		for (int i = 0; i < 3; i++)
			dup2(fd, i);
		if (fd > 2)
			close(fd);
		close(to[1]);
		close(from[0]);
		shell_run(to[0], from[1], argv, back);
	}
	close(to[0]);
	close(from[1]);
	sh->tell = to[1];
	sh->hear = from[0];
}

/* ---- the person ---- */

static void look_at_modes(struct terminal *t)
{
	struct termios now;

	if (!tcgetattr(t->master, &now) && (now.c_lflag != t->modes.c_lflag ||
					    now.c_iflag != t->modes.c_iflag ||
					    now.c_oflag != t->modes.c_oflag))
		t->changed = true;
}

static void read_terminal(struct terminal *t)
{
	char buf[4096];
	ssize_t n = read(t->master, buf, sizeof(buf));

	if (n > 0)
		strbuf_add(&t->shown, buf, (size_t)n);
}

static void read_news(struct shell *sh, struct terminal *t)
{
	struct news news;

	if (read(sh->hear, &news, sizeof(news)) != sizeof(news))
		die("the shell has gone");
	if (!sh->job) {
		sh->job = news.job;
		return;
	}
	sh->status = news.status;
	sh->over = !WIFSTOPPED(news.status);
	look_at_modes(t);
}

static bool has_come(struct terminal *t, const char *text)
{
	char *at = strstr(t->shown.buf + t->expected, text);

	if (at)
		t->expected = (size_t)(at - t->shown.buf) + strlen(text);
	return at;
}

static bool is_stopped(const struct shell *sh)
{
	return !sh->over && WIFSTOPPED(sh->status);
}

/* Until `text` has come; NULL: the job stopped; "": it is over. */
static void wait_for(struct shell *sh, struct terminal *t, const char *text)
{
	time_t end = time(NULL) + STEP_S;

	while (text && *text ? !has_come(t, text)
			     : !(text ? sh->over : is_stopped(sh))) {
		struct pollfd p[] = { { t->master, POLLIN, 0 },
				      { sh->over ? -1 : sh->hear, POLLIN, 0 } };

		if (time(NULL) > end || (sh->over && poll(p, 1, 100) == 0)) {
			printf("%s\nttyrun: waited in vain for '%s'\n",
			       t->shown.buf, text ? text : "a stop");
			if (!sh->over)
				(void)kill(-sh->job, SIGKILL);
			exit(1);
		}
		if (poll(p, 2, 100) <= 0)
			continue;
		if (p[0].revents & POLLIN)
			read_terminal(t);
		if (p[1].revents)
			read_news(sh, t);
	}
}

static void type(struct terminal *t, const char *s)
{
	while (*s) {
		char c = *s++;

		if (c == '\\' && *s == 'r') {
			c = '\r';
			s++;
		} else if (c == '\\' && *s) {
			char octal[4] = "";

			memcpy(octal, s, strnlen(s, 3));
			c = (char)strtol(octal, NULL, 8);
			s += strlen(octal);
		}
		if (write(t->master, &c, 1) != 1)
			die("the terminal");
	}
}

static void go_on(struct shell *sh, const char *how)
{
	sh->status = 0;
	if (write(sh->tell, how, 1) != 1)
		die("pipe");
}

static void step(struct shell *sh, struct terminal *t, const char *s)
{
	if (!strncmp(s, "expect=", 7))
		wait_for(sh, t, s + 7);
	else if (!strncmp(s, "type=", 5))
		type(t, s + 5);
	else if (!strncmp(s, "kill=", 5))
		(void)kill(-sh->job, (int)strtol(s + 5, NULL, 10));
	else if (!strcmp(s, "stopped"))
		wait_for(sh, t, NULL);
	else if (!strcmp(s, "fg") || !strcmp(s, "bg"))
		go_on(sh, s);
	else
		die(s);
}

static void terminal_open(struct terminal *t, bool tostop)
{
	t->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (t->master < 0 || grantpt(t->master) || unlockpt(t->master) ||
	    tcgetattr(t->master, &t->modes))
		die("posix_openpt");
	strbuf_init(&t->shown, STRBUF_MAX_TEXT);
	if (tostop)
		t->modes.c_lflag |= TOSTOP;
	if (tcsetattr(t->master, TCSANOW, &t->modes))
		die("tcsetattr");
}

int main(int argc, char **argv)
{
	struct terminal t = { 0 };
	struct shell sh = { 0 };
	bool back = false, tostop = false;
	int first = 1, dashes = 1;

	while (dashes < argc && strcmp(argv[dashes], "--") != 0)
		dashes++;
	for (; first < dashes; first++) {
		if (!strcmp(argv[first], "back"))
			back = true;
		else if (!strcmp(argv[first], "tostop"))
			tostop = true;
		else
			break;
	}
	if (dashes + 1 >= argc)
		die("no command");
	terminal_open(&t, tostop);
	shell_start(&sh, &t, argv + dashes + 1, back);
	read_news(&sh, &t);
	for (; first < dashes; first++)
		step(&sh, &t, argv[first]);
	wait_for(&sh, &t, "");
	(void)waitpid(sh.pid, NULL, 0);
	(void)fcntl(t.master, F_SETFL, O_NONBLOCK);
	read_terminal(&t);
	printf("%s\nstatus %d\nmodes %s\n", t.shown.buf,
	       WIFEXITED(sh.status) ? WEXITSTATUS(sh.status)
				    : 128 + WTERMSIG(sh.status),
	       t.changed ? "changed" : "same");
	strbuf_release(&t.shown);
	return 0;
}
