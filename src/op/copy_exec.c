/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What all ways to copy by commands of the host share.
 *
 * A shell there runs our commands; they greet, and what follows is up to the
 * way.  Where they find no tar, and that is no end, SFTP does all of it.
 */
#include "op/copy_exec.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "op/op_copy.h"

#include "base/banned.h"

#define RATE_SLICE ((size_t)32 << 10) /* bytes that come at once, and wait */

static struct copy_exec *exec_of(struct op *op)
{
	return container_of(op, struct copy_exec, op);
}

static bool is_put(const struct copy_exec *x)
{
	return copy_exec_spec(x)->manifest;
}

/* ---- the end ---- */

static void finish(struct copy_exec *x, enum outcome outcome)
{
	channel_close(&x->ch);
	x->op.result->outcome = outcome;
	copy_clock_stop(&x->clock);
	op_finish(&x->op);
}

void copy_exec_fail(struct copy_exec *x, const struct err *why)
{
	if (x->how->discard)
		x->how->discard(x);
	if (x->copy.nfailed && why != &x->copy.err)
		x->copy.tell(&x->copy, STREAM_ERR, x->copy.err.msg);
	err_copy(&x->op.result->err, why);
	finish(x,
	       why->code == ERR_CANCELLED ? OUTCOME_CANCELLED : OUTCOME_ERROR);
}

/* copy_exec_fail() with a sentence. */
static void fail_with(struct copy_exec *x, enum err_code code, const char *text)
{
	struct err err = { 0 };

	err_set(&err, code, "%s", text);
	copy_exec_fail(x, &err);
	err_release(&err);
}

void copy_exec_cut(struct copy_exec *x)
{
	fail_with(x, ERR_LOST,
		  _("the host ended the command before all was copied"));
}

static void tell(struct copy *c, enum stream s, const char *text)
{
	copy_tell_line(&container_of(c, struct copy_exec, copy)->op, s, text);
}

/* ---- SFTP instead ---- */

static void on_sftp_data(struct op *op, enum stream s, const void *buf,
			 size_t n)
{
	struct copy_exec *x = op->arg;

	x->op.client->data(&x->op, s, buf, n);
}

static void on_sftp_finished(struct op *op)
{
	struct copy_exec *x = op->arg;

	copy_clock_stop(&x->clock);
	op_finish(&x->op);
}

static const struct op_client sftp_client = {
	.data = on_sftp_data,
	.finished = on_sftp_finished,
};

/* The time it may take is that of both. */
static void go_on_with(struct copy_exec *x, struct op *sftp)
{
	channel_close(&x->ch);
	copy_clock_rest(&x->clock);
	x->sftp = sftp;
	x->sftp->client = &sftp_client;
	x->sftp->arg = x;
	x->sftp->result = x->op.result;
	session_wake(x->op.session);
}

static void use_sftp(struct copy_exec *x)
{
	tell(&x->copy, STREAM_ERR,
	     _("the host has no tar: its files are copied one by one"));
	go_on_with(x, op_copy_new(x->op.session, copy_exec_spec(x), is_put(x),
				  x->copy.rank, 0));
}

static void go_without_tar(struct copy_exec *x)
{
	if (copy_exec_spec(x)->or_sftp)
		use_sftp(x);
	else
		fail_with(
			x, ERR_CHANNEL,
			is_put(x)
				? _("the host has no tar; --via cat copies one file without")
				: _("the host has no tar; --via cat gets one file without"));
}

/* ---- all was tried ---- */

void copy_exec_end(struct copy_exec *x)
{
	if (x->copy.nfailed && x->how->discard)
		x->how->discard(x);
	if (copy_exec_spec(x)->sweep && x->placed.all) {
		go_on_with(x, op_copy_rest_new(x->op.session, &x->copy));
	} else if (!x->copy.nfailed) {
		x->op.result->status = 0;
		finish(x, OUTCOME_EXIT);
	} else {
		copy_failure(&x->copy, &x->op.result->err);
		finish(x, OUTCOME_ERROR);
	}
}

/* ---- what the host says ---- */

static void hear_greeting(struct copy_exec *x, const void *buf, size_t size)
{
	const char *rest;
	char *line;
	size_t n;

	greeting_add(&x->greeting, buf, size);
	if (greeting_read(&x->greeting, &line, &rest, &n, &x->broken) <= 0)
		return;
	if (!strcmp(line, "no-tar"))
		x->no_tar = true;
	else
		x->how->greeted(x, line, rest, n);
}

