/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The person at the terminal.
 *
 * Notes: the terminal is opened anew for each question, so that being
 * nonblocking is no other program's business.  It keeps its line editing; a
 * line comes whole.
 */
#include "ui/prompt.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/strbuf.h"
#include "io/child.h"
#include "io/tty.h"
#include "ui/question.h"

#include "base/banned.h"

#define ANSWER_MAX 1023

#define ASKPASS_DEFAULT "ssh-askpass"

/* All that would end or stop us, but for what has no handler. */
static const int watched[] = { SIGINT,	SIGQUIT, SIGTERM, SIGHUP,
			       SIGALRM, SIGUSR1, SIGUSR2, SIGTSTP };
#define NWATCHED (sizeof(watched) / sizeof(watched[0]))

struct prompt_signal {
	struct sigwatch watch;
	struct prompt_tty *p;
};

struct prompt_tty {
	struct prompter prompter;
	struct loop *loop;
	struct list queue;	  /* questions, the one that is asked first */
	struct defer next;	  /* look at the queue */
	struct watch input;	  /* the terminal, or the pipe of a program */
	struct child child;	  /* SSH_ASKPASS */
	struct question_box *box; /* where there is a screen; or NULL */
	bool asking;
	bool boxed;	    /* the question is in the box */
	bool settled;	    /* a turn has passed since there was a question */
	int tty;	    /* or -1 */
	const char *unsaid; /* what the terminal has not taken yet, or "" */
	char *answer;	    /* secret, ANSWER_MAX + 1 */
	size_t len;
	struct prompt_signal signals[NWATCHED];
	int signalled;
};

static struct prompt *current(const struct prompt_tty *p)
{
	return container_of(p->queue.next, struct prompt, node);
}

/* Stop asking; `p` is as if nothing was ever asked. */
static void put_down(struct prompt_tty *p)
{
	p->asking = false;
	if (p->boxed)
		question_box_drop(p->box);
	p->boxed = false;
	watch_stop(&p->input);
	child_release(&p->child);
	if (p->tty >= 0) {
		tty_restore();
		close(p->tty);
		p->tty = -1;
	}
	for (size_t i = 0; i < NWATCHED; i++)
		sigwatch_stop(&p->signals[i].watch);
	secret_free(p->answer);
	p->answer = NULL;
	p->len = 0;
	p->unsaid = "";
}

static void next_question(struct defer *d);

/* Tell who asked.  `err` is released. */
static void finish(struct prompt_tty *p, bool answered, struct err *err)
{
	struct prompt *q = current(p);
	char *answer = answered ? p->answer : NULL;

	if (answered)
		p->answer = NULL;
	put_down(p);
	list_remove(&q->node);
	if (!list_empty(&p->queue))
		defer_post(p->loop, &p->next, next_question);
	q->fn(q, answer, err);
	err_release(err);
}

/* ---- the terminal ---- */

/* What a terminal does not take at once, for it is slow or stopped, follows. */
static void say_on(struct prompt_tty *p)
{
	while (*p->unsaid) {
		ssize_t n = write(p->tty, p->unsaid, strlen(p->unsaid));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			break;
		/* If it cannot be shown nobody will answer. */
		p->unsaid = n > 0 ? p->unsaid + n : "";
	}
	if (p->input.loop)
		watch_want(&p->input,
			   *p->unsaid ? WATCH_IN | WATCH_OUT : WATCH_IN);
}

static void say(struct prompt_tty *p, const char *text)
{
	p->unsaid = text;
	say_on(p);
}

/* True when the answer is there, or there will be none. */
static bool take_line(struct prompt_tty *p, struct err *err)
{
	ssize_t n = read(p->tty, p->answer + p->len, ANSWER_MAX + 1 - p->len);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (n < 0) {
		err_set_errno(err, ERR_LOCAL, _("cannot read the terminal"));
		return true;
	}
	if (n == 0) {
		err_set(err, ERR_AUTH, _("no answer"));
		return true;
	}
	p->len += (size_t)n;
	if (p->answer[p->len - 1] == '\n') {
		p->answer[p->len - 1] = '\0';
		return true;
	}
	if (p->len > ANSWER_MAX) {
		err_set(err, ERR_AUTH, _("the answer is longer than %d bytes"),
			ANSWER_MAX);
		return true;
	}
	return false;
}

