/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_SSH_ADDKEY_H
#define RSH_SSH_ADDKEY_H

#include "io/loop.h"
#include "model/prompter.h"

/**
 * Puts keys into an agent (AddKeysToAgent, ssh_config(5)) through ssh-add(1),
 * one after the other, beside whatever else happens.
 *
 * A passphrase that was already given goes to ssh-add through its standard
 * input: what it runs to ask for one (SSH_ASKPASS) is this program again, which
 * with ADDKEY_ASKPASS in its environment passes a line of the standard input
 * that both share to its standard output.  It is in no argument, variable or
 * file.
 */
struct key_adder;

#define ADDKEY_ASKPASS "RSH_ASKPASS_STDIN"

/** `prompter` (may be NULL: nobody allows it) is borrowed. */
struct key_adder *key_adder_new(struct loop *loop, struct prompter *prompter);

/** What was not done is not done.  NULL is fine. */
void key_adder_free(struct key_adder *a);

struct key_to_add {
	const char *path;
	const char *passphrase; /* or NULL */
	const char *agent;	/* its socket */
	int how;	/* enum ask: yes, ask a person, confirm each use */
	int lifetime_s; /* 0: for good */
};

/** All is copied.  What goes wrong is logged. */
void key_adder_add(struct key_adder *a, const struct key_to_add *key);

/**
 * After the run: turn `loop` until all are added, as long as it takes a person
 * to answer and 10 s beside.
 */
void key_adder_finish(struct key_adder *a);

#endif /* RSH_SSH_ADDKEY_H */
