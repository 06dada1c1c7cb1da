/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Nothing, for as long as the connection lasts.
 */
#include "op/op_none.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/gettext.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "io/timer.h"
#include "ssh/session.h"

#include "base/banned.h"

struct op_none {
	struct op op;
	struct timer limit;
	uint64_t limit_ms;
};

static struct op_none *none_of(struct op *op)
{
	return container_of(op, struct op_none, op);
}

static void finish(struct op *op, const struct err *why)
{
	if (op->finished)
		return;
	timer_stop(session_loop(op->session), &none_of(op)->limit);
	err_copy(&op->result->err, why);
	op->result->outcome =
		why->code == ERR_CANCELLED ? OUTCOME_CANCELLED : OUTCOME_ERROR;
	op_finish(op);
}

static void step(struct op *op)
{
	(void)op;
}

static void stop(struct op *op, enum stop_how how, const struct err *why)
{
	(void)how;
	finish(op, why);
}

static void late(struct timer *t)
{
	struct op_none *x = container_of(t, struct op_none, limit);
	struct strbuf span = STRBUF_INIT(64);
	struct err why = { 0 };

	text_span(&span, x->limit_ms);
	err_set(&why, ERR_TIMEOUT, _("timed out after %s"), span.buf);
	finish(&x->op, &why);
	err_release(&why);
	strbuf_release(&span);
}

static void free_none(struct op *op)
{
	timer_stop(session_loop(op->session), &none_of(op)->limit);
	free(none_of(op));
}

static const struct op_ops none_ops = {
	.name = "none",
	.step = step,
	.stop = stop,
	.lost = finish,
	.free = free_none,
};

struct op *op_none_new(struct session *s, uint64_t limit_ms)
{
	struct op_none *x = xcalloc(1, sizeof(*x));

	x->op.ops = &none_ops;
	x->op.session = s;
	x->limit_ms = limit_ms;
	if (limit_ms)
		timer_start(session_loop(s), &x->limit, limit_ms, late);
	return &x->op;
}
