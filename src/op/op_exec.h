/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_OP_OP_EXEC_H
#define RSH_OP_OP_EXEC_H

#include <stdint.h>

#include "op/op.h"

struct drv_pty;
struct drv_direct;
struct passwords;

/** What is run, and how. */
struct exec_how {
	const char *command;	   /* NULL: a shell */
	bool subsystem;		   /* it is the name of one */
	const struct drv_pty *pty; /* NULL: without a terminal */
	bool plain_lines; /* from a terminal: CR LF comes as LF, as without */
	struct passwords *sudo; /* NULL: not through sudo */
	uint64_t command_ms;	/* 0: no limit */
};

/**
 * Run a command: environment, request, stdin, output, end.
 *
 * The end of a command is its channel's close.  An exit status may come before
 * the last data, end of file before the status, or no status at all; then the
 * result says so and is not 0.  Death of the command past `command_ms` is
 * ERR_TIMEOUT, whatever the server says of it then.
 *
 * With `sudo`, run it through sudo(8), which is answered with that password
 * where it asks for one.  What it wants in vain is ERR_AUTH.
 *
 * All that `how` points to is borrowed.  `s` must be ready.
 */
struct op *op_exec_new(struct session *s, const struct exec_how *how);

/**
 * Standard input and output of a connection that the server makes (ssh -W).
 * Its end is status 0.
 */
struct op *op_direct_new(struct session *s, const struct drv_direct *to);

#endif /* RSH_OP_OP_EXEC_H */
