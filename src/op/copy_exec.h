/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_OP_COPY_EXEC_H
#define RSH_OP_COPY_EXEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "op/copy.h"
#include "op/copy_clock.h"
#include "op/greeting.h"
#include "op/op.h"
#include "ssh/channel.h"

struct copy_exec;

/** What differs between the ways to copy by commands of a host. */
struct copy_exec_how {
	/* The greeting is here, `n` bytes behind it: both good in this call.
	   Called from inside a packet: it may note a failure, and end nothing.
	 */
	void (*greeted)(struct copy_exec *x, char *line, const char *rest,
			size_t n);
	/* Output behind the greeting, as above; NULL: it is passed over. */
	void (*data)(struct copy_exec *x, const char *p, size_t n);
	/* After the greeting, and until the end: go on. */
	void (*go_on)(struct copy_exec *x);
	/* The command has ended, or the host has closed. */
	void (*closed)(struct copy_exec *x);
	/* It ends by an error, now or soon: leave nothing half done; or NULL.
	   May be called again. */
	void (*discard)(struct copy_exec *x);
	/* Free what is around `x`, and that. */
	void (*free)(struct copy_exec *x);
	/* The host's error output is its own, too. */
	bool shows_errors;
};

/**
 * A copy by commands of the host: the beginning, the end and the clock of it.
 * First in the struct of each way.  All members are for reading, but for
 * `broken`, with which a callback ends the copy, and `over`, with which it says
 * that all was tried.
 */
struct copy_exec {
	struct op op;
	const struct copy_exec_how *how;
	struct copy copy;
	struct channel ch;
	char *command;
	struct greeting greeting;
	struct copy_clock clock;
	struct err broken; /* what ends it; a failed file does not */
	bool no_tar;
	bool over;
	struct copy_placed placed;
	struct op *sftp; /* it is done by this one, or the rest; or NULL */
};

static inline const struct copy_spec *copy_exec_spec(const struct copy_exec *x)
{
	return x->copy.spec;
}

/** Set what all have, of a zeroed one; the greeting has its key then. */
void copy_exec_init(struct copy_exec *x, const struct copy_exec_how *how,
		    struct session *s, const struct copy_spec *spec,
		    size_t rank);

/** Run `command`, which is owned from here on; a host may take `limit_ms`. */
void copy_exec_start(struct copy_exec *x, char *command, uint64_t limit_ms);

/** End it, from go_on() or closed(): as `why` says, or as its files came; when
 *  all of these were tried and --delete was given, SFTP does that first. */
void copy_exec_fail(struct copy_exec *x, const struct err *why);
void copy_exec_end(struct copy_exec *x);

/** The same: the host went away in the middle. */
void copy_exec_cut(struct copy_exec *x);

#endif /* RSH_OP_COPY_EXEC_H */