static void terminal_ready(struct watch *w, unsigned int events)
{
	struct prompt_tty *p = container_of(w, struct prompt_tty, input);
	struct err err = { 0 };

	if (events & WATCH_OUT)
		say_on(p);
	if (!take_line(p, &err))
		return;
	if (!current(p)->echo || err.code != ERR_NONE)
		say(p, "\n");
	finish(p, err.code == ERR_NONE, &err);
}

static int ask_terminal(struct prompt_tty *p, struct err *err)
{
	const struct prompt *q = current(p);

	if (tty_ask(p->tty, q->echo, err) ||
	    watch_start(p->loop, &p->input, p->tty, WATCH_IN, terminal_ready,
			err))
		return -1;
	say(p, q->text);
	return 0;
}

/* ---- the program of SSH_ASKPASS ---- */

/* Read what there is; false at the end. */
static bool take_output(struct prompt_tty *p)
{
	char over[64];
	ssize_t n;

	do {
		bool full = p->len > ANSWER_MAX;

		n = read(p->input.fd, full ? over : p->answer + p->len,
			 full ? sizeof(over) : ANSWER_MAX + 1 - p->len);
		if (n > 0 && !full)
			p->len += (size_t)n;
		secret_wipe(over, sizeof(over));
	} while (n > 0 || (n < 0 && errno == EINTR));
	return n < 0 && errno == EAGAIN;
}

static void output_ready(struct watch *w, unsigned int events)
{
	struct prompt_tty *p = container_of(w, struct prompt_tty, input);

	(void)events;
	/* What counts is how the program ends. */
	if (!take_output(p))
		watch_want(w, 0);
}

static void askpass_ended(struct child *c, int status)
{
	struct prompt_tty *p = container_of(c, struct prompt_tty, child);
	struct err err = { 0 };

	(void)take_output(p);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		err_set(&err, ERR_AUTH, _("no answer"));
	} else if (p->len > ANSWER_MAX) {
		err_set(&err, ERR_AUTH, _("the answer is longer than %d bytes"),
			ANSWER_MAX);
	} else {
		p->answer[p->len] = '\0';
		p->answer[strcspn(p->answer, "\r\n")] = '\0';
	}
	finish(p, err.code == ERR_NONE, &err);
}

#define HINT "SSH_ASKPASS_PROMPT="

/* As ssh: such a program shows a yes and a no rather than a line to type in. */
static void hint_confirm(struct strvec *env)
{
	for (char **e = environ; *e; e++)
		if (strncmp(*e, HINT, strlen(HINT)) != 0)
			strvec_push(env, *e);
	strvec_push(env, HINT "confirm");
}

static int ask_program(struct prompt_tty *p, struct err *err)
{
	struct strvec env = { 0 };
	const char *file = getenv("SSH_ASKPASS");
	char *text = xstrdup(current(p)->text);
	char name[] = "askpass";
	char *argv[] = { name, text, NULL };
	struct child_spec spec = {
		.file = file && *file ? file : ASKPASS_DEFAULT,
		.argv = argv,
		.in = CHILD_NULL,
		.out = CHILD_PIPE,
		.err = CHILD_INHERIT,
	};
	int rc;

	if (current(p)->kind == PROMPT_CONFIRM) {
		hint_confirm(&env);
		spec.envp = env.v;
	}
	rc = child_spawn(p->loop, &p->child, &spec, askpass_ended, err);
	strvec_release(&env);
	free(text);
	if (rc)
		return -1;
	return watch_start(p->loop, &p->input, p->child.out, WATCH_IN,
			   output_ready, err);
}

/* ---- a box on a screen ---- */

static void box_answered(void *arg, char *answer)
{
	struct prompt_tty *p = arg;
	struct err err = { 0 };

	secret_free(p->answer);
	p->answer = answer;
	if (!answer)
		err_set(&err, ERR_AUTH, _("no answer"));
	finish(p, answer, &err);
}

static int ask_box(struct prompt_tty *p)
{
	p->boxed = true;
	question_box_ask(p->box, current(p), box_answered, p);
	return 0;
}

/* ---- one question after the other ---- */

static void interrupted(struct sigwatch *sw, int signo)
{
	struct prompt_tty *p = container_of(sw, struct prompt_signal, watch)->p;
	struct err err = { 0 };

	/* Who has the screen gives it back, and stops us. */
	if (signo == SIGTSTP && p->boxed)
		return;
	if (signo == SIGTSTP) {
		/* Stop with the terminal as it was; then ask again. */
		tty_restore();
		(void)raise(SIGSTOP);
		if (p->tty >= 0 && !tty_ask(p->tty, current(p)->echo, NULL))
			say(p, current(p)->text);
		return;
	}
	p->signalled = signo;
	if (p->tty >= 0)
		say(p, "\n");
	err_set(&err, ERR_CANCELLED, _("interrupted"));
	finish(p, false, &err);
}

