/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CMD_MACHINE_H
#define RSH_CMD_MACHINE_H

#include "base/err.h"
#include "base/strbuf.h"

/**
 * What conf/sshconf.h asks of the machine; for struct sshconf_env.  `arg` is
 * not used.  To be called before the program's own loop runs.
 */

/**
 * Run `command` with the shell named by SHELL, else /bin/sh, without input
 * and output (errors are shown), and wait for it.  Its exit status, or -1
 * with ERR_LOCAL; a signal that ends it is an error.
 */
int machine_run(void *arg, const char *command, struct err *err);

/**
 * Append the addresses of the interfaces that are up, as numbers and without
 * a scope.  0, or -1 with ERR_LOCAL.
 */
int machine_addresses(void *arg, struct strvec *out, struct err *err);

#endif /* RSH_CMD_MACHINE_H */
