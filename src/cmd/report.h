/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CMD_REPORT_H
#define RSH_CMD_REPORT_H

#include "cmd/launch.h"
#include "job/job.h"
#include "model/observer.h"

/**
 * The observer that tells on stderr why a host failed when it does, and sums
 * up at the end:
 *
 *   rsh: 3 of 64 failed: connect: node[07,12]; exit 1: node33
 */
struct observer *report_new(const struct launch_style *style);
void report_free(struct observer *o);

/** Say nothing from here on: nobody reads any more. */
void report_silence(struct observer *o);

/** What the first Ctrl+C prints: who is at what, folded. */
void report_progress(const struct job *job, const struct plan *plan);

#endif /* RSH_CMD_REPORT_H */
