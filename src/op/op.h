/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_OP_OP_H
#define RSH_OP_OP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/list.h"
#include "io/spool.h"
#include "model/observer.h"
#include "model/plan.h"
#include "model/result.h"

struct drv_size;
struct op;
struct session;

enum stop_how {
	STOP_TERM, /* signal TERM, KILL 5 s later, then close */
	STOP_NOW,  /* signal TERM and close at once */
};

/** Who an op reports to.  Called from inside step(). */
struct op_client {
	/* Bytes that came in; may pause the session. */
	void (*data)(struct op *op, enum stream s, const void *buf, size_t n);
	/* op->result is complete.  The op may not be freed in this call.  If
	   op->lingers, it still has something to end on the host: keep the
	   session until left() is called, or stop() it. */
	void (*finished)(struct op *op);
	/* sudo(8) let the command run, and asks nothing more. */
	void (*let_run)(struct op *op);
	/* It goes on without the terminal that it asked for. */
	void (*no_tty)(struct op *op);
	/* A lingering op has nothing more to do. */
	void (*left)(struct op *op);
};

/**
 * What a task does on a session.  A new kind is a new file with one of these
 * and a row in op_spec; neither session nor job change for it.
 */
struct op_ops {
	const char *name;
	/* Go on as far as possible without blocking. */
	void (*step)(struct op *op);
	/* There is more input in op->input, or it has ended.  NULL: takes none
	 */
	void (*input)(struct op *op);
	/* Its terminal is that large now; it hears a break.  NULL: it has
	   none. */
	void (*resize)(struct op *op, const struct drv_size *size);
	void (*send_break)(struct op *op, unsigned int ms);
	/* End it: op->result is made from `why` (class and sentence). */
	void (*stop)(struct op *op, enum stop_how how, const struct err *why);
	/* The session is gone; the op must finish now. */
	void (*lost)(struct op *op, const struct err *why);
	void (*free)(struct op *op);
};

/** The program's stdin, as every task reads it from its beginning. */
struct op_input {
	struct spool *spool;
	bool eof; /* nothing will be added */
	bool own; /* no other op reads it: what was taken is not kept */
};

/** Embedded first in the struct of each kind. */
struct op {
	const struct op_ops *ops;
	const struct op_client *client;
	struct session *session;
	struct list node;	      /* in the session's list */
	struct result *result;	      /* filled when finished; borrowed */
	const struct op_input *input; /* NULL: none */
	uint64_t input_offset;	      /* bytes of input taken so far */
	bool finished;
	bool lingers;
	void *arg; /* the client's */
};

/** Tell the client, once. */
static inline void op_finish(struct op *op)
{
	op->finished = true;
	op->client->finished(op);
}

#endif /* RSH_OP_OP_H */
