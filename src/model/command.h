/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_MODEL_COMMAND_H
#define RSH_MODEL_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "model/plan.h"

/** The longest command that is made from another. */
#define COMMAND_MAX ((size_t)1 << 20)

/** Whether the command differs between targets, or is not sent as it is. */
bool command_made(const struct op_spec *spec);

/**
 * The command for `t`, one of `ntargets`: spec->command with its %-words
 * replaced (`subst`) and behind the variables RSH_HOST, RSH_RANK and RSH_NHOSTS
 * (`vars`).  A new string, or NULL with `err`: it is too long, or a value has a
 * character that a shell would not take for itself.
 */
char *command_for(const struct op_spec *spec, const struct target *t,
		  size_t ntargets, struct err *err);

/**
 * Append `word` so that a shell, also csh(1), reads it as one word.  Nothing
 * is replaced in it.
 */
void command_quote(struct strbuf *sb, const char *word);

#endif /* RSH_MODEL_COMMAND_H */
