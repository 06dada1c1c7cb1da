/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answer sudo(8) on one host.
 *
 * Notes: sudo reads the password from its input byte by byte, up to the end of
 * the line, so what follows is the command's.  It must not come before that:
 * sudo would take it for the password, and a command that needs none would take
 * the password for its input.  Hence the second text, by which the command says
 * that it has begun.
 */
#include "op/sudo.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "model/command.h"
#include "ssh/session.h"

#include "base/banned.h"

#define TOKEN_RANDOM 16 /* bytes */
#define TOKEN_SIZE   (2 * TOKEN_RANDOM + 16)
#define HELD_MAX     ((size_t)64 << 10) /* of what sudo says; more passes */

enum sudo_state {
	STATE_SILENT, /* nothing was asked */
	STATE_ASKED,  /* an answer is due */
	STATE_SENT,
	STATE_BEGUN,
	STATE_OVER,
};

struct sudo {
	struct session *session;
	struct passwords *passwords;
	struct asker asker;
	char prompt[TOKEN_SIZE]; /* sudo asks with */
	char begun[TOKEN_SIZE];	 /* the command begins with */
	struct strbuf held;	 /* said before that, without these two */
	enum sudo_state state;
	char *line;  /* a secret */
	size_t sent; /* of it */
	bool again;  /* it has asked once more */
	bool tty;
};

static void make_token(char token[TOKEN_SIZE], const char *what)
{
	unsigned char dice[TOKEN_RANDOM];
	size_t at = 0;
	int n;

	do
		n = (int)getrandom(dice, sizeof(dice), 0);
	while (n != (int)sizeof(dice));
	at = (size_t)snprintf(token, TOKEN_SIZE, "rsh-%s-", what);
	for (size_t i = 0; i < sizeof(dice); i++)
		at += (size_t)snprintf(token + at, TOKEN_SIZE - at, "%02x",
				       dice[i]);
}

static void wake(void *arg)
{
	session_wake(((struct sudo *)arg)->session);
}

struct sudo *sudo_new(struct session *s, struct passwords *passwords)
{
	struct sudo *sudo = xcalloc(1, sizeof(*sudo));

	sudo->session = s;
	sudo->passwords = passwords;
	sudo->asker.wake = wake;
	sudo->asker.arg = sudo;
	strbuf_init(&sudo->held, 2 * HELD_MAX);
	make_token(sudo->prompt, "sudo");
	make_token(sudo->begun, "begun");
	return sudo;
}

/* The command runs, so the password was right. */
static void settle(struct sudo *sudo)
{
	if (sudo->state != STATE_BEGUN)
		return;
	if (sudo->asker.gave)
		password_told(sudo->passwords, &sudo->asker, AUTH_SUCCESS);
	sudo->state = STATE_OVER;
}

void sudo_free(struct sudo *sudo)
{
	if (!sudo)
		return;
	settle(sudo);
	password_cancel(sudo->passwords, &sudo->asker);
	secret_free(sudo->line);
	strbuf_release(&sudo->held);
	free(sudo);
}

/*
 * With a terminal nothing is echoed, and a new line stays one byte.  There is
 * no end of input on a terminal, so the command gets none.
 */
char *sudo_command(const struct sudo *sudo, const char *command)
{
	struct strbuf inner = STRBUF_INIT(4 * COMMAND_MAX);
	struct strbuf whole = STRBUF_INIT(16 * COMMAND_MAX);

	(void)strbuf_addf(&inner, "echo %s >&2\n%s%s", sudo->begun,
			  sudo->tty ? "exec </dev/null\n" : "", command);
	if (sudo->tty)
		(void)strbuf_addstr(&whole, "stty -echo -onlcr; ");
	(void)strbuf_addf(&whole, "sudo -S -p %s -- sh -c ", sudo->prompt);
	command_quote(&whole, inner.buf);
	strbuf_release(&inner);
	return strbuf_detach(&whole, NULL);
}

/* ---- what the host says ---- */

static void cut(struct strbuf *sb, size_t at, size_t n)
{
	memmove(sb->buf + at, sb->buf + at + n, sb->len - at - n);
	strbuf_truncate(sb, sb->len - n);
}

static void asked(struct sudo *sudo)
{
	if (sudo->state == STATE_SENT)
		sudo->again = true;
	else
		sudo->state = STATE_ASKED;
}

static void pass(struct sudo *sudo, enum stream s, size_t n, sudo_out_fn *out,
		 void *arg)
{
	if (n)
		out(arg, s, sudo->held.buf, n);
	strbuf_consume(&sudo->held, n);
}

static size_t find(const struct strbuf *sb, const char *token)
{
	const char *at = memmem(sb->buf, sb->len, token, strlen(token));

	return at ? (size_t)(at - sb->buf) : sb->len;
}

