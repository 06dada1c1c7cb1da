/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_IO_RESOLVER_H
#define RSH_IO_RESOLVER_H

#include <netdb.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/err.h"
#include "io/loop.h"

/**
 * getaddrinfo(3) on a few threads, answers posted to the loop.
 *
 * Numeric addresses are answered without a thread, at the next turn.  Equal
 * questions share one look-up; answers that nobody uses any more are kept for
 * further ones, failures included, the last 256 of them.  Threads are started
 * on demand, at most `max_threads`.
 */
struct resolver;
struct resolve_query;

#define RESOLVED_MAX 32 /* addresses kept of one answer */

/** Owned by the resolver. */
struct resolved {
	char *canonical; /* the name in full, where it was asked for, or NULL */
	unsigned int n;
	struct resolved_addr {
		struct sockaddr_storage sa;
		socklen_t len;
	} addr[];
};

/**
 * `r` NULL: failed, `err` (borrowed) says why.  `r` stays as it is until the
 * query is cancelled or asks again.
 */
typedef void resolve_fn(struct resolve_query *q, const struct resolved *r,
			const struct err *err);

/** Embedded in its owner; zeroed is idle. */
struct resolve_query {
	resolve_fn *fn;
	bool absent; /* it failed because there is no such name or address */
	struct list node;   /* private */
	struct defer defer; /* private */
	void *entry;	    /* private */
};

struct resolver *resolver_new(struct loop *loop, unsigned int max_threads);

/**
 * Waits for no thread: a look-up that hangs is left behind.  Every query must
 * have been answered or cancelled.  NULL is fine.
 */
void resolver_free(struct resolver *r);

/**
 * Ask for stream addresses of `host` with `port`, `family` AF_UNSPEC, AF_INET
 * or AF_INET6.  `fn` is called once, on a later turn, unless cancelled; an open
 * query keeps loop_run() going.  `host` is copied.
 */
void resolver_query(struct resolver *r, struct resolve_query *q,
		    const char *host, uint16_t port, int family,
		    resolve_fn *fn);

/** The same for the name in full: AI_CANONNAME of getaddrinfo(3). */
void resolver_query_name(struct resolver *r, struct resolve_query *q,
			 const char *host, int family, resolve_fn *fn);

/**
 * Forget the answer, or wait for none; needed before the query goes away.  A
 * look-up that has begun goes on, for the cache.  Idle is fine.
 */
void resolver_cancel(struct resolver *r, struct resolve_query *q);

#endif /* RSH_IO_RESOLVER_H */
