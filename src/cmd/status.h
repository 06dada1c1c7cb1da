/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CMD_STATUS_H
#define RSH_CMD_STATUS_H

#include "io/loop.h"
#include "job/job.h"
#include "model/observer.h"
#include "model/plan.h"
#include "ui/prompt.h"

/**
 * One line on a terminal's stderr while a run goes on, from 2 s on: how many
 * hosts are at what, how many end in a second, and who has run for longest.
 */
struct status;

/** All is borrowed; `sink` is the one of out/sink_text.h. */
struct status *status_new(struct loop *loop, struct observer *sink,
			  const struct job *job, const struct plan *plan,
			  const struct prompt_tty *prompt);

/** Takes the line away.  NULL is fine. */
void status_free(struct status *st);

#endif /* RSH_CMD_STATUS_H */
