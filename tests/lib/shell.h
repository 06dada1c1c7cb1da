/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_TESTS_LIB_SHELL_H
#define RSH_TESTS_LIB_SHELL_H

/**
 * Run `script` by bash with $1 = `arg` and $2 = the source folder, and wait.
 * Its exit status, -1 if it cannot be run.
 */
int shell(const char *script, const char *arg);

#endif /* RSH_TESTS_LIB_SHELL_H */
