/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_SSH_FORWARDS_INTERNAL_H
#define RSH_SSH_FORWARDS_INTERNAL_H

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"
#include "base/log.h"
#include "io/listener.h"
#include "io/resolver.h"
#include "io/timer.h"
#include "ssh/forwards.h"
#include "ssh/relay.h"
#include "wire/socks.h"

/* What forwards.c, the set, and fwdconn.c, one connection, share. */

struct forwards {
	struct companion c;
	struct list all;     /* struct forward */
	struct list conns;   /* struct fwdconn */
	struct list opening; /* of these, those the server has not answered */
	struct list waiting; /* relays, for room */
	struct list over;    /* of conns, those that pass on nothing more */
	size_t nopen;	     /* opening, open or parting */
	size_t nasked;	     /* wishes without an answer */
	size_t nfailed;	     /* of what was asked for at the start */
	struct err why;	     /* of the first that the server refused */
	bool begun;
	bool label;
};

struct forward {
	struct list node;
	struct forwards *set;
	enum sshforward_kind kind;
	struct sshforward spec;
	struct listener listener;
	struct resolve_query query;
	struct fwdremote *remote; /* where the server listens, instead */
	forwards_done_fn *done;	  /* until told */
	void *arg;
	bool asked; /* counts as such */
};

enum fwdconn_state {
	FWDCONN_SOCKS,	 /* its client says where to */
	FWDCONN_OPENING, /* the server connects */
	FWDCONN_OPEN,
	FWDCONN_PARTING, /* we have said all, and so has the far end */
	FWDCONN_OVER,	 /* to be freed */
};

/** A connection that came in here. */
struct fwdconn {
	struct list node;    /* in the set's */
	struct list opening; /* in the set's, in that state */
	struct list over;
	struct forwards *set;
	enum sshforward_kind kind;
	enum fwdconn_state state;
	int fd; /* until the relay has it */
	struct watch watch;
	struct socks *socks; /* or NULL */
	char *host, *path;
	uint16_t port;
	char from[INET6_ADDRSTRLEN]; /* "" for a Unix socket */
	uint16_t from_port;
	struct drv_channel *ch;
	struct relay relay;
	struct timer late; /* for the server to close, too */
	bool ended;	   /* the far end, before the relay was there */
	bool closed;	   /* by us */
};

/** Take a connection in; `fd` is its own from here on. */
void fwdconn_accept(struct forward *f, int fd,
		    const struct sockaddr_storage *peer);

/** Ask the server again. */
void fwdconn_step(struct fwdconn *c);

/** Go on with one of those that are over; it may be freed. */
void fwdconn_over_step(struct fwdconn *c);

/** Free it, and its channel; `gone`: the connection of the session is. */
void fwdconn_free(struct fwdconn *c, bool gone);

/** What came of `f`: `why` NULL is well.  Else it is freed. */
void forward_settle(struct forward *f, const struct err *why);

/** Let the server listen for `f`: on later steps. */
void fwdremote_begin(struct forward *f);

/** Go on.  False: it is over, and to be freed. */
bool fwdremote_step(struct forward *f);

/** Have it listen no more; its connections go on. */
void fwdremote_cancel(struct forward *f);
bool fwdremote_cancelled(const struct forward *f);

/** Where it listens, as far as known. */
int fwdremote_port(const struct forward *f);

/** Its connections that are open. */
size_t fwdremote_open(const struct forward *f);

/** End them all. */
void fwdremote_free(struct forward *f);

/** Tell the user, with the host's name where there are many. */
void forwards_say(const struct forwards *fw, enum log_level level,
		  const char *text);

#endif /* RSH_SSH_FORWARDS_INTERNAL_H */
