/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Copy files over a session.
 *
 * Between the channel and the conversation: bytes in, bytes out, and a walk
 * that says what is next.
 */
#include "op/op_copy.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/text.h"
#include "io/loop.h"
#include "io/manifest.h"
#include "op/copy.h"
#include "op/copy_clock.h"
#include "op/lanes.h"
#include "ssh/channel.h"
#include "ssh/driver.h"

#include "base/banned.h"

#define WRITE_BUDGET	    (8 * DRV_PACKET) /* bytes in one step */
#define LANES_ROUND_TRIP_NS ((uint64_t)20000000)

struct op_copy {
	struct op op;
	struct copy copy;
	struct channel ch;
	const struct copy_walk_ops *walk;
	bool started;
	struct copy_clock clock;
	struct err broken; /* what came was no SFTP */
	struct lanes lanes;
	uint64_t asked_ns; /* the first questions, one by one; 0: none */
	bool greeted, ready;
};

static struct op_copy *copy_of(struct op *op)
{
	return container_of(op, struct op_copy, op);
}

static struct loop *loop_of(const struct op_copy *x)
{
	return session_loop(x->op.session);
}

static void finish(struct op_copy *x, enum outcome outcome)
{
	x->op.result->outcome = outcome;
	copy_clock_stop(&x->clock);
	op_finish(&x->op);
}

static void tell(struct copy *c, enum stream s, const char *text);

/* What failed before is told, too. */
static void finish_error(struct op_copy *x, const struct err *why)
{
	if (x->copy.nfailed)
		tell(&x->copy, STREAM_ERR, x->copy.err.msg);
	err_copy(&x->op.result->err, why);
	finish(x,
	       why->code == ERR_CANCELLED ? OUTCOME_CANCELLED : OUTCOME_ERROR);
}

static void tell(struct copy *c, enum stream s, const char *text)
{
	copy_tell_line(&container_of(c, struct op_copy, copy)->op, s, text);
}

static void wake(struct copy *c)
{
	session_wake(container_of(c, struct op_copy, copy)->op.session);
}

static void tell_verified(struct copy *c)
{
	char *text = xasprintf(
		ngettext("%zu file verified: read again and compared",
			 "%zu files verified: read again and compared",
			 c->nverified),
		c->nverified);

	if (c->spec->verify && !c->spec->dry_run)
		c->tell(c, STREAM_OUT, text);
	free(text);
}

/* All that was asked for was tried. */
static void finish_copied(struct op_copy *x)
{
	struct copy *c = &x->copy;
	struct result *r = x->op.result;

	channel_close(&x->ch);
	lanes_close(&x->lanes);
	tell_verified(c);
	if (!c->nfailed) {
		r->status = 0;
		finish(x, OUTCOME_EXIT);
		return;
	}
	copy_failure(c, &r->err);
	finish(x, OUTCOME_ERROR);
}

static void on_data(void *arg, enum stream s, const void *buf, size_t n)
{
	struct op_copy *x = arg;

	if (x->op.finished || x->broken.code)
		return;
	if (s == STREAM_ERR)
		x->op.client->data(&x->op, s, buf, n);
	else
		(void)xfer_input(&x->copy.x, buf, n, &x->broken);
	if (!x->copy.placed)
		x->op.result->copied.moved = x->copy.x.through;
}

/*
 * Where the way is long, a channel moves no more than its window in a round
 * trip; a large file then goes over several.  What is paced is slow anyway, and
 * what is to be resumed must have no holes.
 */
static bool wants_lanes(const struct op_copy *x)
{
	const struct copy_spec *spec = x->copy.spec;

	if (x->walk != &copy_put || !spec->lanes || x->lanes.v || spec->rate ||
	    spec->resume || spec->dry_run ||
	    x->ch.window.round_trip_ns < LANES_ROUND_TRIP_NS)
		return false;
	for (size_t i = 0; i < spec->manifest->n; i++)
		if (spec->manifest->v[i].file.size >= STRIPES_BYTES)
			return true;
	return false;
}

/* The first answers wait behind nothing else: a round trip each. */
static void measure(struct op_copy *x)
{
	const struct xfer *sftp = &x->copy.x;
	uint64_t now = loop_now(loop_of(x));

	if (x->ready || (x->greeted == sftp->greeted && !sftp->ready))
		return;
	channel_answered(&x->ch, now - x->asked_ns);
	x->asked_ns = now;
	x->greeted = sftp->greeted;
	x->ready = sftp->ready;
	if (x->ready && wants_lanes(x))
		lanes_open(&x->lanes, x->op.session);
}

static void no_sftp(const struct op_copy *x, const char *why, struct err *err)
{
	err_set(err, ERR_CHANNEL,
		x->copy.placed
			? _("all is copied, but nothing removed, for the host has no SFTP: %s")
		: x->copy.spec->has_via
			? _("the host has no SFTP: %s; --via tar, or --via cat, does without")
			: _("the host has no SFTP: %s"),
		why);
}

