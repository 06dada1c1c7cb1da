/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CMD_REPORT_PDSH_H
#define RSH_CMD_REPORT_PDSH_H

#include "cmd/launch.h"

/**
 * Tells what pdsh tells, in its words, which scripts look for:
 *
 *   pdsh@here: n1: ssh exited with exit code 1
 */
extern const struct reporter report_pdsh;

#endif /* RSH_CMD_REPORT_PDSH_H */
