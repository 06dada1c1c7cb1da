/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The terminal: raw mode, size, questions without echo.
 */
#include "io/tty.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"

#include "base/banned.h"

#define SECRET_MAX 1023

/* How long a signal may go unnoticed while a secret is typed. */
#define SIGNAL_MS 100

/*
 * What tty_restore() puts back.  Global, because an exit handler and a signal
 * handler are given nothing; `active` is set last and cleared first.
 */
static struct {
	volatile sig_atomic_t active;
	int fd;
	struct termios saved;
} raw;

/* The mode as it is, remembered unless an earlier one is. */
static int save(int fd, struct termios *t, struct err *err)
{
	if (tcgetattr(fd, t))
		return err_set_errno(err, ERR_LOCAL,
				     _("cannot read the terminal's mode"));
	if (!raw.active) {
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
static void guard(void)
{
	static const int deadly[] = { SIGSEGV, SIGBUS,	SIGILL,	 SIGFPE,
				      SIGABRT, SIGTRAP, SIGSYS,	 SIGXCPU,
				      SIGXFSZ, SIGALRM, SIGUSR1, SIGUSR2,
				      SIGHUP,  SIGINT,	SIGQUIT, SIGTERM };
	static bool guarded;
	const struct sigaction act = { .sa_handler = restore_and_die,
				       .sa_flags = SA_RESETHAND | SA_NODEFER };
	struct sigaction old;

	if (guarded)
		return;
	guarded = !atexit(tty_restore);
	for (size_t i = 0; i < sizeof(deadly) / sizeof(deadly[0]); i++)
		if (!sigaction(deadly[i], NULL, &old) &&
		    old.sa_handler == SIG_DFL)
			(void)sigaction(deadly[i], &act, NULL);
}

int tty_raw(int fd, struct err *err)
{
	struct termios t;

	guard();
	if (save(fd, &t, err))
		return -1;
	cfmakeraw(&t);
	t.c_cc[VMIN] = 1;
	t.c_cc[VTIME] = 0;
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

/*
 * In the background the terminal is another's, and touching it would stop us.
 * TCSANOW, because waiting for a stopped terminal to drain would never end.
 */
void tty_restore(void)
{
	int saved = errno;
	pid_t owner;

	if (!raw.active)
		return;
	raw.active = 0;
	owner = tcgetpgrp(raw.fd);
	if (owner < 0 || owner == getpgrp())
		(void)tcsetattr(raw.fd, TCSANOW, &raw.saved);
	errno = saved;
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

enum asked {
	ASKED_DONE,
	ASKED_FAILED,
	ASKED_STOPPED, /* by Ctrl+Z: ask again when we go on */
};

/* What would end or stop us; what is ignored stays so. */
static void signals_to_hold(sigset_t *set)
{
	static const int signals[] = { SIGINT,	SIGTERM, SIGHUP,  SIGQUIT,
				       SIGALRM, SIGUSR1, SIGUSR2, SIGTSTP };
	struct sigaction act;

	sigemptyset(set);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		if (!sigaction(signals[i], NULL, &act) &&
		    act.sa_handler != SIG_IGN)
			sigaddset(set, signals[i]);
	}
}

/* The first signal that waits, or 0. */
static int pending_signal(const sigset_t *held)
{
	sigset_t pending;

	if (sigpending(&pending))
		return 0;
	for (int signo = 1; signo < _NSIG; signo++) {
		if (sigismember(held, signo) == 1 &&
		    sigismember(&pending, signo) == 1)
			return signo;
	}
	return 0;
}

/*
 * One line of at most SECRET_MAX bytes.  The signals are held back so that
 * the terminal is restored before they act; hence the look at what waits.
 */
static enum asked read_line(int fd, const sigset_t *held, char *secret,
			    struct err *err)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	size_t len = 0;
	int signo;

	while (!(signo = pending_signal(held))) {
		ssize_t n;

		if (poll(&pfd, 1, SIGNAL_MS) <= 0)
			continue;
		n = read(fd, secret + len, SECRET_MAX + 1 - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			err_set_errno(err, ERR_LOCAL,
				      _("cannot read the terminal"));
			return ASKED_FAILED;
		}
		if (n == 0) {
			err_set(err, ERR_LOCAL, _("no answer"));
			return ASKED_FAILED;
		}
		len += (size_t)n;
		if (secret[len - 1] == '\n') {
			secret[len - 1] = '\0';
			return ASKED_DONE;
		}
		if (len > SECRET_MAX) {
			err_set(err, ERR_LOCAL,
				_("the answer is longer than %d bytes"),
				SECRET_MAX);
			return ASKED_FAILED;
		}
	}
	if (signo == SIGTSTP)
		return ASKED_STOPPED;
	err_set(err, ERR_CANCELLED, _("interrupted"));
	return ASKED_FAILED;
}

static void say(int fd, const char *text)
{
	ssize_t n = write(fd, text, strlen(text));

	(void)n; /* a prompt that cannot be shown: reading will fail, too */
}

static enum asked ask(int fd, const char *prompt, char *secret, struct err *err)
{
	enum asked asked = ASKED_FAILED;
	struct termios saved;
	struct termios quiet;
	sigset_t held;
	sigset_t old;

	signals_to_hold(&held);
	(void)sigprocmask(SIG_BLOCK, &held, &old);
	if (tcgetattr(fd, &saved)) {
		err_set_errno(err, ERR_LOCAL,
			      _("cannot read the terminal's mode"));
		goto out;
	}
	quiet = saved;
	quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
	if (tcsetattr(fd, TCSAFLUSH, &quiet)) {
		err_set_errno(err, ERR_LOCAL,
			      _("cannot set the terminal's mode"));
		goto out;
	}
	say(fd, prompt);
	asked = read_line(fd, &held, secret, err);
	say(fd, "\n");
	(void)tcsetattr(fd, TCSAFLUSH, &saved);
out:
	/* Here what was held back ends or stops us. */
	(void)sigprocmask(SIG_SETMASK, &old, NULL);
	return asked;
}

/* In the background, wait to be brought to the front as any reader does. */
static int come_to_front(int fd, struct err *err)
{
	if (!tty_foreground(fd))
		(void)raise(SIGTTIN);
	if (!tty_foreground(fd))
		return err_set(err, ERR_LOCAL,
			       _("the terminal belongs to another program"));
	return 0;
}

char *tty_read_secret(const char *prompt, struct err *err)
{
	enum asked asked = ASKED_FAILED;
	char *secret;
	int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);

	if (fd < 0) {
		err_set_errno(err, ERR_LOCAL, _("cannot open the terminal"));
		return NULL;
	}
	secret = secret_new(SECRET_MAX + 1);
	do {
		if (come_to_front(fd, err))
			break;
		asked = ask(fd, prompt, secret, err);
	} while (asked == ASKED_STOPPED);
	close(fd);
	if (asked == ASKED_DONE)
		return secret;
	secret_free(secret);
	return NULL;
}
