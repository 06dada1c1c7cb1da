/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Run a command on a session.
 *
 *   OPENING -> RUNNING -> DONE         the channel closed by itself
 *                 |
 *                 v
 *              STOPPING -> DONE        timeout: it heeded TERM
 *                 |
 *                 v
 *              LINGERING -> DONE       it did not: the result is told, KILL
 *                                      follows 5 s after TERM
 */
#include "op/op_exec.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/text.h"
#include "io/timer.h"
#include "op/sudo.h"
#include "ssh/channel.h"

#include "base/banned.h"

#define ANSWER_MS     800  /* for TERM to end it, or the peer to say a word */
#define TERM_GRACE_MS 5000 /* between TERM and KILL */
#define KILL_GRACE_MS 500  /* between KILL and closing without an answer */
#define MUCH_OUTPUT   ((uint64_t)64 << 10) /* what may be followed by more */
#define INPUT_SLICE   ((size_t)32000)	   /* a packet of most servers */
#define INPUT_BUDGET  (4 * INPUT_SLICE)	   /* bytes written in one step */

enum exec_state {
	EXEC_OPENING,
	EXEC_RUNNING,
	EXEC_STOPPING,
	EXEC_LINGERING,
	EXEC_DONE,
};

struct op_exec {
	struct op op;
	struct channel ch;
	struct drv_direct to; /* without a command */
	enum exec_state state;
	uint64_t command_ms;
	struct sudo *sudo; /* until the command begins; or NULL */
	const char *plain; /* the command, and what is run for it instead */
	char *command;
	bool plain_lines;
	bool held_cr; /* plain_lines: one came, and may be part of CR LF */
	struct timer timer; /* the command's limit, then the graces */
	struct err why;	    /* STOPPING: what the result will say */
};

static struct op_exec *exec_of(struct op *op)
{
	return container_of(op, struct op_exec, op);
}

static struct loop *loop_of(const struct op_exec *x)
{
	return session_loop(x->op.session);
}

static void pass_on(void *arg, enum stream s, const void *buf, size_t n)
{
	struct op_exec *x = arg;

	x->op.client->data(&x->op, s, buf, n);
}

static void finish(struct op_exec *x, enum outcome outcome)
{
	struct result *r = x->op.result;

	if (x->held_cr)
		pass_on(x, STREAM_OUT, "\r", 1);
	x->held_cr = false;
	x->state = EXEC_DONE;
	timer_stop(loop_of(x), &x->timer);
	r->outcome = outcome;
	r->bytes_out = x->ch.bytes[STREAM_OUT];
	r->bytes_err = x->ch.bytes[STREAM_ERR];
	op_finish(&x->op);
}

static void finish_error(struct op_exec *x, const struct err *why)
{
	err_copy(&x->op.result->err, why);
	finish(x,
	       why->code == ERR_CANCELLED ? OUTCOME_CANCELLED : OUTCOME_ERROR);
}

/* The channel closed: the server's word on how the command ended. */
static void finish_closed(struct op_exec *x)
{
	struct result *r = x->op.result;

	if (x->state == EXEC_STOPPING) {
		finish_error(x, &x->why);
	} else if (x->ch.direct) {
		r->status = 0;
		finish(x, OUTCOME_EXIT);
	} else if (x->ch.got_status) {
		r->status = x->ch.status;
		finish(x, OUTCOME_EXIT);
	} else if (x->ch.got_signal) {
		r->signal = x->ch.signal;
		r->core_dumped = x->ch.core_dumped;
		finish(x, OUTCOME_SIGNAL);
	} else {
		finish(x, OUTCOME_NO_STATUS);
	}
}

/* A CR at the end waits for what follows. */
static void pass_plain(struct op_exec *x, const char *buf, size_t n)
{
	char *text = xmalloc(n + 1);
	size_t len = 0;

	for (size_t i = 0; i < n; i++) {
		if (x->held_cr && buf[i] != '\n')
			text[len++] = '\r';
		x->held_cr = buf[i] == '\r';
		if (!x->held_cr)
			text[len++] = buf[i];
	}
	if (len)
		pass_on(x, STREAM_OUT, text, len);
	free(text);
}

static void on_data(void *arg, enum stream s, const void *buf, size_t n)
{
	struct op_exec *x = arg;

	if (x->op.finished)
		return;
	if (x->sudo)
		sudo_hear(x->sudo, s, buf, n, pass_on, x);
	else if (x->plain_lines)
		pass_plain(x, buf, n);
	else
		pass_on(x, s, buf, n);
}

static void leave(struct op_exec *x)
{
	x->state = EXEC_DONE;
	x->op.lingers = false;
	timer_stop(loop_of(x), &x->timer);
	channel_close(&x->ch);
	x->op.client->left(&x->op);
}

