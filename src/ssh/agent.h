/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_SSH_AGENT_H
#define RSH_SSH_AGENT_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "io/loop.h"

/**
 * One nonblocking connection to ssh-agent (draft-ietf-sshm-ssh-agent), used
 * by all sessions of a run.  Requests queue up; at most 8 wait for an answer
 * at once.  A lost or silent agent fails the requests with a message; nothing
 * ever hangs on it: an answer that takes over 60 s is given up.
 */
struct agent;
struct agent_req;

/** `reply` without its length word; NULL when the agent is gone: `err`. */
typedef void agent_fn(struct agent_req *r, const void *reply, size_t n,
		      const struct err *err);

/** Embedded in its owner; zeroed is idle. */
struct agent_req {
	agent_fn *fn;
	struct list node; /* private */
	void *buf;	  /* private */
	size_t len;	  /* private */
};

/** Does not connect yet: that happens with the first request. */
struct agent *agent_new(struct loop *loop, const char *path);
void agent_free(struct agent *a);

/** Until it has answered once it has but `first_ms`, at most 60 s. */
void agent_hurry(struct agent *a, uint64_t first_ms);

/** Send a request (without length word); `fn` is called once, later. */
void agent_send(struct agent *a, struct agent_req *r, const void *msg, size_t n,
		agent_fn *fn);
void agent_cancel(struct agent *a, struct agent_req *r);

/** One key the agent offers. */
struct agent_key {
	void *blob; /* owned */
	size_t len;
	char *comment; /* owned; the agent's bytes, not checked */
};

struct agent_keys {
	struct agent_key *v;
	size_t n;
};

/** Read an IDENTITIES_ANSWER; at most 1024 keys.  -1 with ERR_AUTH. */
int agent_parse_keys(const void *reply, size_t n, struct agent_keys *keys,
		     struct err *err);
void agent_keys_release(struct agent_keys *keys);

#endif /* RSH_SSH_AGENT_H */
