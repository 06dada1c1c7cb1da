/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CMD_STATUS_H
#define RSH_CMD_STATUS_H

#include "conf/progress.h"
#include "io/loop.h"
#include "job/job.h"
#include "model/observer.h"
#include "model/plan.h"
#include "ui/prompt.h"

/**
 * One line on a terminal's stderr while a run goes on, from 2 s on: how many
 * hosts are at what, how many end in a second, and who has run for longest,
 * with the progress that its last line tells.  Of a copy: how many bytes of how
 * many, in a second, and the time left, of all hosts and of the one with most
 * left to do.
 */
struct status;

/**
 * All is borrowed; `sink` is the one of out/sink_text.h.  A NULL `progress`:
 * none is looked for.
 */
struct status *status_new(struct loop *loop, struct observer *sink,
			  struct job *job, const struct plan *plan,
			  const struct prompt_tty *prompt,
			  struct progress_rules *progress);

/** To be added to the job before it starts: it hears what hosts print. */
struct observer *status_observer(struct status *st);

/** Takes the line away, before the job goes.  NULL is fine. */
void status_free(struct status *st);

#endif /* RSH_CMD_STATUS_H */
