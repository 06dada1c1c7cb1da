/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CMD_UNSENT_H
#define RSH_CMD_UNSENT_H

#include <stdbool.h>
#include <stdint.h>

#include "model/target.h"

struct job;

/** Bytes of one host; more than can be pasted at once. */
#define UNSENT_MAX ((uint64_t)4 << 20)

/**
 * Whether a host may be given more input.  One that reads nothing may not:
 * terminals answer what it asks of them, as fast as it asks.  That is told
 * once, until it has read a good deal; `*full` is that it was.
 */
bool unsent_room(const struct job *job, const struct target *t, bool *full);

#endif /* RSH_CMD_UNSENT_H */