/* The command's first word, a line of its own, which ends the talk. */
static void look_for_begin(struct sudo *sudo, enum stream s, sudo_out_fn *out,
			   void *arg)
{
	struct strbuf *held = &sudo->held;
	size_t at = find(held, sudo->begun);
	const char *end = memchr(held->buf + at, '\n', held->len - at);

	if (!end)
		return;
	cut(held, at, (size_t)(end - held->buf) - at + 1);
	/* The terminal's, after what was typed unseen. */
	while (sudo->tty && at && strchr("\r\n", held->buf[at - 1]))
		cut(held, --at, 1);
	sudo->state = STATE_BEGUN;
	pass(sudo, s, held->len, out, arg);
}

static void look(struct sudo *sudo, enum stream s, sudo_out_fn *out, void *arg)
{
	size_t at;

	while ((at = find(&sudo->held, sudo->prompt)) <
	       find(&sudo->held, sudo->begun)) {
		cut(&sudo->held, at, strlen(sudo->prompt));
		asked(sudo);
	}
	look_for_begin(sudo, s, out, arg);
}

void sudo_hear(struct sudo *sudo, enum stream s, const void *buf, size_t n,
	       sudo_out_fn *out, void *arg)
{
	const enum stream talk = sudo->tty ? STREAM_OUT : STREAM_ERR;
	const char *p = buf;

	while (n) {
		size_t part = n < HELD_MAX ? n : HELD_MAX;

		if (s != talk || sudo->state >= STATE_BEGUN) {
			out(arg, s, p, n);
			return;
		}
		(void)strbuf_add(&sudo->held, p, part);
		p += part;
		n -= part;
		look(sudo, s, out, arg);
		if (sudo->state < STATE_BEGUN && sudo->held.len > HELD_MAX)
			pass(sudo, s, sudo->held.len - TOKEN_SIZE, out, arg);
	}
}

/* ---- what we answer ---- */

static enum sudo_rc answer(struct sudo *sudo, const char **line,
			   struct err *err)
{
	const struct target *t = session_target(sudo->session);
	const char *secret = NULL;
	const char *why = NULL;
	size_t len;

	if (!session_verified(sudo->session))
		why = N_("no password goes to a host whose key was not known");
	else if (!passwords_given(sudo->passwords))
		why = N_("none was given");
	else if (password_get(sudo->passwords, &sudo->asker, t, &secret,
			      &why) == ASK_WAIT)
		return SUDO_WAIT;
	if (why || !secret) {
		err_set(err, ERR_AUTH, _("sudo asks for a password: %s"),
			why ? _(why) : _("there is none"));
		return SUDO_FAIL;
	}
	len = strlen(secret);
	sudo->line = secret_new(len + 2);
	memcpy(sudo->line, secret, len);
	sudo->line[len] = '\n';
	*line = sudo->line;
	return SUDO_SEND;
}

enum sudo_rc sudo_next(struct sudo *sudo, const char **line, struct err *err)
{
	switch (sudo->state) {
	case STATE_ASKED:
		if (!sudo->line)
			return answer(sudo, line, err);
		*line = sudo->line + sudo->sent;
		return SUDO_SEND;
	case STATE_SENT:
		if (!sudo->again)
			break;
		password_told(sudo->passwords, &sudo->asker, AUTH_DENIED);
		sudo->state = STATE_OVER;
		err_set(err, ERR_AUTH, _("sudo did not take the password"));
		return SUDO_FAIL;
	case STATE_BEGUN:
		settle(sudo);
		return SUDO_BEGUN;
	case STATE_OVER:
		return SUDO_BEGUN;
	case STATE_SILENT:
		break;
	}
	return SUDO_WAIT;
}

void sudo_sent(struct sudo *sudo, size_t n)
{
	sudo->sent += n;
	if (sudo->line[sudo->sent])
		return;
	sudo->sent = 0;
	secret_free(sudo->line);
	sudo->line = NULL;
	sudo->state = STATE_SENT;
}

/* ---- the end ---- */

/*
 * requiretty of sudoers(5).  In other languages, too, the word stands in the
 * sentence.
 */
static bool wants_tty(const struct sudo *sudo)
{
	return sudo->state == STATE_SILENT && !sudo->tty &&
	       strcasestr(sudo->held.buf, "tty") &&
	       session_driver(sudo->session)->chan_pty;
}

enum sudo_end sudo_closed(struct sudo *sudo, sudo_out_fn *out, void *arg,
			  struct err *err)
{
	bool sent = sudo->state == STATE_SENT;

	/* It may have begun and ended in one go. */
	settle(sudo);
	if (wants_tty(sudo)) {
		strbuf_reset(&sudo->held);
		sudo->tty = true;
		return SUDO_WITH_TTY;
	}
	if (sudo->state < STATE_BEGUN)
		pass(sudo, sudo->tty ? STREAM_OUT : STREAM_ERR, sudo->held.len,
		     out, arg);
	if (sent)
		password_told(sudo->passwords, &sudo->asker, AUTH_DENIED);
	if (!sent && sudo->state != STATE_ASKED)
		return SUDO_END;
	sudo->state = STATE_OVER;
	err_set(err, ERR_AUTH, _("sudo did not let the command run"));
	return SUDO_REFUSED;
}

bool sudo_has_tty(const struct sudo *sudo)
{
	return sudo->tty;
}
