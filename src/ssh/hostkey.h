/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_SSH_HOSTKEY_H
#define RSH_SSH_HOSTKEY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/list.h"
#include "conf/knownhosts.h"
#include "conf/sshopt.h"
#include "model/target.h"

struct loop;

/** The known_hosts files of a run, each read when first needed, once. */
struct hostkeys;

struct hostkeys *hostkeys_new(void);

/**
 * After the run, before hostkeys_free(): wait on `loop` until what waits for a
 * lock is written, 5 s at most.
 */
void hostkeys_finish(struct hostkeys *hk, struct loop *loop);

/** Writes what waits for a lock, or warns that it cannot. */
void hostkeys_free(struct hostkeys *hk);

/** Zero means refuse. */
enum hostkey_decision {
	HOSTKEY_REFUSE = 0,
	HOSTKEY_ASK,	  /* only a person can say */
	HOSTKEY_ADD,	  /* accept and remember (accept-new, StrictHostKey-
			     Checking no) */
	HOSTKEY_ACCEPT,	  /* known */
	HOSTKEY_DISTRUST, /* go on, but send no password and forward nothing:
			     under StrictHostKeyChecking no a changed key, or
			     any when a known_hosts file cannot be read */
};

/** The name the key is looked up under: HostKeyAlias or the host. */
const char *hostkey_name(const struct target *t);

/** As messages and files have it: "[name]:port" off port 22.  A new string. */
char *hostkey_name_and_port(const struct target *t);

/**
 * The algorithms to offer in key exchange, those of known keys first, as a
 * new comma list; NULL when the configured list stands: nothing is known, or
 * its first choice is, or the user gave the order.  `told` is what
 * KnownHostsCommand told of this host (khcommand.h), or NULL.
 */
char *hostkey_types(struct hostkeys *hk, const struct target *t,
		    struct knownhosts *told);

/** Whether the user fixed that order, so that nothing need be known for it. */
bool hostkey_order_fixed(const struct target *t);

/** Whether no key is asked for: NoHostAuthenticationForLocalhost. */
bool hostkey_exempt(const struct target *t);

/**
 * Decide about `key`.  `err` (ERR_HOSTKEY) is filled for REFUSE and ASK: it
 * names FILE:LINE of the offending entry and the fingerprints.  DISTRUST is
 * told in the log.  `told`, or NULL, counts as a further file, but under the
 * name with its port alone.
 */
enum hostkey_decision hostkey_decide(struct hostkeys *hk,
				     const struct target *t,
				     const struct kh_key *key,
				     struct knownhosts *told, struct err *err);

/**
 * Append the key to the first UserKnownHostsFile under a lock, in one write,
 * unless it is there by now.  Makes ~/.ssh (0700) and the file (0600) when
 * missing.  -1 with `err`: worth a warning only.  Never waits: where another
 * holds the lock, 0, and it is tried again with the next key and when all is
 * freed.
 */
int hostkey_remember(struct hostkeys *hk, const struct target *t,
		     const struct kh_key *key, struct err *err);

#endif /* RSH_SSH_HOSTKEY_H */
