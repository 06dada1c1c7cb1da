/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CMD_CREDENTIALS_H
#define RSH_CMD_CREDENTIALS_H

#include "base/err.h"
#include "model/plan.h"

struct prompt_tty;
struct session_env;

/**
 * Have what hosts are logged in to with before anything starts: keys are loaded
 * into env->auth and, of many hosts', unlocked; env->passwords and env->sudo
 * are made and, where the plan says so, asked for or read.  0, or -1 with
 * `err`; what was made by then is the caller's to free in either case.
 */
int credentials_have(struct session_env *env, const struct plan *plan,
		     struct prompt_tty *prompt, struct err *err);

#endif /* RSH_CMD_CREDENTIALS_H */
