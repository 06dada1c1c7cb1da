/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_SSH_KHCOMMAND_H
#define RSH_SSH_KHCOMMAND_H

#include <stdbool.h>

#include "base/err.h"
#include "conf/knownhosts.h"
#include "io/loop.h"
#include "model/target.h"

/** Why KnownHostsCommand is run: its token %I. */
enum khcommand_why {
	KHCOMMAND_ORDER,    /* which types of keys are known */
	KHCOMMAND_HOSTNAME, /* the key has come */
	KHCOMMAND_ADDRESS,  /* likewise: CheckHostIP */
};

/** What it has told is known under these as files (struct knownhosts). */
#define KHCOMMAND_ORDER_FILE	"KnownHostsCommand-ORDER"
#define KHCOMMAND_HOSTNAME_FILE "KnownHostsCommand-HOSTNAME"
#define KHCOMMAND_ADDRESS_FILE	"KnownHostsCommand-ADDRESS"

/** What a run may write to its standard output, in bytes. */
#define KHCOMMAND_MAX ((size_t)1 << 20)

/**
 * KnownHostsCommand of ssh_config(5) for one connection: a command whose
 * output counts as a known_hosts file for this host alone.  No shell is in
 * between.  It has no input, a session (and so a process group) of its own,
 * and writes to our stderr if `share_output`; else its lines become messages
 * that name the host.
 *
 * As with ssh it may be run for more than one reason, and one that fails ends
 * the connection.  Unlike there, one that cannot be run does so too, and one
 * that writes more than KHCOMMAND_MAX.
 */
struct khcommand;

/** `wake` is called from the loop when a run is over.  `target` is borrowed. */
struct khcommand *khcommand_new(struct loop *loop, const struct target *target,
				bool share_output, void (*wake)(void *arg),
				void *arg);

enum khcommand_rc {
	KHCOMMAND_ERROR = 0, /* `err` says why: ERR_HOSTKEY */
	KHCOMMAND_WAIT,	     /* call again when woken */
	KHCOMMAND_DONE,
};

/**
 * Run it for the reason `why`, once, whatever the number of calls; one reason
 * after the other.  `name` is what is looked for, `key` what the server shows;
 * NULL while there is none.
 */
enum khcommand_rc khcommand_run(struct khcommand *c, enum khcommand_why why,
				const char *name, const struct kh_key *key,
				struct err *err);

/** Whether it runs now. */
bool khcommand_running(const struct khcommand *c);

/** All that it has told, borrowed; NULL without a command. */
struct knownhosts *khcommand_known(struct khcommand *c);

/**
 * End the command with its process group, if it runs, and free.  What it left
 * in the background when it ended stays.  NULL is fine.
 */
void khcommand_free(struct khcommand *c);

#endif /* RSH_SSH_KHCOMMAND_H */
