/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_SSH_MUXCLIENT_H
#define RSH_SSH_MUXCLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "conf/sshopt.h"
#include "io/loop.h"
#include "wire/mux.h"

/** A master that does not say by then that it lives is passed by. */
#define MUXCLIENT_MS 2000

struct muxclient;

/** Why a client is of no use any more. */
enum muxclient_end {
	/* Nothing was asked of anybody: */
	MUXCLIENT_ABSENT,   /* there is no socket */
	MUXCLIENT_STALE,    /* nobody listens there */
	MUXCLIENT_UNUSABLE, /* no answer, another user's, another protocol */
	MUXCLIENT_UNREAD,   /* the master went away and had not read it */
	/* Something may have come of what was asked: */
	MUXCLIENT_LOST,
};

/** From the loop.  None of these may free the client. */
struct muxclient_events {
	/* The master lives: it may be asked something. */
	void (*ready)(void *arg);
	/* It answers, or tells of a session. */
	void (*heard)(void *arg, const struct mux_msg *m);
	/* No master is to be had, or it went away; the last call. */
	void (*ended)(void *arg, enum muxclient_end end, const struct err *why);
};

/**
 * Ask the master that listens at `path` whether it lives; both are borrowed.
 * Goes on from the loop.
 */
struct muxclient *muxclient_new(struct loop *loop, const char *path,
				const struct muxclient_events *events,
				void *arg);

/** NULL is fine. */
void muxclient_free(struct muxclient *c);

/** The master's process, once it is ready. */
pid_t muxclient_pid(const struct muxclient *c);

/**
 * Ask something; the number of the request is filled in.  `fds` are copied.
 * 0, or -1 with `err`.
 */
int muxclient_ask(struct muxclient *c, struct mux_msg *m, const int *fds,
		  size_t nfds, struct err *err);

/**
 * Make the request for a session that runs `command`, NULL for a shell: what
 * the options say of its variables, the agent and a subsystem.  A terminal and
 * the escape character are the caller's.
 */
void muxclient_session(const struct ssh_opts *opts, const char *command,
		       struct mux_msg *m);

/** The number that the answer to the last request will have. */
uint32_t muxclient_last_id(const struct muxclient *c);

/** Whether a host with these options has a master to look for; NULL: none. */
bool muxclient_wanted(const struct ssh_opts *opts);

/**
 * After an end at which nothing was asked: say it as ssh does, and remove the
 * socket if it is stale and the options let us be its next master.
 */
void muxclient_pass_by(const struct ssh_opts *opts, enum muxclient_end end,
		       const struct err *why);

#endif /* RSH_SSH_MUXCLIENT_H */
