/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_SSH_CHATTER_H
#define RSH_SSH_CHATTER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "io/loop.h"

#define CHATTER_LINE 1024

/**
 * What a local command says, line by line, as messages that name a host.  A
 * line over CHATTER_LINE bytes is told in parts.  Zeroed is stopped.
 */
struct chatter {
	struct watch watch;
	const char *label;
	int *fd; /* the owner's; closed and -1 at its end */
	unsigned int told;
	size_t n;
	char line[CHATTER_LINE];
};

/** Tell what comes by `*fd`, which is nonblocking; -1: there is nothing. */
int chatter_start(struct chatter *c, struct loop *loop, const char *label,
		  int *fd, struct err *err);

/** Tell what is there now, when the command has ended. */
void chatter_drain(struct chatter *c);

void chatter_stop(struct chatter *c);

#endif /* RSH_SSH_CHATTER_H */
