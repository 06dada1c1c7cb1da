/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_MODEL_HOPS_H
#define RSH_MODEL_HOPS_H

#include <stddef.h>

#include "base/err.h"
#include "model/target.h"

/** Jump hosts between us and a target, at most. */
#define HOPS_MAX 10

/**
 * The jump hosts of a run: destinations of their own, each resolved by its own
 * name.  Targets that are reached in the same way share them.
 */
struct hops;

struct hops_env {
	/* The configuration that counts for jump hosts: the files, without
	   what a command line says of its targets.  Called once, when first
	   needed; the result is the hops'.  NULL with err. */
	struct sshconf *(*load)(void *arg, struct err *err);
	/* Look names up that sshconf_resolve() needs.  0, or -1 with err.
	   NULL: names stay as they are. */
	int (*names)(void *arg, struct sshconf *conf,
		     const struct target_ask *ask, struct err *err);
	void *arg;
	const char *user; /* where nothing says it; copied */
};

struct hops *hops_new(const struct hops_env *env);

/** NULL is fine.  After the targets that they lead to. */
void hops_free(struct hops *h);

/**
 * Give `t`, which has a ProxyJump, its `via`.  The list is read as ssh does:
 * the last host of it is reached through those before it, the first one as its
 * own options say.  `identity` is a key file for the last one, or NULL.  0, or
 * -1 with ERR_CONFIG: a loop, too many, or what is wrong with one of them.
 */
int hops_find(struct hops *h, struct target *t, const char *identity,
	      struct err *err);

/** All of them, each once; NULL for an `i` from their number on. */
const struct target *hops_get(const struct hops *h, size_t i);

#endif /* RSH_MODEL_HOPS_H */