static void kill_over(struct timer *t)
{
	leave(container_of(t, struct op_exec, timer));
}

static void term_over(struct timer *t)
{
	struct op_exec *x = container_of(t, struct op_exec, timer);

	channel_signal(&x->ch, "KILL");
	timer_start(loop_of(x), t, KILL_GRACE_MS, kill_over);
}

/*
 * TERM did not end it at once, if it arrived at all: some servers pass no
 * signals on.  Nobody is kept waiting for that.  A peer that says nothing at
 * all is left, the other gets its time to clean up.
 */
static void answer_over(struct timer *t)
{
	struct op_exec *x = container_of(t, struct op_exec, timer);

	x->op.lingers = session_answered(x->op.session);
	if (!x->op.lingers)
		channel_close(&x->ch);
	finish_error(x, &x->why);
	if (!x->op.lingers)
		return;
	x->state = EXEC_LINGERING;
	timer_start(loop_of(x), t, TERM_GRACE_MS - ANSWER_MS, term_over);
}

static void stop(struct op *op, enum stop_how how, const struct err *why)
{
	struct op_exec *x = exec_of(op);

	if (x->state == EXEC_DONE)
		return;
	if (x->state == EXEC_LINGERING) {
		channel_signal(&x->ch, "KILL");
		leave(x);
		return;
	}
	if (x->state != EXEC_STOPPING)
		err_copy(&x->why, why);
	if (x->state == EXEC_OPENING || how == STOP_NOW) {
		channel_signal(&x->ch, "TERM");
		channel_close(&x->ch);
		finish_error(x, &x->why);
		return;
	}
	if (x->state == EXEC_STOPPING)
		return;
	x->state = EXEC_STOPPING;
	channel_signal(&x->ch, "TERM");
	session_probe(op->session);
	timer_start(loop_of(x), &x->timer, ANSWER_MS, answer_over);
	session_wake(op->session);
}

static void command_late(struct timer *t)
{
	struct op_exec *x = container_of(t, struct op_exec, timer);
	struct strbuf span = STRBUF_INIT(64);
	struct err why = { 0 };

	text_span(&span, x->command_ms);
	err_set(&why, ERR_TIMEOUT, _("command timed out after %s"), span.buf);
	stop(&x->op, STOP_TERM, &why);
	err_release(&why);
	strbuf_release(&span);
}

static void took(struct op *op, uint64_t offset)
{
	op->input_offset = offset;
	if (op->input->own)
		spool_trim(op->input->spool, offset);
}

/*
 * Pass on what there is of the input, as far as the window goes.  A budget
 * keeps one fast host from holding up the others; waking resumes it.  A
 * command that has closed its input is taken to have read it all, or the
 * others would wait for it.
 */
static void feed(struct op_exec *x)
{
	const struct op_input *in = x->op.input;
	size_t budget = INPUT_BUDGET;
	char buf[INPUT_SLICE];

	while (in && !x->ch.sent_eof) {
		struct err err = { 0 };
		ssize_t n, taken;

		if (!budget) {
			session_wake(x->op.session);
			return;
		}
		n = spool_read(in->spool, x->op.input_offset, buf, sizeof(buf),
			       &err);
		if (n < 0) {
			/* No EOF: what was read is not the whole input. */
			finish_error(x, &err);
			err_release(&err);
			return;
		}
		if (n == 0) {
			if (in->eof)
				channel_eof(&x->ch);
			return;
		}
		taken = channel_write(&x->ch, buf, (size_t)n);
		secret_wipe(buf, (size_t)n); /* a password, perhaps */
		took(&x->op, taken < 0 ? spool_end(in->spool)
				       : x->op.input_offset + (size_t)taken);
		if (taken <= 0)
			return;
		budget -= (size_t)taken < budget ? (size_t)taken : budget;
	}
	if (!in)
		channel_eof(&x->ch);
}

/* Nothing but the answer is sent before the command has begun. */
static bool talk_is_over(struct op_exec *x)
{
	struct err err = { 0 };
	const char *line = NULL;
	ssize_t n;

	switch (sudo_next(x->sudo, &line, &err)) {
	case SUDO_WAIT:
		return false;
	case SUDO_SEND:
		n = channel_write(&x->ch, line, strlen(line));
		if (n > 0)
			sudo_sent(x->sudo, (size_t)n);
		return false;
	case SUDO_BEGUN:
		x->op.client->let_run(&x->op);
		return true;
	case SUDO_FAIL:
		break;
	}
	channel_close(&x->ch);
	finish_error(x, &err);
	err_release(&err);
	return false;
}

static bool has_input(const struct op_exec *x)
{
	const struct op_input *in = x->op.input;

	return in && !(in->eof && spool_end(in->spool) == 0);
}

/* Nobody sees it. */
static const struct drv_pty sudo_pty = {
	.term = "dumb",
	.size = { .columns = 80, .lines = 24 },
};

