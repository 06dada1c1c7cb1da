/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_CMD_REPORT_H
#define RSH_CMD_REPORT_H

#include "cmd/launch.h"
#include "job/job.h"
#include "model/observer.h"

/**
 * Tells on stderr why a host failed when it does, and sums
 * up at the end:
 *
 *   rsh: 3 of 64 failed: connect: node[07,12]; exit 1: node33
 */
extern const struct reporter report_plain;

#endif /* RSH_CMD_REPORT_H */
