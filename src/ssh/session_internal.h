/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_SSH_SESSION_INTERNAL_H
#define RSH_SSH_SESSION_INTERNAL_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "io/timer.h"
#include "ssh/hostkey_ask.h"
#include "ssh/keepalive.h"
#include "ssh/khcommand.h"
#include "ssh/localcmd.h"
#include "ssh/session.h"
#include "ssh/transport.h"

/* What session.c, the machine, and the steps of it in session_login.c and
   session_ready.c share. */

enum step {
	STEP_AGAIN,
	STEP_NEXT,
	STEP_READY,	/* there is no way in to go through */
	STEP_RECONNECT, /* from the start, within what is left of the budget */
	STEP_FAIL,
};

struct session {
	const struct session_env *env;
	const struct target *target;
	const char *command;
	const struct ssh_driver *drv;
	const struct session_events *events;
	void *arg;
	enum session_state state;
	struct transport *transport;
	struct localcmd *localcmd;
	int fd; /* connected, and no driver's yet; or -1 */
	struct khcommand *khcommand;
	struct drv_conn *conn;
	struct timer deadline;	    /* from the start to READY */
	struct timer next;	    /* CONNECT: the next attempt */
	struct keepalive keepalive; /* READY */
	struct timer rekey;	    /* READY: RekeyLimit's second word */
	struct defer again;
	struct hostkey_waiter asking;	 /* HOSTKEY: a person */
	struct asker asker;		 /* AUTH: the same */
	uint64_t left_ms;		 /* of the budget, while held */
	char address[TRANSPORT_ADDRESS]; /* "" behind a ProxyCommand */
	char peer[TRANSPORT_ADDRESS + 16];
	struct auth_ladder ladder;
	const struct auth_try *try;
	struct list companions; /* READY */
	struct err err;
	struct err last; /* of the attempt before this one */
	uint64_t probed_alive_ns;
	uint64_t reached_ns[NREACHED];
	unsigned int attempts;
	unsigned int drops;  /* before the server identified itself */
	unsigned int paused; /* holders */
	bool dropped;	     /* this connection, before that */
	bool ladder_used;
	bool answers_due; /* the server has asked */
	bool banner_shown;
	bool held; /* a person thinks */
	enum key_trust trust;
	bool close_asked;
	bool running; /* inside session_run() */
};

/** session_wake(), as a callback. */
void session_wake_cb(void *arg);

/**
 * While a person is asked the connect budget stands still, and the session
 * counts as connected.  Twice is harmless.
 */
void session_hold(struct session *s);
void session_go_on(struct session *s);

/**
 * Run KnownHostsCommand, if there is one, for a reason: STEP_NEXT when it has
 * told all that it knows.
 */
enum step session_khcommand(struct session *s, enum khcommand_why why,
			    const char *name, const struct kh_key *key);

/** READY is entered: how packets travel, signs of life, new keys in time. */
void session_ready_enter(struct session *s);

/** The steps of the states HOSTKEY, AUTH and LOCAL. */
enum step session_hostkey_step(struct session *s);
enum step session_auth_step(struct session *s);
enum step session_local_step(struct session *s);

/** Nothing is asked or run for the log-in any more.  Twice is harmless. */
void session_login_end(struct session *s);

#endif /* RSH_SSH_SESSION_INTERNAL_H */
