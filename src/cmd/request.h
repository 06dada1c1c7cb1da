/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CMD_REQUEST_H
#define RSH_CMD_REQUEST_H

#include <stdbool.h>

#include "base/err.h"
#include "conf/sshopt.h"
#include "model/plan.h"

struct settings;

/**
 * What each host is asked for, by the rules of ssh(1): a command that was typed
 * or its RemoteCommand, a shell or a subsystem, with or without a terminal, in
 * front or in the background.
 */

/**
 * Whether the options of one host fit together and with a command that was
 * typed, or none.
 */
int request_check(const struct ssh_opts *o, bool command, struct err *err);

/**
 * The same for all hosts of a plan whose command is made, and decide for each
 * whether it gets a terminal.  `one`: ssh's form.
 */
int request_plan(const struct settings *s, struct plan *plan, bool one,
		 struct err *err);

/** Whether the one host's command is to go to the background. */
bool request_background(const struct plan *plan, bool one);

/** Whether the user may send the one host there, by an escape: something is, or
 *  may be, forwarded. */
bool request_may_detach(const struct plan *plan, bool one);

/**
 * The exit code of a run that was ended by a signal; `begun`: a host was asked
 * already.
 */
int request_stopped(const struct plan *plan, int signo, bool begun);

#endif /* RSH_CMD_REQUEST_H */