static void closed(struct op_copy *x)
{
	struct err err = { 0 };

	if (!x->copy.x.greeted)
		no_sftp(x, _("what should speak it ended at once"), &err);
	else
		err_set(&err, ERR_LOST,
			_("the server ended SFTP before all was copied"));
	finish_error(x, &err);
	err_release(&err);
}

static void begin(struct op_copy *x)
{
	if (x->ch.state != CHANNEL_RUNNING || x->started)
		return;
	x->started = true;
	x->asked_ns = loop_now(loop_of(x));
	xfer_start(&x->copy.x);
}

static void pump(struct op_copy *x)
{
	size_t budget = WRITE_BUDGET;
	bool more;

	measure(x);
	x->copy.copied = &x->op.result->copied;
	if (!x->copy.walk && x->copy.x.ready)
		x->copy.walk = x->walk->new (&x->copy);
	do {
		if (x->copy.walk && !x->walk->pump(x->copy.walk)) {
			finish_copied(x);
			return;
		}
		more = lane_flush(&x->ch, &x->copy.x, &budget);
		more |= lanes_flush(&x->lanes, &budget);
	} while (more);
}

static void step(struct op *op)
{
	struct op_copy *x = copy_of(op);
	struct err err = { 0 };
	struct err why = { 0 };

	if (op->finished)
		return;
	if (channel_step(&x->ch, &why)) {
		no_sftp(x, why.msg, &err);
		finish_error(x, &err);
		err_release(&why);
		err_release(&err);
		return;
	}
	begin(x);
	if (x->broken.code) {
		channel_close(&x->ch);
		finish_error(x, &x->broken);
	} else if (x->ch.state >= CHANNEL_CLOSING || x->ch.got_eof ||
		   !lanes_step(&x->lanes)) {
		closed(x);
	} else if (x->started) {
		if (x->walk == &copy_get)
			x->copy.x.flying_most = channel_widen(&x->ch);
		pump(x);
	}
}

/*
 * What is under way is left: files of ours are taken back with the walk, at
 * the latest when the session ends; temporary ones of theirs stay under their
 * temporary names.
 */
static void stop(struct op *op, enum stop_how how, const struct err *why)
{
	struct op_copy *x = copy_of(op);

	(void)how;
	if (op->finished)
		return;
	channel_close(&x->ch);
	lanes_close(&x->lanes);
	finish_error(x, why);
}

static void lost(struct op *op, const struct err *why)
{
	if (!op->finished)
		finish_error(copy_of(op), why);
}

/* What has moved is paid for; the next of it waits for its turn. */
static bool may_move(struct xfer *sftp)
{
	struct op_copy *x = container_of(sftp, struct op_copy, copy.x);
	uint64_t moved = sftp->moved < UINT32_MAX ? sftp->moved : UINT32_MAX;

	if (copy_clock_waits(&x->clock))
		return false;
	copy_clock_pay(&x->clock, x->copy.spec->rate, moved);
	sftp->moved = 0;
	return !copy_clock_waits(&x->clock);
}

static void free_copy(struct op *op)
{
	struct op_copy *x = copy_of(op);

	copy_clock_stop(&x->clock);
	/* The calls that wait are members of what the walk frees. */
	xfer_release(&x->copy.x);
	lanes_forget(&x->lanes);
	x->walk->free(x->copy.walk);
	channel_release(&x->ch);
	lanes_release(&x->lanes);
	err_release(&x->copy.err);
	err_release(&x->broken);
	free(x);
}

static const struct op_ops copy_ops = {
	.name = "copy",
	.step = step,
	.stop = stop,
	.lost = lost,
	.free = free_copy,
};

struct op *op_copy_new(struct session *s, const struct copy_spec *spec,
		       bool put, size_t rank, uint64_t limit_ms)
{
	struct op_copy *x = xcalloc(1, sizeof(*x));

	x->op.ops = &copy_ops;
	x->op.session = s;
	x->walk = put ? &copy_put : &copy_get;
	x->copy.spec = spec;
	x->copy.rank = rank;
	x->copy.host = session_target(s)->name;
	x->copy.tell = tell;
	x->copy.wake = wake;
	x->copy.lanes = &x->lanes.ready;
	xfer_init(&x->copy.x);
	x->copy.x.may = spec->rate ? may_move : NULL;
	channel_open_subsystem(&x->ch, s, "sftp", on_data, x);
	copy_clock_start(&x->clock, &x->op, limit_ms);
	return &x->op;
}

struct op *op_copy_rest_new(struct session *s, struct copy *archived)
{
	struct op *op = op_copy_new(s, archived->spec, archived->spec->manifest,
				    archived->rank, 0);
	struct copy *c = &copy_of(op)->copy;

	c->placed = archived->placed;
	c->nfailed = archived->nfailed;
	err_move(&c->err, &archived->err);
	return op;
}
