/* SPDX-License-Identifier: Apache-2.0 */
/* An ssh-agent of our own, on a temporary socket and a virtual loop. */
#ifndef RSH_TESTS_LIB_FAKE_AGENT_H
#define RSH_TESTS_LIB_FAKE_AGENT_H

#include <stddef.h>

#include "io/loop.h"
#include "io/timer.h"

enum fake_manner {
	FAKE_ECHO,     /* answers in order: `answer`, or the request itself */
	FAKE_SILENT,   /* reads and says nothing */
	FAKE_HANG_UP,  /* closes at the first byte */
	FAKE_TOO_LONG, /* claims a reply of 4 GiB */
	FAKE_UNASKED,  /* answers twice */
};

struct fake_agent {
	enum fake_manner manner;
	const void *answer; /* with its length word; to all there is */
	size_t answer_len;
	struct loop *loop;
	char dir[32], path[48];
	int listener, fd;
	struct watch accept, read;
	struct timer reply;
	unsigned char in[4096];
	size_t len;
	unsigned int most; /* requests read before an answer */
	unsigned int connections;
};

void fake_agent_start(struct fake_agent *f, enum fake_manner manner);
void fake_agent_stop(struct fake_agent *f);

#endif /* RSH_TESTS_LIB_FAKE_AGENT_H */
