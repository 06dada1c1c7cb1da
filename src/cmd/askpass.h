/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CMD_ASKPASS_H
#define RSH_CMD_ASKPASS_H

#include <stdbool.h>

/** Whether this process was started to give ssh-add its passphrase. */
bool askpass_wanted(void);

/** Pass one line of standard input on to standard output.  The exit status. */
int askpass(void);

#endif /* RSH_CMD_ASKPASS_H */
