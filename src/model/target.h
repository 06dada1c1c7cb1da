/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_MODEL_TARGET_H
#define RSH_MODEL_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "conf/sshconf.h"

/**
 * One resolved destination.  Immutable once planned; owned by the plan.
 */
struct target {
	char *name;  /* as written: "adm@db01:5432" */
	char *alias; /* the host part: "db01", what ssh_config was asked for */
	char *label; /* in front of lines; see targets_label() */
	const struct ssh_opts *opts; /* shared; owned by the sshconf */
	const char *host;   /* where to connect: opts->hostname or alias */
	const char *user;   /* the destination's, else of opts; else NULL */
	char *own_user;	    /* where it is not of opts, or NULL */
	uint16_t port;	    /* the same; 0 without opts */
	const char *driver; /* static; NULL: the plan's */
	const struct strvec *argv; /* for it, the plan's; NULL: the plan's */
	const struct target *via;  /* the jump host before it, or NULL */
	uint64_t command_ms; /* limit of its command; UINT64_MAX: the plan's */
	bool tty;	     /* what is run there gets a terminal */
	unsigned int rank;
};

struct targets {
	struct target *v;
	size_t n;
	size_t cap;
};

/** A destination and what else says how it is reached. */
struct target_ask {
	const char *name;   /* "[user@]host[:port]" */
	unsigned int layer; /* for sshconf_set_layer() */
	bool plain; /* user and port of the name are lines of the layer: the
		       command line outranks them */
};

/**
 * Add the target `ask`, resolved through `conf`; a NULL `conf` (-R exec) takes
 * the name alone.  0, or -1 with `err` that names the host.
 */
int targets_add_ask(struct targets *ts, const struct target_ask *ask,
		    struct sshconf *conf, struct err *err);

/** The same for a name that nothing else is said of. */
int targets_add(struct targets *ts, const char *name, struct sshconf *conf,
		struct err *err);

/**
 * Append `text`, which is `keyword` of `t`, a ProxyCommand or ProxyJump, with
 * %h %k %n %p %r of `t` in it.  0, or -1 with `err` that begins with the
 * keyword.
 */
int target_expand(const struct target *t, const char *keyword, const char *text,
		  struct strbuf *out, struct err *err);

enum label_kind {
	LABEL_WHOLE,	  /* with its domain */
	LABEL_SHORT,	  /* without */
	LABEL_ONE_DOMAIN, /* without where all have the same one, or none; a
			     name that begins with a digit stays whole */
};

/**
 * Give each its label: the name without user and port, with or without its
 * domain, but never so short that two names have the same one.  Until then a
 * label is the host part.  O(n).
 */
void targets_label(struct targets *ts, enum label_kind kind);

/**
 * Append the names of the targets with these ranks, folded back to a list:
 * "node[01-12],db1".  Each is given once.
 */
void targets_fold(const struct targets *ts, const size_t *ranks, size_t n,
		  struct strbuf *out);

void targets_release(struct targets *ts);

#endif /* RSH_MODEL_TARGET_H */
