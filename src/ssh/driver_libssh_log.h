/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_SSH_DRIVER_LIBSSH_LOG_H
#define RSH_SSH_DRIVER_LIBSSH_LOG_H

/** Let libssh's notes become messages, where the log is ssh's and wants them.
 */
void libssh_log_start(void);

#endif /* RSH_SSH_DRIVER_LIBSSH_LOG_H */
