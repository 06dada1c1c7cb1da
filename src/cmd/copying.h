/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CMD_COPYING_H
#define RSH_CMD_COPYING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "model/plan.h"
#include "model/target.h"

/**
 * A copy between here and hosts that are chosen already, as `:put` and `:get`
 * of shells have it: the words are those of `rsh put` and `rsh get` with -H, by
 * the same table of options, of which those about hosts and connections have no
 * place.  "~/" here is our home.
 */
struct copying;

/**
 * From the words of a line, quoted as in ssh_config; NULL with `err`.  The
 * targets are borrowed.
 */
struct copying *copying_read(bool put, const char *line,
			     const struct targets *ts, struct err *err);

/**
 * One step to what is done: what is put is listed, a few hundred files or names
 * of a folder a call, or the matches of one pattern.  1: call again, 0: `spec`
 * says it, borrows from the copy, and is op_spec_release()d by the caller
 * before copying_free(); -1 with `err`.
 */
int copying_step(struct copying *c, struct op_spec *spec, struct err *err);

/** How many files and folders are listed so far. */
size_t copying_listed(const struct copying *c);

/** When nothing copies any more.  NULL is fine. */
void copying_free(struct copying *c);

#endif /* RSH_CMD_COPYING_H */
