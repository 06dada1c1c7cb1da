/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_SSH_SESSION_H
#define RSH_SSH_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/list.h"
#include "io/loop.h"
#include "io/timer.h"
#include "model/result.h"
#include "model/target.h"
#include "ssh/auth.h"
#include "ssh/driver.h"
#include "ssh/hostkey.h"
#include "ssh/password.h"

struct companion;
struct companion_ops;
struct hostkey_asker;
struct session;

/** What all sessions of a run share; borrowed. */
struct session_env {
	struct loop *loop;
	const struct ssh_driver *drv;
	struct resolver *resolver; /* NULL with a local driver */
	struct pool *pool;	   /* of jump hosts; NULL: there are none */
	struct auth_store *auth;
	struct hostkeys *hostkeys;
	struct hostkey_asker
		*hostkey_asker;	     /* about new keys; NULL: refuse them */
	struct passwords *passwords; /* NULL: none are used */
	struct passwords *sudo;	     /* for sudo(8); NULL: it is not used */
	/* The budget from start to ready; 0: none; UINT64_MAX: the target's
	   ConnectTimeout, or connect_default_ms where it has none. */
	uint64_t connect_ms;
	uint64_t connect_default_ms;
	/* Connections that a server drops before it identifies itself
	   (MaxStartups) are made again so often, jittered. */
	unsigned int drop_retries;
	/* A jump host that fails is tried again so often. */
	unsigned int hop_retries;
	/* Instead of each target's ConnectionAttempts; 0: that. */
	unsigned int attempts;
	/* What a ProxyCommand or LocalCommand writes goes where ours goes, as
	   with ssh; else each line becomes a message that names the host. */
	bool share_output;
	const struct strvec *argv; /* for a local driver */
	/* Tried first where ControlPath names a master; NULL: no connection is
	   shared. */
	const struct ssh_driver *shared;
};

/**
 * How a session tells its owner what happens.  A user of it (an op) is
 * stepped whenever something may have moved.
 */
struct session_events {
	void (*phase)(void *arg, enum phase p);
	/* Begins, or ends, to wait for a person: nothing is sent meanwhile. */
	void (*held)(void *arg, bool held);
	/* Logged in: attach something.  Called once at most. */
	void (*ready)(void *arg);
	/* Bytes may have moved; channels may be written to. */
	void (*step)(void *arg);
	/* The connection broke while ready: session_error() says why. */
	void (*lost)(void *arg, const struct err *why);
	/* About to drop the connection: free every channel on it. */
	void (*closing)(void *arg);
	/* Over; session_error() tells of a failure before ready.  The last
	   call; the owner frees it, but not from inside. */
	void (*closed)(void *arg);
};

/**
 * How long a session with `target` may take from its start to ready, in ms; 0:
 * as long as it likes.
 */
uint64_t session_budget_ms(const struct session_env *env,
			   const struct target *target);

/** The states of a connection, in their order; see session.c's table. */
enum session_state {
	SESSION_CONNECT,   /* name look-up and TCP */
	SESSION_HANDSHAKE, /* identification and key exchange */
	SESSION_HOSTKEY,   /* our decision about the server's key */
	SESSION_AUTH,
	SESSION_LOCAL, /* LocalCommand runs */
	SESSION_READY,
	SESSION_CLOSING,
	SESSION_DONE,
	SESSION_NSTATES
};

/**
 * One connection to one target: a machine that goes from nothing to READY
 * within one time budget, and from any failure to DONE.  All is borrowed and
 * outlives it.  `command` is for drivers that log in with it in hand, see
 * drv_params.  Starts on the next turn of the loop.
 */
struct session *session_new(const struct session_env *env,
			    const struct target *target, const char *command,
			    const struct session_events *events, void *arg);

/** Before its first turn: it shares no connection of another program. */
void session_alone(struct session *s);

/** End it politely: `closed` follows on a later turn.  Twice is harmless. */
void session_close(struct session *s);

/** End it as if the connection broke, and say why. */
void session_fail(struct session *s, enum err_code code, const char *text);

/** Drop everything at once; no event follows.  NULL is fine. */
void session_free(struct session *s);

/** Why it failed, or "no error".  Borrowed. */
const struct err *session_error(const struct session *s);

/** Stop and start reading.  Counted: as many resumes as pauses. */
void session_pause(struct session *s);
void session_resume(struct session *s);

/** Step again on the next turn: there is something new to write. */
void session_wake(struct session *s);

/**
 * From ready on: `c` lives on the session beside what its owner attached, and
 * is the session's.  session_begun() starts those that were attached, see
 * companion.h, and is to be asked again at each step until it says OK.
 */
void session_attach(struct session *s, struct companion *c);
enum drv_rc session_begun(struct session *s, struct err *err);

/** Whether a companion still needs the session. */
bool session_busy(struct session *s);

/** Whether the run may end, and the session goes on behind for those. */
bool session_stays(struct session *s);

/** Its companion of a kind, or NULL. */
struct companion *session_companion(struct session *s,
				    const struct companion_ops *ops);

/**
 * Ask the peer for a sign of life, and whether any came since.  True as well
 * where that cannot be told: nothing is read now, or there is no peer.
 */
void session_probe(struct session *s);

/** Agree on new keys, where the driver can; once READY. */
void session_rekey(struct session *s);
bool session_answered(const struct session *s);

/** When it came how far, by enum reached; 0: not yet.  Borrowed. */
const uint64_t *session_reached_ns(const struct session *s);

/** The driver and its connection, for channels. */
const struct ssh_driver *session_driver(const struct session *s);
struct drv_conn *session_conn(const struct session *s);
struct loop *session_loop(const struct session *s);
const struct target *session_target(const struct session *s);

/** NULL with a local driver. */
struct resolver *session_resolver(const struct session *s);

/** What is known of the server's key, once ready. */
enum key_trust session_trust(const struct session *s);

/** Whether the key was known, and not merely taken as new or distrusted. */
bool session_verified(const struct session *s);

#endif /* RSH_SSH_SESSION_H */
