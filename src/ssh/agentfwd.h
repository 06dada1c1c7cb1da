/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_SSH_AGENTFWD_H
#define RSH_SSH_AGENTFWD_H

#include <stdbool.h>
#include <stddef.h>

#include "model/target.h"
#include "ssh/companion.h"
#include "ssh/session.h"

/** Connections to the agent from one host at once, at most. */
#define AGENTFWD_MOST 128

/**
 * Agent forwarding (ForwardAgent, ssh_config(5)): what runs on a host may ask
 * the agent here for signatures while its session lasts.
 *
 * A companion of those sessions whose target wants it and whose server is who
 * it should be: none with a key that should not be taken, nor, with `many`
 * hosts, with one that was not known before.
 */
struct agentfwd_maker {
	struct companion_maker maker;
	bool many;
};

void agentfwd_maker_init(struct agentfwd_maker *m, bool many);

/** What to ask for on each of the session's channels; NULL: nothing. */
struct drv_listener *agentfwd_listener(struct session *s);

/**
 * Before anything starts: one warning where it is on for several targets, and
 * ERR_CONFIG for a socket that is not there where ExitOnForwardFailure says so.
 */
int agentfwd_check(const struct targets *targets, struct err *err);

#endif /* RSH_SSH_AGENTFWD_H */