/* At once: what comes behind the greeting may be more than is kept. */
static void on_data(void *arg, enum stream s, const void *buf, size_t n)
{
	struct copy_exec *x = arg;

	if (x->op.finished || x->sftp || x->broken.code)
		return;
	if (s == STREAM_ERR) {
		greeting_add_error(&x->greeting, buf, n);
		if (x->how->shows_errors)
			x->op.client->data(&x->op, s, buf, n);
	} else if (!x->greeting.is_over) {
		hear_greeting(x, buf, n);
	} else if (x->how->data && !x->no_tar) {
		x->how->data(x, buf, n);
	}
}

/* Where there is a rate, what comes waits at the host until it is paid for. */
static size_t on_take(void *arg, enum stream s, const void *buf, size_t n)
{
	struct copy_exec *x = arg;

	if (s == STREAM_OUT && copy_clock_waits(&x->clock))
		return 0;
	if (s == STREAM_OUT && n > RATE_SLICE)
		n = RATE_SLICE;
	on_data(arg, s, buf, n);
	if (s == STREAM_OUT && !x->op.finished)
		copy_clock_pay(&x->clock, copy_exec_spec(x)->rate, n);
	return n;
}

static void step(struct op *op)
{
	struct copy_exec *x = exec_of(op);
	struct err err = { 0 };

	if (op->finished)
		return;
	x->copy.copied = &op->result->copied;
	if (x->sftp) {
		(void)channel_step(&x->ch, &err); /* to its end */
		err_release(&err);
		x->sftp->ops->step(x->sftp);
		return;
	}
	if (channel_step(&x->ch, &err)) {
		err_prefix(&err, _("the host runs no command: "));
		copy_exec_fail(x, &err);
		err_release(&err);
		return;
	}
	if (x->broken.code) {
		copy_exec_fail(x, &x->broken);
		return;
	}
	if (x->no_tar) {
		go_without_tar(x);
		return;
	}
	if (x->greeting.is_over)
		x->how->go_on(x);
	if (!op->finished && x->ch.take && !copy_clock_waits(&x->clock))
		channel_more(&x->ch);
	if (!op->finished && x->over)
		copy_exec_end(x);
	else if (!op->finished && x->ch.state >= CHANNEL_CLOSING)
		x->how->closed(x);
}

static void stop(struct op *op, enum stop_how how, const struct err *why)
{
	struct copy_exec *x = exec_of(op);

	if (op->finished)
		return;
	if (x->sftp) {
		x->sftp->ops->stop(x->sftp, how, why);
		return;
	}
	channel_signal(&x->ch, "TERM");
	copy_exec_fail(x, why);
}

static void lost(struct op *op, const struct err *why)
{
	struct copy_exec *x = exec_of(op);

	if (op->finished)
		return;
	if (x->sftp)
		x->sftp->ops->lost(x->sftp, why);
	else
		copy_exec_fail(x, why);
}

static void free_exec(struct op *op)
{
	struct copy_exec *x = exec_of(op);

	copy_clock_stop(&x->clock);
	if (x->how->discard)
		x->how->discard(x);
	if (x->sftp)
		x->sftp->ops->free(x->sftp);
	channel_release(&x->ch);
	greeting_release(&x->greeting);
	err_release(&x->copy.err);
	err_release(&x->broken);
	strvec_release(&x->placed.there);
	strvec_release(&x->placed.here);
	free(x->command);
	x->how->free(x);
}

static const struct op_ops exec_ops = {
	.name = "copy_exec",
	.step = step,
	.stop = stop,
	.lost = lost,
	.free = free_exec,
};

void copy_exec_init(struct copy_exec *x, const struct copy_exec_how *how,
		    struct session *s, const struct copy_spec *spec,
		    size_t rank)
{
	x->op.ops = &exec_ops;
	x->op.session = s;
	x->how = how;
	x->copy.spec = spec;
	x->copy.rank = rank;
	x->copy.host = session_target(s)->name;
	x->copy.tell = tell;
	x->copy.placed = &x->placed;
	greeting_init(&x->greeting);
}

void copy_exec_start(struct copy_exec *x, char *command, uint64_t limit_ms)
{
	x->command = command;
	channel_open_exec(&x->ch, x->op.session, command, on_data, x);
	if (x->how->data && copy_exec_spec(x)->rate)
		channel_take_by(&x->ch, on_take);
	copy_clock_start(&x->clock, &x->op, limit_ms);
}
