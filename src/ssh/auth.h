/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_SSH_AUTH_H
#define RSH_SSH_AUTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "conf/sshopt.h"
#include "model/prompter.h"
#include "ssh/agent.h"
#include "ssh/ask.h"
#include "ssh/driver.h"

/**
 * The identities of a run: key files loaded and decrypted once, the agent's
 * list asked for once, both shared by all sessions.
 */
struct auth_store;

/** `prompter` asks for passphrases; NULL: nobody can be asked. */
struct auth_store *auth_store_new(struct loop *loop,
				  const struct ssh_driver *drv,
				  struct prompter *prompter);
void auth_store_free(struct auth_store *st);

/**
 * Agents of hosts that are loaded from here on have `agent_ms` to list their
 * keys, 0: as long as any answer may take.  For sessions that would be late if
 * one hangs, and have other keys to try.
 */
void auth_store_hurry(struct auth_store *st, uint64_t agent_ms);

/**
 * Load what `opts` names (IdentityFile, CertificateFile, IdentityAgent), before
 * the run starts: reading files blocks.  What was loaded for one host is not
 * loaded again for the next.  Missing default files are no error.
 */
void auth_store_load(struct auth_store *st, const struct ssh_opts *opts);

/**
 * Ask for the passphrases of the keys of `opts` that the agent of `opts` does
 * not hold, once a key and run, unless `opts` forbid it (BatchMode).  After all
 * is loaded and before the run starts: waits on the loop, and decrypting
 * blocks.  What was unlocked for one host is so for all.
 */
void auth_store_unlock(struct auth_store *st, const struct ssh_opts *opts);

/**
 * Instead: sessions ask when a key's turn comes, and if its public half is
 * known only once the server would take it.  For one host, as ssh does.
 */
void auth_store_ask_in_turn(struct auth_store *st);

/** The socket of the agent for `opts`, NULL when there is none. */
const char *auth_agent_path(const struct ssh_opts *opts);

/** The agent for `opts`, NULL when there is none. */
struct agent *auth_store_agent(struct auth_store *st,
			       const struct ssh_opts *opts);

/**
 * A server took the key of `try`: it is put into the agent of `opts` if they
 * say so (AddKeysToAgent), once a run, while that goes on.
 */
void auth_store_used(struct auth_store *st, const struct ssh_opts *opts,
		     const struct auth_try *try);

/** After the run: wait on the loop until that is done, 10 s at most but for
 * what a person is asked. */
void auth_store_finish(struct auth_store *st);

#define AUTH_NAMED 3 /* refused keys that an error names */

/**
 * The order of tries for one session, as ssh has it: keys of the agent that
 * IdentityFile names, then other agent keys (unless IdentitiesOnly), then key
 * files; then what a person is asked for, keyboard-interactive before a
 * password; within the methods of PreferredAuthentications.  Pure: no I/O.
 */
struct auth_ladder {
	struct auth_store *store;
	const struct ssh_opts *opts;
	unsigned int methods; /* what the server takes; all until told */
	size_t step;	      /* private */
	unsigned int tried;   /* keys offered */
	/* What the server said since it last took a part. */
	unsigned int refused;		      /* keys */
	struct auth_try refusals[AUTH_NAMED]; /* the first of them */
	unsigned int passwords, kbdints;      /* refused */
	struct auth_try part; /* what it took last, and wants more */
	unsigned int secrets; /* how often a password may be asked for */
	const char *why;      /* why that is never, or was not; or NULL */
	unsigned int out;     /* private: methods left out */
	bool asked;	      /* private: the server has put questions */
	bool none_tried;      /* private */
	struct auth_try try;  /* private: the current one */
	const struct certificate *offered; /* private: by that, or NULL */
	struct prompt prompt; /* private, as the next two: a passphrase */
	char *question;
	bool asking;
	struct list node; /* private, as the next two: who waits */
	void (*wake)(void *arg);
	void *wake_arg;
};

void auth_ladder_init(struct auth_ladder *l, struct auth_store *st,
		      const struct ssh_opts *opts);

/** The secret that the current try (AUTH_PASSWORD) sends; borrowed. */
void auth_ladder_secret(struct auth_ladder *l, const char *secret);

/**
 * Have the passphrase of the key of the current try before it is made.  `wake`
 * is called, from the loop, when there is an answer: call again.  Decrypting
 * blocks.  ASK_NEVER: skip it.
 */
enum ask_rc auth_ladder_unlock(struct auth_ladder *l, void (*wake)(void *arg),
			       void *arg);

/**
 * Not made: its method is left out from here on, but for a key's, which has
 * others.  `why` (static, not translated yet) goes into the error; NULL changes
 * nothing there.
 */
void auth_ladder_skip(struct auth_ladder *l, const char *why);

/**
 * True when the ladder may be climbed.  False: the agent's list is awaited,
 * and `wake` will be called, from the loop, when it is there or the agent
 * failed (which is no error: its keys are missing, that is all).
 */
bool auth_ladder_ready(struct auth_ladder *l, void (*wake)(void *arg),
		       void *arg);

/** Forget the wake asked for, and the question.  Safe at any time, zeroed
 * included. */
void auth_ladder_cancel(struct auth_ladder *l, void *arg);

/**
 * The next try, or NULL when nothing is left.  Before a person is asked, and
 * where no key was refused, that is "none", once: it lets in where nothing is
 * asked, and makes the server say what it would take.
 */
const struct auth_try *auth_ladder_next(struct auth_ladder *l);

/** Tell what the server answered to the last try, and which methods (AUTH_CAN_)
 * it would still take. */
void auth_ladder_answer(struct auth_ladder *l, enum auth_answer a,
			unsigned int left);

/**
 * Log (-v) what was tried last, for the host `name`, and what the server said;
 * `left` as for auth_ladder_answer().  Call before that.
 */
void auth_ladder_tell(const struct auth_ladder *l, const char *name,
		      enum auth_answer answer, unsigned int left);

/**
 * Fill `err` (ERR_AUTH) for a ladder that ended, with what the server would
 * still take, what it refused, and what could not be tried: "Permission denied
 * (publickey,password): 2 keys were refused ('/k/a', '/k/b'); the password was
 * refused".
 */
void auth_ladder_error(const struct auth_ladder *l, struct err *err);

#endif /* RSH_SSH_AUTH_H */