/* sudo wants a terminal, so it gets one; the command has not run yet. */
static void begin_anew(struct op_exec *x)
{
	struct err err = { 0 };

	if (has_input(x)) {
		err_set(&err, ERR_AUTH,
			_("sudo wants a terminal there, which has no input; -n gives none"));
		finish_error(x, &err);
		err_release(&err);
		return;
	}
	free(x->command);
	x->command = sudo_command(x->sudo, x->plain);
	channel_release(&x->ch);
	channel_open_exec(&x->ch, x->op.session, x->command, on_data, x);
	channel_want_pty(&x->ch, &sudo_pty);
	x->state = EXEC_OPENING;
	session_wake(x->op.session);
}

static void closed(struct op_exec *x)
{
	struct err err = { 0 };

	if (x->sudo && x->state != EXEC_STOPPING) {
		switch (sudo_closed(x->sudo, pass_on, x, &err)) {
		case SUDO_WITH_TTY:
			begin_anew(x);
			return;
		case SUDO_REFUSED:
			finish_error(x, &err);
			err_release(&err);
			return;
		case SUDO_END:
			break;
		}
	}
	finish_closed(x);
}

static void step(struct op *op)
{
	struct op_exec *x = exec_of(op);
	struct err err = { 0 };

	if (x->state == EXEC_DONE)
		return;
	if (x->state == EXEC_LINGERING) {
		if (channel_step(&x->ch, NULL) || x->ch.state == CHANNEL_CLOSED)
			leave(x);
		return;
	}
	if (channel_step(&x->ch, &err)) {
		finish_error(x, &err);
		err_release(&err);
		return;
	}
	if (x->ch.state == CHANNEL_CLOSED) {
		closed(x);
		return;
	}
	if (x->state == EXEC_OPENING && x->ch.state == CHANNEL_RUNNING) {
		x->state = EXEC_RUNNING;
		if (x->ch.pty_refused)
			x->op.client->no_tty(&x->op);
	}
	if (x->state != EXEC_RUNNING || (x->sudo && !talk_is_over(x)))
		return;
	if (x->sudo && sudo_has_tty(x->sudo))
		return;
	if (!x->ch.pty.term && x->ch.bytes[STREAM_OUT] >= MUCH_OUTPUT)
		(void)channel_widen(&x->ch);
	feed(x);
}

/* A connection that broke after everything was said is no failure. */
static void lost(struct op *op, const struct err *why)
{
	struct op_exec *x = exec_of(op);

	if (op->finished)
		return;
	if (x->state == EXEC_STOPPING ||
	    (x->ch.got_eof && (x->ch.got_status || x->ch.got_signal)))
		finish_closed(x);
	else
		finish_error(x, why);
}

static void input(struct op *op)
{
	session_wake(op->session);
}

static void free_exec(struct op *op)
{
	struct op_exec *x = exec_of(op);

	timer_stop(loop_of(x), &x->timer);
	channel_release(&x->ch);
	sudo_free(x->sudo);
	free(x->command);
	err_release(&x->why);
	free(x);
}

static void resize(struct op *op, const struct drv_size *size)
{
	channel_resize(&exec_of(op)->ch, size);
}

static void send_break(struct op *op, unsigned int ms)
{
	channel_break(&exec_of(op)->ch, ms);
}

static const struct op_ops exec_ops = {
	.name = "exec",
	.step = step,
	.input = input,
	.resize = resize,
	.send_break = send_break,
	.stop = stop,
	.lost = lost,
	.free = free_exec,
};

struct op *op_exec_new(struct session *s, const struct exec_how *how)
{
	struct op_exec *x = xcalloc(1, sizeof(*x));
	const char *command = how->command;

	x->plain = command;
	if (how->sudo) {
		x->sudo = sudo_new(s, how->sudo);
		x->command = sudo_command(x->sudo, command);
		command = x->command;
	}
	x->op.ops = &exec_ops;
	x->op.session = s;
	x->command_ms = how->command_ms;
	if (how->subsystem)
		channel_open_subsystem(&x->ch, s, command, on_data, x);
	else
		channel_open_exec(&x->ch, s, command, on_data, x);
	if (how->pty)
		channel_want_pty(&x->ch, how->pty);
	x->plain_lines = how->pty && how->plain_lines;
	/* From here, so that a server that never answers is covered, too. */
	if (x->command_ms)
		timer_start(loop_of(x), &x->timer, x->command_ms, command_late);
	return &x->op;
}

struct op *op_direct_new(struct session *s, const struct drv_direct *to)
{
	struct op_exec *x = xcalloc(1, sizeof(*x));

	x->op.ops = &exec_ops;
	x->op.session = s;
	x->to = *to;
	channel_open_direct(&x->ch, s, &x->to, on_data, x);
	return &x->op;
}
