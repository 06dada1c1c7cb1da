/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_SSH_COMPANION_H
#define RSH_SSH_COMPANION_H

#include <stdbool.h>

#include "base/err.h"
#include "base/list.h"
#include "ssh/driver.h"

struct companion;
struct session;

/**
 * What lives on a session beside the one thing it was made for: forwardings,
 * the relay of an agent, a master of other clients.  A new kind is a new file
 * with one of these; neither session nor job change for it.
 *
 * Called from inside the session's run only.
 */
struct companion_ops {
	const char *name;
	/* Begin: when the session is ready, and again whenever something may
	   have moved, until it says OK.  The op begins after all have.  ERROR:
	   it never does, and `err` is what became of the host.  NULL: there is
	   nothing to wait for. */
	enum drv_rc (*start)(struct companion *c, struct err *err);
	/* Something may have moved: go on without blocking.  After start(). */
	void (*step)(struct companion *c);
	/* The connection broke; closing() follows.  NULL: it is nothing to it.
	 */
	void (*lost)(struct companion *c, const struct err *why);
	/* Free every channel now.  Nothing follows but free(). */
	void (*closing)(struct companion *c);
	/* Whether the session is still needed though the op is over.  Whoever
	   ceases to be calls session_wake().  NULL: never. */
	bool (*busy)(const struct companion *c);
	/* The op is over and this is busy: whether the run may end without it,
	   and it goes on behind.  NULL: no. */
	bool (*stays)(struct companion *c);
	void (*free)(struct companion *c);
};

/** Embedded first in the struct of each kind. */
struct companion {
	const struct companion_ops *ops;
	struct session *session;
	struct list node; /* in the session's */
	bool started;
};

/** Makes those of one kind. */
struct companion_maker {
	/* One for `s`, which is ready and owns it from then on; NULL: it needs
	   none. */
	struct companion *(*make)(struct companion_maker *m, struct session *s);
	struct list node;
};

/** Begin those of a list that have not: OK when all have. */
enum drv_rc companions_start(struct list *companions, struct err *err);

/** Tell them all. */
void companions_step(struct list *companions);
void companions_lost(struct list *companions, const struct err *why);

/** End and free them all: the list is empty then. */
void companions_close(struct list *companions);

/** Whether any keeps the session. */
bool companions_busy(struct list *companions);

/** Whether all that keep it go on without the run. */
bool companions_stay(struct list *companions);

/** The one of a kind, or NULL. */
struct companion *companions_find(struct list *companions,
				  const struct companion_ops *ops);

#endif /* RSH_SSH_COMPANION_H */
