/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_SSH_PASSWORD_H
#define RSH_SSH_PASSWORD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/list.h"
#include "conf/sshopt.h"
#include "io/loop.h"
#include "model/prompter.h"
#include "model/target.h"
#include "ssh/ask.h"
#include "ssh/driver.h"

/**
 * What a person must say for a log-in: passwords, and the answers that
 * keyboard-interactive asks for (RFC 4256).
 *
 * A password given beforehand is the run's: it goes to one host, and to the
 * others once that one has taken it.  The first rejection stops it everywhere,
 * so that a wrong one locks one account at most.  Without it, and with one
 * host only, each question is put to the person, as ssh does.
 */
struct passwords;

/** `prompter` NULL: nobody can be asked.  `many`: more than one host. */
struct passwords *passwords_new(struct loop *loop, struct prompter *prompter,
				bool many);
/** Wipes.  NULL is fine. */
void passwords_free(struct passwords *pw);

/** Ask for the run's password now; ERR_AUTH or ERR_CANCELLED without one. */
int passwords_ask(struct passwords *pw, const char *text, struct err *err);

/**
 * Read it from a descriptor, up to a newline or the end and not a byte
 * further.  Blocks.  ERR_USAGE without one or past 1023 bytes.
 */
int passwords_read(struct passwords *pw, int fd, struct err *err);

/**
 * So many hosts may need it.  Each is done when it needs it no more, whatever
 * comes; with the last of them it is wiped, and nobody gets it any more.
 */
void passwords_expect(struct passwords *pw, size_t nhosts);
void passwords_done(struct passwords *pw);

/** One that was done may need it once more; false: it has been wiped. */
bool passwords_again(struct passwords *pw);

/** Whether there is a password of the run's, and not an empty one. */
bool passwords_given(const struct passwords *pw);

/** What is known of the host's key. */
enum key_trust {
	KEY_DISTRUSTED, /* taken although it should not be */
	KEY_NEW,	/* taken because nothing else was known */
	KEY_VERIFIED,
};

/**
 * How often a question may be put for this log-in, 0: never, and then `*why`
 * (static, not translated yet) says why, or is NULL.
 */
unsigned int passwords_tries(const struct passwords *pw,
			     const struct ssh_opts *opts, enum key_trust trust,
			     const char **why);

/** A log-in that needs an answer; embedded in its owner.  Zeroed is idle. */
struct asker {
	struct list node;     /* private: waits for the proof */
	struct prompt prompt; /* private */
	char *text;	      /* private: what is asked */
	char *answer;	      /* private: what was typed; a secret */
	unsigned int next;    /* private: the question of kbdint */
	bool asking, refused; /* private */
	bool wrong;	      /* private: the last password */
	bool gave, given;     /* private: the run's password, now or ever */
	void (*wake)(void *arg);
	void *arg;
};

/** A password for `t`; `*secret` is good until told or cancelled. */
enum ask_rc password_get(struct passwords *pw, struct asker *a,
			 const struct target *t, const char **secret,
			 const char **why);

/**
 * Answer all that the server asks on `conn` after AUTH_ASKED, and begin anew
 * with the next such answer.
 */
enum ask_rc kbdint_answer(struct passwords *pw, struct asker *a,
			  const struct target *t, const struct ssh_driver *drv,
			  struct drv_conn *conn, const char **why);

/** What the server said to a try with an answer. */
void password_told(struct passwords *pw, struct asker *a,
		   enum auth_answer answer);

/** The log-in is over, or its connection.  Idle is fine. */
void password_cancel(struct passwords *pw, struct asker *a);

#endif /* RSH_SSH_PASSWORD_H */
