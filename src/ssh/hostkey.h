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
	HOSTKEY_ASK,	     /* only a person can say */
	HOSTKEY_ADD,	     /* accept and remember (accept-new, StrictHostKey-
				Checking no) */
	HOSTKEY_ADD_ADDRESS, /* known; remember it for the address too */
	HOSTKEY_ACCEPT,	     /* known, or nobody has to know it */
	HOSTKEY_DISTRUST,    /* go on, but send no password and forward nothing:
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

/** What there is to decide about.  All is borrowed. */
struct hostkey_seen {
	const struct kh_key *key;
	const char *address;	 /* as of transport_fn */
	struct knownhosts *told; /* by KnownHostsCommand, or NULL */
};

/**
 * Whether no key is asked for: NoHostAuthenticationForLocalhost.  It is about
 * the address, whatever the name; behind a ProxyCommand there is none.  A key
 * that RevokedHostKeys or RequiredRSASize rule out is refused all the same.
 */
bool hostkey_exempt(const struct target *t, const char *address);

/**
 * The address as the key is looked up under it too, a new string; NULL where
 * that is not done (CheckHostIP): of this machine, or the name itself.
 */
char *hostkey_address(const struct target *t, const char *address);

/**
 * Decide about a key.  `err` (ERR_HOSTKEY) is filled for REFUSE and ASK: it
 * names FILE:LINE of the offending entry and the fingerprints.  DISTRUST is
 * told in the log.  What was told counts as a further file, but under the name
 * with its port alone.
 */
enum hostkey_decision hostkey_decide(struct hostkeys *hk,
				     const struct target *t,
				     const struct hostkey_seen *seen,
				     struct err *err);

/**
 * For ASK: what there is to be said about a key but that it is new, as a new
 * string; else NULL.
 */
char *hostkey_doubt(struct hostkeys *hk, const struct target *t,
		    const struct hostkey_seen *seen);

/**
 * Append the key to the first UserKnownHostsFile under a lock, in one write,
 * unless it is there by now: for the name, the address, or both.  Makes ~/.ssh
 * (0700) and the file (0600) when missing.  -1 with `err`: worth a warning
 * only.  Never waits: where another holds the lock, 0, and it is tried again
 * with the next key and when all is freed.
 */
int hostkey_remember(struct hostkeys *hk, const struct target *t,
		     const struct hostkey_seen *seen, struct err *err);

/**
 * Whether this run has made the key known itself, by hostkey_remember(): then
 * it is as new as it was, on whichever connection it is shown again.
 */
bool hostkey_is_new(const struct hostkeys *hk, const struct target *t,
		    const struct kh_key *key);

#endif /* RSH_SSH_HOSTKEY_H */
