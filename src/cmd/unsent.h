/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CMD_UNSENT_H
#define RSH_CMD_UNSENT_H

#include <stdbool.h>
#include <stdint.h>

#include "job/job.h"
#include "model/target.h"

/** Bytes of one host; more than can be pasted at once, and with that on top
 *  still no more than stays in memory: see job_write_to(). */
#define UNSENT_MAX (JOB_TYPED_MEM / 2)

/**
 * Whether a host may be given more input.  One that reads nothing may not:
 * terminals answer what it asks of them, as fast as it asks.  That is told
 * once, and so it stays until it has read a good deal, or it would get the end
 * of what it lacks the middle of; `*full` is that it was.
 */
bool unsent_room(const struct job *job, const struct target *t, bool *full);

#endif /* RSH_CMD_UNSENT_H */
