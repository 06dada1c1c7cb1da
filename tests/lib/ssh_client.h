/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client as simple as can be on a driver: one connection, one channel, all
 * it hears noted.  Anything that goes wrong, or takes longer than 20 s, fails
 * the test.
 */
#ifndef RSH_TESTS_LIB_SSH_CLIENT_H
#define RSH_TESTS_LIB_SSH_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "io/loop.h"
#include "io/timer.h"
#include "lib/sshd.h"
#include "ssh/driver.h"

struct client {
	const struct ssh_driver *drv;
	const struct sshd *sshd; /* NULL: the test dials */
	struct loop *loop;
	struct timer patience;
	struct ssh_opts opts;
	struct drv_params params;
	struct drv_conn *conn;
	struct drv_channel *chan;
	struct err err;
	bool woken;
	bool inside;  /* a call to the driver is on the stack */
	bool pumping; /* and it is pump() */
	struct strbuf out, errs;
	char events[16]; /* one letter for each but data */
	uint32_t status;
	char signame[16];
	size_t pause_at; /* pause when `out` gets this long; 0: never */
	size_t total;	 /* bytes of output */
	bool count_only; /* do not keep them */
};

/** `sshd` may be NULL if the client dials by itself. */
void client_init(struct client *c, const struct ssh_driver *drv,
		 const struct sshd *sshd);
void client_release(struct client *c);

/** Take over a connected descriptor. */
void client_dial(struct client *c, int fd);

/* Each is called until it is not AGAIN. */
enum drv_rc client_handshake(struct client *c);
enum drv_rc client_auth(struct client *c, const struct auth_try *try,
			enum auth_answer *answer, unsigned int *methods);
enum drv_rc client_try_open(struct client *c);
enum drv_rc client_try_direct(struct client *c, const struct drv_direct *to,
			      struct drv_refused *why);
enum drv_rc client_try_exec(struct client *c, const char *command);
enum drv_rc client_try_pty(struct client *c, const struct drv_pty *pty);
enum drv_rc client_try_subsystem(struct client *c, const char *name);

/** The driver's key for a file of the server's folder; NULL without keys. */
struct drv_key *client_key(struct client *c, const char *name);
enum auth_answer client_try_key(struct client *c, const char *name,
				unsigned int *methods);

/* Each must succeed. */
void client_connect(struct client *c); /* dial, handshake */
void client_login(struct client *c);   /* connect, key "id" */
void client_open(struct client *c);
void client_env(struct client *c, const char *name, const char *value);
void client_exec(struct client *c, const char *command);
void client_eof(struct client *c);

enum drv_rc client_pump(struct client *c);

/** Write all, pumping where there is no room, or until the command is gone. */
void client_write(struct client *c, const char *p, size_t n);

/** Pump until there is output; until the channel is closed. */
void client_hear(struct client *c);
void client_finish(struct client *c);

/** Whether `events` came, each once, in any order but the close last. */
bool client_heard(const struct client *c, const char *events);

/** Turn the loop until the driver calls. */
void wait_wake(struct client *c);

#endif /* RSH_TESTS_LIB_SSH_CLIENT_H */