static int watch_signals(struct prompt_tty *p, struct err *err)
{
	for (size_t i = 0; i < NWATCHED; i++) {
		p->signals[i].p = p;
		if (sigwatch_start_heeded(p->loop, &p->signals[i].watch,
					  watched[i], interrupted, err))
			return -1;
	}
	return 0;
}

/* Whether a program is asked rather than a terminal; `*may`: or else at all. */
static bool prefers_program(bool *may)
{
	const char *require = getenv("SSH_ASKPASS_REQUIRE");
	const char *display = getenv("DISPLAY");
	const char *wayland = getenv("WAYLAND_DISPLAY");

	*may = (display && *display) || (wayland && *wayland);
	if (require && !strcasecmp(require, "never"))
		*may = false;
	else if (require && !strcasecmp(require, "force"))
		return *may = true;
	else if (require && !strcasecmp(require, "prefer"))
		return *may;
	return false;
}

/* SSH_ASKPASS_REQUIRE decides, then a terminal, then a display. */
static int choose(struct prompt_tty *p, struct err *err)
{
	bool may;

	if (prefers_program(&may))
		return ask_program(p, err);
	if (p->box)
		return ask_box(p);
	p->tty = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	if (p->tty >= 0)
		return ask_terminal(p, err);
	if (may)
		return ask_program(p, err);
	return err_set(err, ERR_AUTH,
		       _("there is no terminal to ask a question on"));
}

static void next_question(struct defer *d)
{
	struct prompt_tty *p = container_of(d, struct prompt_tty, next);
	struct err err = { 0 };

	if (p->asking || list_empty(&p->queue))
		return;
	/* What was said before is written at the end of this turn. */
	p->settled = !p->settled;
	if (p->settled) {
		defer_post(p->loop, &p->next, next_question);
		return;
	}
	p->asking = true;
	p->answer = secret_new(ANSWER_MAX + 1);
	if (p->signalled)
		err_set(&err, ERR_CANCELLED, _("interrupted"));
	else if (!watch_signals(p, &err))
		(void)choose(p, &err);
	if (err.code != ERR_NONE)
		finish(p, false, &err);
}

static void ask(struct prompter *prompter, struct prompt *q)
{
	struct prompt_tty *p =
		container_of(prompter, struct prompt_tty, prompter);

	list_append(&p->queue, &q->node);
	defer_post(p->loop, &p->next, next_question);
}

static void cancel(struct prompter *prompter, struct prompt *q)
{
	struct prompt_tty *p =
		container_of(prompter, struct prompt_tty, prompter);

	if (!q->node.next || list_empty(&q->node))
		return;
	if (p->asking && q == current(p)) {
		if (p->tty >= 0)
			say(p, "\n");
		put_down(p);
	}
	list_remove(&q->node);
	if (!list_empty(&p->queue))
		defer_post(p->loop, &p->next, next_question);
}

static const struct prompter_ops ops = { .ask = ask, .cancel = cancel };

struct prompt_tty *prompt_tty_new(struct loop *loop)
{
	static bool registered;
	struct prompt_tty *p = xcalloc(1, sizeof(*p));

	if (!registered)
		registered = !atexit(tty_restore);
	p->prompter.ops = &ops;
	p->loop = loop;
	p->tty = -1;
	p->unsaid = "";
	list_init(&p->queue);
	return p;
}

void prompt_tty_free(struct prompt_tty *p)
{
	if (!p)
		return;
	put_down(p);
	defer_cancel(&p->next);
	while (!list_empty(&p->queue))
		list_remove(p->queue.next);
	free(p);
}

struct prompter *prompt_tty_prompter(struct prompt_tty *p)
{
	return &p->prompter;
}

void prompt_tty_set_box(struct prompt_tty *p, struct question_box *box)
{
	if (p->boxed) {
		put_down(p);
		defer_post(p->loop, &p->next, next_question);
	}
	p->box = box;
}

bool prompt_tty_asking(const struct prompt_tty *p)
{
	bool may;

	return p && !list_empty(&p->queue) &&
	       (!p->box || prefers_program(&may));
}

bool prompt_tty_standing(const struct prompt_tty *p)
{
	return p && p->asking && !p->boxed;
}

int prompt_tty_signal(const struct prompt_tty *p)
{
	return p->signalled;
}
