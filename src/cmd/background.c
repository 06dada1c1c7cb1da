/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Going to the background: a child that works and a parent that waits.
 */
#include "cmd/background.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/gettext.h"

#include "base/banned.h"

#define DETACHED 'd'

/* What the parent passes on.  Ctrl+Z stops both, as it stops any group. */
static const int passed_on[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

static void block_signals(sigset_t *held, sigset_t *before)
{
	struct sigaction act;

	sigemptyset(held);
	for (size_t i = 0; i < sizeof(passed_on) / sizeof(passed_on[0]); i++)
		if (!sigaction(passed_on[i], NULL, &act) &&
		    act.sa_handler != SIG_IGN)
			sigaddset(held, passed_on[i]);
	(void)sigprocmask(SIG_BLOCK, held, before);
}

/* The terminal sends its own to the whole group: the child has them. */
static void pass_on(int signals, pid_t child)
{
	struct signalfd_siginfo si;

	if (read(signals, &si, sizeof(si)) != (ssize_t)sizeof(si))
		return;
	if (si.ssi_code <= 0)
		(void)kill(child, (int)si.ssi_signo);
}

/* True once the child has detached, false when it has ended. */
static bool wait_for_word(int word, int signals, pid_t child, int *code)
{
	struct pollfd pfds[] = {
		{ .fd = word, .events = POLLIN },
		{ .fd = signals, .events = POLLIN },
	};
	unsigned char said[2] = { 0 };
	ssize_t n;

	for (;;) {
		if (poll(pfds, 2, -1) < 0 && errno != EINTR)
			return false;
		if (pfds[1].revents)
			pass_on(signals, child);
		if (!pfds[0].revents)
			continue;
		n = read(word, said, sizeof(said));
		if (n < 0 && errno == EINTR)
			continue;
		*code = said[1];
		return n == sizeof(said) && said[0] == DETACHED;
	}
}

static int code_of(pid_t child)
{
	int status;

	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return 255;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* One that was killed before we asked to be told is not told of. */
static void be_child(struct background *bg, int word, pid_t parent)
{
	bg->fd = word;
	(void)prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0);
	if (getppid() != parent)
		(void)raise(SIGTERM);
}

int background_start(struct background *bg, enum background_side *side,
		     int *code, struct err *err)
{
	const pid_t parent = getpid();
	sigset_t held, before;
	int word[2];
	int signals;
	pid_t child;

	if (pipe2(word, O_CLOEXEC))
		return err_set_errno(err, ERR_LOCAL, _("cannot make a pipe"));
	block_signals(&held, &before);
	signals = signalfd(-1, &held, SFD_CLOEXEC);
	child = signals < 0 ? -1 : fork();
	if (child < 0)
		err_set_errno(err, ERR_LOCAL, _("cannot go to the background"));
	if (child > 0) {
		close(word[1]);
		*side = BACKGROUND_ENDED;
		*code = 0;
		if (wait_for_word(word[0], signals, child, code))
			*side = BACKGROUND_DETACHED;
		else
			*code = code_of(child);
	}
	if (signals >= 0)
		close(signals);
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	close(word[0]);
	if (child == 0) {
		*side = BACKGROUND_CHILD;
		be_child(bg, word[1], parent);
	} else if (child < 0) {
		close(word[1]);
	}
	return child < 0 ? -1 : 0;
}

static void detach(struct background *bg, bool keep_output, int code)
{
	const unsigned char word[2] = { DETACHED, (unsigned char)code };
	int null;
	ssize_t n;

	if (bg->fd < 0)
		return;
	(void)prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0);
	(void)setsid();
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null >= 0) {
		(void)dup2(null, STDIN_FILENO);
		if (!keep_output) {
			(void)dup2(null, STDOUT_FILENO);
			(void)dup2(null, STDERR_FILENO);
		}
		close(null);
	}
	n = write(bg->fd, word, sizeof(word));
	(void)n; /* a parent that is gone waits for nothing */
	close(bg->fd);
	bg->fd = -1;
}

void background_detach(struct background *bg, bool keep_output)
{
	detach(bg, keep_output, 0);
}

void background_leave(struct background *bg, int code)
{
	detach(bg, false, code);
}
