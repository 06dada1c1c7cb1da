/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The terminal: its mode, size, and how it is left.
 */
#include "io/tty.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/gettext.h"

#include "base/banned.h"

/*
 * What tty_restore() puts back.  Global, because an exit handler and a signal
 * handler are given nothing; `active` is set last and cleared first.
 */
static struct {
	volatile sig_atomic_t active;
	int fd;
	struct termios saved;
	size_t nleave;
	char leave[TTY_LEAVE_MAX]; /* takes the terminal out of a screen */
} raw;

/* The mode as it is, remembered unless an earlier one is. */
static int save(int fd, struct termios *t, struct err *err)
{
	if (tcgetattr(fd, t))
		return err_set_errno(err, ERR_LOCAL,
				     _("cannot read the terminal's mode"));
	if (!raw.active) {
		raw.nleave = 0;
		raw.fd = fd;
		raw.saved = *t;
		raw.active = 1;
	}
	return 0;
}

static void restore_and_die(int signo)
{
	tty_restore();
	(void)raise(signo); /* the handler stood for one time */
}

/* What kills unless handled, by a fault or from outside. */
void tty_guard(void)
{
	static const int deadly[] = { SIGSEGV, SIGBUS,	SIGILL,	 SIGFPE,
				      SIGABRT, SIGTRAP, SIGSYS,	 SIGXCPU,
				      SIGXFSZ, SIGALRM, SIGUSR1, SIGUSR2,
				      SIGHUP,  SIGINT,	SIGQUIT, SIGTERM };
	static bool at_exit;
	const struct sigaction act = { .sa_handler = restore_and_die,
				       .sa_flags = SA_RESETHAND | SA_NODEFER };
	struct sigaction old;

	if (!at_exit)
		at_exit = !atexit(tty_restore);
	for (size_t i = 0; i < sizeof(deadly) / sizeof(deadly[0]); i++)
		if (!sigaction(deadly[i], NULL, &old) &&
		    old.sa_handler == SIG_DFL)
			(void)sigaction(deadly[i], &act, NULL);
}

/* `lines`: what is written has its lines as before. */
static int set_raw(int fd, bool lines, struct err *err)
{
	struct termios t;

	tty_guard();
	if (save(fd, &t, err))
		return -1;
	cfmakeraw(&t);
	if (lines)
		t.c_oflag = raw.saved.c_oflag;
	t.c_cc[VMIN] = 1;
	t.c_cc[VTIME] = 0;
	if (tcsetattr(fd, TCSANOW, &t))
		return err_set_errno(err, ERR_LOCAL,
				     _("cannot set the terminal's mode"));
	return 0;
}

int tty_raw(int fd, struct err *err)
{
	return set_raw(fd, false, err);
}

int tty_unseen(int fd, struct err *err)
{
	return set_raw(fd, true, err);
}

int tty_keys(int fd, bool signals, const void *leave, size_t n, struct err *err)
{
	struct termios t;

	assert(n <= TTY_LEAVE_MAX);
	if (tty_raw(fd, err))
		return -1;
	/* Those bytes go there, where another has been saved before, too. */
	raw.fd = fd;
	memcpy(raw.leave, leave, n);
	raw.nleave = n;
	if (!signals)
		return 0;
	if (tcgetattr(fd, &t))
		return err_set_errno(err, ERR_LOCAL,
				     _("cannot read the terminal's mode"));
	t.c_lflag |= ISIG;
	if (tcsetattr(fd, TCSANOW, &t))
		return err_set_errno(err, ERR_LOCAL,
				     _("cannot set the terminal's mode"));
	return 0;
}

int tty_ask(int fd, bool echo, struct err *err)
{
	struct termios t;

	if (save(fd, &t, err))
		return -1;
	t.c_iflag |= ICRNL;
	t.c_lflag |= ICANON | ISIG;
	if (echo)
		t.c_lflag |= ECHO | ECHOE | ECHOK;
	else
		t.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
	if (tcsetattr(fd, TCSANOW, &t))
		return err_set_errno(err, ERR_LOCAL,
				     _("cannot set the terminal's mode"));
	(void)tcflush(fd, TCIFLUSH);
	return 0;
}

/* A terminal that has no room has a frame in it, which is of no use now. */
static void leave_screen(void)
{
	ssize_t n;

	if (!raw.nleave)
		return;
	n = write(raw.fd, raw.leave, raw.nleave);
	if (n >= 0 || errno != EAGAIN)
		return;
	(void)tcflush(raw.fd, TCOFLUSH);
	n = write(raw.fd, raw.leave, raw.nleave);
	(void)n;
}

/*
 * In the background the terminal is another's, and touching it would stop us.
 * TCSANOW, because waiting for a stopped terminal to drain would never end.
 */
void tty_restore(void)
{
	int saved = errno;

	if (!raw.active)
		return;
	raw.active = 0;
	if (!tty_background(raw.fd)) {
		leave_screen();
		(void)tcsetattr(raw.fd, TCSANOW, &raw.saved);
	}
	raw.nleave = 0;
	errno = saved;
}

void tty_stop(void)
{
	const struct sigaction standard = { .sa_handler = SIG_DFL };
	struct sigaction ours;

	tty_restore();
	(void)sigaction(SIGTSTP, &standard, &ours);
	(void)kill(0, SIGTSTP);
	(void)sigaction(SIGTSTP, &ours, NULL);
}

bool tty_mode(int fd, struct termios *t)
{
	if (tcgetattr(fd, t))
		return false;
	if (raw.active && raw.fd == fd)
		*t = raw.saved;
	return true;
}

void tty_window(int fd, struct tty_window *w)
{
	struct winsize ws;

	*w = (struct tty_window){ 0 };
	if (ioctl(fd, TIOCGWINSZ, &ws))
		return;
	w->columns = ws.ws_col;
	w->lines = ws.ws_row;
	w->x_pixels = ws.ws_xpixel;
	w->y_pixels = ws.ws_ypixel;
}

bool tty_size(int fd, unsigned int *rows, unsigned int *cols)
{
	struct winsize ws;

	if (ioctl(fd, TIOCGWINSZ, &ws) || !ws.ws_row || !ws.ws_col)
		return false;
	*rows = ws.ws_row;
	*cols = ws.ws_col;
	return true;
}

bool tty_foreground(int fd)
{
	return tcgetpgrp(fd) == getpgrp();
}

bool tty_background(int fd)
{
	pid_t owner = tcgetpgrp(fd);

	return owner >= 0 && owner != getpgrp();
}
